//! What the packages of other languages mirror: the two tables of operations with the shapes of their requests and answers,
//! read into types from which each language's files are written.

#![allow(
    clippy::panic,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "what cannot be written must stop the writing"
)]

pub mod node;
pub mod python;
mod shape;

use rekor_core::{OPS, Reference, Right, STORE_OPS};
use serde_json::Value;

pub use shape::{Definition, Field, Type};

/// Everything that a package offers because a table has it.
#[derive(Debug, Clone)]
pub struct Surface {
    /// The operations, in the order of the tables: those of a workspace, then those of a store.
    pub operations: Vec<Operation>,
    /// The types that they name, by name.
    pub definitions: Vec<Definition>,
}

/// One operation, and where a package has it.
#[derive(Debug, Clone)]
pub struct Operation {
    /// Its name in the table.
    pub name: &'static str,
    /// One sentence on what it does.
    pub doc: &'static str,
    /// Whether it is asked of a store, not of a workspace.
    pub is_of_store: bool,
    /// The object that has the method, as `records`; none for the handle itself.
    pub noun: Option<&'static str>,
    /// The name of the method, in snake case.
    pub method: String,
    /// Whether it writes, and so takes `idempotency_key` and `dry_run`.
    pub writes: bool,
    /// The fields of its request, as declared; empty with `request` set where that has several shapes.
    pub fields: Vec<Field>,
    /// The type of its request.
    pub request: Type,
    /// The type of its answer.
    pub answer: Type,
}

impl Operation {
    /// The fields that a method takes by position, and those that it takes by name: what is required comes by position, in
    /// order, and so does `id` where no document does.
    #[must_use]
    pub fn parameters(&self) -> (Vec<&Field>, Vec<&Field>) {
        let has_document = self.fields.iter().any(|field| field.name == "data");
        let is_placed = |field: &&Field| field.is_required || (field.name == "id" && !has_document);
        let required = self.fields.iter().filter(|field| field.is_required);
        let placed =
            required.chain(self.fields.iter().filter(|field| !field.is_required && is_placed(field)));
        (placed.collect(), self.fields.iter().filter(|field| !is_placed(field)).collect())
    }
}

/// The nouns of the field, each with the words of operations that belong to it.
const NOUNS: [(&str, &[&str]); 5] = [
    ("workspaces", &["workspace", "workspaces", "preview", "promotion", "promotions", "promote", "rollback"]),
    ("tokens", &["token", "tokens"]),
    ("collections", &["collection", "collections"]),
    ("records", &["record", "records"]),
    ("relationships", &["relationship", "relationships", "touching"]),
];

/// Where a package has an operation: `upsert_record` is `records.upsert`, `list_promotions` is `workspaces.list_promotions`. What has
/// to do with no noun is a method of the handle.
fn place(name: &str) -> (Option<&'static str>, String) {
    let words: Vec<&str> = name.split('_').collect();
    for (noun, own) in NOUNS {
        let Some(at) = words.iter().position(|word| own.contains(word)) else { continue };
        let says_noun =
            noun.strip_suffix('s').is_some_and(|one| words.get(at) == Some(&one)) || words[at] == noun;
        let rest: Vec<&str> =
            words.iter().copied().enumerate().filter(|(n, _)| *n != at).map(|(_, w)| w).collect();
        return (Some(noun), if says_noun && !rest.is_empty() { rest.join("_") } else { name.to_owned() });
    }
    (None, name.to_owned())
}

/// Reads the tables.
///
/// # Panics
///
/// Where a shape is one that no package knows how to write.
#[must_use]
pub fn surface() -> Surface {
    let mut reference = Reference::default();
    let of_workspaces = OPS.iter().map(|op| (op.name, op.doc, op.right, op.shapes, false));
    let of_stores = STORE_OPS.iter().map(|op| (op.name, op.doc, op.right, op.shapes, true));
    let rows: Vec<_> = of_workspaces
        .chain(of_stores)
        .map(|(name, doc, right, shapes, is_of_store)| {
            (name, doc, right, shapes(&mut reference), is_of_store)
        })
        .collect();
    reference.answer::<rekor_core::api::call::Rehearsal>();
    reference.answer::<rekor_core::api::transfer::ImportAnswer>();
    reference.request::<rekor_core::api::transfer::LinkRule>();
    let operations = rows.into_iter().map(|(name, doc, right, shapes, is_of_store)| {
        let (noun, method) = place(name);
        let request = &reference.requests()
            [shapes.request["$ref"].as_str().and_then(|r| r.rsplit('/').next()).unwrap()];
        let fields = shape::fields(request, &shapes.fields);
        let writes = right != Right::Read;
        let (request, answer) = (shape::of(&shapes.request), shape::of(&shapes.answer));
        Operation { name, doc, is_of_store, noun, method, writes, fields, request, answer }
    });
    let operations = operations.collect();
    Surface { operations, definitions: definitions(&reference) }
}

fn definitions(reference: &Reference) -> Vec<Definition> {
    let mut found: Vec<Definition> = Vec::new();
    let all = reference.requests().iter().chain(reference.answers());
    for (name, schema) in all {
        let doc = schema["description"].as_str().unwrap_or_default().to_owned();
        let definition = Definition { name: name.clone(), doc, shape: shape::of(schema) };
        match found.iter().find(|other| other.name == *name) {
            Some(other) => assert_eq!(*other, definition, "`{name}` is asked and answered in two shapes"),
            None => found.push(definition),
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

/// The text of a description, `[`Type`]` as `Type`.
#[must_use]
pub(crate) fn plain(schema: &Value) -> String {
    let text = schema["description"].as_str().unwrap_or_default();
    text.replace("[`", "`").replace("`]", "`").replace('\n', " ")
}
