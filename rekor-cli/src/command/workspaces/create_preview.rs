//! `rekor workspaces create-preview`.

use rekor_core::api::preview::CreatePreview;

use crate::failure::Result;
use crate::output::Rows;
use crate::session::Session;

const EXAMPLES: &str = "\
Examples:
  rekor workspaces create-preview ops --name \"Add invoices\"
  rekor workspaces create-preview ops --name load-test --with-data

The preview `ops--add-invoices` has the collections of `ops`; agents change them there, and a person promotes them.";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The production workspace
    id: String,
    /// What the preview is called; its id is made from it
    #[arg(long)]
    name: String,
    /// What it is for
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// Copies the records and relationships too
    #[arg(long)]
    with_data: bool,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<()> {
    let request = CreatePreview {
        workspace: args.id.clone(),
        name: args.name.clone(),
        description: args.description.clone(),
        with_data: args.with_data,
    };
    session.write_store(Rows::Workspaces, &request)
}
