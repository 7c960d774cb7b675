//! The life of a collection: imports, batches, deletions, single steps of maintenance, the store closed and opened, all of it
//! deleted and made again. In between it is asked at random, against a list of what must be there.

use std::collections::BTreeMap;

use rekor_core::api::batch::Batch;
use rekor_core::api::collection::{DeleteCollection, UpsertCollection};
use rekor_core::api::query::{ColumnsRead, Explain, Query, Row};
use rekor_core::api::transfer::ImportRecords;
use rekor_core::{Json, OpenOptions, Store, Workspace};
use serde_json::{Value, json};

use super::generate::World;
use super::{expected, id, sort_json, totals};
use crate::sandbox::{Sandbox, rounds, seed};

const COLLECTION: &str = "life";
/// Records that there may be, so many that a commit of new ones makes a group.
const SIZE: usize = 3_000;

/// The store and what must be in it.
struct Life {
    rng: fastrand::Rng,
    sandbox: Sandbox,
    store: Option<Store>,
    ws: Workspace,
    world: World,
    /// The records that there may be: their ids and external ids.
    all: Vec<(String, Value)>,
    /// Those that there are, by their places among all.
    live: BTreeMap<usize, Value>,
    /// The last versions of those that were deleted: one that is made again goes on from there.
    gone: BTreeMap<usize, Value>,
    schema: String,
}

impl Life {
    fn new(mut rng: fastrand::Rng) -> Self {
        let world = World::random_with_integers(&mut rng, SIZE);
        // The external ids of a world are different from each other in small worlds only.
        let external_id = |(n, record): (usize, &Value)| match &record["external_id"] {
            Value::Null => Value::Null,
            _ => json!(format!("x{n}")),
        };
        let all = world.records.iter().enumerate();
        let all = all.map(|(n, record)| (id(record).to_owned(), external_id((n, record)))).collect();
        let schema = world.schema(rng.bool());
        let sandbox = Sandbox::with(&[(COLLECTION, &schema)]);
        let (store, ws) = open(&sandbox);
        Self {
            rng,
            sandbox,
            store: Some(store),
            ws,
            world,
            all,
            live: BTreeMap::new(),
            gone: BTreeMap::new(),
            schema,
        }
    }

    /// Does something at random.
    fn act(&mut self) {
        match self.rng.u8(..20) {
            0..4 => self.import(),
            4..11 => self.batch(),
            11..13 => self.delete_many(),
            13 => self.reopen(),
            14 if self.rng.u8(..4) == 0 => self.make_again(),
            _ => {
                for _ in 0..self.rng.u8(1..6) {
                    self.ws.maintain().unwrap();
                }
            }
        }
    }

    /// A record becomes this; one that is the same already keeps its version.
    fn become_data(&mut self, place: usize, data: Value) {
        let (id, external_id) = &self.all[place];
        let version = self.gone.remove(&place).unwrap_or_else(|| json!(0));
        let record = self.live.entry(place).or_insert_with(
            || json!({"id": id, "external_id": external_id, "version": version, "data": Value::Null}),
        );
        if record["data"] != data {
            record["version"] = json!(record["version"].as_u64().unwrap() + 1);
            record["data"] = data;
        }
    }

    fn go(&mut self, place: usize) {
        let record = self.live.remove(&place).unwrap();
        self.gone.insert(place, record["version"].clone());
    }

    fn import(&mut self) {
        let count = self.rng.usize(1..SIZE);
        let first = self.rng.usize(..=SIZE - count);
        // All of a stretch, or about half of it.
        let each = self.rng.u8(1..3);
        let mut lines = String::new();
        for place in first..first + count {
            if self.rng.u8(..each) == 0 {
                let data = self.world.data(&mut self.rng);
                let (id, external_id) = &self.all[place];
                lines += &format!("{}\n", json!({"id": id, "external_id": external_id, "data": data}));
                self.become_data(place, data);
            }
        }
        let request =
            ImportRecords { collection: COLLECTION.into(), whole: true, ..ImportRecords::default() };
        self.ws.import_records(&request, &mut lines.as_bytes(), &mut |_| Ok(())).unwrap();
    }

    fn batch(&mut self) {
        let mut steps = Vec::new();
        for _ in 0..self.rng.u8(1..80) {
            let place = self.rng.usize(..SIZE);
            let (id, external_id) = self.all[place].clone();
            let data = self.world.data(&mut self.rng);
            let is_live = self.live.contains_key(&place);
            match self.rng.u8(..4) {
                0 if is_live => {
                    steps.push(json!({"type": "delete_record", "collection": COLLECTION, "id": id}));
                    self.go(place);
                }
                1 if is_live => {
                    let patch = json!({"s": data["s"], "n": data["n"]});
                    let step =
                        json!({"type": "patch_record", "collection": COLLECTION, "id": id, "data": patch});
                    steps.push(step);
                    let mut data = self.live[&place]["data"].clone();
                    for name in ["s", "n"] {
                        match &patch[name] {
                            Value::Null => drop(data.as_object_mut().unwrap().remove(name)),
                            value => data[name] = value.clone(),
                        }
                    }
                    self.become_data(place, data);
                }
                _ => {
                    let mut step =
                        json!({"type": "upsert_record", "collection": COLLECTION, "id": id, "data": data});
                    if !external_id.is_null() {
                        step["external_id"] = external_id;
                    }
                    steps.push(step);
                    self.become_data(place, data);
                }
            }
        }
        self.ws.run(&Batch { operations: Json::from_value(&steps) }).unwrap();
    }

    fn delete_many(&mut self) {
        let from = self.rng.usize(..SIZE);
        let places: Vec<usize> =
            self.live.range(from..).map(|(place, _)| *place).take(self.rng.usize(1..600)).collect();
        for part in places.chunks(100) {
            let step = |place: &usize| json!({"type": "delete_record", "collection": COLLECTION, "id": self.all[*place].0});
            let steps: Vec<Value> = part.iter().map(step).collect();
            self.ws.run(&Batch { operations: Json::from_value(&steps) }).unwrap();
            part.iter().for_each(|place| self.go(*place));
        }
    }

    fn reopen(&mut self) {
        if let Some(store) = self.store.take() {
            store.close().unwrap();
        }
        let (store, ws) = open(&self.sandbox);
        (self.store, self.ws) = (Some(store), ws);
    }

    fn make_again(&mut self) {
        self.ws
            .run(&DeleteCollection {
                collection: COLLECTION.into(),
                with_records: true,
                ..DeleteCollection::default()
            })
            .unwrap();
        let schema = Some(Json::from_text(self.schema.as_str()));
        let collection = COLLECTION.into();
        self.ws.run(&UpsertCollection { collection, schema, ..UpsertCollection::default() }).unwrap();
        (self.live, self.gone) = (BTreeMap::new(), BTreeMap::new());
    }

    /// Asks for a page and for totals, and answers what was read of columns.
    fn ask(&mut self) -> Option<ColumnsRead> {
        self.world.records = self.live.values().cloned().collect();
        let (rng, world) = (&mut self.rng, &self.world);
        let (filter, sort) = (world.filter(rng, 2), world.sort(rng));
        let due = expected(world, &filter, &sort);
        let (offset, limit) = (rng.usize(..=due.len()), rng.usize(1..=1_000));
        let query = Query {
            collection: COLLECTION.into(),
            filter: Some(Json::from_value(&filter)),
            sort: sort_json(&sort),
            limit: Some(limit as u64),
            offset: Some(offset as u64),
            count: true,
            ..Query::default()
        };
        let shown = serde_json::to_string(&query).unwrap();
        let page = self.ws.run(&query).unwrap_or_else(|error| panic!("{shown}\n{error}"));
        let ids = page.data.iter().map(|row| match row {
            Row::Record(record) => record.id.as_str(),
            Row::Fields(_) => panic!("no fields were asked for"),
        });
        assert!(ids.eq(due.iter().skip(offset).take(limit)), "{shown}\n{}", self.schema);
        assert_eq!(page.meta.total, Some(due.len() as u64), "{shown}\n{}", self.schema);
        totals::check(rng, &self.ws, world, &[COLLECTION]);
        self.ws.run(&Explain::Query(query)).unwrap().columns
    }
}

fn open(sandbox: &Sandbox) -> (Store, Workspace) {
    let options = OpenOptions { maintenance: false, ..OpenOptions::default() };
    let store = Store::open(sandbox.store(), options).unwrap();
    let ws = store.workspace("ops").unwrap();
    (store, ws)
}

#[test]
fn a_collection_that_is_written_and_sealed_at_random_answers_what_it_must_hold() {
    const ROUNDS: usize = 60;
    let mut life = Life::new(fastrand::Rng::with_seed(seed()));
    let (mut groups, mut dirty, mut asked) = (0, 0, 0);
    let wanted = rounds(ROUNDS);
    for _ in 0..wanted {
        life.act();
        for _ in 0..2 {
            let read = life.ask();
            groups += u64::from(read.is_some_and(|read| read.groups_read > 0));
            dirty += u64::from(read.is_some_and(|read| read.groups_read > 0 && read.dirty_rows > 0));
            asked += 1;
        }
    }
    println!("{asked} times asked: groups were read {groups} times, {dirty} times beside dirty records");
    assert_eq!(life.ws.check().unwrap().problems, [""; 0]);
}
