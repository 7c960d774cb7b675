//! `rekor relationships`.

mod delete;
mod get;
mod import;
mod list;
mod upsert;

use clap::Subcommand;

use crate::failure::Result;
use crate::session::Session;

/// The commands on relationships.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Links two records, or changes the data of a link
    Upsert(upsert::Args),
    /// Shows one relationship
    Get(get::Args),
    /// Lists relationships, by id
    #[command(visible_alias = "ls")]
    List(list::Args),
    /// Deletes one relationship, or all that touch a record
    #[command(visible_alias = "rm")]
    Delete(delete::Args),
    /// Imports relationships from a file
    Import(import::Args),
}

pub(crate) fn run(session: &Session, command: &Command) -> Result<()> {
    match command {
        Command::Upsert(args) => upsert::run(session, args),
        Command::Get(args) => get::run(session, args),
        Command::List(args) => list::run(session, args),
        Command::Delete(args) => delete::run(session, args),
        Command::Import(args) => import::run(session, args),
    }
}
