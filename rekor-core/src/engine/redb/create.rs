//! Makes the file of a key space: complete under a name that nobody reads, then published. A crash
//! at any point leaves the whole file or an unfinished one that is swept later.

use std::path::Path;

use super::apply::{Refusal, Writing};
use super::error::{Fault, guarded, of_fault};
use super::file;
use super::open::{Db, Opener};
use crate::engine::commit::CAPS;
use crate::engine::{Commit, CommitError};
use crate::ground::error::{Code, Error, Result};

/// Makes the file at `target` with `first` in it; `false` when there is one.
pub(super) fn create(opener: &Opener, target: &Path, first: Commit) -> Result<bool> {
    first.fit(&CAPS).map_err(CommitError::of_create)?;
    if target.exists() {
        return Ok(false);
    }
    let (draft, empty) = file::begin(target)?;
    let outcome = opener
        .make(empty, target)
        .and_then(|db| guarded(target, || fill(db, target, first)))
        .and_then(|()| file::publish(&draft, target));
    if outcome.is_err() {
        file::discard(&draft);
    }
    outcome
}

fn fill(db: Db, target: &Path, first: Commit) -> Result<()> {
    let written = write(&db, target, first);
    let closed = db.close().map_err(|fault| of_fault(&fault, target));
    written.and(closed)
}

fn write(db: &Db, target: &Path, first: Commit) -> Result<()> {
    let fault = |fault: Fault| of_fault(&fault, target);
    let begun = db.try_begin_write().map_err(fault)?;
    let txn = begun.ok_or_else(|| Error::new(Code::Internal, "a new file has another writer"))?.txn;
    let mut writing = Writing::open(&txn, target).map_err(fault)?;
    writing.format().map_err(fault)?;
    match writing.apply(first) {
        Ok(_) => {}
        Err(Refusal::Refused(refusal)) => return Err(refusal.of_create()),
        Err(Refusal::Broken(broken)) => return Err(fault(broken)),
    }
    writing.finish().map_err(fault)?;
    txn.commit().map_err(|broken| fault(broken.into()))
}
