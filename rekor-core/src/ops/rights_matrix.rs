//! Every operation, for every role, in both kinds of workspace, by itself and in a batch: allowed or refused as the
//! contract's table says.

use std::sync::Arc;

use crate::api::list::{Actor, Role};
use crate::api::workspace::{CreateWorkspace, DeleteWorkspace, Kind};
use crate::engine::memory::MemoryEngine;
use crate::ground::error::{Code, Kind as ErrorKind};
use crate::ops::OPS;
use crate::{STORE_OPS, Store, Workspace};

/// An operation of each name, and whether a batch can hold it.
pub(super) const REQUESTS: [(&str, &str, bool); 24] = [
    ("upsert_collection", r#"{"collection":"other","schema":{}}"#, true),
    ("get_collection", r#"{"collection":"notes"}"#, false),
    ("list_collections", "{}", false),
    ("delete_collection", r#"{"collection":"empty"}"#, true),
    ("upsert_record", r#"{"collection":"notes","id":"b","data":{}}"#, true),
    ("get_record", r#"{"collection":"notes","id":"a"}"#, false),
    ("patch_record", r#"{"collection":"notes","id":"a","data":{"n":1}}"#, true),
    ("delete_record", r#"{"collection":"notes","id":"a"}"#, true),
    ("record_history", r#"{"collection":"notes","id":"a"}"#, false),
    ("revert_record", r#"{"collection":"notes","id":"a","to":1}"#, false),
    ("restore_record", r#"{"collection":"notes","id":"a"}"#, false),
    ("upsert_relationship", LINK, true),
    ("get_relationship", r#"{"id":"l"}"#, false),
    ("list_relationships", "{}", false),
    ("delete_relationship", r#"{"id":"l"}"#, true),
    ("delete_touching", r#"{"collection":"notes","id":"a"}"#, false),
    ("query_relationships", r#"{"collection":"notes","id":"a"}"#, false),
    ("list_changes", "{}", false),
    ("undo", r#"{"run":"r"}"#, false),
    ("query", r#"{"collection":"notes"}"#, false),
    ("aggregate", r#"{"collection":"notes","aggregations":{"fn":"count","alias":"n"}}"#, false),
    ("explain", r#"{"query":{"collection":"notes"}}"#, false),
    ("get_stats", "{}", false),
    ("batch", r#"{"operations":[{"type":"delete_record","collection":"notes","id":"a"}]}"#, false),
];
pub(super) const LINK: &str = r#"{"id":"l","source_collection":"notes","source_id":"a","target_collection":"notes","target_id":"a","rel_type":"t"}"#;

/// The table of the contract.
fn refusal(role: Role, kind: Kind, name: &str) -> Option<Code> {
    let reads = ["get_", "list_", "record_history", "query", "aggregate", "explain"]
        .iter()
        .any(|start| name.starts_with(start));
    let configures = name.ends_with("_collection") && !reads;
    match (role, kind) {
        _ if reads => None,
        (Role::Reader, _) => Some(Code::ReadOnly),
        (Role::Agent, Kind::Production) if configures => Some(Code::PreviewRequired),
        _ => None,
    }
}

fn store(kind: Kind) -> Store {
    let store = Store::on_engine(Arc::new(MemoryEngine::new()));
    store.run(&CreateWorkspace { id: "w".into(), ..CreateWorkspace::default() }).unwrap();
    let ws = store.workspace("w").unwrap();
    let in_run = ws.with_actor(Actor { run: Some("r".into()), ..Actor::default() });
    for (ws, name, request) in [
        (&ws, "upsert_collection", r#"{"collection":"notes","schema":{}}"#),
        (&ws, "upsert_collection", r#"{"collection":"empty","schema":{}}"#),
        (&ws, "upsert_record", r#"{"collection":"notes","id":"a","data":{}}"#),
        (&in_run, "upsert_relationship", LINK),
    ] {
        ws.call(name, request).unwrap();
    }
    ws.session().write(|ctx| ctx.edit_meta(|meta| meta.kind = kind)).unwrap();
    store
}

fn asserted(ws: &Workspace, name: &str, request: &str, wanted: Option<Code>, cell: &str) {
    let outcome = ws.call(name, request);
    match wanted {
        None => drop(outcome.unwrap_or_else(|error| panic!("{cell}: {error:?}"))),
        Some(code) => {
            let error = outcome.expect_err(cell);
            assert_eq!((error.code(), error.code().kind()), (code, ErrorKind::Denied), "{cell}");
            assert!(error.hint_text().is_some(), "{cell}");
        }
    }
}

#[test]
fn each_cell_is_allowed_or_refused_as_the_table_says() {
    let names: Vec<_> = OPS.iter().map(|op| op.name).collect();
    assert_eq!(names, REQUESTS.map(|(name, ..)| name));
    for kind in [Kind::Production, Kind::Preview] {
        for role in [Role::Operator, Role::Agent, Role::Reader] {
            for (name, request, in_batch) in REQUESTS {
                let cell = format!("{role:?} {kind:?} {name}");
                let wanted = refusal(role, kind, name);
                let handle = |store: &Store| {
                    let actor = Actor { role, ..Actor::default() };
                    store.with_actor(actor).workspace("w").unwrap()
                };
                asserted(&handle(&store(kind)), name, request, wanted, &cell);
                if in_batch {
                    let step = request.replacen('{', &format!(r#"{{"type":"{name}","#), 1);
                    let batch = format!(r#"{{"operations":[{step}]}}"#);
                    asserted(&handle(&store(kind)), "batch", &batch, wanted, &format!("{cell} in a batch"));
                }
            }
        }
    }
}

#[test]
fn a_handle_never_does_more_than_the_one_it_came_from() {
    let store = store(Kind::Production);
    let operator = Actor::default();
    let reader = store.as_agent("a").as_reader();
    for handle in [reader.as_agent("b"), reader.with_actor(operator.clone())] {
        assert_eq!(handle.actor().role, Role::Reader);
        let ws = handle.workspace("w").unwrap().with_actor(operator.clone());
        assert_eq!(ws.call("delete_relationship", r#"{"id":"l"}"#).unwrap_err().code(), Code::ReadOnly);
        let made = handle.run(&CreateWorkspace { id: "x".into(), ..CreateWorkspace::default() });
        assert_eq!(made.unwrap_err().code(), Code::ReadOnly);
    }
    let agent = store.as_agent("a");
    let delete = DeleteWorkspace { id: "w".into(), with_previews: false, yes: true };
    assert_eq!(agent.run(&delete).unwrap_err().code(), Code::HumanOnly);
    agent.run(&CreateWorkspace { id: "x".into(), ..CreateWorkspace::default() }).unwrap();
    store.run(&delete).unwrap();
}

/// A request of each operation of a store, and what an agent is told.
const STORE_REQUESTS: [(&str, &str, Option<Code>); 14] = [
    ("create_workspace", r#"{"id":"x"}"#, None),
    ("get_workspace", r#"{"id":"w"}"#, None),
    ("list_workspaces", "{}", None),
    ("set_workspace", r#"{"id":"w","history":"9d"}"#, Some(Code::HumanOnly)),
    ("delete_workspace", r#"{"id":"w","with_previews":true,"yes":true}"#, Some(Code::HumanOnly)),
    ("create_preview", r#"{"workspace":"w","name":"q"}"#, None),
    ("plan_promotion", r#"{"workspace":"w","from":"w--p"}"#, None),
    ("promote", r#"{"workspace":"w","from":"w--p","yes":true}"#, Some(Code::HumanOnly)),
    ("list_promotions", r#"{"workspace":"w"}"#, None),
    ("plan_rollback", r#"{"workspace":"w","promotion":0}"#, None),
    ("rollback", r#"{"workspace":"w","promotion":0,"yes":true}"#, Some(Code::HumanOnly)),
    ("create_token", r#"{"name":"t","role":"reader"}"#, Some(Code::HumanOnly)),
    ("list_tokens", "{}", None),
    ("revoke_token", r#"{"id":"none"}"#, Some(Code::HumanOnly)),
];

#[test]
fn each_operation_of_a_store_is_allowed_or_refused_as_the_table_says() {
    let names: Vec<_> = STORE_OPS.iter().map(|op| op.name).collect();
    assert_eq!(names, STORE_REQUESTS.map(|(name, ..)| name));
    for (op, (name, request, of_agent)) in STORE_OPS.iter().zip(STORE_REQUESTS) {
        for role in [Role::Operator, Role::Agent, Role::Reader] {
            let store = store(Kind::Production);
            store.call("create_preview", r#"{"workspace":"w","name":"p"}"#).unwrap();
            let outcome = store.with_actor(Actor { role, ..Actor::default() }).call(name, request);
            let wanted = match role {
                Role::Operator => None,
                Role::Agent => of_agent,
                Role::Reader => op.right.writes().then_some(Code::ReadOnly),
            };
            // What is allowed may still find nothing to roll back or to revoke.
            let found = outcome.err().map(|error| error.code()).filter(|code| *code != Code::NotFound);
            assert_eq!(found, wanted, "{role:?} {name}");
        }
    }
    let agent = store(Kind::Production).as_agent("a");
    agent.call("create_preview", r#"{"workspace":"w","name":"p"}"#).unwrap();
    agent.call("delete_workspace", r#"{"id":"w--p"}"#).unwrap();
}
