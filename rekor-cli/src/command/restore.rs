//! `rekor restore`.

use std::fs::File;
use std::io::{self, BufReader};

use crate::failure::{Result, naming};
use crate::input;
use crate::output::Rows;
use crate::progress::Progress;
use crate::session::{Access, Session};

const EXAMPLES: &str = "\
Example:
  rekor restore ops.backup --to ops-again

Makes a new workspace of a backup, with its history and its versions, or none at all: nothing that exists is changed.
To put it in the place of another, delete that one first. Only an operator may.";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The file that `rekor backup` has written
    file: String,
    /// The id of the workspace to make
    #[arg(long, value_name = "ID")]
    to: String,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<()> {
    let unreadable = |error: io::Error| input::unreadable("file", &args.file, &error);
    let file = File::open(&args.file).map_err(unreadable)?;
    let about = file.metadata().map_err(unreadable)?;
    if about.is_dir() {
        return Err(unreadable(io::ErrorKind::IsADirectory.into()).into());
    }
    let answer = session.store(Access::Write, |store| {
        let progress = Progress::of_bytes(about.is_file().then_some(about.len()));
        let mut input = BufReader::with_capacity(1 << 16, progress.reading(&file));
        let store = if session.is_dry_run() { &store.dry_run() } else { store };
        let made = store.restore(&mut input, &args.to);
        Ok(made.map_err(|error| naming(error, "FILE", &args.file))?)
    })?;
    session.out.one(Rows::Workspaces, &answer)?;
    session.note_dry_run();
    Ok(())
}
