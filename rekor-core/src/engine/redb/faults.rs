//! Makes the disk fail on purpose, for the tests of poisoning and recovery.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use super::disk::Act;

/// A plan shared by all files of one engine: after `left` more writes, syncs and growths every one
/// of them fails, until the plan is lifted.
#[derive(Debug, Clone, Default)]
pub(super) struct Faults(Arc<Plan>);

#[derive(Debug, Default)]
struct Plan {
    armed: AtomicBool,
    /// Whether one operation fails, or that one and all that follow.
    once: AtomicBool,
    full: AtomicBool,
    /// Whether the next read fails, which no other plan does.
    read: AtomicBool,
    /// Whether a sync has failed.
    sync_failed: AtomicBool,
    left: AtomicI64,
}

impl Faults {
    /// Lets `left` operations pass, then fails; with `full` as a full disk does.
    pub(super) fn arm(&self, left: i64, once: bool, full: bool) {
        self.0.left.store(left, Ordering::SeqCst);
        self.0.once.store(once, Ordering::SeqCst);
        self.0.full.store(full, Ordering::SeqCst);
        self.0.armed.store(true, Ordering::SeqCst);
    }

    /// Fails the next read, and only that.
    pub(super) fn arm_read(&self) {
        self.0.read.store(true, Ordering::SeqCst);
    }

    /// Whether the read has failed.
    pub(super) fn read_failed(&self) -> bool {
        !self.0.read.load(Ordering::SeqCst)
    }

    /// Whether a sync has failed.
    pub(super) fn sync_failed(&self) -> bool {
        self.0.sync_failed.load(Ordering::SeqCst)
    }

    /// Lets everything pass again; answers whether the plan had failed an operation.
    pub(super) fn lift(&self) -> bool {
        self.0.armed.store(false, Ordering::SeqCst);
        self.0.left.load(Ordering::SeqCst) < 0
    }

    /// Counts one operation.
    pub(super) fn next(&self, act: Act) -> io::Result<()> {
        if act == Act::Read {
            let fails = self.0.read.swap(false, Ordering::SeqCst);
            return if fails { Err(io::Error::from_raw_os_error(libc::EIO)) } else { Ok(()) };
        }
        if !self.0.armed.load(Ordering::SeqCst) {
            return Ok(());
        }
        let left = self.0.left.fetch_sub(1, Ordering::SeqCst);
        if left > 0 || (left < 0 && self.0.once.load(Ordering::SeqCst)) {
            return Ok(());
        }
        if act == Act::Sync {
            self.0.sync_failed.store(true, Ordering::SeqCst);
        }
        let full = self.0.full.load(Ordering::SeqCst);
        Err(io::Error::from_raw_os_error(if full { libc::ENOSPC } else { libc::EIO }))
    }
}
