//! One scalar of a record on its way into columns, and as a dirty entry spells it.
//!
//! Objects are not kept, only that there is one: their members have paths of their own. Arrays of scalars are kept by
//! their text, as long as it is short; what is larger or nested is opaque, and is read from the row.

use std::borrow::Cow;

use crate::codec::pick::elements;
use crate::codec::scalar::{Number, text_of};
use crate::columns::bytes::{Taker, damaged, put_bytes, put_signed, put_varint};
use crate::ground::error::Result;

/// Bytes of the longest text that columns hold; longer ones stay in the row.
pub const TEXT_BYTES_MAX: usize = 1_024;

/// A scalar; null and missing are no leaf at all.
#[derive(Debug, Clone, PartialEq)]
pub enum Leaf<'t> {
    /// `false` or `true`.
    Bool(bool),
    /// A number that is an integer of 64 bits.
    Int(i64),
    /// An integer above those.
    Wide(u64),
    /// Any other number.
    Double(f64),
    /// A string, unescaped.
    Text(Cow<'t, str>),
    /// An array of scalars, as stored.
    Array(Cow<'t, str>),
    /// An object, whose members have paths of their own.
    Object,
    /// A value that only the row holds.
    Opaque,
}

impl<'t> Leaf<'t> {
    /// Reads a stored value; null is none.
    pub fn read(stored: &'t str) -> Result<Option<Self>> {
        Ok(Some(match stored.as_bytes().first() {
            Some(b'n') => return Ok(None),
            Some(b't') => Self::Bool(true),
            Some(b'f') => Self::Bool(false),
            Some(b'"') => Self::text(text_of(stored)?),
            Some(b'[') => Self::array(stored)?,
            Some(b'{') => Self::Object,
            _ => Self::number(stored)?,
        }))
    }

    /// A string.
    #[must_use]
    pub fn text(text: Cow<'t, str>) -> Self {
        if text.len() > TEXT_BYTES_MAX { Self::Opaque } else { Self::Text(text) }
    }

    fn array(stored: &'t str) -> Result<Self> {
        if stored.len() > TEXT_BYTES_MAX {
            return Ok(Self::Opaque);
        }
        for element in elements(stored) {
            if matches!(element?.as_bytes().first(), Some(b'[' | b'{')) {
                return Ok(Self::Opaque);
            }
        }
        Ok(Self::Array(Cow::Borrowed(stored)))
    }

    fn number(stored: &str) -> Result<Self> {
        if let (true, Ok(int)) = (stored.len() <= 19, stored.parse::<i64>()) {
            return Ok(Self::Int(int));
        }
        match Number::parse(stored).ok_or_else(damaged)? {
            Number::Double(double) => Ok(Self::Double(double)),
            Number::Integer(integer) => match (i64::try_from(integer), u64::try_from(integer)) {
                (Ok(int), _) => Ok(Self::Int(int)),
                (_, Ok(wide)) => Ok(Self::Wide(wide)),
                _ => Err(damaged()),
            },
        }
    }

    /// Appends the compact form.
    pub(super) fn put(&self, out: &mut Vec<u8>) {
        match self {
            Self::Bool(value) => out.push(u8::from(*value)),
            Self::Int(int) => {
                out.push(2);
                put_signed(out, *int);
            }
            Self::Wide(wide) => {
                out.push(3);
                put_varint(out, *wide);
            }
            Self::Double(double) => {
                out.push(4);
                out.extend_from_slice(&double.to_le_bytes());
            }
            Self::Text(text) => {
                out.push(5);
                put_bytes(out, text.as_bytes());
            }
            Self::Array(text) => {
                out.push(6);
                put_bytes(out, text.as_bytes());
            }
            Self::Object => out.push(7),
            Self::Opaque => out.push(8),
        }
    }

    /// Reads the compact form.
    pub(super) fn take(taker: &mut Taker<'t>) -> Result<Self> {
        Ok(match taker.byte()? {
            0 => Self::Bool(false),
            1 => Self::Bool(true),
            2 => Self::Int(taker.signed()?),
            3 => Self::Wide(taker.varint()?),
            4 => Self::Double(f64::from_bits(taker.u64_le()?)),
            5 => Self::Text(Cow::Borrowed(taker.text()?)),
            6 => Self::Array(Cow::Borrowed(taker.text()?)),
            7 => Self::Object,
            8 => Self::Opaque,
            _ => return Err(damaged()),
        })
    }

    /// Passes over the compact form.
    pub(super) fn skip(taker: &mut Taker<'_>) -> Result<()> {
        match taker.byte()? {
            0 | 1 | 7 | 8 => {}
            2 | 3 => drop(taker.varint()?),
            4 => drop(taker.raw(8)?),
            5 | 6 => drop(taker.bytes()?),
            _ => return Err(damaged()),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_and_come_back_from_the_compact_form() {
        let long = format!("\"{}\"", "x".repeat(TEXT_BYTES_MAX + 1));
        let cases = [
            ("true", Leaf::Bool(true)),
            ("-5", Leaf::Int(-5)),
            ("1e2", Leaf::Int(100)),
            ("-9223372036854775808", Leaf::Int(i64::MIN)),
            ("18446744073709551615", Leaf::Wide(u64::MAX)),
            ("1.5", Leaf::Double(1.5)),
            ("1e300", Leaf::Double(1e300)),
            (r#""a\nb""#, Leaf::Text("a\nb".into())),
            (r#"[1,"a,[",null]"#, Leaf::Array(r#"[1,"a,[",null]"#.into())),
            ("[]", Leaf::Array("[]".into())),
            ("[1,[2]]", Leaf::Opaque),
            ("{}", Leaf::Object),
            (long.as_str(), Leaf::Opaque),
        ];
        for (stored, want) in cases {
            let leaf = Leaf::read(stored).unwrap().unwrap();
            assert_eq!(leaf, want, "{stored}");
            let mut out = Vec::new();
            leaf.put(&mut out);
            assert_eq!(Leaf::take(&mut Taker(&out)).unwrap(), want);
            let mut taker = Taker(&out);
            Leaf::skip(&mut taker).unwrap();
            assert!(taker.is_empty());
        }
        assert_eq!(Leaf::read("null").unwrap(), None);
    }
}
