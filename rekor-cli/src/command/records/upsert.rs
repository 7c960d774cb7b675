//! `rekor records upsert`.

use rekor_core::api::record::UpsertRecord;

use crate::failure::Result;
use crate::input;
use crate::output::Rows;
use crate::session::Session;

const EXAMPLES: &str = "\
Examples:
  rekor records upsert invoices --data '{\"customer\":\"Acme\",\"amount\":5000}'
  rekor records upsert invoices --data @invoice.json --external-id inv_123 --external-source billing

Which record: --id, else the external id and source, else a new one. Its data is replaced whole.";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The collection
    collection: String,
    /// The whole document: JSON, @file or @-
    #[arg(long, value_name = "JSON")]
    data: String,
    /// The record's id
    #[arg(long)]
    id: Option<String>,
    /// The record's key in another system
    #[arg(long, value_name = "ID")]
    external_id: Option<String>,
    /// The other system
    #[arg(long, visible_alias = "source", value_name = "SOURCE")]
    external_source: Option<String>,
    /// The version that it must have, 0 for none
    #[arg(long, value_name = "N", value_parser = crate::args::parse_count, allow_negative_numbers = true)]
    if_version: Option<u64>,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<()> {
    let request = UpsertRecord {
        collection: args.collection.clone(),
        data: Some(input::read_json("data", &args.data)?),
        id: args.id.clone(),
        external_id: args.external_id.clone(),
        external_source: args.external_source.clone(),
        if_version: args.if_version,
    };
    session.write(Rows::Records, &request)
}
