//! `rekor relationships list`.

use rekor_core::api::relationship::ListRelationships;

use crate::failure::Result;
use crate::output::Rows;
use crate::session::Session;

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  rekor relationships list --type belongs_to --limit 100")]
pub(crate) struct Args {
    /// Only those of this type
    #[arg(long = "type", value_name = "TYPE")]
    rel_type: Option<String>,
    /// Rows at most: 50 unless given, at most 1,000
    #[arg(long, value_name = "N", value_parser = crate::args::parse_rows, allow_negative_numbers = true)]
    limit: Option<u64>,
    /// Where the last page ended: its next_cursor
    #[arg(long, value_name = "CURSOR")]
    cursor: Option<String>,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<()> {
    let request =
        ListRelationships { rel_type: args.rel_type.clone(), limit: args.limit, cursor: args.cursor.clone() };
    let answer = session.read(&request)?;
    session.out.list(Rows::Relationships, "data", &answer)
}
