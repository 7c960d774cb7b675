//! The rows of a key space as one stream: read from a view page by page, and judged before an engine makes a new key
//! space of them. It must never hold more than a page.

use std::vec;

use crate::engine::{Caps, CommitError, Entry, Read, Reply, Seq, View, WorkspaceKey};
use crate::ground::error::{Code, Error, Result};

/// Rows, and bytes of them, that are read at a time.
const PAGE_ROWS: usize = 4_096;
const PAGE_BYTES: usize = 1 << 20;

/// All rows of a view, in key order, for [`Engine::create_from`](crate::engine::Engine::create_from).
pub struct Rows<'v> {
    view: &'v dyn View,
    /// Where the next page begins; none after the last.
    from: Option<Vec<u8>>,
    page: vec::IntoIter<Entry>,
}

impl<'v> Rows<'v> {
    /// The rows of a view. No kind of key begins with the byte 0xFF.
    #[must_use]
    pub fn of(view: &'v dyn View) -> Self {
        Self { view, from: Some(Vec::new()), page: Vec::new().into_iter() }
    }

    fn turn(&mut self) -> Result<()> {
        let Some(lo) = self.from.take() else { return Ok(()) };
        let scan = Read::Scan { lo: &lo, hi: &[0xFF], rev: false, rows: PAGE_ROWS, bytes: PAGE_BYTES };
        let Some(Reply::Rows { rows, more }) = self.view.fetch(&[scan])?.pop() else {
            return Err(Error::new(Code::Internal, "a scan was not answered with rows"));
        };
        self.from = rows.last().filter(|_| more).map(|last| [last.key.as_slice(), &[0]].concat());
        self.page = rows.into_iter();
        Ok(())
    }
}

impl Iterator for Rows<'_> {
    type Item = Result<Entry>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(row) = self.page.next() {
            return Some(Ok(row));
        }
        match self.turn() {
            Ok(()) => self.page.next().map(Ok),
            Err(error) => Some(Err(error)),
        }
    }
}

/// Judges the rows of a new key space, one after the other.
pub(crate) struct Judge {
    newest: Seq,
    caps: Caps,
    last: Option<Vec<u8>>,
}

impl Judge {
    /// Of rows up to the commit `newest`.
    pub(crate) const fn new(newest: Seq, caps: Caps) -> Self {
        Self { newest, caps, last: None }
    }

    /// Refuses a row that does not come after the one before, is newer than the newest commit, or does not fit.
    pub(crate) fn judge(&mut self, row: &Entry) -> Result<()> {
        if self.last.as_ref().is_some_and(|last| *last >= row.key) {
            return Err(wrong("the rows of a copy are not in the order of their keys"));
        }
        if row.version == Seq(0) || row.version > self.newest {
            return Err(wrong("a row of a copy has a version that none of its commits gave it"));
        }
        if row.key.len() > self.caps.key_bytes_max || row.value.len() > self.caps.value_bytes_max {
            let text = "a row of a copy is larger than any that can be stored".to_owned();
            return Err(CommitError::TooLarge(text).of_create());
        }
        let last = self.last.get_or_insert_default();
        last.clear();
        last.extend_from_slice(&row.key);
        Ok(())
    }
}

fn wrong(what: &str) -> Error {
    Error::new(Code::CorruptStore, what).hint("check what is copied with `rekor check`")
}

/// The error of a copy whose key space there is already.
pub(crate) fn taken(ws: WorkspaceKey) -> Error {
    Error::new(Code::AlreadyExists, format!("the store has a key space {ws} already"))
}
