//! `rekor query` and `rekor records query`: one command under two names.

use rekor_core::api::query::{Aggregate, Explain, Query};

use crate::command::names;
use crate::failure::Result;
use crate::input::read_optional_json;
use crate::output::Rows;
use crate::session::Session;

const EXAMPLES: &str = "\
Examples:
  rekor query invoices --filter '{\"field\":\"data.status\",\"op\":\"eq\",\"value\":\"draft\"}' --limit 10
  rekor query invoices --sort '{\"field\":\"data.amount\",\"order\":\"desc\"}' --fields data.customer,data.amount
  rekor query invoices --aggregate --aggregations '[{\"fn\":\"sum\",\"field\":\"data.amount\",\"alias\":\"total\"}]' \\
    --group-by data.status --sort '[{\"field\":\"total\",\"direction\":\"desc\"}]'

Filters and operators: rekor help filter";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The collection
    collection: String,
    /// Which records: {"field","op","value"}, {"and":[…]}, {"or":[…]} or {"not":…}
    #[arg(long, value_name = "JSON")]
    filter: Option<String>,
    /// {"field","direction"} or a list of these; by id unless given
    #[arg(long, value_name = "JSON")]
    sort: Option<String>,
    /// Rows at most: 50 unless given, at most 1,000
    #[arg(long, value_name = "N", value_parser = crate::args::parse_rows, allow_negative_numbers = true)]
    limit: Option<u64>,
    /// Rows to leave out first, at most 10,000
    #[arg(long, value_name = "N", value_parser = crate::args::parse_count, allow_negative_numbers = true)]
    offset: Option<u64>,
    /// Where the last page ended: its next_cursor
    #[arg(long, value_name = "CURSOR", conflicts_with_all = ["offset", "aggregate"])]
    cursor: Option<String>,
    /// Only these fields, as in data.customer,data.amount
    #[arg(long, value_name = "FIELDS", value_delimiter = ',', conflicts_with = "aggregate")]
    fields: Vec<String>,
    /// Says how many records match in all
    #[arg(long, conflicts_with = "aggregate")]
    count: bool,
    /// Computes totals in place of the records
    #[arg(long)]
    aggregate: bool,
    /// The totals: a list of {"fn","field","alias"}
    #[arg(long, value_name = "JSON", requires = "aggregate")]
    aggregations: Option<String>,
    /// The fields to group by, as in data.status,data.region
    #[arg(long, value_name = "FIELDS", value_delimiter = ',', requires = "aggregate")]
    group_by: Vec<String>,
    /// A filter on the totals and group fields
    #[arg(long, value_name = "JSON", requires = "aggregate")]
    having: Option<String>,
    /// Only records of this external source
    #[arg(long, visible_alias = "source", value_name = "SOURCE")]
    external_source: Option<String>,
    /// The records as they were after this commit, or at this time
    #[arg(long, value_name = "SEQ|TIME")]
    at: Option<String>,
    /// Prints how the query is carried out in place of the rows
    #[arg(long)]
    explain: bool,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<()> {
    if args.aggregate {
        let request = aggregate(args)?;
        if args.explain {
            return explain(session, Explain::Aggregate(request));
        }
        return session.out.totals(&session.read(&request)?);
    }
    let request = query(args)?;
    if args.explain {
        return explain(session, Explain::Query(request));
    }
    let answer = session.read(&request)?;
    session.out.list(Rows::Records, "data", &answer)
}

fn explain(session: &Session, request: Explain) -> Result<()> {
    let answer = session.read(&request)?;
    session.out.one(Rows::Flat, &answer)
}

fn query(args: &Args) -> Result<Query> {
    Ok(Query {
        collection: args.collection.clone(),
        filter: read_optional_json("filter", args.filter.as_ref())?,
        sort: read_optional_json("sort", args.sort.as_ref())?,
        fields: names(&args.fields),
        limit: args.limit,
        offset: args.offset,
        cursor: args.cursor.clone(),
        count: args.count,
        external_source: args.external_source.clone(),
        at: args.at.clone(),
    })
}

fn aggregate(args: &Args) -> Result<Aggregate> {
    Ok(Aggregate {
        collection: args.collection.clone(),
        aggregations: read_optional_json("aggregations", args.aggregations.as_ref())?,
        group_by: names(&args.group_by),
        filter: read_optional_json("filter", args.filter.as_ref())?,
        having: read_optional_json("having", args.having.as_ref())?,
        sort: read_optional_json("sort", args.sort.as_ref())?,
        limit: args.limit,
        offset: args.offset,
        external_source: args.external_source.clone(),
        at: args.at.clone(),
    })
}
