//! `rekor records restore`.

use rekor_core::api::undo::RestoreRecord;

use crate::failure::Result;
use crate::output::Rows;
use crate::session::Session;

const EXAMPLES: &str = "\
Example:
  rekor records restore invoices rec_abc

The record is what it was before it was deleted. Its relationships come back with it by `rekor undo --batch SEQ` of the
commit that deleted it.";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The collection
    collection: String,
    /// The id of the deleted record
    id: String,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<()> {
    session.write(Rows::Records, &RestoreRecord { collection: args.collection.clone(), id: args.id.clone() })
}
