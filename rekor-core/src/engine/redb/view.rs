//! A snapshot of one file. It reads without copying and keeps the file open, but not the engine.

use std::cell::Cell as Flag;
use std::ops::Bound;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;
use std::sync::Arc;

use ::redb::{AccessGuard, ReadOnlyTable, ReadableTable, StorageError};

use super::cell::{Cell, closed};
use super::error::{Fault, guarded, of_fault, of_panic};
use super::health::Health;
use super::open::Db;
use super::table::{self, ROWS, SYS, Stand};
use crate::engine::{OnRow, OnValue, Read, Reply, Seq, View, reads};
use crate::ground::error::Result;

type Rows = ReadOnlyTable<&'static [u8], &'static [u8]>;

/// A consistent snapshot.
pub(super) struct Snapshot {
    /// Always there until drop, which must be able to leave it behind.
    rows: Option<Rows>,
    seq: Seq,
    /// Of the opening that it reads.
    health: Health,
    cell: Arc<Cell>,
}

impl Snapshot {
    /// The newest commit of the file.
    pub(super) fn take(cell: &Arc<Cell>) -> Result<Self> {
        cell.with(|db| Self::of(db, cell))
    }

    /// The newest commit, for who holds the write transaction.
    pub(super) fn take_held(cell: &Arc<Cell>) -> Result<Self> {
        cell.with_open(|db| Self::of(db, cell))
    }

    fn of(db: &Db, cell: &Arc<Cell>) -> Result<Self, Fault> {
        let read = db.begin_read()?;
        let seq = Stand::read_seq(&read.open_table(SYS)?)?;
        let rows = Some(read.open_table(ROWS)?);
        Ok(Self { rows, seq, health: db.health.clone(), cell: Arc::clone(cell) })
    }

    /// Whether all of it can be read, as far as is known.
    pub(super) fn is_whole(&self) -> bool {
        !self.health.is_ended()
    }

    /// Whether this is a child of `fork` was asked when the view was taken: it lives for one operation, and the
    /// question is a system call.
    fn rows(&self) -> Result<&Rows> {
        self.rows.as_ref().ok_or_else(|| closed(&self.cell.path))
    }

    /// Runs a step of redb, whose panics and errors become ours.
    fn step<T>(&self, run: impl FnOnce() -> Result<T, Fault>) -> Result<T> {
        let path = &self.cell.path;
        guarded(path, || run().map_err(|fault| of_fault(&fault, path)))
    }
}

impl View for Snapshot {
    fn seq(&self) -> Seq {
        self.seq
    }

    fn fetch(&self, reads: &[Read<'_>]) -> Result<Vec<Reply>> {
        reads::answer(self, reads)
    }

    fn get_with(&self, key: &[u8], f: OnValue<'_>) -> Result<()> {
        let rows = self.rows()?;
        let found = self.step(|| {
            let found = rows.get(key)?;
            // On a damaged page this panics, which is caught only here.
            found.as_ref().map(AccessGuard::value);
            Ok(found)
        })?;
        match found {
            None => f(None),
            Some(guard) => f(Some(table::split(guard.value(), &self.cell.path)?)),
        }
        Ok(())
    }

    fn scan_each(&self, lo: &[u8], hi: &[u8], rev: bool, f: OnRow<'_>) -> Result<()> {
        if lo >= hi {
            return self.rows().map(drop);
        }
        self.scan(lo, Some(hi), rev, f)
    }
}

impl Snapshot {
    /// Hands every row to `f`, in order.
    pub(super) fn scan_all(&self, f: OnRow<'_>) -> Result<()> {
        self.scan(b"", None, false, f)
    }

    /// Hands the rows from `lo` to before `hi` to `f`. A panic of `f` goes on; one of redb is damage.
    fn scan(&self, lo: &[u8], hi: Option<&[u8]>, rev: bool, f: OnRow<'_>) -> Result<()> {
        let rows = self.rows()?;
        let calling = Flag::new(false);
        let mut call = |key: &[u8], version: Seq, value: &[u8]| {
            calling.set(true);
            let flow = f(key, version, value);
            calling.set(false);
            flow
        };
        let path = &self.cell.path;
        let walked = catch_unwind(AssertUnwindSafe(|| walk(rows, lo, hi, rev, path, &mut call)));
        match walked {
            Ok(outcome) => outcome,
            Err(panic) if calling.get() => resume_unwind(panic),
            Err(panic) => Err(of_panic(&*panic, path)),
        }
    }
}

/// A cursor steps in half the time of a range.
fn walk(rows: &Rows, lo: &[u8], hi: Option<&[u8]>, rev: bool, path: &Path, f: OnRow<'_>) -> Result<()> {
    let fault = |fault: StorageError| of_fault(&fault.into(), path);
    let mut cursor = match (rev, hi) {
        (false, _) => rows.lower_bound(Bound::Included(lo)),
        (true, Some(hi)) => rows.upper_bound(Bound::Excluded(hi)),
        (true, None) => rows.upper_bound(Bound::<&[u8]>::Unbounded),
    }
    .map_err(fault)?;
    loop {
        let next = if rev { cursor.prev() } else { cursor.next() };
        let Some((key, row)) = next.map_err(fault)? else { return Ok(()) };
        let key = key.value();
        let beyond = if rev { key < lo } else { hi.is_some_and(|hi| key >= hi) };
        if beyond {
            return Ok(());
        }
        let (version, value) = table::split(row.value(), path)?;
        if f(key, version, value).is_break() {
            return Ok(());
        }
    }
}

impl Drop for Snapshot {
    fn drop(&mut self) {
        let rows = self.rows.take();
        if !self.cell.home.is_here() {
            // Dropping would release the lock that keeps the parent's snapshot from being reused.
            std::mem::forget(rows);
        }
    }
}
