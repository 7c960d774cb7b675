//! `rekor collections list`.

use rekor_core::api::collection::ListCollections;

use crate::failure::Result;
use crate::output::Rows;
use crate::session::Session;

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  rekor collections list --workspace ops")]
pub(crate) struct Args {}

pub(crate) fn run(session: &Session, _args: &Args) -> Result<()> {
    let answer = session.read(&ListCollections {})?;
    session.out.list(Rows::Collections, "data", &answer)
}
