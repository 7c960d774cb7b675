//! Batches: up to 100 operations, all or nothing.

use serde::{Deserialize, Serialize};

use crate::api::collection::{Collection, DeleteCollection, UpsertCollection};
use crate::api::list::{Deleted, Written};
use crate::api::record::{DeleteRecord, PatchRecord, Record, UpsertRecord};
use crate::api::relationship::{DeleteRelationship, Relationship, UpsertRelationship};
use crate::ground::json::Json;

/// Runs operations in order, in one transaction.
///
/// ```
/// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
/// use rekor_core::{Json, api::batch::{Batch, OperationAnswer}};
///
/// let done = ws.run(&Batch { operations: Json::from_text(r#"[
///     {"type": "upsert_record", "collection": "customers", "data": {"name": "Nova"}, "ref": "nova"},
///     {"type": "upsert_relationship", "rel_type": "billed_to", "source_collection": "invoices",
///      "source_id": "inv-3", "target_collection": "customers", "target_id": "$nova"}
/// ]"#) })?;
/// assert_eq!(done.seq, Some(ws.seq()?)); // one commit
/// let OperationAnswer::Record(nova) = &done.results[0] else { panic!("an upsert answers a record") };
/// let OperationAnswer::Relationship(bill) = &done.results[1] else { panic!("and this one a relationship") };
/// assert_eq!(bill.thing.target.id, nova.thing.id);
/// # Ok::<(), rekor_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Batch {
    /// A list of `{"type": …, …}`.
    #[cfg_attr(feature = "schemas", schemars(with = "Vec<crate::api::shapes::Operation>"))]
    pub operations: Json,
}

/// One operation of a batch, once read.
///
/// See [`Batch`] for an example.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operation {
    /// `upsert_record`, with the name that later operations may use for its id.
    UpsertRecord(UpsertRecord, Option<String>),
    /// `patch_record`.
    PatchRecord(PatchRecord),
    /// `delete_record`.
    DeleteRecord(DeleteRecord),
    /// `upsert_relationship`.
    UpsertRelationship(UpsertRelationship),
    /// `delete_relationship`.
    DeleteRelationship(DeleteRelationship),
    /// `upsert_collection`.
    UpsertCollection(UpsertCollection),
    /// `delete_collection`.
    DeleteCollection(DeleteCollection),
}

/// The answer to one operation.
///
/// See [`Batch`] for an example.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum OperationAnswer {
    /// Of `upsert_record` and `patch_record`.
    Record(Written<Record>),
    /// Of `upsert_relationship`.
    Relationship(Written<Relationship>),
    /// Of `upsert_collection`.
    Collection(Written<Collection>),
    /// Of the deletes.
    Deleted(Deleted),
}

/// The answer to a batch.
///
/// See [`Batch`] for an example.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct BatchAnswer {
    /// The sequence number of the commit; null when nothing changed.
    pub seq: Option<u64>,
    /// One answer per operation.
    pub results: Vec<OperationAnswer>,
}
