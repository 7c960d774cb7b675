//! Records: JSON documents that match their collection's schema.

use serde::{Deserialize, Serialize};

use crate::ground::json::Json;

/// A record.
///
/// See [`GetRecord`] for an example.
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
///
/// ```
/// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
/// use rekor_core::{Json, api::record::UpsertRecord};
///
/// let invoice = UpsertRecord {
///     collection: "invoices".into(),
///     data: Some(Json::from_text(r#"{"amount": 99.90, "status": "open"}"#)),
///     external_source: Some("billing".into()),
///     external_id: Some("b-18".into()),
///     ..Default::default()
/// };
/// let made = ws.run(&invoice)?;
/// let again = ws.run(&invoice)?; // found by its key in the other system
/// assert_eq!((again.thing.id, again.changed), (made.thing.id, false));
/// # Ok::<(), rekor_core::Error>(())
/// ```
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
///
/// ```
/// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
/// use rekor_core::api::record::GetRecord;
///
/// let invoice = ws.run(&GetRecord {
///     collection: "invoices".into(),
///     external_source: Some("billing".into()),
///     external_id: Some("b-17".into()),
///     ..Default::default()
/// })?;
/// assert_eq!((invoice.id.as_str(), invoice.version), ("inv-1", 1));
/// assert_eq!(invoice.data.text(), r#"{"amount":120.50,"status":"open"}"#);
/// # Ok::<(), rekor_core::Error>(())
/// ```
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
///
/// ```
/// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
/// use rekor_core::{Code, Json, api::record::PatchRecord};
///
/// let pay = PatchRecord {
///     collection: "invoices".into(),
///     id: Some("inv-1".into()),
///     data: Some(Json::from_text(r#"{"status": "paid"}"#)),
///     if_version: Some(1), // as it was when somebody decided to
///     ..Default::default()
/// };
/// assert_eq!(ws.run(&pay)?.thing.data.text(), r#"{"amount":120.50,"status":"paid"}"#);
/// assert_eq!(ws.run(&pay).unwrap_err().code(), Code::VersionConflict);
/// # Ok::<(), rekor_core::Error>(())
/// ```
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
///
/// ```
/// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
/// use rekor_core::api::record::DeleteRecord;
///
/// let acme = DeleteRecord { collection: "customers".into(), id: Some("acme".into()), ..Default::default() };
/// assert_eq!(ws.run(&acme)?.relationships_deleted, Some(2));
/// # Ok::<(), rekor_core::Error>(())
/// ```
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
