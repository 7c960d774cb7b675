//! `rekor records`.

mod delete;
mod export;
mod get;
mod history;
mod import;
mod key;
mod patch;
pub(crate) mod query;
mod restore;
mod revert;
mod upsert;

use clap::Subcommand;

use crate::failure::Result;
use crate::session::Session;

/// The commands on records.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Makes a record or replaces the data of one
    Upsert(upsert::Args),
    /// Shows one record
    Get(get::Args),
    /// Lists what was done to one record, by whom and why
    History(history::Args),
    /// Merges a JSON merge patch into a record's data
    Patch(patch::Args),
    /// Deletes a record and every relationship that touches it
    #[command(visible_alias = "rm")]
    Delete(delete::Args),
    /// Makes an earlier version of a record its newest one
    Revert(revert::Args),
    /// Makes a deleted record again as it last was
    Restore(restore::Args),
    /// Finds records, or computes totals over them
    Query(query::Args),
    /// Imports records from a file
    Import(import::Args),
    /// Writes all records of a collection to a file or standard output
    Export(export::Args),
}

pub(crate) fn run(session: &Session, command: &Command) -> Result<()> {
    match command {
        Command::Upsert(args) => upsert::run(session, args),
        Command::Get(args) => get::run(session, args),
        Command::History(args) => history::run(session, args),
        Command::Patch(args) => patch::run(session, args),
        Command::Delete(args) => delete::run(session, args),
        Command::Revert(args) => revert::run(session, args),
        Command::Restore(args) => restore::run(session, args),
        Command::Query(args) => query::run(session, args),
        Command::Import(args) => import::run(session, args),
        Command::Export(args) => export::run(session, args),
    }
}
