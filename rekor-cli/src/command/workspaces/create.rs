//! `rekor workspaces create`.

use rekor_core::api::workspace::CreateWorkspace;

use crate::failure::Result;
use crate::output::Rows;
use crate::session::Session;

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  rekor workspaces create ops --name \"Operations\"")]
pub(crate) struct Args {
    /// The id to give it: lower-case letters, digits, _ and -
    id: String,
    /// What people call it; the id unless given
    #[arg(long)]
    name: Option<String>,
    /// What it is for
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<()> {
    let request = CreateWorkspace {
        id: args.id.clone(),
        name: args.name.clone(),
        description: args.description.clone(),
    };
    session.write_store(Rows::Workspaces, &request)
}
