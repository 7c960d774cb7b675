//! How the values of one column of a group are stored: their form, which stands in the group's header with the bounds
//! that let a scan skip the block, and the block's own bytes.

use crate::columns::bytes::{Taker, damaged, put_signed, put_varint};
use crate::columns::column::tag;
use crate::ground::error::Result;

/// One value of a column. What a code stands for is in the dictionary of the column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell {
    /// Null or missing.
    Null,
    /// `false` or `true`.
    Bool(bool),
    /// An integer of 64 bits.
    Int(i64),
    /// An integer above those.
    Wide(u64),
    /// Any other number.
    Double(f64),
    /// A text or an array.
    Code(u32),
    /// An object.
    Object,
    /// A value that only the row holds.
    Opaque,
}

impl Cell {
    /// The tag and the payload that it is stored as.
    pub const fn bits(self) -> (u8, u64) {
        match self {
            Self::Null => (tag::NULL, 0),
            Self::Bool(false) => (tag::FALSE, 0),
            Self::Bool(true) => (tag::TRUE, 0),
            Self::Int(int) => (tag::INT, int.cast_unsigned()),
            Self::Wide(wide) => (tag::WIDE, wide),
            Self::Double(double) => (tag::DOUBLE, double.to_bits()),
            Self::Code(code) => (tag::CODE, code as u64),
            Self::Object => (tag::OBJECT, 0),
            Self::Opaque => (tag::OPAQUE, 0),
        }
    }

    /// The value of a tag and a payload.
    #[must_use]
    pub fn of_bits(tag: u8, bits: u64) -> Option<Self> {
        Some(match tag {
            tag::NULL => Self::Null,
            tag::FALSE => Self::Bool(false),
            tag::TRUE => Self::Bool(true),
            tag::INT => Self::Int(bits.cast_signed()),
            tag::WIDE => Self::Wide(bits),
            tag::DOUBLE => Self::Double(f64::from_bits(bits)),
            tag::CODE => Self::Code(u32::try_from(bits).ok()?),
            tag::OBJECT => Self::Object,
            tag::OPAQUE => Self::Opaque,
            _ => return None,
        })
    }

    /// Whether only the row knows the value.
    #[must_use]
    pub const fn is_hidden(self) -> bool {
        matches!(self, Self::Object | Self::Opaque)
    }
}

/// How the values of a column are stored.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Form {
    /// Every row has this value; there is no block.
    Constant(Cell),
    /// Values without a payload: null, booleans, objects, what is opaque.
    Tags,
    /// Integers, as their distance from the least.
    Ints {
        /// The least value.
        min: i64,
        /// The greatest value.
        max: i64,
    },
    /// Times that are spelled alike: in UTC, with `Z`, and so many digits of a second; in units of the last digit
    /// since 1970.
    Times {
        /// The earliest.
        min: i64,
        /// The latest.
        max: i64,
        /// Digits after the second's point, at most 9.
        digits: u8,
    },
    /// Numbers of which at least one is no integer, as doubles, in their order.
    Doubles {
        /// The least value.
        min: f64,
        /// The greatest value.
        max: f64,
    },
    /// Such numbers that are integers when multiplied by a power of ten.
    Decimals {
        /// The least, multiplied.
        min: i64,
        /// The greatest, multiplied.
        max: i64,
        /// The power of ten.
        digits: u8,
    },
    /// Texts and arrays, as codes of an epoch of the path's dictionary.
    Codes {
        /// The least code.
        min: u32,
        /// The greatest code.
        max: u32,
        /// The epoch.
        epoch: u32,
    },
    /// Anything, each value with its tag.
    Mixed {
        /// The epoch of the codes among them.
        epoch: u32,
    },
    /// The ids of the records, in order.
    Ids,
}

impl Form {
    /// The epoch of the dictionary that its codes belong to.
    #[must_use]
    pub const fn epoch(&self) -> Option<u32> {
        match self {
            Self::Codes { epoch, .. } | Self::Mixed { epoch } => Some(*epoch),
            _ => None,
        }
    }
}

/// One column in the header of its group.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Head {
    /// The number of its path.
    pub path: u32,
    /// How it is stored.
    pub form: Form,
    /// How many rows are null.
    pub nulls: u32,
    /// The checksum that its block carries.
    pub sum: u32,
    /// The epoch of the dictionary of a constant code.
    pub epoch: u32,
}

impl Head {
    /// Whether it has a block beside the header.
    #[must_use]
    pub const fn has_block(&self) -> bool {
        !matches!(self.form, Form::Constant(_))
    }

    /// The epoch of the dictionary that its codes belong to.
    #[must_use]
    pub const fn dictionary_epoch(&self) -> Option<u32> {
        match self.form {
            Form::Constant(Cell::Code(_)) => Some(self.epoch),
            form => form.epoch(),
        }
    }

    pub(super) fn put(&self, out: &mut Vec<u8>) {
        put_varint(out, self.path.into());
        put_varint(out, self.nulls.into());
        put_varint(out, self.sum.into());
        match self.form {
            Form::Constant(cell) => {
                let (tag, bits) = cell.bits();
                out.extend_from_slice(&[0, tag]);
                put_varint(out, bits);
                put_varint(out, self.epoch.into());
            }
            Form::Tags => out.push(1),
            Form::Ints { min, max } => {
                out.push(2);
                put_signed(out, min);
                put_signed(out, max);
            }
            Form::Times { min, max, digits } => {
                out.extend_from_slice(&[3, digits]);
                put_signed(out, min);
                put_signed(out, max);
            }
            Form::Doubles { min, max } => {
                out.push(4);
                out.extend_from_slice(&min.to_le_bytes());
                out.extend_from_slice(&max.to_le_bytes());
            }
            Form::Decimals { min, max, digits } => {
                out.extend_from_slice(&[5, digits]);
                put_signed(out, min);
                put_signed(out, max);
            }
            Form::Codes { min, max, epoch } => {
                out.push(6);
                [min, max, epoch].iter().for_each(|n| put_varint(out, u64::from(*n)));
            }
            Form::Mixed { epoch } => {
                out.push(7);
                put_varint(out, epoch.into());
            }
            Form::Ids => out.push(8),
        }
    }

    pub(super) fn take(taker: &mut Taker<'_>) -> Result<Self> {
        let (path, nulls, sum) = (taker.u32()?, taker.u32()?, taker.u32()?);
        let mut constant_epoch = 0;
        let form = match taker.byte()? {
            0 => {
                let (tag, bits) = (taker.byte()?, taker.varint()?);
                constant_epoch = taker.u32()?;
                Form::Constant(Cell::of_bits(tag, bits).ok_or_else(damaged)?)
            }
            1 => Form::Tags,
            2 => Form::Ints { min: taker.signed()?, max: taker.signed()? },
            3 => {
                let digits = digits(taker)?;
                Form::Times { min: taker.signed()?, max: taker.signed()?, digits }
            }
            4 => Form::Doubles { min: f64::from_bits(taker.u64_le()?), max: f64::from_bits(taker.u64_le()?) },
            5 => {
                let digits = digits(taker)?;
                Form::Decimals { min: taker.signed()?, max: taker.signed()?, digits }
            }
            6 => Form::Codes { min: taker.u32()?, max: taker.u32()?, epoch: taker.u32()? },
            7 => Form::Mixed { epoch: taker.u32()? },
            8 => Form::Ids,
            _ => return Err(damaged()),
        };
        Ok(Self { path, form, nulls, sum, epoch: constant_epoch })
    }
}

fn digits(taker: &mut Taker<'_>) -> Result<u8> {
    let digits = taker.byte()?;
    if digits <= 9 { Ok(digits) } else { Err(damaged()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_round_trip() {
        let forms = [
            Form::Constant(Cell::Int(-7)),
            Form::Constant(Cell::Double(0.1)),
            Form::Tags,
            Form::Ints { min: i64::MIN, max: i64::MAX },
            Form::Times { min: -1, max: 9, digits: 3 },
            Form::Doubles { min: -0.5, max: 1e300 },
            Form::Decimals { min: 1, max: 5, digits: 2 },
            Form::Codes { min: 1, max: 70_000, epoch: 2 },
            Form::Mixed { epoch: 1 },
            Form::Ids,
        ];
        for form in forms {
            let head = Head { path: 300, form, nulls: 9, sum: u32::MAX, epoch: 0 };
            let mut out = Vec::new();
            head.put(&mut out);
            assert_eq!(Head::take(&mut Taker(&out)).unwrap(), head);
            assert!((0..out.len()).all(|end| Head::take(&mut Taker(&out[..end])).is_err()));
        }
    }
}
