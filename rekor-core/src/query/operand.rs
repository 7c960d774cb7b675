//! What a value in a request stands for when it is compared with a field: usually itself, sometimes what it
//! spells. Never looks at stored values.
//!
//! A string for a field declared a number, integer or boolean is read as one when it spells one. A string that
//! spells a number also means that number for any field that is not declared a string. A string for a
//! date-time field is an instant when it reads as one, and compares as text otherwise.

use std::borrow::Cow;

use crate::codec::id::Id;
use crate::codec::json::Tree;
use crate::codec::scalar::{Number, Scalar};
use crate::codec::time::Instant;
use crate::ground::error::{Code, Error, Result};
use crate::query::fields::Typing;
use crate::schema::Kind;

/// The values that `value` stands for: one, or two of different classes. Null stands for nothing.
pub(super) fn meanings(value: &Tree, typing: Typing) -> Result<Vec<Scalar<'static>>> {
    let Tree::String(text) = value else {
        let scalar = Scalar::of_tree(value, false)?;
        return Ok(if scalar.is_null() { Vec::new() } else { vec![scalar] });
    };
    if typing.id {
        return Ok(vec![Scalar::Id(Cow::Owned(Id::trusted(text)))]);
    }
    if let Some(instant) = if typing.date_time { Instant::parse(text) } else { None } {
        return Ok(vec![Scalar::Instant(instant)]);
    }
    let plain = || Scalar::Text(Cow::Owned(text.clone()));
    let Some(kinds) = typing.kinds else {
        return Ok(std::iter::once(plain()).chain(spelled_number(text).map(Scalar::Number)).collect());
    };
    if kinds.allows(Kind::String) {
        return Ok(vec![plain()]);
    }
    let numeric = kinds.allows(Kind::Integer);
    let number = if numeric { spelled_number(text) } else { None };
    let boolean = if kinds.allows(Kind::Boolean) { text.parse().ok() } else { None };
    Ok(vec![number.map(Scalar::Number).or(boolean.map(Scalar::Bool)).unwrap_or_else(plain)])
}

/// The number that a text spells as JSON does.
fn spelled_number(text: &str) -> Option<Number> {
    if !text.starts_with(|c: char| c == '-' || c.is_ascii_digit()) || text.len() > 400 {
        return None;
    }
    match Tree::parse(text) {
        Ok(Tree::Number(spelled)) if text.trim().len() == text.len() => Number::parse(&spelled),
        _ => None,
    }
}

/// Refuses an instant of the record's own that is not spelled as one, since nothing could ever match it.
pub(super) fn check_time(field: &str, value: &Tree, typing: Typing) -> Result<()> {
    let own = matches!(field, "created_at" | "updated_at") && typing.date_time;
    match value {
        Tree::String(text) if own && Instant::parse(text).is_none() => {
            Err(Error::new(Code::InvalidFilter, format!("`{field}` takes a date-time, got `{text}`"))
                .hint("write a time such as 2026-01-31T00:00:00Z"))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Kinds;

    fn read(value: &str, kind: Option<Kind>) -> Vec<Scalar<'static>> {
        let typing = Typing { kinds: kind.map(Kinds::one), ..Typing::default() };
        meanings(&Tree::parse(value).unwrap(), typing).unwrap()
    }

    #[test]
    fn strings_mean_what_the_field_holds() {
        let text = |s: &'static str| Scalar::Text(s.into());
        let number = |n| Scalar::Number(Number::Integer(n));
        assert_eq!(read("\"2026\"", None), [text("2026"), number(2026)]);
        assert_eq!(read("\"2026\"", Some(Kind::Integer)), [number(2026)]);
        assert_eq!(read("\"2026\"", Some(Kind::String)), [text("2026")]);
        assert_eq!(read("\"true\"", Some(Kind::Boolean)), [Scalar::Bool(true)]);
        assert_eq!(read("\"yes\"", Some(Kind::Boolean)), [text("yes")]);
        for not_a_number in ["\"007\"", "\"1 \"", "\"+1\"", "\"1,2\"", "\"\""] {
            assert_eq!(read(not_a_number, None).len(), 1, "{not_a_number}");
        }
        assert_eq!(read("2026", Some(Kind::String)), [number(2026)]);
        assert!(read("null", None).is_empty());
    }
}
