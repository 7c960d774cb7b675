//! `rekor compact`.

use rekor_core::{Code, Error};

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
    if session.is_dry_run() {
        return Err(Error::new(
            Code::InvalidRequest,
            "compacting cannot be rehearsed: it changes nothing that is stored",
        )
        .at("/dry_run")
        .hint("leave --dry-run out; `rekor stats` says how large the file is")
        .into());
    }
    let report = session.workspace(Access::Write, |workspace| Ok(workspace.compact()?))?;
    session.out.one(Rows::Flat, &report)
}
