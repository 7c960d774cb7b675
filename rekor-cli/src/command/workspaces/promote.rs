//! `rekor workspaces promote`.

use rekor_core::api::preview::{PlanPromotion, Promote};

use super::consent::{self, Consent};
use crate::failure::Result;
use crate::session::{Access, Session};

const EXAMPLES: &str = "\
Examples:
  rekor workspaces promote ops --from ops--add-invoices --dry-run
  rekor workspaces promote ops --from ops--add-invoices
  rekor workspaces promote ops --from ops--add-invoices --expect 5f2a…

At a terminal the plan is shown and asked for. Off a terminal a person's word is needed: --yes, or --expect with the hash
of the plan that was reviewed.";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The production workspace
    id: String,
    /// The preview
    #[arg(long, value_name = "PREVIEW")]
    from: String,
    #[command(flatten)]
    consent: Consent,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<()> {
    let (workspace, from, prune) = (args.id.clone(), args.from.clone(), args.consent.prune);
    let plan = PlanPromotion { workspace: workspace.clone(), from: from.clone(), prune };
    let plan = || session.run(Access::Read, &plan);
    consent::ask(session, &args.consent, "promote", plan, |expect, yes| Promote {
        workspace: workspace.clone(),
        from: from.clone(),
        expect,
        yes,
        allow_breaking: args.consent.allow_breaking,
        prune,
    })
}
