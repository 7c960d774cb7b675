//! Makes the file of a key space from rows that keep their versions. What is written of it before it is complete lies under a
//! name that nobody reads, in transactions of a bounded size, so that a copy of any length needs little memory.

use std::path::Path;

use super::apply::Writing;
use super::error::{Fault, guarded, of_fault};
use super::file;
use super::open::{Db, Opener};
use super::table::Stand;
use crate::engine::commit::CAPS;
use crate::engine::{Entry, rows::Judge};
use crate::ground::error::{Code, Error, Result};

/// Bytes of rows after which a transaction ends.
const STEP_BYTES: usize = if cfg!(test) { 4 << 10 } else { 16 << 20 };

/// What gives the rows.
type Source<'s> = dyn Iterator<Item = Result<Entry>> + 's;

/// Makes the file at `target` of these rows; `false` when there is one.
pub(super) fn create(opener: &Opener, target: &Path, stand: Stand, rows: &mut Source<'_>) -> Result<bool> {
    if target.exists() {
        return Ok(false);
    }
    let (draft, empty) = file::begin(target)?;
    let outcome = opener
        .make(empty, target)
        .and_then(|db| fill(db, target, stand, rows))
        .and_then(|()| file::publish(&draft, target));
    if outcome.is_err() {
        file::discard(&draft);
    }
    outcome
}

fn fill(db: Db, target: &Path, stand: Stand, rows: &mut Source<'_>) -> Result<()> {
    let written = write_all(&db, target, stand, rows);
    let closed = guarded(target, || db.close().map_err(|fault| of_fault(&fault, target)));
    written.and(closed)
}

fn write_all(db: &Db, target: &Path, stand: Stand, rows: &mut Source<'_>) -> Result<()> {
    let mut judge = Judge::new(stand.seq, CAPS);
    let mut is_first = true;
    loop {
        // The rows are the caller's: what goes wrong with them is not a fault of this file.
        let (step, is_last) = take(rows, &mut judge)?;
        guarded(target, || write(db, target, &step, stand, is_first))?;
        if is_last {
            return Ok(());
        }
        is_first = false;
    }
}

/// The rows of one transaction, and whether they are the last.
fn take(rows: &mut Source<'_>, judge: &mut Judge) -> Result<(Vec<Entry>, bool)> {
    let (mut step, mut bytes) = (Vec::new(), 0);
    while bytes < STEP_BYTES {
        let Some(row) = rows.next().transpose()? else { return Ok((step, true)) };
        judge.judge(&row)?;
        bytes += row.key.len() + row.value.len();
        step.push(row);
    }
    Ok((step, false))
}

fn write(db: &Db, target: &Path, rows: &[Entry], stand: Stand, is_first: bool) -> Result<()> {
    let fault = |fault: Fault| of_fault(&fault, target);
    let begun = db.try_begin_write().map_err(fault)?;
    let txn = begun.ok_or_else(|| Error::new(Code::Internal, "a new file has another writer"))?.txn;
    let mut writing = Writing::open(&txn, target).map_err(fault)?;
    if is_first {
        writing.format().map_err(fault)?;
    }
    writing.append(rows, stand).and_then(|()| writing.finish()).map_err(fault)?;
    txn.commit().map_err(|broken| fault(broken.into()))
}
