//! `rekor compact`.

use crate::failure::Result;
use crate::output::Rows;
use crate::session::{Access, Session};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  rekor compact --workspace ops\n\nNothing that is stored changes. Ends with \
                        exit code 7 when somebody still reads or writes after --busy-timeout."
)]
pub(crate) struct Args {}

pub(crate) fn run(session: &Session, _args: &Args) -> Result<()> {
    let report = session.workspace(Access::Write, |workspace| Ok(workspace.compact()?))?;
    session.out.one(Rows::Flat, &report)
}
