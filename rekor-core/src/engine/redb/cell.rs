//! Holds one open file: opens it when it is first needed, drops it when it fails, and never closes
//! it in a child of `fork`. Whether this is one, the engine has asked before it calls in here.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use super::error::{Fault, guarded, of_fault};
use super::home::Home;
use super::open::{Db, Opener};
use crate::ground::error::{Code, Error, Result};

/// One file of the store, open or not.
pub(super) struct Cell {
    pub(super) path: PathBuf,
    pub(super) home: Home,
    pub(super) opener: Arc<Opener>,
    /// Written only to open and to close, so readers meet no one.
    link: RwLock<Link>,
}

enum Link {
    /// Not open: the next use opens it.
    Idle,
    Open(Db),
    /// The engine was closed.
    Closed,
}

impl Cell {
    pub(super) const fn new(path: PathBuf, home: Home, opener: Arc<Opener>) -> Self {
        Self { path, home, opener, link: RwLock::new(Link::Idle) }
    }

    /// A file that is open already.
    pub(super) const fn of(db: Db, path: PathBuf, home: Home, opener: Arc<Opener>) -> Self {
        Self { path, home, opener, link: RwLock::new(Link::Open(db)) }
    }

    /// Runs `run` on the open file. An opening that an earlier error of the disk has ended is made
    /// again, once.
    pub(super) fn with<T>(&self, run: impl Fn(&Db) -> Result<T, Fault>) -> Result<T> {
        let mut again = true;
        loop {
            if let Some(outcome) = self.try_with(&run)? {
                match outcome {
                    Err(Fault::PreviousIo) if again => self.shut(),
                    other => return other.map_err(|fault| of_fault(&fault, &self.path)),
                }
                again = false;
            }
            self.open()?;
        }
    }

    /// Runs `run` on the open file and never opens it again: for who holds its write transaction, which
    /// an exclusive opening would wait for.
    pub(super) fn with_open<T>(&self, run: impl Fn(&Db) -> Result<T, Fault>) -> Result<T> {
        let outcome = self.try_with(run)?.unwrap_or(Err(Fault::PreviousIo));
        outcome.map_err(|fault| of_fault(&fault, &self.path))
    }

    fn try_with<T>(&self, run: impl Fn(&Db) -> Result<T, Fault>) -> Result<Option<Result<T, Fault>>> {
        match &*self.link.read().unwrap_or_else(PoisonError::into_inner) {
            // redb would go on with what its cache holds, until the first read that it does not.
            Link::Open(db) if db.health.is_ended() => Ok(Some(Err(Fault::PreviousIo))),
            Link::Open(db) => guarded(&self.path, || Ok(Some(run(db)))),
            Link::Idle => Ok(None),
            Link::Closed => Err(closed(&self.path)),
        }
    }

    fn open(&self) -> Result<()> {
        let mut link = self.link.write().unwrap_or_else(PoisonError::into_inner);
        if matches!(*link, Link::Idle) {
            let found = self.opener.open(&self.path)?;
            *link = Link::Open(found.ok_or_else(|| missing(&self.path))?);
        }
        Ok(())
    }

    /// Drops the open file, whatever it says: after an error of the disk its close only repeats it.
    /// Views on it may fail from here on; the next use opens it again.
    pub(super) fn shut(&self) {
        let mut link = self.link.write().unwrap_or_else(PoisonError::into_inner);
        if let Link::Open(db) = std::mem::replace(&mut *link, Link::Idle) {
            let _ = guarded(&self.path, || Ok(db.close()));
        }
    }

    /// Runs `run` while the file is not open here; who needs it waits. Views on it fail afterwards.
    pub(super) fn while_shut<T>(&self, run: impl FnOnce() -> Result<T>) -> Result<T> {
        let mut link = self.link.write().unwrap_or_else(PoisonError::into_inner);
        self.leave(&mut link)?;
        run()
    }

    /// The same, unless a view is open on the file: then nothing.
    pub(super) fn while_unread<T>(self: &Arc<Self>, run: impl FnOnce() -> Result<T>) -> Result<Option<T>> {
        let mut link = self.link.write().unwrap_or_else(PoisonError::into_inner);
        // A view is taken under this lock, and holds the cell from then on. The other holder is the handle.
        if Arc::strong_count(self) > 1 {
            return Ok(None);
        }
        self.leave(&mut link)?;
        run().map(Some)
    }

    /// Closes the file; the next use opens it again.
    fn leave(&self, link: &mut Link) -> Result<()> {
        match std::mem::replace(link, Link::Idle) {
            Link::Open(db) => {
                guarded(&self.path, || db.close().map_err(|fault| of_fault(&fault, &self.path)))
            }
            Link::Idle => Ok(()),
            Link::Closed => {
                *link = Link::Closed;
                Err(closed(&self.path))
            }
        }
    }

    /// Closes the file for good and says whether that went well.
    pub(super) fn close(&self) -> Result<()> {
        let mut link = self.link.write().unwrap_or_else(PoisonError::into_inner);
        match std::mem::replace(&mut *link, Link::Closed) {
            Link::Open(db) => {
                guarded(&self.path, || db.close().map_err(|fault| of_fault(&fault, &self.path)))
            }
            Link::Idle | Link::Closed => Ok(()),
        }
    }
}

impl Drop for Cell {
    fn drop(&mut self) {
        let link = self.link.get_mut().unwrap_or_else(PoisonError::into_inner);
        let link = std::mem::replace(link, Link::Closed);
        if self.home.is_here() {
            let _ = guarded(&self.path, || {
                drop(link);
                Ok(())
            });
        } else {
            // Closing would write to the parent's file and release the parent's locks.
            std::mem::forget(link);
        }
    }
}

/// The error of every call after `close`.
pub(super) fn closed(path: &Path) -> Error {
    Error::new(Code::StorageError, format!("the store is closed, so `{}` cannot be used", path.display()))
        .hint("open the store again")
}

/// There is no such file.
pub(super) fn missing(path: &Path) -> Error {
    Error::new(Code::WorkspaceNotFound, format!("the workspace's file `{}` does not exist", path.display()))
}
