//! `rekor check`.

use rekor_core::ground::error::Code;

use crate::failure::{Failure, Result};
use crate::output::Rows;
use crate::session::{Access, Session};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  rekor check --workspace ops\n\nEnds with exit code 8 when something is damaged."
)]
pub(crate) struct Args {}

pub(crate) fn run(session: &Session, _args: &Args) -> Result<()> {
    let report = session.workspace(Access::Write, |workspace| Ok(workspace.check()?))?;
    session.out.one(Rows::Flat, &report)?;
    if report.problems.is_empty() { Ok(()) } else { Err(Failure::Found(Code::CorruptStore)) }
}
