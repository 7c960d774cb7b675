//! The cases as lines of the command: each operation has its words, what is said by position, and flags for the rest.

use std::collections::BTreeMap;

use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::cases::{Step, Surface, run_all};
use crate::sandbox::Sandbox;

/// The command in a directory of its own, with the workspace `w`.
struct Command {
    sandbox: Sandbox,
}

impl Surface for Command {
    const NAME: &'static str = "cli";

    fn new() -> Self {
        let sandbox = Sandbox::new();
        assert_eq!(sandbox.rekor(&["workspaces", "create", "w"]).code, 0);
        Self { sandbox }
    }

    fn call(&self, step: &Step, request: &str) -> Result<Value, Value> {
        let fields: BTreeMap<String, Box<RawValue>> = serde_json::from_str(request).unwrap();
        let fields = fields.iter().map(|(key, value)| (key.as_str(), value.get())).collect();
        let mut args = line(&step.op, fields);
        args.extend(["--output".to_owned(), "json".to_owned()]);
        if !OF_STORE.contains(&step.op.as_str()) {
            args.extend(["--workspace".to_owned(), step.workspace.clone().unwrap_or_else(|| "w".to_owned())]);
        }
        if let Some(key) = &step.options.idempotency_key {
            args.push(format!("--idempotency-key={key}"));
        }
        if step.options.dry_run {
            args.push("--dry-run".to_owned());
        }
        let answer = self.sandbox.rekor(&args.iter().map(String::as_str).collect::<Vec<_>>());
        if answer.code != 0 {
            let error: Value = serde_json::from_str(&answer.err)
                .unwrap_or_else(|e| panic!("{args:?} failed without JSON: {e}: {}", answer.err));
            return Err(error["error"].clone());
        }
        if step.op == "list_changes" {
            // One change a line, all there are.
            let lines = answer.out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
            let changes: Vec<Value> = lines.collect();
            let last = changes.last().map(|change| change["seq"].clone());
            return Ok(json!({ "data": changes, "next_since": last, "has_more": false }));
        }
        Ok(serde_json::from_str(&answer.out).unwrap_or_else(|e| panic!("{args:?}: {e}: {}", answer.out)))
    }
}

/// Operations that are asked without a workspace to work in.
const OF_STORE: [&str; 14] = [
    "create_workspace",
    "get_workspace",
    "list_workspaces",
    "set_workspace",
    "delete_workspace",
    "create_preview",
    "plan_promotion",
    "promote",
    "list_promotions",
    "plan_rollback",
    "rollback",
    "create_token",
    "list_tokens",
    "revoke_token",
];

/// The words of an operation and the fields that follow them without a flag.
fn words(op: &str) -> (&'static str, &'static [&'static str]) {
    match op {
        "upsert_collection" => ("collections upsert", &["collection"]),
        "get_collection" => ("collections get", &["collection"]),
        "list_collections" => ("collections list", &[]),
        "delete_collection" => ("collections delete", &["collection"]),
        "upsert_record" => ("records upsert", &["collection"]),
        "get_record" => ("records get", &["collection", "id"]),
        "patch_record" => ("records patch", &["collection", "id"]),
        "delete_record" => ("records delete", &["collection", "id"]),
        "record_history" => ("records history", &["collection", "id"]),
        "revert_record" => ("records revert", &["collection", "id"]),
        "restore_record" => ("records restore", &["collection", "id"]),
        "upsert_relationship" => ("relationships upsert", &[]),
        "get_relationship" => ("relationships get", &["id"]),
        "list_relationships" => ("relationships list", &[]),
        "delete_relationship" => ("relationships delete", &["id"]),
        "delete_touching" => ("relationships delete", &[]),
        "query_relationships" => ("query-relationships", &["collection", "id"]),
        "list_changes" => ("changes", &[]),
        "undo" => ("undo", &[]),
        "query" => ("query", &["collection"]),
        "aggregate" => ("records query", &["collection"]),
        "get_stats" => ("stats", &[]),
        "batch" => ("batch", &[]),
        "create_workspace" => ("workspaces create", &["id"]),
        "get_workspace" => ("workspaces get", &["id"]),
        "list_workspaces" => ("workspaces list", &[]),
        "set_workspace" => ("workspaces set", &["id"]),
        "delete_workspace" => ("workspaces delete", &["id"]),
        "create_preview" => ("workspaces create-preview", &["workspace"]),
        "plan_promotion" | "promote" => ("workspaces promote", &["workspace"]),
        "list_promotions" => ("workspaces promotions", &["workspace"]),
        "plan_rollback" | "rollback" => ("workspaces rollback", &["workspace"]),
        "create_token" => ("tokens create", &[]),
        "list_tokens" => ("tokens list", &[]),
        "revoke_token" => ("tokens revoke", &["id"]),
        other => panic!("`{other}` has no words of its own: give it some here"),
    }
}

/// The line that says a request.
fn line(op: &str, mut fields: BTreeMap<&str, &str>) -> Vec<String> {
    if op == "explain" {
        let (kind, inner) = fields.pop_first().unwrap();
        let inner: BTreeMap<String, Box<RawValue>> = serde_json::from_str(inner).unwrap();
        let mut line = line(kind, inner.iter().map(|(key, value)| (key.as_str(), value.get())).collect());
        line.push("--explain".to_owned());
        return line;
    }
    let (words, placed) = words(op);
    let mut line: Vec<String> = words.split(' ').map(str::to_owned).collect();
    line.extend(placed.iter().filter_map(|field| fields.remove(field)).map(plain));
    match op {
        "plan_promotion" | "plan_rollback" => line.push("--dry-run".to_owned()),
        "aggregate" => line.push("--aggregate".to_owned()),
        _ => {}
    }
    for (flag, collection, id) in ends(op) {
        let mut said = |field: &str| fields.remove(field).map(plain).unwrap_or_default();
        line.push(format!("--{flag}={}/{}", said(collection), said(id)));
    }
    for (field, value) in fields {
        let flag = if field == "rel_type" { "type".to_owned() } else { field.replace('_', "-") };
        match value {
            "true" if !JSON.contains(&field) => line.push(format!("--{flag}")),
            "false" | "null" => {}
            list if list.starts_with('[') && LISTS.contains(&field) => {
                let items: Vec<String> = serde_json::from_str(list).unwrap();
                line.push(format!("--{flag}={}", items.join(",")));
            }
            value => line.push(format!("--{flag}={}", plain(value))),
        }
    }
    line
}

/// The flags that name a record by its collection and id, and the fields that they stand for.
fn ends(op: &str) -> &'static [(&'static str, &'static str, &'static str)] {
    match op {
        "upsert_relationship" => {
            &[("source", "source_collection", "source_id"), ("target", "target_collection", "target_id")]
        }
        "delete_touching" => &[("touching", "collection", "id")],
        _ => &[],
    }
}

/// Fields that are said in JSON, whatever their value.
const JSON: [&str; 3] = ["schema", "data", "filter"];

/// Lists that are said with commas.
const LISTS: [&str; 5] = ["fields", "group_by", "workspaces", "collections", "environments"];

/// A text as it is, anything else as JSON.
fn plain(json: &str) -> String {
    serde_json::from_str::<String>(json).unwrap_or_else(|_| json.to_owned())
}

#[test]
fn every_case_gives_what_it_expects_from_the_command() {
    run_all::<Command>();
}
