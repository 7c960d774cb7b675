//! One test of a filter, compiled: what it says of a whole block, and of each row of one.

use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

use crate::codec::scalar::{Number, Scalar};
use crate::columns::column::{Column, Value, Values, power_of_ten, tag};
use crate::columns::dictionary::Dictionary;
use crate::columns::form::{Cell, Form, Head};
use crate::columns::narrow::Narrow;
use crate::columns::narrow::with_narrow;
use crate::ground::error::Result;
use crate::query::fields::Field;
use crate::query::filter::{Filter, Test};
use crate::query::tuple::Slots;
use crate::query::vector::accept::{Accept, CodeShape};
use crate::query::vector::block::Block;
use crate::query::vector::interval::{self, Ranges, Shape, holds};
use crate::query::vector::mask::{HeadOf, Verdict};
use crate::query::vector::offset::{Offset, inside, invert, judge_nulls, look_up};

/// One test on one slot.
pub(super) struct Judge<'f> {
    /// Which value.
    pub(super) slot: usize,
    /// The test as the way of rows sees it.
    filter: &'f Filter,
    test: &'f Test,
    date_time: bool,
    is_id: bool,
    null: bool,
    integers: Ranges<i64>,
    doubles: Ranges<f64>,
    /// By the digits of a second.
    times: [OnceLock<Ranges<i64>>; 10],
    accepts: RwLock<Vec<Arc<Accept>>>,
    /// Held while a table is made, so that a second thread waits for it and does not make its own.
    making: Mutex<()>,
}

impl<'f> Judge<'f> {
    pub(super) fn new(filter: &'f Filter, slot: usize, test: &'f Test, slots: &Slots<'_>) -> Result<Self> {
        let field = slots.field(slot);
        Ok(Self {
            slot,
            filter,
            test,
            date_time: field.is_some_and(|(_, typing)| typing.date_time),
            is_id: field.is_some_and(|(field, _)| *field == Field::Id),
            null: test.passes(&Scalar::Null)?,
            integers: interval::integers(test),
            doubles: interval::doubles(test),
            times: Default::default(),
            accepts: RwLock::default(),
            making: Mutex::default(),
        })
    }

    /// What the test says of the codes of a dictionary; worked out the first time.
    pub(super) fn accept(&self, dictionary: &Arc<Dictionary>) -> Result<Arc<Accept>> {
        if let Some(known) = self.known(dictionary) {
            return Ok(known);
        }
        let _making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = self.known(dictionary) {
            return Ok(known);
        }
        let made = Arc::new(Accept::new(self.test, self.date_time, self.null, dictionary)?);
        self.accepts.write().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(&made));
        Ok(made)
    }

    fn known(&self, dictionary: &Arc<Dictionary>) -> Option<Arc<Accept>> {
        let accepts = self.accepts.read().unwrap_or_else(PoisonError::into_inner);
        accepts.iter().find(|known| known.dictionary.extends(dictionary)).cloned()
    }

    fn times(&self, digits: u8) -> &Ranges<i64> {
        let ranges = || interval::times(self.test, digits, self.date_time);
        let known = self.times.get(usize::from(digits)).unwrap_or(&self.times[9]);
        known.get_or_init(ranges)
    }

    /// What the test says of all rows of a column at once.
    pub(super) fn verdict(&self, head: &HeadOf<'_>) -> Verdict {
        match head {
            _ if self.is_id => Verdict::Some,
            HeadOf::Absent => Verdict::of(self.null),
            HeadOf::Unknown => Verdict::Some,
            HeadOf::Head { head, dictionary, .. } => {
                let values = self.values_verdict(head, *dictionary);
                match values {
                    _ if head.nulls == 0 || matches!(head.form, Form::Constant(_)) => values,
                    Verdict::All if self.null => Verdict::All,
                    Verdict::None if !self.null => Verdict::None,
                    _ => Verdict::Some,
                }
            }
        }
    }

    /// What it says of those that are not null.
    fn values_verdict(&self, head: &Head, dictionary: Option<&Arc<Dictionary>>) -> Verdict {
        match head.form {
            Form::Constant(cell) => self.cell_verdict(cell, dictionary),
            Form::Ints { min, max } => Verdict::of_shape(&self.integers.among(min, max)),
            Form::Times { .. } if matches!(self.test, Test::Like(_)) => Verdict::Some,
            Form::Times { min, max, digits } => Verdict::of_shape(&self.times(digits).among(min, max)),
            Form::Doubles { min, max } => Verdict::of_shape(&self.doubles.among(min, max)),
            Form::Decimals { min, max, digits } => {
                let scale = power_of_ten(digits);
                Verdict::of_shape(&self.doubles.among(min as f64 / scale, max as f64 / scale))
            }
            Form::Codes { min, max, .. } => {
                let accept = dictionary.and_then(|dictionary| self.accept(dictionary).ok());
                match accept.map(|accept| accept.passing(min, max)) {
                    Some(0) => Verdict::None,
                    Some(passing) if passing > max.saturating_sub(min) => Verdict::All,
                    _ => Verdict::Some,
                }
            }
            Form::Tags | Form::Mixed { .. } | Form::Ids => match self.test {
                Test::IsNull => Verdict::None,
                Test::IsNotNull => Verdict::All,
                _ => Verdict::Some,
            },
        }
    }

    fn cell_verdict(&self, cell: Cell, dictionary: Option<&Arc<Dictionary>>) -> Verdict {
        if let Cell::Code(code) = cell {
            let accept = dictionary.and_then(|dictionary| self.accept(dictionary).ok());
            return accept.map_or(Verdict::Some, |accept| Verdict::of(accept.passes(code.into()) == 1));
        }
        match self.cell_passes(cell) {
            Ok(passes) if !cell.is_hidden() || matches!(self.test, Test::IsNull | Test::IsNotNull) => {
                Verdict::of(passes)
            }
            _ => Verdict::Some,
        }
    }

    /// What it says of a value that has no code. Of one that only the row has it knows no more than that it is there.
    fn cell_passes(&self, cell: Cell) -> Result<bool> {
        match cell {
            Cell::Null | Cell::Code(_) => Ok(self.null),
            Cell::Bool(value) => self.test.passes(&Scalar::Bool(value)),
            Cell::Int(int) => Ok(self.integers.holds(int)),
            Cell::Wide(wide) => self.test.passes(&Scalar::Number(Number::Integer(wide.into()))),
            Cell::Double(double) => Ok(self.doubles.holds(double)),
            Cell::Object | Cell::Opaque => Ok(matches!(self.test, Test::IsNotNull)),
        }
    }

    /// Marks the rows that pass. Only those that `among` marks need to be right.
    pub(super) fn mask(&self, block: &Block<'_>, among: Option<&[u8]>, out: &mut [u8]) -> Result<()> {
        let column = block.column(self.slot)?;
        let like = matches!(self.test, Test::Like(_));
        if self.is_id || (like && matches!(column.values, Values::Times { .. })) {
            return self.mask_rows(block, column, among, out);
        }
        match &column.values {
            Values::Constant(Cell::Code(code), dictionary) => {
                out.fill(self.accept(dictionary)?.passes((*code).into()));
            }
            Values::Constant(cell, _) => out.fill(u8::from(self.cell_passes(*cell)?)),
            Values::Tags(tags) => self.mask_tags(tags, out)?,
            Values::Ints { base, offsets } => mask_offsets(&self.integers, *base, offsets, out),
            Values::Times { base, offsets, digits } => {
                mask_offsets(self.times(*digits), *base, offsets, out);
            }
            Values::Doubles(doubles) => mask_doubles(&self.doubles, doubles, out),
            Values::Codes { base, offsets, dictionary } => {
                let accept = self.accept(dictionary)?;
                with_narrow!(offsets, offsets => mask_codes(&accept, *base, offsets, out));
            }
            Values::Mixed { tags, bits, dictionary } => {
                let accept = self.accept(dictionary)?;
                for (out, (tag, bits)) in out.iter_mut().zip(tags.iter().zip(bits)) {
                    *out = match *tag {
                        tag::CODE => accept.passes(*bits),
                        tag => {
                            let cell = Cell::of_bits(tag, *bits).unwrap_or(Cell::Null);
                            u8::from(self.cell_passes(cell)?)
                        }
                    };
                }
            }
        }
        judge_nulls(out, column.present.as_deref(), self.null);
        Ok(())
    }

    /// Row by row, as rows of the store are judged.
    fn mask_rows(
        &self,
        block: &Block<'_>,
        column: &Column,
        among: Option<&[u8]>,
        out: &mut [u8],
    ) -> Result<()> {
        for (row, out) in out.iter_mut().enumerate() {
            let looked_at = among.is_none_or(|among| among.get(row) == Some(&1));
            let hidden = || !self.is_id && column.value(row) == Value::Hidden;
            *out = u8::from(looked_at && !hidden() && self.filter.matches(&block.tuple(row))?);
        }
        Ok(())
    }

    fn mask_tags(&self, tags: &[u8], out: &mut [u8]) -> Result<()> {
        let mut table = [0; 9];
        for (tag, passes) in (0_u8..).zip(&mut table) {
            let cell = Cell::of_bits(tag, 0).unwrap_or(Cell::Null);
            *passes = u8::from(self.cell_passes(cell)?);
        }
        let mut passing = (0_u8..).zip(table).filter(|(_, passes)| *passes == 1);
        match (passing.next(), passing.next()) {
            (Some((tag, _)), None) => inside(tags, tag, tag, out),
            _ => look_up(tags, &table, out),
        }
        Ok(())
    }
}

/// Compares in the domain of offsets, into which the bounds are brought once.
fn mask_offsets(ranges: &Ranges<i64>, base: i64, offsets: &Narrow, out: &mut [u8]) {
    fn mask<T: Offset>(ranges: &Ranges<i64>, base: i64, offsets: &[T], out: &mut [u8]) {
        let greatest = base.saturating_add_unsigned(T::GREATEST);
        // Within the range of the block, so what does not fit is its end.
        let offset = |value: i64| {
            let distance = u64::try_from(i128::from(value) - i128::from(base)).unwrap_or(0);
            T::narrow(distance.min(T::GREATEST))
        };
        let mut between = |low: i64, high: i64| match (offset(low), offset(high)) {
            (Some(low), Some(high)) => inside(offsets, low, high, out),
            _ => out.fill(0),
        };
        match ranges.among(base, greatest) {
            Shape::None => out.fill(0),
            Shape::All => out.fill(1),
            Shape::Inside(low, high) => between(low, high),
            Shape::Outside(low, high) => {
                between(low, high);
                invert(out);
            }
            Shape::Many(many) => {
                out.iter_mut().zip(offsets).for_each(|(out, offset)| {
                    *out = u8::from(holds(many, base.saturating_add_unsigned(offset.wide())));
                });
            }
        }
    }
    with_narrow!(offsets, offsets => mask(ranges, base, offsets, out));
}

fn mask_doubles(ranges: &Ranges<f64>, doubles: &[f64], out: &mut [u8]) {
    match ranges.among(f64::MIN, f64::MAX) {
        Shape::None => out.fill(0),
        Shape::All => out.fill(1),
        Shape::Inside(low, high) => inside(doubles, low, high, out),
        Shape::Outside(low, high) => {
            inside(doubles, low, high, out);
            invert(out);
        }
        Shape::Many(many) => {
            out.iter_mut().zip(doubles).for_each(|(out, double)| *out = u8::from(holds(many, *double)));
        }
    }
}

/// One code that passes, or fails, is compared with; more are looked up. An offset of 0 is null.
fn mask_codes<T: Offset>(accept: &Accept, base: u32, offsets: &[T], out: &mut [u8]) {
    let null = accept.passes(0);
    let mut one = |code: u32| match code.checked_sub(base).and_then(|offset| T::narrow(offset.into())) {
        // Null is no code.
        Some(offset) if code > base => inside(offsets, offset, offset, out),
        _ => out.fill(0),
    };
    let nulls = |out: &mut [u8]| {
        out.iter_mut().zip(offsets).for_each(|(out, offset)| *out |= u8::from(offset.wide() == 0));
    };
    match accept.shape {
        CodeShape::None if null == 0 => out.fill(0),
        CodeShape::All if null == 1 => out.fill(1),
        CodeShape::None => {
            out.fill(0);
            nulls(out);
        }
        CodeShape::All => {
            out.fill(0);
            nulls(out);
            invert(out);
        }
        CodeShape::One(code) => {
            one(code);
            if null == 1 {
                nulls(out);
            }
        }
        // What passes for null and all codes but one is what does not equal the one.
        CodeShape::AllBut(code) if null == 1 => {
            one(code);
            invert(out);
        }
        _ => {
            let window = accept.table.get(base as usize..).unwrap_or_default();
            look_up(offsets, window, out);
            if window.first() != Some(&null) {
                set_nulls(offsets, null, out);
            }
        }
    }
}

fn set_nulls<T: Offset>(offsets: &[T], null: u8, out: &mut [u8]) {
    for (out, offset) in out.iter_mut().zip(offsets) {
        *out = if offset.wide() == 0 { null } else { *out };
    }
}
