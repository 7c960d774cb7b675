//! What a snapshot holds beside its groups: the dirty entries that count, each with the group that it overrules, if any. What
//! the last snapshot of a collection held is kept, for the queries until the next commit.

use std::ops::{ControlFlow, Range};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::codec::column_keys as keys;
use crate::codec::keys::journal_since;
use crate::columns::bytes::damaged;
use crate::columns::delta_block::Blocks;
use crate::columns::dirty::Dirty;
use crate::columns::group::Group;
use crate::columns::ids::Ids;
use crate::columns::paths::Paths;
use crate::columns::reader::Columns;
use crate::engine::Seq;
use crate::ground::error::Result;

/// The dirty entries of a collection that are newer than the groups that cover them, in the order of ids.
#[derive(Debug, Default)]
pub struct Delta {
    bytes: Vec<u8>,
    entries: Vec<Place>,
}

/// Where an entry is.
#[derive(Debug, Clone, Copy)]
struct Place {
    start: usize,
    id_end: usize,
    end: usize,
}

/// Records that stand together: a group and its dirty entries, or entries between two groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// The group, by its place among all.
    pub group: Option<usize>,
    /// The entries, by their places.
    pub entries: Range<usize>,
}

impl Delta {
    /// How many entries count.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether none does.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The id of an entry, as it stands in keys.
    #[must_use]
    pub fn id(&self, at: usize) -> &[u8] {
        self.entries.get(at).and_then(|place| self.bytes.get(place.start..place.id_end)).unwrap_or_default()
    }

    /// What an entry says.
    pub fn entry(&self, at: usize) -> Result<Dirty<'_>> {
        let place = self.entries.get(at).ok_or_else(damaged)?;
        Dirty::decode(self.bytes.get(place.id_end..place.end).ok_or_else(damaged)?)
    }

    fn push(&mut self, id: &[u8], value: &[u8]) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(id);
        let id_end = self.bytes.len();
        self.bytes.extend_from_slice(value);
        self.entries.push(Place { start, id_end, end: self.bytes.len() });
    }
}

/// What a snapshot holds beside its groups, and what queries have made of it.
#[derive(Debug)]
pub struct Known {
    /// Names the snapshot.
    stamp: Stamp,
    groups: Vec<Arc<Group>>,
    tails: bool,
    /// The entries that count.
    pub delta: Delta,
    /// All stretches of records, in the order of ids.
    pub stretches: Vec<Stretch>,
    /// The entries as columns, by the paths that were wanted.
    blocks: Mutex<Vec<(Vec<u32>, Arc<Blocks>)>>,
    /// By stretch: the rows of its group that its entries overrule.
    overruled: Vec<OnceLock<Vec<u32>>>,
}

/// Sets of columns that are kept of one delta.
const BLOCKS_KEPT: usize = 8;

/// Names a snapshot: its Seq, and the checksum of what the last commit with a journal entry wrote there. A Seq alone would
/// not do: one that was lost with a failing disk is given again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp(Seq, u32);

impl Known {
    /// The rows of a stretch's group that its entries overrule; `ids` reads the group's ids, for the first who asks.
    pub fn overruled(&self, stretch: usize, ids: impl FnOnce() -> Result<Arc<Ids>>) -> Result<&[u32]> {
        let (Some(place), Some(stretch)) = (self.overruled.get(stretch), self.stretches.get(stretch)) else {
            return Ok(&[]);
        };
        if stretch.entries.is_empty() {
            return Ok(&[]);
        }
        if let Some(known) = place.get() {
            return Ok(known);
        }
        let ids = ids()?;
        let rows = stretch.entries.clone().filter_map(|at| u32::try_from(ids.find(self.delta.id(at))?).ok());
        let rows = rows.collect();
        Ok(place.get_or_init(|| rows))
    }

    /// The entries as columns of the paths with these numbers, in ascending order. They are kept if `paths` is the stored
    /// table, of which numbers mean the same in every query.
    pub fn blocks(&self, paths: &Paths, wanted: &[u32], keep: bool) -> Result<Arc<Blocks>> {
        let lock = || self.blocks.lock().unwrap_or_else(PoisonError::into_inner);
        if keep && let Some((_, known)) = lock().iter().find(|(have, _)| have == wanted) {
            return Ok(Arc::clone(known));
        }
        let made = Arc::new(Blocks::new(&self.delta, paths, wanted)?);
        if keep {
            let mut kept = lock();
            if kept.len() >= BLOCKS_KEPT {
                kept.remove(0);
            }
            kept.push((wanted.to_vec(), Arc::clone(&made)));
        }
        Ok(made)
    }
}

impl Columns<'_> {
    /// What this snapshot holds beside `groups`, which are all of its groups; see [`Columns::delta`].
    pub fn known_delta(&self, groups: &[Arc<Group>], tails: bool) -> Result<Arc<Known>> {
        let stamp = self.stamp()?;
        let known = self.cache.lock().deltas.get(&self.collection).cloned();
        let is_same = |known: &Known| {
            known.stamp == stamp
                && known.tails == tails
                && known.groups.len() == groups.len()
                && known.groups.iter().zip(groups).all(|(a, b)| Arc::ptr_eq(a, b))
        };
        if let Some(known) = known.filter(|known| is_same(known)) {
            return Ok(known);
        }
        let (delta, stretches) = self.delta(groups, tails)?;
        let groups = groups.to_vec();
        let overruled = stretches.iter().map(|_| OnceLock::new()).collect();
        let blocks = Mutex::default();
        let known = Arc::new(Known { stamp, groups, tails, delta, stretches, blocks, overruled });
        self.cache.lock().deltas.insert(self.collection, Arc::clone(&known));
        Ok(known)
    }

    fn stamp(&self) -> Result<Stamp> {
        let (lo, hi) = journal_since(0);
        let mut sum = 0;
        self.view.scan_each(&lo, &hi, true, &mut |_, version, value| {
            let mut hasher = crc32fast::Hasher::new();
            hasher.update(&version.0.to_be_bytes());
            hasher.update(value);
            sum = hasher.finalize();
            ControlFlow::Break(())
        })?;
        Ok(Stamp(self.view.seq(), sum))
    }

    /// The entries that count, and all stretches of records in the order of ids. Entries that no group covers are left
    /// out unless `tails` wants them.
    pub fn delta(&self, groups: &[Arc<Group>], tails: bool) -> Result<(Delta, Vec<Stretch>)> {
        let mut delta = Delta::default();
        let mut stretches: Vec<Stretch> = Vec::with_capacity(groups.len() + 1);
        let mut at = 0;
        let mut failed = Ok(());
        let (lo, hi) = keys::dirties(self.collection);
        self.view.scan_each(&lo, &hi, false, &mut |key, version, value| {
            let id = keys::id_part(key).unwrap_or_else(|error| {
                failed = Err(error);
                &[]
            });
            while groups.get(at).is_some_and(|group| *group.end <= *id) {
                open_group(&mut stretches, at, delta.len());
                at += 1;
            }
            let group = groups.get(at).filter(|group| group.covers(id));
            let counts = group.map_or(tails, |group| version > group.as_of);
            if counts {
                match group {
                    Some(_) => open_group(&mut stretches, at, delta.len()),
                    None => open_tail(&mut stretches, delta.len()),
                }
                delta.push(id, value);
                if let Some(last) = stretches.last_mut() {
                    last.entries.end = delta.len();
                }
            }
            if failed.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        failed?;
        (at..groups.len()).for_each(|at| open_group(&mut stretches, at, delta.len()));
        Ok((delta, stretches))
    }
}

/// Entries of one stretch between groups at most, so that several threads can share them.
const TAIL_ENTRIES: usize = 4_096;

fn open_group(stretches: &mut Vec<Stretch>, group: usize, entries: usize) {
    if stretches.last().is_none_or(|last| last.group != Some(group)) {
        stretches.push(Stretch { group: Some(group), entries: entries..entries });
    }
}

fn open_tail(stretches: &mut Vec<Stretch>, entries: usize) {
    let goes_on = |last: &Stretch| last.group.is_none() && last.entries.len() < TAIL_ENTRIES;
    if !stretches.last().is_some_and(goes_on) {
        stretches.push(Stretch { group: None, entries: entries..entries });
    }
}
