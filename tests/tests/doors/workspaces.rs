//! What a workspace says of itself, and what can be set.

use serde_json::{Value, json};

use crate::sandbox::Sandbox;

fn populated() -> Sandbox {
    let sandbox = Sandbox::with(&[
        ("notes", r#"{"properties":{"n":{"type":"integer","x-index":true}}}"#),
        ("gone", "{}"),
    ]);
    for id in ["a", "b"] {
        sandbox.rekor(&["records", "upsert", "notes", "--id", id, "--data", r#"{"n":1}"#]).ok();
    }
    sandbox.rekor(&["records", "upsert", "gone", "--id", "g", "--data", "{}"]).ok();
    for target in ["notes/b", "gone/g"] {
        let ends = ["--source", "notes/a", "--target", target, "--type", "t"];
        sandbox.rekor(&[&["relationships", "upsert"][..], &ends].concat()).ok();
    }
    sandbox
}

fn get(sandbox: &Sandbox) -> Value {
    sandbox.rekor(&["workspaces", "get", "ops", "-o", "json"]).json()
}

#[test]
fn a_workspace_says_what_it_holds() {
    let sandbox = populated();
    let text = sandbox.rekor(&["workspaces", "get", "ops", "-o", "json"]).ok().out;
    let names = "id name description kind parent created_at updated_at collections records relationships previews \
                 size_bytes format seq last_commit history strict_refs";
    let places: Vec<_> = names.split(' ').map(|name| text.find(&format!("\"{name}\":")).unwrap()).collect();
    assert!(places.is_sorted(), "{text}");
    let held = get(&sandbox);
    let counts = [&held["collections"], &held["records"], &held["relationships"], &held["previews"]];
    assert_eq!(counts, [&json!(2), &json!(3), &json!(2), &json!([])]);
    assert_eq!((&held["history"], &held["strict_refs"]), (&json!("all"), &json!(false)));
    assert_eq!(held["last_commit"]["seq"], held["seq"]);
    assert_eq!(held["last_commit"]["actor"]["role"], "operator");
    assert!(held["size_bytes"].as_u64() > Some(4_096));
    sandbox.rekor(&["collections", "delete", "gone", "--with-records", "--yes"]).ok();
    let held = get(&sandbox);
    assert_eq!((&held["records"], &held["relationships"]), (&json!(2), &json!(1)));
    let list = sandbox.rekor(&["workspaces", "list", "-o", "json"]).json();
    assert_eq!(list["data"][0].as_object().unwrap().len(), 7);
    sandbox.rekor(&["workspaces", "create", "new"]).ok();
    let new = sandbox.rekor(&["workspaces", "get", "new", "-o", "json"]).json();
    assert_eq!((&new["records"], &new["last_commit"]), (&json!(0), &Value::Null));
}

#[test]
fn stats_count_rows_and_bytes() {
    let sandbox = populated();
    sandbox.rekor(&["collections", "delete", "gone", "--with-records", "--yes"]).ok();
    let stats = sandbox.rekor(&["stats", "-o", "json"]).json();
    assert_eq!(stats["collections"].as_array().unwrap().len(), 1);
    let notes = &stats["collections"][0];
    let counts = [&notes["collection"], &notes["records"], &notes["indexes"], &notes["dirty_records"]];
    assert_eq!(counts, [&json!("notes"), &json!(2), &json!(1), &json!(2)]);
    assert_eq!((&stats["relationships"], &stats["retired_records"]), (&json!(2), &json!(1)));
    assert_eq!(stats["commits"], 8);
    let bytes = [&notes["bytes"], &notes["index_bytes"], &notes["column_bytes"], &stats["journal_bytes"]];
    assert!(bytes.into_iter().all(|bytes| bytes.as_u64() > Some(0)), "{stats}");
    let table = sandbox.rekor(&["stats"]).ok();
    assert!(table.out.starts_with("collection\trecords\tbytes"), "{table:?}");
    assert!(table.err.contains("8 commits") && table.err.contains("1 record of deleted"), "{table:?}");
}

#[test]
fn names_and_settings_are_set_by_an_operator() {
    let sandbox = populated();
    let set =
        |args: &[&str]| sandbox.rekor(&[&["workspaces", "set", "ops"][..], args, &["-o", "json"]].concat());
    let answer = set(&["--name", "Operations", "--description", "all of it"]).json();
    assert_eq!((&answer["name"], &answer["changed"]), (&json!("Operations"), &json!(true)));
    assert_eq!(answer["description"], "all of it");
    assert_eq!(set(&["--name", "Operations"]).json()["changed"], false);
    assert_eq!(set(&["--description", ""]).json()["description"], Value::Null);
    let answer = set(&["--history", "30d", "--strict-refs", "true"]).json();
    assert_eq!((&answer["history"], &answer["strict_refs"]), (&json!("30d"), &json!(true)));
    assert_eq!(set(&["--history", "30d"]).json()["changed"], false);
    let held = get(&sandbox);
    assert_eq!((&held["name"], &held["history"]), (&json!("Operations"), &json!("30d")));
    let link = ["relationships", "upsert", "--source", "notes/a", "--target", "notes/none", "--type", "t"];
    assert_eq!(sandbox.rekor(&[&link[..], &["-o", "json"]].concat()).error()["code"], "not_found");
    let last = sandbox.rekor(&["changes"]).ok().out.lines().last().unwrap().to_owned();
    assert!(last.contains(r#""thing":"workspace""#) && last.contains(r#""id":"settings""#), "{last}");
}

#[test]
fn what_cannot_be_set_is_refused() {
    let sandbox = populated();
    let set =
        |args: &[&str]| sandbox.rekor(&[&["workspaces", "set", "ops"][..], args, &["-o", "json"]].concat());
    for wrong in ["ever", "d", "-1d", "36501d", "1.5d"] {
        let error = set(&[&format!("--history={wrong}")]).error();
        assert_eq!((&error["code"], &error["pointer"]), (&json!("invalid_request"), &json!("/history")));
    }
    assert_eq!(set(&[]).code, 2);
    let none = sandbox.rekor(&["workspaces", "set", "none", "--name", "x", "-o", "json"]).error();
    assert_eq!((&none["code"], &none["pointer"]), (&json!("workspace_not_found"), &json!("/id")));
    let error = set(&["--history", "1d", "--name", "a 'b'", "--role", "agent"]).error();
    assert_eq!(error["code"], "human_only");
    let hint = error["hint"].as_str().unwrap();
    assert!(hint.contains(r"`rekor workspaces set ops --name 'a '\''b'\''' --history 1d`"), "{hint}");
    assert_eq!(set(&["--name", "x", "--role", "reader"]).error()["code"], "read_only");
    assert_eq!(get(&sandbox)["name"], "ops");
}
