//! Queries: each runs on one snapshot of the newest commit, aggregates included, or on the records as they were.

use crate::api::list::List;
use crate::api::query::{Aggregate, Explain, Explanation, Query, Row};
use crate::columns::cache::Cache;
use crate::columns::reader::Columns;
use crate::ctx::config::{Collection, collection_not_found};
use crate::ctx::past_view::PastView;
use crate::ctx::rights::Right;
use crate::ctx::scope::Touches;
use crate::ctx::session::Session;
use crate::engine::Seq;
use crate::ground::env::Deadline;
use crate::ground::error::Result;
use crate::ground::limits;
use crate::ops::{Request, former, past};
use crate::query::table::Table;
use crate::query::{self, AggregateAnswer};

impl Request for Query {
    const RIGHT: Right = Right::Read;
    type Answer = List<Row>;
    fn touches(&self) -> Touches<'_> {
        Touches::one(&self.collection)
    }
    fn run(&self, session: &Session) -> Result<Self::Answer> {
        on_snapshot(
            session,
            &self.collection,
            self.at.as_deref(),
            of_query(),
            |columns, collection, deadline| query::find(columns, collection, self, deadline),
        )
    }
}

impl Request for Aggregate {
    const RIGHT: Right = Right::Read;
    type Answer = AggregateAnswer;
    fn touches(&self) -> Touches<'_> {
        Touches::one(&self.collection)
    }
    fn run(&self, session: &Session) -> Result<Self::Answer> {
        on_snapshot(
            session,
            &self.collection,
            self.at.as_deref(),
            of_query(),
            |columns, collection, deadline| query::aggregate(columns, collection, self, deadline),
        )
    }
}

/// All records that a query finds as columns.
pub fn table(session: &Session, request: &Query) -> Result<Table> {
    session.allow(Query::RIGHT)?;
    session.allow_touches(|| request.touches())?;
    let deadline = Deadline::after_ms(limits::SNAPSHOT_MS.max);
    on_snapshot(
        session,
        &request.collection,
        request.at.as_deref(),
        deadline,
        |columns, collection, deadline| query::table::table(columns, collection, request, deadline),
    )
}

impl Request for Explain {
    const RIGHT: Right = Right::Read;
    type Answer = Explanation;
    fn touches(&self) -> Touches<'_> {
        let (pointer, collection) = match self {
            Self::Query(query) => ("/query/collection", &query.collection),
            Self::Aggregate(aggregate) => ("/aggregate/collection", &aggregate.collection),
        };
        Touches::Named(vec![(pointer.into(), collection)])
    }
    fn run(&self, session: &Session) -> Result<Self::Answer> {
        let (id, at) = match self {
            Self::Query(query) => (&query.collection, &query.at),
            Self::Aggregate(aggregate) => (&aggregate.collection, &aggregate.at),
        };
        on_snapshot(session, id, at.as_deref(), of_query(), |columns, collection, deadline| {
            query::explain(columns, collection, self, deadline)
        })
    }
}

fn of_query() -> Deadline {
    Deadline::after_ms(limits::QUERY_MS.max)
}

/// Runs `work` on a collection of the newest commit, or as it was then, with the schema that it had.
fn on_snapshot<T>(
    session: &Session,
    id: &str,
    at: Option<&str>,
    deadline: Deadline,
    work: impl FnOnce(&Columns<'_>, &Collection, Deadline) -> Result<T>,
) -> Result<T> {
    let (view, config) = session.view()?;
    let Some(at) = at else {
        let collection = config.collection(&*view, id)?.ok_or_else(|| collection_not_found(id))?;
        return work(&session.columns(&*view, &collection), &collection, deadline);
    };
    let seq = past::seq_of(&*view, at)?;
    let collection = former::known_at(&*view, &config, id, Some(seq))?;
    let number = collection.row.number;
    let then = PastView::new(&*view, number, Seq(seq), deadline)?;
    let collection = match former::row_at(&*view, &collection.row, seq)? {
        Some(row) => {
            Collection::new(row, &mut |id| Ok(config.collection(&*view, id)?.map(|c| c.row.clone())))?
        }
        None => collection.by_rows()?,
    };
    work(&Columns::new(&then, &Cache::new(0), number), &collection, deadline)
}
