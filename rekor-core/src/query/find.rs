//! Finds records: reads the request, picks a plan, and makes a page of the rows that the heap keeps.

use crate::api::list::{List, Meta};
use crate::api::query::{Explanation, Query, Row};
use crate::codec::collection::CollectionRow;
use crate::codec::id::Id;
use crate::codec::scalar::Scalar;
use crate::columns::reader::Columns;
use crate::ctx::config::Collection;
use crate::ground::env::Deadline;
use crate::ground::error::Result;
use crate::query::access::Reader;
use crate::query::cost::{self, Choice};
use crate::query::fields::{self, Fields};
use crate::query::filter::Filter;
use crate::query::heap::{Heap, Rows};
use crate::query::order::Order;
use crate::query::page::Page;
use crate::query::plan::{self, Access, Ask, Plan};
use crate::query::request::filter_of;
use crate::query::scan::top::TopSink;
use crate::query::scan::{Scan, Span, Stats};
use crate::query::show::Shower;
use crate::query::tuple::Slots;

/// Finds the records of one page in a snapshot.
pub fn find(
    columns: &Columns<'_>,
    collection: &Collection,
    request: &Query,
    deadline: Deadline,
) -> Result<List<Row>> {
    let slots = &mut Slots::new(collection.shape()?);
    let asked = Asked::read(collection, request, slots)?;
    asked.run(columns, collection, slots, deadline).map(|found| found.list)
}

/// Runs the query and says how.
pub(super) fn explain(
    columns: &Columns<'_>,
    collection: &Collection,
    request: &Query,
    deadline: Deadline,
) -> Result<Explanation> {
    let slots = &mut Slots::new(collection.shape()?);
    let asked = Asked::read(collection, request, slots)?;
    asked.run(columns, collection, slots, deadline).map(|found| found.explanation)
}

/// A request that was read.
pub(super) struct Asked<'a> {
    pub(super) filter: Filter,
    pub(super) order: Order,
    pub(super) page: Page<'a>,
    pub(super) count: bool,
    fields: Fields,
}

struct Found {
    list: List<Row>,
    explanation: Explanation,
}

impl<'a> Asked<'a> {
    fn read(collection: &Collection, request: &'a Query, slots: &mut Slots<'_>) -> Result<Self> {
        Ok(Self {
            filter: filter_of(request.filter.as_ref(), request.external_source.as_deref(), slots)?,
            order: Order::parse(request.sort.as_ref().map(|sort| sort.text()), slots)?,
            fields: fields::check(&request.fields, collection.shape()?)?,
            page: Page::of(request, collection.row.number)?,
            count: request.count,
        })
    }

    fn run(
        &self,
        columns: &Columns<'_>,
        collection: &Collection,
        slots: &Slots<'_>,
        deadline: Deadline,
    ) -> Result<Found> {
        let row = &collection.row;
        let early_end = !self.count;
        let ask = Ask { filter: &self.filter, order: Some(&self.order), early_end, slots, collection: row };
        let mut reader = Reader::new(columns.view, row, slots, deadline);
        let Choice { mut plan, patience, otherwise, groups } =
            cost::pick(&reader, columns, &ask, plan::choose(&ask))?;
        let mut read = match plan.access {
            Access::Columns => None,
            _ => self.read_rows(&mut reader, &plan, row, patience)?,
        };
        if let (None, Some(otherwise)) = (&read, otherwise) {
            plan = otherwise;
            read = match plan.access {
                Access::Columns => None,
                _ => self.read_rows(&mut reader, &plan, row, u64::MAX)?,
            };
        }
        let mut stats = None;
        let (rows, matched) = match read {
            Some(read) => read,
            None => {
                let scan = Scan::new(*columns, groups, collection, slots, &self.filter, deadline)?;
                let (rows, read) = self.scan(&scan, plan.sorted)?;
                stats = Some(read);
                (rows, read.matched)
            }
        };
        let mut explanation = plan.explanation(reader.examined, matched);
        if let Some(stats) = stats {
            explanation.rows_examined += stats.examined;
            explanation.columns = Some(stats.shown());
        }
        let next_cursor = if rows.has_more { Some(self.page.cursor(&rows.end)?) } else { None };
        // Rows are kept as they come only when there is no offset.
        let mut data = rows.first;
        let mut shower = Shower::new(&row.id, &self.fields);
        for kept in rows.kept.into_iter().skip(self.page.offset) {
            data.push(match kept.row {
                Some(row) => row,
                None => shower.get(&mut reader, &self.order.take_key(&kept.key)?.1)?,
            });
        }
        let meta = Meta {
            limit: Some(self.page.limit as u64),
            offset: self.page.offset as u64,
            has_more: rows.has_more,
            next_cursor,
            total: self.count.then_some(matched),
        };
        Ok(Found { list: List { data, meta }, explanation })
    }

    /// The place of the page before in the order; none when every record is looked at, as a count does.
    fn resume(&self) -> Result<Option<(Vec<Scalar<'static>>, Id)>> {
        let place = self.page.after.as_ref().map(|key| self.order.take_key(key)).transpose()?;
        Ok(place.filter(|_| !self.count))
    }

    /// Reads row by row; none when the patience was over before there were enough.
    fn read_rows(
        &self,
        reader: &mut Reader<'_>,
        plan: &Plan,
        collection: &CollectionRow,
        patience: u64,
    ) -> Result<Option<(Rows, u64)>> {
        let shower = Shower::new(&collection.id, &self.fields);
        let mut heap = Heap::new(self, shower, plan.settles_filter(), patience);
        reader.read(plan, self.resume()?.as_ref(), &mut heap)?;
        if heap.gave_up() {
            return Ok(None);
        }
        let matched = heap.matched;
        Ok(Some((heap.into_rows(), matched)))
    }

    fn scan(&self, scan: &Scan<'_>, sorted: bool) -> Result<(Rows, Stats)> {
        let keep = self.page.offset + self.page.limit + 1;
        let resume = self.resume()?;
        let rev = self.order.parts.first().is_some_and(|part| part.descending);
        let span = Span { beyond: resume.as_ref().map(|(_, id)| id), rev, in_order: sorted && !self.count };
        let after = self.page.after.as_deref();
        let make = || TopSink::new(&self.order, scan.slots(), after, keep, self.count);
        let (sink, stats) = scan.run(span, make)?;
        Ok((Heap::page_of(sink.into_kept(), keep), stats))
    }
}
