//! `rekor query-relationships`.

use clap::ValueEnum;
use rekor_core::api::relationship::{Direction, QueryRelationships};

use crate::command::names;
use crate::failure::Result;
use crate::output::Rows;
use crate::session::Session;

const EXAMPLES: &str = "\
Examples:
  rekor query-relationships invoices rec_abc --type belongs_to --direction outgoing
  rekor query-relationships customers rec_xyz --depth 3 --fields data.name";

/// Which way relationships are followed.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Way {
    Outgoing,
    Incoming,
    Both,
}

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The collection of the record to start from
    collection: String,
    /// The id of the record to start from
    id: String,
    /// Only relationships of this type
    #[arg(long = "type", value_name = "TYPE")]
    rel_type: Option<String>,
    /// Which way to follow them
    #[arg(long, value_enum, default_value = "both", value_name = "WAY")]
    direction: Way,
    /// Steps at most: 1 unless given, at most 10
    #[arg(long, value_name = "N", value_parser = crate::args::parse_count, allow_negative_numbers = true)]
    depth: Option<u64>,
    /// Only these fields of the records found
    #[arg(long, value_name = "FIELDS", value_delimiter = ',')]
    fields: Vec<String>,
    /// Rows at most: 50 unless given, at most 1,000
    #[arg(long, value_name = "N", value_parser = crate::args::parse_rows, allow_negative_numbers = true)]
    limit: Option<u64>,
    /// Where the last page ended: its next_cursor
    #[arg(long, value_name = "CURSOR")]
    cursor: Option<String>,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<()> {
    let request = QueryRelationships {
        collection: args.collection.clone(),
        id: args.id.clone(),
        rel_type: args.rel_type.clone(),
        direction: match args.direction {
            Way::Outgoing => Direction::Outgoing,
            Way::Incoming => Direction::Incoming,
            Way::Both => Direction::Both,
        },
        depth: args.depth,
        fields: names(&args.fields),
        limit: args.limit,
        cursor: args.cursor.clone(),
    };
    let answer = session.read(&request)?;
    session.out.list(Rows::Hops, "data", &answer)
}
