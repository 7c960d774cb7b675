//! Collections: a JSON Schema that defines a type of record.

use serde::{Deserialize, Serialize};

use crate::ground::json::Json;

/// A collection.
///
/// See [`GetCollection`] for an example.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Collection {
    /// `[A-Za-z_][A-Za-z0-9_-]{0,62}`.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// The JSON Schema, as it was given.
    #[cfg_attr(feature = "schemas", schemars(with = "crate::api::shapes::Object"))]
    pub schema: Json,
    /// Starts at 1 and rises with every change of the schema.
    pub version: u64,
    /// When it was made.
    pub created_at: String,
    /// When it last changed.
    pub updated_at: String,
}

/// Makes a collection or changes one.
///
/// ```
/// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
/// use rekor_core::{Json, api::collection::UpsertCollection};
///
/// let carriers = UpsertCollection {
///     collection: "carriers".into(),
///     schema: Some(Json::from_text(r#"{"properties": {"code": {"type": "string"}}, "required": ["code"]}"#)),
///     ..Default::default()
/// };
/// let made = ws.run(&carriers)?;
/// assert_eq!((made.thing.version, made.changed), (1, true));
/// assert!(!ws.run(&carriers)?.changed); // it is so already
/// # Ok::<(), rekor_core::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct UpsertCollection {
    /// Its id.
    pub collection: String,
    /// What people call it; kept when left out, the id for a new one.
    #[serde(default)]
    pub name: Option<String>,
    /// The JSON Schema; kept when left out, required for a new one.
    #[serde(default)]
    #[cfg_attr(feature = "schemas", schemars(with = "Option<crate::api::shapes::Object>"))]
    pub schema: Option<Json>,
    /// The version that the collection must have, 0 for none.
    #[serde(default)]
    pub if_version: Option<u64>,
    /// Whether to go ahead although stored records do not fit.
    #[serde(default)]
    pub allow_breaking: bool,
    /// That a person has agreed: without it, `allow_breaking` in production is `human_only`.
    #[serde(default)]
    pub yes: bool,
}

/// Gets one collection.
///
/// ```
/// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
/// use rekor_core::api::collection::GetCollection;
///
/// let customers = ws.run(&GetCollection { collection: "customers".into() })?;
/// assert_eq!(customers.schema.text(), r#"{"properties":{"name":{"type":"string"}},"required":["name"]}"#);
/// # Ok::<(), rekor_core::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct GetCollection {
    /// Its id.
    pub collection: String,
}

/// Lists the collections of the workspace, by id.
///
/// ```
/// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
/// use rekor_core::api::collection::ListCollections;
///
/// let list = ws.run(&ListCollections {})?;
/// let ids: Vec<&str> = list.data.iter().map(|collection| collection.id.as_str()).collect();
/// assert_eq!(ids, ["customers", "invoices"]);
/// # Ok::<(), rekor_core::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ListCollections {}

/// Deletes a collection.
///
/// ```
/// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
/// use rekor_core::{Code, api::collection::DeleteCollection};
///
/// let mut delete = DeleteCollection { collection: "invoices".into(), ..Default::default() };
/// assert_eq!(ws.run(&delete).unwrap_err().code(), Code::CollectionNotEmpty);
/// delete.with_records = true;
/// assert!(ws.run(&delete)?.deleted);
/// # Ok::<(), rekor_core::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DeleteCollection {
    /// Its id.
    pub collection: String,
    /// Whether its records and their relationships go with it; without this, having some is an error.
    #[serde(default)]
    pub with_records: bool,
    /// The version that the collection must have.
    #[serde(default)]
    pub if_version: Option<u64>,
}
