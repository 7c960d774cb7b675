//! Random queries over random records against a brute force that shares no code with the engine: filters, sorts,
//! pages and aggregates, with and without declared indexes.
//!
//! A failure prints its seed; `REKOR_ORACLE_SEED=<seed>` at build time runs that one alone, `REKOR_ORACLE_WORLDS=<number>` so
//! many, each with 30 queries and 30 aggregates asked in 5 ways.

mod ask;
mod naive;
mod sealed;
mod tables;
mod totals;
pub(super) mod world;

use std::cmp::Ordering;
use std::collections::BTreeSet;

use ask::{Sort, filter, sorts};
use naive::{Doc, Filter, id_key};
use world::{Dice, World};

use crate::api::query::{Explain, Query, Row};
use crate::columns::reader::Columns;
use crate::ctx::config::Collection;
use crate::ground::env::Deadline;
use crate::ground::json::Json;
use crate::query::{explain, find};

const WORLDS: u64 = 120;
const QUERIES: usize = 30;

#[test]
fn queries_answer_what_brute_force_answers() {
    let worlds = option_env!("REKOR_ORACLE_WORLDS").map_or(WORLDS, |worlds| worlds.parse().unwrap());
    let only = option_env!("REKOR_ORACLE_SEED").map(|seed| seed.parse::<u64>().unwrap());
    let mut ways = BTreeSet::new();
    for seed in only.map_or(0..worlds, |seed| seed..seed + 1) {
        let mut dice = Dice(seed);
        let records = if seed % 10 == 0 { 500 } else { 60 };
        let world = World::roll(&mut dice, records);
        for query in 0..QUERIES {
            let at = format!("seed {seed} query {query}");
            check_find(&mut dice, &world, &at, &mut ways);
            totals::check(&mut dice, &world, &at);
        }
    }
    let all = [
        "column_scan",
        "column_scan sorted",
        "external_id",
        "id",
        "index",
        "index sorted",
        "row_scan",
        "row_scan sorted",
    ];
    assert!(only.is_some() || all.iter().all(|way| ways.contains(*way)), "{ways:?}");
}

fn check_find(dice: &mut Dice, world: &World, at: &str, ways: &mut BTreeSet<String>) {
    let filter = filter(dice, world, 0);
    let sorts = sorts(dice, world);
    let source = dice.one_in(8).then(|| "billing".to_owned());
    let mut wanted: Vec<&Doc> = world
        .docs
        .iter()
        .filter(|doc| filter.holds(doc) && (source.is_none() || doc.external_source == source))
        .collect();
    wanted.sort_by(|a, b| order(&sorts, a, b));
    let docs = wanted;
    let wanted: Vec<&str> = docs.iter().map(|doc| doc.id.as_str()).collect();
    let query = Query {
        collection: "things".into(),
        filter: (!dice.one_in(10)).then(|| Json::from_text(filter.text())).or_else(|| everything(&filter)),
        sort: Sort::json(&sorts),
        fields: if dice.one_in(2) { vec!["version".into()] } else { Vec::new() },
        limit: Some(dice.roll(world.docs.len().max(24) / 2) as u64 + 1),
        count: dice.one_in(3),
        external_source: source,
        ..Query::default()
    };
    for (view, collection) in world.ways() {
        let columns = &world.columns(view);
        let plan = explain(columns, collection, &Explain::Query(query.clone()), Deadline::never()).unwrap();
        let at = format!("{at}\n{query:?}\n{plan:?}\n{:?}", collection.row.indexes);
        ways.insert(plan.access.clone() + if plan.sorted_by_access { " sorted" } else { "" });
        ways.insert(plan.access);
        assert_eq!(by_cursor(columns, collection, &query, wanted.len()), wanted, "{at}");
        let offset = dice.roll(20).min(wanted.len());
        let (ids, more) = page(columns, collection, &Query { offset: Some(offset as u64), ..query.clone() });
        let end = wanted.len().min(offset + usize::try_from(query.limit.unwrap()).unwrap());
        assert_eq!(
            (ids.as_slice(), more),
            (&owned(&wanted[offset..end])[..], end < wanted.len()),
            "offset {at}"
        );
        tables::check(dice, (columns, collection), &query, &world.fields, &docs, &at);
    }
}

/// A filter may be left out where it holds for everything anyway.
fn everything(filter: &Filter) -> Option<Json> {
    if matches!(filter, Filter::And(all) if all.is_empty()) {
        None
    } else {
        Some(Json::from_text(filter.text()))
    }
}

fn owned(ids: &[&str]) -> Vec<String> {
    ids.iter().map(|id| (*id).to_owned()).collect()
}

fn order(sorts: &[Sort], a: &Doc, b: &Doc) -> Ordering {
    let parts = sorts.iter().map(|sort| {
        let order = sort.field.key(a).cut().order(&sort.field.key(b).cut());
        if sort.descending { order.reverse() } else { order }
    });
    parts.fold(Ordering::Equal, Ordering::then).then_with(|| id_key(&a.id).order(&id_key(&b.id)))
}

fn page(columns: &Columns<'_>, collection: &Collection, query: &Query) -> (Vec<String>, bool) {
    let list = find(columns, collection, query, Deadline::never()).unwrap();
    (list.data.iter().map(id_of).collect(), list.meta.has_more)
}

fn id_of(row: &Row) -> String {
    match row {
        Row::Record(record) => record.id.clone(),
        Row::Fields(json) => {
            let value: serde_json::Value = serde_json::from_str(json.text()).unwrap();
            value["id"].as_str().unwrap().to_owned()
        }
    }
}

/// Every page, one after the other.
fn by_cursor(columns: &Columns<'_>, collection: &Collection, query: &Query, total: usize) -> Vec<String> {
    let (mut ids, mut query) = (Vec::new(), query.clone());
    loop {
        let list = find(columns, collection, &query, Deadline::never()).unwrap();
        ids.extend(list.data.iter().map(id_of));
        assert_eq!(list.meta.total, query.count.then_some(total as u64), "{query:?}");
        assert_eq!(list.meta.has_more, list.meta.next_cursor.is_some());
        if list.meta.next_cursor.is_none() {
            return ids;
        }
        query.cursor = list.meta.next_cursor;
    }
}
