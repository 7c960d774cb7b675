//! `rekor records delete`.

use rekor_core::api::record::DeleteRecord;

use crate::command::records::key::Key;
use crate::failure::Result;
use crate::output::Rows;
use crate::session::Session;

const EXAMPLES: &str = "\
Examples:
  rekor records delete invoices rec_abc
  rekor records delete invoices --external-id inv_123 --external-source billing --if-version 3";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(flatten)]
    key: Key,
    /// The version that it must have
    #[arg(long, value_name = "N", value_parser = crate::args::parse_count, allow_negative_numbers = true)]
    if_version: Option<u64>,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<()> {
    let named = args.key.id.as_ref().or(args.key.external_id.as_ref()).map_or("", String::as_str);
    session
        .confirm(&format!("delete record `{named}` of `{}` and its relationships?", args.key.collection))?;
    let request = DeleteRecord {
        collection: args.key.collection.clone(),
        id: args.key.id.clone(),
        external_id: args.key.external_id.clone(),
        external_source: args.key.external_source.clone(),
        if_version: args.if_version,
    };
    session.write(Rows::Records, &request)
}
