//! After a failed write: drops the file, opens it again and finds out whether the commits landed.
//! redb says only that they landed together or not at all.

use std::sync::Arc;

use super::apply::Applied;
use super::cell::Cell;
use super::view::Snapshot;
use crate::engine::{CommitError, Seq, View};
use crate::ground::error::{Code, Error, Result};

/// A transaction that did not end well.
pub(super) struct Broken {
    pub(super) error: Error,
    /// Whether it had begun to be committed; before that, nothing of it can be stored.
    pub(super) committing: bool,
    /// Whether a sync failed, so that what is read back may be gone after a power cut.
    pub(super) unsynced: bool,
}

/// What became of a transaction.
pub(super) enum Fate {
    /// It is stored.
    Landed,
    /// It is not, or with `commit_unknown` that cannot be told.
    Lost(Error),
}

/// Finds out what became of the commits of a broken transaction.
pub(super) fn recover(cell: &Arc<Cell>, broken: Broken, judged: &[Result<Applied, CommitError>]) -> Fate {
    cell.shut();
    let mut applied = judged.iter().filter_map(|outcome| outcome.as_ref().ok()).peekable();
    if !broken.committing || applied.peek().is_none() {
        return Fate::Lost(broken.error);
    }
    match landed(cell, applied) {
        Ok(Some(true)) if broken.unsynced => {
            Fate::Lost(unknown(&broken.error, "it is in the file, but perhaps not on the disk"))
        }
        Ok(Some(true)) => Fate::Landed,
        Ok(Some(false)) => Fate::Lost(broken.error),
        Ok(None) => Fate::Lost(unknown(&broken.error, "it has no proof to look for")),
        Err(why) => Fate::Lost(unknown(&broken.error, why.message())),
    }
}

/// Whether the commits are in the file; nothing when that cannot be told.
fn landed<'a>(cell: &Arc<Cell>, applied: impl Iterator<Item = &'a Applied>) -> Result<Option<bool>> {
    let view = Snapshot::take(cell)?;
    for commit in applied {
        // Another process may have written since and taken the same Seq, so only a proof tells.
        if view.seq() < commit.seq {
            return Ok(Some(false));
        }
        if let Some((key, id)) = &commit.proof {
            return Ok(Some(proves(&view, commit.seq, key, id)?));
        }
    }
    Ok(None)
}

fn proves(view: &Snapshot, seq: Seq, key: &[u8], id: &[u8; 16]) -> Result<bool> {
    let mut found = false;
    view.get_with(key, &mut |row| {
        found = row.is_some_and(|(version, value)| {
            version == seq && value.windows(id.len()).any(|window| window == id)
        });
    })?;
    Ok(found)
}

fn unknown(cause: &Error, why: &str) -> Error {
    let text = format!("the commit may or may not be stored: {}; {why}", cause.message());
    Error::new(Code::CommitUnknown, text).hint("read what the commit would have changed before trying again")
}
