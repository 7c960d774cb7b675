//! The least or the greatest value by group number, in the one order.

use std::cmp::Ordering;

use crate::codec::scalar::Scalar;
use crate::columns::column::{Column, Values};
use crate::columns::narrow::with_narrow;
use crate::ground::error::Result;
use crate::query::vector::atom::Atom;
use crate::query::vector::coder::Coder;
use crate::query::vector::fold::Fold;
use crate::query::vector::gather::{gather, picked, valued};
use crate::query::vector::offset::Offset;
use crate::query::vector::selection::Selection;

/// An extreme for each group.
#[derive(Debug)]
pub(super) struct Extremes {
    /// What is better than what was best so far.
    better: Ordering,
    /// None for a group without a value.
    best: Vec<Option<Atom>>,
    /// What texts are known by. Without groups each is compared when it is first met, and never again.
    pub(super) coder: Coder,
    codes: Vec<u32>,
    /// Which groups have met which codes, as long as there are not too many.
    met: Fold,
}

/// Groups times codes up to which it is kept which have met.
const MET_MAX: usize = 1 << 20;

impl Extremes {
    /// No values yet.
    pub(super) fn new(greatest: bool, coder: Coder) -> Self {
        let better = if greatest { Ordering::Greater } else { Ordering::Less };
        Self { better, best: Vec::new(), coder, codes: Vec::new(), met: Fold::default() }
    }

    /// Makes room for groups.
    pub(super) fn resize(&mut self, groups: usize) {
        self.best.resize(groups.max(self.best.len()), None);
    }

    /// Bytes held for each group.
    pub(super) const HELD: usize = size_of::<Option<Atom>>();

    /// About how many bytes are held beside those.
    pub(super) fn held(&self) -> usize {
        self.coder.held() + self.met.held()
    }

    /// Takes in the values of rows, each for the group of its row, or all for the first.
    pub(super) fn add(&mut self, column: &Column, rows: usize, groups: Option<&[u32]>) -> Result<()> {
        let numeric =
            matches!(column.values, Values::Ints { .. } | Values::Times { .. } | Values::Doubles(_));
        if !numeric {
            return self.add_codes(column, rows, groups);
        }
        let mut kept = Vec::new();
        let selection = valued(column, rows, &mut kept);
        let held;
        let groups = match (groups, selection) {
            (Some(groups), Selection::Rows(rows)) => {
                held = picked(groups, rows);
                Some(held.as_slice())
            }
            (groups, _) => groups,
        };
        match &gather(column, selection).values {
            Values::Ints { base, offsets } => {
                with_narrow!(offsets, offsets => self.add_offsets(offsets, groups, |offset| {
                    Atom::Int(base.wrapping_add_unsigned(offset))
                }));
            }
            Values::Times { base, offsets, digits } => {
                with_narrow!(offsets, offsets => self.add_offsets(offsets, groups, |offset| {
                    Atom::Time(base.wrapping_add_unsigned(offset), *digits)
                }));
            }
            Values::Doubles(doubles) => self.add_values(doubles, groups, Atom::Double),
            _ => {}
        }
        Ok(())
    }

    fn add_offsets<T: Offset>(&mut self, offsets: &[T], groups: Option<&[u32]>, atom: impl Fn(u64) -> Atom) {
        self.add_values(offsets, groups, |offset| atom(offset.wide()));
    }

    /// Without groups the best of all values is the only one to compare.
    fn add_values<T: Copy + PartialOrd>(
        &mut self,
        values: &[T],
        groups: Option<&[u32]>,
        atom: impl Fn(T) -> Atom,
    ) {
        match groups {
            None => {
                let values = values.iter().copied();
                let best = if self.better == Ordering::Less {
                    values.reduce(|a, b| if b < a { b } else { a })
                } else {
                    values.reduce(|a, b| if b > a { b } else { a })
                };
                best.into_iter().for_each(|best| self.offer(0, atom(best)));
            }
            Some(groups) => {
                groups.iter().zip(values).for_each(|(group, value)| self.offer(*group, atom(*value)));
            }
        }
    }

    fn add_codes(&mut self, column: &Column, rows: usize, groups: Option<&[u32]>) -> Result<()> {
        let known = self.coder.len();
        let mut codes = std::mem::take(&mut self.codes);
        self.coder.encode(column, rows, &mut codes)?;
        match groups {
            None => {
                for code in (known..self.coder.len()).filter_map(|code| u32::try_from(code).ok()) {
                    self.offer(0, self.coder.atom(code));
                }
            }
            // A text is compared once for each group that has it.
            Some(groups) if self.best.len().saturating_mul(self.coder.len()) <= MET_MAX => {
                let mut met = std::mem::take(&mut self.met);
                let known = met.len();
                let mut pairs = groups.to_vec();
                met.fold(&mut pairs, &codes, self.best.len(), self.coder.len());
                for (group, code) in met.pairs().get(known..).unwrap_or_default() {
                    self.offer(*group, self.coder.atom(*code));
                }
                self.met = met;
            }
            Some(groups) => {
                for (group, code) in groups.iter().zip(&codes) {
                    self.offer(*group, self.coder.atom(*code));
                }
            }
        }
        self.codes = codes;
        Ok(())
    }

    /// Takes in one value.
    pub(super) fn offer(&mut self, group: u32, atom: Atom) {
        let Some(best) = self.best.get_mut(group as usize) else { return };
        let is_better = match *best {
            _ if atom == Atom::Null => false,
            None => true,
            Some(best) if best == atom => false,
            Some(best) => order(&self.coder, atom, best) == self.better,
        };
        if is_better {
            *best = Some(atom);
        }
    }

    /// Takes in the values of another, whose groups have these numbers here.
    pub(super) fn merge(&mut self, other: Self, groups: &[u32]) {
        let adopted = self.coder.adopt(other.coder);
        for (group, best) in groups.iter().zip(&other.best) {
            best.iter().for_each(|best| self.offer(*group, adopted.atom(*best)));
        }
    }

    /// The extreme of a group.
    pub(super) fn total(&self, group: usize) -> Option<Scalar<'static>> {
        let best = self.best.get(group).copied().flatten()?;
        Some(self.coder.scalar(best).into_owned())
    }
}

fn order(coder: &Coder, a: Atom, b: Atom) -> Ordering {
    match (a, b) {
        (Atom::Int(a), Atom::Int(b)) => a.cmp(&b),
        (Atom::Double(a), Atom::Double(b)) => a.partial_cmp(&b).unwrap_or(Ordering::Equal),
        (Atom::Time(a, digits), Atom::Time(b, others)) if digits == others => a.cmp(&b),
        _ => coder.scalar(a).cmp(&coder.scalar(b)),
    }
}
