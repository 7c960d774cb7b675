//! The file under redb. It adds one thing to redb's own backend: while a file is being opened, the
//! wait for another process's writer ends at a deadline. redb alone would wait without limit.

use std::fs::File;
use std::io;
use std::ops::Bound;
use std::sync::{Arc, Mutex, PoisonError};

use ::redb::backends::FileBackend;
use ::redb::{BackendError, StorageBackend};

use super::health::Health;
use super::wait;
use crate::ground::env::Deadline;

/// How long a lock is waited for: until the deadline, or without limit once there is none.
#[derive(Debug, Default, Clone)]
pub(super) struct Patience(Arc<Mutex<Option<Deadline>>>);

impl Patience {
    pub(super) fn until(deadline: Deadline) -> Self {
        Self(Arc::new(Mutex::new(Some(deadline))))
    }

    /// The file is open. From here on redb waits only for locks that are held for microseconds, and
    /// an error from one of them would end the handle.
    pub(super) fn unlimited(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// From here on every lock is waited for until the deadline again.
    pub(super) fn limit(&self, deadline: Deadline) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(deadline);
    }

    fn deadline(&self) -> Option<Deadline> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is about to be done to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    Read,
    Write,
    Sync,
}

/// A file of the store, as redb reads and writes it.
#[derive(Debug)]
pub(super) struct Disk {
    file: FileBackend,
    patience: Patience,
    health: Health,
    #[cfg(test)]
    faults: super::faults::Faults,
}

impl Disk {
    pub(super) fn new(
        file: File,
        patience: Patience,
        health: Health,
        #[cfg(test)] faults: super::faults::Faults,
    ) -> Result<Self, ::redb::DatabaseError> {
        Ok(Self {
            file: FileBackend::new(file)?,
            patience,
            health,
            #[cfg(test)]
            faults,
        })
    }

    #[cfg(test)]
    fn may(&self, act: Act) -> io::Result<()> {
        self.faults.next(act)
    }

    #[cfg(not(test))]
    #[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "only tests inject faults")]
    const fn may(&self, _: Act) -> io::Result<()> {
        Ok(())
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> io::Result<u64> {
        self.file.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let read = self.may(Act::Read).and_then(|()| self.file.read(offset, out));
        read.inspect_err(|_| self.health.end())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.may(Act::Write)?;
        self.file.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        let synced = self.may(Act::Sync).and_then(|()| self.file.sync_data());
        synced.inspect_err(|_| self.health.miss_sync())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.may(Act::Write)?;
        self.file.write(offset, data)
    }

    fn close(&self) -> io::Result<()> {
        self.file.close()
    }

    fn try_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.file.try_lock_range(start, end)
    }

    fn try_lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.file.try_lock_shared_range(start, end)
    }

    fn lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        let Some(deadline) = self.patience.deadline() else { return self.file.lock_range(start, end) };
        locked(wait::until(deadline, || Ok(self.file.try_lock_range(start, end)?.then_some(()))))
    }

    fn lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        let Some(deadline) = self.patience.deadline() else { return self.file.lock_shared_range(start, end) };
        locked(wait::until(deadline, || Ok(self.file.try_lock_shared_range(start, end)?.then_some(()))))
    }

    fn unlock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.file.unlock_range(start, end)
    }

    fn query_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.file.query_lock_range(start, end)
    }
}

fn locked(outcome: Result<Option<()>, BackendError>) -> Result<(), BackendError> {
    outcome?.ok_or_else(|| BackendError::Io(io::ErrorKind::TimedOut.into()))
}
