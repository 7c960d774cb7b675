//! Tells whoever keeps columns in shape that a workspace was written to. Writers only leave a note.

use std::collections::HashMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::ctx::session::Session;
use crate::engine::WorkspaceKey;

/// The workspaces that were written to since somebody looked.
#[derive(Default)]
pub struct Signal {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    written: HashMap<WorkspaceKey, Session>,
    ended: bool,
}

impl Signal {
    /// Notes that a workspace was written to.
    pub fn note(&self, session: &Session) {
        let mut state = self.lock();
        if !state.ended && !state.written.contains_key(&session.key()) {
            state.written.insert(session.key(), session.quiet());
            drop(state);
            self.changed.notify_all();
        }
    }

    /// Waits for a workspace that was written to; none when it is over.
    pub fn wait(&self) -> Option<Session> {
        let mut state = self.lock();
        loop {
            if state.ended {
                return None;
            }
            if let Some(key) = state.written.keys().next().copied() {
                return state.written.remove(&key);
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Waits for a while; `false` when it is over.
    pub fn rest(&self, ms: u64) -> bool {
        let state = self.lock();
        let over = |state: &mut State| !state.ended;
        let waited = self.changed.wait_timeout_while(state, Duration::from_millis(ms), over);
        !waited.unwrap_or_else(PoisonError::into_inner).0.ended
    }

    /// Ends every wait, now and later.
    pub fn end(&self) {
        let mut state = self.lock();
        state.ended = true;
        state.written.clear();
        drop(state);
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
