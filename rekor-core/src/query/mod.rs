//! Queries over the records of one collection: read the request, plan (pure), execute over a snapshot. Never
//! writes. The filter is evaluated on every record that a plan leads to, unless the range of a declared index holds
//! exactly what the filter allows.
//!
//! What values, filters, orders and totals mean is defined over [`tuple::Tuple`] alone. Rows are read one by one through
//! `access`; column groups block by block through `scan`, whose kernels in `vector` are held to the same meaning.

mod access;
pub mod accumulator;
mod aggregate;
mod columns;
mod cost;
pub mod cursor;
mod distinct;
pub mod fields;
pub mod filter;
mod find;
mod groups;
mod heap;
mod index_read;
pub mod index_scan;
pub mod like;
pub mod matcher;
mod operand;
#[cfg(test)]
mod oracle;
pub mod order;
pub mod page;
pub mod plan;
mod project;
mod request;
mod rows;
mod scan;
pub mod show;
mod span;
pub mod table;
#[cfg(test)]
mod tests;
pub mod tuple;
mod vector;

pub use crate::api::query::AggregateAnswer;
pub use aggregate::aggregate;
pub use find::find;

use crate::api::query::{Explain, Explanation};
use crate::columns::reader::Columns;
use crate::ctx::config::Collection;
use crate::ground::env::Deadline;
use crate::ground::error::Result;

/// Carries out a query or an aggregate and tells how, in place of its rows.
pub fn explain(
    columns: &Columns<'_>,
    collection: &Collection,
    request: &Explain,
    deadline: Deadline,
) -> Result<Explanation> {
    match request {
        Explain::Query(query) => find::explain(columns, collection, query, deadline),
        Explain::Aggregate(aggregate) => aggregate::explain(columns, collection, aggregate, deadline),
    }
}
