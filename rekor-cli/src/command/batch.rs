//! `rekor batch`.

use rekor_core::api::batch::Batch;

use crate::failure::Result;
use crate::input;
use crate::output::Rows;
use crate::session::Session;

const EXAMPLES: &str = "\
Example:
  rekor batch --operations '[
    {\"type\":\"upsert_record\",\"collection\":\"orders\",\"data\":{\"total\":5},\"ref\":\"o\"},
    {\"type\":\"upsert_relationship\",\"rel_type\":\"placed_by\",\"source_collection\":\"orders\",\"source_id\":\"$o\",
     \"target_collection\":\"customers\",\"target_id\":\"c1\"}]'

Types: upsert_record patch_record delete_record upsert_relationship delete_relationship upsert_collection
delete_collection. \"ref\" names a record that the batch makes; \"$o\" is its id in later operations.";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// A list of {"type": …, …}: JSON, @file or @-
    #[arg(long, value_name = "JSON")]
    operations: String,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<()> {
    let request = Batch { operations: input::read_json("operations", &args.operations)? };
    session.write_list(Rows::Operations, "results", &request)
}
