//! `rekor records revert`.

use rekor_core::api::undo::RevertRecord;

use crate::args::parse_count;
use crate::command::records::key::Key;
use crate::failure::Result;
use crate::output::Rows;
use crate::session::Session;

const EXAMPLES: &str = "\
Examples:
  rekor records revert invoices rec_abc --to 3
  rekor records revert invoices --external-id inv_123 --to 1 --if-version 4

What version 3 said becomes the newest version; `rekor records history` lists them.";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(flatten)]
    key: Key,
    /// The version whose data and external id it gets
    #[arg(long, value_name = "VERSION", value_parser = parse_count, allow_negative_numbers = true)]
    to: u64,
    /// The version that it must have now, 0 for none
    #[arg(long, value_name = "N", value_parser = parse_count, allow_negative_numbers = true)]
    if_version: Option<u64>,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<()> {
    let request = RevertRecord {
        collection: args.key.collection.clone(),
        id: args.key.id.clone(),
        external_id: args.key.external_id.clone(),
        external_source: args.key.external_source.clone(),
        to: args.to,
        if_version: args.if_version,
    };
    session.write(Rows::Records, &request)
}
