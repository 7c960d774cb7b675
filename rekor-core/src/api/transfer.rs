//! Bulk import and export.

use serde::{Deserialize, Serialize};

/// The form of a file of records.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// One JSON object a line.
    #[default]
    Ndjson,
    /// Comma-separated values with a header.
    Csv,
}

/// Makes each imported record a link to the record whose external id a field holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct LinkRule {
    /// The path of the field below `data`, as in `carrier` or `route.origin`.
    pub field: String,
    /// The type of the relationships.
    pub rel_type: String,
    /// The collection that they lead to.
    pub collection: String,
    /// The external source of the records that they lead to.
    pub external_source: Option<String>,
}

/// How to import records.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ImportRecords {
    /// The collection.
    pub collection: String,
    /// The form of the lines.
    #[serde(default)]
    pub format: Format,
    /// The field of each line that holds the external id (several, joined with `|`, when separated by commas).
    #[serde(default)]
    pub external_id_field: Option<String>,
    /// The external source of all records.
    #[serde(default)]
    pub external_source: Option<String>,
    /// Links to make for each record.
    #[serde(default)]
    pub links: Vec<LinkRule>,
    /// Whether each line is a record as an export writes it, and not only its data.
    #[serde(default)]
    pub whole: bool,
    /// Whether a bad line is reported and skipped, and does not end the import.
    #[serde(default)]
    pub skip_bad_lines: bool,
    /// SHA-256 of the file in hex, when it is one that an import may resume.
    #[serde(default)]
    pub resume_key: Option<String>,
}

/// What an import did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct ImportAnswer {
    /// Lines read, those before a resumed stop included.
    pub read: u64,
    /// Records made.
    pub created: u64,
    /// Records changed.
    pub updated: u64,
    /// Records that were already so.
    pub unchanged: u64,
    /// Lines refused.
    pub failed: u64,
}

/// How to export records.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ExportRecords {
    /// The collection.
    pub collection: String,
    /// The form of the lines.
    #[serde(default)]
    pub format: Format,
}
