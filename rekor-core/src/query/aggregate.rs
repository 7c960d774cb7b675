//! Totals over records, in groups. What is computed is defined in `accumulator`, whether it is read from rows or from
//! columns.

use crate::api::list::Meta;
use crate::api::query::{Aggregate, AggregateAnswer, Explanation};
use crate::codec::scalar::Scalar;
use crate::columns::reader;
use crate::ctx::config::Collection;
use crate::ground::env::Deadline;
use crate::ground::error::{Code, Error, Result};
use crate::ground::json::Json;
use crate::ground::limits::GROUPS;
use crate::query::access::{Reader, Visitor};
use crate::query::columns::Columns;
use crate::query::cost::{self, Choice};
use crate::query::filter::Filter;
use crate::query::groups::{GroupTuple, Groups};
use crate::query::order::Order;
use crate::query::page::{bounded, bounded_offset};
use crate::query::plan::{self, Access, Ask};
use crate::query::request::filter_of;
use crate::query::scan::totals::TotalsSink;
use crate::query::scan::{Scan, Span};
use crate::query::tuple::{Candidate, Slots};

/// Computes the totals that a request asks for, in a snapshot.
pub fn aggregate(
    source: &reader::Columns<'_>,
    collection: &Collection,
    request: &Aggregate,
    deadline: Deadline,
) -> Result<AggregateAnswer> {
    run(source, collection, request, deadline).map(|(answer, _)| answer)
}

/// Computes the totals and says how.
pub(super) fn explain(
    source: &reader::Columns<'_>,
    collection: &Collection,
    request: &Aggregate,
    deadline: Deadline,
) -> Result<Explanation> {
    run(source, collection, request, deadline).map(|(_, explanation)| explanation)
}

fn run(
    source: &reader::Columns<'_>,
    collection: &Collection,
    request: &Aggregate,
    deadline: Deadline,
) -> Result<(AggregateAnswer, Explanation)> {
    let slots = &mut Slots::new(collection.shape()?);
    let filter = filter_of(request.filter.as_ref(), request.external_source.as_deref(), slots)?;
    let mut columns = Columns::read(request, collection.shape()?, slots)?;
    let having = match &request.having {
        Some(having) => Filter::parse(having.text(), "/having", &mut columns)?,
        None => Filter::everything(),
    };
    let order = Order::parse(request.sort.as_ref().map(Json::text), &mut columns)?;
    let limit = match request.limit {
        Some(_) => Some(bounded(request.limit, 1, &GROUPS, "/limit")?),
        None => None,
    };
    let offset = bounded_offset(request.offset)?;

    let ask = Ask { filter: &filter, order: None, early_end: false, slots, collection: &collection.row };
    let mut reader = Reader::new(source.view, &collection.row, slots, deadline);
    let Choice { plan, groups, .. } = cost::pick(&reader, source, &ask, plan::choose(&ask))?;
    let mut sink;
    let (groups, explanation) = if plan.access == Access::Columns {
        let scan = Scan::new(*source, groups, collection, slots, &filter, deadline)?;
        let stats;
        (sink, stats) = scan.run(Span::default(), || TotalsSink::new(&columns, scan.slots()))?;
        let mut explanation = plan.explanation(stats.examined, stats.matched);
        explanation.columns = Some(stats.shown());
        (sink.finish()?, explanation)
    } else {
        let mut totals = Totals { filter: &filter, groups: Groups::new(&columns), matched: 0 };
        reader.read(&plan, None, &mut totals)?;
        (totals.groups, plan.explanation(reader.examined, totals.matched))
    };

    let rows = groups.finish()?;
    let mut kept = Vec::with_capacity(rows.len);
    for row in 0..rows.len {
        if having.is_everything() || having.matches(&GroupTuple(rows.row(row)))? {
            kept.push(row);
        }
    }
    let all = kept.len();
    let wanted = limit.map_or(all, |limit| offset.saturating_add(limit));
    let sorted = rows.sort(kept, &order, columns.groups(), wanted);
    let shown = sorted.into_iter().skip(offset).take(limit.unwrap_or(usize::MAX));
    let mut text = String::new();
    let mut json = |value: &Scalar<'_>| {
        text.clear();
        value.put_json(&mut text);
        Json::from_text(text.as_str())
    };
    let rows: Vec<Vec<Json>> = shown.map(|row| rows.row(row).iter().map(&mut json).collect()).collect();
    let has_more = offset.saturating_add(rows.len()) < all && limit.is_some();
    let meta =
        Meta { limit: limit.map(|limit| limit as u64), offset: offset as u64, has_more, ..Meta::default() };
    Ok((AggregateAnswer { columns: columns.into_names(), rows, meta }, explanation))
}

struct Totals<'t> {
    filter: &'t Filter,
    groups: Groups<'t>,
    matched: u64,
}

impl Visitor for Totals<'_> {
    fn visit(&mut self, candidate: &Candidate<'_>) -> Result<()> {
        if self.filter.matches(candidate)? {
            self.matched += 1;
            self.groups.add(candidate)?;
        }
        Ok(())
    }

    fn is_full(&self) -> bool {
        false
    }
}

/// The error of a sum over values that are not numbers.
pub(super) fn not_a_number(alias: &str, function: &str, others: u64) -> Error {
    let values = if others == 1 {
        "1 value is not a number".to_owned()
    } else {
        format!("{others} values are not numbers")
    };
    Error::new(Code::NotANumber, format!("`{alias}` cannot {function}: {values}"))
        .hint("filter those records out, or use `count`, `min` or `max`")
}
