//! `rekor workspaces get`.

use rekor_core::api::workspace::GetWorkspace;

use crate::failure::Result;
use crate::output::Rows;
use crate::session::{Access, Session};

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  rekor workspaces get ops")]
pub(crate) struct Args {
    /// The workspace
    id: String,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<()> {
    let answer = session.run(Access::Read, &GetWorkspace { id: args.id.clone() })?;
    session.out.one(Rows::Workspaces, &answer)
}
