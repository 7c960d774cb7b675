//! Collections: a JSON Schema that defines a type of record.

use serde::{Deserialize, Serialize};

use crate::ground::json::Json;

/// A collection.
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
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct GetCollection {
    /// Its id.
    pub collection: String,
}

/// Lists the collections of the workspace, by id.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ListCollections {}

/// Deletes a collection.
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
