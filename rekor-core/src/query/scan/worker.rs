//! One thread of a scan: takes parts, filters them, and hands what passes to its sink.

use std::ops::ControlFlow;
use std::sync::Arc;

use crate::codec::id::Id;
use crate::columns::column::{Column, Value};
use crate::columns::dirty::Dirty;
use crate::columns::group::Group;
use crate::columns::ids::Ids;
use crate::ground::error::Result;
use crate::query::access::{Reader, Visitor};
use crate::query::filter::Filter;
use crate::query::scan::places::Place;
use crate::query::scan::{Part, Scan, Sink, Stats, id_of, id_of_record};
use crate::query::tuple::Candidate;
use crate::query::vector::block::Block;
use crate::query::vector::mask::Verdict;
use crate::query::vector::selection::Selection;

/// One thread of a scan.
pub(super) struct Worker<'w, S> {
    scan: &'w Scan<'w>,
    pub(super) sink: S,
    pub(super) stats: Stats,
    reader: Reader<'w>,
    mask: Vec<u8>,
    rows: Vec<u32>,
    no_ids: Arc<Ids>,
}

impl<'w, S: Sink> Worker<'w, S> {
    pub(super) fn new(scan: &'w Scan<'w>, sink: S) -> Self {
        let reader = Reader::new(scan.columns.view, &scan.collection.row, scan.slots, scan.deadline);
        let no_ids = Arc::new(Ids::Uuids(Vec::new()));
        Self { scan, sink, stats: Stats::default(), reader, mask: Vec::new(), rows: Vec::new(), no_ids }
    }

    /// Notes a part that is not needed any more.
    pub(super) fn skip(&mut self, part: &Part) {
        if let Part::Group(stretch) | Part::Stretch(stretch) = part
            && self.group_of(*stretch).is_some()
        {
            self.stats.groups_skipped += 1;
        }
    }

    /// Takes one part.
    pub(super) fn part(&mut self, part: &Part) -> Result<()> {
        match part {
            Part::Rows(from, to) => self.gap(from, to),
            Part::Row(entry) => self.row(&id_of(self.scan.known.delta.id(*entry))?),
            Part::Block(block) => self.block(block),
            Part::Group(stretch) => match self.group_of(*stretch) {
                Some(group) => self.group(group, Some(*stretch)),
                None => Ok(()),
            },
            Part::Stretch(stretch) => {
                if let Some(group) = self.group_of(*stretch) {
                    self.group(group, Some(*stretch))?;
                }
                let entries = self.scan.known.stretches.get(*stretch).map(|stretch| stretch.entries.clone());
                entries.into_iter().flatten().try_for_each(|entry| self.entry(entry))
            }
        }
    }

    fn group_of(&self, stretch: usize) -> Option<&'w Group> {
        let scan = self.scan;
        scan.groups.get(scan.known.stretches.get(stretch)?.group?).map(|group| &**group)
    }

    /// Dirty entries as columns, which are no group to whoever counts groups.
    fn block(&mut self, block: &Group) -> Result<()> {
        let before = self.stats;
        self.group(block, None)?;
        (self.stats.groups_read, self.stats.groups_skipped) = (before.groups_read, before.groups_skipped);
        self.stats.dirty += block.rows as u64;
        self.stats.examined = before.examined + block.rows as u64;
        Ok(())
    }

    /// The rows of a stretch of ids.
    fn gap(&mut self, from: &[u8], to: &[u8]) -> Result<()> {
        let (lo, hi) = self.scan.record_span(from, to);
        let mut outcome = Ok(());
        let view = self.scan.columns.view;
        view.scan_each(&lo, &hi, false, &mut |key, _, value| {
            outcome = id_of_record(key).and_then(|id| {
                let mut visit =
                    Visit { filter: self.scan.filter, sink: &mut self.sink, stats: &mut self.stats };
                self.reader.row(&id, value, false, &mut visit)
            });
            if outcome.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        outcome
    }

    /// One record, from its row.
    fn row(&mut self, id: &Id) -> Result<()> {
        let mut visit = Visit { filter: self.scan.filter, sink: &mut self.sink, stats: &mut self.stats };
        self.reader.get(id, false, &mut visit).map(drop)
    }

    /// One dirty entry.
    fn entry(&mut self, at: usize) -> Result<()> {
        let scan = self.scan;
        let entry = scan.known.delta.entry(at)?;
        let scalars = match &entry {
            Dirty::Gone => return Ok(()),
            Dirty::Row => return self.row(&id_of(scan.known.delta.id(at))?),
            Dirty::Scalars(scalars) => scalars,
        };
        let id = id_of(scan.known.delta.id(at))?;
        let Some(tuple) = scan.interests.tuple(&id, scalars, &scan.places.paths, scan.slots)? else {
            return self.row(&id);
        };
        self.stats.dirty += 1;
        self.stats.examined += 1;
        if scan.filter.matches(&tuple)? {
            self.stats.matched += 1;
            self.sink.tuple(&tuple, &id)?;
        }
        Ok(())
    }

    /// The records of a group, but for those that have entries in its stretch.
    fn group(&mut self, group: &Group, stretch: Option<usize>) -> Result<()> {
        let scan = self.scan;
        if group.rows == 0 {
            return Ok(());
        }
        let head = |slot| scan.places.head(&scan.columns, group, slot, &scan.dictionaries);
        let heads: Vec<_> = (0..scan.slots.count()).map(head).collect();
        let verdict = scan.masker.verdict(&heads);
        if verdict == Verdict::None || self.sink.passes_over(&heads, group.rows) {
            self.stats.groups_skipped += 1;
            return Ok(());
        }
        self.stats.groups_read += 1;
        self.stats.examined += group.rows as u64;
        let nothing = Arc::new(Column::null());
        let mut columns: Vec<Arc<Column>> = (0..scan.slots.count()).map(|_| Arc::clone(&nothing)).collect();
        let (first, others) = scan.order_of_slots.split_at(scan.filter_slots);
        let looks_at_ids = S::IDS || scan.places.slots().iter().any(|place| matches!(place, Place::Id));
        let ids = if looks_at_ids { scan.columns.ids(group)? } else { Arc::clone(&self.no_ids) };
        let mut mask = std::mem::take(&mut self.mask);
        let mut hidden = Vec::new();
        if verdict == Verdict::All {
            mask.clear();
            mask.resize(group.rows, 1);
        } else {
            self.load(group, first, &mut columns)?;
            let block = Block { rows: group.rows, columns: &columns, ids: &ids, slots: scan.slots };
            scan.masker.mask(&block, &mut mask)?;
            find_hidden(&columns, first, group.rows, &mut hidden);
        }
        if let Some(stretch) = stretch {
            for row in scan.known.overruled(stretch, || scan.columns.ids(group))? {
                clear(&mut mask, *row as usize);
                clear(&mut hidden, *row as usize);
            }
        }
        if memchr::memchr(1, &mask).is_some() {
            // What the filter has taken for granted is loaded now too.
            let rest = if verdict == Verdict::All { scan.order_of_slots.as_slice() } else { others };
            self.load(group, rest, &mut columns)?;
            let mut more = Vec::new();
            find_hidden(&columns, rest, group.rows, &mut more);
            more.iter_mut().zip(&mask).for_each(|(hidden, marked)| *hidden &= marked);
            merge_hidden(&mut hidden, more);
        }
        self.hidden(group, &mut mask, &hidden)?;
        let block = Block { rows: group.rows, columns: &columns, ids: &ids, slots: scan.slots };
        let mut rows = std::mem::take(&mut self.rows);
        let selection = Selection::of(&mask, &mut rows);
        let marked = selection.len(group.rows);
        if marked > 0 {
            self.stats.matched += marked as u64;
            self.sink.block(&block, &selection)?;
        }
        (self.mask, self.rows) = (mask, rows);
        Ok(())
    }

    fn load(&self, group: &Group, slots: &[usize], columns: &mut [Arc<Column>]) -> Result<()> {
        for slot in slots {
            if let Some(place) = columns.get_mut(*slot) {
                *place = self.scan.places.column(&self.scan.columns, group, *slot)?;
            }
        }
        Ok(())
    }

    /// Takes the records of which a column does not hold what is looked at from their rows.
    fn hidden(&mut self, group: &Group, mask: &mut [u8], hidden: &[u8]) -> Result<()> {
        if hidden.is_empty() {
            return Ok(());
        }
        let ids = self.scan.columns.ids(group)?;
        for (row, _) in hidden.iter().enumerate().filter(|(_, hidden)| **hidden == 1) {
            clear(mask, row);
            self.row(&ids.id(row)?)?;
        }
        Ok(())
    }
}

fn clear(mask: &mut [u8], row: usize) {
    if let Some(byte) = mask.get_mut(row) {
        *byte = 0;
    }
}

/// Marks the rows of which a column does not hold the value; `hidden` stays empty if there are none.
fn find_hidden(columns: &[Arc<Column>], slots: &[usize], rows: usize, hidden: &mut Vec<u8>) {
    for column in slots.iter().filter_map(|slot| columns.get(*slot)).filter(|column| column.may_hide()) {
        let own = (0..rows).map(|row| u8::from(column.value(row) == Value::Hidden)).collect();
        merge_hidden(hidden, own);
    }
}

fn merge_hidden(hidden: &mut Vec<u8>, more: Vec<u8>) {
    if hidden.is_empty() {
        *hidden = more;
    } else {
        hidden.iter_mut().zip(more).for_each(|(hidden, more)| *hidden |= more);
    }
}

/// Filters rows for a sink.
struct Visit<'v, S> {
    filter: &'v Filter,
    sink: &'v mut S,
    stats: &'v mut Stats,
}

impl<S: Sink> Visitor for Visit<'_, S> {
    fn visit(&mut self, candidate: &Candidate<'_>) -> Result<()> {
        self.stats.rows += 1;
        self.stats.examined += 1;
        if self.filter.matches(candidate)? {
            self.stats.matched += 1;
            self.sink.tuple(candidate, candidate.id)?;
        }
        Ok(())
    }

    fn is_full(&self) -> bool {
        false
    }
}
