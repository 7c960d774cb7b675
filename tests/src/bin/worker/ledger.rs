//! Writers that keep what every snapshot must show, and auditors that look at it in totals and queries.

use std::path::Path;

use rekor_core::api::batch::Batch;
use rekor_core::api::query::{Aggregate, Explain, Query};
use rekor_core::api::record::GetRecord;
use rekor_core::api::transfer::ImportRecords;
use rekor_core::{Code, Json, Workspace};
use serde_json::{Value, json};

use crate::{open, tell};

/// Moves amounts between accounts, puts a token in the place of another, and now and then imports lines that add up to
/// nothing: `moved`, `swapped` and `imported` at the end.
pub(crate) fn write(path: &Path, words: &[String]) {
    let (name, seed, count): (&str, u64, u64) =
        (&words[0], words[1].parse().unwrap(), words[2].parse().unwrap());
    let store = open(path);
    let ws = store.workspace("ops").unwrap();
    let mut rng = fastrand::Rng::with_seed(seed);
    let (mut moved, mut swapped, mut imported) = (0, 0, 0);
    let mut token = format!("{name}-0");
    ws.call("upsert_record", &json!({"collection": "ledger", "id": token, "data": token_data()}).to_string())
        .unwrap();
    tell("ready");
    for n in 1..=count {
        match rng.u8(..20) {
            0 => {
                import(&ws, &format!("{name}-{n}-"));
                imported += 1;
            }
            1..8 => {
                let next = format!("{name}-{n}");
                let steps = json!([
                    {"type": "delete_record", "collection": "ledger", "id": token},
                    {"type": "upsert_record", "collection": "ledger", "id": next, "data": token_data()}]);
                ws.run(&Batch { operations: Json::from_value(&steps) }).unwrap();
                token = next;
                swapped += 1;
            }
            _ => moved += u64::from(transfer(&ws, &mut rng)),
        }
    }
    store.close().unwrap();
    tell(&format!("moved {moved}, swapped {swapped}, imported {imported}"));
}

fn token_data() -> Value {
    json!({"kind": "token", "amount": 1})
}

/// Two thousand records in one commit, half of them with what the others lack.
fn import(ws: &Workspace, prefix: &str) {
    let line = |n: i64| {
        let amount = if n % 2 == 0 { n } else { 1 - n };
        format!("{{\"key\":\"{prefix}{n}\",\"kind\":\"import\",\"amount\":{amount}}}\n")
    };
    let lines: String = (0..2_000).map(line).collect();
    let request = ImportRecords {
        collection: "ledger".into(),
        external_id_field: Some("key".into()),
        ..ImportRecords::default()
    };
    ws.import_records(&request, &mut lines.as_bytes(), &mut |_| Ok(())).unwrap();
}

/// Moves an amount from one account to another, unless somebody else has changed either meanwhile.
fn transfer(ws: &Workspace, rng: &mut fastrand::Rng) -> bool {
    let get = |n: u64| {
        let request =
            GetRecord { collection: "ledger".into(), id: Some(format!("a{n:04}")), ..GetRecord::default() };
        let record = ws.run(&request).unwrap();
        let data: Value = serde_json::from_str(record.data.text()).unwrap();
        (record.id, record.version, data["amount"].as_i64().unwrap())
    };
    let (from, to) = (rng.u64(..3_000), rng.u64(..3_000));
    let amount = rng.i64(1..50);
    if from == to {
        return false;
    }
    let change = |(id, version, before): (String, u64, i64), by: i64| {
        json!({"type": "upsert_record", "collection": "ledger", "id": id, "if_version": version,
            "data": {"kind": "account", "amount": before + by}})
    };
    let steps = json!([change(get(from), -amount), change(get(to), amount)]);
    match ws.run(&Batch { operations: Json::from_value(&steps) }) {
        Ok(_) => true,
        Err(error) if error.code() == Code::VersionConflict => false,
        Err(error) => panic!("{error}"),
    }
}

/// Looks until the file `stop` is there; panics when a snapshot is not what it must be: `looked N, by columns M`.
pub(crate) fn audit(path: &Path, words: &[String]) {
    let (writers, stop): (i64, &Path) = (words[0].parse().unwrap(), Path::new(&words[1]));
    let store = open(path);
    let ws = store.workspace("ops").unwrap();
    tell("ready");
    let (mut looked, mut by_columns) = (0, 0);
    loop {
        let is_last = stop.exists();
        totals(&ws, writers);
        ids(&ws, writers);
        looked += 1;
        let way = ws.run(&Explain::Aggregate(by_kind())).unwrap().access;
        by_columns += u64::from(way == "column_scan");
        if is_last {
            break;
        }
    }
    store.close().unwrap();
    tell(&format!("looked {looked}, by columns {by_columns}"));
}

fn by_kind() -> Aggregate {
    let totals = json!([{"fn": "count", "alias": "count"}, {"fn": "sum", "field": "data.amount", "alias": "sum"},
        {"fn": "count_distinct", "field": "id", "alias": "ids"}]);
    Aggregate {
        collection: "ledger".into(),
        aggregations: Some(Json::from_value(&totals)),
        group_by: vec!["data.kind".into()],
        ..Aggregate::default()
    }
}

fn totals(ws: &Workspace, writers: i64) {
    let answer = serde_json::to_value(ws.run(&by_kind()).unwrap()).unwrap();
    for row in answer["data"].as_array().unwrap() {
        let of = |key: &str| row[key].as_i64().unwrap();
        assert_eq!(of("count"), of("ids"), "{row}");
        match row["data.kind"].as_str().unwrap() {
            "account" => assert_eq!((of("count"), of("sum")), (3_000, 300_000), "{answer}"),
            "token" => assert_eq!((of("count"), of("sum")), (writers, writers), "{answer}"),
            "import" => assert_eq!((of("count") % 2_000, of("sum")), (0, 0), "{answer}"),
            other => panic!("{other}"),
        }
    }
}

/// Each token by a query that fetches rows; and no account without its amount.
fn ids(ws: &Workspace, writers: i64) {
    let query = |filter: Value| Query {
        collection: "ledger".into(),
        filter: Some(Json::from_value(&filter)),
        sort: Some(Json::from_text(r#"{"field":"data.amount","direction":"desc"}"#)),
        limit: Some(1_000),
        count: true,
        ..Query::default()
    };
    let tokens = ws.run(&query(json!({"field": "data.kind", "op": "eq", "value": "token"}))).unwrap();
    assert_eq!(tokens.data.len(), usize::try_from(writers).unwrap());
    let filter = json!({"and": [{"field": "data.kind", "op": "eq", "value": "account"},
        {"not": {"field": "data.amount", "op": "is_null"}}]});
    assert_eq!(ws.run(&query(filter)).unwrap().meta.total, Some(3_000));
}
