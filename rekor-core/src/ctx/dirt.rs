//! What writing records owes to columns: a dirty entry for each, or, for many new records at once, their groups.
//!
//! # Why a scan is right
//!
//! A group holds the records of its ids as they were in one view, its `as_of`. A dirty entry says what a record became in
//! the commit that is the entry's version. A scan takes a record from its group unless there is an entry newer than the
//! group's `as_of`; what no group covers it takes from entries alone. For that to be the truth in every snapshot:
//!
//! 1. *Every write of a record puts an entry, in the same commit, without looking at groups.* It is newer than any
//!    group's `as_of` that was built without it, since the view that a group is built from is older than the commit.
//! 2. *An entry goes only if a group covers its id with an `as_of` not older than it*, in the same commit or before, and
//!    only if it still has the version that was seen (delete-if-version). A later write of the record puts it again.
//! 3. *What groups cover never shrinks*, and no two overlap: a commit that writes groups replaces whole groups by
//!    groups that cover at least their ids, and checks the range of the headers that it touches. Two that build groups of
//!    the same ids from different views cannot both succeed, so an `as_of` never goes back and a record that was deleted
//!    in between does not come back.
//! 4. Groups that a commit makes of its own new records have the `as_of` of its view, not of itself: entries that others
//!    wrote meanwhile, for ids in between, are newer and count. That the records did not exist is checked record by record.
//!
//! So sealing checks headers, and what dictionaries grow by, but nothing that a writer of records touches.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use crate::codec::column_keys::{self, ColumnKey};
use crate::codec::keys;
use crate::codec::row::decode_record;
use crate::columns::dirty;
use crate::columns::group::Group;
use crate::columns::reader::Columns;
use crate::columns::seal::{GROUP_ROWS, SealRow, Sealed, Sealer};
use crate::ctx::Ctx;
use crate::engine::Check;
use crate::ground::error::Result;

/// New records of one commit from which on they are sealed at once.
const SEAL_ROWS_MIN: usize = GROUP_ROWS / 4;

/// The records of one collection that an operation wrote, by their ids as they stand in keys, and whether each is new.
pub(super) type Dirt = BTreeMap<Vec<u8>, bool>;

impl Ctx<'_> {
    /// Remembers that a record was written.
    pub(super) fn mark_dirty(&mut self, collection: u32, id: Vec<u8>, is_new: bool) {
        let dirt = self.dirt.entry(collection).or_default();
        // Made and changed in one operation is still new.
        let was_new = dirt.get(&id).copied().unwrap_or(is_new);
        dirt.insert(id, was_new);
    }

    /// The columns of a collection, in the view that the operation began with.
    #[must_use]
    pub fn columns(&self, collection: u32) -> Columns<'_> {
        Columns::new(self.view, &self.cache, collection)
    }

    /// Turns what was remembered into writes.
    pub(super) fn settle_dirt(&mut self) -> Result<()> {
        let dirt = std::mem::take(&mut self.dirt);
        if !dirt.is_empty() {
            self.raise_format()?;
        }
        for (collection, dirt) in dirt {
            let rest = self.seal_new(collection, dirt)?;
            let (_, paths) = self.columns(collection).paths()?;
            for id in rest.into_keys() {
                let row = self.writes.get(&keys::record_at(collection, &id)).and_then(Option::as_deref);
                let entry = dirty::encode(row.map(decode_record).transpose()?.as_ref(), &paths)?;
                self.writes.insert(column_keys::dirty(collection, &id), Some(entry));
            }
        }
        Ok(())
    }

    /// Marks the workspace as one whose records leave dirty entries, which older versions of rekor do not write.
    pub fn raise_format(&mut self) -> Result<()> {
        if self.meta().format < keys::FORMAT { self.edit_meta(|_| {}) } else { Ok(()) }
    }

    /// Seals the new records of a collection if they are many and no group or other record lies between them. Answers
    /// those that need an entry.
    fn seal_new(&mut self, collection: u32, mut dirt: Dirt) -> Result<Dirt> {
        let count = dirt.values().filter(|is_new| **is_new).count();
        if count < SEAL_ROWS_MIN {
            return Ok(dirt);
        }
        let is_row =
            |id: &Vec<u8>| self.writes.get(&keys::record_at(collection, id)).is_some_and(Option::is_some);
        let new: Vec<Vec<u8>> =
            dirt.iter().filter(|(id, is_new)| **is_new && is_row(id)).map(|(id, _)| id.clone()).collect();
        let (Some(lo), Some(last)) = (new.first().cloned(), new.last().cloned()) else { return Ok(dirt) };
        let end = after(&last);
        let own = dirt.range(lo.clone()..end.clone()).count();
        if own != new.len()
            || !self.is_empty_range(collection, &lo, &end)?
            || !self.is_uncovered(collection, &lo, &end)?
        {
            return Ok(dirt);
        }
        let rows = new.iter().filter_map(|id| {
            let row = self.writes.get(&keys::record_at(collection, id))?.clone()?;
            Some((id.clone(), row))
        });
        let rows: Vec<SealRow> = rows.collect();
        let mut sealer = Sealer::new(self.columns(collection))?;
        sealer.seal(&rows, &lo, &end, self.view.seq())?;
        let sealed = sealer.finish();
        self.write_sealed(sealed);
        dirt.retain(|id, _| new.binary_search(id).is_err());
        Ok(dirt)
    }

    fn is_empty_range(&self, collection: u32, lo: &[u8], end: &[u8]) -> Result<bool> {
        let mut is_empty = true;
        let (lo, end) = (keys::record_at(collection, lo), keys::record_at(collection, end));
        self.view.scan_each(&lo, &end, false, &mut |_, _, _| {
            is_empty = false;
            ControlFlow::Break(())
        })?;
        Ok(is_empty)
    }

    /// Whether no group covers any of these ids, also when the commit is applied.
    fn is_uncovered(&mut self, collection: u32, lo: &[u8], end: &[u8]) -> Result<bool> {
        Ok(self.take_groups(collection, lo, end)?.is_empty())
    }

    /// The groups that cover some of these ids; that they are the same is a check of the commit.
    pub fn take_groups(&mut self, collection: u32, lo: &[u8], end: &[u8]) -> Result<Vec<Arc<Group>>> {
        let groups = self.columns(collection).groups()?;
        let first = groups.partition_point(|group| *group.end <= *lo);
        let touched = groups.iter().skip(first).take_while(|group| *group.lo < *end).cloned().collect();
        // The group before is part of the range: one that grew into these ids has another version.
        let from = match first.checked_sub(1).and_then(|before| groups.get(before)) {
            Some(before) => column_keys::column_group(collection, &before.lo),
            None => ColumnKey::Group.all(collection).0,
        };
        self.check_headers(&from, &column_keys::column_group(collection, end))?;
        Ok(touched)
    }

    fn check_headers(&mut self, from: &[u8], to: &[u8]) -> Result<()> {
        let mut seen = Vec::new();
        self.view.scan_each(from, to, false, &mut |key, version, _| {
            seen.push((key.to_vec(), version));
            ControlFlow::Continue(())
        })?;
        self.check_range(from, to, false, false, seen);
        Ok(())
    }

    /// Writes what sealing made. It has no journal, and is not part of what one operation may write.
    pub fn write_sealed(&mut self, sealed: Sealed) {
        for (key, version) in sealed.same {
            self.ranges.push(Check::Same(key, version));
        }
        self.writes.extend(sealed.puts.into_iter().map(|(key, value)| (key, Some(value))));
    }

    /// Removes a derived key.
    pub fn drop_derived(&mut self, key: Vec<u8>) {
        self.writes.insert(key, None);
    }

    /// Removes a key if it still has this version when the commit is applied.
    pub fn drop_if(&mut self, key: Vec<u8>, version: crate::engine::Seq) {
        self.delete_if.push((key, version));
    }
}

/// What comes after an id, and before all greater ones.
#[must_use]
pub fn after(id: &[u8]) -> Vec<u8> {
    let mut after = Vec::with_capacity(id.len() + 1);
    after.extend_from_slice(id);
    after.push(0);
    after
}

/// The decoded columns of one workspace.
pub type SharedCache = Arc<crate::columns::cache::Cache>;
