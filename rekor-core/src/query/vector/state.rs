//! The state of one aggregation over blocks, for all groups.

use crate::ground::error::Result;
use crate::query::accumulator::{Accumulator, Function};
use crate::query::distinct::Distinct;
use crate::query::vector::coder::Coder;
use crate::query::vector::counts::Counts;
use crate::query::vector::extremes::Extremes;
use crate::query::vector::gather::{picked, valued};
use crate::query::vector::members::Members;
use crate::query::vector::selection::Selection;
use crate::query::vector::sums::Sums;
use crate::query::vector::taken::Taken;

/// What each function keeps.
#[derive(Debug)]
pub(super) enum State {
    /// Records, or values that are not null.
    Count(Counts),
    /// Of a sum or a mean.
    Sum(Sums),
    /// The least or the greatest.
    Extreme(Extremes),
    /// The different ones.
    Members(Members),
}

impl State {
    /// Nothing yet; `coder` is for the values of the slot.
    pub(super) fn new(function: Function, coder: Coder) -> Self {
        match function {
            Function::Count => Self::Count(Counts::default()),
            Function::Sum => Self::Sum(Sums::new(false)),
            Function::Avg => Self::Sum(Sums::new(true)),
            Function::Min => Self::Extreme(Extremes::new(false, coder)),
            Function::Max => Self::Extreme(Extremes::new(true, coder)),
            Function::CountDistinct => Self::Members(Members::new(coder)),
        }
    }

    /// Makes room for groups.
    pub(super) fn resize(&mut self, groups: usize) {
        match self {
            Self::Count(counts) => counts.resize(groups),
            Self::Sum(sums) => sums.resize(groups),
            Self::Extreme(extremes) => extremes.resize(groups),
            Self::Members(_) => {}
        }
    }

    /// About how many bytes are held.
    pub(super) fn held(&self, groups: usize) -> usize {
        match self {
            Self::Count(_) => groups * 8,
            Self::Sum(_) => groups * Sums::HELD,
            Self::Extreme(extremes) => groups * Extremes::HELD + extremes.held(),
            Self::Members(members) => members.held(),
        }
    }

    /// Takes in rows, each for the group that its number says, or all for the one group.
    pub(super) fn add(
        &mut self,
        taken: Option<&Taken<'_>>,
        rows: usize,
        numbers: Option<&[u32]>,
        groups: usize,
    ) -> Result<()> {
        match (self, taken) {
            (Self::Count(counts), Some(Taken::Column(column))) => {
                let mut kept = Vec::new();
                let selection = valued(column, rows, &mut kept);
                match (selection, numbers) {
                    (Selection::Rows(rows), Some(numbers)) => counts.add_each(&picked(numbers, rows)),
                    (Selection::All, Some(numbers)) => counts.add_each(numbers),
                    (selection, None) => counts.add(0, selection.len(rows) as u64),
                }
            }
            (Self::Count(counts), _) => match numbers {
                Some(numbers) => counts.add_each(numbers),
                None => counts.add(0, rows as u64),
            },
            (Self::Sum(sums), Some(Taken::Column(column))) => sums.add(column, rows, numbers),
            (Self::Sum(sums), Some(Taken::Ids(_))) => sums.add_others(rows),
            (Self::Extreme(extremes), Some(Taken::Column(column))) => extremes.add(column, rows, numbers)?,
            (Self::Extreme(extremes), Some(Taken::Ids(ids))) => {
                for (row, id) in ids.iter().enumerate() {
                    let atom = extremes.coder.atom_of_id(id.clone());
                    extremes.offer(numbers.and_then(|numbers| numbers.get(row)).copied().unwrap_or(0), atom);
                }
            }
            (Self::Members(members), Some(taken)) => members.add(taken, rows, numbers, groups)?,
            (Self::Sum(_) | Self::Extreme(_) | Self::Members(_), Some(Taken::Unused) | None) => {}
        }
        Ok(())
    }

    /// Takes in another of the same function, whose groups have these numbers here.
    pub(super) fn merge(&mut self, other: Self, numbers: &[u32], groups: usize) {
        self.resize(groups);
        match (self, other) {
            (Self::Count(counts), Self::Count(other)) => counts.merge(&other, numbers),
            (Self::Sum(sums), Self::Sum(other)) => sums.merge(&other, numbers),
            (Self::Extreme(extremes), Self::Extreme(other)) => extremes.merge(other, numbers),
            (Self::Members(members), Self::Members(other)) => members.merge(other, numbers, groups),
            _ => {}
        }
    }

    fn accumulator(&self, function: Function, group: usize) -> Accumulator {
        match (self, function) {
            (Self::Count(counts), _) => Accumulator::Count(counts.of(group)),
            (Self::Sum(sums), Function::Avg) => Accumulator::Avg(sums.total(group)),
            (Self::Sum(sums), _) => Accumulator::Sum(sums.total(group)),
            (Self::Extreme(extremes), Function::Min) => Accumulator::Min(extremes.total(group)),
            (Self::Extreme(extremes), _) => Accumulator::Max(extremes.total(group)),
            (Self::Members(_), function) => Accumulator::new(function),
        }
    }

    /// What the groups have come to.
    pub(super) fn finish(mut self, grouped: bool, groups: usize) -> Finished {
        self.resize(groups);
        match self {
            Self::Members(members) => Finished::Sets(members.into_sets(grouped, groups)),
            state => Finished::State(Box::new(state)),
        }
    }
}

/// The results of one aggregation.
pub(super) enum Finished {
    /// As they are.
    State(Box<State>),
    /// The values of each group.
    Sets(Vec<Distinct>),
}

impl Finished {
    /// The result of a group, which is asked for once.
    pub(super) fn accumulator(&mut self, function: Function, group: usize) -> Accumulator {
        match self {
            Self::State(state) => state.accumulator(function, group),
            Self::Sets(sets) => {
                Accumulator::Distinct(sets.get_mut(group).map(std::mem::take).unwrap_or_default())
            }
        }
    }
}
