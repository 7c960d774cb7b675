//! Relationships: typed, directed links between two records.

use serde::{Deserialize, Serialize};

use crate::api::record::Record;
use crate::ground::json::Json;

/// One end of a relationship.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct End {
    /// The collection of the record.
    pub collection: String,
    /// The record's id.
    pub id: String,
}

/// A relationship.
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
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct GetRelationship {
    /// Its id.
    pub id: String,
}

/// Deletes one relationship.
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum HopRecord {
    /// All of it.
    Whole(Record),
    /// The fields asked for.
    Fields(#[cfg_attr(feature = "schemas", schemars(with = "crate::api::shapes::Object"))] Json),
}
