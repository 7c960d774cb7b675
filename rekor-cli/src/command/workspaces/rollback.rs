//! `rekor workspaces rollback`.

use rekor_core::api::preview::{PlanRollback, Rollback};

use super::consent::{self, Consent};
use crate::failure::Result;
use crate::session::{Access, Session};

const EXAMPLES: &str = "\
Examples:
  rekor workspaces rollback ops --promotion 120 --dry-run
  rekor workspaces rollback ops --promotion 120 --prune --yes

The newest promotion is rolled back, by the rules of promote. `rekor workspaces promotions ops` lists them.";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The production workspace
    id: String,
    /// The promotion to roll back
    #[arg(long, value_name = "ID", value_parser = crate::args::parse_count)]
    promotion: u64,
    #[command(flatten)]
    consent: Consent,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<()> {
    let (workspace, promotion, prune) = (args.id.clone(), args.promotion, args.consent.prune);
    let plan = PlanRollback { workspace: workspace.clone(), promotion, prune };
    let plan = || session.run(Access::Read, &plan);
    consent::ask(session, &args.consent, "roll back", plan, |expect, yes| Rollback {
        workspace: workspace.clone(),
        promotion,
        expect,
        yes,
        allow_breaking: args.consent.allow_breaking,
        prune,
    })
}
