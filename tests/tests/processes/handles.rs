//! Handles that outlive what they were opened for, and stores that somebody else holds.

use serde_json::json;

use crate::sandbox::{Sandbox, write};

#[test]
fn a_store_that_is_held_exclusively_is_busy_for_everybody_else() {
    let sandbox = Sandbox::with(&[("items", "{}")]);
    let mut holder = sandbox.worker("serve", &["exclusive"]);
    assert_eq!(holder.hear(), "ready");
    holder.ask("open ops");
    for command in [&["collections", "list"][..], &["records", "upsert", "items", "--data", "{}"]] {
        let flags = ["--busy-timeout", "50ms", "-o", "json"];
        let error = sandbox.rekor(&[command, &flags].concat()).error();
        assert_eq!(error["code"], "busy", "{error}");
        assert!(error["hint"].as_str().is_some_and(|hint| !hint.is_empty()), "{error}");
    }
    holder.end();
    sandbox.rekor(&["records", "upsert", "items", "--data", "{}"]).ok();
}

#[test]
fn a_handle_on_a_deleted_workspace_finds_nothing_also_after_the_id_is_used_again() {
    let sandbox = Sandbox::with(&[("items", "{}")]);
    let mut holder = sandbox.worker("serve", &[]);
    assert_eq!(holder.hear(), "ready");
    holder.ask("open ops");
    let requests = [
        format!("upsert_record {}", json!({"collection": "items", "id": "a", "data": {}})),
        format!("get_record {}", json!({"collection": "items", "id": "a"})),
        "list_collections {}".to_owned(),
    ];
    for request in &requests {
        assert!(holder.ask(request)["error"].is_null());
    }
    sandbox.rekor(&["workspaces", "delete", "ops", "--yes"]).ok();
    for request in &requests {
        assert_eq!(holder.ask(request)["error"]["code"], "workspace_not_found", "{request}");
    }
    sandbox.rekor(&["workspaces", "create", "ops"]).ok();
    sandbox.rekor(&["collections", "upsert", "items", "--schema", "{}"]).ok();
    for request in &requests {
        assert_eq!(
            holder.ask(request)["error"]["code"],
            "workspace_not_found",
            "{request}, the id used again"
        );
    }
    holder.ask("open ops");
    assert_eq!(holder.ask(&requests[0])["changed"], true, "a new handle is on the new workspace");
    holder.end();
    assert_eq!(sandbox.rekor(&["check", "-o", "json"]).json()["records"], 1);
}

#[test]
fn a_store_that_was_open_before_a_fork_is_refused_in_the_child_and_stays_whole() {
    let sandbox = Sandbox::with(&[("items", "{}")]);
    let worker = sandbox.worker("fork", &[]);
    let told: Vec<String> = std::iter::from_fn(|| worker.next()).collect();
    worker.end();
    assert_eq!(
        told,
        ["before ok", "child forked_handle", "child opens again forked_handle", "child ended 0", "after ok"]
    );
    let report = sandbox.rekor(&["check", "-o", "json"]).json();
    assert_eq!(report["records"], 2);
    assert_eq!(report["problems_total"], 0);
}

#[test]
fn whoever_has_read_enough_closes_the_pipe_and_nothing_is_wrong() {
    let sandbox = Sandbox::with(&[("items", "{}")]);
    let lines: String = (0..20_000).map(|n| format!("{{\"n\":{n}}}\n")).collect();
    write(&sandbox.path("lines.ndjson"), lines);
    sandbox.rekor(&["records", "import", "items", "--file", "lines.ndjson"]).ok();
    for format in ["ndjson", "csv"] {
        let line = format!("set -o pipefail; rekor records export items --format {format} | head -1");
        let answer = sandbox.shell(&line).ok();
        assert_eq!(answer.out.lines().count(), 1);
        assert_eq!(answer.err.replace("exported", ""), "", "{line}");
    }
    let answer = sandbox.shell("rekor records export items | wc -l").ok();
    assert_eq!(answer.out.trim(), "20000");
}
