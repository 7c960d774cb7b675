//! `rekor backup`.

use std::path::Path;
use std::rc::Rc;

use crate::draft::Draft;
use crate::failure::{Result, naming};
use crate::output::Rows;
use crate::progress::Progress;
use crate::session::{Access, Session};

const EXAMPLES: &str = "\
Examples:
  rekor backup ops.backup --workspace ops
  rekor backup \"ops-$(date +%F).backup\" --yes

One consistent moment of one workspace, with its history, while others go on writing. Every byte of it is covered
by a checksum; `rekor restore` refuses a backup that is damaged or cut short. Only an operator may make one.";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The file to write
    file: String,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<()> {
    if session.is_dry_run() {
        let report =
            session.workspace(Access::Read, |workspace| Ok(workspace.backup(&mut std::io::sink())?))?;
        session.out.one(Rows::Flat, &report)?;
        session.note_dry_run();
        return Ok(());
    }
    let is_there = Path::new(&args.file).exists();
    session.confirm_replacing("file", &args.file)?;
    let report = session.workspace(Access::Read, |workspace| {
        let progress = Rc::new(Progress::of_bytes(None));
        let shown = Rc::clone(&progress);
        let mut draft = Draft::of(&args.file, is_there, move |bytes| shown.at(bytes))?;
        let report = workspace.backup(&mut draft);
        let report = report.map_err(|error| draft.failure(naming(error, "FILE", &args.file)))?;
        draft.publish()?;
        Ok(report)
    })?;
    session.out.one(Rows::Flat, &report)
}
