//! `rekor tokens list`.

use rekor_core::api::token::ListTokens;

use crate::failure::Result;
use crate::output::Rows;
use crate::session::{Access, Session};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Those that have ended are listed until they are revoked.\n\nExample:\n  rekor tokens list"
)]
pub(crate) struct Args {}

pub(crate) fn run(session: &Session, _args: &Args) -> Result<()> {
    let answer = session.run(Access::Read, &ListTokens {})?;
    session.out.list(Rows::Tokens, "data", &answer)
}
