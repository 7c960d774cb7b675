//! Bulk import and export.

use serde::{Deserialize, Serialize};

/// The form of a file of records.
///
/// See [`ExportRecords`] for an example.
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
///
/// ```
/// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
/// use rekor_core::api::transfer::{ImportRecords, LinkRule};
///
/// let request = ImportRecords {
///     collection: "invoices".into(),
///     links: vec![LinkRule {
///         field: "replaces".into(),
///         rel_type: "replaces".into(),
///         collection: "invoices".into(),
///         external_source: Some("billing".into()),
///     }],
///     ..Default::default()
/// };
/// let mut lines = r#"{"amount": 90, "replaces": "b-17"}"#.as_bytes();
/// ws.import_records(&request, &mut lines, &mut |_| Ok(()))?;
/// # use rekor_core::api::relationship::ListRelationships;
/// # let replaces = ListRelationships { rel_type: Some("replaces".into()), ..Default::default() };
/// # assert_eq!(ws.run(&replaces)?.data[0].target.id, "inv-1");
/// # Ok::<(), rekor_core::Error>(())
/// ```
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
///
/// ```
/// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
/// use rekor_core::api::transfer::{Format, ImportRecords};
///
/// let request = ImportRecords {
///     collection: "customers".into(),
///     format: Format::Csv,
///     external_id_field: Some("code".into()),
///     ..Default::default()
/// };
/// let mut lines = "code,name\nnova,Nova\norbit,Orbit\n".as_bytes();
/// let done = ws.import_records(&request, &mut lines, &mut |_| Ok(()))?;
/// assert_eq!((done.read, done.created), (2, 2));
/// # Ok::<(), rekor_core::Error>(())
/// ```
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
///
/// See [`ImportRecords`] for an example.
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
///
/// ```
/// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
/// use rekor_core::api::transfer::{ExportRecords, Format};
///
/// let request = ExportRecords { collection: "customers".into(), format: Format::Csv };
/// let mut text = Vec::new();
/// ws.export_records(&request, &mut text, &mut |_| Ok(()))?;
/// let text = String::from_utf8(text).unwrap();
/// assert!(text.lines().nth(1).unwrap().starts_with("acme,") && text.contains(",Acme"));
/// # Ok::<(), rekor_core::Error>(())
/// ```
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
