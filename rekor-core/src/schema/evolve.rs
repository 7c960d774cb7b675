//! What a changed schema does to the records that are there: which of them no longer match. Only counts and
//! names them; whether the change goes ahead is decided above.

use serde::Serialize;

use crate::ground::error::{Code, Error};
use crate::ground::json::Json;
use crate::ground::limits;

/// One record that the new schema refuses.
#[derive(Debug, Clone, Serialize)]
struct Refused {
    collection: String,
    id: String,
    pointer: String,
    message: String,
}

/// The stored records that a new schema refuses: how many, and the first hundred.
#[derive(Debug, Clone, Default)]
pub struct Incompatible {
    total: u64,
    first: Vec<Refused>,
}

impl Incompatible {
    /// Adds the record `id` of a collection, which fails with `error`, whose pointer starts at the data.
    pub fn add(&mut self, collection: &str, id: &str, error: &Error) {
        self.total += 1;
        if self.first.len() < limits::DETAILS_MAX {
            self.first.push(Refused {
                collection: collection.to_owned(),
                id: id.to_owned(),
                pointer: format!("/data{}", error.pointer().unwrap_or_default()),
                message: error.message().to_owned(),
            });
        }
    }

    /// The error, `schema_incompatible`, unless every record matches.
    #[must_use]
    pub fn error(&self) -> Option<Error> {
        let first = self.first.first()?;
        let message = match self.total {
            1 => format!(
                "record `{}/{}` does not match the new schema: {}",
                first.collection, first.id, first.message
            ),
            many => format!(
                "{many} records do not match the new schema; the first is `{}/{}`: {}",
                first.collection, first.id, first.message
            ),
        };
        let error = Error::new(Code::SchemaIncompatible, message).at("/schema").hint(
            "change those records first, or pass --allow-breaking to keep them until they are written again",
        );
        Some(error.details(self.first.iter().map(Json::from_value).collect()).details_total(self.total))
    }
}
