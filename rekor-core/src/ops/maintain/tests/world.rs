//! A workspace on the engine in memory, with a door through which another process comes between the view of an operation
//! and its commit (see `racing`); and the questions that are asked of every snapshot, answered by columns and by the rows alone.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::api::batch::Batch;
use crate::api::collection::UpsertCollection;
use crate::api::query::{Aggregate, Explain, Query, Row};
use crate::api::transfer::ImportRecords;
use crate::api::workspace::CreateWorkspace;
use crate::codec::collection::encode;
use crate::codec::column_keys::{self, ColumnKey};
use crate::codec::keys;
use crate::codec::row::decode_record;
use crate::columns::group::Group;
use crate::ctx::config::Collection;
use crate::engine::{Commit, Engine, Put, View};
use crate::ground::env::Deadline;
use crate::ground::json::Json;
use crate::ops::maintain::tests::racing::Racing;
use crate::ops::maintain::{Round, step};
use crate::query;
use crate::store::Store;
use crate::workspace::Workspace;

/// The workspace, and what was seen of it so far.
pub(super) struct World {
    engine: Arc<Racing>,
    pub(super) ws: Workspace,
    past: Mutex<Vec<Past>>,
}

/// Snapshots that are asked again later: the first few, and the last few.
const PAST_MAX: usize = 8;

/// A snapshot, and what it answered when it was the newest.
struct Past {
    view: Arc<dyn View>,
    collection: Arc<Collection>,
    answers: Vec<Value>,
}

impl World {
    /// One with the collection `c`.
    pub(super) fn new() -> Self {
        let engine = Arc::new(Racing::new());
        let store = Store::on_engine(Arc::clone(&engine) as Arc<dyn Engine>);
        store.run(&CreateWorkspace { id: "w".into(), ..CreateWorkspace::default() }).unwrap();
        let ws = store.workspace("w").unwrap();
        let world = Self { engine, ws, past: Mutex::default() };
        world.make_collection();
        world
    }

    pub(super) fn make_collection(&self) {
        let schema = Some(Json::from_text("{}"));
        let request = UpsertCollection { collection: "c".into(), schema, ..UpsertCollection::default() };
        self.ws.run(&request).unwrap();
    }

    /// The workspace as another process has it: nothing is shared but what is stored.
    pub(super) fn other(&self) -> Workspace {
        Store::on_engine(Arc::clone(&self.engine) as Arc<dyn Engine>).workspace("w").unwrap()
    }

    /// Lets another process do something after the next operation has taken its view, before it commits.
    pub(super) fn race(&self, race: impl FnOnce(&Workspace) + Send + 'static) {
        *self.engine.race.lock().unwrap() = Some((Box::new(race), self.other()));
    }

    /// Whether what was to come in between has come.
    pub(super) fn has_raced(&self) -> bool {
        self.engine.race.lock().unwrap().is_none()
    }

    /// Does steps until a round finds nothing to do, and answers how many; all is right after each.
    pub(super) fn seal_all(&self) -> usize {
        let mut round = Round::default();
        for done in 0..1_000 {
            if !step(self.ws.session(), &mut round).unwrap() {
                return done;
            }
            self.check();
        }
        panic!("maintenance goes on for ever");
    }

    /// The collection `c` in the newest snapshot.
    fn now(ws: &Workspace) -> (Arc<dyn View>, Arc<Collection>) {
        let (view, config) = ws.session().view().unwrap();
        let collection = config.collection(&*view, "c").unwrap().unwrap();
        (view, collection)
    }

    pub(super) fn groups(&self) -> Vec<Arc<Group>> {
        let (view, collection) = Self::now(&self.ws);
        self.ws.session().columns(&*view, &collection).groups().unwrap()
    }

    /// The least and greatest ids, as they stand in keys, of what groups cover.
    pub(super) fn coverage(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        self.groups().iter().map(|group| (group.lo.to_vec(), group.end.to_vec())).collect()
    }

    pub(super) fn number(&self) -> u32 {
        Self::now(&self.ws).1.row.number
    }

    /// How many keys of a kind there are, of all collections; of dirty entries, if no kind is given.
    pub(super) fn keys(&self, kind: Option<ColumnKey>) -> usize {
        let span = |number| kind.map_or_else(|| column_keys::dirties(number), |kind| kind.all(number));
        let mut count = 0;
        let view = self.ws.session().view().unwrap().0;
        let each = &mut |_: &[u8], _, _: &[u8]| {
            count += 1;
            ControlFlow::Continue(())
        };
        view.scan_each(&span(0).0, &span(u32::MAX).1, false, each).unwrap();
        count
    }

    /// Asserts that the newest snapshot and all that were checked before are answered as their rows say, by this process and
    /// by one that has read nothing yet; and that what is stored of columns is whole.
    #[track_caller]
    pub(super) fn check(&self) {
        let (view, collection) = Self::now(&self.ws);
        let due = from_rows(&*view, collection.row.number);
        whole(&*view, &collection, &self.groups());
        for ws in [&self.ws, &self.other()] {
            let (view, collection) = Self::now(ws);
            assert_eq!(from_columns(ws, &*view, &collection), due);
        }
        let mut past = self.past.lock().unwrap();
        for old in &*past {
            assert_eq!(from_columns(&self.ws, &*old.view, &old.collection), old.answers, "an older view");
        }
        if past.len() == PAST_MAX {
            past.remove(PAST_MAX / 2);
        }
        past.push(Past { view, collection, answers: due });
    }

    /// Makes it what the version before columns would have left.
    pub(super) fn make_old(&self) {
        let session = self.ws.session();
        let (view, config) = session.view().unwrap();
        let mut row = Self::now(&self.ws).1.row.clone();
        row.tracked = false;
        let mut meta = config.meta.clone();
        (meta.format, meta.revision) = (1, meta.revision + 1);
        let mut commit = Commit { time_ms: 1, ..Commit::default() };
        commit.puts.push(Put::plain(keys::meta(), encode(&meta).unwrap()));
        commit.puts.push(Put::plain(keys::collection("c"), encode(&row).unwrap()));
        for kind in ColumnKey::ALL.map(Some).into_iter().chain([None]) {
            let (lo, hi) = kind.map_or_else(|| column_keys::dirties(row.number), |kind| kind.all(row.number));
            view.scan_each(&lo, &hi, false, &mut |key, _, _| {
                commit.deletes.push(key.to_vec());
                ControlFlow::Continue(())
            })
            .unwrap();
        }
        self.engine.model.commit(session.key(), commit).unwrap();
    }

    pub(super) fn is_tracked(&self) -> bool {
        Self::now(&self.ws).1.row.tracked
    }

    /// How the total of everything is found.
    pub(super) fn way(&self) -> String {
        let all = Aggregate {
            collection: "c".into(),
            aggregations: Some(Json::from_text(r#"{"fn":"sum","field":"data.n","alias":"n"}"#)),
            ..Aggregate::default()
        };
        self.ws.run(&Explain::Aggregate(all)).unwrap().access
    }
}

/// Writes a record; `n` says all that is in it.
pub(super) fn put(ws: &Workspace, id: &str, n: i64) {
    let request = json!({"collection": "c", "id": id, "data": data(n)});
    ws.call("upsert_record", &request.to_string()).unwrap();
}

/// Writes a record of which few fit into one step.
pub(super) fn put_large(ws: &Workspace, id: &str, n: i64) {
    let mut request = json!({"collection": "c", "id": id, "data": data(n)});
    request["data"]["large"] = json!("x".repeat(2_000));
    ws.call("upsert_record", &request.to_string()).unwrap();
}

pub(super) fn delete(ws: &Workspace, id: &str) {
    ws.call("delete_record", &json!({"collection": "c", "id": id}).to_string()).unwrap();
}

/// Writes records in one commit.
pub(super) fn batch(ws: &Workspace, ids: impl IntoIterator<Item = u32>, n: i64) {
    let steps: Vec<Value> = ids
        .into_iter()
        .map(|id| {
            let n = n + i64::from(id);
            json!({"type": "upsert_record", "collection": "c", "id": name(id), "data": data(n)})
        })
        .collect();
    ws.run(&Batch { operations: Json::from_value(&steps) }).unwrap();
}

/// Imports records under external ids, in one commit.
pub(super) fn import(ws: &Workspace, numbers: std::ops::Range<i64>) {
    let lines: String = numbers.map(|n| format!("{}\n", data(n))).collect();
    let request = ImportRecords {
        collection: "c".into(),
        external_id_field: Some("u".into()),
        external_source: Some("file".into()),
        ..ImportRecords::default()
    };
    ws.import_records(&request, &mut lines.as_bytes(), &mut |_| Ok(())).unwrap();
}

/// The id of a record, so that ids sort as numbers do.
pub(super) fn name(id: u32) -> String {
    format!("r{id:05}")
}

fn data(n: i64) -> Value {
    // A text that few records share, one of its own, and a field that most lack.
    let mut data = json!({"n": n, "s": format!("s{}", n.rem_euclid(5)), "u": format!("u{n}")});
    if n % 7 == 0 {
        data["rare"] = json!({"deep": n});
    }
    data
}

/// What a filter means, in Rust.
type Holds = fn(&Value) -> bool;

/// The questions: a filter on one field, and the same in Rust.
const QUESTIONS: [(&str, Holds); 5] = [
    (r#"{"and":[]}"#, |_| true),
    (r#"{"field":"data.n","op":"gte","value":20}"#, |data| data["n"].as_i64() >= Some(20)),
    (r#"{"field":"data.s","op":"eq","value":"s2"}"#, |data| data["s"] == "s2"),
    (r#"{"field":"data.u","op":"like","value":"u1%"}"#, |data| {
        data["u"].as_str().is_some_and(|text| text.starts_with("u1"))
    }),
    (r#"{"field":"data.rare.deep","op":"is_not_null"}"#, |data| data["rare"]["deep"].is_i64()),
];

fn from_rows(view: &dyn View, number: u32) -> Vec<Value> {
    let (lo, hi) = keys::records(number);
    let mut rows: Vec<(String, Value)> = Vec::new();
    view.scan_each(&lo, &hi, false, &mut |key, _, value| {
        let id = keys::record_id(key).unwrap().to_string();
        rows.push((id, serde_json::from_str(decode_record(value).unwrap().data).unwrap()));
        ControlFlow::Continue(())
    })
    .unwrap();
    let mut answers = Vec::new();
    for (_, passes) in QUESTIONS {
        let mut found: Vec<&(String, Value)> = rows.iter().filter(|(_, data)| passes(data)).collect();
        found.sort_by_key(|(_, data)| std::cmp::Reverse(data["n"].as_i64()));
        answers.push(found.iter().map(|(id, _)| json!(id)).collect());
        let mut groups: BTreeMap<String, Vec<i64>> = BTreeMap::new();
        for (_, data) in &found {
            let group = groups.entry(data["s"].as_str().unwrap().to_owned()).or_default();
            group.push(data["n"].as_i64().unwrap());
        }
        let total = |(s, numbers): (String, Vec<i64>)| {
            let mut different = numbers.clone();
            different.sort_unstable();
            different.dedup();
            json!({"data.s": s, "count": numbers.len(), "sum": numbers.iter().sum::<i64>(),
                "min": numbers.iter().min(), "max": numbers.iter().max(), "different": different.len()})
        };
        answers.push(groups.into_iter().map(total).collect());
    }
    answers
}

fn from_columns(ws: &Workspace, view: &dyn View, collection: &Collection) -> Vec<Value> {
    const TOTALS: &str = r#"[{"fn":"count","alias":"count"}, {"fn":"sum","field":"data.n","alias":"sum"},
        {"fn":"min","field":"data.n","alias":"min"}, {"fn":"max","field":"data.n","alias":"max"},
        {"fn":"count_distinct","field":"data.u","alias":"different"}]"#;
    let columns = ws.session().columns(view, collection);
    let mut answers = Vec::new();
    for (filter, _) in QUESTIONS {
        let found = Query {
            filter: Some(Json::from_text(filter)),
            sort: Some(Json::from_text(r#"{"field":"data.n","direction":"desc"}"#)),
            limit: Some(1_000),
            ..Query::default()
        };
        let found = query::find(&columns, collection, &found, Deadline::never()).unwrap();
        assert!(!found.meta.has_more);
        let id = |row| match row {
            Row::Record(record) => json!(record.id),
            Row::Fields(_) => panic!("no fields were asked for"),
        };
        answers.push(found.data.into_iter().map(id).collect());
        let totals = Aggregate {
            aggregations: Some(Json::from_text(TOTALS)),
            group_by: vec!["data.s".into()],
            filter: Some(Json::from_text(filter)),
            sort: Some(Json::from_text(r#"{"field":"data.s"}"#)),
            ..Aggregate::default()
        };
        let totals = query::aggregate(&columns, collection, &totals, Deadline::never()).unwrap();
        answers.push(serde_json::to_value(&totals).unwrap()["data"].clone());
    }
    answers
}

/// Asserts that groups do not overlap, that each record is in a group or has an entry, and that there is a block for each
/// column and no other.
#[track_caller]
fn whole(view: &dyn View, collection: &Collection, groups: &[Arc<Group>]) {
    let number = collection.row.number;
    assert!(groups.iter().all(|group| group.lo < group.end && group.as_of <= view.seq()));
    assert!(groups.windows(2).all(|two| two[0].end <= two[1].lo), "groups overlap");
    let keys_of = |(lo, hi): (Vec<u8>, Vec<u8>)| {
        let mut found = Vec::new();
        view.scan_each(&lo, &hi, false, &mut |key, _, _| {
            found.push(key.to_vec());
            ControlFlow::Continue(())
        })
        .unwrap();
        found
    };
    let entries = keys_of(column_keys::dirties(number));
    for key in keys_of(keys::records(number)).iter().filter(|_| collection.row.tracked) {
        let id = column_keys::id_part(key).unwrap();
        let has_entry = entries.contains(&column_keys::dirty(number, id));
        assert!(has_entry || groups.iter().any(|group| group.covers(id)), "no column has {id:?}");
    }
    let block = |group: &Group, path| column_keys::column_block(number, path, &group.lo, group.as_of.0);
    let heads = groups.iter().flat_map(|group| group.heads.iter().map(move |head| (group, head)));
    let mut due: Vec<Vec<u8>> =
        heads.filter(|(_, head)| head.has_block()).map(|(group, head)| block(group, head.path)).collect();
    due.sort();
    assert_eq!(keys_of(ColumnKey::Block.all(number)), due, "blocks");
}
