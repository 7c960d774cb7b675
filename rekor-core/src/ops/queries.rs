//! Queries: each runs on one snapshot of the newest commit, aggregates included.

use crate::api::list::List;
use crate::api::query::{Aggregate, Explain, Explanation, Query, Row};
use crate::ctx::config::collection_not_found;
use crate::ctx::rights::Right;
use crate::ctx::scope::Touches;
use crate::ctx::session::Session;
use crate::ground::env::Deadline;
use crate::ground::error::Result;
use crate::ground::limits;
use crate::ops::Request;
use crate::query::{self, AggregateAnswer};

impl Request for Query {
    const RIGHT: Right = Right::Read;
    type Answer = List<Row>;
    fn touches(&self) -> Touches<'_> {
        Touches::one(&self.collection)
    }
    fn run(&self, session: &Session) -> Result<Self::Answer> {
        let (view, config) = session.view()?;
        let collection = config.collection(&*view, &self.collection)?;
        let collection = collection.ok_or_else(|| collection_not_found(&self.collection))?;
        query::find(
            &session.columns(&*view, &collection),
            &collection,
            self,
            Deadline::after_ms(limits::QUERY_MS.max),
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
        let (view, config) = session.view()?;
        let collection = config.collection(&*view, &self.collection)?;
        let collection = collection.ok_or_else(|| collection_not_found(&self.collection))?;
        query::aggregate(
            &session.columns(&*view, &collection),
            &collection,
            self,
            Deadline::after_ms(limits::QUERY_MS.max),
        )
    }
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
        let (view, config) = session.view()?;
        let id = match self {
            Self::Query(query) => &query.collection,
            Self::Aggregate(aggregate) => &aggregate.collection,
        };
        let collection = config.collection(&*view, id)?.ok_or_else(|| collection_not_found(id))?;
        query::explain(
            &session.columns(&*view, &collection),
            &collection,
            self,
            Deadline::after_ms(limits::QUERY_MS.max),
        )
    }
}
