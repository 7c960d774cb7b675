//! Compares one group with the rows of its ids: it holds each of them, and each of its columns what the row says, but for
//! those that a newer dirty entry overrules.

use std::sync::Arc;

use crate::codec::row::{RecordRow, decode_record};
use crate::columns::column::{Column, Value};
use crate::columns::group::Group;
use crate::columns::ids::{Ids, key_of};
use crate::columns::leaf::Leaf;
use crate::columns::paths::{CREATED, DATA, EXTERNAL_ID, EXTERNAL_SOURCE, IDS, Paths, UPDATED, VERSION};
use crate::columns::shred::{Sink, shred};
use crate::ground::error::Result;
use crate::ops::check_columns::values::{holds, keeps_bounds};
use crate::ops::check_columns::{Checker, sound};

/// A group, decoded.
struct Loaded<'g> {
    group: &'g Group,
    /// The ids as they stand in keys.
    ids: Vec<Vec<u8>>,
    /// By place among the heads; none for the ids and for what is damaged.
    columns: Vec<Option<Arc<Column>>>,
    /// By number of the path, one more than its place; 0 for none.
    places: Vec<usize>,
    /// Whether some of its records have entries that overrule it.
    is_dirty: bool,
}

impl Checker<'_> {
    /// Checks a group: its entries, its blocks, and every row that it covers.
    pub(super) fn group(&mut self, group: &Group) -> Result<()> {
        let is_dirty = self.entries(&group.lo, &group.end, Some(group.as_of))?;
        let Some(ids) = self.ids(group)? else { return Ok(()) };
        let mut columns = Vec::with_capacity(group.heads.len());
        let mut places = vec![0; self.paths.end() as usize];
        for (place, head) in group.heads.iter().enumerate() {
            columns.push(if head.path == IDS { None } else { self.column(group, place)? });
            if let Some(at) = places.get_mut(head.path as usize) {
                *at = place + 1;
            }
        }
        let loaded = Loaded { group, ids, columns, places, is_dirty };
        let mut next = 0;
        let mut found = Found { seen: vec![0; group.heads.len()], stamp: 0 };
        self.rows(&group.lo, &group.end, &mut |checker, id, bytes| {
            while loaded.ids.get(next).is_some_and(|have| have.as_slice() < id) {
                checker.without_row(&loaded, next)?;
                next += 1;
            }
            let is_held = loaded.ids.get(next).is_some_and(|have| have == id);
            if !checker.is_overruled(&loaded, id)? {
                if is_held {
                    checker.compare(&loaded, &mut found, next, bytes)?;
                } else {
                    checker.record_problem(id, "its column group does not have it");
                }
            }
            next += usize::from(is_held);
            Ok(())
        })?;
        (next..loaded.ids.len()).try_for_each(|row| self.without_row(&loaded, row))
    }

    fn is_overruled(&self, loaded: &Loaded<'_>, id: &[u8]) -> Result<bool> {
        Ok(loaded.is_dirty && self.is_dirty(id, loaded.group.as_of)?)
    }

    /// A record of the group that is not among the rows must have been deleted since.
    fn without_row(&mut self, loaded: &Loaded<'_>, row: usize) -> Result<()> {
        let id = loaded.ids.get(row).map_or(&[] as &[u8], Vec::as_slice);
        if !self.is_overruled(loaded, id)? {
            self.record_problem(id, "its column group has it, but it has no row");
        }
        Ok(())
    }

    /// The ids of a group; none when they cannot be relied on.
    fn ids(&mut self, group: &Group) -> Result<Option<Vec<Vec<u8>>>> {
        if group.rows == 0 {
            return Ok(Some(Vec::new()));
        }
        let Some(block) = sound(self.columns.ids(group))? else {
            self.group_problem(&group.lo, || "the block of its ids is missing or damaged".into());
            return Ok(None);
        };
        let keys: Result<Vec<Vec<u8>>> =
            (0..Ids::len(&block)).map(|row| Ok(key_of(&block.id(row)?))).collect();
        let keys = sound(keys)?.filter(|keys| {
            let ascend = keys.windows(2).all(|two| matches!(two, [a, b] if a < b));
            ascend && keys.iter().all(|id| group.covers(id))
        });
        if keys.is_none() {
            self.group_problem(&group.lo, || "its ids are not in order, or not all its own".into());
        }
        Ok(keys)
    }

    fn column(&mut self, group: &Group, place: usize) -> Result<Option<Arc<Column>>> {
        let Some(head) = group.heads.get(place) else { return Ok(None) };
        let column = sound(self.columns.column(group, place))?;
        let what = match &column {
            None => "is missing or damaged",
            Some(column) if !keeps_bounds(head, column, group.rows) => {
                "has other values than its header says"
            }
            Some(_) => return Ok(column),
        };
        let path = self.path_name(head.path);
        self.group_problem(&group.lo, || format!("the column of `{path}` {what}"));
        Ok(column)
    }

    /// Compares one record of a group with its row.
    fn compare(&mut self, loaded: &Loaded<'_>, found: &mut Found, row: usize, bytes: &[u8]) -> Result<()> {
        // A row that does not decode is reported with the rows.
        let Some(record) = sound(decode_record(bytes))? else { return Ok(()) };
        found.stamp += 1;
        let mut sheet = Sheet { paths: &self.paths, loaded, found, row, guess: 0, wrong: None };
        sheet.meta(&record);
        // The checksum of the row holds, so it can be taken apart.
        shred(record.data, DATA, &mut sheet)?;
        sheet.rest();
        if let Some(path) = sheet.wrong {
            let path = self.path_name(path);
            let id = loaded.ids.get(row).map_or(&[] as &[u8], Vec::as_slice);
            self.record_problem(id, &format!("its column `{path}` does not hold what its row does"));
        }
        Ok(())
    }
}

/// Which columns had a value in the record that is compared.
struct Found {
    /// By place: the stamp of the last record that did.
    seen: Vec<u64>,
    stamp: u64,
}

/// Compares the scalars of one record.
struct Sheet<'s> {
    paths: &'s Paths,
    loaded: &'s Loaded<'s>,
    found: &'s mut Found,
    row: usize,
    guess: usize,
    /// The first path that is not right.
    wrong: Option<u32>,
}

impl Sheet<'_> {
    /// The fields of the record itself.
    fn meta(&mut self, record: &RecordRow<'_>) {
        if let Some(id) = record.external_id {
            self.take(EXTERNAL_ID, Leaf::text(id.into()));
        }
        if let Some(source) = record.external_source {
            self.take(EXTERNAL_SOURCE, Leaf::text(source.into()));
        }
        self.take(VERSION, i64::try_from(record.version).map_or(Leaf::Wide(record.version), Leaf::Int));
        for (path, ms) in [(CREATED, record.created_ms), (UPDATED, record.updated_ms)] {
            let Some(place) = self.see(path) else { continue };
            let time = Value::Time(i64::try_from(ms).unwrap_or(i64::MAX), 3);
            if let Some(Some(column)) = self.loaded.columns.get(place)
                && column.value(self.row) != time
            {
                self.wrong.get_or_insert(path);
            }
        }
    }

    /// Notes that a path has a value, and answers its place. A path without a column is wrong, unless the group is known
    /// not to have them all.
    fn see(&mut self, path: u32) -> Option<usize> {
        let place = self.loaded.places.get(path as usize).copied().unwrap_or(0).checked_sub(1);
        match place.and_then(|place| self.found.seen.get_mut(place)) {
            Some(seen) => *seen = self.found.stamp,
            None if self.loaded.group.is_partial => {}
            None => {
                self.wrong.get_or_insert(path);
            }
        }
        place
    }

    /// Where the record has no value, the columns have none.
    fn rest(&mut self) {
        for (place, head) in self.loaded.group.heads.iter().enumerate() {
            if self.found.seen.get(place) != Some(&self.found.stamp)
                && let Some(Some(column)) = self.loaded.columns.get(place)
                && column.value(self.row) != Value::Null
            {
                self.wrong.get_or_insert(head.path);
            }
        }
    }
}

impl<'t> Sink<'t> for Sheet<'_> {
    fn member(&mut self, parent: u32, key: &'t str) -> Option<u32> {
        let mut nested = 0;
        let guess = if parent == DATA { &mut self.guess } else { &mut nested };
        let path = self.paths.child(parent, key, guess);
        if path.is_none() && !self.loaded.group.is_partial {
            self.wrong.get_or_insert(parent);
        }
        path
    }

    fn take(&mut self, path: u32, leaf: Leaf<'t>) {
        if let Some(place) = self.see(path)
            && let Some(Some(column)) = self.loaded.columns.get(place)
            && !holds(column, self.row, &leaf)
        {
            self.wrong.get_or_insert(path);
        }
    }
}
