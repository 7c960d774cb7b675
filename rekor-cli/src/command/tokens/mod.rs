//! `rekor tokens`.

mod create;
mod list;
mod revoke;

use clap::Subcommand;

use crate::failure::Result;
use crate::session::Session;

/// The commands on tokens.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Makes a token, and shows it for the only time
    Create(create::Args),
    /// Lists the tokens of the store
    #[command(visible_alias = "ls")]
    List(list::Args),
    /// Takes a token back
    #[command(visible_alias = "rm")]
    Revoke(revoke::Args),
}

pub(crate) fn run(session: &Session, command: &Command) -> Result<()> {
    match command {
        Command::Create(args) => create::run(session, args),
        Command::List(args) => list::run(session, args),
        Command::Revoke(args) => revoke::run(session, args),
    }
}
