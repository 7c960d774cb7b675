//! Compares the columns of a collection with its rows: what is stored of them is whole, nothing is left over, and what a
//! query reads from them is what the rows say. It holds one group at a time, decodes everything itself, and must never
//! take a value from what the process keeps decoded, which hides damage.

use std::sync::Arc;

use crate::codec::column_keys::{self, ColumnKey};
use crate::codec::keys;
use crate::columns::cache::Cache;
use crate::columns::group::Group;
use crate::columns::paths::{EXTERNAL_SOURCE, IDS, Paths};
use crate::columns::reader::Columns;
use crate::ctx::config::Collection;
use crate::engine::{Seq, View};
use crate::ground::error::{Code, Result};
use crate::ops::check::CheckReport;
use crate::ops::check_columns::walk::{OnEntry, each};

mod entries;
mod rows;
#[cfg(test)]
mod tests;
mod values;
mod walk;

/// What comes after all ids.
const END: &[u8] = &[0xFF];

/// The groups that can be looked into, in order, and the least ids of those whose headers are damaged.
type Headers = (Vec<Arc<Group>>, Vec<Vec<u8>>);

/// Hears of a row: the check, the id as it stands in keys, the bytes.
type OnRow<'f, 'c> = &'f mut dyn FnMut(&mut Checker<'c>, &[u8], &[u8]) -> Result<()>;

/// The check of one collection.
struct Checker<'c> {
    columns: Columns<'c>,
    /// The collection's id.
    name: &'c str,
    number: u32,
    /// The paths of the columns.
    paths: Arc<Paths>,
    /// Those and more, for entries that spell theirs.
    wide: Paths,
    report: &'c mut CheckReport,
}

/// Checks the columns of a collection, and its dirty entries.
pub(super) fn check_columns(
    view: &dyn View,
    collection: &Collection,
    report: &mut CheckReport,
) -> Result<()> {
    // Nothing that is decoded is kept but dictionaries and paths.
    let cache = Cache::new(0);
    let (name, number) = (collection.row.id.as_str(), collection.row.number);
    let columns = Columns::new(view, &cache, number);
    let Some((_, paths)) = sound(columns.paths())? else {
        report.problem(|| format!("{name}: the table of its columns' paths is damaged"));
        return Ok(());
    };
    let wide = Paths::clone(&paths);
    let mut checker = Checker { columns, name, number, paths, wide, report };
    let (groups, damaged) = checker.headers()?;
    checker.blocks(&groups, &damaged)?;
    checker.dictionaries()?;
    let mut from: &[u8] = &[];
    // What a damaged header covers is not known, so neither is what lies between groups.
    let is_known = damaged.is_empty();
    for group in &groups {
        checker.gap(from, &group.lo, is_known, collection.row.tracked)?;
        checker.group(group)?;
        from = &group.end;
    }
    checker.gap(from, END, is_known, collection.row.tracked)
}

/// What was read; none when it is damaged. Other errors end the check.
fn sound<T>(read: Result<T>) -> Result<Option<T>> {
    match read {
        Ok(found) => Ok(Some(found)),
        Err(error) if matches!(error.code(), Code::CorruptStore | Code::UnsupportedFormat) => Ok(None),
        Err(error) => Err(error),
    }
}

/// An id as it stands in keys, or the beginning of one, as people read it.
fn shown(id: &[u8]) -> String {
    match keys::take_id(id) {
        Ok((id, _)) => id.to_string(),
        Err(_) => id.iter().map(|byte| format!("{byte:02x}")).collect(),
    }
}

impl<'c> Checker<'c> {
    fn problem(&mut self, what: impl FnOnce(&str) -> String) {
        let name = self.name;
        self.report.problem(|| what(name));
    }

    /// A problem with one record.
    fn record_problem(&mut self, id: &[u8], what: &str) {
        self.problem(|name| format!("{name}/{}: {what}", shown(id)));
    }

    /// A problem with one group.
    fn group_problem(&mut self, lo: &[u8], what: impl FnOnce() -> String) {
        self.problem(|name| format!("{name}: the column group from {} on: {}", shown(lo), what()));
    }

    fn path_name(&self, path: u32) -> String {
        self.paths.name(path).unwrap_or_else(|| format!("number {path}"))
    }

    /// Reads the headers.
    fn headers(&mut self) -> Result<Headers> {
        let (mut groups, mut damaged): (Vec<Arc<Group>>, Vec<Vec<u8>>) = (Vec::new(), Vec::new());
        let newest = self.columns.view.seq();
        let columns = self.columns;
        let (lo, hi) = ColumnKey::Group.all(self.number);
        each(columns.view, &lo, &hi, &mut |key, _, value| {
            let lo = column_keys::column_group_lo(key)?;
            let Some(group) = sound(Group::decode(lo, value))? else {
                self.group_problem(lo, || "its header is damaged".into());
                damaged.push(lo.to_vec());
                return Ok(());
            };
            let before = groups.last().map_or(&[] as &[u8], |before| &before.end);
            if *before > *lo {
                self.group_problem(lo, || "the group before it covers some of the same records".into());
                damaged.push(lo.to_vec());
            } else if !self.is_sensible(&group, newest) {
                damaged.push(lo.to_vec());
            } else {
                groups.push(Arc::new(group));
            }
            Ok(())
        })?;
        Ok((groups, damaged))
    }

    /// Whether a header says nothing that cannot be.
    fn is_sensible(&mut self, group: &Group, newest: Seq) -> bool {
        let unknown = group.heads.iter().map(|head| head.path).find(|path| self.paths.name(*path).is_none());
        if group.as_of > newest {
            self.group_problem(&group.lo, || "it is of a commit that is still to come".into());
        } else if let Some(path) = unknown {
            self.group_problem(&group.lo, || format!("it has a column of path {path}, which is none"));
        } else if (group.rows == 0) != group.heads.is_empty() {
            self.group_problem(&group.lo, || "it has columns without records, or the other way round".into());
        } else {
            return true;
        }
        false
    }

    /// Finds blocks that no header names.
    fn blocks(&mut self, groups: &[Arc<Group>], damaged: &[Vec<u8>]) -> Result<()> {
        let columns = self.columns;
        let (lo, hi) = ColumnKey::Block.all(self.number);
        each(columns.view, &lo, &hi, &mut |key, _, _| {
            let Some((path, lo, as_of)) = sound(column_keys::block_parts(key))? else {
                self.problem(|name| format!("{name}: a block has a damaged key"));
                return Ok(());
            };
            let group =
                groups.binary_search_by(|group| (*group.lo).cmp(lo)).ok().and_then(|at| groups.get(at));
            let is_named = group.filter(|group| group.as_of.0 == as_of).is_some_and(|group| {
                let head = group.place(path).and_then(|place| group.heads.get(place));
                head.is_some_and(crate::columns::form::Head::has_block)
            });
            // Whose header is damaged cannot name its own.
            if !is_named && !damaged.iter().any(|damaged| *damaged == lo) {
                let path = self.path_name(path);
                self.group_problem(lo, || format!("a block of `{path}` is left over, of commit {as_of}"));
            }
            Ok(())
        })
    }

    /// Checks every dictionary, and finds chunks that belong to none. One that no group names any more is none the worse.
    fn dictionaries(&mut self) -> Result<()> {
        let mut names: Vec<(u32, u32)> = Vec::new();
        let columns = self.columns;
        let (lo, hi) = ColumnKey::Tail.all(self.number);
        each(columns.view, &lo, &hi, &mut |key, _, _| {
            let name = sound(column_keys::dictionary_name(key))?;
            let Some((path, epoch)) = name.filter(|(path, _)| self.may_have_texts(*path)) else {
                self.problem(|name| format!("{name}: a dictionary is left over, of a path that is none"));
                return Ok(());
            };
            names.push((path, epoch));
            // Read anew, and let go of: that of an old epoch may never be needed.
            let cache = Cache::new(0);
            if !is_whole(&Columns::new(columns.view, &cache, self.number), path, epoch)? {
                let path = self.path_name(path);
                self.problem(|name| format!("{name}: the dictionary of `{path}` is damaged"));
            }
            Ok(())
        })?;
        let (lo, hi) = ColumnKey::Chunk.all(self.number);
        each(columns.view, &lo, &hi, &mut |key, _, _| {
            let name = sound(column_keys::dictionary_name(key))?;
            if name.is_none_or(|name| names.binary_search(&name).is_err()) {
                self.problem(|name| format!("{name}: a part of a dictionary is left over"));
            }
            Ok(())
        })
    }

    fn may_have_texts(&self, path: u32) -> bool {
        path <= EXTERNAL_SOURCE || path > IDS && self.paths.name(path).is_some()
    }

    /// Checks what lies between two groups: entries alone, and in a collection that is tracked no record without one.
    fn gap(&mut self, from: &[u8], to: &[u8], is_known: bool, is_tracked: bool) -> Result<()> {
        // A group whose header is damaged may overrule any of them.
        self.entries(from, to, if is_known { None } else { Some(Seq(u64::MAX)) })?;
        if !is_known || !is_tracked {
            return Ok(());
        }
        self.rows(from, to, &mut |checker, id, _| {
            if !checker.is_dirty(id, Seq(0))? {
                checker.record_problem(id, "it is in no column group and has no dirty entry");
            }
            Ok(())
        })
    }

    /// Hands every row of the ids from `from` to before `to` to `f`.
    fn rows(&mut self, from: &[u8], to: &[u8], f: OnRow<'_, 'c>) -> Result<()> {
        let (lo, hi) = (keys::record_at(self.number, from), keys::record_at(self.number, to));
        let columns = self.columns;
        let take: OnEntry<'_> = &mut |key, _, bytes| f(self, column_keys::id_part(key)?, bytes);
        each(columns.view, &lo, &hi, take)
    }

    /// Whether a record has an entry newer than `than`.
    fn is_dirty(&self, id: &[u8], than: Seq) -> Result<bool> {
        let mut is_dirty = false;
        let key = column_keys::dirty(self.number, id);
        self.columns.view.get_with(&key, &mut |found| {
            is_dirty = found.is_some_and(|(version, _)| version > than);
        })?;
        Ok(is_dirty)
    }
}

/// Whether a dictionary has all entries that its tail tells of.
fn is_whole(columns: &Columns<'_>, path: u32, epoch: u32) -> Result<bool> {
    let Some((_, tail)) = sound(columns.tail(path, epoch))? else { return Ok(false) };
    let Some(dictionary) = sound(columns.dictionary(path, epoch))? else { return Ok(false) };
    let bytes: usize = dictionary.chunks().iter().map(|chunk| chunk.parts().1.len()).sum();
    Ok(tail.entries == dictionary.len() && tail.bytes == bytes as u64)
}
