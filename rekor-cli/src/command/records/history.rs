//! `rekor records history`.

use rekor_core::api::history::RecordHistory;

use crate::args::parse_rows;
use crate::command::records::key::Key;
use crate::failure::Result;
use crate::output::Rows;
use crate::session::Session;

const EXAMPLES: &str = "\
Examples:
  rekor records history invoices rec_abc --diff
  rekor records history invoices --external-id inv_123 -o json";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(flatten)]
    key: Key,
    /// Shows which fields each change changed
    #[arg(long)]
    diff: bool,
    /// Changes at most: 50 unless given, at most 1,000
    #[arg(long, value_name = "N", value_parser = parse_rows, allow_negative_numbers = true)]
    limit: Option<u64>,
    /// Where the last page ended: its next_cursor
    #[arg(long, value_name = "CURSOR")]
    cursor: Option<String>,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<()> {
    let request = RecordHistory {
        collection: args.key.collection.clone(),
        id: args.key.id.clone(),
        external_id: args.key.external_id.clone(),
        external_source: args.key.external_source.clone(),
        diff: args.diff,
        limit: args.limit,
        cursor: args.cursor.clone(),
    };
    let answer = session.read(&request)?;
    session.out.list(Rows::Changes, "data", &answer)
}
