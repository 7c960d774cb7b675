//! Tokens as the requests of a store meet them.

use std::sync::Arc;

use super::super::{OpenOptions, STORE_OPS};
use super::*;
use crate::api::call::CallOptions;
use crate::api::history::ListChanges;
use crate::api::record::UpsertRecord;
use crate::api::workspace::{CreateWorkspace, ListWorkspaces};
use crate::engine::memory::MemoryEngine;
use crate::ground::json::Json;

/// Makes another request of one.
type Edit<'e> = &'e dyn Fn(&mut CreateToken);

fn store() -> Store {
    let store = Store::on_engine(Arc::new(MemoryEngine::new()));
    for id in ["ops", "books"] {
        store.run(&CreateWorkspace { id: id.into(), ..CreateWorkspace::default() }).unwrap();
    }
    store
}

fn texts(names: &[&str]) -> Option<Vec<String>> {
    Some(names.iter().map(|name| (*name).to_owned()).collect())
}

fn narrow() -> CreateToken {
    CreateToken {
        workspaces: texts(&["ops"]),
        collections: texts(&["notes", "tasks"]),
        environments: Some(vec![Kind::Production]),
        expires_at: Some("2999-01-01T00:00:00Z".into()),
        ..CreateToken::new("admin", Role::Operator)
    }
}

fn refusal<T>(outcome: Result<T>) -> (Code, Option<String>) {
    let error = outcome.err().unwrap();
    (error.code(), error.pointer().map(str::to_owned))
}

#[test]
fn a_text_is_a_token_of_this_store_or_unauthorized() {
    let store = store();
    let text = store.run(&CreateToken::new("a", Role::Reader)).unwrap().text;
    assert_eq!(store.with_token(&format!(" {text}\n")).unwrap().actor().name, "a");
    let named = store.with_actor(Actor { name: "b".into(), ..Actor::default() });
    let signed = named.with_token(&text).unwrap();
    assert_eq!(signed.actor().name, "a/b");
    // Nobody writes under the name of another.
    for (name, is) in [("boss", "a/boss"), ("a", "a"), ("", "a"), ("a/c", "a/c"), ("ab", "a/ab")] {
        let actor = Actor { name: name.into(), ..Actor::default() };
        assert_eq!(signed.with_actor(actor).actor().name, is);
    }
    let (id, secret) = parse(&text).unwrap();
    let other = store.run(&CreateToken::new("b", Role::Reader)).unwrap().token.id;
    for bad in [
        String::new(),
        "rekor_".into(),
        id.into(),
        format!("rekor_{id}_"),
        format!("rekor_{other}_{secret}"),
        format!("rekor_{id}_{}", "0".repeat(SECRET_CHARS)),
        text.to_uppercase(),
        format!("{text}0"),
    ] {
        let error = store.with_token(&bad).err().unwrap();
        assert_eq!(error.code(), Code::Unauthorized, "{bad}");
        assert!(!format!("{error:?}").contains(secret));
    }
}

#[test]
fn what_is_asked_for_is_checked_field_by_field() {
    let store = store();
    let cases: [(&str, Code, Edit<'_>); 9] = [
        ("/name", Code::InvalidRequest, &|r| r.name = " ".into()),
        ("/name", Code::InvalidRequest, &|r| r.name = "a\nb".into()),
        ("/workspaces", Code::InvalidRequest, &|r| r.workspaces = Some(vec![])),
        ("/workspaces/1", Code::InvalidId, &|r| r.workspaces = texts(&["ops", "No"])),
        ("/collections/0", Code::InvalidId, &|r| r.collections = texts(&["1"])),
        ("/environments", Code::InvalidRequest, &|r| r.environments = Some(vec![])),
        ("/expires_at", Code::InvalidRequest, &|r| r.expires_at = Some("tomorrow".into())),
        ("/expires_at", Code::InvalidRequest, &|r| r.expires_at = Some("2020-01-01T00:00:00Z".into())),
        ("/expires_at", Code::InvalidRequest, &|r| r.expires_at = Some("1900-01-01T00:00:00Z".into())),
    ];
    for (pointer, code, change) in cases {
        let mut request = narrow();
        change(&mut request);
        assert_eq!(refusal(store.run(&request)), (code, Some(pointer.to_owned())), "{request:?}");
    }
    let twice = CreateToken { workspaces: texts(&["ops", "ops"]), ..narrow() };
    assert_eq!(store.run(&twice).unwrap().token.workspaces, texts(&["ops"]));
}

#[test]
fn only_operators_make_tokens_and_others_are_told_the_command() {
    let store = store();
    let error = store.as_agent("a").run(&narrow()).unwrap_err();
    assert_eq!(error.code(), Code::HumanOnly);
    let command = "rekor tokens create --name 'admin' --role operator --workspaces ops --collections notes,tasks \
                   --environments production --expires-at 2999-01-01T00:00:00Z";
    assert!(error.hint_text().unwrap().contains(command), "{error:?}");
    let id = store.run(&narrow()).unwrap().token.id;
    let error = store.as_agent("a").run(&RevokeToken { id: id.clone() }).unwrap_err();
    assert_eq!(error.code(), Code::HumanOnly);
    assert!(error.hint_text().unwrap().contains(&format!("rekor tokens revoke {id}")));
    assert_eq!(store.as_reader().run(&narrow()).unwrap_err().code(), Code::ReadOnly);
    assert_eq!(store.as_reader().run(&ListTokens {}).unwrap().data.len(), 1);
}

#[test]
fn a_token_makes_and_revokes_only_what_lies_within_it() {
    let store = store();
    let admin = store.with_token(&store.run(&narrow()).unwrap().text).unwrap();
    let made = admin.run(&CreateToken { name: "inner".into(), role: Role::Agent, ..narrow() }).unwrap();
    let cases: [(&str, Edit<'_>); 8] = [
        ("/workspaces", &|r| r.workspaces = None),
        ("/workspaces", &|r| r.workspaces = texts(&["ops", "books"])),
        ("/collections", &|r| r.collections = None),
        ("/collections", &|r| r.collections = texts(&["notes", "other"])),
        ("/environments", &|r| r.environments = None),
        ("/environments", &|r| r.environments = Some(vec![Kind::Preview])),
        ("/expires_at", &|r| r.expires_at = None),
        ("/expires_at", &|r| r.expires_at = Some("2999-01-01T00:00:01Z".into())),
    ];
    for (pointer, change) in cases {
        let mut request = narrow();
        change(&mut request);
        let error = admin.run(&request).unwrap_err();
        assert_eq!((error.code(), error.pointer()), (Code::Unauthorized, Some(pointer)), "{request:?}");
        assert!(
            error.hint_text().unwrap().contains(pointer.trim_start_matches('/').split('_').next().unwrap())
        );
    }
    let wide = store.run(&CreateToken::new("wide", Role::Reader)).unwrap();
    assert_eq!(
        refusal(admin.run(&RevokeToken { id: wide.token.id })),
        (Code::Unauthorized, Some("/id".into()))
    );
    let seen = admin.run(&ListTokens {}).unwrap().data;
    assert!(seen.len() == 2 && seen.iter().all(|token| token.name != "wide"), "{seen:?}");
    assert_eq!(store.run(&ListTokens {}).unwrap().data.len(), 3);
    let inner = store.with_token(&made.text).unwrap();
    assert_eq!(inner.run(&narrow()).unwrap_err().code(), Code::HumanOnly);
    // By its text as well as by its id.
    admin.run(&RevokeToken { id: made.text.clone() }).unwrap();
    assert_eq!(inner.run(&ListWorkspaces {}).unwrap_err().code(), Code::Unauthorized);
    let error = admin.run(&RevokeToken { id: made.text.clone() }).unwrap_err();
    assert_eq!(error.code(), Code::NotFound);
    assert!(!error.message().contains(parse(&made.text).unwrap().1));
}

/// A request of each operation of a store, and whether a token that reaches only the workspace `ops` may make it.
const REQUESTS: [(&str, &str, bool); 14] = [
    ("create_workspace", r#"{"id":"books2"}"#, false),
    ("get_workspace", r#"{"id":"books"}"#, false),
    ("list_workspaces", "{}", true),
    ("set_workspace", r#"{"id":"books","name":"n"}"#, false),
    ("delete_workspace", r#"{"id":"books","yes":true}"#, false),
    ("create_preview", r#"{"workspace":"books","name":"p"}"#, false),
    ("plan_promotion", r#"{"workspace":"books","from":"books--p"}"#, false),
    ("promote", r#"{"workspace":"books","from":"books--p","yes":true}"#, false),
    ("list_promotions", r#"{"workspace":"books"}"#, false),
    ("plan_rollback", r#"{"workspace":"books","promotion":1}"#, false),
    ("rollback", r#"{"workspace":"books","promotion":1,"yes":true}"#, false),
    ("create_token", r#"{"name":"n","role":"reader"}"#, false),
    ("list_tokens", "{}", true),
    ("revoke_token", r#"{"id":"WIDE"}"#, false),
];

#[test]
fn each_operation_of_a_store_keeps_to_the_workspaces_of_a_token() {
    assert_eq!(STORE_OPS.iter().map(|op| op.name).collect::<Vec<_>>(), REQUESTS.map(|(name, ..)| name));
    for (name, request, may) in REQUESTS {
        let store = store();
        let wide = store.run(&CreateToken::new("books-bot", Role::Reader)).unwrap().token.id;
        let request = request.replace("WIDE", &wide);
        let limits = CreateToken { workspaces: texts(&["ops"]), ..CreateToken::new("t", Role::Operator) };
        let made = store.run(&limits).unwrap();
        let token = store.with_token(&made.text).unwrap();
        match token.call(name, &request) {
            Ok(answer) => assert!(may && !answer.contains("books"), "{name}: {answer}"),
            Err(error) => assert!(!may && error.code() == Code::Unauthorized, "{name}: {error:?}"),
        }
        store.run(&RevokeToken { id: made.token.id }).unwrap();
        assert_eq!(token.call(name, &request).unwrap_err().code(), Code::Unauthorized, "{name} revoked");
    }
}

#[test]
fn a_token_reaches_its_workspaces_and_environments_only() {
    let store = store();
    let limited = |change: &dyn Fn(&mut CreateToken)| {
        let mut request = CreateToken::new("t", Role::Operator);
        change(&mut request);
        store.with_token(&store.run(&request).unwrap().text).unwrap()
    };
    let ops = limited(&|r| r.workspaces = texts(&["ops", "later"]));
    assert_eq!(ops.only_workspace().unwrap().id(), "ops");
    for id in ["books", "absent"] {
        assert_eq!(refusal(ops.workspace(id)), (Code::Unauthorized, Some("/workspace".into())));
    }
    ops.run(&CreateWorkspace { id: "later".into(), ..CreateWorkspace::default() }).unwrap();
    let previews = limited(&|r| r.environments = Some(vec![Kind::Preview]));
    assert_eq!(refusal(previews.workspace("ops")).0, Code::Unauthorized);
    assert_eq!(refusal(previews.only_workspace()).0, Code::WorkspaceRequired);
    let make = CreateWorkspace { id: "more".into(), ..CreateWorkspace::default() };
    assert_eq!(refusal(previews.run(&make)).0, Code::Unauthorized);
    assert!(previews.run(&ListWorkspaces {}).unwrap().data.is_empty());
    // A handle of a handle has the limits of both.
    let production = limited(&|r| r.environments = Some(vec![Kind::Production]));
    let text = store.run(&CreateToken { workspaces: texts(&["ops"]), ..CreateToken::new("b", Role::Reader) });
    let both = previews.with_token(&text.as_ref().unwrap().text).unwrap();
    assert_eq!(refusal(both.workspace("ops")).0, Code::Unauthorized);
    let both = production.with_token(&text.unwrap().text).unwrap();
    assert_eq!((both.workspace("ops").unwrap().id(), both.actor().role), ("ops", Role::Reader));
    assert_eq!(refusal(both.workspace("books")).0, Code::Unauthorized);
}

#[test]
fn a_token_ends_in_handles_that_are_open() {
    let store = store();
    let made = store.run(&narrow()).unwrap();
    let handle = store.with_token(&made.text).unwrap();
    handle.run(&ListWorkspaces {}).unwrap();
    // Time is not waited for: the stored row is set back.
    let view = store.shared.engine.view(WorkspaceKey::CATALOG).unwrap();
    let row = find(&*view, &made.token.id).unwrap().unwrap();
    let past = TokenRow { expires_ms: Some(1), ..row };
    let error = not_ended(&past).unwrap_err();
    assert_eq!(error.message(), "the token `admin` ended at 1970-01-01T00:00:00.001Z");
    let handle = Store { grant: store.grant.with(past, Arc::clone(&store.shared.engine), &*view), ..handle };
    assert_eq!(handle.run(&ListWorkspaces {}).unwrap_err().code(), Code::Unauthorized);
}

#[test]
fn a_revocation_is_seen_by_a_handle_on_another_opening() {
    let dir = tempfile::tempdir().unwrap();
    let open = || Store::open(dir.path().join("store"), OpenOptions::default()).unwrap();
    let (here, there) = (open(), open());
    here.run(&CreateWorkspace { id: "w".into(), ..CreateWorkspace::default() }).unwrap();
    let operator = here.workspace("w").unwrap();
    operator.call("upsert_collection", r#"{"collection":"notes","schema":{}}"#).unwrap();
    let made = here.run(&CreateToken::new("tidy-bot", Role::Agent)).unwrap();
    let agent = there.with_token(&made.text).unwrap().workspace("w").unwrap();
    let write = UpsertRecord {
        collection: "notes".into(),
        data: Some(Json::from_text("{}")),
        ..UpsertRecord::default()
    };
    agent.run(&write).unwrap();
    let newest = operator.run(&ListChanges::default()).unwrap().data.pop().unwrap();
    assert_eq!((newest.actor.role, newest.actor.name.as_str()), (Role::Agent, "tidy-bot"));
    here.run(&RevokeToken { id: made.token.id }).unwrap();
    assert_eq!(agent.run(&write).unwrap_err().code(), Code::Unauthorized);
    assert_eq!(agent.seq().unwrap_err().code(), Code::Unauthorized);
}

#[test]
fn a_store_has_a_thousand_tokens_and_no_more() {
    let store = store();
    let row = checked(&CreateToken::new("t", Role::Reader)).unwrap();
    for n in 1..limits::TOKENS.max {
        let row = TokenRow { id: format!("{n:012x}"), ..row.clone() };
        assert!(
            store.put_key(access::token(&row.id), Seq(0), Some(encode(&row).unwrap()), Vec::new()).unwrap()
        );
    }
    store.run(&CreateToken::new("the last", Role::Reader)).unwrap();
    let error = store.run(&CreateToken::new("one more", Role::Reader)).unwrap_err();
    assert_eq!(error.code(), Code::LimitExceeded);
    assert!(error.hint_text().unwrap().contains("revoke"));
}

#[test]
fn a_rehearsal_makes_and_revokes_nothing_and_a_secret_is_not_kept_under_a_key() {
    let store = store();
    let dry = CallOptions { dry_run: true, ..CallOptions::default() };
    let answer = store.run_with(&narrow(), &dry).unwrap();
    assert!(!answer.text().contains("rekor_"), "{}", answer.text());
    let made = store.run(&narrow()).unwrap();
    store.run_with(&RevokeToken { id: made.token.id.clone() }, &dry).unwrap();
    assert_eq!(store.run(&ListTokens {}).unwrap().data, std::slice::from_ref(&made.token));
    store.dry_run().protect("correct horse", None).unwrap();
    assert!(!store.is_protected().unwrap());
    let once = CallOptions { idempotency_key: Some("k".into()), ..CallOptions::default() };
    let outcome = store.run_with(&narrow(), &once);
    assert_eq!(refusal(outcome), (Code::InvalidRequest, Some("/idempotency_key".into())));
    // What is kept is not told to a token that may not ask.
    let make = CreateWorkspace { id: "more".into(), ..CreateWorkspace::default() };
    store.run_with(&make, &once).unwrap();
    let token = store.with_token(&made.text).unwrap().with_actor(store.actor().clone());
    assert_eq!(refusal(token.run_with(&make, &once)).0, Code::Unauthorized);
}
