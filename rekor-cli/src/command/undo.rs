//! `rekor undo`.

use rekor_core::api::undo::Undo;

use crate::failure::Result;
use crate::output::Rows;
use crate::session::Session;

const EXAMPLES: &str = "\
Examples:
  rekor undo --batch 120 --dry-run
  rekor undo --run nightly-2026-11-22

Everything that the commits changed is then what it was before them, or nothing changes: if anything later has changed one
of the things, the command says what and who. `rekor changes` lists the commits by their `seq`.";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The commit to take back, by its sequence number; without it, the commits of --run
    #[arg(long, value_name = "SEQ", value_parser = crate::args::parse_count)]
    batch: Option<u64>,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<()> {
    // `--run` says elsewhere what run a write belongs to; the core leaves that out where it takes that run back.
    let run = if args.batch.is_some() { None } else { session.named_run() };
    session.write(Rows::Flat, &Undo { batch: args.batch, run })
}
