//! A schema made ready to check records. Whatever could make checking slow, endless or remote is refused here,
//! once, so that checking a record never has to be on its guard.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jsonschema::{Retrieve, Uri, ValidationError, Validator};
use serde_json::Value;

use crate::ground::error::{Code, Error, Result};
use crate::ground::json::Json;
use crate::schema::shape::Shape;
use crate::schema::source::{Document, SELF, invalid, read_all};
use crate::schema::violation::{Violation, refused, words};
use crate::schema::{Resolve, cost, pattern, walk};

/// A schema that was checked and compiled.
pub struct Compiled {
    validator: Validator,
    shape: Shape,
    /// How many subschemas there are once references are expanded.
    cost: u64,
    /// Tells this schema from every other that this process compiled.
    stamp: u64,
}

/// A document in stored form that was checked by a schema. Only [`Compiled::checked`] makes one, so what
/// takes it need not check again.
#[derive(Debug, Clone)]
pub struct Validated {
    text: Box<str>,
    by: u64,
}

impl Validated {
    /// The document's text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The document, checked again unless it was this very schema that checked it.
    pub fn recheck(self, schema: &Compiled) -> Result<Self> {
        if self.by == schema.stamp { Ok(self) } else { schema.checked(self.text) }
    }
}

impl Compiled {
    /// Checks a schema and makes it ready.
    ///
    /// `resolve` gives the schema text of a collection of the same workspace, for references of the form
    /// `rekor:collection/<id>`. The errors are `limit_exceeded` (size), the codes of [`canonical`] for a text
    /// that is not strict JSON, `invalid_schema`, `remote_ref`, `collection_not_found`, `schema_too_complex` and
    /// `bad_pattern`, each with the pointer in the schema.
    ///
    /// [`canonical`]: crate::codec::json::canonical
    pub fn new(schema_text: &str, resolve: &Resolve<'_>) -> Result<Self> {
        let documents = read_all(schema_text, resolve)?;
        let graph = walk::Walk::run(&documents)?;
        let Some(document) = documents.first() else { return Err(invalid("there is no schema")) };
        check_meta(&document.root)?;
        let cost = cost::check(&graph)?;
        let validator = build(&documents)?;
        static STAMPS: AtomicU64 = AtomicU64::new(0);
        let stamp = STAMPS.fetch_add(1, Ordering::Relaxed);
        Ok(Self { validator, shape: Shape::new(graph), cost, stamp })
    }

    /// The ids of the collections that the schema itself refers to, sorted.
    #[must_use]
    pub fn references(&self) -> &[String] {
        self.shape.references()
    }

    /// What the schema says of the paths of its data.
    #[must_use]
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// Whether data is an object that matches; false also when the check cannot be finished.
    #[must_use]
    pub fn is_valid(&self, data: &Value) -> bool {
        data.is_object() && catch_unwind(AssertUnwindSafe(|| self.validator.is_valid(data))).unwrap_or(false)
    }

    /// Checks the data of a record, given in stored form; `validation_failed` lists every violation.
    ///
    /// Pointers start at the root of the data.
    pub fn validate(&self, data_text: &str) -> Result<()> {
        let data: Value = serde_json::from_str(data_text)
            .map_err(|e| Error::new(Code::InvalidJson, format!("the data is not JSON: {e}")))?;
        if !data.is_object() {
            let violation = Violation {
                pointer: String::new(),
                keyword: "type".to_owned(),
                expected: Json::from_value("object"),
                message: format!("the data must be an object, got {}", words::got(&data)),
                hint: Some("send an object such as {\"name\": \"value\"}".to_owned()),
            };
            return Err(refused(vec![violation], 1));
        }
        // Most data is right, and saying what is wrong costs much more than seeing that nothing is.
        if self.is_valid(&data) { Ok(()) } else { Err(self.violations(&data)) }
    }

    /// Checks a document in stored form, like [`Compiled::validate`], and answers the proof.
    pub fn checked(&self, text: impl Into<Box<str>>) -> Result<Validated> {
        let text = text.into();
        self.validate(&text)?;
        Ok(Validated { text, by: self.stamp })
    }

    fn violations(&self, data: &Value) -> Error {
        let list = match self.listing(data) {
            Listing::All => {
                |v: &Validator, data: &Value, each: &mut Each<'_>| v.iter_errors(data).try_for_each(each)
            }
            Listing::First => {
                |v: &Validator, data: &Value, each: &mut Each<'_>| v.validate(data).or_else(each)
            }
            Listing::None => return too_much(),
        };
        let collected = catch_unwind(AssertUnwindSafe(|| {
            let (mut violations, mut total) = (Vec::new(), 0);
            let mut each = |error: ValidationError<'_>| match words::engine_failure(&error) {
                Some(failure) => Err(failure),
                None => {
                    total += words::add(&error, &self.shape, &mut violations);
                    Ok(())
                }
            };
            list(&self.validator, data, &mut each)?;
            Ok((violations, total))
        }));
        match collected {
            Ok(Ok((_, 0))) => {
                // `is_valid` and the list disagree only when the engine gave up.
                Error::new(Code::BadPattern, "a pattern of the schema cannot be run on this data")
                    .hint("simplify the patterns of the schema")
            }
            Ok(Ok((violations, total))) => refused(violations, total),
            Ok(Err(failure)) => failure,
            Err(_) => Error::new(Code::Internal, "checking the data against the schema failed"),
        }
    }

    /// How much of what is wrong can be listed. Each failure takes memory, and each alternative of an `anyOf`
    /// or `oneOf` that fails takes a copy of the value besides.
    fn listing(&self, data: &Value) -> Listing {
        let copied = self.shape.graph().has_alternatives();
        let size = if copied { copies(data).0 } else { values(data) };
        match (size.saturating_mul(self.cost) <= LISTING_MAX, copied) {
            (true, _) => Listing::All,
            (false, false) => Listing::First,
            (false, true) => Listing::None,
        }
    }
}

/// Values times subschemas up to which everything that is wrong is listed.
const LISTING_MAX: u64 = 4_000_000;

/// How much of what is wrong is listed.
enum Listing {
    All,
    First,
    None,
}

/// What is done with each failure.
type Each<'e> = dyn FnMut(ValidationError<'_>) -> Result<()> + 'e;

/// How many values there are, with those inside.
fn values(value: &Value) -> u64 {
    1 + match value {
        Value::Array(items) => items.iter().map(values).sum(),
        Value::Object(members) => members.values().map(values).sum(),
        _ => 0,
    }
}

/// How many values a copy of each value copies in all, and how many there are.
fn copies(value: &Value) -> (u64, u64) {
    let inner: &mut dyn Iterator<Item = &Value> = match value {
        Value::Array(items) => &mut items.iter(),
        Value::Object(members) => &mut members.values(),
        _ => return (1, 1),
    };
    let (copied, count) = inner.map(copies).fold((0, 1), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    (copied + count, count)
}

fn too_much() -> Error {
    Error::new(
        Code::ValidationFailed,
        "the data does not match the schema, and is too large to list what is wrong",
    )
    .at("")
    .hint("check a part of it, or keep the elements of large arrays as records of their own")
}

/// Checks a schema against the meta-schema of its draft.
fn check_meta(schema: &Value) -> Result<()> {
    let checked = catch_unwind(AssertUnwindSafe(|| {
        jsonschema::meta::validate(schema).map_err(|error| words::of_schema(&error))
    }));
    checked.unwrap_or_else(|_| Err(Error::new(Code::Internal, "checking the schema failed")))
}

/// Serves the schemas that were read before, and nothing else.
struct Shelf(HashMap<String, Arc<Value>>);

impl Retrieve for Shelf {
    fn retrieve(
        &self,
        uri: &Uri<String>,
    ) -> std::result::Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        let found = self.0.get(uri.as_str()).map(|schema| Value::clone(schema));
        found.ok_or_else(|| "it is not a collection of this workspace".into())
    }
}

fn build(documents: &[Document]) -> Result<Validator> {
    let Some((document, others)) = documents.split_first() else { return Err(invalid("there is no schema")) };
    let shelf = others.iter().map(|other| (other.uri.clone(), Arc::new(other.root.clone()))).collect();
    let built = catch_unwind(AssertUnwindSafe(|| {
        jsonschema::options()
            .with_pattern_options(pattern::options())
            .should_validate_formats(true)
            .should_ignore_unknown_formats(true)
            .with_base_uri(SELF)
            .with_retriever(Shelf(shelf))
            .build(&document.root)
            .map_err(|error| words::of_schema(&error))
    }));
    built.unwrap_or_else(|_| Err(invalid("the schema cannot be compiled").hint("simplify the schema")))
}
