//! What one opening of a file has come to. redb gives up on an opening at its first failed read but
//! still answers from its cache, and nothing says from outside why it gave up.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Shared by the disk under one opening, the opening and its snapshots.
#[derive(Debug, Default, Clone)]
pub(super) struct Health(Arc<State>);

#[derive(Debug, Default)]
struct State {
    ended: AtomicBool,
    unsynced: AtomicBool,
}

impl Health {
    /// A read failed or the file was closed: what is not in the cache cannot be read any more.
    pub(super) fn end(&self) {
        self.0.ended.store(true, Ordering::SeqCst);
    }

    pub(super) fn is_ended(&self) -> bool {
        self.0.ended.load(Ordering::SeqCst)
    }

    /// A sync failed. The system may hold what it was to write as written, so reading it back proves
    /// nothing, and neither does a later sync.
    pub(super) fn miss_sync(&self) {
        self.0.unsynced.store(true, Ordering::SeqCst);
    }

    pub(super) fn is_unsynced(&self) -> bool {
        self.0.unsynced.load(Ordering::SeqCst)
    }
}
