//! `rekor collections delete`.

use rekor_core::api::collection::DeleteCollection;

use crate::failure::Result;
use crate::output::Rows;
use crate::session::Session;

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  rekor collections delete drafts --with-records --yes")]
pub(crate) struct Args {
    /// The collection
    #[arg(value_name = "COLLECTION")]
    id: String,
    /// Deletes its records and their relationships with it
    #[arg(long)]
    with_records: bool,
    /// The version that it must have
    #[arg(long, value_name = "N", value_parser = crate::args::parse_count, allow_negative_numbers = true)]
    if_version: Option<u64>,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<()> {
    let with = if args.with_records { " with all its records" } else { "" };
    session.confirm(&format!("delete collection `{}`{with}?", args.id))?;
    let request = DeleteCollection {
        collection: args.id.clone(),
        with_records: args.with_records,
        if_version: args.if_version,
    };
    session.write(Rows::Collections, &request)
}
