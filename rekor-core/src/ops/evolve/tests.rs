//! The interleavings that a schema change in steps has to survive, each forced.

use std::sync::Arc;

use super::*;
use crate::api::collection::UpsertCollection;
use crate::api::workspace::CreateWorkspace;
use crate::engine::memory::MemoryEngine;
use crate::store::Store;
use crate::workspace::Workspace;

fn workspace() -> Workspace {
    let store = Store::on_engine(Arc::new(MemoryEngine::new()));
    store.run(&CreateWorkspace { id: "w".into(), ..Default::default() }).unwrap();
    store.workspace("w").unwrap()
}

fn upsert(collection: &str, schema: &str) -> UpsertCollection {
    let schema = Some(crate::ground::json::Json::from_text(schema));
    UpsertCollection { collection: collection.into(), schema, ..Default::default() }
}

#[test]
fn a_change_starts_again_when_another_collection_begins_to_refer_to_its_own() {
    let ws = workspace();
    ws.run(&upsert("b", "{}")).unwrap();
    let tighter = upsert("b", r#"{"required":["v"]}"#);
    let (plan, revision) = ws.session().write(|ctx| prepare(ctx, &tighter)).unwrap().0;
    let collections = ws.session().read(|ctx| dependents::affected(ctx, &plan)).unwrap();
    ws.run(&upsert("d", r#"{"properties":{"b":{"$ref":"rekor:collection/b"}}}"#)).unwrap();
    ws.call("upsert_record", r#"{"collection":"d","data":{"b":{}}}"#).unwrap();
    let checked = ws.session().view().unwrap().0.seq();
    let held = ws.session().write_held(&mut |ctx| store_held(ctx, &plan, revision, checked, &collections));
    assert!(matches!(held.unwrap().0, Held::Replaced));
    let error = in_steps(ws.session(), &tighter).unwrap_err();
    assert_eq!(error.code(), Code::SchemaIncompatible);
}

#[test]
fn what_is_written_after_the_check_is_checked_with_the_commit() {
    let ws = workspace();
    ws.run(&upsert("b", "{}")).unwrap();
    let tighter = upsert("b", r#"{"required":["v"]}"#);
    let (plan, revision) = ws.session().write(|ctx| prepare(ctx, &tighter)).unwrap().0;
    let checked = ws.session().view().unwrap().0.seq();
    ws.call("upsert_record", r#"{"collection":"b","data":{}}"#).unwrap();
    let collections = ws.session().read(|ctx| dependents::affected(ctx, &plan)).unwrap();
    let held = ws.session().write_held(&mut |ctx| store_held(ctx, &plan, revision, checked, &collections));
    assert_eq!(held.err().unwrap().code(), Code::SchemaIncompatible);
    assert!(ws.call("get_collection", r#"{"collection":"b"}"#).unwrap().contains("\"version\":1"));
}

#[test]
fn indexes_left_by_a_killed_change_go_with_the_next_upsert() {
    let ws = workspace();
    let (open, unique) = ("{}", r#"{"properties":{"k":{"type":"integer","x-unique":true}}}"#);
    ws.run(&upsert("b", open)).unwrap();
    ws.session().write(|ctx| prepare(ctx, &upsert("b", unique))).unwrap();
    ws.call("upsert_record", r#"{"collection":"b","data":{"k":1}}"#).unwrap();
    let twice = || ws.call("upsert_record", r#"{"collection":"b","data":{"k":1}}"#);
    assert_eq!(twice().unwrap_err().code(), Code::UniqueViolation);
    assert_eq!(ws.run(&upsert("b", open)).unwrap().thing.version, 1);
    twice().unwrap();
    assert!(ws.session().view().unwrap().1.meta.dropped_indexes.is_empty());
}
