//! Queries at the door against an evaluator that knows only the contract: random schemas, records, filters, sorts
//! and pages, with indexes and without.

mod filter;
mod generate;
mod history;
mod life;
mod promotion;
mod totals;
mod undo;
mod value;

use std::cmp::Ordering;
use std::collections::BTreeSet;

use rekor_core::api::query::{Explain, Query, Row};
use rekor_core::api::transfer::ImportRecords;
use rekor_core::{Json, Workspace};
use serde_json::Value;

use crate::sandbox::{Sandbox, seed};
use generate::World;
use value::at;

/// The same records in a collection without indexes and in one with.
const COLLECTIONS: [&str; 2] = ["plain", "indexed"];

fn filled(world: &World) -> Sandbox {
    let (plain, indexed) = (world.schema(false), world.schema(true));
    let sandbox = Sandbox::with(&[(COLLECTIONS[0], &plain), (COLLECTIONS[1], &indexed)]);
    let mut lines = String::new();
    for record in &world.records {
        lines += &format!("{record}\n");
    }
    sandbox.ops(|ws| {
        for collection in COLLECTIONS {
            let request =
                ImportRecords { collection: collection.into(), whole: true, ..ImportRecords::default() };
            let answer = ws.import_records(&request, &mut lines.as_bytes(), &mut |_| Ok(())).unwrap();
            assert_eq!(answer.created, world.records.len() as u64);
        }
    });
    sandbox
}

/// The ids that the contract promises, in order.
fn expected(world: &World, filter: &Value, sort: &[(String, bool)]) -> Vec<String> {
    let mut rows: Vec<&Value> =
        world.records.iter().filter(|record| filter::passes(filter, record, world)).collect();
    let key = |record: &Value, field: &str| world.word(field, at(record, field));
    rows.sort_by(|a, b| {
        let by_fields = sort.iter().fold(Ordering::Equal, |so_far, (field, descending)| {
            let order = key(a, field).cmp(&key(b, field));
            so_far.then(if *descending { order.reverse() } else { order })
        });
        by_fields.then_with(|| value::id_order(id(a)).cmp(&value::id_order(id(b))))
    });
    rows.into_iter().map(|record| id(record).to_owned()).collect()
}

fn id(record: &Value) -> &str {
    record["id"].as_str().unwrap()
}

fn sort_json(sort: &[(String, bool)]) -> Option<Json> {
    let keys: Vec<Value> = sort
        .iter()
        .map(|(field, descending)| serde_json::json!({"field": field, "direction": if *descending { "desc" } else { "asc" }}))
        .collect();
    (!keys.is_empty()).then(|| Json::from_value(&keys))
}

/// The ids of every page by cursor, with the number of rows that the first page says there are.
fn paged(ws: &Workspace, query: &Query) -> Vec<String> {
    let mut query = Query { count: true, ..query.clone() };
    let (mut ids, mut total) = (Vec::new(), None);
    loop {
        let page = ws.run(&query).unwrap_or_else(|error| panic!("{query:?}\n{error}"));
        assert!(page.data.len() as u64 <= query.limit.unwrap(), "{query:?}");
        ids.extend(page.data.into_iter().map(|row| match row {
            Row::Record(record) => record.id,
            Row::Fields(json) => {
                serde_json::from_str::<Value>(json.text()).unwrap()["id"].as_str().unwrap().to_owned()
            }
        }));
        let total = total.get_or_insert(page.meta.total.unwrap());
        assert_eq!(page.meta.has_more, page.meta.next_cursor.is_some());
        query.cursor = page.meta.next_cursor;
        if query.cursor.is_none() {
            assert_eq!(*total, ids.len() as u64, "{query:?}");
            return ids;
        }
    }
}

fn rounds(rng: &mut fastrand::Rng, ws: &Workspace, world: &World, count: usize) -> BTreeSet<String> {
    let mut ways = BTreeSet::new();
    for _ in 0..count {
        let (filter, sort) = (world.filter(rng, 3), world.sort(rng));
        let due = expected(world, &filter, &sort);
        for collection in COLLECTIONS {
            let query = Query {
                collection: collection.into(),
                filter: Some(Json::from_value(&filter)),
                sort: sort_json(&sort),
                limit: Some(rng.u64(1..40)),
                fields: if rng.bool() { vec!["data.n".to_owned()] } else { Vec::new() },
                ..Query::default()
            };
            let shown = serde_json::to_string(&query).unwrap();
            assert_eq!(paged(ws, &query), due, "{shown}\n{}", world.schema(collection == "indexed"));
            let offset = rng.u64(0..=due.len() as u64);
            let page = Query { offset: Some(offset), count: false, fields: Vec::new(), ..query.clone() };
            let rows = ws.run(&page).unwrap().data;
            let due_rows = due
                .iter()
                .skip(usize::try_from(offset).unwrap())
                .take(usize::try_from(query.limit.unwrap()).unwrap());
            assert!(
                rows.iter()
                    .map(|row| match row {
                        Row::Record(record) => &record.id,
                        Row::Fields(_) => panic!(),
                    })
                    .eq(due_rows),
                "{shown} from {offset}"
            );
            ways.insert(ws.run(&Explain::Query(query)).unwrap().access);
        }
    }
    ways
}

#[test]
fn random_queries_give_what_the_contract_says_with_indexes_and_without() {
    let mut rng = fastrand::Rng::with_seed(seed());
    let mut ways = BTreeSet::new();
    for size in [0, 1, 40, 150, 400] {
        let world = World::random(&mut rng, size);
        ways.extend(filled(&world).ops(|ws| rounds(&mut rng, ws, &world, 40)));
    }
    assert!(ways.contains("index") && ways.contains("row_scan"), "the ways taken: {ways:?}");
}

#[test]
fn pages_give_each_record_that_nobody_touches_exactly_once_while_others_change() {
    let mut rng = fastrand::Rng::with_seed(seed());
    let world = World::random(&mut rng, 200);
    filled(&world).ops(|ws| {
        for round in 0..10 {
            let sort = world.sort(&mut rng);
            let collection = COLLECTIONS[round % 2];
            let due: BTreeSet<String> =
                expected(&world, &serde_json::json!({"and": []}), &sort).into_iter().collect();
            let mut query = Query {
                collection: collection.into(),
                sort: sort_json(&sort),
                limit: Some(17),
                ..Query::default()
            };
            let mut seen = Vec::new();
            loop {
                let page = ws.run(&query).unwrap();
                for row in &page.data {
                    let Row::Record(record) = row else { panic!() };
                    seen.push(record.id.clone());
                }
                // Others come and go between the pages.
                for _ in 0..3 {
                    let id = format!("other-{}", rng.u8(..8));
                    let delete = serde_json::json!({"collection": collection, "id": id});
                    let _ = ws.call("delete_record", &delete.to_string());
                    let upsert =
                        serde_json::json!({"collection": collection, "id": id, "data": world.data(&mut rng)});
                    ws.call("upsert_record", &upsert.to_string()).unwrap();
                }
                query.cursor = page.meta.next_cursor;
                if query.cursor.is_none() {
                    break;
                }
            }
            seen.retain(|id| !id.starts_with("other-"));
            assert_eq!(seen.len(), due.len(), "a record is missing or came twice");
            assert_eq!(seen.into_iter().collect::<BTreeSet<_>>(), due);
        }
    });
}
