//! Reads the columns of one collection in one snapshot, through what the process keeps.

use std::ops::ControlFlow;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use crate::codec::column_keys::{self as keys, ColumnKey};
use crate::columns::bytes::{damaged, sum_of};
use crate::columns::cache::{Cache, Lexicon, Versioned};
use crate::columns::column::Column;
use crate::columns::dictionary::{Chunk, Dictionary, Tail};
use crate::columns::form::{Form, Head};
use crate::columns::group::Group;
use crate::columns::ids::Ids;
use crate::columns::paths::{IDS, Paths};
use crate::engine::{Seq, View};
use crate::ground::error::Result;

/// The columns of a collection in a snapshot.
#[derive(Clone, Copy)]
pub struct Columns<'v> {
    /// The snapshot.
    pub view: &'v dyn View,
    pub(super) cache: &'v Cache,
    /// The collection's number.
    pub collection: u32,
}

impl<'v> Columns<'v> {
    /// The columns of a collection.
    #[must_use]
    pub const fn new(view: &'v dyn View, cache: &'v Cache, collection: u32) -> Self {
        Self { view, cache, collection }
    }

    /// The paths, and the version of their row.
    pub fn paths(&self) -> Result<(Seq, Arc<Paths>)> {
        let mut found = Ok((Seq(0), Arc::default()));
        let mut is_new = false;
        self.view.get_with(&keys::column_paths(self.collection), &mut |value| {
            let Some((version, bytes)) = value else { return };
            found = match self.cache.lock().paths.get(&self.collection) {
                Some((known, paths)) if *known == version => Ok((version, Arc::clone(paths))),
                _ => Paths::decode(bytes).map(|paths| (version, Arc::new(paths))),
            };
            is_new = true;
        })?;
        let (version, paths) = found?;
        if is_new {
            self.cache.lock().paths.insert(self.collection, (version, Arc::clone(&paths)));
        }
        Ok((version, paths))
    }

    /// The groups, in the order of ids.
    pub fn groups(&self) -> Result<Vec<Arc<Group>>> {
        let known = self.cache.lock().groups.get(&self.collection).cloned().unwrap_or_default();
        let (lo, hi) = ColumnKey::Group.all(self.collection);
        let mut groups: Vec<Versioned> = Vec::with_capacity(known.len());
        let mut place = 0;
        let mut failed = Ok(());
        self.view.scan_each(&lo, &hi, false, &mut |key, version, value| {
            match read_group(&known, &mut place, key, version, value) {
                Ok(group) => groups.push(group),
                Err(error) => failed = Err(error),
            }
            if failed.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        failed?;
        let query = self.cache.next_query();
        groups.iter().for_each(|(_, _, group)| group.used.store(query, Ordering::Relaxed));
        let list = groups.iter().map(|(_, _, group)| Arc::clone(group)).collect();
        let is_same = known.len() == groups.len()
            && known.iter().zip(&groups).all(|((_, _, old), (_, _, new))| Arc::ptr_eq(old, new));
        if !is_same {
            self.keep(groups);
        }
        self.cache.make_room();
        Ok(list)
    }

    /// Keeps the list of a newer view, and lets go of what the groups that are gone held.
    fn keep(&self, groups: Vec<Versioned>) {
        let newest = |list: &[Versioned]| list.iter().map(|(version, _, _)| *version).max();
        let mut kept = self.cache.lock();
        let place = kept.groups.entry(self.collection).or_default();
        if newest(place) > newest(&groups) {
            return;
        }
        let old = std::mem::replace(place, Arc::new(groups));
        let stays = |group: &Arc<Group>| place.iter().any(|(_, _, new)| Arc::ptr_eq(group, new));
        let gone = old.iter().filter(|(_, _, group)| group.held() > 0 && !stays(group));
        self.cache.release(gone.map(|(_, _, group)| group.held()).sum());
    }

    /// A column of a group, by its place among the heads.
    pub fn column(&self, group: &Group, place: usize) -> Result<Arc<Column>> {
        let head = group.heads.get(place).ok_or_else(damaged)?;
        let (column, more) = group.column(place, self.cache.has_room(), || self.load(group, head))?;
        self.cache.hold(more);
        Ok(column)
    }

    fn load(&self, group: &Group, head: &Head) -> Result<Column> {
        let dictionary = match head.dictionary_epoch() {
            Some(epoch) => self.dictionary(head.path, epoch)?,
            None => Arc::default(),
        };
        if !head.has_block() {
            return Column::decode(head, group.rows, &[], dictionary);
        }
        self.block(group, head, |block| Column::decode(head, group.rows, block, dictionary))
    }

    fn block<T>(&self, group: &Group, head: &Head, decode: impl FnOnce(&[u8]) -> Result<T>) -> Result<T> {
        let key = keys::column_block(self.collection, head.path, &group.lo, group.as_of.0);
        let mut decode = Some(decode);
        let mut made = Err(damaged());
        self.view.get_with(&key, &mut |found| {
            if let (Some((_, block)), Some(decode)) = (found, decode.take()) {
                let is_it = sum_of(block).is_ok_and(|sum| sum == head.sum);
                made = if is_it { decode(block) } else { Err(damaged()) };
            }
        })?;
        made
    }

    /// The ids of a group's records.
    pub fn ids(&self, group: &Group) -> Result<Arc<Ids>> {
        if let Some(ids) = group.known_ids() {
            return Ok(ids);
        }
        if group.rows == 0 {
            // There is no block, since there are no records.
            return Ok(Arc::new(Ids::Uuids(Vec::new())));
        }
        let head = group.place(IDS).and_then(|place| group.heads.get(place)).ok_or_else(damaged)?;
        if head.form != Form::Ids {
            return Err(damaged());
        }
        let load = || self.block(group, head, |block| Ids::decode(block, group.rows));
        let (ids, more) = group.ids(self.cache.has_room(), load)?;
        self.cache.hold(more);
        Ok(ids)
    }

    /// How far a dictionary goes, and the version of that row.
    pub fn tail(&self, path: u32, epoch: u32) -> Result<(Seq, Tail)> {
        let mut found = Ok((Seq(0), Tail::default()));
        self.view.get_with(&keys::dictionary_tail(self.collection, path, epoch), &mut |value| {
            if let Some((version, bytes)) = value {
                found = Tail::decode(bytes).map(|tail| (version, tail));
            }
        })?;
        found
    }

    /// The newest epoch of a path's dictionary.
    pub fn newest_epoch(&self, path: u32) -> Result<u32> {
        let (lo, hi) = keys::dictionary_tails(self.collection, path);
        let mut epoch = Ok(0);
        self.view.scan_each(&lo, &hi, true, &mut |key, _, _| {
            epoch = keys::dictionary_epoch(key);
            ControlFlow::Break(())
        })?;
        epoch
    }

    /// An epoch of a path's dictionary, with all codes that this snapshot may name, perhaps more.
    pub fn dictionary(&self, path: u32, epoch: u32) -> Result<Arc<Dictionary>> {
        let (_, tail) = self.tail(path, epoch)?;
        let name = (self.collection, path, epoch);
        let known = self.cache.lock().dictionaries.get(&name).cloned();
        let known = match known {
            // One that goes further was read in a newer snapshot; the codes up to this tail are the same.
            Some(known) if known.chain() == tail.chain || known.len() > tail.entries => return Ok(known),
            other => other,
        };
        let grown = match known.map(|known| self.grow(&known, path, epoch, &tail)).transpose()?.flatten() {
            Some(grown) => grown,
            None => self.grow(&Dictionary::empty(), path, epoch, &tail)?.ok_or_else(damaged)?,
        };
        let grown = Arc::new(grown);
        let mut kept = self.cache.lock();
        let place = kept.dictionaries.entry(name).or_insert_with(|| Arc::clone(&grown));
        // Of two that were read at the same time one is kept, so that all columns share it.
        if place.chain() != tail.chain {
            *place = Arc::clone(&grown);
        }
        Ok(Arc::clone(place))
    }

    /// The dictionary the other way round, with all entries up to `tail`.
    pub(super) fn lexicon(&self, path: u32, epoch: u32, tail: &Tail) -> Result<Arc<Mutex<Lexicon>>> {
        let lexicon =
            Arc::clone(self.cache.lock().lexicons.entry((self.collection, path, epoch)).or_default());
        if tail.entries > 0 {
            let dictionary = self.dictionary(path, epoch)?;
            lexicon.lock().unwrap_or_else(PoisonError::into_inner).catch_up(dictionary);
        }
        Ok(lexicon)
    }

    /// The dictionary with the chunks that follow; none when they are no continuation of it.
    fn grow(&self, known: &Dictionary, path: u32, epoch: u32, tail: &Tail) -> Result<Option<Dictionary>> {
        let mut grown = Ok(known.clone());
        let (lo, hi) = keys::dictionary_chunks(self.collection, path, epoch, known.len() + 1);
        self.view.scan_each(&lo, &hi, false, &mut |_, _, value| {
            let read = Chunk::decode(value);
            let before = std::mem::replace(&mut grown, Ok(Dictionary::default()));
            grown = before.and_then(|before| read.and_then(|(chunk, sum)| before.with(chunk, sum)));
            if grown.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        Ok(grown.ok().filter(|grown| grown.chain() == tail.chain))
    }
}

/// The group of a header: the one that is known if it is still the same.
fn read_group(
    known: &[Versioned],
    place: &mut usize,
    key: &[u8],
    version: Seq,
    value: &[u8],
) -> Result<Versioned> {
    let (lo, sum) = (keys::column_group_lo(key)?, sum_of(value)?);
    while known.get(*place).is_some_and(|(_, _, group)| *group.lo < *lo) {
        *place += 1;
    }
    match known.get(*place) {
        Some((seq, its, group)) if *seq == version && *its == sum && *group.lo == *lo => {
            Ok((version, sum, Arc::clone(group)))
        }
        _ => Ok((version, sum, Arc::new(Group::decode(lo, value)?))),
    }
}
