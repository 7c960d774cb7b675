//! What pruning removes, what it keeps, and what is answered meanwhile. The time is given.

use std::ops::ControlFlow;
use std::sync::Arc;

use serde_json::{Value, json};

use super::{DAY_MS, ExternalKey, KEPT_MS, step};
use crate::api::list::Actor;
use crate::api::workspace::{CreateWorkspace, SetWorkspace};
use crate::codec::id::Id;
use crate::codec::keys::{self, EdgeSide, Thing};
use crate::engine::memory::MemoryEngine;
use crate::ground::env;
use crate::ground::error::{Code, Error};
use crate::{Store, Workspace};

struct World {
    store: Store,
    ws: Workspace,
}

impl World {
    /// A workspace that keeps so much history, with the collection `c`.
    fn keeping(history: &str) -> Self {
        let store = Store::on_engine(Arc::new(MemoryEngine::new()));
        store.run(&CreateWorkspace { id: "w".into(), ..CreateWorkspace::default() }).unwrap();
        let history = Some(history.to_owned());
        store.run(&SetWorkspace { id: "w".into(), history, ..SetWorkspace::default() }).unwrap();
        let actor = Actor { run: Some("r".into()), ..Actor::default() };
        let ws = store.workspace("w").unwrap().with_actor(actor);
        let world = Self { store, ws };
        world.call("upsert_collection", &json!({ "collection": "c", "schema": {} })).unwrap();
        world
    }

    fn call(&self, op: &str, request: &Value) -> Result<Value, Error> {
        self.ws.call(op, &request.to_string()).map(|answer| serde_json::from_str(&answer).unwrap())
    }

    /// Writes a record and answers the commit.
    fn put(&self, id: &str, n: u32) -> u64 {
        self.call("upsert_record", &json!({ "collection": "c", "id": id, "data": { "n": n } })).unwrap();
        self.ws.seq().unwrap()
    }

    fn link(&self, source: (&str, &str), target: (&str, &str)) {
        let request = json!({ "source_collection": source.0, "source_id": source.1,
            "target_collection": target.0, "target_id": target.1, "rel_type": "t" });
        self.call("upsert_relationship", &request).unwrap();
    }

    fn at(&self, id: &str, seq: u64) -> Result<Value, Error> {
        self.call("get_record", &json!({ "collection": "c", "id": id, "at": seq.to_string() }))
    }

    fn history(&self, id: &str) -> Vec<Value> {
        let answer = self.call("record_history", &json!({ "collection": "c", "id": id })).unwrap();
        answer["data"].as_array().unwrap().clone()
    }

    /// The commits that are told of, and how many changes each has.
    fn commits(&self) -> Vec<(u64, usize)> {
        let changes = self.call("list_changes", &json!({})).unwrap();
        let mut commits: Vec<(u64, usize)> = Vec::new();
        for change in changes["data"].as_array().unwrap() {
            let seq = change["seq"].as_u64().unwrap();
            match commits.last_mut() {
                Some((last, count)) if *last == seq => *count += 1,
                _ => commits.push((seq, 1)),
            }
        }
        commits
    }

    /// Prunes as long as there is something to do, as of some time from now. Answers in how many steps.
    fn prune(&self, after_ms: u64) -> usize {
        let now_ms = env::now_ms() + after_ms;
        let mut steps = 0;
        while step(self.ws.session(), now_ms).unwrap() {
            steps += 1;
            assert_eq!(self.ws.check().unwrap().problems, [""; 0]);
        }
        steps
    }

    /// How many keys there are of the kind of this one.
    fn keys_like(&self, key: &[u8]) -> usize {
        let (view, _) = self.ws.session().view().unwrap();
        let (lo, hi) = keys::range(key[..1].to_vec());
        let mut count = 0;
        view.scan_each(&lo, &hi, false, &mut |_, _, _| {
            count += 1;
            ControlFlow::Continue(())
        })
        .unwrap();
        count
    }
}

#[test]
fn all_history_stays_unless_a_bound_is_set_and_its_last_hour_in_any_case() {
    let world = World::keeping("all");
    world.put("a", 1);
    world.put("a", 2);
    assert_eq!(world.prune(9_999 * DAY_MS), 0);
    for (history, kept_ms) in [("2d", 2 * DAY_MS), ("0d", KEPT_MS)] {
        let world = World::keeping(history);
        world.put("a", 1);
        world.put("a", 2);
        let all = world.commits();
        assert_eq!(world.prune(kept_ms - 60_000), 0, "{history}");
        assert_eq!(world.commits(), all);
        assert!(world.prune(kept_ms + 60_000) > 0, "{history}");
        assert_eq!(world.commits(), all[all.len() - 1..], "the newest stays");
    }
}

#[test]
fn what_was_let_go_is_refused_and_what_is_kept_is_exact() {
    let world = World::keeping("1d");
    world.put("old", 1);
    world.put("both", 1);
    world.put("gone", 1);
    world.call("delete_record", &json!({ "collection": "c", "id": "gone" })).unwrap();
    let kept = world.put("both", 2);
    let pruned = kept - 1;
    assert!(world.prune(3 * DAY_MS) > 0);
    for (op, request, pointer) in [
        ("get_record", json!({ "collection": "c", "id": "both", "at": (pruned - 1).to_string() }), "/at"),
        ("get_record", json!({ "collection": "c", "id": "both", "at": "1990-01-01T00:00:00Z" }), "/at"),
        ("list_changes", json!({ "since": pruned - 1 }), "/since"),
    ] {
        let error = world.call(op, &request).unwrap_err();
        assert_eq!((error.code(), error.pointer()), (Code::NotFound, Some(pointer)), "{request}");
        assert!(error.hint_text().unwrap().contains(&pruned.to_string()), "{error:?}");
    }
    assert_eq!(world.at("both", pruned).unwrap()["data"], json!({ "n": 1 }));
    assert_eq!(world.at("both", kept).unwrap()["data"], json!({ "n": 2 }));
    assert_eq!(world.at("old", pruned).unwrap()["version"], 1);
    assert_eq!(world.at("gone", pruned).unwrap_err().code(), Code::RecordNotFound);
    assert!(world.history("old").is_empty());
    let history = world.history("both");
    assert_eq!((history.len(), &history[0]["action"]), (1, &json!("updated")));
    let gone = world.call("record_history", &json!({ "collection": "c", "id": "gone" }));
    assert_eq!(gone.unwrap_err().code(), Code::RecordNotFound);
    assert_eq!((world.commits(), world.keys_like(&keys::run(""))), (vec![(kept, 1)], 1));
    let since = world.call("list_changes", &json!({ "since": pruned })).unwrap();
    assert_eq!(since["data"].as_array().unwrap().len(), 1);
    // Whoever keeps all from now on keeps what comes.
    let all = SetWorkspace { id: "w".into(), history: Some("all".into()), ..SetWorkspace::default() };
    assert_eq!(world.store.run(&all).unwrap().thing.history, "all");
    world.put("old", 2);
    assert_eq!(world.prune(3 * DAY_MS), 0);
    assert_eq!((world.history("old").len(), &world.at("old", kept).unwrap()["version"]), (1, &json!(1)));
}

#[test]
fn a_commit_longer_than_a_step_is_let_go_in_steps_and_never_seen_by_halves() {
    let world = World::keeping("0d");
    let big = "x".repeat(20_000);
    for n in 0..2 {
        let step = |id: usize| {
            json!({ "type": "upsert_record", "collection": "c", "id": format!("r{id}"),
                "data": { "n": n, "big": big } })
        };
        let steps: Vec<Value> = (0..60).map(step).collect();
        world.call("batch", &json!({ "operations": steps })).unwrap();
    }
    let last = world.put("a", 1);
    let all = world.commits();
    let now_ms = env::now_ms() + DAY_MS;
    let mut steps = 0;
    while step(world.ws.session(), now_ms).unwrap() {
        steps += 1;
        // What is listed is listed as a whole, and can be read.
        let listed = world.commits();
        assert!(all.ends_with(&listed), "step {steps}: {listed:?} of {all:?}");
        for (seq, _) in listed.into_iter().filter(|(_, changes)| *changes > 1) {
            assert!(world.at("r7", seq).is_ok_and(|record| record["data"]["big"] == big), "step {steps}");
        }
        assert!(world.history("r7").len() <= 2);
    }
    assert!(steps > 4, "{steps} steps");
    assert_eq!((world.commits(), world.history("r7").len()), (vec![(last, 1)], 0));
    let history = keys::history(Thing::Record, 0, &Id::trusted(""), 0);
    assert_eq!(world.keys_like(&history), 1, "only the newest commit leads anywhere");
}

#[test]
fn rows_of_a_deleted_collection_go_when_its_deletion_is_let_go() {
    let world = World::keeping("1d");
    world.put("a", 1);
    world.call("upsert_collection", &json!({ "collection": "d", "schema": {} })).unwrap();
    for n in 0..40 {
        let (id, key) = (format!("r{n}"), format!("k{n}"));
        let record = json!({ "collection": "d", "id": id, "external_id": key, "data": {} });
        world.call("upsert_record", &record).unwrap();
        world.link(("d", &id), ("c", "a"));
        world.link(("c", "a"), ("d", &id));
        world.link(("d", &id), ("d", "r0"));
    }
    world.link(("c", "a"), ("c", "b"));
    world.call("delete_collection", &json!({ "collection": "d", "with_records": true })).unwrap();
    let rows = |world: &World| world.keys_like(&keys::records(0).0);
    // Its deletion is the newest commit, of which the journal tells.
    world.prune(3 * DAY_MS);
    assert_eq!(rows(&world), 41);
    world.put("a", 2);
    world.prune(3 * DAY_MS);
    assert_eq!((rows(&world), world.keys_like(&keys::relationships().0)), (1, 1));
    let external = keys::external(0, &ExternalKey { source: None, id: "".into() });
    assert_eq!((world.keys_like(&external), world.keys_like(&keys::number(0))), (0, 1));
    for side in [EdgeSide::Out, EdgeSide::In] {
        assert_eq!(world.keys_like(&keys::all_edges(side).0), 1);
    }
    world.call("upsert_collection", &json!({ "collection": "d", "schema": {} })).unwrap();
    world.call("upsert_record", &json!({ "collection": "d", "id": "r1", "data": {} })).unwrap();
    world.prune(3 * DAY_MS);
    assert_eq!(rows(&world), 2);
}

#[test]
fn several_that_prune_beside_a_writer_remove_what_is_old_and_nothing_else() {
    let world = World::keeping("0d");
    for n in 0..60 {
        world.put("a", n);
    }
    let now_ms = env::now_ms() + DAY_MS;
    let session = world.ws.session();
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| while step(session, now_ms).unwrap() {});
        }
        for n in 0..20 {
            world.put("b", n);
        }
    });
    world.prune(DAY_MS);
    assert_eq!((world.commits().len(), world.history("a").len(), world.history("b").len()), (1, 0, 1));
    assert_eq!(world.history("b")[0]["record"]["data"], json!({ "n": 19 }));
}
