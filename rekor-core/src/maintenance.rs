//! The thread that keeps the columns of an open store in shape. One a store, begun with the first write and joined when
//! the store closes. It works in short steps and rests between them, so that writers of this and of other processes come
//! in between; what it does not get to is only slower to read.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use crate::ctx::session::Session;
use crate::ctx::signal::Signal;
use crate::ground::env;
use crate::ops::maintain::{Round, step};

/// How long a burst of writes is waited for, in milliseconds.
const BURST_MS: u64 = 40;
/// The rest after a step.
const STEP_REST_MS: u64 = 3;
/// The rest after a step that could not be done.
const FAILED_REST_MS: u64 = 250;
/// Steps that may fail before the workspace is left until the next write.
const FAILURES_MAX: u32 = 8;

/// The maintenance of one open store.
#[derive(Default)]
pub struct Maintenance {
    signal: Arc<Signal>,
    thread: Mutex<Option<Thread>>,
}

struct Thread {
    /// The process that it belongs to: a child of `fork` has no such thread.
    process: u32,
    handle: JoinHandle<()>,
}

impl Maintenance {
    /// Begins the thread, and answers where writers leave their notes. Without a thread the notes are of no use, so none
    /// is wanted then.
    pub fn start(&self) -> Option<Arc<Signal>> {
        let mut thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
        if thread.is_none() {
            let signal = Arc::clone(&self.signal);
            let builder = std::thread::Builder::new().name("rekor-maintenance".to_owned());
            let handle = builder.spawn(move || work(&signal)).ok()?;
            *thread = Some(Thread { process: env::process_id(), handle });
        }
        Some(Arc::clone(&self.signal))
    }

    /// Ends the thread, after the step that it is at.
    pub fn end(&self) {
        let Some(thread) = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take() else { return };
        if thread.process != env::process_id() {
            // Joining would wait for a thread that is not here, on locks that nobody will release.
            std::mem::forget(thread.handle);
            return;
        }
        self.signal.end();
        // A panic of the thread has left the store as a crash would; there is nothing to do about it here.
        let _ = thread.handle.join();
    }
}

impl Drop for Maintenance {
    fn drop(&mut self) {
        self.end();
    }
}

fn work(signal: &Signal) {
    while let Some(session) = signal.wait() {
        if !signal.rest(BURST_MS) || !keep(&session, signal) {
            return;
        }
    }
}

/// Works until nothing is left to do; `false` when it is over.
fn keep(session: &Session, signal: &Signal) -> bool {
    let (mut round, mut failures) = (Round::default(), 0);
    loop {
        let rest_ms = match step(session, &mut round) {
            Ok(true) => STEP_REST_MS,
            Ok(false) => return true,
            Err(_) if failures < FAILURES_MAX => {
                failures += 1;
                FAILED_REST_MS
            }
            // A workspace that is gone or damaged, or a disk that is full: whoever uses it is told.
            Err(_) => return true,
        };
        if !signal.rest(rest_ms) {
            return false;
        }
    }
}
