//! The verbs: every request is executed here and nowhere else, one file a noun. An operation that a
//! batch may hold is a function on [`Ctx`]; the request runs it in a commit of its own.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::api::call::CallOptions;
use crate::api::{batch, collection, history, query, record, relationship, stats as counts, undo as undoing};
use crate::ctx::rights::Right;
use crate::ctx::scope::Touches;
use crate::ctx::session::Session;
use crate::ground::error::{Code, Error, Result};
#[cfg(feature = "schemas")]
use reference::{Reference, Shapes};

pub mod backup;
pub mod batch_steps;
mod changes;
pub mod check;
mod check_columns;
pub mod collections;
pub mod compact;
pub mod configure;
pub mod copy;
pub mod dependents;
mod difference;
pub mod evolve;
pub mod export;
mod former;
pub mod import;
pub mod import_links;
pub mod leftovers;
pub mod lines;
pub mod maintain;
mod past;
pub mod promotion;
mod prune;
pub mod queries;
pub mod recheck;
pub mod records;
#[cfg(feature = "schemas")]
pub mod reference;
pub mod relationships;
mod request_text;
mod respond;
pub mod revert;
#[cfg(test)]
mod rights_matrix;
pub mod stats;
pub mod sweep;
#[cfg(test)]
mod token_matrix;
pub mod traverse;
mod undo;

pub use request_text::decode;
pub use respond::{once_only, respond};

/// A request that a workspace executes.
///
/// ```
/// use rekor_core::{Request, Right, Touches, api::record::GetRecord};
///
/// fn needs<R: Request>(request: &R) -> (Right, Touches<'_>) {
///     (R::RIGHT, request.touches())
/// }
/// let get = GetRecord { collection: "invoices".into(), ..Default::default() };
/// assert_eq!(needs(&get), (Right::Read, Touches::one("invoices")));
/// ```
pub trait Request: Serialize {
    /// What it is answered with.
    type Answer: Serialize;

    /// What the caller needs to be allowed.
    const RIGHT: Right;

    /// The collections that it has to do with: all unless said, which a handle that reaches only some is refused.
    fn touches(&self) -> Touches<'_> {
        Touches::All
    }

    /// Executes it, without asking whether the caller may.
    fn run(&self, session: &Session) -> Result<Self::Answer>;
}

/// A request that stands in a table of operations.
///
/// ```
/// use rekor_core::{Named, api::record::GetRecord};
///
/// assert_eq!(GetRecord::NAME, "get_record"); // what `Workspace::call` takes
/// ```
pub trait Named {
    /// Its permanent name there.
    const NAME: &'static str;
}

/// Executes a request if the session's actor may: the only way in from outside.
pub fn execute<R: Request>(session: &Session, request: &R) -> Result<R::Answer> {
    session.allow(R::RIGHT)?;
    session.allow_touches(|| request.touches())?;
    request.run(session)
}

/// One row of the table of operations.
///
/// ```
/// use rekor_core::{OPS, api::call::CallOptions};
///
/// for op in OPS.iter().filter(|op| !op.right.writes()) {
///     println!("{}: {}", op.name, op.doc);
/// }
/// let query = OPS.iter().find(|op| op.name == "query").unwrap();
/// assert_eq!(query.doc, "Finds records of one collection.");
/// ```
#[derive(Clone, Copy)]
pub struct Op {
    /// The permanent name, also of a step of a batch.
    pub name: &'static str,
    /// One sentence on what it does.
    pub doc: &'static str,
    /// What the caller needs to be allowed.
    pub right: Right,
    /// Executes a request given as JSON and answers with JSON.
    pub call: fn(&Session, &str, &CallOptions) -> Result<String>,
    /// The shapes of its request and its answer.
    #[cfg(feature = "schemas")]
    pub shapes: fn(&mut Reference) -> Shapes,
}

macro_rules! ops {
    ($($name:literal $request:ty, $doc:literal;)+) => {
        $(impl Named for $request {
            const NAME: &'static str = $name;
        })+

        /// Every operation of a workspace. What they are called from outside comes from here.
        ///
        /// See [`Op`] for an example.
        pub const OPS: &[Op] = &[$(Op {
            name: $name,
            doc: $doc,
            right: <$request as Request>::RIGHT,
            call: call::<$request>,
            #[cfg(feature = "schemas")]
            shapes: Reference::shapes::<$request, <$request as Request>::Answer>,
        },)+];
    };
}

ops! {
    "upsert_collection" collection::UpsertCollection, "Makes a collection or changes one.";
    "get_collection" collection::GetCollection, "Gets one collection.";
    "list_collections" collection::ListCollections, "Lists the collections.";
    "delete_collection" collection::DeleteCollection, "Deletes a collection.";
    "upsert_record" record::UpsertRecord, "Makes a record or replaces the data of one.";
    "get_record" record::GetRecord, "Gets one record.";
    "patch_record" record::PatchRecord, "Merges a patch into a record's data.";
    "delete_record" record::DeleteRecord, "Deletes a record and every relationship that touches it.";
    "record_history" history::RecordHistory, "Lists the changes of one record.";
    "revert_record" undoing::RevertRecord, "Writes an earlier version of a record as its newest one.";
    "restore_record" undoing::RestoreRecord, "Makes a deleted record again as it last was.";
    "upsert_relationship" relationship::UpsertRelationship, "Links two records.";
    "get_relationship" relationship::GetRelationship, "Gets one relationship.";
    "list_relationships" relationship::ListRelationships, "Lists relationships.";
    "delete_relationship" relationship::DeleteRelationship, "Deletes one relationship.";
    "delete_touching" relationship::DeleteTouching, "Deletes the relationships that touch one record.";
    "query_relationships" relationship::QueryRelationships, "Follows relationships from one record.";
    "list_changes" history::ListChanges, "Lists what was changed, commit by commit.";
    "undo" undoing::Undo, "Takes back what one commit did, or all commits of a run.";
    "query" query::Query, "Finds records of one collection.";
    "aggregate" query::Aggregate, "Computes totals over the records of one collection.";
    "explain" query::Explain, "Says how a query is carried out.";
    "get_stats" counts::GetStats, "Counts what the workspace holds.";
    "batch" batch::Batch, "Runs operations in order, all or nothing.";
}

fn call<R: Request + Named + DeserializeOwned>(
    session: &Session,
    request: &str,
    options: &CallOptions,
) -> Result<String> {
    respond(session, &decode::<R>(request)?, options)
}

/// Writes an answer as JSON.
pub fn encode<A: Serialize>(answer: &A) -> Result<String> {
    serde_json::to_string(answer)
        .map_err(|e| Error::new(Code::Internal, format!("an answer does not encode: {e}")))
}

/// The error for a name that is not in a table of operations.
pub fn no_operation<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Error {
    Error::new(Code::NotFound, format!("there is no operation `{name}`"))
        .hint(format!("one of {}", known.collect::<Vec<_>>().join(", ")))
}
