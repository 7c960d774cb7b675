//! Tests of schemas, by what they promise: what is refused and where, what is said of data and of paths.

mod compile;
mod hints;
mod hostile;
mod random;
mod shape;
mod violation;

use std::sync::Arc;

use crate::ground::error::{Error, Result};
use crate::schema::Compiled;

/// Compiles a schema in a workspace that has the given collections.
fn compiled_among(schema: &str, collections: &[(&str, &str)]) -> Result<Compiled> {
    Compiled::new(schema, &|id| {
        collections.iter().find(|(name, _)| *name == id).map(|(_, schema)| Arc::from(*schema))
    })
}

fn compiled(schema: &str) -> Result<Compiled> {
    compiled_among(schema, &[])
}

/// The error of a schema that must be refused.
fn refusal(schema: &str) -> Error {
    let short: String = schema.chars().take(300).collect();
    match compiled(schema) {
        Ok(_) => panic!("accepted: {short}"),
        Err(error) => error,
    }
}

#[test]
fn a_compiled_schema_is_shared_between_threads() {
    fn shared<T: Send + Sync>(_: &T) {}
    shared(&compiled("{}").unwrap());
}
