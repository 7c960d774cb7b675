//! One value of a column in a few machine words.

use crate::codec::scalar::Number;
use crate::columns::form::Cell;
use crate::ground::error::Result;
use crate::query::vector::block::hidden;

/// A value; what its codes stand for is known to the [`Coder`](super::coder::Coder) that it belongs to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Atom {
    /// Null or missing.
    Null,
    /// `false` or `true`.
    Bool(bool),
    /// An integer of 64 bits.
    Int(i64),
    /// An integer above those.
    Wide(u64),
    /// Any other number; where values are only ordered, a whole one too.
    Double(f64),
    /// Units since 1970, and the digits of a second that make one.
    Time(i64, u8),
    /// A text or an array: which dictionary, and its code there.
    Code(u32, u32),
    /// The id of a record, by its place.
    Id(u32),
}

impl Atom {
    /// A double in the one form that its value has.
    #[expect(clippy::cast_possible_truncation, reason = "what is cut is not equal any more")]
    pub(super) fn of_double(double: f64) -> Self {
        const BOUND: f64 = (1_u64 << 63) as f64;
        let integer = double as i64;
        if integer as f64 == double && double.abs() < BOUND {
            return Self::Int(integer);
        }
        match Number::from_double(double) {
            Some(Number::Integer(integer)) => i64::try_from(integer)
                .map(Self::Int)
                .or(u64::try_from(integer).map(Self::Wide))
                .unwrap_or(Self::Double(double)),
            Some(Number::Double(double)) => Self::Double(double),
            None => Self::Null,
        }
    }

    /// A time in the fewest digits that say it: instants are equal if these are.
    pub(super) fn plain(self) -> Self {
        match self {
            Self::Time(units, digits) if digits > 0 && units % 10 == 0 => {
                Self::Time(units / 10, digits - 1).plain()
            }
            other => other,
        }
    }
}

/// The atom of a cell whose dictionary has the number `memo`.
pub(super) fn atom_of(cell: Cell, memo: u32) -> Result<Atom> {
    Ok(match cell {
        Cell::Null => Atom::Null,
        Cell::Bool(value) => Atom::Bool(value),
        Cell::Int(int) => Atom::Int(int),
        Cell::Wide(wide) => Atom::Wide(wide),
        Cell::Double(double) => Atom::of_double(double),
        Cell::Code(code) => Atom::Code(memo, code),
        Cell::Object | Cell::Opaque => return Err(hidden()),
    })
}
