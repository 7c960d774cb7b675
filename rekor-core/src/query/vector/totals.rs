//! The totals of blocks: rows become group numbers, and each total is an array by group number. What is computed is
//! what `accumulator` and `groups` compute row by row; in the end all that was totalled here goes to them.

use crate::ground::error::Result;
use crate::ground::limits::{AGGREGATE_BYTES, GROUPS};
use crate::query::columns::Columns;
use crate::query::fields::Field;
use crate::query::groups::Groups;
use crate::query::tuple::Slots;
use crate::query::vector::block::Block;
use crate::query::vector::coder::Coder;
use crate::query::vector::numbering::Numbering;
use crate::query::vector::selection::Selection;
use crate::query::vector::state::{Finished, State};
use crate::query::vector::taken::Taken;

/// The totals of the blocks that one worker has read.
pub(in crate::query) struct VectorTotals<'c> {
    columns: &'c Columns,
    slots: Vec<SlotUse>,
    /// None without group fields: there is one group then, with the number 0.
    numbering: Option<Numbering>,
    states: Vec<State>,
    /// What was put aside when there were too many group numbers, of which several may be one group.
    aside: Groups<'c>,
    numbers: Vec<u32>,
}

/// What is to be known of a slot.
#[derive(Clone, Copy)]
struct SlotUse {
    is_used: bool,
    is_id: bool,
    date_time: bool,
}

impl<'c> VectorTotals<'c> {
    /// No rows yet.
    pub(in crate::query) fn new(columns: &'c Columns, slots: &Slots<'_>) -> Self {
        let asked =
            || columns.group_slots.iter().copied().chain(columns.totals.iter().filter_map(|t| t.slot));
        let uses = (0..slots.count()).map(|slot| {
            let field = slots.field(slot);
            SlotUse {
                is_used: asked().any(|asked| asked == slot),
                is_id: field.is_some_and(|(field, _)| *field == Field::Id),
                date_time: field.is_some_and(|(_, typing)| typing.date_time),
            }
        });
        let mut made = Self {
            columns,
            slots: uses.collect(),
            numbering: None,
            states: Vec::new(),
            aside: Groups::new(columns),
            numbers: Vec::new(),
        };
        made.clear();
        made
    }

    /// Forgets all groups.
    fn clear(&mut self) {
        let coder = |slot: Option<usize>| {
            let used = slot.and_then(|slot| self.slots.get(slot));
            Coder::new(used.is_some_and(|slot| slot.date_time))
        };
        let states = self.columns.totals.iter().map(|total| State::new(total.function, coder(total.slot)));
        let (states, numbering) = (
            states.collect(),
            Numbering::new(self.columns.group_slots.iter().map(|slot| coder(Some(*slot)))),
        );
        (self.states, self.numbering) = (states, numbering);
    }

    /// How many group numbers there are.
    fn groups(&self) -> usize {
        self.numbering.as_ref().map_or(1, Numbering::len)
    }

    /// Takes in rows of a block. None of them may have a value, in a slot that is asked for, that only its stored row
    /// has.
    pub(in crate::query) fn add(&mut self, block: &Block<'_>, selection: Selection<'_>) -> Result<()> {
        let rows = selection.len(block.rows);
        if rows == 0 {
            return Ok(());
        }
        let taken = self.slots.iter().enumerate().map(|(slot, used)| match used {
            SlotUse { is_used: false, .. } => Ok(Taken::Unused),
            SlotUse { is_id: true, .. } => Taken::ids(block, selection),
            _ => Taken::column(block, slot, selection),
        });
        let taken = taken.collect::<Result<Vec<_>>>()?;
        if let Some(numbering) = &mut self.numbering {
            let keys = self.columns.group_slots.iter().filter_map(|slot| taken.get(*slot));
            numbering.number(keys, rows, &mut self.numbers)?;
        }
        let groups = self.groups();
        let numbers = self.numbering.is_some().then_some(self.numbers.as_slice());
        for (state, total) in self.states.iter_mut().zip(&self.columns.totals) {
            state.resize(groups);
            state.add(total.slot.and_then(|slot| taken.get(slot)), rows, numbers, groups)?;
        }
        self.check()
    }

    fn check(&mut self) -> Result<()> {
        if self.groups() > GROUPS.len() {
            let mut aside = std::mem::replace(&mut self.aside, Groups::new(self.columns));
            self.flush(&mut aside)?;
            self.aside = aside;
        }
        let states = self.states.iter().map(|state| state.held(self.groups())).sum::<usize>();
        let held = states + self.numbering.as_ref().map_or(0, Numbering::held);
        if held > AGGREGATE_BYTES.len() {
            return Err(AGGREGATE_BYTES.exceeded(held as u64).hint("narrow the filter"));
        }
        Ok(())
    }

    /// Takes in what another worker has totalled.
    pub(in crate::query) fn merge(&mut self, other: Self) -> Result<()> {
        self.aside.merge(other.aside)?;
        let numbers = match (&mut self.numbering, other.numbering) {
            (Some(own), Some(other)) => own.adopt(other),
            _ => vec![0],
        };
        let groups = self.groups();
        for (own, other) in self.states.iter_mut().zip(other.states) {
            own.merge(other, &numbers, groups);
        }
        self.check()
    }

    /// Hands all groups on to those that rows are totalled in.
    pub(in crate::query) fn finish_into(mut self, groups: &mut Groups<'c>) -> Result<()> {
        groups.merge(std::mem::replace(&mut self.aside, Groups::new(self.columns)))?;
        self.flush(groups)
    }

    /// Moves all groups, which are told apart by their keys there, and starts with none.
    fn flush(&mut self, into: &mut Groups<'c>) -> Result<()> {
        let (groups, grouped) = (self.groups(), self.numbering.is_some());
        let states = std::mem::take(&mut self.states);
        let mut finished: Vec<Finished> =
            states.into_iter().map(|state| state.finish(grouped, groups)).collect();
        into.reserve(groups);
        for (group, number) in (0..groups).zip(0_u32..) {
            let numbering = self.numbering.as_ref();
            let values = numbering.map_or(Vec::new(), |keys| keys.values(number, finished.len()));
            let totals = finished.iter_mut().zip(&self.columns.totals);
            let totals = totals.map(|(state, total)| state.accumulator(total.function, group));
            into.merge_group(values, totals.collect())?;
        }
        self.clear();
        Ok(())
    }
}
