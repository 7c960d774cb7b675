//! Taking back what was done: one record to an earlier state, a whole commit or a run.

use serde::{Deserialize, Serialize};

/// Writes an earlier version of a record as its newest one. One that was deleted is named by its id, and made again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RevertRecord {
    /// The collection.
    pub collection: String,
    /// The record's id.
    #[serde(default)]
    pub id: Option<String>,
    /// Its key in another system.
    #[serde(default)]
    pub external_id: Option<String>,
    /// The other system.
    #[serde(default)]
    pub external_source: Option<String>,
    /// The version whose data and external key it gets.
    pub to: u64,
    /// The version that the record must have now, 0 for none.
    #[serde(default)]
    pub if_version: Option<u64>,
}

/// Makes a deleted record again as it last was. Its relationships come back with [`Undo`] of the commit that deleted it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RestoreRecord {
    /// The collection.
    pub collection: String,
    /// The record's id.
    pub id: String,
}

/// Takes back what one commit did, or all commits of a run: everything is then what it was before, or nothing changes.
/// `undo_conflict` where anything later has changed one of the things.
///
/// ```
/// # use rekor_core::{Json, OpenOptions, Store, api::workspace::CreateWorkspace};
/// # use rekor_core::api::{collection::UpsertCollection, list::Actor, record::UpsertRecord, undo::Undo};
/// # fn main() -> rekor_core::Result<()> {
/// # let dir = tempfile::tempdir().map_err(|e| rekor_core::Error::new(rekor_core::Code::StorageError, e.to_string()))?;
/// # let store = Store::open(dir.path().join("store"), OpenOptions::default())?;
/// # store.run(&CreateWorkspace { id: "ops".into(), ..Default::default() })?;
/// # let ws = store.workspace("ops")?;
/// # let schema = Some(Json::from_text("{}"));
/// # ws.run(&UpsertCollection { collection: "notes".into(), schema, ..Default::default() })?;
/// let bot = ws.with_actor(Actor { name: "tidy-bot".into(), run: Some("run-7".into()), ..Actor::default() });
/// # let note = |id: &str| UpsertRecord {
/// #     collection: "notes".into(), id: Some(id.into()), data: Some(Json::from_text("{}")), ..Default::default()
/// # };
/// bot.run(&note("a"))?;
/// bot.run(&note("b"))?;
/// let undone = ws.run(&Undo { run: Some("run-7".into()), ..Default::default() })?;
/// assert_eq!((undone.commits, undone.records), (2, 2));
/// # store.close()
/// # }
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Undo {
    /// The number of a commit.
    #[serde(default)]
    pub batch: Option<u64>,
    /// Or the name of a run.
    #[serde(default)]
    pub run: Option<String>,
}

/// What was taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Undone {
    /// The sequence number of the commit that took it back; null when nothing changed.
    pub seq: Option<u64>,
    /// How many commits were taken back.
    pub commits: u64,
    /// How many records are again what they were.
    pub records: u64,
    /// How many relationships are.
    pub relationships: u64,
    /// How many collections are.
    pub collections: u64,
}
