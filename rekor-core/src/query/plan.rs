//! Picks how the records of a query are reached. Pure: it looks at the filter, the order and the declared
//! indexes, never at the store, and answers the ways in the order in which they look best. A way may give
//! more records than match, never fewer; the filter is evaluated on the row unless the way settles it.
//!
//! Ways: a get by id, a get by external id, a declared index, all rows in id order. `cost` weighs them against each other
//! and against a scan of columns.

use crate::api::query::Explanation;
use crate::codec::collection::CollectionRow;
use crate::codec::id::{ExternalKey, Id};
use crate::codec::keys;
use crate::codec::scalar::Scalar;
use crate::query::fields::{Field, Typing};
use crate::query::filter::{Comparison, Filter, Test};
use crate::query::index_scan::IndexScan;
use crate::query::order::Order;
use crate::query::tuple::Slots;

/// A way to reach records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    /// These ids, in order.
    Ids(Vec<Id>),
    /// One external key.
    External(ExternalKey),
    /// Entries of a declared index.
    Index(IndexScan),
    /// The columns of all records.
    Columns,
    /// The record keys `lo..hi`.
    Rows {
        /// The first key.
        lo: Vec<u8>,
        /// The first key after.
        hi: Vec<u8>,
        /// Whether from the end.
        rev: bool,
    },
}

/// A way, and what is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The way.
    pub access: Access,
    /// Whether records come in the order asked for.
    pub sorted: bool,
    /// Why it is taken.
    pub reason: String,
}

/// What is asked, as far as planning goes.
#[derive(Clone, Copy)]
pub struct Ask<'a> {
    /// Which records.
    pub filter: &'a Filter,
    /// In which order; `None` when it does not matter.
    pub order: Option<&'a Order>,
    /// Whether the work ends when a page is full, so that an order for nothing is worth having.
    pub early_end: bool,
    /// What the slots mean.
    pub slots: &'a Slots<'a>,
    /// The collection, with its indexes.
    pub collection: &'a CollectionRow,
}

/// A test that every record must pass, on a known field.
pub(super) struct Needed<'a> {
    pub(super) field: &'a Field,
    pub(super) typing: Typing,
    pub(super) test: &'a Test,
}

impl Ask<'_> {
    pub(super) fn needed(&self) -> Vec<Needed<'_>> {
        let mut conjuncts = Vec::new();
        self.filter.conjuncts(&mut conjuncts);
        let tests = conjuncts.into_iter().filter_map(|conjunct| match conjunct {
            Filter::Test { slot, test } => {
                let (field, typing) = self.slots.field(*slot)?;
                Some(Needed { field, typing: *typing, test })
            }
            _ => None,
        });
        tests.collect()
    }

    /// Whether the filter is nothing but tests that all must pass, those of [`Ask::needed`].
    pub(super) fn has_only_tests(&self) -> bool {
        let mut conjuncts = Vec::new();
        self.filter.conjuncts(&mut conjuncts);
        conjuncts.iter().all(|conjunct| matches!(conjunct, Filter::Test { .. }))
    }

    /// The direction when the order is that of ids.
    fn id_order(&self) -> Option<bool> {
        let Some(order) = self.order else { return Some(false) };
        match order.parts.first() {
            None => Some(false),
            Some(part) => {
                self.slots.field(part.slot).filter(|(f, _)| *f == Field::Id).map(|_| part.descending)
            }
        }
    }
}

/// The ways to answer, the best-looking first; the last one is always all rows.
#[must_use]
pub fn choose(ask: &Ask<'_>) -> Vec<Plan> {
    let needed = ask.needed();
    if let Some(plan) = by_id(ask, &needed).or_else(|| by_external_id(&needed)) {
        return vec![plan];
    }
    let mut scans: Vec<IndexScan> = ask
        .collection
        .indexes
        .iter()
        .enumerate()
        .filter(|(_, index)| index.complete)
        .filter_map(|(at, index)| IndexScan::plan(at, index, ask, &needed))
        .collect();
    // A stable sort: of equals the one declared first.
    scans.sort_by_key(|scan| std::cmp::Reverse(scan.worth()));
    let mut plans: Vec<Plan> = scans
        .into_iter()
        .map(|scan| Plan { sorted: scan.sorted(), reason: scan.reason(), access: Access::Index(scan) })
        .collect();
    plans.push(all_rows(ask, &needed));
    plans
}

fn by_id(ask: &Ask<'_>, needed: &[Needed<'_>]) -> Option<Plan> {
    let values = needed.iter().find_map(|need| match need.test {
        Test::In(values) if *need.field == Field::Id => Some(values),
        _ => None,
    })?;
    // Whatever is not an id equals none.
    let ids = values.iter().filter_map(|value| match value {
        Scalar::Id(id) => Some(id.as_ref().clone()),
        _ => None,
    });
    Some(Plan {
        access: Access::Ids(ids.collect()),
        sorted: ask.id_order() == Some(false),
        reason: "the filter names ids".to_owned(),
    })
}

fn by_external_id(needed: &[Needed<'_>]) -> Option<Plan> {
    let only = |field: Field| {
        let mut tests = needed.iter().filter(move |need| *need.field == field).map(|need| need.test);
        tests.find(|test| {
            matches!(test, Test::In(values) if values.len() == 1) || matches!(test, Test::IsNull)
        })
    };
    let text = |test: &Test| match test {
        Test::In(values) => match values.as_slice() {
            [Scalar::Text(text)] => Some(text.clone().into_owned().into_boxed_str()),
            _ => None,
        },
        _ => None,
    };
    let id = text(only(Field::ExternalId)?)?;
    let source = match only(Field::ExternalSource)? {
        Test::IsNull => None,
        test => Some(text(test)?),
    };
    let key = ExternalKey::parse(source.as_deref(), &id).ok()?;
    let reason = "the filter names an external id and its source".to_owned();
    Some(Plan { access: Access::External(key), sorted: true, reason })
}

fn all_rows(ask: &Ask<'_>, needed: &[Needed<'_>]) -> Plan {
    let (mut lo, mut hi) = keys::records(ask.collection.number);
    let mut narrowed = false;
    for need in needed.iter().filter(|need| *need.field == Field::Id) {
        let Test::Compare(comparison, bounds) = need.test else { continue };
        let Some(Scalar::Id(id)) = bounds.first() else { continue };
        let (at, after) = keys::range(keys::record(ask.collection.number, id));
        narrowed = true;
        match comparison {
            Comparison::Gt => lo = lo.max(after),
            Comparison::Gte => lo = lo.max(at),
            Comparison::Lt => hi = hi.min(at),
            Comparison::Lte => hi = hi.min(after),
        }
    }
    let rev = ask.id_order();
    let reason = match (narrowed, ask.filter) {
        (true, _) => "the filter bounds the id",
        (_, Filter::All(parts)) if parts.is_empty() => "every record is asked for, in the order of ids",
        _ => "no declared index narrows the filter",
    };
    let access = Access::Rows { lo, hi, rev: rev == Some(true) };
    Plan { access, sorted: rev.is_some(), reason: reason.to_owned() }
}

impl Plan {
    /// Whether it reads a whole index for its order alone.
    #[must_use]
    pub fn walks_for_order(&self) -> bool {
        matches!(&self.access, Access::Index(scan) if scan.narrowed() == (0, false))
    }

    /// Whether it reads only a part of the rows.
    #[must_use]
    pub fn is_bounded(&self, ask: &Ask<'_>) -> bool {
        let (all_lo, all_hi) = keys::records(ask.collection.number);
        matches!(&self.access, Access::Rows { lo, hi, .. } if *lo != all_lo || *hi != all_hi)
    }

    /// Whether every record that it leads to passes the filter.
    #[must_use]
    pub const fn settles_filter(&self) -> bool {
        matches!(&self.access, Access::Index(scan) if scan.settles)
    }

    /// What people are told of it.
    #[must_use]
    pub fn explanation(&self, rows_examined: u64, rows_matched: u64) -> Explanation {
        let (access, index) = match &self.access {
            Access::Ids(_) => ("id", None),
            Access::External(_) => ("external_id", None),
            Access::Index(scan) => ("index", Some(scan.names.clone())),
            Access::Columns => ("column_scan", None),
            Access::Rows { .. } => ("row_scan", None),
        };
        Explanation {
            access: access.to_owned(),
            index,
            reason: self.reason.clone(),
            sorted_by_access: self.sorted,
            rows_examined,
            rows_matched,
            columns: None,
        }
    }
}
