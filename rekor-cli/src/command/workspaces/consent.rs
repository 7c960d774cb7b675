//! The word of a person that a promotion or rollback needs: the plan is shown at a terminal and asked for.

use rekor_core::api::preview::{Promoted, PromotionPlan};
use rekor_core::{Named, StoreRequest};

use crate::failure::Result;
use crate::output::plan::plan_text;
use crate::session::Session;

/// What a person may say beforehand.
#[derive(Debug, clap::Args)]
pub(crate) struct Consent {
    /// Applies only the plan with this hash, as --dry-run shows it
    #[arg(long, value_name = "HASH")]
    pub(crate) expect: Option<String>,
    /// Goes ahead although the plan refuses what was accepted, or stored records do not fit
    #[arg(long)]
    pub(crate) allow_breaking: bool,
    /// Removes whole collections, with their records
    #[arg(long)]
    pub(crate) prune: bool,
}

/// Shows the plan if nothing is to be written; else applies it, asking first at a terminal.
pub(crate) fn ask<R: StoreRequest<Answer = Promoted> + Named>(
    session: &Session,
    consent: &Consent,
    verb: &str,
    plan: impl FnOnce() -> Result<PromotionPlan>,
    request: impl Fn(Option<String>, bool) -> R,
) -> Result<()> {
    if session.is_dry_run() {
        let plan = plan()?;
        return session.out.text_or_json(&plan, || plan_text(&plan));
    }
    let (mut expect, mut yes) = (consent.expect.clone(), session.yes());
    if expect.is_none() && session.can_ask() {
        let plan = plan()?;
        // A plan that cannot be applied is refused with its reason, not asked for.
        let refused = !plan.conflicts.is_empty() || plan.breaking && !consent.allow_breaking;
        session.say(&plan_text(&plan));
        if !refused {
            session.confirm(&format!("{verb} `{}` so?", plan.workspace))?;
        }
        (expect, yes) = (Some(plan.hash), true);
    }
    let answer = session.run_store(&request(expect, yes))?;
    session.out.text_or_json(&answer, || done(verb, answer.text()))
}

/// What was done, in a line.
fn done(verb: &str, answer: &str) -> String {
    #[derive(serde::Deserialize)]
    struct Done {
        seq: Option<u64>,
    }
    match serde_json::from_str::<Done>(answer) {
        Ok(Done { seq: Some(seq) }) => format!("done: {verb}, commit {seq}\n"),
        _ => "nothing to do\n".to_owned(),
    }
}
