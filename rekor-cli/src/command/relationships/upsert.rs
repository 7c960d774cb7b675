//! `rekor relationships upsert`.

use rekor_core::api::relationship::UpsertRelationship;
use rekor_core::split_end;

use crate::failure::Result;
use crate::input;
use crate::output::Rows;
use crate::session::Session;

const EXAMPLES: &str = "\
Examples:
  rekor relationships upsert --source invoices/rec_abc --target customers/rec_xyz --type belongs_to
  rekor relationships upsert --source invoices/@billing:inv_123 --target customers/@crm:c_9 --type belongs_to --strict";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Where it starts: collection/id, or collection/@source:external_id
    #[arg(long, value_name = "COL/ID")]
    source: String,
    /// Where it leads, written like --source
    #[arg(long, value_name = "COL/ID")]
    target: String,
    /// Its type
    #[arg(long = "type", value_name = "TYPE")]
    rel_type: String,
    /// An id of its own; parallel links need one
    #[arg(long)]
    id: Option<String>,
    /// Its own document: JSON, @file or @-; kept unless given
    #[arg(long, value_name = "JSON")]
    data: Option<String>,
    /// Makes a missing end an error and not a warning
    #[arg(long)]
    strict: bool,
    /// The version that it must have, 0 for none
    #[arg(long, value_name = "N", value_parser = crate::args::parse_count, allow_negative_numbers = true)]
    if_version: Option<u64>,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<()> {
    let (source_collection, source_id) = split_end(&args.source, "source")?;
    let (target_collection, target_id) = split_end(&args.target, "target")?;
    let request = UpsertRelationship {
        rel_type: args.rel_type.clone(),
        source_collection,
        source_id,
        target_collection,
        target_id,
        id: args.id.clone(),
        data: input::read_optional_json("data", args.data.as_ref())?,
        if_version: args.if_version,
        strict: args.strict,
    };
    session.write(Rows::Relationships, &request)
}
