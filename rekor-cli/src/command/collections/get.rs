//! `rekor collections get`.

use rekor_core::api::collection::GetCollection;

use crate::failure::Result;
use crate::output::Rows;
use crate::session::Session;

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  rekor collections get invoices -o json")]
pub(crate) struct Args {
    /// The collection
    #[arg(value_name = "COLLECTION")]
    id: String,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<()> {
    let answer = session.read(&GetCollection { collection: args.id.clone() })?;
    session.out.one(Rows::Collections, &answer)
}
