//! Previews and promotion as people and agents meet them at the command.

use serde_json::json;

use crate::sandbox::Sandbox;

const PREVIEW: &str = "ops--add-invoices";
const SCHEMA: &str = r#"{"type":"object","properties":{"amount":{"type":"number"}}}"#;

/// A store in which an agent has made a preview and changed it.
fn prepared() -> Sandbox {
    let sandbox = Sandbox::with(&[("orders", r#"{"properties":{"n":{"type":"integer"}}}"#)]);
    let agent = ["--role", "agent", "--actor", "builder"];
    sandbox
        .rekor(&[&["workspaces", "create-preview", "ops", "--name", "add-invoices"][..], &agent].concat())
        .ok();
    for (collection, schema) in
        [("invoices", SCHEMA), ("orders", r#"{"properties":{"n":{"type":"number"}}}"#)]
    {
        let line = ["collections", "upsert", collection, "--workspace", PREVIEW, "--schema", schema];
        sandbox.rekor(&[&line[..], &agent].concat()).ok();
    }
    sandbox
}

fn is_promoted(sandbox: &Sandbox) -> bool {
    sandbox.rekor(&["collections", "get", "invoices", "-w", "ops"]).code == 0
}

#[test]
fn an_agent_cannot_promote_and_is_told_what_a_person_runs() {
    let sandbox = prepared();
    let promote = ["workspaces", "promote", "ops", "--from", PREVIEW];
    for word in [&["--yes"][..], &["--expect", "00"], &[]] {
        let error = sandbox.rekor(&[&promote[..], word, &["--role", "agent", "-o", "json"]].concat()).error();
        assert_eq!(error["code"], "human_only");
        let command = "rekor workspaces promote ops --from ops--add-invoices";
        assert!(error["hint"].as_str().unwrap().contains(command), "{error}");
    }
    // What it would do, an agent may read.
    let plan =
        sandbox.rekor(&[&promote[..], &["--dry-run", "--role", "agent", "-o", "json"]].concat()).json();
    assert_eq!((&plan["breaking"], &plan["changes"][0]["collection"]), (&json!(false), &json!("invoices")));
    assert!(!is_promoted(&sandbox));
}

#[test]
fn a_person_sees_the_plan_at_a_terminal_and_answers() {
    let sandbox = prepared();
    let line = format!("rekor workspaces promote ops --from {PREVIEW}; echo code $?");
    let no = sandbox.terminal(&line, "n\n").ok();
    for words in ["+ invoices", "~ orders", "/schema/properties/n/type", "promote `ops` so?", "code 1"] {
        assert!(no.out.contains(words), "{words}\n{}", no.out);
    }
    assert!(!is_promoted(&sandbox));
    let yes = sandbox.terminal(&line, "y\n").ok();
    assert!(yes.out.contains("done: promote") && yes.out.contains("code 0"), "{}", yes.out);
    assert!(is_promoted(&sandbox));
    let listed = sandbox.rekor(&["workspaces", "promotions", "ops", "-o", "json"]).json();
    let id = listed["data"][0]["id"].to_string();
    let line = format!("rekor workspaces rollback ops --promotion {id} --prune --allow-breaking");
    let back = sandbox.terminal(&line, "y\n").ok();
    assert!(back.out.contains("done: roll back"), "{}", back.out);
    assert!(!is_promoted(&sandbox));
}

#[test]
fn off_a_terminal_only_the_plan_that_was_reviewed_is_applied() {
    let sandbox = prepared();
    let promote = ["workspaces", "promote", "ops", "--from", PREVIEW, "-o", "json"];
    assert_eq!(sandbox.rekor(&promote).error()["code"], "human_only");
    let plan = sandbox.rekor(&[&promote[..], &["--dry-run"]].concat()).json();
    let hash = plan["hash"].as_str().unwrap();
    let other = r#"{"properties":{"n":{"type":"number"},"m":{}}}"#;
    sandbox.rekor(&["collections", "upsert", "orders", "-w", PREVIEW, "--schema", other]).ok();
    let error = sandbox.rekor(&[&promote[..], &["--expect", hash]].concat()).error();
    assert_eq!(error["code"], "preview_changed");
    assert!(!is_promoted(&sandbox));
    let hash = sandbox.rekor(&[&promote[..], &["--dry-run"]].concat()).json()["hash"].clone();
    let done = sandbox.rekor(&[&promote[..], &["--expect", hash.as_str().unwrap()]].concat()).json();
    assert_eq!(done["plan"]["hash"], hash);
    assert!(is_promoted(&sandbox));
}

#[test]
fn writers_do_not_outdate_a_review() {
    let sandbox = prepared();
    let promote = ["workspaces", "promote", "ops", "--from", PREVIEW, "-o", "json"];
    let hash = || sandbox.rekor(&[&promote[..], &["--dry-run"]].concat()).json()["hash"].clone();
    let before = hash();
    sandbox.rekor(&["records", "upsert", "orders", "-w", "ops", "--data", r#"{"n":1}"#]).ok();
    assert_eq!(before, hash());
}
