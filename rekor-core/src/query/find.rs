//! Finds records: reads the request, picks a plan, and makes a page of the rows that the heap keeps.

use crate::api::list::{List, Meta};
use crate::api::query::{Explanation, Query, Row};
use crate::ctx::config::Collection;
use crate::engine::View;
use crate::ground::env::Deadline;
use crate::ground::error::Result;
use crate::query::access::Reader;
use crate::query::fields::{self, Fields};
use crate::query::filter::Filter;
use crate::query::heap::Heap;
use crate::query::order::Order;
use crate::query::page::Page;
use crate::query::plan::{self, Ask, Plan};
use crate::query::request::filter_of;
use crate::query::show::Shower;
use crate::query::tuple::Slots;

/// Records that a walk through an index for its order alone may look at before reading all rows is better; few in tests.
const WALK_ROWS: u64 = if cfg!(test) { 30 } else { 100_000 };

/// Finds the records of one page in a snapshot.
pub fn find(
    view: &dyn View,
    collection: &Collection,
    request: &Query,
    deadline: Deadline,
) -> Result<List<Row>> {
    let slots = &mut Slots::new(collection.shape()?);
    let asked = Asked::read(collection, request, slots)?;
    asked.run(view, collection, slots, deadline).map(|found| found.list)
}

/// Runs the query and says how.
pub(super) fn explain(
    view: &dyn View,
    collection: &Collection,
    request: &Query,
    deadline: Deadline,
) -> Result<Explanation> {
    let slots = &mut Slots::new(collection.shape()?);
    let asked = Asked::read(collection, request, slots)?;
    let found = asked.run(view, collection, slots, deadline)?;
    Ok(found.plan.explanation(found.examined, found.matched))
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
    plan: Plan,
    examined: u64,
    matched: u64,
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
        view: &dyn View,
        collection: &Collection,
        slots: &Slots<'_>,
        deadline: Deadline,
    ) -> Result<Found> {
        let row = &collection.row;
        let early_end = !self.count;
        let ask = Ask { filter: &self.filter, order: Some(&self.order), early_end, slots, collection: row };
        let mut reader = Reader::new(view, row, slots, deadline);
        let plans = plan::choose(&ask);
        let all_rows = plans.last().cloned();
        let mut plan = reader.pick_plan(plans, early_end)?;
        let place = self.page.after.as_ref().map(|key| self.order.take_key(key)).transpose()?;
        // A count looks at every record, also at those before the cursor.
        let resume = place.as_ref().filter(|_| early_end);
        let patience = if plan.walks_for_order() { WALK_ROWS } else { u64::MAX };
        let shower = || Shower::new(&row.id, &self.fields);
        let mut heap = Heap::new(self, shower(), plan.settles_filter(), patience);
        reader.read(&plan, resume, &mut heap)?;
        if let (true, Some(all_rows)) = (heap.gave_up(), all_rows) {
            plan = all_rows;
            plan.reason = "few records of the index that gives the order pass the filter".to_owned();
            heap = Heap::new(self, shower(), false, u64::MAX);
            reader.read(&plan, resume, &mut heap)?;
        }
        let matched = heap.matched;
        let rows = heap.into_rows();
        let next_cursor = if rows.has_more { Some(self.page.cursor(&rows.end)?) } else { None };
        // Rows are kept as they come only when there is no offset.
        let mut data = rows.first;
        let mut shower = shower();
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
        Ok(Found { list: List { data, meta }, plan, examined: reader.examined, matched })
    }
}
