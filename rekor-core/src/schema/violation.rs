//! What is wrong with data, in words: one violation for each value at fault. Never repeats long values.

pub(super) mod words;

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::ground::error::{Code, Error};
use crate::ground::json::Json;
use crate::ground::limits;

/// Characters of a value that a message shows.
const SHOWN_CHARS: usize = 60;

/// One value that does not match.
#[derive(Debug, Clone)]
pub(super) struct Violation {
    pub(super) pointer: String,
    pub(super) keyword: String,
    /// What would match, in short: a kind, a bound, the values.
    pub(super) expected: Json,
    pub(super) message: String,
    pub(super) hint: Option<String>,
}

impl Serialize for Violation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("pointer", &self.pointer)?;
        map.serialize_entry("keyword", &self.keyword)?;
        map.serialize_entry("expected", &self.expected)?;
        map.serialize_entry("message", &self.message)?;
        map.end()
    }
}

/// The error for data with violations: the first in words, the first hundred as details, and how many in all.
pub(super) fn refused(violations: Vec<Violation>, total: u64) -> Error {
    let Some(first) = violations.first() else {
        return Error::new(Code::ValidationFailed, "the data does not match the schema");
    };
    let message = match total.saturating_sub(1) {
        0 => first.message.clone(),
        more => format!("{} (and {more} more)", first.message),
    };
    let mut error = Error::new(Code::ValidationFailed, message).at(first.pointer.clone());
    if let Some(hint) = &first.hint {
        error = error.hint(hint.clone());
    }
    let details = violations.iter().take(limits::DETAILS_MAX).map(Json::from_value).collect();
    error.details(details).details_total(total)
}

/// A text, cut where it is too long for a message.
pub(super) fn short(text: &str) -> String {
    match text.char_indices().nth(SHOWN_CHARS) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
    }
}
