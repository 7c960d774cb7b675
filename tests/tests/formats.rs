//! Stores that older versions of rekor wrote, kept in `tests/fixtures`: they open, answer and go on.

use std::process::Command;

use rekor_core::api::query::{Aggregate, Explain, Query, Row};
use rekor_core::api::transfer::{ExportRecords, ImportRecords};
use rekor_core::{Json, OpenOptions, Store, Workspace};
use serde_json::{Value, json};

use crate::sandbox::Sandbox;

/// 299 notes, written by the version before columns: k0 to k299 without k6, and k5 changed once.
fn notes() -> Sandbox {
    let sandbox = Sandbox::new();
    let mut tar: Command = sandbox.command("tar");
    let file = crate::root().join("tests/fixtures/store-format-1.tgz");
    assert!(tar.arg("-xzf").arg(file).status().unwrap().success());
    sandbox
}

fn open(sandbox: &Sandbox, read_only: bool) -> (Store, Workspace) {
    let options = OpenOptions { read_only, maintenance: false, ..OpenOptions::default() };
    let store = Store::open(sandbox.store(), options).unwrap();
    let ws = store.workspace("ops").unwrap();
    (store, ws)
}

fn by_status() -> Aggregate {
    let totals = json!([{"fn": "count", "alias": "count"}, {"fn": "sum", "field": "data.n", "alias": "sum"},
        {"fn": "min", "field": "data.n", "alias": "min"}, {"fn": "max", "field": "data.n", "alias": "max"}]);
    Aggregate {
        collection: "notes".into(),
        aggregations: Some(Json::from_value(&totals)),
        group_by: vec!["data.status".into()],
        sort: Some(Json::from_text(r#"{"field":"data.status"}"#)),
        ..Aggregate::default()
    }
}

/// Rows of status, count, sum, least and greatest.
fn totals(ws: &Workspace) -> Vec<Value> {
    let answer = serde_json::to_value(ws.run(&by_status()).unwrap()).unwrap();
    let rows = answer["data"].as_array().unwrap().iter();
    rows.map(|row| json!([row["data.status"], row["count"], row["sum"], row["min"], row["max"]])).collect()
}

fn total(ws: &Workspace, filter: &str, aggregation: &str) -> Value {
    let request = Aggregate {
        collection: "notes".into(),
        aggregations: Some(Json::from_text(format!("[{aggregation}]"))),
        filter: Some(Json::from_text(filter)),
        ..Aggregate::default()
    };
    serde_json::to_value(ws.run(&request).unwrap()).unwrap()["data"][0].clone()
}

fn external_ids(ws: &Workspace, filter: &str) -> Vec<String> {
    let query = Query {
        collection: "notes".into(),
        filter: Some(Json::from_text(filter)),
        sort: Some(Json::from_text(r#"{"field":"data.n","direction":"desc"}"#)),
        limit: Some(3),
        ..Query::default()
    };
    let external_id = |row| match row {
        Row::Record(record) => record.external_id.unwrap(),
        Row::Fields(_) => panic!("no fields were asked for"),
    };
    ws.run(&query).unwrap().data.into_iter().map(external_id).collect()
}

/// What neither the changes of the test nor sealing touch.
fn assert_rest(ws: &Workspace) {
    let before_2nd = r#"{"field":"data.at","op":"lt","value":"2026-01-02T00:00:00Z"}"#;
    assert_eq!(total(ws, before_2nd, r#"{"fn":"count","alias":"c"}"#), json!({"c": 19}));
    let first = total(ws, before_2nd, r#"{"fn":"min","field":"data.at","alias":"at"}"#);
    assert_eq!(first, json!({"at": "2025-12-31T22:00:00.000Z"}));
    let deep = r#"{"field":"data.deep.a","op":"gte","value":20}"#;
    assert_eq!(total(ws, deep, r#"{"fn":"sum","field":"data.deep.a","alias":"a"}"#), json!({"a": 6973.25}));
    let mixed = r#"{"fn":"count_distinct","field":"data.mixed","alias":"m"}"#;
    assert_eq!(total(ws, r#"{"and":[]}"#, mixed), json!({"m": 4}));
    let above = r#"{"field":"data.n","op":"gt","value":290}"#;
    assert_eq!(
        external_ids(ws, &format!(r#"{{"and":[{above},{{"field":"data.n","op":"lt","value":1001}}]}}"#)),
        ["k5", "k299", "k298"]
    );
}

fn way(ws: &Workspace) -> String {
    ws.run(&Explain::Aggregate(by_status())).unwrap().access
}

fn call(ws: &Workspace, operation: &str, request: &Value) {
    ws.call(operation, &request.to_string()).unwrap();
}

#[test]
fn a_store_older_than_columns_answers_read_only_and_stays_as_it_is() {
    let sandbox = notes();
    let bytes = || sandbox.files().iter().map(|file| std::fs::read(file).unwrap()).collect::<Vec<_>>();
    let before = bytes();
    let (store, ws) = open(&sandbox, true);
    assert_eq!(
        totals(&ws),
        [
            json!(["closed", 90, 13_402, 0, 299]),
            json!(["late", 97, 14_671, 1, 296]),
            json!(["open", 112, 17_766, 2, 1_000]),
        ]
    );
    assert_rest(&ws);
    assert_eq!(way(&ws), "row_scan");
    store.close().unwrap();
    assert!(bytes() == before, "a reader has changed it");
}

#[test]
fn a_store_older_than_columns_is_written_and_sealed_and_right_at_every_step() {
    let sandbox = notes();
    let (store, ws) = open(&sandbox, false);
    let changed = [
        json!(["closed", 90, 13_402, 0, 299]),
        json!(["late", 97, 14_671, 1, 296]),
        json!(["new", 1, 3_000, 3_000, 3_000]),
        json!(["open", 111, 19_758, 2, 2_007]),
    ];
    call(&ws, "patch_record", &json!({"collection": "notes", "external_id": "k7", "data": {"n": 2_007}}));
    call(&ws, "delete_record", &json!({"collection": "notes", "external_id": "k8"}));
    let new = json!({"status": "new", "n": 3_000});
    call(&ws, "upsert_record", &json!({"collection": "notes", "external_id": "n0", "data": new}));
    assert_eq!(totals(&ws), changed);
    assert_rest(&ws);
    assert_eq!(way(&ws), "row_scan", "nothing is sealed yet");
    let mut steps = 0;
    while ws.maintain().unwrap() {
        steps += 1;
        assert_eq!(totals(&ws), changed, "after step {steps}");
        assert_rest(&ws);
    }
    let read = ws.run(&Explain::Aggregate(by_status())).unwrap().columns.unwrap();
    assert_eq!((read.groups_read, read.rows_read), (1, 0), "{read:?} after {steps} steps");
    store.close().unwrap();
    // Another process, and a file of so many new notes that they make a group.
    let (store, ws) = open(&sandbox, false);
    let line = |n: i64| json!({"key": format!("m{n}"), "status": "more", "n": n}).to_string() + "\n";
    let lines: String = (0..2_000).map(line).collect();
    let request = ImportRecords {
        collection: "notes".into(),
        external_id_field: Some("key".into()),
        ..ImportRecords::default()
    };
    ws.import_records(&request, &mut lines.as_bytes(), &mut |_| Ok(())).unwrap();
    let mut due = changed.to_vec();
    due.insert(2, json!(["more", 2_000, 1_999_000, 0, 1_999]));
    assert_eq!(totals(&ws), due);
    while ws.maintain().unwrap() {
        assert_eq!(totals(&ws), due);
    }
    let exported = ExportRecords { collection: "notes".into(), ..ExportRecords::default() };
    assert_eq!(ws.export_records(&exported, &mut Vec::new(), &mut |_| Ok(())).unwrap(), 2_299);
    assert_eq!(ws.check().unwrap().problems, [""; 0]);
    store.close().unwrap();
}

#[test]
fn the_command_works_on_a_store_older_than_columns() {
    let sandbox = notes();
    let count =
        ["query", "notes", "--aggregate", "--aggregations", r#"[{"fn":"count","alias":"c"}]"#, "-o", "json"];
    assert_eq!(sandbox.rekor(&count).json()["data"], json!([{"c": 299}]));
    for n in 0..40 {
        let data = json!({"status": "open", "n": n}).to_string();
        sandbox.rekor(&["records", "upsert", "notes", "--id", &format!("by-hand-{n}"), "--data", &data]).ok();
        assert_eq!(sandbox.rekor(&count).json()["data"], json!([{"c": 300 + n}]));
    }
    let explained = sandbox.rekor(&[&count[..], &["--explain"]].concat()).json();
    assert_eq!(explained["access"], "column_scan", "it is sealed as it is used: {explained}");
}
