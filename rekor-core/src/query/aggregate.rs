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
    let (groups, explanation) = if plan.access == Access::Columns {
        let scan = Scan::new(*source, groups, collection, slots, &filter, deadline)?;
        let (sink, stats) = scan.run(Span::default(), || TotalsSink::new(&columns, scan.slots()))?;
        let mut explanation = plan.explanation(stats.examined, stats.matched);
        explanation.columns = Some(stats.shown());
        (sink.finish()?, explanation)
    } else {
        let mut totals = Totals { filter: &filter, groups: Groups::new(&columns), matched: 0 };
        reader.read(&plan, None, &mut totals)?;
        (totals.groups, plan.explanation(reader.examined, totals.matched))
    };

    let mut rows = groups.finish()?;
    if !having.is_everything() {
        let mut passing = Ok(());
        rows.retain(|row| {
            having.matches(&GroupTuple(row)).unwrap_or_else(|error| {
                passing = Err(error);
                false
            })
        });
        passing?;
    }
    let all = rows.len();
    sort(&mut rows, &order, columns.groups(), limit.map(|limit| offset.saturating_add(limit)));
    let shown = rows.into_iter().skip(offset).take(limit.unwrap_or(usize::MAX));
    let rows: Vec<Vec<Json>> =
        shown.map(|row| row.iter().map(|value| Json::from_text(value.to_json())).collect()).collect();
    let has_more = offset.saturating_add(rows.len()) < all && limit.is_some();
    let meta =
        Meta { limit: limit.map(|limit| limit as u64), offset: offset as u64, has_more, ..Meta::default() };
    Ok((AggregateAnswer { columns: columns.into_names(), rows, meta }, explanation))
}

/// Puts rows in the order asked for; ties, and all rows when nothing is asked, by the group's own values. Only the first
/// `wanted` need stand in order.
fn sort(rows: &mut [Vec<Scalar<'static>>], order: &Order, groups: usize, wanted: Option<usize>) {
    let compare = |a: &Vec<Scalar<'static>>, b: &Vec<Scalar<'static>>| {
        for part in &order.parts {
            let compared = a.get(part.slot).cmp(&b.get(part.slot));
            if compared.is_ne() {
                return if part.descending { compared.reverse() } else { compared };
            }
        }
        a.iter().take(groups).cmp(b.iter().take(groups))
    };
    // No two groups have the same values, so an unstable sort gives one order.
    let head = match wanted.filter(|wanted| *wanted > 0 && *wanted < rows.len()) {
        Some(wanted) => rows.select_nth_unstable_by(wanted - 1, compare).0.len() + 1,
        None => rows.len(),
    };
    if let Some(head) = rows.get_mut(..head) {
        head.sort_unstable_by(compare);
    }
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
