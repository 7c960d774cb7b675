//! The verbs: every request is executed here and nowhere else, one file a noun. An operation that a
//! batch may hold is a function on [`Ctx`]; the request runs it in a commit of its own.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::api::{batch, collection, query, record, relationship};
use crate::ctx::session::Session;
use crate::ground::error::{Code, Error, Result};

pub mod batch_steps;
pub mod check;
mod check_columns;
pub mod collections;
pub mod compact;
pub mod dependents;
pub mod evolve;
pub mod export;
pub mod import;
pub mod import_links;
pub mod lines;
pub mod maintain;
pub mod queries;
pub mod records;
pub mod relationships;
pub mod sweep;
pub mod traverse;

/// A request that a workspace executes.
pub trait Request {
    /// What it is answered with.
    type Answer: Serialize;

    /// Executes it.
    fn run(&self, session: &Session) -> Result<Self::Answer>;
}

/// One row of the table of operations.
#[derive(Clone, Copy)]
pub struct Op {
    /// The permanent name, also of a step of a batch.
    pub name: &'static str,
    /// One sentence on what it does.
    pub doc: &'static str,
    /// Whether it may change the workspace.
    pub writes: bool,
    /// Executes a request given as JSON and answers with JSON.
    pub call: fn(&Session, &str) -> Result<String>,
}

macro_rules! ops {
    ($($name:literal $request:ty, $writes:literal $doc:literal;)+) => {
        /// Every operation of a workspace. What they are called from outside comes from here.
        pub const OPS: &[Op] = &[$(Op { name: $name, doc: $doc, writes: $writes, call: call::<$request> },)+];
    };
}

ops! {
    "upsert_collection" collection::UpsertCollection, true "Makes a collection or changes one.";
    "get_collection" collection::GetCollection, false "Gets one collection.";
    "list_collections" collection::ListCollections, false "Lists the collections.";
    "delete_collection" collection::DeleteCollection, true "Deletes a collection.";
    "upsert_record" record::UpsertRecord, true "Makes a record or replaces the data of one.";
    "get_record" record::GetRecord, false "Gets one record.";
    "patch_record" record::PatchRecord, true "Merges a patch into a record's data.";
    "delete_record" record::DeleteRecord, true "Deletes a record and every relationship that touches it.";
    "upsert_relationship" relationship::UpsertRelationship, true "Links two records.";
    "get_relationship" relationship::GetRelationship, false "Gets one relationship.";
    "list_relationships" relationship::ListRelationships, false "Lists relationships.";
    "delete_relationship" relationship::DeleteRelationship, true "Deletes one relationship.";
    "delete_touching" relationship::DeleteTouching, true "Deletes the relationships that touch one record.";
    "query_relationships" relationship::QueryRelationships, false "Follows relationships from one record.";
    "query" query::Query, false "Finds records of one collection.";
    "aggregate" query::Aggregate, false "Computes totals over the records of one collection.";
    "explain" query::Explain, false "Says how a query is carried out.";
    "batch" batch::Batch, true "Runs operations in order, all or nothing.";
}

fn call<R: Request + DeserializeOwned>(session: &Session, request: &str) -> Result<String> {
    let answer = decode::<R>(request)?.run(session)?;
    serde_json::to_string(&answer)
        .map_err(|e| Error::new(Code::Internal, format!("an answer does not encode: {e}")))
}

/// Reads a request from JSON.
pub fn decode<R: DeserializeOwned>(text: &str) -> Result<R> {
    serde_json::from_str(text).map_err(|e| match e.classify() {
        serde_json::error::Category::Data => {
            Error::new(Code::InvalidRequest, format!("the request has a wrong shape: {e}"))
        }
        _ => Error::new(Code::InvalidJson, format!("the request is not JSON: {e}")),
    })
}
