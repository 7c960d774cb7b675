//! `rekor tokens create`.

use clap::ValueEnum;
use rekor_core::api::token::CreateToken;
use rekor_core::api::workspace::Kind;

use crate::args::RoleName;
use crate::command::names;
use crate::failure::Result;
use crate::notice::note;
use crate::output::Rows;
use crate::session::Session;
use crate::settings;

const AFTER: &str = "\
The token is shown once; the store keeps a hash of it. Who has it works with --token-file FILE or REKOR_TOKEN. Here --role
says what the token may do; what the command itself may do is said by REKOR_ROLE.

Examples:
  rekor tokens create --name tidy-bot --role agent --workspaces ops --collections notes,tasks
  rekor tokens create --name report --role reader --environments production --expires-at 2030-01-31T00:00:00Z";

#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub(crate) struct Args {
    /// The name that its writes are signed with
    #[arg(long)]
    name: String,
    /// What the token may do
    // The flag of every command, by its name here.
    #[arg(long, value_enum, value_name = "ROLE")]
    role: RoleName,
    /// The workspaces that it reaches, their previews included; all unless given
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    workspaces: Option<Vec<String>>,
    /// The collections that it reaches; all unless given
    #[arg(long, value_name = "X,Y", value_delimiter = ',')]
    collections: Option<Vec<String>>,
    /// The kinds of workspace that it reaches; both unless given
    #[arg(long, value_enum, value_name = "KIND", value_delimiter = ',')]
    environments: Option<Vec<Environment>>,
    /// When it ends, as in 2030-01-31T00:00:00Z; never unless given
    #[arg(long, value_name = "TIME")]
    expires_at: Option<String>,
}

/// A kind of workspace by its name.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Environment {
    Production,
    Preview,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<()> {
    session.leave_role_flag();
    let kinds = |kinds: &Vec<Environment>| {
        let kind = |environment: &Environment| match environment {
            Environment::Production => Kind::Production,
            Environment::Preview => Kind::Preview,
        };
        kinds.iter().map(kind).collect()
    };
    let request = CreateToken {
        name: args.name.clone(),
        role: settings::role_of(args.role),
        workspaces: args.workspaces.as_deref().map(names),
        collections: args.collections.as_deref().map(names),
        environments: args.environments.as_ref().map(kinds),
        expires_at: args.expires_at.clone(),
    };
    session.write_store(Rows::Tokens, &request)?;
    if !session.is_dry_run() {
        note("keep the token now: it is not shown again");
    }
    Ok(())
}
