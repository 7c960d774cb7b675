//! The rows of a workspace as those of a preview: what it is and holds now, not how it came to be so.

use std::collections::{HashSet, VecDeque};

use crate::api::workspace::Kind;
use crate::codec::collection::{CollectionRow, Meta, decode, encode};
use crate::codec::keys;
use crate::ctx::journal;
use crate::ctx::pruned::Pruned;
use crate::engine::{Entry, Read, Reply, View};
use crate::ground::error::{Code, Error, Result};

/// Rows and bytes that are read at once.
const PAGE_ROWS: usize = 4_096;
const PAGE_BYTES: usize = 4 << 20;

/// The rows of a snapshot that a preview of the workspace gets, in the order of their keys.
pub struct Copy<'v> {
    view: &'v dyn View,
    /// The id of the preview.
    to: &'v str,
    /// The numbers of the collections that there are.
    live: HashSet<u32>,
    next: Vec<u8>,
    page: VecDeque<Entry>,
    ended: bool,
    /// Where the history of the copy begins: after what it was copied from.
    begins: Option<Entry>,
}

impl<'v> Copy<'v> {
    /// The rows of a snapshot, for the preview `to`.
    pub fn new(view: &'v dyn View, to: &'v str) -> Result<Self> {
        let mut live = HashSet::new();
        let (lo, hi) = keys::collections();
        let mut failed = Ok(());
        view.scan_each(&lo, &hi, false, &mut |_, _, value| {
            match decode::<CollectionRow>(value) {
                Ok(row) => drop(live.insert(row.number)),
                Err(error) => failed = Err(error),
            }
            std::ops::ControlFlow::Continue(())
        })?;
        failed?;
        let begins = Some(begins(view)?);
        Ok(Self { view, to, live, next: Vec::new(), page: VecDeque::new(), ended: false, begins })
    }

    fn fill(&mut self) -> Result<()> {
        let end = keys::journal_since(0).0;
        let scan = Read::Scan { lo: &self.next, hi: &end, rev: false, rows: PAGE_ROWS, bytes: PAGE_BYTES };
        let Some(Reply::Rows { rows, more }) = self.view.fetch(&[scan])?.pop() else {
            return Err(Error::new(Code::Internal, "a scan was answered with a value"));
        };
        self.ended = !more;
        if let Some(last) = rows.last() {
            self.next = [&last.key[..], &[0]].concat();
        }
        self.page = rows.into();
        Ok(())
    }

    /// The row as the preview has it; none when it is not for a preview.
    fn of_preview(&self, mut row: Entry) -> Result<Option<Entry>> {
        if keys::is_of_promotions(&row.key) {
            return Ok(None);
        }
        if row.key == keys::meta() {
            row.value = encode(&as_preview(decode(&row.value)?, self.to))?;
        }
        // The records of deleted collections are there for the journal alone.
        let deleted = keys::record_collection(&row.key).is_some_and(|number| !self.live.contains(&number));
        Ok(Some(row).filter(|_| !deleted))
    }
}

impl Iterator for Copy<'_> {
    type Item = Result<Entry>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            while let Some(row) = self.page.pop_front() {
                match self.of_preview(row) {
                    Ok(None) => {}
                    Ok(Some(row)) => return Some(Ok(row)),
                    Err(error) => return Some(Err(error)),
                }
            }
            if self.ended {
                return self.begins.take().map(Ok);
            }
            if let Err(error) = self.fill() {
                (self.ended, self.begins) = (true, None);
                return Some(Err(error));
            }
        }
    }
}

/// The mark where the history of a copy of a snapshot begins.
fn begins(view: &dyn View) -> Result<Entry> {
    let time_ms = journal::last_entry(view)?.map_or(0, |(_, entry)| entry.time_ms);
    let (key, value) = Pruned { seq: view.seq().0, time_ms }.row();
    Ok(Entry { key, version: view.seq(), value })
}

/// The settings of production as those of a preview of it.
#[must_use]
pub fn as_preview(meta: Meta, id: &str) -> Meta {
    Meta { workspace: id.to_owned(), kind: Kind::Preview, ..meta }
}

/// The rows of a configuration alone, as those of a preview.
pub fn configuration(view: &dyn View, to: &str) -> Result<Vec<Entry>> {
    let mut rows = Vec::new();
    let mut failed = Ok(());
    let end = keys::promotions().1;
    view.scan_each(&[], &end, false, &mut |key, version, value| {
        let row = Entry { key: key.to_vec(), version, value: value.to_vec() };
        if keys::is_of_promotions(key) {
            return std::ops::ControlFlow::Continue(());
        }
        if row.key == keys::meta() {
            match decode::<Meta>(value).and_then(|meta| encode(&as_preview(meta, to))) {
                Ok(value) => rows.push(Entry { value, ..row }),
                Err(error) => failed = Err(error),
            }
        } else {
            match without_records(&row) {
                Ok(row) => rows.push(row),
                Err(error) => failed = Err(error),
            }
        }
        std::ops::ControlFlow::Continue(())
    })?;
    failed?;
    rows.push(begins(view)?);
    Ok(rows)
}

/// A collection's row where there are no records: all of its indexes are complete, and its columns too.
fn without_records(row: &Entry) -> Result<Entry> {
    if !keys::is_collection(&row.key) {
        return Ok(row.clone());
    }
    let mut collection: CollectionRow = decode(&row.value)?;
    collection.indexes.retain(|index| index.complete);
    collection.tracked = true;
    Ok(Entry { value: encode(&collection)?, ..row.clone() })
}
