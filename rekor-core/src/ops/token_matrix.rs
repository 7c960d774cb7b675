//! Every operation through a token: allowed within what it reaches, refused outside, and refused once it no longer stands.
//! An operation that does not say which collections it touches fails here.

use std::sync::Arc;

use super::rights_matrix::{LINK, REQUESTS};
use crate::api::call::CallOptions;
use crate::api::list::Role;
use crate::api::token::{CreateToken, RevokeToken};
use crate::api::transfer::{ExportRecords, ImportRecords, LinkRule};
use crate::api::workspace::{CreateWorkspace, Kind};
use crate::engine::memory::MemoryEngine;
use crate::ground::error::{Code, Error, Result};
use crate::{Store, Workspace};

/// A link of a collection that the tokens do not reach to itself, and two across.
const OUTSIDE: &str = r#"{"id":"o","source_collection":"hidden","source_id":"a","target_collection":"hidden","target_id":"a","rel_type":"t"}"#;
const ACROSS: &str = r#"{"id":"x","source_collection":"notes","source_id":"a","target_collection":"hidden","target_id":"a","rel_type":"t"}"#;
const BACK: &str = r#"{"id":"y","source_collection":"hidden","source_id":"b","target_collection":"notes","target_id":"a","rel_type":"t"}"#;

/// What needs all collections.
const ALL: [&str; 2] = ["get_stats", "undo"];

fn store() -> Store {
    let store = Store::on_engine(Arc::new(MemoryEngine::new()));
    store.run(&CreateWorkspace { id: "w".into(), ..CreateWorkspace::default() }).unwrap();
    let ws = store.workspace("w").unwrap();
    for collection in ["notes", "empty", "hidden"] {
        ws.call("upsert_collection", &format!(r#"{{"collection":"{collection}","schema":{{}}}}"#)).unwrap();
    }
    for collection in ["notes", "hidden"] {
        ws.call("upsert_record", &format!(r#"{{"collection":"{collection}","id":"a","data":{{}}}}"#))
            .unwrap();
    }
    for link in [LINK, OUTSIDE, ACROSS, BACK] {
        ws.call("upsert_relationship", link).unwrap();
    }
    store
}

fn limited(store: &Store, change: impl FnOnce(&mut CreateToken)) -> Store {
    let mut request = CreateToken::new("t", Role::Operator);
    change(&mut request);
    store.with_token(&store.run(&request).unwrap().text).unwrap()
}

fn to_collections(store: &Store) -> Workspace {
    let reached = ["notes", "empty", "other"].map(str::to_owned).to_vec();
    limited(store, |request| request.collections = Some(reached)).workspace("w").unwrap()
}

/// The same operation on what is outside: other collections, other relationships.
fn outside(request: &str) -> String {
    let quoted = |name: &str| format!("\"{name}\"");
    ["notes", "empty", "other"]
        .iter()
        .fold(request.to_owned(), |text, name| text.replace(&quoted(name), &quoted("hidden")))
        .replace("\"id\":\"l\"", "\"id\":\"o\"")
}

fn code(outcome: Result<String>) -> Option<Code> {
    outcome.err().map(|error| error.code())
}

#[test]
fn each_operation_keeps_to_the_collections_of_a_token() {
    for (name, request, in_batch) in REQUESTS {
        let answer = to_collections(&store()).call(name, request);
        if ALL.contains(&name) {
            assert_eq!(code(answer), Some(Code::Unauthorized), "{name}");
            continue;
        }
        let answer = answer.unwrap_or_else(|error| panic!("{name} within: {error:?}"));
        assert!(!answer.contains("hidden"), "{name} shows what is outside: {answer}");
        let request = outside(request);
        let named = request.contains("hidden");
        let outcome = to_collections(&store()).call(name, &request);
        if named {
            assert_eq!(code(outcome.clone()), Some(Code::Unauthorized), "{name} outside");
            assert!(outcome.unwrap_err().pointer().is_some(), "{name}");
        } else {
            assert!(!outcome.is_ok_and(|answer| answer.contains("hidden")), "{name}");
        }
        if in_batch {
            let step = request.replacen('{', &format!(r#"{{"type":"{name}","#), 1);
            let inside = r#"{"type":"upsert_record","collection":"notes","id":"n","data":{}}"#;
            let (store, batch) = (store(), format!(r#"{{"operations":[{inside},{step}]}}"#));
            let error = to_collections(&store).call("batch", &batch).unwrap_err();
            let refusal = if named { Code::Unauthorized } else { Code::RelationshipNotFound };
            assert_eq!(error.code(), refusal, "{name} in a batch");
            assert!(error.pointer().unwrap().starts_with("/operations/1/"), "{error:?}");
            let found =
                store.workspace("w").unwrap().call("get_record", r#"{"collection":"notes","id":"n"}"#);
            assert_eq!(code(found), Some(Code::RecordNotFound), "{name}");
        }
    }
}

#[test]
fn each_operation_is_refused_once_the_token_is_revoked() {
    for (name, request, _) in REQUESTS {
        let store = store();
        let made = store.run(&CreateToken::new("t", Role::Operator)).unwrap();
        let ws = store.with_token(&made.text).unwrap().workspace("w").unwrap();
        ws.call("list_collections", "{}").unwrap();
        store.run(&RevokeToken { id: made.token.id }).unwrap();
        assert_eq!(code(ws.call(name, request)), Some(Code::Unauthorized), "{name}");
    }
}

#[test]
fn each_operation_is_refused_in_an_environment_outside() {
    for (name, request, _) in REQUESTS {
        let store = store();
        let token = limited(&store, |request| request.environments = Some(vec![Kind::Production]));
        let ws = token.workspace("w").unwrap();
        store
            .workspace("w")
            .unwrap()
            .session()
            .write(|ctx| ctx.edit_meta(|meta| meta.kind = Kind::Preview))
            .unwrap();
        assert_eq!(code(ws.call(name, request)), Some(Code::Unauthorized), "{name}");
    }
}

#[test]
fn relationships_across_the_border_are_neither_seen_nor_changed() {
    let store = store();
    let ws = to_collections(&store);
    for id in ["o", "x", "y"] {
        let get = ws.call("get_relationship", &format!(r#"{{"id":"{id}"}}"#));
        assert_eq!(code(get), Some(Code::RelationshipNotFound));
        let delete = ws.call("delete_relationship", &format!(r#"{{"id":"{id}","if_version":7}}"#));
        assert_eq!(code(delete), Some(Code::RelationshipNotFound));
    }
    // An id that is taken outside gives nothing away, also when another version is expected.
    let taken = LINK.replace(r#""id":"l""#, r#""id":"o","if_version":7"#);
    let error = ws.call("upsert_relationship", &taken).unwrap_err();
    assert_eq!(
        (error.code(), error.pointer(), error.detail_list().len()),
        (Code::Unauthorized, Some("/id"), 0)
    );
    let dry = CallOptions { dry_run: true, ..CallOptions::default() };
    let rehearsal = ws.call_with("delete_record", r#"{"collection":"notes","id":"a"}"#, &dry).unwrap();
    assert!(rehearsal.contains(r#""changes_total":2"#) && !rehearsal.contains(r#""id":"x""#), "{rehearsal}");
    // Deleting a record takes every relationship with it.
    ws.call("delete_record", r#"{"collection":"notes","id":"a"}"#).unwrap();
    let left = store.workspace("w").unwrap().call("list_relationships", "{}").unwrap();
    assert!(
        left.contains(r#""id":"o""#) && !left.contains(r#""id":"x""#) && !left.contains(r#""id":"y""#),
        "{left}"
    );
}

#[test]
fn changes_tell_of_relationships_within_only_also_when_they_are_gone() {
    let store = store();
    let all = store.workspace("w").unwrap();
    for id in ["l", "o", "x"] {
        all.call("delete_relationship", &format!(r#"{{"id":"{id}"}}"#)).unwrap();
    }
    // The id goes over the border.
    all.call("upsert_relationship", &OUTSIDE.replace(r#""id":"o""#, r#""id":"l""#)).unwrap();
    let changes = to_collections(&store).call("list_changes", "{}").unwrap();
    let of = |text: &str| changes.matches(text).count();
    assert_eq!((of(r#""thing":"relationship""#), of(r#""id":"l""#)), (2, 2), "{changes}");
    assert!(!changes.contains("hidden"), "{changes}");
}

#[test]
fn a_schema_cannot_refer_to_a_collection_outside() {
    let request =
        r##"{"collection":"notes","schema":{"properties":{"a":{"$ref":"rekor:collection/hidden"}}}}"##;
    let error = to_collections(&store()).call("upsert_collection", request).unwrap_err();
    assert_eq!((error.code(), error.pointer()), (Code::Unauthorized, Some("/schema")));
}

#[test]
fn what_is_no_operation_keeps_to_the_token_too() {
    let store = store();
    let ws = to_collections(&store);
    let refused = |outcome: Result<(), Error>, what: &str| {
        assert_eq!(outcome.unwrap_err().code(), Code::Unauthorized, "{what}");
    };
    let import = |request: &ImportRecords| {
        ws.import_records(request, &mut b"{}\n".as_slice(), &mut |_| Ok(())).map(drop)
    };
    let within = ImportRecords { collection: "notes".into(), ..ImportRecords::default() };
    import(&within).unwrap();
    refused(import(&ImportRecords { collection: "hidden".into(), ..ImportRecords::default() }), "import");
    let link = LinkRule {
        field: "f".into(),
        rel_type: "t".into(),
        collection: "hidden".into(),
        external_source: None,
    };
    refused(import(&ImportRecords { links: vec![link], ..within }), "import with links");
    let links =
        |line: &str| ws.import_relationships(&mut line.as_bytes(), false, true, &mut |_| Ok(())).map(drop);
    links(r#"{"source":"notes/a","target":"notes/b","type":"t"}"#).unwrap();
    refused(links(r#"{"source":"notes/a","target":"hidden/a","type":"t"}"#), "import of relationships");
    let export = |collection: &str| {
        let request = ExportRecords { collection: collection.into(), ..ExportRecords::default() };
        ws.export_records(&request, &mut Vec::new(), &mut |_| Ok(())).map(drop)
    };
    export("notes").unwrap();
    refused(export("hidden"), "export");
    refused(ws.check().map(drop), "check");
    refused(ws.compact().map(drop), "compact");
    refused(ws.backup(&mut Vec::new()).map(drop), "backup");
    // Upkeep shows nothing, and must see everything.
    ws.maintain().unwrap();
    assert_eq!(store.workspace("w").unwrap().check().unwrap().problems.len(), 0);
}
