//! The texts of a schema and of the collections that it reaches, read strictly and made ready for the
//! validator. Asks only its caller for texts; never a network or a file.

use std::collections::HashSet;

use jsonschema::Draft;
use serde_json::Value;

use crate::codec::json::canonical;
use crate::ground::error::{Code, Error, Result};
use crate::ground::limits;
use crate::schema::Resolve;
use crate::schema::outcome::{Kind, Kinds};

/// What begins a reference to a collection.
pub(super) const COLLECTION: &str = "rekor:collection/";
/// The address of the schema itself. Its slash keeps relative ids away from the addresses of collections.
pub(super) const SELF: &str = "rekor:/schema";
/// Bytes that all reached schemas may have together.
const REACHED_BYTES_MAX: usize = 4 << 20;

/// One document, with `type` and `$schema` filled in at the root and a relative `$id` there left out.
pub(super) struct Document {
    /// Its address: of the schema itself or of a collection.
    pub(super) uri: String,
    pub(super) draft: Draft,
    pub(super) root: Value,
}

/// Reads a schema and, one after the other, the collections that it and they name.
pub(super) fn read_all(text: &str, resolve: &Resolve<'_>) -> Result<Vec<Document>> {
    let mut documents = vec![read(SELF.to_owned(), text)?];
    let mut seen = HashSet::new();
    let mut bytes = 0;
    let mut next = 0;
    while let Some(document) = documents.get(next) {
        next += 1;
        let mut named = Vec::new();
        collections_named(&document.root, &mut named);
        for id in named {
            if !seen.insert(id.clone()) {
                continue;
            }
            // A name that is not found is reported where its reference is walked, with its pointer.
            let Some(text) = resolve(&id) else { continue };
            bytes += text.len();
            if bytes > REACHED_BYTES_MAX {
                let message =
                    format!("the schemas that are referred to have more than {REACHED_BYTES_MAX} bytes");
                return Err(Error::new(Code::SchemaTooComplex, message).hint("refer to fewer collections"));
            }
            let document = read(format!("{COLLECTION}{id}"), &text);
            documents.push(document.map_err(|e| {
                Error::new(
                    Code::InvalidSchema,
                    format!("the schema of collection `{id}` cannot be used: {}", e.message()),
                )
            })?);
        }
    }
    Ok(documents)
}

fn read(uri: String, text: &str) -> Result<Document> {
    limits::SCHEMA_BYTES
        .check(text.len())
        .map_err(|e| e.hint("move parts into other collections and refer to them"))?;
    let text = canonical(text).map_err(|e| match e.code() {
        Code::TooDeep => limits::SCHEMA_DEPTH
            .exceeded(limits::SCHEMA_DEPTH.max + 1)
            .at(e.pointer().unwrap_or_default())
            .hint("move inner schemas under `$defs` and refer to them"),
        _ => e,
    })?;
    let mut root: Value = serde_json::from_str(&text)
        .map_err(|e| Error::new(Code::Internal, format!("a checked schema cannot be read: {e}")))?;
    let Some(schema) = root.as_object_mut() else {
        return Err(invalid("a schema must be an object")
            .at("")
            .hint("write {\"type\": \"object\", \"properties\": {…}}"));
    };
    let draft = match schema.get("$schema") {
        None => Draft::Draft202012,
        Some(name) => draft_named(name).ok_or_else(|| {
            invalid("the draft of JSON Schema that `$schema` names is not supported").at("/$schema").hint(
                "leave `$schema` out for 2020-12, or name one of https://json-schema.org/draft/2020-12/schema, \
                 https://json-schema.org/draft/2019-09/schema, http://json-schema.org/draft-07/schema#",
            )
        })?,
    };
    if schema.contains_key("type") && !Kinds::of_schema(schema).allows(Kind::Object) {
        let error = invalid("the root of a schema must allow objects, since the data of a record is one");
        return Err(error.at("/type").hint("set \"type\": \"object\""));
    }
    schema.insert("type".to_owned(), Value::from("object"));
    if draft == Draft::Draft202012 {
        // A document without it would be read by the draft of the one that refers to it.
        schema.insert("$schema".to_owned(), Value::from("https://json-schema.org/draft/2020-12/schema"));
    }
    if schema.get("$id").and_then(Value::as_str).is_some_and(|id| !has_scheme(id) && !id.starts_with('#')) {
        schema.remove("$id");
    }
    Ok(Document { uri, draft, root })
}

/// The draft that a `$schema` names, if it is one that rekor takes.
pub(super) fn draft_named(name: &Value) -> Option<Draft> {
    let draft = Draft::from_schema_uri(name.as_str()?);
    matches!(draft, Draft::Draft202012 | Draft::Draft201909 | Draft::Draft7).then_some(draft)
}

/// The ids of the collections that references anywhere under `value` name.
fn collections_named(value: &Value, ids: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                if let (true, Value::String(reference)) = (key.ends_with("Ref") || key == "$ref", member)
                    && let Some(id) = collection_id(reference)
                {
                    ids.push(id.to_owned());
                }
                collections_named(member, ids);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collections_named(item, ids)),
        _ => {}
    }
}

/// The collection that a reference names.
pub(super) fn collection_id(reference: &str) -> Option<&str> {
    reference.strip_prefix(COLLECTION).map(|rest| rest.split('#').next().unwrap_or(rest))
}

fn has_scheme(uri: &str) -> bool {
    uri.find([':', '/', '?', '#']).is_some_and(|at| uri.get(at..).is_some_and(|rest| rest.starts_with(':')))
}

pub(super) fn invalid(message: impl Into<String>) -> Error {
    Error::new(Code::InvalidSchema, message)
}
