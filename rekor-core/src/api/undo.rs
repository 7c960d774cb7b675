//! Taking back what was done: one record to an earlier state, a whole commit or a run.

use serde::{Deserialize, Serialize};

/// Writes an earlier version of a record as its newest one. One that was deleted is named by its id, and made again.
///
/// ```
/// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
/// use rekor_core::{Json, api::record::PatchRecord, api::undo::RevertRecord};
///
/// let (collection, id) = ("invoices".to_owned(), Some("inv-1".to_owned()));
/// let data = Some(Json::from_text(r#"{"amount": 0}"#));
/// ws.run(&PatchRecord { collection: collection.clone(), id: id.clone(), data, ..Default::default() })?;
/// let reverted = ws.run(&RevertRecord { collection, id, to: 1, ..Default::default() })?;
/// assert_eq!(reverted.thing.data.text(), r#"{"amount":120.50,"status":"open"}"#);
/// assert_eq!(reverted.thing.version, 3); // history goes on
/// # Ok::<(), rekor_core::Error>(())
/// ```
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
///
/// ```
/// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
/// use rekor_core::api::{record::DeleteRecord, undo::RestoreRecord};
///
/// let (collection, id) = ("invoices".to_owned(), "inv-2".to_owned());
/// ws.run(&DeleteRecord { collection: collection.clone(), id: Some(id.clone()), ..Default::default() })?;
/// let restored = ws.run(&RestoreRecord { collection, id })?;
/// assert_eq!(restored.thing.data.text(), r#"{"amount":80,"status":"paid"}"#);
/// # Ok::<(), rekor_core::Error>(())
/// ```
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
/// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
/// use rekor_core::api::{list::Actor, record::DeleteRecord, undo::Undo};
///
/// let bot = ws.with_actor(Actor { name: "tidy-bot".into(), run: Some("run-7".into()), ..Actor::default() });
/// for id in ["inv-1", "inv-2"] {
///     bot.run(&DeleteRecord { collection: "invoices".into(), id: Some(id.into()), ..Default::default() })?;
/// }
/// let undone = ws.run(&Undo { run: Some("run-7".into()), ..Default::default() })?;
/// assert_eq!((undone.commits, undone.records, undone.relationships), (2, 2, 2));
/// # Ok::<(), rekor_core::Error>(())
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
///
/// See [`Undo`] for an example.
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
