//! Backups: what is restored is what was there, and what is damaged is refused and leaves nothing.

use rekor_core::api::workspace::{GetWorkspace, ListWorkspaces, Workspace as About};
use rekor_core::{Code, Error, OpenOptions, Store, Workspace};
use serde_json::{Value, json};

use super::Fixture;
use crate::sandbox::{Sandbox, rounds, seed};

/// Records with external ids, an index, a history and links; enough of them for columns.
fn populated() -> Fixture {
    let f = Fixture::at_rest();
    f.collection("notes", &json!({ "properties": { "n": { "type": "integer", "x-index": true } } }));
    f.collection("gone", &json!({}));
    f.call("upsert_record", &json!({ "collection": "gone", "id": "g", "data": {} })).unwrap();
    f.call("delete_collection", &json!({ "collection": "gone", "with_records": true })).unwrap();
    let lines: String = (0..1_200).map(|n| format!("{{\"n\":{n},\"text\":\"text {}\"}}\n", n % 7)).collect();
    let import = rekor_core::api::transfer::ImportRecords {
        collection: "notes".into(),
        external_id_field: Some("n".into()),
        ..Default::default()
    };
    f.ws.import_records(&import, &mut lines.as_bytes(), &mut |_| Ok(())).unwrap();
    for (op, request) in [
        ("upsert_record", json!({ "collection": "notes", "id": "a", "data": { "n": 1 } })),
        ("upsert_record", json!({ "collection": "notes", "id": "a", "data": { "n": 2 } })),
        ("upsert_record", json!({ "collection": "notes", "id": "b", "data": { "n": 3 } })),
        (
            "upsert_relationship",
            json!({ "source_collection": "notes", "source_id": "a", "target_collection": "notes", "target_id": "b",
                "rel_type": "next", "data": { "why": "x" } }),
        ),
        ("delete_record", json!({ "collection": "notes", "external_id": "7" })),
    ] {
        f.call(op, &request).unwrap();
    }
    f
}

fn backup(ws: &Workspace) -> Vec<u8> {
    let mut bytes = Vec::new();
    let report = ws.backup(&mut bytes).unwrap();
    assert_eq!((report.bytes, report.workspace.as_str()), (bytes.len() as u64, ws.id()));
    bytes
}

/// What can be asked of a workspace.
fn answers(ws: &Workspace) -> Vec<Value> {
    let ask = |(op, request): (&str, Value)| {
        serde_json::from_str(&ws.call(op, &request.to_string()).unwrap()).unwrap()
    };
    [
        ("list_collections", json!({})),
        ("list_changes", json!({ "limit": 1_000 })),
        ("list_changes", json!({ "since": ws.seq().unwrap() - 4 })),
        ("record_history", json!({ "collection": "notes", "id": "a", "diff": true })),
        ("get_record", json!({ "collection": "notes", "external_id": "11" })),
        ("query", json!({ "collection": "notes", "limit": 1_000, "count": true })),
        ("query", json!({ "collection": "notes", "filter": { "field": "data.n", "op": "lt", "value": 9 } })),
        (
            "aggregate",
            json!({ "collection": "notes", "aggregations": [{ "fn": "sum", "field": "data.n", "alias": "n" }],
                "group_by": ["data.text"] }),
        ),
        ("query_relationships", json!({ "collection": "notes", "id": "a" })),
    ]
    .map(ask)
    .to_vec()
}

fn ids(store: &Store) -> Vec<String> {
    store.run(&ListWorkspaces {}).unwrap().data.into_iter().map(|about| about.id).collect()
}

#[test]
fn a_restored_workspace_answers_as_the_one_that_was_backed_up_and_goes_on() {
    let f = populated();
    let bytes = backup(&f.ws);
    let (before, seq) = (answers(&f.ws), f.ws.seq().unwrap());
    f.call("upsert_record", &json!({ "collection": "notes", "id": "a", "data": { "n": 99 } })).unwrap();
    let other = Fixture::at_rest();
    let made = other.store.restore(&mut bytes.as_slice(), "copy").unwrap();
    assert_eq!((made.id.as_str(), made.name.as_str(), made.parent), ("copy", "w", None));
    let copy = other.store.workspace("copy").unwrap();
    assert_eq!((answers(&copy), copy.seq().unwrap()), (before, seq));
    assert_eq!(copy.check().unwrap().problems, [""; 0]);
    assert_eq!(other.ws.check().unwrap().records, 0);
    let again = copy.call("upsert_record", r#"{"collection":"notes","id":"a","data":{"n":3}}"#).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&again).unwrap()["version"], 3);
    assert_eq!(copy.seq().unwrap(), seq + 1);
    copy.call("upsert_collection", r#"{"collection":"new","schema":{}}"#).unwrap();
    assert_eq!(copy.check().unwrap().problems, [""; 0]);
    // A backup of what was restored holds the same rows again.
    f.store.restore(&mut backup(&copy).as_slice(), "third").unwrap();
    assert_eq!(answers(&f.store.workspace("third").unwrap()), answers(&copy));
}

#[test]
fn a_backup_is_restored_where_there_is_room_and_by_who_may() {
    let f = populated();
    let bytes = backup(&f.ws);
    let restore = |store: &Store, to: &str| store.restore(&mut bytes.as_slice(), to);
    for (to, code) in [("w", Code::AlreadyExists), ("w--b", Code::InvalidId), ("W", Code::InvalidId)] {
        let error = restore(&f.store, to).unwrap_err();
        assert_eq!((error.code(), error.pointer()), (code, Some("/to")), "{to}");
    }
    let agent = f.store.as_agent("bot");
    let refused = |outcome: Result<(), Error>, code, hint: &str| {
        let error = outcome.unwrap_err();
        assert_eq!(error.code(), code);
        assert!(error.hint_text().unwrap().contains(hint), "{error:?}");
    };
    let backed = |store: &Store| store.workspace("w").unwrap().backup(&mut Vec::new()).map(|_| ());
    refused(restore(&agent, "x").map(|_| ()), Code::HumanOnly, "rekor restore FILE --to x");
    refused(backed(&agent), Code::HumanOnly, "rekor backup FILE --workspace w");
    refused(restore(&f.store.as_reader(), "x").map(|_| ()), Code::ReadOnly, "");
    refused(backed(&f.store.as_reader()), Code::ReadOnly, "");
    assert_eq!(ids(&f.store), ["w"]);
    let path = f.dir.path().join("store");
    let looking = Store::open(path, OpenOptions { read_only: true, ..OpenOptions::default() }).unwrap();
    assert_eq!(backup(&looking.workspace("w").unwrap()), bytes);
}

#[test]
fn a_backup_with_a_wrong_byte_or_cut_short_is_refused_and_leaves_nothing() {
    let mut rng = fastrand::Rng::with_seed(seed());
    let f = populated();
    let bytes = backup(&f.ws);
    let files = || std::fs::read_dir(f.dir.path().join("store/workspaces")).unwrap().count();
    let before = files();
    for round in 0..rounds(80) {
        let mut damaged = bytes.clone();
        let what = match round % 4 {
            0 => {
                damaged.truncate(rng.usize(..bytes.len()));
                format!("cut to {}", damaged.len())
            }
            1 => {
                damaged.extend((0..rng.usize(1..9)).map(|_| rng.u8(..)));
                "longer".to_owned()
            }
            _ => {
                let at = if rng.bool() { rng.usize(..300) } else { rng.usize(..bytes.len()) };
                damaged[at] ^= 1 << rng.u8(..8);
                format!("a bit flipped at {at}")
            }
        };
        let error = f.store.restore(&mut damaged.as_slice(), "copy").map(|about| about.id).expect_err(&what);
        let is_told = matches!(error.code(), Code::CorruptStore | Code::UnsupportedFormat);
        assert!(is_told && error.hint_text().is_some(), "{what}: {error}");
        assert_eq!((ids(&f.store), files()), (vec!["w".to_owned()], before), "{what}");
    }
    let About { id, .. } = f.store.restore(&mut bytes.as_slice(), "copy").unwrap();
    let held = f.store.run(&GetWorkspace { id }).unwrap();
    assert_eq!((held.workspace.id.as_str(), held.records, held.seq), ("copy", 1_201, f.ws.seq().unwrap()));
}

#[test]
fn the_command_backs_up_to_a_file_and_restores_it() {
    let sandbox = Sandbox::with(&[("notes", "{}")]);
    sandbox.rekor(&["records", "upsert", "notes", "--id", "a", "--data", r#"{"n":1}"#]).ok();
    let report = sandbox.rekor(&["backup", "ops.backup", "-o", "json"]).json();
    let size = std::fs::metadata(sandbox.path("ops.backup")).unwrap().len();
    assert_eq!((&report["workspace"], &report["bytes"]), (&"ops".into(), &size.into()));
    let refused = |args: &[&str]| sandbox.rekor(&[args, &["-o", "json"]].concat()).error();
    assert_eq!(refused(&["backup", "ops.backup"])["code"], "already_exists");
    sandbox.rekor(&["backup", "ops.backup", "--yes"]).ok();
    let agent = ["--role", "agent"];
    let error = refused(&[&["restore", "ops.backup", "--to", "copy"][..], &agent].concat());
    assert_eq!(error["code"], "human_only");
    assert!(error["hint"].as_str().unwrap().contains("`rekor restore ops.backup --to copy`"), "{error}");
    let error = refused(&[&["backup", "mine"][..], &agent].concat());
    assert!(error["hint"].as_str().unwrap().contains("`rekor backup mine --workspace ops`"), "{error}");
    assert!(!sandbox.path("mine").exists());
    assert_eq!(refused(&["restore", "none", "--to", "copy"])["pointer"], "/file");
    assert_eq!(refused(&["restore", "ops.backup", "--to", "ops"])["code"], "already_exists");
    sandbox.shell("head -c 300 ops.backup > cut").ok();
    assert_eq!(refused(&["restore", "cut", "--to", "copy"])["code"], "corrupt_store");
    let made = sandbox.rekor(&["restore", "ops.backup", "--to", "copy", "-o", "json"]).json();
    assert_eq!((&made["id"], &made["kind"]), (&"copy".into(), &"production".into()));
    let note = sandbox.rekor(&["records", "get", "notes", "a", "-w", "copy", "-o", "json"]).json();
    assert_eq!((&note["data"]["n"], &note["version"]), (&1.into(), &1.into()));
    let history = sandbox.rekor(&["records", "history", "notes", "a", "-w", "copy", "-o", "json"]).json();
    assert_eq!(history["data"].as_array().unwrap().len(), 1);
    sandbox.rekor(&["check", "-w", "copy"]).ok();
    let left: Vec<_> = std::fs::read_dir(sandbox.path("")).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_str().unwrap().ends_with(".part")), "{left:?}");
}
