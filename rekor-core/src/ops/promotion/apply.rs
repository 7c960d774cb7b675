//! A plan carried out: asked once more whether it is the one that was reviewed, then stored in one commit with the base of the
//! next comparison and an entry that a rollback starts from.

use serde::{Deserialize, Serialize};

use crate::api::preview::{Promoted, PromotedChange, PromotionPlan};
use crate::codec::collection::encode;
use crate::codec::keys;
use crate::ctx::Ctx;
use crate::ctx::rights;
use crate::ctx::session::Session;
use crate::engine::Seq;
use crate::ground::error::{Code, Error, Result};
use crate::ground::json::Json;
use crate::ops::configure::Plans;
use crate::ops::evolve::{self, Evolution};
use crate::ops::promotion::base::Base;
use crate::ops::promotion::plan::{Origin, Proposal, conflict};
use crate::ops::sweep;

/// What the caller has agreed to.
#[derive(Debug, Clone, Default)]
pub struct Consent {
    /// The hash of the plan that was reviewed.
    pub expect: Option<String>,
    /// That a person has agreed.
    pub yes: bool,
    /// To go ahead although the plan is breaking.
    pub allow_breaking: bool,
    /// The command that a person would run.
    pub command: String,
}

impl Consent {
    /// The command that a person would run for just this.
    #[must_use]
    pub fn command_now(&self) -> String {
        let breaking = if self.allow_breaking { " --allow-breaking" } else { "" };
        format!("{}{breaking}", self.command)
    }
}

/// What is stored of a promotion or rollback, under the number of its commit.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PromotionRow {
    /// The preview that was promoted.
    pub from: Option<String>,
    /// The file of the preview.
    pub file: [u8; 16],
    /// The promotion that was rolled back.
    pub rolls_back: Option<u64>,
    /// The hash of the plan.
    pub hash: String,
    /// What became of which collection.
    pub changes: Vec<PromotedChange>,
    /// The preview's base before it.
    pub base: Base,
}

/// Plans what `propose` says of production and carries it out.
pub fn carry_out(
    production: &Session,
    propose: &dyn Fn(&mut Ctx<'_>) -> Result<Proposal>,
    consent: &Consent,
) -> Result<Promoted> {
    let proposal = production.read(|ctx| propose(ctx))?;
    let plan = proposal.plan(production)?;
    agree(&plan, consent)?;
    conflict(&plan)?;
    may_break(&plan, consent)?;
    let promotion = Applied {
        propose,
        fingerprint: proposal.fingerprint(production.id())?,
        allow_breaking: consent.allow_breaking,
        plan,
    };
    let outcome = evolve::carry_out(production, &promotion);
    sweep::sweep_indexes(production);
    let (promoted, seq) = outcome.map_err(|error| match error.code() {
        // Records that were written since the plan was made.
        Code::SchemaIncompatible if !error.detail_list().is_empty() => {
            breaking(error.message(), consent).details(error.detail_list().to_vec())
        }
        _ => error,
    })?;
    Ok(Promoted { seq: promoted.seq.and(seq.map(|Seq(seq)| seq)), ..promoted })
}

fn agree(plan: &PromotionPlan, consent: &Consent) -> Result<()> {
    match &consent.expect {
        Some(hash) if *hash == plan.hash => Ok(()),
        Some(hash) => Err(changed(hash, &plan.hash)),
        None => rights::word(consent.yes, || consent.command_now()),
    }
}

fn changed(expected: &str, is: &str) -> Error {
    let detail = serde_json::json!({ "expected": expected, "hash": is });
    Error::new(Code::PreviewChanged, "the plan is no longer the one that was reviewed")
        .at("/expect")
        .hint("look at it again with --dry-run, and pass the hash that it shows")
        .details(vec![Json::from_value(&detail)])
}

fn may_break(plan: &PromotionPlan, consent: &Consent) -> Result<()> {
    if !plan.breaking || consent.allow_breaking {
        return Ok(());
    }
    let changes = plan.changes.iter().filter(|change| change.breaking);
    let mut why: Vec<String> = changes
        .map(|change| {
            let first = change
                .reasons
                .first()
                .map_or("it refuses what was accepted", |reason| reason.message.as_str());
            format!("`{}`: {first}", change.collection)
        })
        .collect();
    why.extend(plan.records.iter().filter(|one| one.failing > 0).map(|one| {
        let first =
            one.first.as_ref().map_or_else(String::new, |first| format!(", the first is `{}`", first.id));
        format!("{} of {} records of `{}` do not match{first}", one.failing, one.checked, one.collection)
    }));
    let breaking_changes = plan.changes.iter().filter(|change| change.breaking).map(Json::from_value);
    let failing = plan.records.iter().filter(|one| one.failing > 0).map(Json::from_value);
    Err(breaking(&why.join("; "), consent).details(breaking_changes.chain(failing).collect()))
}

fn breaking(why: &str, consent: &Consent) -> Error {
    Error::new(Code::BreakingChange, format!("the change is breaking: {why}")).hint(format!(
        "change the schema or the records, or let a person run `{} --allow-breaking`",
        consent.command
    ))
}

/// A plan on its way into production.
struct Applied<'p> {
    propose: &'p dyn Fn(&mut Ctx<'_>) -> Result<Proposal>,
    fingerprint: String,
    allow_breaking: bool,
    plan: PromotionPlan,
}

impl Evolution for Applied<'_> {
    type Answer = Promoted;

    fn plan(&self, ctx: &mut Ctx<'_>) -> Result<Plans> {
        let proposal = (self.propose)(ctx)?;
        if !proposal.conflicts.is_empty() || proposal.fingerprint(&ctx.meta().workspace)? != self.fingerprint
        {
            return Err(changed(&self.plan.hash, "another"));
        }
        let mut plans = proposal.plans(ctx, self.allow_breaking)?;
        let (from, rolls_back, file) = match &proposal.origin {
            Origin::Preview { id, file } => (Some(id.clone()), None, *file),
            Origin::Rollback { promotion, file } => (None, Some(*promotion), *file),
        };
        if let Some(base) = &proposal.next_base {
            plans.also.push((keys::base(&file), encode(base)?));
        }
        let changes = self.done();
        if !changes.is_empty() {
            let hash = self.plan.hash.clone();
            let row = PromotionRow { from, file, rolls_back, hash, changes, base: proposal.base };
            plans.stamped.push((keys::promotion(0), encode(&row)?));
        }
        Ok(plans)
    }

    fn finish(&self, _ctx: &mut Ctx<'_>, _plans: &Plans) -> Result<Self::Answer> {
        // The number of the commit is known when it is made.
        Ok(Promoted { seq: (!self.done().is_empty()).then_some(0), plan: self.plan.clone() })
    }
}

impl Applied<'_> {
    /// What becomes of which collection, those left out that are kept.
    fn done(&self) -> Vec<PromotedChange> {
        let done = self.plan.changes.iter().filter(|change| !change.kept);
        done.map(|change| PromotedChange { collection: change.collection.clone(), action: change.action })
            .collect()
    }
}
