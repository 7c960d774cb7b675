//! `rekor workspaces`.

mod consent;
mod create;
mod create_preview;
mod delete;
mod get;
mod list;
mod promote;
mod promotions;
mod rollback;
mod set;

use clap::Subcommand;

use crate::failure::Result;
use crate::session::Session;

/// The commands on workspaces.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Lists the workspaces of the store
    #[command(visible_alias = "ls")]
    List(list::Args),
    /// Shows one workspace
    Get(get::Args),
    /// Makes a workspace
    Create(create::Args),
    /// Makes a preview of a production workspace
    CreatePreview(create_preview::Args),
    /// Makes production's collections what a preview's are
    Promote(promote::Args),
    /// Lists the promotions and rollbacks of a workspace
    Promotions(promotions::Args),
    /// Makes what the newest promotion changed what it was before
    Rollback(rollback::Args),
    /// Changes the name or the settings of a workspace
    Set(set::Args),
    /// Deletes a workspace with all that it holds
    #[command(visible_alias = "rm")]
    Delete(delete::Args),
}

pub(crate) fn run(session: &Session, command: &Command) -> Result<()> {
    match command {
        Command::List(args) => list::run(session, args),
        Command::Get(args) => get::run(session, args),
        Command::Create(args) => create::run(session, args),
        Command::CreatePreview(args) => create_preview::run(session, args),
        Command::Promote(args) => promote::run(session, args),
        Command::Promotions(args) => promotions::run(session, args),
        Command::Rollback(args) => rollback::run(session, args),
        Command::Set(args) => set::run(session, args),
        Command::Delete(args) => delete::run(session, args),
    }
}
