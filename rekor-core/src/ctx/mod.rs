//! One operation's view of a workspace and its write set. Reads go through the writes so far; every
//! read of a writing operation becomes a check of its commit by itself.

use std::collections::{BTreeMap, HashMap};
use std::ops::ControlFlow;
use std::sync::Arc;

use crate::api::list::Actor;
use crate::codec::collection::{CollectionRow, Meta, decode, encode};
use crate::codec::id::Id;
use crate::codec::keys::{self, Thing};
use crate::engine::{Check, Commit, Entry, Put, RangePrinter, Seq, View};
use crate::ground::error::{Code, Error, Result};
use crate::ground::{env, limits};

pub mod config;
pub mod dirt;
pub mod grant;
pub mod journal;
pub mod once;
pub mod past_view;
pub mod pruned;
mod reach;
mod record;
pub mod record_indexes;
mod relationship;
pub mod rights;
pub mod scope;
pub mod session;
pub mod signal;

pub use record::{RecordImage, RecordState};
pub use relationship::RelationshipState;

use config::{Collection, Config};
use dirt::{Dirt, SharedCache};
use grant::Grant;
use journal::Change;
use once::Once;

/// Keys to write, or to remove.
type Writes = Vec<(Vec<u8>, Option<Vec<u8>>)>;

/// One operation in progress.
pub struct Ctx<'a> {
    view: &'a dyn View,
    config: Arc<Config>,
    /// Who writes.
    actor: &'a Actor,
    /// When the operation began, in milliseconds since 1970.
    pub now_ms: u64,
    /// Whether reads become checks.
    writing: bool,
    writes: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
    same: HashMap<Vec<u8>, Seq>,
    exists: HashMap<Vec<u8>, ()>,
    ranges: Vec<Check>,
    changes: Vec<Change>,
    change_bytes: usize,
    /// Collections read after this operation changed the configuration.
    fresh: Option<HashMap<String, Option<Arc<Collection>>>>,
    meta: Option<Meta>,
    cache: SharedCache,
    /// The records that were written, by collection.
    dirt: BTreeMap<u32, Dirt>,
    delete_if: Vec<(Vec<u8>, Seq)>,
    /// Keys that the engine completes with the commit's Seq in their last 8 bytes.
    stamped: Vec<(Vec<u8>, Vec<u8>)>,
    /// Under what the operation's answer is kept.
    once: Option<Arc<Once>>,
    /// What the handle reaches, and whether collections outside count as absent.
    grant: Option<&'a Grant>,
    hides: bool,
}

/// A change with what its thing became.
#[derive(Debug, Clone)]
pub struct Became {
    /// The change, or all changes of one thing as one.
    pub change: Change,
    /// The stored row afterwards; none when it is gone.
    pub after: Option<Vec<u8>>,
}

impl<'a> Ctx<'a> {
    pub(crate) fn new(
        view: &'a dyn View,
        config: Arc<Config>,
        cache: SharedCache,
        actor: &'a Actor,
        writing: bool,
    ) -> Self {
        Self {
            view,
            config,
            actor,
            now_ms: env::now_ms(),
            writing,
            writes: BTreeMap::new(),
            same: HashMap::new(),
            exists: HashMap::new(),
            ranges: Vec::new(),
            changes: Vec::new(),
            change_bytes: 0,
            fresh: None,
            meta: None,
            cache,
            dirt: BTreeMap::new(),
            delete_if: Vec::new(),
            grant: None,
            hides: false,
            stamped: Vec::new(),
            once: None,
        }
    }

    /// The operation, whose answer is kept under this.
    pub(crate) fn with_once(mut self, once: Option<Arc<Once>>) -> Self {
        self.once = once;
        self
    }

    /// The snapshot that the operation began with, without its own writes.
    #[must_use]
    pub fn view(&self) -> &'a dyn View {
        self.view
    }

    /// The workspace's settings, as the operation sees them.
    #[must_use]
    pub fn meta(&self) -> &Meta {
        self.meta.as_ref().unwrap_or(&self.config.meta)
    }

    /// A value, as the operation sees it.
    pub fn get(&mut self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        if let Some(written) = self.writes.get(key) {
            return Ok(written.clone());
        }
        let mut value = None;
        let mut version = Seq(0);
        self.view.get_with(key, &mut |found| {
            if let Some((seq, bytes)) = found {
                version = seq;
                value = Some(bytes.to_vec());
            }
        })?;
        if self.writing {
            self.same.insert(key.to_vec(), version);
        }
        Ok(value)
    }

    /// Whether a key is there; what it holds may change until the commit.
    pub fn exists(&mut self, key: &[u8]) -> Result<bool> {
        if let Some(written) = self.writes.get(key) {
            return Ok(written.is_some());
        }
        let mut found = false;
        self.view.get_with(key, &mut |value| found = value.is_some())?;
        if found && self.writing {
            self.exists.insert(key.to_vec(), ());
        }
        Ok(found)
    }

    /// The first `rows_max` rows of a range, in order or in reverse, as the operation sees them. What
    /// was read of the range is checked at the commit, so that rows added or removed there count.
    pub fn scan(&mut self, lo: &[u8], hi: &[u8], rev: bool, rows_max: usize) -> Result<Vec<Entry>> {
        let mut rows: BTreeMap<Vec<u8>, (Seq, Option<Vec<u8>>)> = BTreeMap::new();
        let written =
            self.writes.range(lo.to_vec()..hi.to_vec()).map(|(k, v)| (k.clone(), (Seq(0), v.clone())));
        rows.extend(written);
        // Rows that the operation deleted must not use up the bound.
        let wanted = rows_max.saturating_add(rows.values().filter(|(_, v)| v.is_none()).count());
        let mut seen: Vec<(Vec<u8>, Seq)> = Vec::new();
        self.view.scan_each(lo, hi, rev, &mut |key, seq, value| {
            if seen.len() >= wanted {
                return ControlFlow::Break(());
            }
            seen.push((key.to_vec(), seq));
            rows.entry(key.to_vec()).or_insert_with(|| (seq, Some(value.to_vec())));
            ControlFlow::Continue(())
        })?;
        if self.writing {
            self.check_range(lo, hi, rev, seen.len() >= wanted, seen);
        }
        let live = rows
            .into_iter()
            .filter_map(|(key, (version, value))| Some(Entry { key, version, value: value? }));
        Ok(if rev { live.rev().take(rows_max).collect() } else { live.take(rows_max).collect() })
    }

    fn check_range(&mut self, lo: &[u8], hi: &[u8], rev: bool, cut: bool, mut seen: Vec<(Vec<u8>, Seq)>) {
        let (mut lo, mut hi) = (lo.to_vec(), hi.to_vec());
        if cut && let Some((last, _)) = seen.last() {
            if rev {
                lo.clone_from(last);
            } else {
                hi.clone_from(last);
                hi.push(0);
            }
        }
        if rev {
            seen.reverse();
        }
        let mut printer = RangePrinter::default();
        for (key, version) in &seen {
            printer.add(key, *version);
        }
        self.ranges.push(Check::SameRange { lo, hi, print: printer.finish() });
    }

    /// A collection, as the operation sees it.
    pub fn collection(&mut self, id: &str) -> Result<Option<Arc<Collection>>> {
        if self.is_hidden(id) {
            return Ok(None);
        }
        let Some(fresh) = &self.fresh else {
            return self.config.collection(self.view, id);
        };
        if let Some(known) = fresh.get(id) {
            return Ok(known.clone());
        }
        let row = self.collection_row(id)?;
        let made = match row {
            None => None,
            Some(row) => Some(Arc::new(Collection::new(row, &mut |id| self.collection_row(id))?)),
        };
        if let Some(fresh) = &mut self.fresh {
            fresh.insert(id.to_owned(), made.clone());
        }
        Ok(made)
    }

    /// A collection that must be there.
    pub fn need_collection(&mut self, id: &str) -> Result<Arc<Collection>> {
        self.collection(id)?.ok_or_else(|| config::collection_not_found(id))
    }

    /// The collection with this number; none when it was deleted.
    pub fn numbered(&mut self, number: u32) -> Result<Option<Arc<Collection>>> {
        if self.fresh.is_none() {
            let found = self.config.numbered(self.view, number)?;
            return Ok(found.filter(|c| !self.is_hidden(&c.row.id)));
        }
        let id = self.get(&keys::number(number))?.unwrap_or_default();
        let Ok(id) = String::from_utf8(id) else { return Ok(None) };
        Ok(self.collection(&id)?.filter(|c| c.row.number == number))
    }

    /// The stored row of a collection, as the operation sees it.
    pub fn collection_row(&mut self, id: &str) -> Result<Option<CollectionRow>> {
        self.get(&keys::collection(id))?.map(|bytes| decode(&bytes)).transpose()
    }

    /// The stored rows of all collections, by id.
    pub fn collection_rows(&mut self) -> Result<Vec<CollectionRow>> {
        let (lo, hi) = keys::collections();
        self.scan(&lo, &hi, false, usize::MAX)?.iter().map(|entry| decode(&entry.value)).collect()
    }

    /// Writes or removes a collection's row. `change` says what the journal tells of it; index steps
    /// tell nothing.
    pub fn put_collection(
        &mut self,
        id: &str,
        row: Option<&CollectionRow>,
        change: Option<Change>,
    ) -> Result<()> {
        let mut writes = vec![(keys::collection(id), row.map(encode).transpose()?)];
        if let Some(row) = row {
            writes.push((keys::number(row.number), Some(row.id.clone().into_bytes())));
        }
        match change {
            Some(change) => self.put_thing(writes, change)?,
            None => self.writes.extend(writes),
        }
        self.edit_meta(|_| {})
    }

    /// Changes the workspace's settings. Every change of the configuration comes through here, so that
    /// the version of `meta`, which every write checks, moves with it.
    pub fn edit_meta(&mut self, edit: impl FnOnce(&mut Meta)) -> Result<()> {
        let mut meta = self.meta().clone();
        edit(&mut meta);
        meta.revision += 1;
        meta.format = keys::FORMAT;
        self.writes.insert(keys::meta(), Some(encode(&meta)?));
        self.meta = Some(meta);
        self.fresh = Some(HashMap::new());
        Ok(())
    }

    /// Changes settings that people choose, of which the journal tells.
    pub fn choose(&mut self, edit: impl FnOnce(&mut Meta)) -> Result<()> {
        let before = self.meta().clone();
        self.edit_meta(edit)?;
        let (old_version, new_version) = (before.revision, self.meta().revision);
        let (thing, id) = (keys::Thing::Workspace, Id::trusted("settings"));
        let before = Some(encode(&before)?);
        self.put_thing(Writes::new(), Change { thing, collection: 0, id, old_version, new_version, before })
    }

    /// Writes a key that has no journal of its own: index entries and progress rows.
    pub fn put_derived(&mut self, key: Vec<u8>, value: Option<Vec<u8>>) -> Result<()> {
        self.change_bytes += key.len() + value.as_ref().map_or(0, Vec::len);
        limits::COMMIT_BYTES.check(self.change_bytes)?;
        self.writes.insert(key, value);
        Ok(())
    }

    /// Writes all keys of one thing and its journal change, or nothing when the commit has no room.
    fn put_thing(&mut self, writes: Writes, change: Change) -> Result<()> {
        limits::COMMIT_CHANGES.check(self.changes.len() + 1)?;
        let of = |(key, value): &(Vec<u8>, Option<Vec<u8>>)| key.len() + value.as_ref().map_or(0, Vec::len);
        let bytes = 64 + change.before.as_ref().map_or(0, Vec::len) + writes.iter().map(of).sum::<usize>();
        limits::COMMIT_BYTES.check(self.change_bytes + bytes)?;
        self.change_bytes += bytes;
        self.changes.push(change);
        self.writes.extend(writes);
        Ok(())
    }

    /// Writes a key that ends with the Seq of the commit, and has no journal of its own.
    pub fn put_stamped(&mut self, key: Vec<u8>, value: Vec<u8>) {
        self.stamped.push((key, value));
    }

    /// Whether the operation has changed a thing so far.
    #[must_use]
    pub fn changes_anything(&self) -> bool {
        !self.changes.is_empty()
    }

    /// What the operation does to each thing that it changes, in the order of the first change.
    pub fn became(&self) -> Vec<Became> {
        let mut places: HashMap<(Thing, u32, &Id), usize> = HashMap::new();
        let mut all: Vec<Became> = Vec::new();
        for change in &self.changes {
            let place = *places.entry((change.thing, change.collection, &change.id)).or_insert(all.len());
            match all.get_mut(place) {
                Some(became) => became.change.new_version = change.new_version,
                None => all.push(Became { change: change.clone(), after: self.stored_after(change) }),
            }
        }
        all
    }

    fn stored_after(&self, change: &Change) -> Option<Vec<u8>> {
        let key = match change.thing {
            Thing::Collection => keys::collection(&change.id.to_text()),
            Thing::Record => keys::record(change.collection, &change.id),
            Thing::Relationship => keys::relationship(&change.id),
            Thing::Workspace => keys::meta(),
        };
        self.writes.get(&key).cloned().flatten()
    }

    /// Whether half of the bytes that one commit may hold are used.
    #[must_use]
    pub fn is_half_full(&self) -> bool {
        self.change_bytes > limits::COMMIT_BYTES.len() / 2
    }

    /// The commit of the operation; none when it wrote nothing.
    pub(crate) fn into_commit(mut self) -> Result<Option<Commit>> {
        self.settle_dirt()?;
        if self.writes.is_empty() && self.delete_if.is_empty() {
            return Ok(None);
        }
        if !self.writing {
            return Err(Error::new(Code::Internal, "a reading operation wrote"));
        }
        let id = env::random_bytes()?;
        let mut puts = Vec::with_capacity(self.writes.len() + 8);
        let mut proof = None;
        if !self.changes.is_empty() {
            puts = journal::encode(id, self.actor, &self.changes);
            proof = Some(0);
        }
        for (key, value) in self.stamped {
            let seq_at = Some(key.len() - 8);
            puts.push(Put { key, value, seq_at, time_at: None });
        }
        let mut deletes = Vec::new();
        for (key, value) in self.writes {
            match value {
                Some(value) => puts.push(Put::plain(key, value)),
                None => deletes.push(key),
            }
        }
        let mut checks = self.ranges;
        checks.push(Check::Same(keys::meta(), self.config.version));
        let weak = self.exists.into_keys().filter(|key| !self.same.contains_key(key)).map(Check::Exists);
        checks.extend(weak);
        checks.extend(self.same.into_iter().map(|(key, version)| Check::Same(key, version)));
        Ok(Some(Commit { id, time_ms: self.now_ms, checks, deletes, delete_if: self.delete_if, puts, proof }))
    }
}
