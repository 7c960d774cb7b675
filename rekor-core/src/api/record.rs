//! Records: JSON documents that match their collection's schema.

use serde::{Deserialize, Serialize};

use crate::ground::json::Json;

/// A record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Record {
    /// A UUIDv7 that rekor made, or the caller's own `[A-Za-z0-9_.:-]{1,128}`.
    pub id: String,
    /// The collection that it belongs to.
    pub collection: String,
    /// The caller's key for it in some other system, unique together with the source.
    pub external_id: Option<String>,
    /// The other system.
    pub external_source: Option<String>,
    /// Starts at 1 and rises with every change.
    pub version: u64,
    /// The document, as it was given.
    #[cfg_attr(feature = "schemas", schemars(with = "crate::api::shapes::Object"))]
    pub data: Json,
    /// When it was made.
    pub created_at: String,
    /// When it last changed.
    pub updated_at: String,
}

/// Makes a record or replaces the data of one.
///
/// Which record: `id`, else (`external_source`, `external_id`), else a new one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct UpsertRecord {
    /// The collection.
    pub collection: String,
    /// The whole document.
    #[cfg_attr(feature = "schemas", schemars(with = "crate::api::shapes::Object"))]
    pub data: Option<Json>,
    /// The record's id.
    #[serde(default)]
    pub id: Option<String>,
    /// Its key in another system: 1 to 512 bytes.
    #[serde(default)]
    pub external_id: Option<String>,
    /// The other system: 1 to 64 bytes.
    #[serde(default)]
    pub external_source: Option<String>,
    /// The version that the record must have, 0 for none.
    #[serde(default)]
    pub if_version: Option<u64>,
}

/// Gets one record, by `id` or by `external_id`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct GetRecord {
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
    /// The record as it was after this commit, given by its number, or at this time (RFC 3339): a deleted one by its id.
    #[serde(default)]
    pub at: Option<String>,
}

/// Merges a JSON merge patch (RFC 7396) into a record's data.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PatchRecord {
    /// The collection.
    pub collection: String,
    /// The patch: `null` removes a key.
    #[cfg_attr(feature = "schemas", schemars(with = "crate::api::shapes::Object"))]
    pub data: Option<Json>,
    /// The record's id.
    #[serde(default)]
    pub id: Option<String>,
    /// Its key in another system.
    #[serde(default)]
    pub external_id: Option<String>,
    /// The other system.
    #[serde(default)]
    pub external_source: Option<String>,
    /// The version that the record must have.
    #[serde(default)]
    pub if_version: Option<u64>,
}

/// Deletes a record and every relationship that touches it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DeleteRecord {
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
    /// The version that the record must have.
    #[serde(default)]
    pub if_version: Option<u64>,
}
