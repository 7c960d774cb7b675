//! The stored forms of a workspace's configuration: its meta and its collections, as JSON, since they
//! are few and are read by people who look into a damaged store.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::ground::error::{Code, Error, Result};

/// The configuration of a workspace that is not a collection. Every write checks its version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meta {
    /// The layout of keys and rows: [`crate::codec::keys::FORMAT`].
    pub format: u32,
    /// The workspace's id.
    pub workspace: String,
    /// `production` or `preview`.
    pub kind: crate::api::workspace::Kind,
    /// Set when the workspace is deleted, so that handles that are open on it learn it.
    pub deleted: bool,
    /// Whether a relationship to a missing record is an error.
    pub strict_refs: bool,
    /// Days that history is kept; without a number all of it is.
    #[serde(default)]
    pub history_days: Option<u32>,
    /// The number of the next collection.
    pub next_collection: u32,
    /// The number of the next index.
    pub next_index: u32,
    /// How many collections there are.
    pub collections: u32,
    /// The numbers of indexes that no collection has any more, whose keys are still to be removed.
    #[serde(default)]
    pub dropped_indexes: Vec<u32>,
    /// Counts the changes of the configuration, so that each one changes this row.
    pub revision: u64,
}

/// A stored collection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CollectionRow {
    /// Its number, never reused.
    pub number: u32,
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// The text of its schema.
    pub schema: String,
    /// Starts at 1 and rises with every change of the schema.
    pub version: u64,
    /// Milliseconds since 1970.
    pub created_ms: u64,
    /// Milliseconds since 1970.
    pub updated_ms: u64,
    /// Its declared indexes, those that are being built included.
    pub indexes: Vec<Index>,
    /// The ids of the collections that its schema refers to directly.
    pub references: Vec<String>,
    /// Whether every record is in a column group or in the dirty set. Not so in collections that are older than columns,
    /// until all their records are sealed.
    #[serde(default)]
    pub tracked: bool,
}

/// A declared index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Index {
    /// Its number, never reused.
    pub number: u32,
    /// The indexed paths below `data`, each as its keys.
    pub paths: Vec<Vec<String>>,
    /// Which of them the schema declares `format: date-time`.
    pub instants: Vec<bool>,
    /// Whether no two records may have equal values.
    pub unique: bool,
    /// Whether every record is in it; writers keep it up in either case, readers use it only then.
    pub complete: bool,
}

/// Writes a configuration row.
pub fn encode<T: Serialize>(row: &T) -> Result<Vec<u8>> {
    serde_json::to_vec(row).map_err(|e| Error::new(Code::Internal, format!("a row does not encode: {e}")))
}

/// Reads a configuration row.
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    serde_json::from_slice(bytes).map_err(|e| {
        Error::new(Code::CorruptStore, format!("a configuration row is damaged: {e}"))
            .hint("run `rekor check`")
    })
}
