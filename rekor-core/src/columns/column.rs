//! One column of one group, decoded: what filters and totals run over. It never changes once made, and is shared by
//! all queries that need it.

use std::borrow::Cow;
use std::sync::Arc;

use crate::codec::scalar::{Number, Scalar};
use crate::codec::time::Instant;
use crate::columns::bytes::{Taker, damaged, envelope, open, seal};
use crate::columns::dictionary::{Dictionary, Entry};
use crate::columns::form::{Cell, Form, Head};
use crate::columns::narrow::Narrow;
use crate::ground::error::Result;

/// The values of one column, one for each row of the group.
#[derive(Debug, Clone)]
pub struct Column {
    /// 1 for each row that has a value, 0 for null. None when none is null, and for the forms that tell null apart by
    /// themselves: constants, tags, codes and mixed values.
    pub present: Option<Vec<u8>>,
    /// The values.
    pub values: Values,
}

/// The values of a column.
#[derive(Debug, Clone)]
pub enum Values {
    /// The same in every row.
    Constant(Cell, Arc<Dictionary>),
    /// The tag of each value, as of [`Cell::bits`].
    Tags(Vec<u8>),
    /// `base` plus each offset; 0 where there is no value.
    Ints {
        /// The least value.
        base: i64,
        /// What is added to it.
        offsets: Narrow,
    },
    /// As integers: so many units since 1970, a second being ten to the power of `digits` units.
    Times {
        /// The earliest.
        base: i64,
        /// What is added to it.
        offsets: Narrow,
        /// Digits after the second's point.
        digits: u8,
    },
    /// Doubles; integers among them are exact. Where there is no value stands any.
    Doubles(Vec<f64>),
    /// Codes of a dictionary: null where the offset is 0, else `base` plus the offset.
    Codes {
        /// One less than the least code.
        base: u32,
        /// What is added to it.
        offsets: Narrow,
        /// What the codes stand for.
        dictionary: Arc<Dictionary>,
    },
    /// Any values.
    Mixed {
        /// The tag of each value.
        tags: Vec<u8>,
        /// Its payload.
        bits: Vec<u64>,
        /// What the codes stand for.
        dictionary: Arc<Dictionary>,
    },
}

/// What a tag says, in memory and on disk.
pub mod tag {
    /// Null or missing.
    pub const NULL: u8 = 0;
    /// `false`
    pub const FALSE: u8 = 1;
    /// `true`
    pub const TRUE: u8 = 2;
    /// The payload is an i64.
    pub const INT: u8 = 3;
    /// The payload is a u64.
    pub const WIDE: u8 = 4;
    /// The payload is the bits of a double.
    pub const DOUBLE: u8 = 5;
    /// The payload is a code.
    pub const CODE: u8 = 6;
    /// An object: only the row has it.
    pub const OBJECT: u8 = 7;
    /// Something that only the row has.
    pub const OPAQUE: u8 = 8;
}

/// One value as it is read from a column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'c> {
    /// Null or missing.
    Null,
    /// `false` or `true`.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A time, so many units since 1970 and how many digits of a second they have.
    Time(i64, u8),
    /// A text or an array.
    Entry(Entry<'c>),
    /// An object or something else that only the row has.
    Hidden,
}

impl<'c> Value<'c> {
    /// The value as it is compared; none when only the row has it.
    #[must_use]
    pub fn scalar(self, date_time: bool) -> Option<Scalar<'c>> {
        Some(match self {
            Self::Null => Scalar::Null,
            Self::Bool(value) => Scalar::Bool(value),
            Self::Number(number) => Scalar::Number(number),
            Self::Time(units, digits) => {
                let instant = Instant::from_units(units, digits);
                if date_time {
                    Scalar::Instant(instant)
                } else {
                    Scalar::Text(Cow::Owned(instant.spelled(digits)))
                }
            }
            Self::Entry(Entry::Text(text)) => Scalar::of_text(Cow::Borrowed(text), date_time),
            Self::Entry(Entry::Array(text)) => Scalar::Array(Cow::Borrowed(text)),
            Self::Hidden => return None,
        })
    }

    /// The string as it is written, if the value is one.
    #[must_use]
    pub fn text(self) -> Option<Cow<'c, str>> {
        match self {
            Self::Entry(Entry::Text(text)) => Some(Cow::Borrowed(text)),
            Self::Time(units, digits) => Some(Cow::Owned(Instant::from_units(units, digits).spelled(digits))),
            _ => None,
        }
    }
}

impl Column {
    /// A column without a value.
    #[must_use]
    pub fn null() -> Self {
        Self { present: None, values: Values::Constant(Cell::Null, Arc::default()) }
    }

    /// The value of a row.
    #[must_use]
    pub fn value(&self, row: usize) -> Value<'_> {
        if self.present.as_ref().is_some_and(|present| present.get(row) != Some(&1)) {
            return Value::Null;
        }
        match &self.values {
            Values::Constant(cell, dictionary) => read(*cell, dictionary),
            Values::Tags(tags) => Cell::of_bits(tags.get(row).copied().unwrap_or(0), 0)
                .map_or(Value::Null, |cell| read(cell, &NO_TEXTS)),
            Values::Ints { base, offsets } => {
                Value::Number(Number::Integer(base.wrapping_add_unsigned(offsets.get(row)).into()))
            }
            Values::Times { base, offsets, digits } => {
                Value::Time(base.wrapping_add_unsigned(offsets.get(row)), *digits)
            }
            Values::Doubles(doubles) => Number::from_double(doubles.get(row).copied().unwrap_or(0.0))
                .map_or(Value::Null, Value::Number),
            Values::Codes { base, offsets, dictionary } => match offsets.get(row) {
                0 => Value::Null,
                offset => {
                    let code = u64::from(*base).wrapping_add(offset);
                    u32::try_from(code).map_or(Value::Null, |code| read(Cell::Code(code), dictionary))
                }
            },
            Values::Mixed { tags, bits, dictionary } => {
                let (tag, bits) = (tags.get(row).copied().unwrap_or(0), bits.get(row).copied().unwrap_or(0));
                Cell::of_bits(tag, bits).map_or(Value::Null, |cell| read(cell, dictionary))
            }
        }
    }

    /// Whether some rows may have values that only the row has.
    #[must_use]
    pub fn may_hide(&self) -> bool {
        match &self.values {
            Values::Constant(cell, _) => cell.is_hidden(),
            // Without a branch for each, so that many are looked at in one instruction.
            Values::Tags(tags) | Values::Mixed { tags, .. } => {
                tags.iter().fold(0, |greatest, tag| greatest.max(*tag)) >= tag::OBJECT
            }
            _ => false,
        }
    }

    /// Bytes in memory, the dictionary left out.
    #[must_use]
    pub fn held(&self) -> usize {
        let values = match &self.values {
            Values::Constant(..) => 0,
            Values::Tags(tags) => tags.len(),
            Values::Ints { offsets, .. } | Values::Times { offsets, .. } | Values::Codes { offsets, .. } => {
                offsets.held()
            }
            Values::Doubles(doubles) => doubles.len() * 8,
            Values::Mixed { tags, .. } => tags.len() * 9,
        };
        values + self.present.as_ref().map_or(0, Vec::len) + 128
    }

    /// Reads the block that `head` tells of.
    pub fn decode(head: &Head, rows: usize, block: &[u8], dictionary: Arc<Dictionary>) -> Result<Self> {
        if let Form::Constant(cell) = head.form {
            return Ok(Self { present: None, values: Values::Constant(cell, dictionary) });
        }
        let mut taker = open(block)?;
        let tells_null = matches!(head.form, Form::Tags | Form::Codes { .. } | Form::Mixed { .. });
        let present = if head.nulls == 0 || tells_null { None } else { Some(take_bits(&mut taker, rows)?) };
        let mut narrow = || -> Result<Narrow> {
            let width = taker.byte()?;
            Narrow::take(width, rows, taker.raw(rows.saturating_mul(width.into()))?)
        };
        let values = match head.form {
            Form::Ints { min, .. } => Values::Ints { base: min, offsets: narrow()? },
            Form::Times { min, digits, .. } => Values::Times { base: min, offsets: narrow()?, digits },
            Form::Decimals { min, digits, .. } => Values::Doubles(decimals(min, digits, &narrow()?)),
            Form::Codes { min, .. } => {
                Values::Codes { base: min.saturating_sub(1), offsets: narrow()?, dictionary }
            }
            Form::Tags => Values::Tags(taker.raw(rows)?.to_vec()),
            Form::Doubles { .. } => {
                Values::Doubles(take_words(&mut taker, rows)?.map(f64::from_bits).collect())
            }
            Form::Mixed { .. } => {
                let tags = taker.raw(rows)?.to_vec();
                Values::Mixed { tags, bits: take_words(&mut taker, rows)?.collect(), dictionary }
            }
            Form::Constant(_) | Form::Ids => return Err(damaged()),
        };
        if taker.is_empty() { Ok(Self { present, values }) } else { Err(damaged()) }
    }
}

static NO_TEXTS: std::sync::LazyLock<Dictionary> = std::sync::LazyLock::new(Dictionary::default);

fn read(cell: Cell, dictionary: &Dictionary) -> Value<'_> {
    match cell {
        Cell::Null => Value::Null,
        Cell::Bool(value) => Value::Bool(value),
        Cell::Int(int) => Value::Number(Number::Integer(int.into())),
        Cell::Wide(wide) => Value::Number(Number::Integer(wide.into())),
        Cell::Double(double) => Value::Number(Number::Double(double)),
        Cell::Code(code) => dictionary.entry(code).map_or(Value::Null, Value::Entry),
        Cell::Object | Cell::Opaque => Value::Hidden,
    }
}

/// The doubles that integers stand for when divided by a power of ten: a division of two exact doubles is rounded once,
/// as reading the decimal is.
fn decimals(min: i64, digits: u8, offsets: &Narrow) -> Vec<f64> {
    let scale = power_of_ten(digits);
    (0..offsets.len()).map(|row| min.wrapping_add_unsigned(offsets.get(row)) as f64 / scale).collect()
}

/// Ten to the power of `digits`, exact up to 22.
#[must_use]
pub fn power_of_ten(digits: u8) -> f64 {
    (0..digits).fold(1.0, |power, _| power * 10.0)
}

fn take_words<'b>(taker: &mut Taker<'b>, rows: usize) -> Result<impl Iterator<Item = u64> + use<'b>> {
    let words = taker.raw(rows.saturating_mul(8))?;
    Ok(words.as_chunks::<8>().0.iter().map(|word| u64::from_le_bytes(*word)))
}

fn take_bits(taker: &mut Taker<'_>, rows: usize) -> Result<Vec<u8>> {
    let bytes = taker.raw(rows.div_ceil(8))?;
    Ok((0..rows).map(|row| bytes.get(row / 8).map_or(0, |byte| byte >> (row % 8) & 1)).collect())
}

/// The bytes of a block: the map of nulls if there are any to tell, then what `values` appends.
pub(super) fn encode(present: Option<&[bool]>, values: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut out = envelope();
    if let Some(present) = present {
        for eight in present.chunks(8) {
            let bits = eight.iter().enumerate().map(|(at, is)| u8::from(*is) << at);
            out.push(bits.fold(0, |byte, bit| byte | bit));
        }
    }
    values(&mut out);
    seal(out)
}
