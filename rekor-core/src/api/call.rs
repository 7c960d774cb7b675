//! How a request is to be carried out, beside what it asks for.

use serde::{Deserialize, Serialize};

use crate::api::history::{Action, FieldChange, Thing};
use crate::ground::json::Json;

/// How a request is carried out.
///
/// ```
/// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
/// use rekor_core::{Json, api::call::CallOptions, api::record::UpsertRecord};
///
/// let data = Some(Json::from_text(r#"{"amount": 7}"#));
/// let invoice = UpsertRecord { collection: "invoices".into(), data, ..Default::default() };
/// let once = CallOptions { idempotency_key: Some("invoice-of-monday".into()), ..Default::default() };
/// let first = ws.run_with(&invoice, &once)?;
/// assert_eq!(ws.run_with(&invoice, &once)?, first); // one record, with one id
/// # Ok::<(), rekor_core::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CallOptions {
    /// A name for what is to be done, of 1 to 255 bytes: the same request under the same key is carried out once within 24
    /// hours, and answered as it was then. Requests that read take no notice of it.
    #[serde(default)]
    pub idempotency_key: Option<String>,
    /// Whether the request is checked, and answered with a [`Rehearsal`], and nothing is written.
    #[serde(default)]
    pub dry_run: bool,
}

/// What a write would have come to.
///
/// ```
/// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
/// use rekor_core::api::{call::CallOptions, record::DeleteRecord};
///
/// let acme = DeleteRecord { collection: "customers".into(), id: Some("acme".into()), ..Default::default() };
/// let rehearsal = ws.run_with(&acme, &CallOptions { dry_run: true, ..Default::default() })?;
/// let rehearsal: serde_json::Value = serde_json::from_str(rehearsal.text()).unwrap();
/// assert_eq!(rehearsal["changes_total"], 3); // the customer and its two relationships
/// assert_eq!(ws.dry_run().run(&acme)?.relationships_deleted, Some(2)); // it is still there
/// # Ok::<(), rekor_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Rehearsal {
    /// Always true.
    pub dry_run: bool,
    /// What the write would have been answered with; ids that rekor makes and times would be others.
    pub answer: Json,
    /// What would have changed, at most 1,000 things.
    pub changes: Vec<RehearsedChange>,
    /// How many things would have changed in all.
    pub changes_total: u64,
}

/// What a write would have done to one thing.
///
/// See [`Rehearsal`] for an example.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct RehearsedChange {
    /// What kind of thing.
    pub thing: Thing,
    /// The collection that the thing is, or that it belongs to; null for relationships.
    pub collection: Option<String>,
    /// Its id.
    pub id: String,
    /// What would have become of it.
    pub action: Action,
    /// The version that it would have; when deleted, the last that it has.
    pub version: u64,
    /// The fields that would have changed.
    pub changes: Vec<FieldChange>,
}
