//! `rekor tokens revoke`.

use rekor_core::api::token::RevokeToken;

use crate::failure::Result;
use crate::output::Rows;
use crate::session::Session;

const AFTER: &str = "\
Whoever works with it is refused from the next request on, also in a process that runs.

Example:
  rekor tokens revoke 9f86d081884c";

#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub(crate) struct Args {
    /// The token's id, as `rekor tokens list` shows it
    id: String,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<()> {
    session.confirm(&format!("revoke the token `{}`?", args.id.get(..18).unwrap_or(&args.id)))?;
    session.write_store(Rows::Tokens, &RevokeToken { id: args.id.clone() })
}
