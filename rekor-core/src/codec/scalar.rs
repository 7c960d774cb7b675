//! The one equality and the one order of values. Filters, sorts, groups, distinct counts, extremes, indexes
//! and unique keys all compare through here and nowhere else; never adds a second notion of equal.
//!
//! null < false < true < numbers by exact value < instants < other strings by code point (which is the order
//! of their UTF-8 bytes) < arrays < objects, both by stored text. Numbers are equal when their values are:
//! `1`, `1.0` and `1e0` are one, 2^53 + 1 and 2^53 are two. A string is an instant only in a field that the
//! schema declares `format: date-time`, and only when it reads as one. Missing counts as null.

use std::borrow::Cow;
use std::cmp::Ordering;

use crate::codec::id::Id;
use crate::codec::json::{Tree, write_string};
pub use crate::codec::number::Number;
use crate::codec::time::Instant;
use crate::ground::error::{Code, Error, Result};

/// A value as it is compared.
#[derive(Debug, Clone)]
pub enum Scalar<'a> {
    /// `null`, or nothing there.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A string of a date-time field that reads as an instant.
    Instant(Instant),
    /// Any other string, unescaped.
    Text(Cow<'a, str>),
    /// The id of a record, which has an order of its own: UUIDs first.
    Id(Cow<'a, Id>),
    /// An array, by its stored text.
    Array(Cow<'a, str>),
    /// An object, by its stored text.
    Object(Cow<'a, str>),
}

/// The values that compare with each other; the order of the classes is the order of their values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Class {
    /// `null`
    Null = 0x10,
    /// `true` and `false`
    Bool = 0x20,
    /// Numbers.
    Number = 0x30,
    /// Instants.
    Instant = 0x40,
    /// Strings.
    Text = 0x50,
    /// Ids of records.
    Id = 0x58,
    /// Arrays.
    Array = 0x60,
    /// Objects.
    Object = 0x70,
}

impl<'a> Scalar<'a> {
    /// Reads a value in stored form; `date_time` says whether the schema declares its field so.
    pub fn read(stored: &'a str, date_time: bool) -> Result<Self> {
        Ok(match stored.as_bytes().first() {
            Some(b'n') => Self::Null,
            Some(b't') => Self::Bool(true),
            Some(b'f') => Self::Bool(false),
            Some(b'"') => Self::of_text(text_of(stored)?, date_time),
            Some(b'[') => Self::Array(Cow::Borrowed(stored)),
            Some(b'{') => Self::Object(Cow::Borrowed(stored)),
            _ => Self::Number(Number::parse(stored).ok_or_else(damaged)?),
        })
    }

    /// A string, as an instant when the field is a date-time and the text reads as one.
    #[must_use]
    pub fn of_text(text: Cow<'a, str>, date_time: bool) -> Self {
        match if date_time { Instant::parse(&text) } else { None } {
            Some(instant) => Self::Instant(instant),
            None => Self::Text(text),
        }
    }

    /// A value of a request.
    pub fn of_tree(tree: &Tree, date_time: bool) -> Result<Scalar<'static>> {
        Ok(match tree {
            Tree::Null => Scalar::Null,
            Tree::Bool(b) => Scalar::Bool(*b),
            Tree::Number(spelled) => Scalar::Number(Number::parse(spelled).ok_or_else(damaged)?),
            Tree::String(text) => Scalar::of_text(Cow::Owned(text.clone()), date_time),
            Tree::Array(_) => Scalar::Array(Cow::Owned(tree.to_text())),
            Tree::Object(_) => Scalar::Object(Cow::Owned(tree.to_text())),
        })
    }

    /// Whether it is null.
    #[must_use]
    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Which values it compares with.
    #[must_use]
    pub const fn class(&self) -> Class {
        match self {
            Self::Null => Class::Null,
            Self::Bool(_) => Class::Bool,
            Self::Number(_) => Class::Number,
            Self::Instant(_) => Class::Instant,
            Self::Text(_) => Class::Text,
            Self::Id(_) => Class::Id,
            Self::Array(_) => Class::Array,
            Self::Object(_) => Class::Object,
        }
    }

    /// The order of two values of one class; `None` for different classes, which never compare.
    #[must_use]
    pub fn compare(&self, other: &Scalar<'_>) -> Option<Ordering> {
        (self.class() == other.class()).then(|| self.cmp(other))
    }

    /// The same value, borrowed.
    #[must_use]
    pub fn view(&self) -> Scalar<'_> {
        match self {
            Self::Null => Scalar::Null,
            Self::Bool(b) => Scalar::Bool(*b),
            Self::Number(n) => Scalar::Number(*n),
            Self::Instant(i) => Scalar::Instant(*i),
            Self::Text(t) => Scalar::Text(Cow::Borrowed(t)),
            Self::Id(id) => Scalar::Id(Cow::Borrowed(id)),
            Self::Array(t) => Scalar::Array(Cow::Borrowed(t)),
            Self::Object(t) => Scalar::Object(Cow::Borrowed(t)),
        }
    }

    /// The same value without a borrow.
    #[must_use]
    pub fn into_owned(self) -> Scalar<'static> {
        match self {
            Self::Null => Scalar::Null,
            Self::Bool(b) => Scalar::Bool(b),
            Self::Number(n) => Scalar::Number(n),
            Self::Instant(i) => Scalar::Instant(i),
            Self::Text(t) => Scalar::Text(Cow::Owned(t.into_owned())),
            Self::Id(id) => Scalar::Id(Cow::Owned(id.into_owned())),
            Self::Array(t) => Scalar::Array(Cow::Owned(t.into_owned())),
            Self::Object(t) => Scalar::Object(Cow::Owned(t.into_owned())),
        }
    }

    /// The normal form as JSON: the shortest number, an instant in UTC, anything else as stored.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut json = String::new();
        self.put_json(&mut json);
        json
    }

    /// Appends the normal form as JSON.
    pub fn put_json(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
            Self::Number(number) => number.put_text(out),
            Self::Instant(instant) => write_string(&instant.to_text(), out),
            Self::Text(text) => write_string(text, out),
            Self::Id(id) => write_string(&id.to_string(), out),
            Self::Array(text) | Self::Object(text) => out.push_str(text),
        }
    }
}

impl Ord for Scalar<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Bool(a), Self::Bool(b)) => a.cmp(b),
            (Self::Number(a), Self::Number(b)) => a.cmp(b),
            (Self::Instant(a), Self::Instant(b)) => a.cmp(b),
            (Self::Id(a), Self::Id(b)) => a.cmp(b),
            (Self::Text(a), Self::Text(b))
            | (Self::Array(a), Self::Array(b))
            | (Self::Object(a), Self::Object(b)) => a.cmp(b),
            _ => self.class().cmp(&other.class()),
        }
    }
}

impl PartialOrd for Scalar<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Scalar<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Scalar<'_> {}

/// The text of a stored string, borrowed when nothing in it is escaped.
pub fn text_of(stored: &str) -> Result<Cow<'_, str>> {
    let inner = stored.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).ok_or_else(damaged)?;
    if memchr::memchr(b'\\', inner.as_bytes()).is_none() {
        return Ok(Cow::Borrowed(inner));
    }
    serde_json::from_str(stored).map(Cow::Owned).map_err(|_| damaged())
}

pub(super) fn damaged() -> Error {
    Error::new(Code::CorruptStore, "a stored value is damaged")
        .hint("run `rekor check`, then restore a backup")
}

/// Values in the one order, each different from the others.
#[cfg(test)]
pub(crate) fn ladder() -> Vec<Scalar<'static>> {
    let read = |text: &'static str| Scalar::read(text, false).unwrap();
    let mut all = vec![read("null"), read("false"), read("true")];
    let numbers = [
        "-1e300",
        "-9223372036854775808",
        "-2.5",
        "-1",
        "-1e-300",
        "0",
        "5e-324",
        "0.1",
        "1",
        "1.50",
        "2",
        "1e2",
        "9007199254740992",
        "9007199254740993",
        "9223372036854775807",
        "9223372036854775808",
        "18446744073709551614",
        "18446744073709551615",
        "18446744073709551616.0",
        "1e300",
    ];
    all.extend(numbers.map(read));
    all.extend(
        ["0000-01-01T00:00:00Z", "1969-12-31T23:59:59.5Z", "2026-01-01T00:00:00.000000001Z"]
            .map(|text| Scalar::of_text(text.into(), true)),
    );
    all.extend(
        [r#""""#, r#""\u0000""#, r#""a""#, r#""a\u0000""#, r#""ab""#, r#""é""#, "\"\u{FFFD}\"", r#""😀""#]
            .map(read),
    );
    all.extend(["[1,2]", "[1]", "[]", r#"{"a":1}"#, "{}"].map(read));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stand_in_the_one_order() {
        let ladder = ladder();
        for (i, a) in ladder.iter().enumerate() {
            for (j, b) in ladder.iter().enumerate() {
                assert_eq!(a.cmp(b), i.cmp(&j), "{a:?} {b:?}");
            }
        }
    }

    #[test]
    fn different_classes_never_compare() {
        let one = Scalar::read("1", false).unwrap();
        assert_eq!(one.compare(&Scalar::read("\"1\"", false).unwrap()), None);
        assert_eq!(one.compare(&Scalar::read("1.0", false).unwrap()), Some(Ordering::Equal));
        assert!(Scalar::read("\"a", false).is_err() && Scalar::read("x", false).is_err());
    }
}
