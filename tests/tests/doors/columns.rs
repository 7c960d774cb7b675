//! Columns as a user of the command sees them: a store that only commands write to is sealed, `--explain` says what was read,
//! and the space of what is deleted is used again.

use rekor_core::api::query::{Aggregate, Explain};
use rekor_core::api::transfer::ImportRecords;
use rekor_core::{Json, OpenOptions, Store, Workspace};
use serde_json::{Value, json};

use crate::sandbox::{Sandbox, write};

const EXPLAIN: [&str; 6] = [
    "query",
    "items",
    "--aggregate",
    "--aggregations",
    r#"[{"fn":"sum","field":"data.n","alias":"n"}]"#,
    "--explain",
];

fn explain(sandbox: &Sandbox) -> Value {
    sandbox.rekor(&[&EXPLAIN[..], &["-o", "json"]].concat()).json()
}

/// Works in a store that nobody seals unasked.
fn by_hand<T>(sandbox: &Sandbox, work: impl FnOnce(&Workspace) -> T) -> T {
    let options = OpenOptions { maintenance: false, ..OpenOptions::default() };
    let store = Store::open(sandbox.store(), options).unwrap();
    let answer = work(&store.workspace("ops").unwrap());
    store.close().unwrap();
    answer
}

fn import(ws: &Workspace, lines: &str) {
    let request = ImportRecords {
        collection: "items".into(),
        external_id_field: Some("key".into()),
        ..ImportRecords::default()
    };
    ws.import_records(&request, &mut lines.as_bytes(), &mut |_| Ok(())).unwrap();
}

/// Lines for an import, each key with a number of the round.
fn lines(keys: std::ops::Range<u64>, round: u64) -> String {
    keys.map(|key| format!("{{\"key\":\"k{key}\",\"n\":{},\"s\":\"s{}\"}}\n", key + round, key % 9)).collect()
}

#[test]
fn a_store_that_only_sees_one_record_commands_is_sealed() {
    let sandbox = Sandbox::with(&[("items", "{}")]);
    // As many as are not worth a group, in one commit.
    by_hand(&sandbox, |ws| import(ws, &lines(0..940, 0)));
    assert_eq!(explain(&sandbox)["access"], "row_scan");
    let mut commands = 0;
    while explain(&sandbox)["access"] != "column_scan" {
        commands += 1;
        assert!(commands < 100, "nobody seals it");
        sandbox.rekor(&["records", "upsert", "items", "--data", &format!(r#"{{"n":{commands}}}"#)]).ok();
    }
    println!("sealed after {commands} commands");
    let explained = explain(&sandbox);
    assert_eq!(explained["rows_examined"], 940 + commands, "{explained}");
    let columns = json!({"groups_read": 1, "groups_skipped": 0, "dirty_rows": 0, "rows_read": 0});
    assert_eq!(explained["columns"], columns);
    sandbox.rekor(&["records", "upsert", "items", "--id", "one", "--data", r#"{"n":1}"#]).ok();
    assert_eq!(explain(&sandbox)["columns"]["dirty_rows"], 1, "a record that is in no group yet");
}

#[test]
fn a_store_that_only_sees_commands_of_several_commits_is_sealed() {
    let sandbox = Sandbox::with(&[("items", "{}")]);
    by_hand(&sandbox, |ws| {
        import(ws, &lines(0..4_100, 0));
        // From an odd number on, commands of two or four commits never end with an even one.
        while ws.seq().unwrap() % 2 == 0 {
            ws.call("upsert_record", r#"{"collection":"items","id":"one","data":{"n":1}}"#).unwrap();
        }
    });
    let path = sandbox.path("lines.ndjson");
    let mut dirty = Vec::new();
    for round in 1..10 {
        write(&path, lines(0..4_100, round));
        let file = path.to_str().unwrap();
        sandbox.rekor(&["records", "import", "items", "--external-id-field", "key", "--file", file]).ok();
        dirty.push(explain(&sandbox)["columns"]["dirty_rows"].as_u64().unwrap());
    }
    assert!(dirty.iter().any(|rows| *rows < 3_800), "no group was ever sealed anew: {dirty:?}");
}

#[test]
fn explain_says_what_was_read_of_columns_in_a_table_and_in_json() {
    let sandbox = Sandbox::with(&[("items", "{}")]);
    by_hand(&sandbox, |ws| {
        import(ws, &lines(0..4_700, 0));
        while ws.maintain().unwrap() {}
    });
    let all = explain(&sandbox);
    assert_eq!(
        (&all["access"], &all["rows_examined"], &all["rows_matched"]),
        (&json!("column_scan"), &json!(4_700), &json!(4_700))
    );
    assert_eq!(
        all["columns"],
        json!({"groups_read": 1, "groups_skipped": 0, "dirty_rows": 900, "rows_read": 0})
    );
    let none = r#"{"field":"data.n","op":"gt","value":1000000}"#;
    let none = sandbox.rekor(&[&EXPLAIN[..], &["--filter", none, "-o", "json"]].concat()).json();
    assert_eq!(none["columns"]["groups_skipped"], 1, "{none}");
    assert_eq!((&none["columns"]["groups_read"], &none["rows_matched"]), (&json!(0), &json!(0)));
    let by_row = sandbox.rekor(&["query", "items", "--limit", "3", "--explain", "-o", "json"]).json();
    assert!(by_row.get("columns").is_none(), "{by_row}");
    let table = sandbox.rekor(&EXPLAIN).ok().out;
    for word in ["column_scan", "groups_read", "900"] {
        assert!(table.contains(word), "{word} is not in\n{table}");
    }
}

#[test]
fn deleting_most_of_a_collection_shrinks_its_groups_and_frees_space_that_is_used_again() {
    let sandbox = Sandbox::with(&[("items", "{}")]);
    by_hand(&sandbox, |ws| {
        let total = || {
            let all = Aggregate {
                collection: "items".into(),
                aggregations: Some(Json::from_text(r#"{"fn":"sum","field":"data.n","alias":"n"}"#)),
                ..Aggregate::default()
            };
            ws.run(&Explain::Aggregate(all)).unwrap()
        };
        let mut sizes = Vec::new();
        for _ in 0..4 {
            import(ws, &lines(0..11_400, 0));
            while ws.maintain().unwrap() {}
            sizes.push(ws.check().unwrap());
            let full = total();
            assert_eq!((full.rows_examined, full.columns.unwrap().dirty_rows), (11_400, 0));
            for from in (0..11_300).step_by(100) {
                let step = |key| {
                    format!(r#"{{"type":"delete_record","collection":"items","external_id":"k{key}"}}"#)
                };
                let steps: Vec<String> = (from..from + 100).map(step).collect();
                ws.call("batch", &format!(r#"{{"operations":[{}]}}"#, steps.join(","))).unwrap();
            }
            while ws.maintain().unwrap() {}
            let rest = total();
            assert_eq!((rest.rows_examined, rest.columns.unwrap().groups_read), (100, 1), "{rest:?}");
        }
        let told: Vec<_> = sizes.iter().map(|size| (size.bytes, size.file_bytes)).collect();
        println!("bytes stored and bytes of the file: {told:?}");
        // The journal keeps what was deleted; beyond that nothing is left behind.
        let (first, last) = (&sizes[1], &sizes[3]);
        let stored = last.bytes - first.bytes;
        assert!(last.file_bytes - first.file_bytes <= 3 * stored + (4 << 20), "{told:?}");
    });
}
