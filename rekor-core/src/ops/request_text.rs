//! Requests read from JSON text. What has a wrong shape is told with the field that is at fault.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use serde_json::value::RawValue;

use crate::ground::error::{Code, Error, Result};

/// Reads a request from JSON.
pub fn decode<R: DeserializeOwned>(text: &str) -> Result<R> {
    serde_json::from_str(text).map_err(|e| match e.classify() {
        Category::Data => wrong_shape(text, &e, "the request has a wrong shape: "),
        _ => Error::new(Code::InvalidJson, format!("the request is not JSON: {e}")),
    })
}

/// The error of a text that is JSON and not what was expected, with the pointer of its field that is at fault.
pub(super) fn wrong_shape(text: &str, error: &serde_json::Error, what: &str) -> Error {
    let told = error.to_string();
    let cause = told.split(" at line ").next().unwrap_or(&told);
    // serde names a missing or unknown field in backticks; of a wrong value it gives the place.
    let named = cause.split('`').nth(1).filter(|_| cause.contains(" field `")).map(str::to_owned);
    let refused = Error::new(Code::InvalidRequest, format!("{what}{cause}"));
    match named.or_else(|| field_at(text, error)) {
        Some(field) => refused.at(format!("/{}", field.replace('~', "~0").replace('/', "~1"))),
        None => refused,
    }
}

/// The field in whose value an error was found.
fn field_at(text: &str, error: &serde_json::Error) -> Option<String> {
    #[derive(Deserialize)]
    struct Fields<'t>(#[serde(borrow)] BTreeMap<Cow<'t, str>, &'t RawValue>);

    let before: usize = text.split_inclusive('\n').take(error.line().checked_sub(1)?).map(str::len).sum();
    let place = before + error.column();
    let Fields(fields) = serde_json::from_str(text).ok()?;
    let ends = fields.iter().map(|(name, value)| {
        let start = value.get().as_ptr().addr().wrapping_sub(text.as_ptr().addr());
        (start.wrapping_add(value.get().len()), name)
    });
    ends.filter(|(end, _)| place <= *end).min().map(|(_, name)| name.clone().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::query::Query;

    #[test]
    fn what_is_wrong_is_pointed_at() {
        let cases = [
            (r#"{"collection":"c","limit":-1}"#, Some("/limit")),
            ("{\n \"collection\": \"c\",\n \"fields\": \"data.a\", \"limit\": 2}", Some("/fields")),
            (r#"{"collection":"c","fields":["a",5],"count":true}"#, Some("/fields")),
            (r#"{"collection":7}"#, Some("/collection")),
            (r#"{"limit":5}"#, Some("/collection")),
            (r#"{"collection":"c","li/mit":5}"#, Some("/li~1mit")),
            ("[]", None),
        ];
        for (text, pointer) in cases {
            let error = decode::<Query>(text).unwrap_err();
            assert_eq!((error.code(), error.pointer()), (Code::InvalidRequest, pointer), "{text}: {error}");
            assert!(!error.message().contains("column"), "{error}");
        }
        assert_eq!(decode::<Query>("{").unwrap_err().code(), Code::InvalidJson);
    }
}
