//! `rekor relationships import`.

use crate::failure::Result;
use crate::output::Rows;
use crate::rejects::Gated;
use crate::session::{Access, Session};
use crate::transfer::{Source, Watch};

const EXAMPLES: &str = "\
Example:
  rekor relationships import --file links.ndjson --errors bad.ndjson

A line: {\"source\":\"invoices/rec_abc\",\"target\":\"customers/@crm:c_9\",\"type\":\"belongs_to\",\"data\":{}}";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The file, a JSON object a line, or - for standard input
    #[arg(long, value_name = "FILE")]
    file: String,
    /// Makes a missing end an error and not a warning
    #[arg(long)]
    strict: bool,
    /// Sets bad lines aside in this file and goes on; the first one ends the import otherwise
    #[arg(long, value_name = "FILE")]
    errors: Option<String>,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<()> {
    // Importing the same links twice makes one of each, so nothing needs to resume.
    let mut source = Source::open(&args.file)?;
    let skip = args.errors.is_some();
    session.without_key("an import, which goes on by itself where it stopped,")?;
    let answer = session.workspace(Access::Write, |workspace| {
        let workspace = if session.is_dry_run() { &workspace.dry_run() } else { workspace };
        let rejects = source.rejects(args.errors.as_ref(), session.yes())?;
        let mut watch = Watch::begin(&source.progress, rejects);
        let mut input = Gated { input: &mut source.input, gate: watch.gate() };
        let outcome =
            workspace.import_relationships(&mut input, args.strict, skip, &mut |event| watch.event(event));
        watch.end(outcome)
    })?;
    session.out.one(Rows::Flat, &answer)?;
    session.note_dry_run();
    Ok(())
}
