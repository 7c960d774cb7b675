//! Reads every page and every row of a file and verifies what redb keeps about them.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::cell::{Cell, missing};
use super::error::damaged;
use super::file;
use super::handle::Handle;
use super::open::Repaired;
use super::view::Snapshot;
use crate::engine::{CommitError, Integrity, Seq, View};
use crate::ground::error::Result;

/// Verifies the file of `handle` through an opening of its own. In exclusive mode there can be only
/// one, so the file is closed meanwhile and views that are open on it fail afterwards.
pub(super) fn check(handle: &Handle) -> Result<Integrity> {
    let cell = &handle.cell;
    if !cell.opener.options.exclusive {
        return verify(cell);
    }
    // A file cannot be closed under a writer. Once it is shut, writers wait for it as readers do.
    let turn = handle.alone(cell.opener.deadline()).map_err(CommitError::of_create)?;
    handle.outdate();
    cell.while_shut(|| {
        drop(turn);
        verify(cell)
    })
}

fn verify(cell: &Cell) -> Result<Integrity> {
    let path = &cell.path;
    let repaired = Repaired::default();
    let db = cell.opener.open_to_write(path, Some(&repaired))?.ok_or_else(|| missing(path))?;
    let own = Arc::new(Cell::of(db, path.clone(), cell.home, Arc::clone(&cell.opener)));
    let found = Snapshot::take(&own).and_then(|view| count(&view, cell));
    let found = found.and_then(|found| own.close().map(|()| found))?;
    Ok(Integrity { repaired: repaired.load(Ordering::Relaxed), ..found })
}

fn count(view: &Snapshot, cell: &Cell) -> Result<Integrity> {
    let path = &cell.path;
    let mut found = Integrity::default();
    let mut newest = Seq(0);
    view.scan_all(&mut |key, version, value| {
        newest = newest.max(version);
        found.keys += 1;
        found.bytes += (key.len() + value.len()) as u64;
        ControlFlow::Continue(())
    })?;
    if newest > view.seq() {
        return Err(damaged(path, "a row is newer than the last commit"));
    }
    found.file_bytes = file::size(path)?;
    Ok(found)
}
