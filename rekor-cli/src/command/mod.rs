//! The commands, one file each: its flags, and a function that decodes them, calls and prints.

pub(crate) mod backup;
pub(crate) mod batch;
pub(crate) mod changes;
pub(crate) mod check;
pub(crate) mod collections;
pub(crate) mod compact;
pub(crate) mod completions;
pub(crate) mod help;
pub(crate) mod man;
pub(crate) mod protect;
pub(crate) mod query_relationships;
pub(crate) mod records;
pub(crate) mod relationships;
pub(crate) mod restore;
pub(crate) mod stats;
pub(crate) mod tokens;
pub(crate) mod undo;
pub(crate) mod workspaces;

use crate::args::Command;
use crate::failure::Result;
use crate::session::Session;

/// Runs a command.
pub(crate) fn run(session: &Session, command: &Command) -> Result<()> {
    match command {
        Command::Workspaces(command) => workspaces::run(session, command),
        Command::Collections(command) => collections::run(session, command),
        Command::Records(command) => records::run(session, command),
        Command::Relationships(command) => relationships::run(session, command),
        Command::Query(args) => records::query::run(session, args),
        Command::QueryRelationships(args) => query_relationships::run(session, args),
        Command::Batch(args) => batch::run(session, args),
        Command::Undo(args) => undo::run(session, args),
        Command::Changes(args) => changes::run(session, args),
        Command::Check(args) => check::run(session, args),
        Command::Compact(args) => compact::run(session, args),
        Command::Stats(args) => stats::run(session, args),
        Command::Backup(args) => backup::run(session, args),
        Command::Restore(args) => restore::run(session, args),
        Command::Tokens(command) => tokens::run(session, command),
        Command::Protect(args) => protect::run(session, args),
        Command::Completions(args) => completions::run(session, args),
        Command::Man(args) => man::run(session, args),
        Command::Help(args) => help::run(session, args),
    }
}

/// A list of names separated by commas, without the empty ones.
pub(crate) fn names(values: &[String]) -> Vec<String> {
    values.iter().map(|name| name.trim()).filter(|name| !name.is_empty()).map(ToOwned::to_owned).collect()
}
