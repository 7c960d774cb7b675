//! Finds records: the filter on every record that the plan leads to, the best rows of the page kept in a heap that
//! is no larger than the page reaches.

use std::collections::BinaryHeap;

use crate::api::list::{List, Meta};
use crate::api::query::{Explanation, Query, Row};
use crate::api::record::Record;
use crate::codec::id::Id;
use crate::codec::row::RecordRow;
use crate::codec::time::text_from_ms;
use crate::ctx::config::Collection;
use crate::engine::View;
use crate::ground::env::Deadline;
use crate::ground::error::{Code, Error, Result};
use crate::query::access::{Reader, Visitor};
use crate::query::fields::{self, Fields};
use crate::query::filter::Filter;
use crate::query::order::Order;
use crate::query::page::Page;
use crate::query::plan::{self, Ask, Plan};
use crate::query::project::project_row;
use crate::query::request::filter_of;
use crate::query::tuple::{Candidate, Slots};

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
struct Asked {
    filter: Filter,
    order: Order,
    page: Page,
    count: bool,
    fields: Fields,
}

struct Found {
    list: List<Row>,
    plan: Plan,
    examined: u64,
    matched: u64,
}

impl Asked {
    fn read(collection: &Collection, request: &Query, slots: &mut Slots<'_>) -> Result<Self> {
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
        let mut heap = Heap::new(self, &row.id, patience);
        reader.read(&plan, resume, &mut heap)?;
        if let (true, Some(all_rows)) = (heap.gave_up(), all_rows) {
            plan = all_rows;
            plan.reason = "few records of the index that gives the order pass the filter".to_owned();
            heap = Heap::new(self, &row.id, u64::MAX);
            reader.read(&plan, resume, &mut heap)?;
        }
        let keep = heap.keep;
        let (matched, shower) = (heap.matched, heap.shower);
        let mut kept = heap.kept.into_sorted_vec();
        let has_more = kept.len() == keep;
        kept.truncate(keep - 1);
        let next_cursor = kept.last().filter(|_| has_more).map(|last| self.page.cursor(&last.key));
        let mut data = Vec::with_capacity(kept.len().saturating_sub(self.page.offset));
        for kept in kept.into_iter().skip(self.page.offset) {
            data.push(match kept.row {
                Some(row) => row,
                None => shower.get(&mut reader, &self.order.take_key(&kept.key)?.1)?,
            });
        }
        let meta = Meta {
            limit: Some(self.page.limit as u64),
            offset: self.page.offset as u64,
            has_more,
            next_cursor,
            total: self.count.then_some(matched),
        };
        Ok(Found { list: List { data, meta }, plan, examined: reader.examined, matched })
    }
}

/// Keeps the first rows in the order asked for.
struct Heap<'h> {
    asked: &'h Asked,
    shower: Shower<'h>,
    /// One row more than the page reaches, to know whether there is more.
    keep: usize,
    kept: BinaryHeap<Kept>,
    matched: u64,
    key: Vec<u8>,
    /// How many records were looked at, and how many may be.
    seen: u64,
    patience: u64,
}

impl<'h> Heap<'h> {
    fn new(asked: &'h Asked, collection: &'h str, patience: u64) -> Self {
        let shower = Shower { collection, fields: &asked.fields };
        let keep = asked.page.offset + asked.page.limit + 1;
        Self { asked, shower, keep, kept: BinaryHeap::new(), matched: 0, key: Vec::new(), seen: 0, patience }
    }

    /// Whether it stopped before it had what it needs.
    fn gave_up(&self) -> bool {
        self.seen > self.patience && self.kept.len() < self.keep
    }
}

/// A row that is kept, ordered by its key alone.
struct Kept {
    key: Vec<u8>,
    /// Made at once when every row that is kept may be shown; later when an offset drops most of them.
    row: Option<Row>,
}

impl Visitor for Heap<'_> {
    fn visit(&mut self, candidate: &Candidate<'_>) -> Result<()> {
        self.seen += 1;
        if !self.asked.filter.matches(candidate)? {
            return Ok(());
        }
        self.matched += 1;
        self.key.clear();
        self.asked.order.put_key(candidate, candidate.id, &mut self.key)?;
        let seen = self.asked.page.after.as_ref().is_some_and(|after| self.key <= *after);
        let full = self.kept.len() >= self.keep && self.kept.peek().is_some_and(|last| self.key >= last.key);
        if seen || full {
            return Ok(());
        }
        let at_once = self.asked.page.offset == 0;
        let row = if at_once { Some(self.shower.row(candidate.id, &candidate.row)?) } else { None };
        if self.kept.len() >= self.keep {
            self.kept.pop();
        }
        self.kept.push(Kept { key: self.key.clone(), row });
        Ok(())
    }

    fn is_full(&self) -> bool {
        !self.asked.count && self.kept.len() >= self.keep || self.seen > self.patience
    }
}

impl PartialEq for Kept {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Kept {}

impl PartialOrd for Kept {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Kept {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key.cmp(&other.key)
    }
}

/// Shows records as the request wants them.
#[derive(Clone, Copy)]
struct Shower<'s> {
    collection: &'s str,
    fields: &'s Fields,
}

impl Shower<'_> {
    fn row(&self, id: &Id, row: &RecordRow<'_>) -> Result<Row> {
        if !self.fields.is_empty() {
            return project_row(id, row, self.fields).map(Row::Fields);
        }
        Ok(Row::Record(Record {
            id: id.to_string(),
            collection: self.collection.to_owned(),
            external_id: row.external_id.map(str::to_owned),
            external_source: row.external_source.map(str::to_owned),
            version: row.version,
            data: crate::ground::json::Json::from_text(row.data),
            created_at: text_from_ms(row.created_ms),
            updated_at: text_from_ms(row.updated_ms),
        }))
    }

    /// Gets a record that was seen in the same snapshot.
    fn get(&self, reader: &mut Reader<'_>, id: &Id) -> Result<Row> {
        let mut one = One { shower: *self, row: None };
        reader.get(id, &mut one)?;
        one.row.ok_or_else(|| Error::new(Code::Internal, "a record left its snapshot"))
    }
}

struct One<'s> {
    shower: Shower<'s>,
    row: Option<Row>,
}

impl Visitor for One<'_> {
    fn visit(&mut self, candidate: &Candidate<'_>) -> Result<()> {
        self.row = Some(self.shower.row(candidate.id, &candidate.row)?);
        Ok(())
    }

    fn is_full(&self) -> bool {
        self.row.is_some()
    }
}
