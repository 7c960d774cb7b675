//! `rekor records import`.

use rekor_core::api::transfer::{Format, ImportRecords, LinkRule};
use rekor_core::{Code, Error};

use crate::failure::Result;
use crate::output::Rows;
use crate::rejects::Gated;
use crate::session::{Access, Session};
use crate::transfer::{Source, Watch, format_of, parse_format};

const EXAMPLES: &str = "\
Examples:
  rekor records import invoices --file invoices.ndjson --external-id-field number --source billing
  rekor records import orders --file orders.csv --external-id-field id --errors bad.ndjson \\
    --link customer_id=placed_by:customers@crm

A stopped import goes on where it stopped when the same command is run again; standard input does not.";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The collection
    collection: String,
    /// The file, or - for standard input
    #[arg(long, value_name = "FILE")]
    file: String,
    /// ndjson or csv; as the file's name ends unless given
    #[arg(long, value_name = "FORMAT", value_parser = parse_format)]
    format: Option<Format>,
    /// The field that holds the external id; several with commas are joined with |
    #[arg(long, value_name = "FIELD")]
    external_id_field: Option<String>,
    /// The external source of all records
    #[arg(long, visible_alias = "source", value_name = "SOURCE")]
    external_source: Option<String>,
    /// Links each record to the one whose external id the field holds: FIELD=TYPE:COLLECTION[@SOURCE]
    #[arg(long = "link", value_name = "RULE", value_parser = parse_link)]
    links: Vec<LinkRule>,
    /// Reads lines as `export` writes them: id, external id and data
    #[arg(long, conflicts_with_all = ["external_id_field", "external_source"])]
    whole: bool,
    /// Sets bad lines aside in this file and goes on; the first one ends the import otherwise
    #[arg(long, value_name = "FILE")]
    errors: Option<String>,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<()> {
    if args.external_source.is_some() && args.external_id_field.is_none() {
        return Err(Error::new(Code::InvalidRequest, "an external source needs external ids")
            .at("/external_source")
            .hint("add --external-id-field FIELD, the field of each line that holds the external id")
            .into());
    }
    let mut source = Source::open_resumable(&args.file)?;
    let request = ImportRecords {
        collection: args.collection.clone(),
        format: format_of(args.format, &args.file),
        external_id_field: args.external_id_field.clone(),
        external_source: args.external_source.clone(),
        links: args.links.clone(),
        whole: args.whole,
        skip_bad_lines: args.errors.is_some(),
        resume_key: source.resume_key.clone(),
    };
    session.without_key("an import, which goes on by itself where it stopped,")?;
    let answer = session.workspace(Access::Write, |workspace| {
        let workspace = if session.is_dry_run() { &workspace.dry_run() } else { workspace };
        let rejects = source.rejects(args.errors.as_ref(), session.yes())?;
        let mut watch = Watch::begin(&source.progress, rejects);
        let mut input = Gated { input: &mut source.input, gate: watch.gate() };
        let outcome = workspace.import_records(&request, &mut input, &mut |event| watch.event(event));
        watch.end(outcome)
    })?;
    session.out.one(Rows::Flat, &answer)?;
    session.note_dry_run();
    Ok(())
}

fn parse_link(text: &str) -> std::result::Result<LinkRule, String> {
    let parts = text.split_once('=').and_then(|(field, rest)| Some((field, rest.split_once(':')?)));
    let Some((field, (rel_type, to))) = parts else {
        return Err("not a link: write FIELD=TYPE:COLLECTION or FIELD=TYPE:COLLECTION@SOURCE".to_owned());
    };
    let (collection, source) = match to.split_once('@') {
        Some((_, "")) => {
            return Err("no source follows the @: write COLLECTION@SOURCE, or COLLECTION alone".to_owned());
        }
        Some((collection, source)) => (collection, Some(source.to_owned())),
        None => (to, None),
    };
    if [field, rel_type, collection].iter().any(|part| part.is_empty()) {
        return Err("a link names a field, a type and a collection: FIELD=TYPE:COLLECTION".to_owned());
    }
    Ok(LinkRule {
        field: field.to_owned(),
        rel_type: rel_type.to_owned(),
        collection: collection.to_owned(),
        external_source: source,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_names_field_type_collection_and_perhaps_a_source() {
        let link = parse_link("route.origin=starts_at:airports@iata").unwrap();
        assert_eq!(link.field, "route.origin");
        assert_eq!((link.rel_type.as_str(), link.collection.as_str()), ("starts_at", "airports"));
        assert_eq!(link.external_source.as_deref(), Some("iata"));
        assert_eq!(parse_link("a=b:c").unwrap().external_source, None);
        for text in ["", "a", "a=b", "a=:c", "=b:c", "a=b:", "a=b:@s", "a=b:c@"] {
            assert!(parse_link(text).is_err(), "{text}");
        }
    }
}
