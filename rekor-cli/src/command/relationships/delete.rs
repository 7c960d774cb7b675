//! `rekor relationships delete`.

use rekor_core::api::relationship::{DeleteRelationship, DeleteTouching};
use rekor_core::split_end;

use crate::failure::Result;
use crate::output::Rows;
use crate::session::Session;

const EXAMPLES: &str = "\
Examples:
  rekor relationships delete 0b0f3d1e-6c1c-8f7e-9f5b-4f2d1c3b2a10
  rekor relationships delete --touching invoices/rec_abc --yes";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The relationship
    #[arg(required_unless_present = "touching", conflicts_with = "touching")]
    id: Option<String>,
    /// Deletes all that touch this record, in steps
    #[arg(long, value_name = "COL/ID")]
    touching: Option<String>,
    /// The version that it must have
    #[arg(long, value_name = "N", conflicts_with = "touching", value_parser = crate::args::parse_count, allow_negative_numbers = true)]
    if_version: Option<u64>,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<()> {
    if let Some(end) = &args.touching {
        let (collection, id) = split_end(end, "touching")?;
        session.confirm(&format!("delete every relationship of `{end}`?"))?;
        let request = DeleteTouching { collection, id };
        return session.write(Rows::Flat, &request);
    }
    let id = args.id.clone().unwrap_or_default();
    session.confirm(&format!("delete relationship `{id}`?"))?;
    let request = DeleteRelationship { id, if_version: args.if_version };
    session.write(Rows::Relationships, &request)
}
