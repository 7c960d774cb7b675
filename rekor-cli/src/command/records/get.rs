//! `rekor records get`.

use rekor_core::api::record::GetRecord;

use crate::command::records::key::Key;
use crate::failure::Result;
use crate::output::Rows;
use crate::session::Session;

const EXAMPLES: &str = "\
Examples:
  rekor records get invoices rec_abc -o json
  rekor records get invoices --external-id inv_123 --external-source billing";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(flatten)]
    key: Key,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<()> {
    let request = GetRecord {
        collection: args.key.collection.clone(),
        id: args.key.id.clone(),
        external_id: args.key.external_id.clone(),
        external_source: args.key.external_source.clone(),
    };
    let answer = session.read(&request)?;
    session.out.one(Rows::Records, &answer)
}
