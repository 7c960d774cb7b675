//! Worlds whose columns are checked: sound ones, and ones of which something was damaged by writing keys directly.

use std::ops::ControlFlow;
use std::sync::Arc;

use crate::api::workspace::CreateWorkspace;
use crate::codec::column_keys::ColumnKey;
use crate::codec::id::Id;
use crate::codec::{column_keys, keys};
use crate::columns::group::Group;
use crate::columns::ids::key_of;
use crate::engine::memory::MemoryEngine;
use crate::engine::{Commit, Put, Seq, View};
use crate::ops::check::check;
use crate::ops::maintain::{Round, step};
use crate::store::Store;
use crate::workspace::Workspace;

mod damage;
mod entries;
mod random;
mod steps;

/// The number of the first collection of a workspace.
const NUMBER: u32 = 1;
/// Records of the world that is damaged: `r000` and so on, two full groups of them and some more.
const RECORDS: usize = 40;

/// A workspace with the collection `things`, in memory.
fn workspace() -> Workspace {
    let store = Store::on_engine(Arc::new(MemoryEngine::new()));
    store.run(&CreateWorkspace { id: "w".into(), ..Default::default() }).unwrap();
    let ws = store.workspace("w").unwrap();
    ws.call("upsert_collection", r#"{"collection":"things","schema":{}}"#).unwrap();
    ws
}

fn upsert(ws: &Workspace, id: &str, data: &str) {
    let request = format!(r#"{{"collection":"things","id":"{id}","external_id":"x{id}","data":{data}}}"#);
    ws.call("upsert_record", &request).unwrap();
}

/// The data of a record: a column of every form.
fn data(n: usize) -> String {
    let array = if n.is_multiple_of(2) { "[1,\"a\"]" } else { "[[1]]" };
    format!(
        r#"{{"n":{n},"text":"t{n}","price":{n}.25,"real":{n}.123456789,"at":"2026-01-01T00:00:{:02}Z","ok":{},"list":{array},"deep":{{"x":{n}}},"any":{},"same":7}}"#,
        n % 60,
        n.is_multiple_of(3),
        if n.is_multiple_of(4) { "null".to_owned() } else { format!("[{n}]").replace("[1]", "true") },
    )
}

fn maintain(ws: &Workspace) {
    let mut round = Round::default();
    let mut steps = 0;
    while step(ws.session(), &mut round).unwrap() {
        steps += 1;
        assert!(steps < 10_000, "maintenance goes on for ever");
    }
}

/// A world of which all records but the last are in groups.
fn sealed() -> Workspace {
    let ws = workspace();
    (0..RECORDS).for_each(|n| upsert(&ws, &format!("r{n:03}"), &data(n)));
    maintain(&ws);
    upsert(&ws, "z", r#"{"n":1,"new":{"deep":[1]}}"#);
    assert_eq!(problems(&ws), [""; 0]);
    assert!(groups(&ws).len() >= 2);
    ws
}

fn problems(ws: &Workspace) -> Vec<String> {
    let report = check(ws.session()).unwrap();
    assert!(report.problems.len() as u64 <= report.problems_total);
    report.problems
}

fn view(ws: &Workspace) -> Arc<dyn View> {
    ws.session().view().unwrap().0
}

/// The keys and values of a range.
fn range(ws: &Workspace, (lo, hi): (Vec<u8>, Vec<u8>)) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut found = Vec::new();
    view(ws)
        .scan_each(&lo, &hi, false, &mut |key, _, value| {
            found.push((key.to_vec(), value.to_vec()));
            ControlFlow::Continue(())
        })
        .unwrap();
    found
}

fn groups(ws: &Workspace) -> Vec<Group> {
    let headers = range(ws, ColumnKey::Group.all(NUMBER));
    headers
        .iter()
        .map(|(key, value)| Group::decode(column_keys::column_group_lo(key).unwrap(), value).unwrap())
        .collect()
}

/// Writes keys as nothing but damage does.
fn put(ws: &Workspace, pairs: &[(Vec<u8>, Vec<u8>)]) -> Seq {
    let puts = pairs.iter().map(|(key, value)| Put::plain(key.clone(), value.clone())).collect();
    ws.session().engine().commit(ws.session().key(), Commit { puts, ..Commit::default() }).unwrap()
}

fn remove(ws: &Workspace, key: Vec<u8>) {
    let commit = Commit { deletes: vec![key], ..Commit::default() };
    ws.session().engine().commit(ws.session().key(), commit).unwrap();
}

fn get(ws: &Workspace, key: &[u8]) -> Option<Vec<u8>> {
    let mut found = None;
    view(ws).get_with(key, &mut |value| found = value.map(|(_, bytes)| bytes.to_vec())).unwrap();
    found
}

/// A record's id as it stands in keys.
fn id(text: &str) -> Vec<u8> {
    key_of(&Id::trusted(text))
}

fn row_key(text: &str) -> Vec<u8> {
    keys::record_at(NUMBER, &id(text))
}

fn dirty_key(text: &str) -> Vec<u8> {
    column_keys::dirty(NUMBER, &id(text))
}

/// Asserts that a check finds one thing, and says this of it.
#[track_caller]
fn finds(ws: &Workspace, words: &[&str]) {
    let problems = problems(ws);
    assert_eq!(problems.len(), 1, "{problems:?}");
    for word in words {
        assert!(problems[0].contains(word), "{problems:?} does not say `{word}`");
    }
}

/// Makes the collection one that is older than columns: nothing of it is in groups or in the dirty set.
fn forget(ws: &Workspace) {
    let keys: Vec<Vec<u8>> =
        [ColumnKey::Group.all(NUMBER), ColumnKey::Block.all(NUMBER), column_keys::dirties(NUMBER)]
            .into_iter()
            .flat_map(|span| range(ws, span))
            .map(|(key, _)| key)
            .collect();
    ws.session()
        .write(|ctx| {
            keys.iter().for_each(|key| ctx.drop_derived(key.clone()));
            let mut row = ctx.collection_row("things")?.unwrap();
            row.tracked = false;
            ctx.put_collection("things", Some(&row), None)
        })
        .unwrap();
}
