//! `rekor collections upsert`.

use rekor_core::api::collection::UpsertCollection;

use crate::failure::Result;
use crate::input;
use crate::output::Rows;
use crate::session::Session;

const EXAMPLES: &str = "\
Examples:
  rekor collections upsert invoices --name \"Invoices\" --schema @invoices.schema.json
  rekor collections upsert notes --schema '{\"properties\":{\"title\":{\"type\":\"string\"}}}'

Stored records are checked against a new schema first; --allow-breaking goes ahead although some do not fit.";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The collection
    #[arg(value_name = "COLLECTION")]
    id: String,
    /// What people call it; the id of a new one, kept of an existing one unless given
    #[arg(long)]
    name: Option<String>,
    /// Its JSON Schema: JSON, @file or @-; kept unless given
    #[arg(long, value_name = "JSON")]
    schema: Option<String>,
    /// Goes ahead although stored records do not fit the new schema
    #[arg(long)]
    allow_breaking: bool,
    /// The version that it must have, 0 for none
    #[arg(long, value_name = "N", value_parser = crate::args::parse_count, allow_negative_numbers = true)]
    if_version: Option<u64>,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<()> {
    let request = UpsertCollection {
        collection: args.id.clone(),
        name: args.name.clone(),
        schema: input::read_optional_json("schema", args.schema.as_ref())?,
        if_version: args.if_version,
        allow_breaking: args.allow_breaking,
        yes: session.yes(),
    };
    let question = format!("store the schema of `{}` although records may not fit?", args.id);
    session.with_word(&question, |yes| {
        session.write(Rows::Collections, &UpsertCollection { yes: request.yes || yes, ..request.clone() })
    })
}
