//! What has become of things, as the journal tells it.

use serde::{Deserialize, Serialize};

use crate::api::list::Actor;
use crate::api::record::Record;
use crate::ground::json::Json;

/// Lists the changes of one record, the newest first. One that was deleted is named by its id.
///
/// ```
/// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
/// use rekor_core::{Json, api::history::RecordHistory, api::record::PatchRecord};
///
/// let bot = store.as_agent("tidy-bot").workspace("ops")?;
/// let data = Some(Json::from_text(r#"{"status": "paid"}"#));
/// let (collection, id) = ("invoices".to_owned(), Some("inv-1".to_owned()));
/// bot.run(&PatchRecord { collection: collection.clone(), id: id.clone(), data, ..Default::default() })?;
/// let history = ws.run(&RecordHistory { collection, id, diff: true, ..Default::default() })?;
/// let newest = &history.data[0];
/// assert_eq!((newest.version, newest.actor.name.as_str()), (2, "tidy-bot"));
/// let change = &newest.changes.as_ref().unwrap()[0];
/// assert_eq!((change.pointer.as_str(), change.after.as_ref().unwrap().text()), ("/data/status", "\"paid\""));
/// # Ok::<(), rekor_core::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RecordHistory {
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
    /// Whether each change says which fields it changed.
    #[serde(default)]
    pub diff: bool,
    /// Changes of a page, 50 unless given.
    #[serde(default)]
    pub limit: Option<u64>,
    /// The `next_cursor` of the page before.
    #[serde(default)]
    pub cursor: Option<String>,
}

/// What one commit did to a record.
///
/// See [`RecordHistory`] for an example.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct RecordChange {
    /// The commit.
    pub seq: u64,
    /// When it was made.
    pub at: String,
    /// What became of the record.
    pub action: Action,
    /// Its version after the commit; when deleted, the last that it had.
    pub version: u64,
    /// Who made it, and why.
    pub actor: Actor,
    /// The record after the commit; null when deleted.
    pub record: Option<Record>,
    /// The fields that the commit changed, if they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changes: Option<Vec<FieldChange>>,
}

/// What became of a thing.
///
/// See [`ListChanges`] for an example.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// It was made.
    Created,
    /// It was changed.
    Updated,
    /// It was deleted.
    Deleted,
}

/// One field before and after a change. Objects are compared field by field, everything else as a whole.
///
/// See [`RecordHistory`] for an example.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct FieldChange {
    /// Which field, as a JSON pointer (RFC 6901) into the record.
    pub pointer: String,
    /// What it was; left out when it was not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Json>,
    /// What it became; left out when it is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Json>,
}

/// Lists what was changed, the oldest first: whole commits, so that a reader can go on after any of them.
///
/// ```
/// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
/// use rekor_core::api::history::{Action, ListChanges, Thing};
/// use rekor_core::api::record::DeleteRecord;
///
/// let seen = ws.seq()?; // up to here the reader knows everything
/// ws.run(&DeleteRecord { collection: "customers".into(), id: Some("zen".into()), ..Default::default() })?;
/// let news = ws.run(&ListChanges { since: seen, ..Default::default() })?;
/// let zen = news.data.iter().find(|change| change.thing == Thing::Record).unwrap();
/// assert_eq!((zen.id.as_str(), zen.action), ("zen", Action::Deleted));
/// assert_eq!((news.next_since, news.has_more), (seen + 1, false));
/// # Ok::<(), rekor_core::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ListChanges {
    /// Only commits after this one; 0 for all.
    #[serde(default)]
    pub since: u64,
    /// Only changes of this collection and of its records.
    #[serde(default)]
    pub collection: Option<String>,
    /// Changes after which a page ends with the commit that it has come to: 1,000 unless given.
    #[serde(default)]
    pub limit: Option<u64>,
}

/// A page of changes.
///
/// See [`ListChanges`] for an example.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Changes {
    /// The changes, in the order in which they were made.
    pub data: Vec<Change>,
    /// What to pass as `since` to go on.
    pub next_since: u64,
    /// Whether there are commits after those that were looked at.
    pub has_more: bool,
}

/// One change of one thing.
///
/// See [`ListChanges`] for an example.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Change {
    /// The commit.
    pub seq: u64,
    /// When it was made.
    pub at: String,
    /// Who made it, and why.
    pub actor: Actor,
    /// What kind of thing was changed.
    pub thing: Thing,
    /// The collection that the thing is, or that it belongs to; null for relationships.
    pub collection: Option<String>,
    /// Its id.
    pub id: String,
    /// What became of it.
    pub action: Action,
    /// Its version after the change; when deleted, the last that it had.
    pub version: u64,
}

/// What can be changed.
///
/// See [`ListChanges`] for an example.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Thing {
    /// A collection.
    Collection,
    /// A record.
    Record,
    /// A relationship.
    Relationship,
    /// A setting of the workspace.
    Workspace,
}
