//! JSON text taken apart one level at a time, so that what is not looked into stays as it is spelled.

use std::fmt;

use serde::Deserializer as _;
use serde::de::{MapAccess, Visitor};
use serde_json::value::RawValue;

/// The members of an object, in order; none when the text is no object.
pub(crate) fn members(text: &str) -> Option<Vec<(String, &str)>> {
    struct Members;

    impl<'de> Visitor<'de> for Members {
        type Value = Vec<(String, &'de str)>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut members = Vec::new();
            while let Some((key, value)) = map.next_entry::<String, &'de RawValue>()? {
                members.push((key, value.get()));
            }
            Ok(members)
        }
    }

    serde_json::Deserializer::from_str(text).deserialize_map(Members).ok()
}

/// The value of one member of an object.
pub(crate) fn member<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    members(text)?.into_iter().find(|(key, _)| key == name).map(|(_, value)| value)
}

/// The items of an array; none when the text is no array.
pub(crate) fn items(text: &str) -> Option<Vec<&str>> {
    let items: Vec<&RawValue> = serde_json::from_str(text).ok()?;
    Some(items.into_iter().map(RawValue::get).collect())
}

/// The value for a cell: a string without its quotes, nothing for null, anything else as it is spelled.
pub(crate) fn plain(text: &str) -> String {
    match text {
        "null" => String::new(),
        _ if text.starts_with('"') => serde_json::from_str(text).unwrap_or_else(|_| text.to_owned()),
        _ => text.to_owned(),
    }
}

/// Whether the text is a number.
pub(crate) fn is_number(text: &str) -> bool {
    text.starts_with(|first: char| first == '-' || first.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_keep_their_order_and_spelling() {
        let text = r#"{"b": 1.50, "a\n": {"z":1e2}, "c": null}"#;
        let expected = vec![("b".into(), "1.50"), ("a\n".into(), r#"{"z":1e2}"#), ("c".into(), "null")];
        assert_eq!(members(text), Some(expected));
        assert_eq!(member(text, "b"), Some("1.50"));
        assert_eq!(members("[1]"), None);
    }

    #[test]
    fn items_are_given_as_they_are() {
        assert_eq!(items("[1.0, {\"a\":2}]"), Some(vec!["1.0", "{\"a\":2}"]));
        assert_eq!(items("{}"), None);
    }

    #[test]
    fn cells_lose_their_quotes() {
        assert_eq!(plain(r#""a\"bé""#), "a\"bé");
        assert_eq!(plain("18446744073709551615"), "18446744073709551615");
        assert_eq!(plain("null"), "");
    }
}
