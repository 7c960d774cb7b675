//! `rekor records get`.

use rekor_core::api::record::GetRecord;

use crate::command::records::key::Key;
use crate::failure::Result;
use crate::output::Rows;
use crate::session::Session;

const EXAMPLES: &str = "\
Examples:
  rekor records get invoices rec_abc -o json
  rekor records get invoices --external-id inv_123 --external-source billing
  rekor records get invoices rec_abc --at 2026-01-31T12:00:00Z";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(flatten)]
    key: Key,
    /// As it was after this commit, or at this time
    #[arg(long, value_name = "SEQ|TIME")]
    at: Option<String>,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<()> {
    let request = GetRecord {
        collection: args.key.collection.clone(),
        id: args.key.id.clone(),
        external_id: args.key.external_id.clone(),
        external_source: args.key.external_source.clone(),
        at: args.at.clone(),
    };
    let answer = session.read(&request)?;
    session.out.one(Rows::Records, &answer)
}
