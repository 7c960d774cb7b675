//! What every engine does with a commit before it touches its rows: weigh it against the caps and
//! write the stamps into it. It must never look at stored rows.

use std::ops::Range;

use crate::engine::{Caps, Commit, CommitError, Seq, WorkspaceKey};
use crate::ground::error::{Code, Error, Result};

/// What both engines hold: the largest stored text with room for what the codec puts around it.
pub(crate) const CAPS: Caps =
    Caps { key_bytes_max: 1 << 10, value_bytes_max: (1 << 20) + (64 << 10), commit_bytes_max: 96 << 20 };

/// Bytes of a stamp: a Seq or a time, big-endian.
const STAMP_BYTES: usize = 8;

impl Commit {
    /// Refuses what is larger than `caps` allows and stamps that do not fit where they should go.
    pub(crate) fn fit(&self, caps: &Caps) -> Result<(), CommitError> {
        let mut whole = 0_usize;
        let check_keys = self.checks.iter().flat_map(super::Check::keys);
        let delete_keys = self.deletes.iter().chain(self.delete_if.iter().map(|(key, _)| key));
        for key in check_keys.chain(delete_keys).chain(self.puts.iter().map(|put| &put.key)) {
            bounded("a key", key.len(), caps.key_bytes_max)?;
            whole = whole.saturating_add(key.len());
        }
        for put in &self.puts {
            bounded("a value", put.value.len(), caps.value_bytes_max)?;
            whole = whole.saturating_add(put.value.len());
            place(put.seq_at, put.key.len(), "key")?;
            place(put.time_at, put.value.len(), "value")?;
        }
        bounded("a commit", whole, caps.commit_bytes_max)
    }

    /// Writes the Seq and the time where the puts ask for them, and sorts the puts by key, so that
    /// a tree takes them in one pass. Answers the key of the proof, as it is stored.
    pub(crate) fn stamp(&mut self, seq: Seq, time_ms: u64) -> Result<Option<Vec<u8>>> {
        for put in &mut self.puts {
            write_stamp(&mut put.key, put.seq_at, seq.0)?;
            write_stamp(&mut put.value, put.time_at, time_ms)?;
        }
        let proof = self.proof.and_then(|at| self.puts.get(at)).map(|put| put.key.clone());
        if !self.puts.is_sorted_by(|a, b| a.key <= b.key) {
            self.puts.sort_by(|a, b| a.key.cmp(&b.key));
        }
        Ok(proof)
    }

    /// Bytes of the keys and values to write, for deciding how many commits make a group.
    pub(crate) fn weight(&self) -> usize {
        self.puts.iter().map(|put| put.key.len() + put.value.len()).sum()
    }
}

impl CommitError {
    /// The error of a `create` whose first commit cannot be applied.
    pub(crate) fn of_create(self) -> Error {
        match self {
            Self::Conflict => {
                Error::new(Code::Internal, "the first commit of a key space has a check that fails")
            }
            Self::TooLarge(text) => Error::new(Code::LimitExceeded, text),
            Self::Failed(error) => error,
        }
    }
}

impl super::Check {
    fn keys(&self) -> impl Iterator<Item = &Vec<u8>> {
        let (first, second) = match self {
            Self::Same(key, _) | Self::Exists(key) => (key, None),
            Self::SameRange { lo, hi, .. } => (lo, Some(hi)),
        };
        std::iter::once(first).chain(second)
    }
}

/// The catalog goes only with its store.
pub(crate) fn removable(ws: WorkspaceKey) -> Result<()> {
    if ws != WorkspaceKey::CATALOG {
        return Ok(());
    }
    Err(Error::new(Code::Internal, "the catalog cannot be removed"))
}

fn bounded(what: &str, bytes: usize, max: usize) -> Result<(), CommitError> {
    if bytes <= max {
        return Ok(());
    }
    Err(CommitError::TooLarge(format!("{what} is limited to {max} bytes, got {bytes}")))
}

fn span(at: usize) -> Option<Range<usize>> {
    Some(at..at.checked_add(STAMP_BYTES)?)
}

fn place(at: Option<usize>, len: usize, what: &str) -> Result<()> {
    match at.map(|at| (at, span(at))) {
        None => Ok(()),
        Some((_, Some(span))) if span.end <= len => Ok(()),
        Some((at, _)) => Err(misplaced(at, len, what)),
    }
}

fn misplaced(at: usize, len: usize, what: &str) -> Error {
    Error::new(Code::Internal, format!("a stamp at byte {at} does not fit a {what} of {len} bytes"))
}

fn write_stamp(bytes: &mut [u8], at: Option<usize>, stamp: u64) -> Result<()> {
    let Some(at) = at else { return Ok(()) };
    let len = bytes.len();
    let target = span(at).and_then(|span| bytes.get_mut(span));
    target.ok_or_else(|| misplaced(at, len, "put"))?.copy_from_slice(&stamp.to_be_bytes());
    Ok(())
}
