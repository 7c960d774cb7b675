//! `rekor relationships get`.

use rekor_core::api::relationship::GetRelationship;

use crate::failure::Result;
use crate::output::Rows;
use crate::session::Session;

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  rekor relationships get 0b0f3d1e-6c1c-8f7e-9f5b-4f2d1c3b2a10")]
pub(crate) struct Args {
    /// The relationship
    id: String,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<()> {
    let answer = session.read(&GetRelationship { id: args.id.clone() })?;
    session.out.one(Rows::Relationships, &answer)
}
