//! Roles as a user of the command meets them.

use serde_json::{Value, json};

use crate::sandbox::Sandbox;

const NOTE: [&str; 5] = ["records", "upsert", "notes", "--data", "{}"];
const SCHEMA: [&str; 5] = ["collections", "upsert", "notes", "--schema", r#"{"title":"t"}"#];

/// The error of a command that is refused: its exit code is that of its kind.
fn refused(sandbox: &Sandbox, args: &[&str]) -> Value {
    sandbox.rekor(&[args, &["-o", "json"]].concat()).error()
}

#[test]
fn an_agent_writes_records_and_is_told_what_to_run_for_the_rest() {
    let sandbox = Sandbox::with(&[("notes", "{}")]);
    let agent = ["--role", "agent", "--actor", "tidy-bot"];
    sandbox.rekor(&[&NOTE[..], &agent].concat()).ok();
    let error = refused(&sandbox, &[&SCHEMA[..], &agent].concat());
    assert_eq!(error["code"], "preview_required");
    let hint = error["hint"].as_str().unwrap();
    for command in ["rekor workspaces create-preview ops --name", "rekor workspaces promote ops --from ops--"]
    {
        assert!(hint.contains(command), "{hint}");
    }
    let error = refused(&sandbox, &[&["workspaces", "delete", "ops", "--yes"][..], &agent].concat());
    assert_eq!(
        (&error["code"], error["hint"].as_str().unwrap().contains("rekor workspaces delete ops")),
        (&json!("human_only"), true)
    );
    let step = r#"[{"type":"upsert_record","collection":"notes","data":{}},{"type":"delete_collection","collection":"notes"}]"#;
    let error = refused(&sandbox, &[&["batch", "--operations", step][..], &agent].concat());
    assert_eq!(error["code"], "preview_required");
    assert_eq!(sandbox.rekor(&["query", "notes", "--count", "-o", "json"]).json()["meta"]["total"], 1);
    sandbox.rekor(&SCHEMA).ok();
}

#[test]
fn a_reader_reads() {
    let sandbox = Sandbox::with(&[("notes", "{}")]);
    sandbox.rekor(&NOTE).ok();
    sandbox.rekor(&["query", "notes", "--role", "reader"]).ok();
    for args in [&NOTE[..], &SCHEMA[..], &["workspaces", "create", "w"][..]] {
        assert_eq!(refused(&sandbox, &[args, &["--role", "reader"]].concat())["code"], "read_only");
    }
    let line = "REKOR_ROLE=reader rekor records upsert notes --data '{}' -o json";
    assert_eq!(sandbox.shell(line).error()["code"], "read_only");
}

#[test]
fn deleting_production_takes_the_word_of_a_person() {
    let sandbox = Sandbox::with(&[("notes", "{}")]);
    let error = refused(&sandbox, &["workspaces", "delete", "ops"]);
    assert_eq!(error["code"], "human_only");
    assert!(error["hint"].as_str().unwrap().contains("rekor workspaces delete ops"), "{error}");
    let no = sandbox.terminal("rekor workspaces delete ops; echo code $?", "n\n").ok();
    assert!(no.out.contains("delete workspace `ops`") && no.out.contains("code 1"), "{}", no.out);
    sandbox.rekor(&["collections", "get", "notes"]).ok();
    sandbox.terminal("rekor workspaces delete ops", "y\n").ok();
    assert_eq!(refused(&sandbox, &["workspaces", "get", "ops"])["code"], "workspace_not_found");
}
