//! Sums by group number, exact for whole numbers and compensated for others, as `accumulator` has them.
//!
//! A block of doubles may hold whole numbers, which rows would sum apart, as integers. Here they are summed with the
//! others: below 2^53 sum and compensation of whole numbers are whole and exact, and become integers in the end if no
//! value of the group was anything else. If one was, the sum is a double either way. Larger ones go one by one.

use crate::codec::scalar::Number;
use crate::columns::column::{Column, Values, tag};
use crate::columns::form::Cell;
use crate::columns::narrow::with_narrow;
use crate::query::accumulator::Sum;
use crate::query::vector::atom::{Atom, atom_of};
use crate::query::vector::counts::{Counts, FEW, LANES};
use crate::query::vector::double::{Double, SPLIT_ROWS, is_broken, largest, splitter, sum_of};
use crate::query::vector::gather::{gather, picked, valued};
use crate::query::vector::offset::{Offset, count as marked};
use crate::query::vector::selection::Selection;

/// From here on doubles may be odd sums of their neighbours.
const EXACT_END: f64 = (1_u64 << 53) as f64;

/// A sum for each group.
#[derive(Debug, Default)]
pub(super) struct Sums {
    integers: Vec<i128>,
    doubles: Vec<Double>,
    /// 1 for each group that has a value that is no whole number.
    broken: Vec<u8>,
    /// How many groups have none.
    whole: usize,
    /// How many numbers each group has, if that is asked for.
    numbers: Option<Counts>,
    /// How many values of all groups are no numbers.
    others: u64,
}

impl Sums {
    /// Sums; for a mean the numbers are counted too.
    pub(super) fn new(counted: bool) -> Self {
        Self { numbers: counted.then(Counts::default), ..Self::default() }
    }

    /// Makes room for groups.
    pub(super) fn resize(&mut self, groups: usize) {
        let more = groups.saturating_sub(self.doubles.len());
        self.whole += more;
        self.integers.resize(self.integers.len() + more, 0);
        self.doubles.resize(self.doubles.len() + more, Double::default());
        self.broken.resize(self.broken.len() + more, 0);
        if let Some(numbers) = &mut self.numbers {
            numbers.resize(groups);
        }
    }

    /// Bytes held for each group.
    pub(super) const HELD: usize = 48;

    /// Adds the values of rows, each to the group of its row, or all to the first.
    pub(super) fn add(&mut self, column: &Column, rows: usize, groups: Option<&[u32]>) {
        if let (Values::Doubles(doubles), Some(present), None) = (&column.values, &column.present, groups) {
            // A zero adds nothing, and takes less time than being left out.
            let pairs = doubles.iter().zip(present);
            let there: Vec<f64> =
                pairs.map(|(double, there)| if *there == 1 { *double } else { 0.0 }).collect();
            self.add_doubles(&there, None);
            return self.count(None, marked(present));
        }
        let mut kept = Vec::new();
        let selection = valued(column, rows, &mut kept);
        let count = selection.len(rows);
        let held;
        let groups = match (groups, selection) {
            (Some(groups), Selection::Rows(rows)) => {
                held = picked(groups, rows);
                Some(held.as_slice())
            }
            (groups, _) => groups,
        };
        let column = gather(column, selection);
        match &column.values {
            Values::Constant(Cell::Null, _) => return,
            Values::Constant(Cell::Int(int), _) => self.add_offsets(*int, &vec![0_u8; count], groups),
            Values::Constant(Cell::Double(double), _) => self.add_doubles(&vec![*double; count], groups),
            Values::Constant(Cell::Wide(wide), _) => {
                let number = Some(Number::Integer((*wide).into()));
                self.add_exactly(std::iter::repeat_n(number, count), groups);
            }
            Values::Ints { base, offsets } => {
                with_narrow!(offsets, offsets => self.add_offsets(*base, offsets, groups));
            }
            Values::Doubles(doubles) => self.add_doubles(doubles, groups),
            Values::Mixed { tags, bits, .. } => {
                let numbers = tags.iter().zip(bits).map(|(tag, bits)| match *tag {
                    tag::INT | tag::WIDE | tag::DOUBLE => {
                        let cell = Cell::of_bits(*tag, *bits).unwrap_or(Cell::Null);
                        number_of(atom_of(cell, 0).unwrap_or(Atom::Null))
                    }
                    _ => None,
                });
                self.add_numbers(numbers, groups);
                return;
            }
            Values::Constant(..) | Values::Tags(_) | Values::Times { .. } | Values::Codes { .. } => {
                self.others += count as u64;
                return;
            }
        }
        self.count(groups, count);
    }

    /// Counts values that are no numbers.
    pub(super) const fn add_others(&mut self, rows: usize) {
        self.others += rows as u64;
    }

    fn count(&mut self, groups: Option<&[u32]>, count: usize) {
        match (&mut self.numbers, groups) {
            (Some(numbers), Some(groups)) => numbers.add_each(groups),
            (Some(numbers), None) => numbers.add(0, count as u64),
            (None, _) => {}
        }
    }

    fn add_offsets<T: Offset>(&mut self, base: i64, offsets: &[T], groups: Option<&[u32]>) {
        match groups {
            None => {
                // A block has too few rows for sums of less than 64 bits to overflow.
                let sum = if T::GREATEST < u64::MAX {
                    offsets.iter().map(|offset| offset.wide()).sum::<u64>().into()
                } else {
                    offsets.iter().map(|offset| i128::from(offset.wide())).sum::<i128>()
                };
                if let Some(total) = self.integers.first_mut() {
                    *total += sum + i128::from(base) * offsets.len() as i128;
                }
            }
            Some(groups) => {
                for (group, offset) in groups.iter().zip(offsets) {
                    if let Some(total) = self.integers.get_mut(*group as usize) {
                        *total += i128::from(base.wrapping_add_unsigned(offset.wide()));
                    }
                }
            }
        }
    }

    fn add_doubles(&mut self, doubles: &[f64], groups: Option<&[u32]>) {
        let largest = largest(doubles);
        if largest >= EXACT_END {
            self.add_exactly(doubles.iter().map(|double| number_of(Atom::of_double(*double))), groups);
            return;
        }
        if self.whole > 0 {
            self.find_broken(doubles, groups);
        }
        match groups {
            None => {
                let sum = sum_of(doubles);
                if let Some(total) = self.doubles.first_mut() {
                    total.merge(sum);
                }
            }
            Some(groups) if self.doubles.len() <= FEW => {
                let parts = groups.chunks(SPLIT_ROWS).zip(doubles.chunks(SPLIT_ROWS));
                parts.for_each(|(groups, doubles)| self.add_split(groups, doubles, splitter(largest)));
            }
            Some(groups) => {
                for (group, double) in groups.iter().zip(doubles) {
                    if let Some(total) = self.doubles.get_mut(*group as usize) {
                        total.add(*double);
                    }
                }
            }
        }
    }

    /// Adds to a few groups: the high part of each value is a multiple of one power of two, of which sums are exact; what
    /// is left of it is too small for its own rounding to matter. Two additions that do not wait for each other.
    fn add_split(&mut self, groups: &[u32], doubles: &[f64], splitter: f64) {
        let mut lanes = [[[0.0_f64; 2]; LANES]; FEW];
        for (at, (group, double)) in groups.iter().zip(doubles).enumerate() {
            let high = (double + splitter) - splitter;
            let lanes = lanes.get_mut(*group as usize);
            if let Some([sum, lost]) = lanes.and_then(|lanes| lanes.get_mut(at % LANES)) {
                *sum += high;
                *lost += double - high;
            }
        }
        for (total, lanes) in self.doubles.iter_mut().zip(&lanes) {
            lanes.iter().for_each(|[sum, lost]| total.merge(Double { sum: *sum, lost: *lost }));
        }
    }

    /// Marks the groups of values that are not whole.
    fn find_broken(&mut self, doubles: &[f64], groups: Option<&[u32]>) {
        match groups {
            None => {
                if doubles.iter().fold(false, |any, double| any | is_broken(*double)) {
                    self.set_broken(0);
                }
            }
            Some(groups) => {
                for (group, double) in groups.iter().zip(doubles) {
                    if is_broken(*double) {
                        self.set_broken(*group);
                    }
                }
            }
        }
    }

    fn set_broken(&mut self, group: u32) {
        if let Some(mark) = self.broken.get_mut(group as usize)
            && *mark == 0
        {
            *mark = 1;
            self.whole -= 1;
        }
    }

    /// Adds numbers one by one, and counts them; what is none is counted apart.
    fn add_numbers(&mut self, numbers: impl Iterator<Item = Option<Number>>, groups: Option<&[u32]>) {
        for (row, number) in numbers.enumerate() {
            let group = groups.map_or(0, |groups| groups.get(row).copied().unwrap_or(0));
            match number {
                Some(number) => {
                    self.add_number(number, group);
                    self.numbers.iter_mut().for_each(|numbers| numbers.add(group, 1));
                }
                None => self.others += 1,
            }
        }
    }

    fn add_exactly(&mut self, numbers: impl Iterator<Item = Option<Number>>, groups: Option<&[u32]>) {
        for (row, number) in numbers.enumerate() {
            let group = groups.map_or(0, |groups| groups.get(row).copied().unwrap_or(0));
            number.into_iter().for_each(|number| self.add_number(number, group));
        }
    }

    fn add_number(&mut self, number: Number, group: u32) {
        match number {
            Number::Integer(integer) => {
                if let Some(total) = self.integers.get_mut(group as usize) {
                    *total += integer;
                }
            }
            Number::Double(double) => {
                if let Some(total) = self.doubles.get_mut(group as usize) {
                    total.add(double);
                }
                self.set_broken(group);
            }
        }
    }

    /// Adds the sums of another, whose groups have these numbers here.
    pub(super) fn merge(&mut self, other: &Self, groups: &[u32]) {
        self.others += other.others;
        let pairs = other.integers.iter().zip(&other.doubles).zip(&other.broken);
        for (group, ((integer, double), broken)) in groups.iter().zip(pairs) {
            if let Some(total) = self.integers.get_mut(*group as usize) {
                *total += integer;
            }
            if let Some(total) = self.doubles.get_mut(*group as usize) {
                total.merge(*double);
            }
            if *broken == 1 {
                self.set_broken(*group);
            }
        }
        if let (Some(numbers), Some(other)) = (&mut self.numbers, &other.numbers) {
            numbers.merge(other, groups);
        }
    }

    /// The sum of a group; that of the first tells of all values that are no numbers.
    #[expect(clippy::cast_possible_truncation, reason = "whole, and far below the end of i128")]
    pub(super) fn total(&self, group: usize) -> Sum {
        let mut integers = self.integers.get(group).copied().unwrap_or(0);
        let double = self.doubles.get(group).copied().unwrap_or_default();
        let broken = self.broken.get(group) == Some(&1);
        if !broken {
            integers += double.sum as i128 + double.lost as i128;
        }
        let numbers = self.numbers.as_ref().map_or(0, |numbers| numbers.of(group));
        let others = if group == 0 { self.others } else { 0 };
        Sum::of(integers, broken.then_some((double.sum, double.lost)), numbers, others)
    }
}

fn number_of(atom: Atom) -> Option<Number> {
    match atom {
        Atom::Int(int) => Some(Number::Integer(int.into())),
        Atom::Wide(wide) => Some(Number::Integer(wide.into())),
        Atom::Double(double) => Some(Number::Double(double)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::scalar::Scalar;
    use crate::query::accumulator::Accumulator;

    #[test]
    fn parts_lose_nothing() {
        let sums = |doubles: &[f64]| {
            let mut sums = Sums::new(false);
            sums.resize(2);
            sums.add_doubles(doubles, Some(&vec![1; doubles.len()]));
            sums
        };
        let tenths: Vec<f64> = (0..5_000).flat_map(|n| [f64::from(n) * 0.1, 1e15, -1e15]).collect();
        let least = [5e-324; 10];
        for (doubles, wanted) in [(tenths.as_slice(), 1_249_750.0), (&least, 5e-323)] {
            let total = sums(doubles).doubles[1];
            assert_eq!(total.sum + total.lost, wanted);
        }
        let whole = (0..9_000).map(|n| 9_007_199_254_740_991_i64 - n % 7);
        let total = sums(&whole.clone().map(|n| n as f64).collect::<Vec<_>>()).total(1);
        let exact = Number::Integer(whole.map(i128::from).sum());
        assert_eq!(Accumulator::Sum(total).finish().unwrap(), Scalar::Number(exact));
    }
}
