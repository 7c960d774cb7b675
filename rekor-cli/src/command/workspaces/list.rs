//! `rekor workspaces list`.

use rekor_core::api::workspace::ListWorkspaces;

use crate::failure::Result;
use crate::output::Rows;
use crate::session::{Access, Session};

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  rekor workspaces list")]
pub(crate) struct Args {}

pub(crate) fn run(session: &Session, _args: &Args) -> Result<()> {
    let answer = session.run(Access::Read, &ListWorkspaces {})?;
    session.out.list(Rows::Workspaces, "data", &answer)
}
