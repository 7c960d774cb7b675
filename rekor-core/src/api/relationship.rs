//! Relationships: typed, directed links between two records.

use serde::{Deserialize, Serialize};

use crate::api::record::Record;
use crate::ground::json::Json;

/// One end of a relationship.
///
/// See [`GetRelationship`] for an example.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct End {
    /// The collection of the record.
    pub collection: String,
    /// The record's id.
    pub id: String,
}

/// A relationship.
///
/// See [`GetRelationship`] for an example.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Relationship {
    /// Made from (source, type, target) unless the caller gave one.
    pub id: String,
    /// Its type.
    #[serde(rename = "type")]
    pub rel_type: String,
    /// Where it starts.
    pub source: End,
    /// Where it leads.
    pub target: End,
    /// Starts at 1 and rises with every change.
    pub version: u64,
    /// Its own document, or null.
    #[cfg_attr(feature = "schemas", schemars(with = "Option<crate::api::shapes::Object>"))]
    pub data: Option<Json>,
    /// When it was made.
    pub created_at: String,
    /// When it last changed.
    pub updated_at: String,
}

/// Links two records, or changes the data of a link.
///
/// ```
/// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
/// use rekor_core::api::relationship::UpsertRelationship;
///
/// let made = ws.run(&UpsertRelationship {
///     rel_type: "replaces".into(),
///     source_collection: "invoices".into(),
///     source_id: "inv-3".into(),
///     target_collection: "invoices".into(),
///     target_id: "@billing:b-17".into(), // by its key in another system
///     ..Default::default()
/// })?;
/// assert_eq!((made.thing.target.id.as_str(), made.thing.version), ("inv-1", 1));
/// # Ok::<(), rekor_core::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct UpsertRelationship {
    /// The type: `[A-Za-z_][A-Za-z0-9_-]{0,62}`.
    pub rel_type: String,
    /// The collection where it starts.
    pub source_collection: String,
    /// The record where it starts: an id, or `@source:external_id` (`@:external_id` without a source).
    pub source_id: String,
    /// The collection where it leads.
    pub target_collection: String,
    /// The record where it leads, written like `source_id`.
    pub target_id: String,
    /// An id of its own; parallel links need one.
    #[serde(default)]
    pub id: Option<String>,
    /// Its own document; kept when left out.
    #[serde(default)]
    #[cfg_attr(feature = "schemas", schemars(with = "Option<crate::api::shapes::Object>"))]
    pub data: Option<Json>,
    /// The version that it must have, 0 for none.
    #[serde(default)]
    pub if_version: Option<u64>,
    /// Whether a missing end is an error and not a warning.
    #[serde(default)]
    pub strict: bool,
}

/// Gets one relationship.
///
/// ```
/// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
/// use rekor_core::api::relationship::GetRelationship;
///
/// let bill = ws.run(&GetRelationship { id: "bill-1".into() })?;
/// assert_eq!((bill.source.id.as_str(), bill.target.id.as_str()), ("inv-1", "acme"));
/// # Ok::<(), rekor_core::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct GetRelationship {
    /// Its id.
    pub id: String,
}

/// Deletes one relationship.
///
/// ```
/// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
/// use rekor_core::api::relationship::{DeleteRelationship, ListRelationships};
///
/// ws.run(&DeleteRelationship { id: "bill-1".into(), ..Default::default() })?;
/// assert_eq!(ws.run(&ListRelationships::default())?.data.len(), 2);
/// # Ok::<(), rekor_core::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DeleteRelationship {
    /// Its id.
    pub id: String,
    /// The version that it must have.
    #[serde(default)]
    pub if_version: Option<u64>,
}

/// Deletes the relationships that touch one record, in steps, so that there is no limit to them.
///
/// ```
/// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
/// use rekor_core::api::relationship::DeleteTouching;
///
/// let acme = DeleteTouching { collection: "customers".into(), id: "acme".into() };
/// assert_eq!(ws.run(&acme)?.relationships_deleted, 2);
/// # Ok::<(), rekor_core::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DeleteTouching {
    /// The record's collection.
    pub collection: String,
    /// The record's id.
    pub id: String,
}

/// The answer to [`DeleteTouching`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct DeletedTouching {
    /// How many relationships were deleted.
    pub relationships_deleted: u64,
}

/// Lists relationships, by id.
///
/// ```
/// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
/// use rekor_core::api::relationship::ListRelationships;
///
/// let bills = ListRelationships { rel_type: Some("billed_to".into()), limit: Some(2), ..Default::default() };
/// let page = ws.run(&bills)?;
/// assert_eq!((page.data[0].id.as_str(), page.data[1].id.as_str()), ("bill-1", "bill-2"));
/// let rest = ws.run(&ListRelationships { cursor: page.meta.next_cursor, ..bills })?;
/// assert_eq!((rest.data.len(), rest.meta.has_more), (1, false));
/// # Ok::<(), rekor_core::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ListRelationships {
    /// Only those of this type.
    #[serde(default)]
    pub rel_type: Option<String>,
    /// Rows of a page: 50 unless given, at most 1,000.
    #[serde(default)]
    pub limit: Option<u64>,
    /// Where the last page ended.
    #[serde(default)]
    pub cursor: Option<String>,
}

/// Which way a relationship is followed.
///
/// See [`QueryRelationships`] for an example.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// From source to target.
    Outgoing,
    /// From target to source.
    Incoming,
    /// Either way.
    #[default]
    Both,
}

/// Follows relationships from one record, breadth first.
///
/// ```
/// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
/// use rekor_core::api::relationship::{Direction, HopRecord, QueryRelationships};
///
/// let hops = ws.run(&QueryRelationships {
///     collection: "customers".into(),
///     id: "zen".into(),
///     rel_type: Some("billed_to".into()),
///     direction: Direction::Incoming,
///     ..Default::default()
/// })?;
/// let [hop] = &hops.data[..] else { panic!("one invoice") };
/// let Some(HopRecord::Whole(invoice)) = &hop.record else { panic!("no fields were asked for") };
/// assert_eq!((invoice.id.as_str(), hop.depth), ("inv-3", 1));
/// # Ok::<(), rekor_core::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct QueryRelationships {
    /// The collection of the record to start from.
    pub collection: String,
    /// The id of the record to start from.
    pub id: String,
    /// Only relationships of this type.
    #[serde(default)]
    pub rel_type: Option<String>,
    /// Which way to follow them; both unless given.
    #[serde(default)]
    pub direction: Direction,
    /// Steps at most: 1 unless given, at most 10.
    #[serde(default)]
    pub depth: Option<u64>,
    /// Only these fields of the records found.
    #[serde(default)]
    pub fields: Vec<String>,
    /// Rows of a page: 50 unless given, at most 1,000.
    #[serde(default)]
    pub limit: Option<u64>,
    /// Where the last page ended.
    #[serde(default)]
    pub cursor: Option<String>,
}

/// One row of a traversal.
///
/// See [`QueryRelationships`] for an example.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Hop {
    /// The relationship that was followed.
    pub relationship: Relationship,
    /// `outgoing` or `incoming`, seen from the start.
    pub direction: Direction,
    /// How many steps from the start.
    pub depth: u64,
    /// The record at the far end: whole, or the fields asked for; null when it does not exist.
    pub record: Option<HopRecord>,
}

/// The record at the far end of a [`Hop`].
///
/// See [`QueryRelationships`] for an example.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum HopRecord {
    /// All of it.
    Whole(Record),
    /// The fields asked for.
    Fields(#[cfg_attr(feature = "schemas", schemars(with = "crate::api::shapes::Object"))] Json),
}
