//! A snapshot of one file. It reads without copying and keeps the file open, but not the engine.

use std::ops::Bound;
use std::sync::Arc;

use ::redb::{AccessGuard, ReadOnlyTable};

use super::cell::{Cell, closed};
use super::error::{Fault, guarded, of_fault};
use super::table::{self, ROWS, SYS, Stand};
use crate::engine::{OnRow, OnValue, Read, Reply, Seq, View, reads};
use crate::ground::error::Result;

type Rows = ReadOnlyTable<&'static [u8], &'static [u8]>;
type Pair = (AccessGuard<'static, &'static [u8]>, AccessGuard<'static, &'static [u8]>);

/// A consistent snapshot.
pub(super) struct Snapshot {
    /// Always there until drop, which must be able to leave it behind.
    rows: Option<Rows>,
    seq: Seq,
    cell: Arc<Cell>,
}

impl Snapshot {
    /// The newest commit of the file.
    pub(super) fn take(cell: &Arc<Cell>) -> Result<Self> {
        let (rows, seq) = cell.with(|db| {
            let read = db.begin_read()?;
            let stand = Stand::read(&read.open_table(SYS)?)?;
            Ok((read.open_table(ROWS)?, stand.seq))
        })?;
        Ok(Self { rows: Some(rows), seq, cell: Arc::clone(cell) })
    }

    fn rows(&self) -> Result<&Rows> {
        self.cell.home.check()?;
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
        self.scan((Bound::Included(lo), Bound::Excluded(hi)), rev, f)
    }
}

impl Snapshot {
    /// Hands every row to `f`, in order.
    pub(super) fn scan_all(&self, f: OnRow<'_>) -> Result<()> {
        self.scan((Bound::Unbounded, Bound::Unbounded), false, f)
    }

    fn scan(&self, span: (Bound<&[u8]>, Bound<&[u8]>), rev: bool, f: OnRow<'_>) -> Result<()> {
        let rows = self.rows()?;
        let mut range = self.step(|| Ok(rows.range::<&[u8]>(span)?))?;
        loop {
            let next = self.step(|| {
                let next = if rev { range.next_back() } else { range.next() };
                let next: Option<Pair> = next.transpose()?;
                next.as_ref().map(|(key, row)| (key.value(), row.value()));
                Ok(next)
            })?;
            let Some((key, row)) = next else { return Ok(()) };
            let (version, value) = table::split(row.value(), &self.cell.path)?;
            if f(key.value(), version, value).is_break() {
                return Ok(());
            }
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
