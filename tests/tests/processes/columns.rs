//! Columns under several processes: each snapshot is whole while others write and seal, and a process that is killed while it
//! seals leaves nothing that is wrong.

use std::collections::BTreeMap;

use rekor_core::api::query::{Aggregate, Explain};
use rekor_core::api::transfer::{ExportRecords, ImportRecords};
use rekor_core::{Json, OpenOptions, Store, Workspace};
use rekor_tests::rounds;
use serde_json::{Value, json};

use crate::sandbox::{Sandbox, Worker, seed, write};

fn exported(ws: &Workspace, collection: &str) -> Vec<Value> {
    let mut text = Vec::new();
    let request = ExportRecords { collection: collection.into(), ..ExportRecords::default() };
    ws.export_records(&request, &mut text, &mut |_| Ok(())).unwrap();
    serde_json::Deserializer::from_slice(&text).into_iter().map(Result::unwrap).collect()
}

fn totals(collection: &str, field: &str, group: &str) -> Aggregate {
    let totals = json!([{"fn": "count", "alias": "count"}, {"fn": "sum", "field": field, "alias": "sum"}]);
    Aggregate {
        collection: collection.into(),
        aggregations: Some(Json::from_value(&totals)),
        group_by: vec![group.into()],
        sort: Some(Json::from_value(&json!({"field": group}))),
        ..Aggregate::default()
    }
}

/// The totals that an aggregate gives: group, count and sum.
fn answered(ws: &Workspace, request: &Aggregate) -> Vec<(String, u64, i64)> {
    let answer = serde_json::to_value(ws.run(request).unwrap()).unwrap();
    let row = |row: &Value| {
        let group = row[&request.group_by[0]].as_str().unwrap().to_owned();
        (group, row["count"].as_u64().unwrap(), row["sum"].as_i64().unwrap())
    };
    answer["data"].as_array().unwrap().iter().map(row).collect()
}

/// The same, counted one by one.
fn counted(rows: impl Iterator<Item = (String, i64)>) -> Vec<(String, u64, i64)> {
    let mut groups: BTreeMap<String, (u64, i64)> = BTreeMap::new();
    for (group, n) in rows {
        let place = groups.entry(group).or_default();
        *place = (place.0 + 1, place.1 + n);
    }
    groups.into_iter().map(|(group, (count, sum))| (group, count, sum)).collect()
}

#[test]
fn every_snapshot_is_whole_while_processes_write_and_seal() {
    const WRITERS: u64 = 3;
    let (seed, sandbox) =
        (seed(), Sandbox::with(&[("ledger", r#"{"properties":{"amount":{"type":"integer"}}}"#)]));
    sandbox.ops(|ws| {
        let account = |n: u32| {
            json!({"id": format!("a{n:04}"), "data": {"kind": "account", "amount": 100}}).to_string() + "\n"
        };
        let lines: String = (0..3_000).map(account).collect();
        let request = ImportRecords { collection: "ledger".into(), whole: true, ..ImportRecords::default() };
        ws.import_records(&request, &mut lines.as_bytes(), &mut |_| Ok(())).unwrap();
    });
    let writers: Vec<Worker> = (0..WRITERS)
        .map(|n| sandbox.worker("ledger", &[&format!("w{n}"), &seed.wrapping_add(n).to_string(), "150"]))
        .collect();
    assert!(writers.iter().all(|writer| writer.hear() == "ready"));
    let stop = sandbox.path("stop");
    let auditors: Vec<Worker> =
        (0..2).map(|_| sandbox.worker("audit", &[&WRITERS.to_string(), stop.to_str().unwrap()])).collect();
    assert!(auditors.iter().all(|auditor| auditor.hear() == "ready"));
    let mut told: Vec<String> = writers.iter().map(Worker::hear).collect();
    writers.into_iter().for_each(Worker::end);
    write(&stop, "");
    told.extend(auditors.iter().map(Worker::hear));
    auditors.into_iter().for_each(Worker::end);
    println!("{told:?}");
    assert!(told.iter().all(|line| !line.ends_with("by columns 0")), "columns were not read: {told:?}");
    sandbox.ops(|ws| {
        assert_eq!(ws.check().unwrap().problems, [""; 0]);
        let text = |row: &Value| row["data"]["kind"].as_str().unwrap().to_owned();
        let rows = exported(ws, "ledger").into_iter();
        let due = counted(rows.map(|row| (text(&row), row["data"]["amount"].as_i64().unwrap())));
        assert_eq!(answered(ws, &totals("ledger", "data.amount", "data.kind")), due);
    });
}

/// A store in this process that seals only when it is told to.
fn open_by_hand(sandbox: &Sandbox) -> Store {
    let options = OpenOptions { busy_timeout_ms: 60_000, maintenance: false, ..OpenOptions::default() };
    Store::open(sandbox.store(), options).unwrap()
}

/// Asserts that exactly so many rounds are stored, by rows and by columns.
fn assert_rounds(ws: &Workspace, rounds_done: u64) {
    let due = rounds::stored(rounds_done);
    let rows: BTreeMap<u64, (u64, String)> = exported(ws, "items")
        .iter()
        .map(|row| {
            let (key, data) = (row["external_id"].as_str().unwrap(), &row["data"]);
            let value = (data["n"].as_u64().unwrap(), data["s"].as_str().unwrap().to_owned());
            (key.trim_start_matches('k').parse().unwrap(), value)
        })
        .collect();
    assert!(rows == due, "other records are stored than {rounds_done} rounds make");
    let due = counted(due.into_values().map(|(n, s)| (s, i64::try_from(n).unwrap())));
    assert_eq!(answered(ws, &totals("items", "data.n", "data.s")), due, "after {rounds_done} rounds");
}

#[test]
fn a_process_killed_at_random_moments_while_it_seals_leaves_no_wrong_answer() {
    let mut rng = fastrand::Rng::with_seed(seed());
    let sandbox = Sandbox::with(&[("items", "{}")]);
    let (mut next, mut kills_in_work) = (0, 0);
    for kill in 0..25 {
        let worker = sandbox.worker("seal", &[&next.to_string()]);
        assert_eq!(worker.hear(), "ready");
        let mut told = Vec::new();
        for _ in 0..rng.u8(0..6) {
            told.push(worker.hear());
        }
        told.extend(worker.hear_within(rng.u64(0..20_000)));
        told.extend(worker.kill());
        kills_in_work += u32::from(!told.last().is_some_and(|line| line.starts_with("sealed")));
        let acknowledged = |line: &String| line.strip_prefix("ack ")?.parse::<u64>().ok();
        next = told.iter().filter_map(acknowledged).max().map_or(next, |round| round + 1);
        let store = open_by_hand(&sandbox);
        let ws = store.workspace("ops").unwrap();
        // The round after the last that was acknowledged may be stored, as a whole.
        let newest = exported(&ws, "items").iter().map(|row| row["data"]["round"].as_u64().unwrap()).max();
        next += u64::from(newest == Some(next));
        assert_rounds(&ws, next);
        if kill % 10 == 0 {
            assert_eq!(ws.check().unwrap().problems, [""; 0]);
        }
        store.close().unwrap();
    }
    println!("{next} rounds in spite of the kills, {kills_in_work} of them while it imported or sealed");
    let store = open_by_hand(&sandbox);
    let ws = store.workspace("ops").unwrap();
    while ws.maintain().unwrap() {}
    assert_rounds(&ws, next);
    let way = ws.run(&Explain::Aggregate(totals("items", "data.n", "data.s"))).unwrap();
    let read = way.columns.expect("nothing was ever sealed");
    assert!(read.dirty_rows < 1_024 + rounds::stored(next).len() as u64 / 16, "{read:?}");
    assert_eq!(ws.check().unwrap().problems, [""; 0]);
    store.close().unwrap();
}
