//! Stores and workspaces.

use rekor_core::api::workspace::{CreateWorkspace, DeleteWorkspace, GetWorkspace, ListWorkspaces};
use rekor_core::{Code, OpenOptions, Store};
use serde_json::json;

use super::Fixture;

fn create(store: &Store, id: &str) -> rekor_core::Result<()> {
    store.run(&CreateWorkspace { id: id.into(), ..Default::default() }).map(|_| ())
}

#[test]
fn the_only_production_workspace_needs_no_name() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path().join("s"), OpenOptions::default()).unwrap();
    let error = store.only_workspace().err().unwrap();
    assert_eq!(error.code(), Code::WorkspaceRequired);
    assert!(error.hint_text().unwrap().contains("rekor workspaces create"));
    create(&store, "a").unwrap();
    assert_eq!(store.only_workspace().unwrap().id(), "a");
    create(&store, "b").unwrap();
    assert!(store.only_workspace().err().unwrap().message().contains("a, b"));
}

#[test]
fn a_workspace_is_made_once_and_never_by_naming_it() {
    let f = Fixture::new();
    assert_eq!(create(&f.store, "w").unwrap_err().code(), Code::AlreadyExists);
    assert_eq!(create(&f.store, "W").unwrap_err().code(), Code::InvalidId);
    assert_eq!(create(&f.store, "a--b").unwrap_err().code(), Code::InvalidId);
    assert_eq!(f.store.workspace("other").err().unwrap().code(), Code::WorkspaceNotFound);
    let error = f.store.run(&GetWorkspace { id: "other".into() }).unwrap_err();
    assert_eq!((error.code(), error.kind().exit_code()), (Code::WorkspaceNotFound, 3));
    let all = f.store.run(&ListWorkspaces {}).unwrap();
    assert_eq!(all.data.iter().map(|w| w.id.as_str()).collect::<Vec<_>>(), ["w"]);
}

#[test]
fn handles_on_a_deleted_workspace_say_so_even_when_the_id_is_used_again() {
    let f = Fixture::new();
    f.collection("c", &json!({}));
    // A second handle on the store stands for another process.
    let other = Store::open(f.dir.path().join("store"), OpenOptions::default()).unwrap();
    let held = other.workspace("w").unwrap();
    held.call("upsert_record", r#"{"collection":"c","data":{}}"#).unwrap();
    f.store.run(&DeleteWorkspace { id: "w".into(), with_previews: false, yes: true }).unwrap();
    let write = || held.call("upsert_record", r#"{"collection":"c","data":{}}"#).unwrap_err().code();
    assert_eq!(write(), Code::WorkspaceNotFound);
    create(&f.store, "w").unwrap();
    assert_eq!(write(), Code::WorkspaceNotFound);
    assert_eq!(held.call("list_collections", "{}").unwrap_err().code(), Code::WorkspaceNotFound);
    assert_eq!(f.ws.call("list_collections", "{}").unwrap_err().code(), Code::WorkspaceNotFound);
    let fresh = other.workspace("w").unwrap();
    assert!(fresh.call("list_collections", "{}").unwrap().contains("\"data\":[]"));
}

#[test]
fn a_store_opened_for_reading_refuses_writes_and_sees_new_commits() {
    let f = Fixture::new();
    f.collection("c", &json!({}));
    let reader =
        Store::open(f.dir.path().join("store"), OpenOptions { read_only: true, ..Default::default() })
            .unwrap();
    let ws = reader.workspace("w").unwrap();
    assert_eq!(
        ws.call("upsert_record", r#"{"collection":"c","data":{}}"#).unwrap_err().code(),
        Code::ReadOnly
    );
    f.call("upsert_record", &json!({ "collection": "c", "id": "r", "data": {} })).unwrap();
    assert!(ws.call("get_record", r#"{"collection":"c","id":"r"}"#).unwrap().contains("\"version\":1"));
}

#[test]
fn the_schema_comes_out_as_it_went_in() {
    let f = Fixture::new();
    let schema = r#"{ "type" : "object",  "properties":{"z":{"maximum":1.50},"a":{}} }"#;
    f.ws.call("upsert_collection", &format!(r#"{{"collection":"c","schema":{schema}}}"#)).unwrap();
    assert!(f.ws.call("get_collection", r#"{"collection":"c"}"#).unwrap().contains(schema));
}

#[test]
fn many_threads_writing_one_record_lose_nothing() {
    let f = Fixture::new();
    f.collection("c", &json!({}));
    let writes = 40;
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let ws = f.ws.clone();
            scope.spawn(move || {
                for n in 0..writes {
                    let request = format!(r#"{{"collection":"c","id":"r","data":{{"by":"{thread}-{n}"}}}}"#);
                    ws.call("upsert_record", &request).unwrap();
                }
            });
        }
    });
    let record = f.call("get_record", &json!({ "collection": "c", "id": "r" })).unwrap();
    assert_eq!(record["version"], 8 * writes);
}
