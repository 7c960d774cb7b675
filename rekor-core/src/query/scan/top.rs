//! A sink that keeps the first rows in the order asked for. Once it is full, the last row that it keeps is a bound: groups
//! are passed over by their headers, and rows by one comparison, so that keys are made for few.

use std::collections::BinaryHeap;

use crate::codec::id::Id;
use crate::codec::scalar::{Class, Number, Scalar};
use crate::columns::column::{Value, Values, power_of_ten};
use crate::columns::form::{Cell, Form};
use crate::columns::ids::key_of;
use crate::ground::error::Result;
use crate::query::fields::Field;
use crate::query::heap::Kept;
use crate::query::order::Order;
use crate::query::scan::Sink;
use crate::query::tuple::{Slots, Tuple};
use crate::query::vector::block::Block;
use crate::query::vector::mask::HeadOf;
use crate::query::vector::selection::Selection;

/// The first rows of one thread.
pub(in crate::query) struct TopSink<'t> {
    order: &'t Order,
    slots: &'t Slots<'t>,
    /// Rows up to this key were on the pages before.
    after: Option<&'t [u8]>,
    keep: usize,
    /// Whether every row that passes the filter is to be counted.
    counts: bool,
    kept: BinaryHeap<Kept>,
    /// The first value of the last row that is kept, once there are enough.
    bound: Option<Scalar<'static>>,
    key: Vec<u8>,
}

impl<'t> TopSink<'t> {
    pub(in crate::query) const fn new(
        order: &'t Order,
        slots: &'t Slots<'t>,
        after: Option<&'t [u8]>,
        keep: usize,
        counts: bool,
    ) -> Self {
        Self { order, slots, after, keep, counts, kept: BinaryHeap::new(), bound: None, key: Vec::new() }
    }

    /// The rows, in order.
    pub(in crate::query) fn into_kept(self) -> Vec<Kept> {
        self.kept.into_sorted_vec()
    }

    fn offer(&mut self, tuple: &impl Tuple, id: &Id) -> Result<()> {
        self.key.clear();
        self.order.put_key(tuple, id, &mut self.key)?;
        self.keep_key()
    }

    fn keep_key(&mut self) -> Result<()> {
        if self.after.is_some_and(|after| self.key.as_slice() <= after) {
            return Ok(());
        }
        if self.kept.len() >= self.keep {
            if self.kept.peek().is_none_or(|last| self.key >= last.key) {
                return Ok(());
            }
            self.kept.pop();
        }
        self.kept.push(Kept { key: self.key.clone(), row: None });
        if self.kept.len() >= self.keep
            && let Some(last) = self.kept.peek()
        {
            self.bound = self.order.take_key(&last.key)?.0.into_iter().next();
        }
        Ok(())
    }

    /// The first field of the order, if there is one besides the id, and whether the greatest come first.
    fn first(&self) -> Option<(usize, bool)> {
        let part = self.order.parts.first()?;
        let is_id = self.slots.field(part.slot).is_none_or(|(field, _)| *field == Field::Id);
        (!is_id).then_some((part.slot, part.descending))
    }
}

impl Sink for TopSink<'_> {
    const IDS: bool = true;

    fn passes_over(&self, heads: &[HeadOf<'_>], _: usize) -> bool {
        if self.counts {
            return false;
        }
        let (Some(bound), Some((slot, descending))) = (&self.bound, self.first()) else { return false };
        let Some(HeadOf::Head { head, .. }) = heads.get(slot) else { return false };
        let integer = |int: i64| Scalar::Number(Number::Integer(int.into()));
        let date_time = self.slots.field(slot).is_some_and(|(_, typing)| typing.date_time);
        let (min, max) = match head.form {
            Form::Ints { min, max } => (integer(min), integer(max)),
            Form::Doubles { min, max } => match (Number::from_double(min), Number::from_double(max)) {
                (Some(min), Some(max)) => (Scalar::Number(min), Scalar::Number(max)),
                _ => return false,
            },
            Form::Decimals { min, max, digits } => {
                let double = |multiplied: i64| Number::from_double(multiplied as f64 / power_of_ten(digits));
                match (double(min), double(max)) {
                    (Some(min), Some(max)) => (Scalar::Number(min), Scalar::Number(max)),
                    _ => return false,
                }
            }
            Form::Times { min, max, digits } => {
                match (Value::Time(min, digits).scalar(date_time), Value::Time(max, digits).scalar(date_time))
                {
                    (Some(min), Some(max)) => (min, max),
                    _ => return false,
                }
            }
            Form::Constant(Cell::Int(int)) => (integer(int), integer(int)),
            _ => return false,
        };
        // Null comes before everything.
        if descending { max < *bound } else { head.nulls == 0 && min > *bound }
    }

    fn block(&mut self, block: &Block<'_>, selection: &Selection<'_>) -> Result<()> {
        let last = u32::try_from(block.rows).unwrap_or(0);
        if self.bound.is_none() && self.first().is_some() {
            // A few rows give a bound to twice as many, and those a closer one to the next.
            let all: Vec<u32>;
            let mut rest = match selection {
                Selection::All => {
                    all = (0..last).collect();
                    all.as_slice()
                }
                Selection::Rows(rows) => rows,
            };
            let mut size = self.keep.saturating_mul(2);
            while !rest.is_empty() {
                let (rows, others) = rest.split_at(rest.len().min(size));
                self.block_near(block, Selection::Rows(rows))?;
                (rest, size) = (others, size.saturating_mul(2));
            }
            return Ok(());
        }
        self.block_near(block, *selection)
    }

    fn tuple(&mut self, tuple: &impl Tuple, id: &Id) -> Result<()> {
        self.offer(tuple, id)
    }

    fn merge(&mut self, other: Self) -> Result<()> {
        for kept in other.kept {
            self.key.clone_from(&kept.key);
            self.keep_key()?;
        }
        Ok(())
    }

    fn is_full(&self, id: &[u8], rev: bool) -> bool {
        // In any other order than that of ids what comes later may still come first.
        let last = self.kept.peek().filter(|_| self.kept.len() >= self.keep && self.by_id() == Some(rev));
        let last = last.and_then(|last| self.order.take_key(&last.key).ok()).map(|(_, id)| key_of(&id));
        last.is_some_and(|last| if rev { *last >= *id } else { *last <= *id })
    }
}

impl TopSink<'_> {
    /// Whether the order is that of ids, and if so, whether the greatest come first.
    fn by_id(&self) -> Option<bool> {
        let descending = self.order.parts.first().is_some_and(|part| part.descending);
        self.first().is_none().then_some(descending)
    }

    /// Takes those rows of a block that may be among the first.
    fn block_near(&mut self, block: &Block<'_>, selection: Selection<'_>) -> Result<()> {
        let last = u32::try_from(block.rows).unwrap_or(0);
        let mut near = Vec::new();
        let selection =
            if self.find_near(block, selection, &mut near) { Selection::Rows(&near) } else { selection };
        match (selection, self.by_id()) {
            (Selection::All, Some(true)) => self.take(block, (0..last).rev(), true),
            (Selection::All, by_id) => self.take(block, 0..last, by_id.is_some()),
            (Selection::Rows(rows), Some(true)) => self.take(block, rows.iter().rev().copied(), true),
            (Selection::Rows(rows), by_id) => self.take(block, rows.iter().copied(), by_id.is_some()),
        }
    }

    /// Takes rows of a block; once one of them comes too late, so do all that follow if they are `in_order`.
    fn take(&mut self, block: &Block<'_>, rows: impl Iterator<Item = u32>, in_order: bool) -> Result<()> {
        for row in rows {
            let row = row as usize;
            self.key.clear();
            self.order.put_key(&block.tuple(row), &block.ids.id(row)?, &mut self.key)?;
            let is_full = self.kept.len() >= self.keep;
            if in_order && is_full && self.kept.peek().is_some_and(|last| self.key >= last.key) {
                return Ok(());
            }
            self.keep_key()?;
        }
        Ok(())
    }

    /// Writes the rows that may be among the first, as far as one comparison with the bound tells; `false` when it does
    /// not tell.
    fn find_near(&self, block: &Block<'_>, selection: Selection<'_>, near: &mut Vec<u32>) -> bool {
        let (Some(bound), Some((slot, descending))) = (&self.bound, self.first()) else { return false };
        let Some(column) = block.columns.get(slot) else { return false };
        let rows = u32::try_from(block.rows).unwrap_or(0);
        match (&column.values, bound, &column.present) {
            (Values::Doubles(doubles), Scalar::Number(limit), None) => {
                // The nearest double of the bound is no further from it than one step, so equal ones are let in.
                let limit = limit.to_double();
                let value = |row: usize| doubles.get(row).copied().unwrap_or(limit);
                if descending {
                    keep(selection, rows, near, |row| value(row) >= limit);
                } else {
                    keep(selection, rows, near, |row| value(row) <= limit);
                }
            }
            (Values::Ints { base, offsets }, Scalar::Number(Number::Integer(limit)), None) => {
                let value = |row| i128::from(base.wrapping_add_unsigned(offsets.get(row)));
                if descending {
                    keep(selection, rows, near, |row| value(row) >= *limit);
                } else {
                    keep(selection, rows, near, |row| value(row) <= *limit);
                }
            }
            _ => {
                let date_time = self.slots.field(slot).is_some_and(|(_, typing)| typing.date_time);
                let fits = |order: std::cmp::Ordering| if descending { order.is_ge() } else { order.is_le() };
                keep(selection, rows, near, |row| match (column.value(row).scalar(date_time), bound) {
                    (Some(value), bound) if value.class() < Class::Text || bound.class() < Class::Text => {
                        fits(value.cmp(bound))
                    }
                    // Sorting looks at the start of a text only, but no column holds a longer one.
                    (Some(Scalar::Text(text)), Scalar::Text(limit)) => fits((*text).cmp(limit)),
                    _ => true,
                });
            }
        }
        true
    }
}

/// Writes those of the selected rows that fit.
fn keep(selection: Selection<'_>, rows: u32, near: &mut Vec<u32>, fits: impl Fn(usize) -> bool) {
    match selection {
        Selection::All => near.extend((0..rows).filter(|row| fits(*row as usize))),
        Selection::Rows(rows) => near.extend(rows.iter().filter(|row| fits(**row as usize))),
    }
}
