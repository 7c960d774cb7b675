//! A scan over column groups: whole groups are skipped by their headers, the rest are filtered and summed up block by
//! block, on two threads when it is worth it. Records that groups do not hold as they are now, or at all, come from their
//! dirty entries, and from their rows where not even those know.

mod dirty_tuple;
mod places;
pub(super) mod top;
pub(super) mod totals;
mod worker;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::api::query::ColumnsRead;
use crate::codec::id::Id;
use crate::codec::{column_keys, keys};
use crate::columns::delta::{Known, Stretch};
use crate::columns::delta_block::Blocks;
use crate::columns::dictionary::Dictionary;
use crate::columns::group::Group;
use crate::columns::ids::key_of;
use crate::columns::reader::Columns;
use crate::ctx::config::Collection;
use crate::ground::env::Deadline;
use crate::ground::error::{Code, Error, Result};
use crate::query::filter::Filter;
use crate::query::tuple::{Slots, Tuple};
use crate::query::vector::block::Block;
use crate::query::vector::mask::{HeadOf, Masker};
use crate::query::vector::selection::Selection;

use dirty_tuple::Interests;
use places::{Dictionaries, Places};
use worker::Worker;

/// Groups from which on a second thread is worth its start.
const GROUPS_SHARED: usize = if cfg!(test) { 3 } else { 24 };
/// Dirty entries from which on they are made into columns.
const ENTRIES_AS_BLOCKS: usize = if cfg!(test) { 12 } else { 256 };
/// Entries of dictionaries from which on it is so too.
const ENTRIES_SHARED: u64 = if cfg!(test) { 10 } else { 60_000 };
/// Threads of one scan at most.
const THREADS_MAX: usize = 8;

/// Takes the records that pass the filter.
pub(super) trait Sink: Send {
    /// Whether it needs the ids of the rows of blocks.
    const IDS: bool;

    /// Whether nothing of a group, of which the headers are known, can matter any more.
    fn passes_over(&self, _heads: &[HeadOf<'_>], _rows: usize) -> bool {
        false
    }

    /// Takes rows of a block.
    fn block(&mut self, block: &Block<'_>, selection: &Selection<'_>) -> Result<()>;

    /// Takes one record.
    fn tuple(&mut self, tuple: &impl Tuple, id: &Id) -> Result<()>;

    /// Takes what another thread has taken.
    fn merge(&mut self, other: Self) -> Result<()>;

    /// Whether it needs no record from this id on, or, if `rev`, none up to it.
    fn is_full(&self, id: &[u8], rev: bool) -> bool;
}

/// What a scan did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Stats {
    /// Groups of which columns were read.
    pub(super) groups_read: u64,
    /// Groups that their headers ruled out, or that were not needed any more.
    pub(super) groups_skipped: u64,
    /// Records that were taken from dirty entries.
    pub(super) dirty: u64,
    /// Records that were taken from their rows.
    pub(super) rows: u64,
    /// Records of the groups that were read, and those taken from elsewhere.
    pub(super) examined: u64,
    /// Records that passed the filter.
    pub(super) matched: u64,
}

impl Stats {
    /// What people are told of it.
    pub(super) const fn shown(&self) -> ColumnsRead {
        ColumnsRead {
            groups_read: self.groups_read,
            groups_skipped: self.groups_skipped,
            dirty_rows: self.dirty,
            rows_read: self.rows,
        }
    }

    fn add(&mut self, other: &Self) {
        self.groups_read += other.groups_read;
        self.groups_skipped += other.groups_skipped;
        self.dirty += other.dirty;
        self.rows += other.rows;
        self.examined += other.examined;
        self.matched += other.matched;
    }
}

/// A scan that is about to run.
pub(super) struct Scan<'q> {
    columns: Columns<'q>,
    collection: &'q Collection,
    groups: Vec<Arc<Group>>,
    known: Arc<Known>,
    places: Places,
    interests: Interests,
    dictionaries: Dictionaries,
    slots: &'q Slots<'q>,
    filter: &'q Filter,
    masker: Masker<'q>,
    /// Slots that the filter looks at come first.
    order_of_slots: Vec<usize>,
    filter_slots: usize,
    deadline: Deadline,
}

/// Where a scan begins, in the order of ids.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Span<'s> {
    /// Records up to this one are not wanted; from this one on, if `rev`.
    pub(super) beyond: Option<&'s Id>,
    /// Whether the last come first.
    pub(super) rev: bool,
    /// Whether records come in the order asked for, so that the scan may end early.
    pub(super) in_order: bool,
}

impl<'q> Scan<'q> {
    pub(super) fn new(
        columns: Columns<'q>,
        groups: Vec<Arc<Group>>,
        collection: &'q Collection,
        slots: &'q Slots<'q>,
        filter: &'q Filter,
        deadline: Deadline,
    ) -> Result<Self> {
        let (_, paths) = columns.paths()?;
        let places = Places::new(slots, &paths);
        let interests = Interests::new(&places);
        let known = columns.known_delta(&groups, collection.row.tracked)?;
        let masker = Masker::new(filter, slots)?;
        let mut in_filter = vec![false; slots.count()];
        filter.mark_slots(&mut in_filter);
        let (first, others): (Vec<usize>, Vec<usize>) =
            (0..slots.count()).partition(|slot| in_filter.get(*slot) == Some(&true));
        let mut dictionaries = Dictionaries::default();
        let mut tasks = Vec::new();
        for slot in &first {
            let Some(place) = places.slots().get(*slot) else { continue };
            let read = dictionaries.read(&columns, &groups, place)?;
            tasks.extend(read.into_iter().map(|dictionary| (*slot, dictionary)));
        }
        prepare(&masker, &tasks)?;
        let filter_slots = first.len();
        let order_of_slots = first.into_iter().chain(others).collect();
        Ok(Self {
            columns,
            collection,
            groups,
            known,
            places,
            interests,
            dictionaries,
            slots,
            filter,
            masker,
            order_of_slots,
            filter_slots,
            deadline,
        })
    }

    /// What the slots mean.
    pub(super) const fn slots(&self) -> &'q Slots<'q> {
        self.slots
    }

    /// Hands everything that passes the filter to sinks that `make` makes, and answers the one that took it all.
    pub(super) fn run<S: Sink>(&self, span: Span<'_>, make: impl Fn() -> S + Sync) -> Result<(S, Stats)> {
        let blocks = self.blocks(span)?;
        let work = self.work(span, blocks.as_deref());
        let threads = if work.len() < GROUPS_SHARED {
            1
        } else {
            std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(THREADS_MAX)
        };
        let next = AtomicUsize::new(0);
        let ended = AtomicBool::new(false);
        let share = || -> Result<(S, Stats)> {
            let mut worker = Worker::new(self, make());
            while let Some(part) = work.get(next.fetch_add(1, Ordering::Relaxed)) {
                let is_full =
                    || self.start(part, span.rev).is_some_and(|id| worker.sink.is_full(id, span.rev));
                if ended.load(Ordering::Relaxed) || span.in_order && is_full() {
                    ended.store(true, Ordering::Relaxed);
                    worker.skip(part);
                    continue;
                }
                let done = self.check_deadline().and_then(|()| worker.part(part));
                if done.is_err() {
                    ended.store(true, Ordering::Relaxed);
                }
                done?;
            }
            Ok((worker.sink, worker.stats))
        };
        if threads == 1 {
            return share();
        }
        let shares: Mutex<Vec<Result<(S, Stats)>>> = Mutex::default();
        std::thread::scope(|scope| {
            for _ in 1..threads {
                scope.spawn(|| {
                    let done = share();
                    shares.lock().unwrap_or_else(PoisonError::into_inner).push(done);
                });
            }
            let own = share();
            shares.lock().unwrap_or_else(PoisonError::into_inner).push(own);
        });
        let shares = shares.into_inner().unwrap_or_else(PoisonError::into_inner);
        if shares.len() != threads {
            return Err(Error::new(Code::Internal, "a thread of a scan ended without an answer"));
        }
        let mut whole: Option<(S, Stats)> = None;
        for share in shares {
            let (sink, stats) = share?;
            match &mut whole {
                None => whole = Some((sink, stats)),
                Some((all, total)) => {
                    all.merge(sink)?;
                    total.add(&stats);
                }
            }
        }
        whole.ok_or_else(|| Error::new(Code::Internal, "a scan had no thread"))
    }

    fn check_deadline(&self) -> Result<()> {
        self.deadline.check(&crate::ground::limits::QUERY_MS).map_err(|e| e.hint("narrow the filter"))
    }

    /// The parts of the scan, in the order in which they are begun: what is in no order, then the others in that of ids.
    fn work(&self, span: Span<'_>, blocks: Option<&Blocks>) -> Vec<Part> {
        let mut work: Vec<Part> = Vec::with_capacity(self.known.stretches.len() + 1);
        let mut gap = Vec::new();
        for (at, stretch) in self.known.stretches.iter().enumerate() {
            let group = stretch.group.and_then(|group| self.groups.get(group));
            if let Some(group) = group {
                self.add_gap(&mut work, std::mem::replace(&mut gap, group.end.to_vec()), &group.lo);
            }
            if blocks.is_none() {
                work.push(Part::Stretch(at));
            } else if stretch.group.is_some() {
                work.push(Part::Group(at));
            }
        }
        self.add_gap(&mut work, gap, &[0xFF]);
        if let Some(beyond) = span.beyond.filter(|_| span.in_order) {
            let beyond = key_of(beyond);
            work.retain(|part| match self.start(part, !span.rev) {
                Some(end) if span.rev => end <= beyond.as_slice(),
                Some(end) => end >= beyond.as_slice(),
                None => true,
            });
        }
        if span.rev {
            work.reverse();
        }
        let Some(blocks) = blocks else { return work };
        let rows = blocks.rows.iter().copied().map(Part::Row);
        blocks.groups.iter().cloned().map(Part::Block).chain(rows).chain(work).collect()
    }

    /// The dirty entries as columns, where they are many, and more than the first records are looked at.
    fn blocks(&self, span: Span<'_>) -> Result<Option<Arc<Blocks>>> {
        let ends_early = span.in_order && self.filter.is_everything();
        if ends_early || self.known.delta.len() < ENTRIES_AS_BLOCKS {
            return Ok(None);
        }
        let wanted = self.places.wanted();
        self.known.blocks(&self.places.paths, &wanted, self.places.is_stored).map(Some)
    }

    /// In a collection that is older than columns, what no group covers is read from the rows.
    fn add_gap(&self, work: &mut Vec<Part>, from: Vec<u8>, to: &[u8]) {
        if !self.collection.row.tracked {
            work.push(Part::Rows(from, to.to_vec()));
        }
    }

    /// An id that no record of a part comes before, or, if `rev`, after; none if its records are in no order.
    fn start<'p>(&'p self, part: &'p Part, rev: bool) -> Option<&'p [u8]> {
        let (first, last): (&[u8], &[u8]) = match part {
            Part::Rows(from, to) => (from, to),
            Part::Block(_) | Part::Row(_) => return None,
            Part::Group(stretch) | Part::Stretch(stretch) => {
                let Stretch { group, entries } = self.known.stretches.get(*stretch)?;
                match group {
                    Some(group) => self.groups.get(*group).map(|group| (&*group.lo, &*group.end))?,
                    None => {
                        let delta = &self.known.delta;
                        (delta.id(entries.start), delta.id(entries.end.saturating_sub(1)))
                    }
                }
            }
        };
        Some(if rev { last } else { first })
    }

    fn record_span(&self, from: &[u8], to: &[u8]) -> (Vec<u8>, Vec<u8>) {
        let number = self.collection.row.number;
        (keys::record_at(number, from), keys::record_at(number, to))
    }
}

/// Judges dictionaries by the filter before the scan, two at a time when they are large.
fn prepare(masker: &Masker<'_>, tasks: &[(usize, Arc<Dictionary>)]) -> Result<()> {
    let next = AtomicUsize::new(0);
    let share = || {
        while let Some((slot, dictionary)) = tasks.get(next.fetch_add(1, Ordering::Relaxed)) {
            masker.prepare(*slot, dictionary)?;
        }
        Ok(())
    };
    let entries: u64 = tasks.iter().map(|(_, dictionary)| u64::from(dictionary.len())).sum();
    if entries < ENTRIES_SHARED || tasks.len() < 2 {
        return share();
    }
    std::thread::scope(|scope| {
        let other = scope.spawn(share);
        let own: Result<()> = share();
        let panicked = |_| Err(Error::new(Code::Internal, "a thread of a scan ended without an answer"));
        own.and(other.join().unwrap_or_else(panicked))
    })
}

/// One part of a scan.
enum Part {
    /// A group with its dirty entries, or entries alone: the place of a stretch.
    Stretch(usize),
    /// The group of a stretch, but for the records that have entries.
    Group(usize),
    /// Dirty entries as columns.
    Block(Arc<Group>),
    /// A dirty entry of which the row must be read.
    Row(usize),
    /// The rows of the ids from the first to before the second.
    Rows(Vec<u8>, Vec<u8>),
}

/// The id that a key of the dirty set or of a record ends with.
fn id_of(key: &[u8]) -> Result<Id> {
    Ok(keys::take_id(key)?.0)
}

/// The id in the key of a record.
fn id_of_record(key: &[u8]) -> Result<Id> {
    id_of(column_keys::id_part(key)?)
}
