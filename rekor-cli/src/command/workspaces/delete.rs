//! `rekor workspaces delete`.

use rekor_core::api::workspace::DeleteWorkspace;

use crate::failure::Result;
use crate::output::Rows;
use crate::session::Session;

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  rekor workspaces delete scratch --yes")]
pub(crate) struct Args {
    /// The workspace
    id: String,
    /// Deletes its previews with it
    #[arg(long)]
    with_previews: bool,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<()> {
    let yes = session.confirm(&format!(
        "delete workspace `{}` with all that it holds{}?",
        args.id,
        if args.with_previews { ", and its previews" } else { "" }
    ))?;
    let request = DeleteWorkspace { id: args.id.clone(), with_previews: args.with_previews, yes };
    session.write_store(Rows::Workspaces, &request)
}
