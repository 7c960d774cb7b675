//! `rekor workspaces promotions`.

use rekor_core::api::preview::ListPromotions;

use crate::failure::Result;
use crate::output::Rows;
use crate::session::{Access, Session};

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  rekor workspaces promotions ops")]
pub(crate) struct Args {
    /// The production workspace
    id: String,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<()> {
    let answer = session.run(Access::Read, &ListPromotions { workspace: args.id.clone() })?;
    session.out.list(Rows::Promotions, "data", &answer)
}
