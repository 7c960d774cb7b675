//! The totals of blocks: rows become group numbers, and each total is an array by group number. What is computed is
//! what `accumulator` and `groups` compute row by row; in the end all that was totalled here goes to them.

use crate::codec::scalar::Scalar;
use crate::ground::error::Result;
use crate::ground::limits::{AGGREGATE_BYTES, GROUPS};
use crate::query::accumulator::Function;
use crate::query::columns::{Columns, Total};
use crate::query::fields::Field;
use crate::query::groups::Groups;
use crate::query::tuple::Slots;
use crate::query::vector::block::Block;
use crate::query::vector::coder::Coder;
use crate::query::vector::numbering::Numbering;
use crate::query::vector::selection::Selection;
use crate::query::vector::state::{Finished, State};
use crate::query::vector::taken::{Key, Taken};

/// The totals of the blocks that one worker has read.
pub(in crate::query) struct VectorTotals<'c> {
    columns: &'c Columns,
    slots: Vec<SlotUse>,
    /// None without group fields: there is one group then, with the number 0.
    numbering: Option<Numbering>,
    /// With the slot whose values it takes.
    states: Vec<(Option<usize>, State)>,
    /// Which state each total is read from: the sum and the mean of one field have the same.
    places: Vec<usize>,
    /// What was put aside when there were too many group numbers, of which several may be one group.
    aside: Groups<'c>,
    numbers: Vec<u32>,
}

/// What is to be known of a slot.
#[derive(Clone, Copy)]
struct SlotUse {
    /// By a total.
    is_used: bool,
    is_id: bool,
    date_time: bool,
}

impl<'c> VectorTotals<'c> {
    /// No rows yet.
    pub(in crate::query) fn new(columns: &'c Columns, slots: &Slots<'_>) -> Self {
        let asked = || columns.totals.iter().filter_map(|total| total.slot);
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
            places: Vec::new(),
            aside: Groups::new(columns),
            numbers: Vec::new(),
        };
        made.clear();
        made
    }

    /// Forgets all groups.
    fn clear(&mut self) {
        (self.states, self.places) = self.no_states();
        self.numbering = Numbering::new(self.columns.group_slots.iter().map(|slot| self.coder(Some(*slot))));
    }

    fn coder(&self, slot: Option<usize>) -> Coder {
        let used = slot.and_then(|slot| self.slots.get(slot));
        Coder::new(used.is_some_and(|slot| slot.date_time))
    }

    /// States of no rows, and which of them each total is read from.
    fn no_states(&self) -> (Vec<(Option<usize>, State)>, Vec<usize>) {
        let totals = self.columns.totals.as_slice();
        let is_sum = |total: &Total| matches!(total.function, Function::Sum | Function::Avg);
        let same = |a: &Total, b: &Total| is_sum(a) && is_sum(b) && a.slot == b.slot;
        let (mut states, mut places, mut kept) = (Vec::new(), Vec::new(), Vec::<&Total>::new());
        for total in totals {
            let place = kept.iter().position(|have| same(have, total)).unwrap_or_else(|| {
                // A mean counts its numbers too.
                let mean = totals.iter().any(|other| other.function == Function::Avg && same(other, total));
                let function = if mean { Function::Avg } else { total.function };
                kept.push(total);
                states.push((total.slot, State::new(function, self.coder(total.slot))));
                states.len() - 1
            });
            places.push(place);
        }
        (states, places)
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
            let key = |slot: &usize| match self.slots.get(*slot) {
                Some(SlotUse { is_id: true, .. }) => Key::ids(block, selection),
                _ => Key::column(block, *slot, selection),
            };
            let keys = self.columns.group_slots.iter().map(key).collect::<Result<Vec<_>>>()?;
            numbering.number(&keys, rows, &mut self.numbers)?;
        }
        let groups = self.groups();
        let numbers = self.numbering.is_some().then_some(self.numbers.as_slice());
        for (slot, state) in &mut self.states {
            state.resize(groups);
            state.add(slot.and_then(|slot| taken.get(slot)), rows, numbers, groups)?;
        }
        self.check()
    }

    fn check(&mut self) -> Result<()> {
        if self.groups() > GROUPS.len() {
            let mut aside = std::mem::replace(&mut self.aside, Groups::new(self.columns));
            let states = std::mem::take(&mut self.states);
            self.fill(states, None, &mut aside, |value| value.into_owned())?;
            self.aside = aside;
            self.clear();
        }
        let states = self.states.iter().map(|(_, state)| state.held(self.groups())).sum::<usize>();
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
        for ((_, own), (_, other)) in self.states.iter_mut().zip(other.states) {
            own.merge(other, &numbers, groups);
        }
        self.check()
    }

    /// All groups, with those that rows were totalled in. Those go to these: they are fewer as a rule, often none, and then
    /// no group needs a key.
    pub(in crate::query) fn finish<'s>(&'s mut self, groups: Groups<'s>) -> Result<Groups<'s>> {
        let mut all: Groups<'s> = std::mem::replace(&mut self.aside, Groups::new(self.columns));
        let same = if all.is_empty() { self.unify() } else { None };
        let states = std::mem::take(&mut self.states);
        self.fill(states, same.as_deref(), &mut all, |value| value)?;
        all.merge(groups)?;
        Ok(all)
    }

    /// Totals groups together that have the same values, where only texts of several dictionaries can be the same; answers
    /// for each group the first of them.
    fn unify(&mut self) -> Option<Vec<u32>> {
        let numbering = self.numbering.as_ref().filter(|numbering| !numbering.is_canonical())?;
        let (same, groups) = (numbering.unify()?, numbering.len());
        let (states, _) = self.no_states();
        let apart = std::mem::replace(&mut self.states, states);
        for ((_, state), (_, apart)) in self.states.iter_mut().zip(apart) {
            state.merge(apart, &same, groups);
        }
        Some(same)
    }

    /// Hands all groups on. Without `same` they may be told apart by their keys only.
    fn fill<'s, 'g>(
        &'s self,
        states: Vec<(Option<usize>, State)>,
        same: Option<&[u32]>,
        into: &mut Groups<'g>,
        value: impl Fn(Scalar<'s>) -> Scalar<'g>,
    ) -> Result<()> {
        let (groups, grouped) = (self.groups(), self.numbering.is_some());
        let mut finished: Vec<Finished> =
            states.into_iter().map(|(_, state)| state.finish(grouped, groups)).collect();
        into.reserve(groups);
        // Numbers that surely are groups of their own need no keys to be told apart.
        let is_canonical = || self.numbering.as_ref().is_some_and(Numbering::is_canonical);
        let is_new = into.is_empty() && (same.is_some() || is_canonical());
        let stands = |number: u32| same.is_none_or(|same| same.get(number as usize) == Some(&number));
        let mut values = Vec::new();
        for (group, number) in (0..groups).zip(0_u32..).filter(|(_, number)| stands(*number)) {
            self.numbering.iter().for_each(|numbering| numbering.put_values(number, &mut values));
            let totals = self.columns.totals.iter().zip(&self.places);
            let totals = totals.filter_map(|(total, place)| {
                finished.get_mut(*place).map(|state| state.accumulator(total.function, group))
            });
            into.merge_group(values.drain(..).map(&value), totals, is_new)?;
        }
        Ok(())
    }
}
