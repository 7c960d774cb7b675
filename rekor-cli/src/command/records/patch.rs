//! `rekor records patch`.

use rekor_core::api::record::PatchRecord;

use crate::command::records::key::Key;
use crate::failure::Result;
use crate::input;
use crate::output::Rows;
use crate::session::Session;

const EXAMPLES: &str = "\
Examples:
  rekor records patch invoices rec_abc --data '{\"status\":\"paid\"}'
  rekor records patch invoices --external-id inv_123 --external-source billing --data '{\"note\":null}'

RFC 7396: what the patch names is replaced, objects are merged, null removes a key.";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(flatten)]
    key: Key,
    /// The patch: JSON, @file or @-
    #[arg(long, value_name = "JSON")]
    data: String,
    /// The version that it must have
    #[arg(long, value_name = "N", value_parser = crate::args::parse_count, allow_negative_numbers = true)]
    if_version: Option<u64>,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<()> {
    let request = PatchRecord {
        collection: args.key.collection.clone(),
        data: Some(input::read_json("data", &args.data)?),
        id: args.key.id.clone(),
        external_id: args.key.external_id.clone(),
        external_source: args.key.external_source.clone(),
        if_version: args.if_version,
    };
    session.write(Rows::Records, &request)
}
