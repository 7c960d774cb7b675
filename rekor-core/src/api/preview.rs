//! Previews: copies of a production workspace's configuration that are worked in freely, and that a person promotes.

use serde::{Deserialize, Serialize};

use crate::api::history::{Action, FieldChange};
use crate::api::list::Actor;

/// Makes a preview of a production workspace: a workspace `<parent>--<slug>` with the same collections.
///
/// `already_exists` when its id is taken, `invalid_id` when nothing of the name is left for a slug.
///
/// ```
/// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
/// use rekor_core::{Json, api::collection::UpsertCollection, api::preview::CreatePreview};
///
/// let agent = store.as_agent("builder");
/// let name = "Add carriers!".to_owned();
/// let preview = agent.run(&CreatePreview { workspace: "ops".into(), name, ..Default::default() })?;
/// assert_eq!(preview.thing.id, "ops--add-carriers");
/// agent.workspace(&preview.thing.id)?.run(&UpsertCollection {
///     collection: "carriers".into(),
///     schema: Some(Json::from_text(r#"{"properties": {"code": {"type": "string"}}}"#)),
///     ..Default::default()
/// })?; // in `ops` itself, `preview_required`
/// # Ok::<(), rekor_core::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CreatePreview {
    /// The production workspace.
    pub workspace: String,
    /// What the preview is called; its slug is made from it: `Add invoices!` becomes `add-invoices`.
    pub name: String,
    /// What it is for.
    #[serde(default)]
    pub description: Option<String>,
    /// Whether it gets a copy of the records and relationships too.
    #[serde(default)]
    pub with_data: bool,
}

/// Says what promoting a preview would do, and whether it may.
///
/// ```
/// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
/// # store.call("create_preview", r#"{"workspace": "ops", "name": "carriers"}"#)?;
/// # store.workspace("ops--carriers")?.call("upsert_collection", r#"{"collection": "carriers", "schema": {}}"#)?;
/// use rekor_core::api::{history::Action, preview::PlanPromotion};
///
/// let from = "ops--carriers".to_owned(); // where the collection `carriers` was made
/// let plan = store.run(&PlanPromotion { workspace: "ops".into(), from, ..Default::default() })?;
/// assert_eq!((plan.changes[0].collection.as_str(), plan.changes[0].action), ("carriers", Action::Created));
/// assert!(!plan.breaking && plan.conflicts.is_empty());
/// # Ok::<(), rekor_core::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PlanPromotion {
    /// The production workspace.
    pub workspace: String,
    /// The preview.
    pub from: String,
    /// Whether collections that the preview no longer has are removed.
    #[serde(default)]
    pub prune: bool,
}

/// Makes production's collections what the preview's are, in one commit.
///
/// What only production has changed since the preview was made stays; what both have changed is `promote_conflict`. A change
/// that refuses what was accepted, or that a stored record fails, is `breaking_change`.
///
/// ```
/// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
/// # store.call("create_preview", r#"{"workspace": "ops", "name": "carriers"}"#)?;
/// # store.workspace("ops--carriers")?.call("upsert_collection", r#"{"collection": "carriers", "schema": {}}"#)?;
/// use rekor_core::api::preview::{PlanPromotion, Promote};
///
/// let (workspace, from) = ("ops".to_owned(), "ops--carriers".to_owned());
/// let plan = PlanPromotion { workspace: workspace.clone(), from: from.clone(), ..Default::default() };
/// let reviewed = store.run(&plan)?; // for a person to look at
/// let done = store.run(&Promote { workspace, from, expect: Some(reviewed.hash), ..Default::default() })?;
/// assert_eq!(done.seq, Some(ws.seq()?));
/// # Ok::<(), rekor_core::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Promote {
    /// The production workspace.
    pub workspace: String,
    /// The preview.
    pub from: String,
    /// The hash of the plan that was reviewed; any other plan is `preview_changed`.
    #[serde(default)]
    pub expect: Option<String>,
    /// That a person has agreed: without it and without `expect`, it is `human_only`.
    #[serde(default)]
    pub yes: bool,
    /// Whether to go ahead although the plan is breaking.
    #[serde(default)]
    pub allow_breaking: bool,
    /// Whether collections that the preview no longer has are removed, with their records.
    #[serde(default)]
    pub prune: bool,
}

/// Says what rolling a promotion back would do, and whether it may.
///
/// ```
/// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
/// # store.call("create_preview", r#"{"workspace": "ops", "name": "carriers"}"#)?;
/// # store.workspace("ops--carriers")?.call("upsert_collection", r#"{"collection": "carriers", "schema": {}}"#)?;
/// # let promoted = r#"{"workspace": "ops", "from": "ops--carriers", "yes": true}"#;
/// # store.call("promote", promoted)?;
/// # let promotion = ws.seq()?;
/// use rekor_core::api::{history::Action, preview::PlanRollback};
///
/// let workspace = "ops".to_owned();
/// let plan = store.run(&PlanRollback { workspace, promotion, prune: true })?;
/// assert_eq!((plan.changes[0].collection.as_str(), plan.changes[0].action), ("carriers", Action::Deleted));
/// # Ok::<(), rekor_core::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PlanRollback {
    /// The production workspace.
    pub workspace: String,
    /// The promotion: the newest that is not rolled back.
    pub promotion: u64,
    /// Whether collections that the promotion made are removed.
    #[serde(default)]
    pub prune: bool,
}

/// Makes what the newest promotion changed what it was before, by the rules of [`Promote`].
///
/// ```
/// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
/// # store.call("create_preview", r#"{"workspace": "ops", "name": "carriers"}"#)?;
/// # store.workspace("ops--carriers")?.call("upsert_collection", r#"{"collection": "carriers", "schema": {}}"#)?;
/// # let promoted = r#"{"workspace": "ops", "from": "ops--carriers", "yes": true}"#;
/// # store.call("promote", promoted)?;
/// # let promotion = ws.seq()?;
/// use rekor_core::api::{collection::ListCollections, preview::Rollback};
///
/// let rollback = Rollback {
///     workspace: "ops".into(),
///     promotion, // the number of its commit
///     yes: true, // a person has agreed
///     prune: true,
///     allow_breaking: true,
///     ..Default::default()
/// };
/// assert_eq!(store.run(&rollback)?.plan.promotion, Some(promotion));
/// assert_eq!(ws.run(&ListCollections {})?.data.len(), 2);
/// # Ok::<(), rekor_core::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Rollback {
    /// The production workspace.
    pub workspace: String,
    /// The promotion: the newest that is not rolled back.
    pub promotion: u64,
    /// The hash of the plan that was reviewed; any other plan is `preview_changed`.
    #[serde(default)]
    pub expect: Option<String>,
    /// That a person has agreed: without it and without `expect`, it is `human_only`.
    #[serde(default)]
    pub yes: bool,
    /// Whether to go ahead although the plan is breaking.
    #[serde(default)]
    pub allow_breaking: bool,
    /// Whether collections that the promotion made are removed, with their records.
    #[serde(default)]
    pub prune: bool,
}

/// What a promotion or rollback does. The same plan is shown by every surface.
///
/// ```
/// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
/// use rekor_core::{Json, api::collection::UpsertCollection, api::preview::{CreatePreview, PlanPromotion}};
///
/// let preview = CreatePreview { workspace: "ops".into(), name: "strict".into(), ..Default::default() };
/// store.workspace(&store.run(&preview)?.thing.id)?.run(&UpsertCollection {
///     collection: "invoices".into(),
///     schema: Some(Json::from_text(r#"{"properties": {"amount": {"maximum": 100}}}"#)),
///     ..Default::default()
/// })?;
/// let from = "ops--strict".to_owned();
/// let plan = store.run(&PlanPromotion { workspace: "ops".into(), from, ..Default::default() })?;
/// assert!(plan.breaking && plan.changes[0].reasons.iter().any(|reason| reason.pointer.contains("amount")));
/// assert_eq!((plan.records[0].checked, plan.records[0].failing), (3, 1)); // `inv-1` is over 120
/// # Ok::<(), rekor_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct PromotionPlan {
    /// The production workspace.
    pub workspace: String,
    /// The preview that is promoted; null for a rollback.
    pub from: Option<String>,
    /// The promotion that is rolled back; null for a promotion.
    pub promotion: Option<u64>,
    /// What this plan is, and nothing else: to pass as `expect`.
    pub hash: String,
    /// Whether it needs `allow_breaking`.
    pub breaking: bool,
    /// The collections that become others, by id.
    pub changes: Vec<PlannedChange>,
    /// The collections that both sides have changed since the preview was made: none of the plan can be applied.
    pub conflicts: Vec<PromotionConflict>,
    /// The stored records that were checked, by collection.
    pub records: Vec<CheckedRecords>,
}

/// What becomes of one collection.
///
/// See [`PromotionPlan`] for an example.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct PlannedChange {
    /// Its id.
    pub collection: String,
    /// Whether it is made, changed or removed.
    pub action: Action,
    /// Whether it would be removed and is kept, since `prune` was not asked for.
    pub kept: bool,
    /// How many records go with it; null unless it is removed.
    pub records_removed: Option<u64>,
    /// Its name and schema, field by field.
    pub changes: Vec<FieldChange>,
    /// Whether its new schema refuses something that its old one accepted.
    pub breaking: bool,
    /// How that was decided: `algebra` is a proof, `rules` errs on the side of breaking; null where there was nothing to ask.
    pub decided_by: Option<String>,
    /// What is refused now.
    pub reasons: Vec<BreakingReason>,
}

/// Why a schema is breaking.
///
/// See [`PromotionPlan`] for an example.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct BreakingReason {
    /// Where in the schema, as a JSON pointer (RFC 6901).
    pub pointer: String,
    /// Which rule, by its permanent name.
    pub rule: String,
    /// What it means, in plain words.
    pub message: String,
}

/// A collection that production and preview have both changed.
///
/// ```
/// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
/// # store.call("create_preview", r#"{"workspace": "ops", "name": "names"}"#)?;
/// # for (id, required) in [("ops", r#"["name", "city"]"#), ("ops--names", "[]")] {
/// #     let both = format!(r#"{{"collection": "customers", "schema": {{"required": {required}}},
/// #         "allow_breaking": true, "yes": true}}"#);
/// #     store.workspace(id)?.call("upsert_collection", &both)?;
/// # }
/// use rekor_core::{Code, api::preview::{PlanPromotion, Promote}};
///
/// let (workspace, from) = ("ops".to_owned(), "ops--names".to_owned()); // both have changed `customers`
/// let plan = PlanPromotion { workspace: workspace.clone(), from: from.clone(), prune: false };
/// assert_eq!(store.run(&plan)?.conflicts[0].collection, "customers");
/// let error = store.run(&Promote { workspace, from, yes: true, ..Default::default() }).unwrap_err();
/// assert_eq!(error.code(), Code::PromoteConflict);
/// # Ok::<(), rekor_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct PromotionConflict {
    /// Its id.
    pub collection: String,
    /// What production did.
    pub production: Action,
    /// What the preview did.
    pub preview: Action,
}

/// The stored records of a collection, checked by the schema that is to be theirs.
///
/// See [`PromotionPlan`] for an example.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct CheckedRecords {
    /// The collection.
    pub collection: String,
    /// How many records there are.
    pub checked: u64,
    /// How many of them do not match.
    pub failing: u64,
    /// The first that does not.
    pub first: Option<FailingRecord>,
}

/// A record that a new schema refuses.
///
/// See [`PromotionPlan`] for an example.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct FailingRecord {
    /// Its id.
    pub id: String,
    /// Where in it.
    pub pointer: String,
    /// Why.
    pub message: String,
}

/// What a promotion or rollback did.
///
/// See [`Promote`] for an example.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Promoted {
    /// The sequence number of its commit, which is also its id; null when nothing changed.
    pub seq: Option<u64>,
    /// What was applied.
    pub plan: PromotionPlan,
}

/// Lists the promotions and rollbacks of a workspace, the newest first.
///
/// ```
/// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
/// # store.call("create_preview", r#"{"workspace": "ops", "name": "carriers"}"#)?;
/// # store.workspace("ops--carriers")?.call("upsert_collection", r#"{"collection": "carriers", "schema": {}}"#)?;
/// # let promoted = r#"{"workspace": "ops", "from": "ops--carriers", "yes": true}"#;
/// # store.call("promote", promoted)?;
/// # let promotion = ws.seq()?;
/// use rekor_core::api::preview::ListPromotions;
///
/// let promotions = store.run(&ListPromotions { workspace: "ops".into() })?;
/// assert_eq!(promotions.data[0].from.as_deref(), Some("ops--carriers"));
/// assert_eq!(promotions.data[0].changes[0].collection, "carriers");
/// # Ok::<(), rekor_core::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ListPromotions {
    /// The production workspace.
    pub workspace: String,
}

/// A promotion or a rollback.
///
/// See [`ListPromotions`] for an example.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Promotion {
    /// Its id: the sequence number of its commit.
    pub id: u64,
    /// When it was made; null when the journal no longer tells.
    pub at: Option<String>,
    /// Who made it, and why.
    pub actor: Option<Actor>,
    /// The preview that was promoted; null for a rollback.
    pub from: Option<String>,
    /// The promotion that was rolled back; null for a promotion.
    pub rolls_back: Option<u64>,
    /// The rollback that took it back, if one did.
    pub rolled_back_by: Option<u64>,
    /// The hash of the plan.
    pub hash: String,
    /// What became of which collection.
    pub changes: Vec<PromotedChange>,
}

/// What a promotion did to one collection.
///
/// See [`ListPromotions`] for an example.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct PromotedChange {
    /// Its id.
    pub collection: String,
    /// Whether it was made, changed or removed.
    pub action: Action,
}
