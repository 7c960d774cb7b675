//! Previews: copies of a production workspace's configuration that are worked in freely, and that a person promotes.

use serde::{Deserialize, Serialize};

use crate::api::history::{Action, FieldChange};
use crate::api::list::Actor;

/// Makes a preview of a production workspace: a workspace `<parent>--<slug>` with the same collections.
///
/// `already_exists` when its id is taken, `invalid_id` when nothing of the name is left for a slug.
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Promoted {
    /// The sequence number of its commit, which is also its id; null when nothing changed.
    pub seq: Option<u64>,
    /// What was applied.
    pub plan: PromotionPlan,
}

/// Lists the promotions and rollbacks of a workspace, the newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ListPromotions {
    /// The production workspace.
    pub workspace: String,
}

/// A promotion or a rollback.
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct PromotedChange {
    /// Its id.
    pub collection: String,
    /// Whether it was made, changed or removed.
    pub action: Action,
}
