//! Taking back, rehearsing and repeating, as a user of the command meets them.

use serde_json::{Value, json};

use crate::sandbox::Sandbox;

const NOTE: [&str; 3] = ["records", "upsert", "notes"];

fn run(sandbox: &Sandbox, args: &[&[&str]]) -> Value {
    sandbox.rekor(&[&args.concat()[..], &["-o", "json"]].concat()).json()
}

fn count(sandbox: &Sandbox) -> Value {
    run(sandbox, &[&["query", "notes", "--count"]])["meta"]["total"].clone()
}

#[test]
fn what_a_run_did_is_taken_back_and_the_undo_is_not_of_that_run() {
    let sandbox = Sandbox::with(&[("notes", "{}")]);
    run(&sandbox, &[&NOTE, &["--id", "kept", "--data", r#"{"n":1}"#]]);
    for n in 0..3 {
        let id = format!("r{n}");
        run(&sandbox, &[&NOTE, &["--id", &id, "--data", "{}", "--run", "night", "--actor", "bot"]]);
    }
    run(&sandbox, &[&["records", "patch", "notes", "kept", "--data", r#"{"n":2}"#, "--run", "night"]]);
    let shown = sandbox.rekor(&["undo", "--run", "night", "--dry-run"]).ok();
    assert!(shown.out.contains("/data/n: 2 → 1") && shown.err.contains("nothing was written"), "{shown:?}");
    assert_eq!(count(&sandbox), 4);
    let undone = run(&sandbox, &[&["undo", "--run", "night"]]);
    assert_eq!((&undone["commits"], &undone["records"]), (&json!(4), &json!(4)));
    assert_eq!(run(&sandbox, &[&["records", "get", "notes", "kept"]])["data"], json!({"n": 1}));
    assert_eq!(count(&sandbox), 1);
    let error = sandbox.rekor(&["undo", "--run", "night", "-o", "json"]).error();
    assert_eq!((&error["code"], &error["details"][0]["seq"]), (&json!("undo_conflict"), &undone["seq"]));
    let again = run(&sandbox, &[&["undo", "--batch", &undone["seq"].to_string()]]);
    assert_eq!(again["records"], 4);
    assert_eq!(count(&sandbox), 4);
    assert_eq!(sandbox.rekor(&["undo", "-o", "json"]).error()["code"], "invalid_request");
}

#[test]
fn a_record_goes_back_to_a_version_and_a_deleted_one_comes_back() {
    let sandbox = Sandbox::with(&[("notes", "{}")]);
    for n in ["1", "2"] {
        run(&sandbox, &[&NOTE, &["--external-id", "x", "--data", &format!("{{\"n\":{n}}}")]]);
    }
    let back = run(&sandbox, &[&["records", "revert", "notes", "--external-id", "x", "--to", "1"]]);
    assert_eq!((&back["version"], &back["data"]), (&json!(3), &json!({"n": 1})));
    let id = back["id"].as_str().unwrap();
    run(&sandbox, &[&["records", "delete", "notes", id]]);
    assert_eq!(count(&sandbox), 0);
    let restored = run(&sandbox, &[&["records", "restore", "notes", id]]);
    assert_eq!((&restored["external_id"], &restored["version"]), (&json!("x"), &json!(4)));
    let then = run(&sandbox, &[&["query", "notes", "--at", "4"]]);
    assert_eq!(then["data"][0]["data"], json!({"n": 2}), "{then}");
}

#[test]
fn a_write_under_a_key_is_done_once_in_whichever_process() {
    let sandbox = Sandbox::with(&[("notes", "{}")]);
    let once = || run(&sandbox, &[&NOTE, &["--data", r#"{"n":1}"#, "--idempotency-key", "k"]]);
    assert_eq!(once(), once());
    assert_eq!(count(&sandbox), 1);
    let other = [&NOTE[..], &["--data", "{}", "--idempotency-key", "k", "-o", "json"]].concat();
    assert_eq!(sandbox.rekor(&other).error()["code"], "idempotency_mismatch");
    let make = || run(&sandbox, &[&["workspaces", "create", "other", "--idempotency-key", "w"]]);
    assert_eq!(make(), make());
    let delete = || run(&sandbox, &[&["workspaces", "delete", "other", "--yes", "--idempotency-key", "d"]]);
    assert_eq!(delete(), delete());
    crate::sandbox::write(&sandbox.path("lines.ndjson"), "{}\n");
    let import =
        ["records", "import", "notes", "--file", "lines.ndjson", "--idempotency-key", "i", "-o", "json"];
    assert_eq!(sandbox.rekor(&import).error()["pointer"], "/idempotency_key");
}

#[test]
fn a_dry_run_of_anything_writes_nothing() {
    let sandbox = Sandbox::with(&[("notes", "{}")]);
    run(&sandbox, &[&NOTE, &["--id", "a", "--data", r#"{"n":1}"#]]);
    crate::sandbox::write(&sandbox.path("lines.ndjson"), "{\"n\":1}\n{\"n\":2}\n");
    let seq = || sandbox.ops(|ws| ws.seq().unwrap());
    let before = seq();
    for line in [
        "records upsert notes --id a --data {}",
        "records patch notes a --data {}",
        "records delete notes a",
        "records revert notes a --to 1",
        "collections upsert notes --schema {\"title\":\"t\"}",
        "collections delete notes --with-records",
        "relationships upsert --type t --source notes/a --target notes/a",
        "relationships delete --touching notes/a",
        "workspaces create other",
        "workspaces create-preview ops --name p",
        "workspaces delete ops",
        "undo --batch 3",
        "records import notes --file lines.ndjson",
    ] {
        let words: Vec<&str> = line.split(' ').chain(["--dry-run", "-o", "json"]).collect();
        let answer = sandbox.rekor(&words).json();
        assert!(answer["dry_run"] == true || answer["read"] == 2, "{line}\n{answer}");
        assert_eq!(seq(), before, "{line}");
    }
    sandbox.rekor(&["backup", "w.backup"]).ok();
    sandbox.rekor(&["restore", "w.backup", "--to", "other", "--dry-run"]).ok();
    sandbox.rekor(&["backup", "other.backup", "--dry-run"]).ok();
    assert!(!sandbox.path("other.backup").exists());
    let all = run(&sandbox, &[&["workspaces", "list"]]);
    assert_eq!(all["data"].as_array().unwrap().len(), 1);
    // What would be refused is refused.
    let refused = ["records", "upsert", "none", "--data", "{}", "--dry-run", "-o", "json"];
    assert_eq!(sandbox.rekor(&refused).error()["code"], "collection_not_found");
}
