//! `rekor workspaces set`.

use rekor_core::api::workspace::SetWorkspace;

use crate::failure::Result;
use crate::output::Rows;
use crate::session::Session;

const EXAMPLES: &str = "\
Examples:
  rekor workspaces set ops --history 90d
  rekor workspaces set ops --name \"Operations\" --strict-refs true

History that is older goes step by step, in the background; the last hour is kept in any case. It does not come back
when --history is raised later. Only an operator may.";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
#[command(group = clap::ArgGroup::new("what").required(true).multiple(true))]
pub(crate) struct Args {
    /// The workspace
    id: String,
    /// What people call it
    #[arg(long, group = "what")]
    name: Option<String>,
    /// What it is for; empty for nothing
    #[arg(long, value_name = "TEXT", group = "what")]
    description: Option<String>,
    /// How long history is kept: all, or days, as in 90d
    #[arg(long, value_name = "all|DAYS", group = "what")]
    history: Option<String>,
    /// Whether a relationship to a missing record is an error
    #[arg(long, value_name = "true|false", group = "what")]
    strict_refs: Option<bool>,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<()> {
    let request = SetWorkspace {
        id: args.id.clone(),
        name: args.name.clone(),
        description: args.description.clone(),
        history: args.history.clone(),
        strict_refs: args.strict_refs,
    };
    session.write_store(Rows::Workspaces, &request)
}
