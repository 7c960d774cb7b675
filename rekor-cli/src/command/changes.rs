//! `rekor changes`.

use std::time::Duration;

use rekor_core::api::history::ListChanges;
use rekor_core::ground::json::Json;

use crate::failure::Result;
use crate::session::{Access, Session};

/// How often it is looked for new commits.
const EVERY: Duration = Duration::from_millis(100);

const EXAMPLES: &str = "\
Examples:
  rekor changes
  rekor changes --since 120 --collection invoices --follow

Each line has the `seq` of its commit. To go on later, pass that of the last line whose commit was read to its end.";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Only commits after this one
    #[arg(long, value_name = "SEQ", value_parser = crate::args::parse_count, default_value = "0", hide_default_value = true)]
    since: u64,
    /// Only changes of this collection and of its records
    #[arg(long, value_name = "COLLECTION")]
    collection: Option<String>,
    /// Goes on with what is changed from now on, until it is interrupted
    #[arg(long)]
    follow: bool,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<()> {
    let mut request = ListChanges { since: args.since, collection: args.collection.clone(), limit: None };
    session.workspace(Access::Read, |workspace| {
        loop {
            let page = workspace.run(&request)?;
            let lines = page.data.iter().map(|change| format!("{}\n", Json::from_value(change).text()));
            session.out.write(&lines.collect::<String>())?;
            request.since = page.next_since;
            match (page.has_more, args.follow) {
                (true, _) => {}
                (false, true) => std::thread::sleep(EVERY),
                (false, false) => return Ok(()),
            }
        }
    })
}
