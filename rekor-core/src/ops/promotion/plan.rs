//! A plan made of a proposal: every change with its differences, whether it is compatible by its schemas, what the stored
//! records say, and the hash of it all.

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::api::history::Action;
use crate::api::preview::{BreakingReason, CheckedRecords, PlannedChange, PromotionConflict, PromotionPlan};
use crate::codec::collection::CollectionRow;
use crate::codec::json::Tree;
use crate::ctx::Ctx;
use crate::ctx::session::Session;
use crate::ground::error::{Code, Error, Result};
use crate::ground::json::Json;
use crate::ops::configure::{self, Draft, Plans};
use crate::ops::difference::{Side, difference};
use crate::ops::promotion::base::{Base, fingerprint, hex};
use crate::ops::promotion::facts;
use crate::schema::{self, DecidedBy};

/// What one collection is to become.
#[derive(Debug, Clone)]
pub struct Target {
    /// Its id.
    pub id: String,
    /// What it is in production.
    pub now: Option<CollectionRow>,
    /// The name and schema that it is to have.
    pub then: Option<(String, String)>,
    /// The number and version of a removed collection that comes back with its records.
    pub revived: Option<(u32, u64)>,
}

/// Where a proposal comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A preview is promoted.
    Preview {
        /// Its id.
        id: String,
        /// The name of its file.
        file: [u8; 16],
    },
    /// A promotion is rolled back.
    Rollback {
        /// The promotion.
        promotion: u64,
        /// The file of the preview that was promoted.
        file: [u8; 16],
    },
}

/// What is to be done to production, before it is looked at closely.
#[derive(Debug, Clone)]
pub struct Proposal {
    /// Where it comes from.
    pub origin: Origin,
    /// The collections that become others, by id.
    pub targets: Vec<Target>,
    /// The collections that both sides have changed.
    pub conflicts: Vec<PromotionConflict>,
    /// Whether collections are removed.
    pub prune: bool,
    /// The base that it was compared with.
    pub base: Base,
    /// What the base of the next comparison is, if it changes.
    pub next_base: Option<Base>,
}

impl Proposal {
    /// What is written to production: all of it as one change.
    pub fn plans(&self, ctx: &mut Ctx<'_>, allow_breaking: bool) -> Result<Plans> {
        let (mut drafts, mut removed) = (Vec::new(), Vec::new());
        for target in &self.targets {
            match (&target.then, &target.now) {
                (Some((name, schema)), now) => drafts.push(Draft {
                    old: now.clone(),
                    id: target.id.clone(),
                    name: name.clone(),
                    schema: schema.clone(),
                    revived: target.revived,
                }),
                (None, Some(now)) if self.prune => removed.push(now.clone()),
                (None, _) => {}
            }
        }
        let plans = configure::complete(ctx, drafts, removed)?;
        configure::check_unused(ctx, &plans)?;
        Ok(Plans { checks_records: !allow_breaking, ..plans })
    }

    /// What tells this proposal from every other: which collection becomes what, of what it is now.
    pub fn fingerprint(&self, workspace: &str) -> Result<String> {
        #[derive(Serialize)]
        struct Print<'p>(&'p str, Option<String>, Option<String>, bool);
        let prints = self.targets.iter().map(|target| {
            let now = target.now.as_ref().map(|row| fingerprint(&row.name, &row.schema)).transpose()?;
            let then = target.then.as_ref().map(|(name, schema)| fingerprint(name, schema)).transpose()?;
            let kept = then.is_none() && !self.prune;
            Ok(Print(&target.id, now, then, kept))
        });
        let origin = match &self.origin {
            Origin::Preview { id, .. } => format!("promote {id} to {workspace}"),
            Origin::Rollback { promotion, .. } => format!("roll {promotion} of {workspace} back"),
        };
        let text = (origin, prints.collect::<Result<Vec<_>>>()?);
        Ok(hex(&Sha256::digest(Json::from_value(&text).text().as_bytes())))
    }

    /// Looks closely: compares the schemas, and checks every stored record that the change concerns.
    pub fn plan(&self, production: &Session) -> Result<PromotionPlan> {
        let changes = production.read(|ctx| {
            let plans = self.plans(ctx, false)?;
            self.targets.iter().map(|target| self.change(ctx, &plans, target)).collect::<Result<Vec<_>>>()
        })?;
        let records = if self.conflicts.is_empty() { facts::check(production, self)? } else { Vec::new() };
        let breaking =
            changes.iter().any(|change| change.breaking) || records.iter().any(|one| one.failing > 0);
        let (from, promotion) = match &self.origin {
            Origin::Preview { id, .. } => (Some(id.clone()), None),
            Origin::Rollback { promotion, .. } => (None, Some(*promotion)),
        };
        let hash = hash(&self.fingerprint(production.id())?, &changes, &records);
        let conflicts = self.conflicts.clone();
        Ok(PromotionPlan {
            workspace: production.id().to_owned(),
            from,
            promotion,
            hash,
            breaking,
            changes,
            conflicts,
            records,
        })
    }

    fn change(&self, ctx: &mut Ctx<'_>, plans: &Plans, target: &Target) -> Result<PlannedChange> {
        let side = |name: &str, schema: &str| -> Result<Side> {
            let plain = vec![("/name", Some(Json::from_value(name)))];
            Ok(Side { plain, tree: Some(("/schema", Tree::parse(schema)?)) })
        };
        let before = target.now.as_ref().map(|row| side(&row.name, &row.schema)).transpose()?;
        let after = target.then.as_ref().map(|(name, schema)| side(name, schema)).transpose()?;
        let verdict = match (&target.now, &target.then) {
            (Some(now), Some((_, schema))) => Some(compare(ctx, plans, now, schema)?),
            _ => None,
        };
        let reasons = verdict.iter().flat_map(|verdict| &verdict.reasons).map(|reason| BreakingReason {
            pointer: reason.pointer.clone(),
            rule: reason.rule.to_owned(),
            message: reason.message.clone(),
        });
        Ok(PlannedChange {
            collection: target.id.clone(),
            action: match (&target.now, &target.then) {
                (_, None) => Action::Deleted,
                (None, Some(_)) => Action::Created,
                (Some(_), Some(_)) => Action::Updated,
            },
            kept: target.then.is_none() && !self.prune,
            records_removed: match (&target.now, &target.then) {
                (Some(now), None) if self.prune => Some(configure::count_records(ctx.view(), now.number)?),
                _ => None,
            },
            changes: difference(before.as_ref(), after.as_ref()),
            breaking: verdict.as_ref().is_some_and(|verdict| verdict.breaking),
            decided_by: verdict.as_ref().map(|verdict| decided_by(verdict.decided_by).to_owned()),
            reasons: reasons.collect(),
        })
    }
}

const fn decided_by(what: DecidedBy) -> &'static str {
    match what {
        DecidedBy::Algebra => "algebra",
        DecidedBy::Rules => "rules",
    }
}

/// Compares a collection's schema with the one that it is to have, each among the collections of its side.
fn compare(ctx: &mut Ctx<'_>, plans: &Plans, now: &CollectionRow, schema: &str) -> Result<schema::Verdict> {
    let mut old = std::collections::HashMap::new();
    let mut new = std::collections::HashMap::new();
    for row in ctx.collection_rows()? {
        new.insert(row.id.clone(), std::sync::Arc::<str>::from(row.schema.as_str()));
        old.insert(row.id, std::sync::Arc::<str>::from(row.schema));
    }
    for plan in &plans.plans {
        new.insert(plan.new.id.clone(), plan.new.schema.as_str().into());
    }
    schema::compare(&now.schema, &|id| old.get(id).cloned(), schema, &|id| new.get(id).cloned())
}

/// The hash of a plan: of what it does, and of what was found out about it. How many records there are is not part of it, so
/// that writers do not outdate a review; whether any fails is.
fn hash(fingerprint: &str, changes: &[PlannedChange], records: &[CheckedRecords]) -> String {
    let breaking: Vec<&str> =
        changes.iter().filter(|change| change.breaking).map(|change| change.collection.as_str()).collect();
    let failing: Vec<&str> =
        records.iter().filter(|one| one.failing > 0).map(|one| one.collection.as_str()).collect();
    hex(&Sha256::digest(Json::from_value(&(fingerprint, breaking, failing)).text().as_bytes()))
}

/// The error of a plan that cannot be applied because both sides have changed the same thing.
pub fn conflict(plan: &PromotionPlan) -> Result<()> {
    if plan.conflicts.is_empty() {
        return Ok(());
    }
    let ids: Vec<&str> = plan.conflicts.iter().map(|conflict| conflict.collection.as_str()).collect();
    let (message, hint) = match &plan.from {
        Some(from) => (
            format!("`{}` and `{from}` have both changed {}", plan.workspace, ids.join(", ")),
            format!(
                "make the collection in `{from}` what it is to be in the end and in `{}` the same, or make a new preview: \
                 `rekor workspaces create-preview {} --name …`",
                plan.workspace, plan.workspace
            ),
        ),
        None => (
            format!("`{}` has changed {} since the promotion", plan.workspace, ids.join(", ")),
            "change it by itself: in a preview, and promote that".to_owned(),
        ),
    };
    Err(Error::new(Code::PromoteConflict, message)
        .hint(hint)
        .details(plan.conflicts.iter().map(Json::from_value).collect()))
}
