//! Opens files: shared or exclusive, for writing or for reading, never longer than the busy timeout.
//! It must never hand out a file whose format is not known.

use std::fs::{File, OpenOptions};
use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ::redb::{
    Builder, ConcurrencyMode, Database, ReadOnlyDatabase, ReadTransaction, ReadableDatabase, WriteTransaction,
};

use super::disk::{Disk, Patience};
use super::error::{self, Fault, of_fault, of_io};
use super::health::Health;
use super::{Options, table, wait};
use crate::ground::env::Deadline;
use crate::ground::error::{Code, Error, Result};

/// Whether redb found damage and repaired it.
pub(super) type Repaired = Arc<AtomicBool>;

/// An open file.
pub(super) struct Db {
    base: Base,
    patience: Patience,
    pub(super) health: Health,
}

enum Base {
    Write(Database),
    Read(ReadOnlyDatabase),
}

/// The write transaction of an open file.
pub(super) struct Writer {
    pub(super) txn: WriteTransaction,
    /// Of the opening that it writes to, which need not be the newest when it ends.
    pub(super) health: Health,
}

impl Db {
    pub(super) fn begin_read(&self) -> Result<ReadTransaction, Fault> {
        Ok(match &self.base {
            Base::Write(db) => db.begin_read()?,
            Base::Read(db) => db.begin_read()?,
        })
    }

    /// A write transaction, or nothing while another one lives somewhere.
    pub(super) fn try_begin_write(&self) -> Result<Option<Writer>, Fault> {
        let Base::Write(db) = &self.base else {
            return Err(Fault::Io(ErrorKind::ReadOnlyFilesystem.into()));
        };
        match db.try_begin_write() {
            Err(::redb::TransactionError::WouldBlock) => Ok(None),
            other => Ok(Some(Writer { txn: other?, health: self.health.clone() })),
        }
    }

    /// Gives unused pages back to the disk; `false` while somebody reads. Others' writers are waited for until
    /// the deadline: only for an opening that serves nothing else, since an error of that wait ends it.
    pub(super) fn compact(&mut self, deadline: Deadline) -> Result<bool, Fault> {
        let Base::Write(db) = &mut self.base else {
            return Err(Fault::Io(ErrorKind::ReadOnlyFilesystem.into()));
        };
        self.patience.limit(deadline);
        let outcome = db.compact();
        self.patience.unlimited();
        match outcome {
            Ok(_) => Ok(true),
            Err(::redb::CompactionError::TransactionInProgress) => Ok(false),
            Err(other) => Err(other.into()),
        }
    }

    pub(super) fn close(self) -> Result<(), Fault> {
        self.health.end();
        match self.base {
            Base::Write(db) => db.close()?,
            Base::Read(db) => db.close()?,
        }
        Ok(())
    }
}

/// How the files of one engine are opened.
#[derive(Debug, Clone)]
pub(super) struct Opener {
    pub(super) options: Options,
    #[cfg(test)]
    pub(super) faults: super::faults::Faults,
}

impl Opener {
    /// Opens the file at `path`; nothing when there is none.
    pub(super) fn open(&self, path: &Path) -> Result<Option<Db>> {
        let db =
            if self.options.read_only { self.open_to_read(path)? } else { self.open_to_write(path, None)? };
        let Some(db) = db else { return Ok(None) };
        error::guarded(path, || {
            let known = db.begin_read().and_then(|read| table::check_format(&read, path));
            known.map_err(|fault| of_fault(&fault, path))?
        })?;
        Ok(Some(db))
    }

    /// Opens a file for writing; with `check` redb reads and verifies every page of it, and says there
    /// whether it had to go back to the commit before the last.
    pub(super) fn open_to_write(&self, path: &Path, check: Option<&Repaired>) -> Result<Option<Db>> {
        let Some(file) = present(path, OpenOptions::new().read(true).write(true))? else { return Ok(None) };
        drop(file);
        self.wait(path, |deadline| {
            // A fresh file description each time: locks belong to it.
            let file = OpenOptions::new().read(true).write(true).open(path).map_err(Fault::Io)?;
            let (disk, patience, health) = self.disk(file, deadline)?;
            let base = Base::Write(self.builder(check).create_with_backend(disk)?);
            patience.unlimited();
            Ok(Db { base, patience, health })
        })
        .map(Some)
    }

    /// Makes a database in the empty `file`, which nobody else knows.
    pub(super) fn make(&self, file: File, path: &Path) -> Result<Db> {
        error::guarded(path, || {
            let make = || {
                let (disk, patience, health) = self.disk(file, self.deadline())?;
                let base = Base::Write(self.builder(None).create_with_backend(disk)?);
                patience.unlimited();
                Ok(Db { base, patience, health })
            };
            make().map_err(|fault| of_fault(&fault, path))
        })
    }

    fn open_to_read(&self, path: &Path) -> Result<Option<Db>> {
        if present(path, OpenOptions::new().read(true))?.is_none() {
            return Ok(None);
        }
        let open = |deadline| {
            let file = File::open(path).map_err(Fault::Io)?;
            let (disk, patience, health) = self.disk(file, deadline)?;
            let opened = self.builder(None).open_read_only_with_backend(disk);
            patience.unlimited();
            match opened {
                // A writer was killed. Only a writer can repair, so one is opened and closed first.
                Err(::redb::DatabaseError::RepairAborted) => Ok(None),
                other => Ok(Some(Db { base: Base::Read(other?), patience: patience.clone(), health })),
            }
        };
        if let Some(db) = self.wait(path, open)? {
            return Ok(Some(db));
        }
        if let Some(db) = self.open_to_write(path, None)? {
            error::guarded(path, || db.close().map_err(|fault| of_fault(&fault, path)))?;
        }
        self.wait(path, open)?.map_or_else(|| Err(of_fault(&Fault::RepairAborted, path)), |db| Ok(Some(db)))
    }

    /// Runs `open` until no other process holds the file, and answers a panic as damage.
    fn wait<T>(&self, path: &Path, open: impl Fn(Deadline) -> Result<T, Fault>) -> Result<T> {
        let deadline = self.deadline();
        let attempt = || match error::guarded(path, || Ok(open(deadline)))? {
            Ok(db) => Ok(Some(db)),
            Err(Fault::DatabaseAlreadyOpen) => Ok(None),
            Err(fault) => Err(of_fault(&fault, path)),
        };
        wait::until(deadline, attempt)?.ok_or_else(|| {
            let text = format!("another process holds `{}` for itself", path.display());
            Error::new(Code::Busy, text).hint("close the other process, or open the store shared in both")
        })
    }

    pub(super) fn deadline(&self) -> Deadline {
        Deadline::after_ms(self.options.busy_timeout_ms)
    }

    fn disk(&self, file: File, deadline: Deadline) -> Result<(Disk, Patience, Health), Fault> {
        let (patience, health) = (Patience::until(deadline), Health::default());
        let disk = Disk::new(
            file,
            patience.clone(),
            health.clone(),
            #[cfg(test)]
            self.faults.clone(),
        )?;
        Ok((disk, patience, health))
    }

    fn builder(&self, check: Option<&Repaired>) -> Builder {
        let mode = if self.options.exclusive {
            ConcurrencyMode::ExclusiveWriter
        } else {
            ConcurrencyMode::MultiWriter
        };
        let mut builder = Builder::new();
        builder.set_concurrency_mode(mode).set_cache_size(self.options.cache_bytes);
        builder.set_check_integrity_on_open(check.is_some());
        if let Some(repaired) = check.cloned() {
            // redb reports 0.0 at the start, 0.3 only if the newest commit is damaged, then 0.6 and 0.9.
            builder.set_repair_callback(move |repair| {
                if (0.1..0.5).contains(&repair.progress()) {
                    repaired.store(true, Ordering::Relaxed);
                }
            });
        }
        builder
    }
}

/// Opens a file that is there. redb would make a new database of an empty one, which is damage here:
/// files get their names only when they are complete.
fn present(path: &Path, how: &OpenOptions) -> Result<Option<File>> {
    let file = match how.open(path) {
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(None),
        other => other.map_err(|e| of_io("open", path, &e))?,
    };
    match file.metadata().map_err(|e| of_io("open", path, &e))?.len() {
        0 => Err(error::damaged(path, "it is empty")),
        _ => Ok(Some(file)),
    }
}
