//! `rekor collections`.

mod delete;
mod get;
mod list;
mod upsert;

use clap::Subcommand;

use crate::failure::Result;
use crate::session::Session;

/// The commands on collections.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Lists the collections of the workspace
    #[command(visible_alias = "ls")]
    List(list::Args),
    /// Shows one collection and its schema
    Get(get::Args),
    /// Makes a collection or changes one
    Upsert(upsert::Args),
    /// Deletes a collection
    #[command(visible_alias = "rm")]
    Delete(delete::Args),
}

pub(crate) fn run(session: &Session, command: &Command) -> Result<()> {
    match command {
        Command::List(args) => list::run(session, args),
        Command::Get(args) => get::run(session, args),
        Command::Upsert(args) => upsert::run(session, args),
        Command::Delete(args) => delete::run(session, args),
    }
}
