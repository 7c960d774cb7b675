//! Random edits of production and a preview: after a promotion production is what its plan says, after a rollback what it
//! was, and a promotion that is refused writes nothing.

use std::collections::BTreeMap;

use rekor_core::Code;
use serde_json::{Value, json};

use crate::doors::Fixture;
use crate::sandbox::{rounds, seed};

const IDS: [&str; 4] = ["a", "b", "c", "d"];
/// Schemas of which some take what others take, and some not.
const SCHEMAS: [&str; 7] = [
    r#"{}"#,
    r#"{"properties":{"n":{"type":"integer"}}}"#,
    r#"{"properties":{"n":{"type":"number","x-index":true}}}"#,
    r#"{"properties":{"n":{"type":"integer","minimum":3}}}"#,
    r#"{"required":["n"]}"#,
    r#"{"properties":{"n":{"type":"string"}}}"#,
    r#"{"properties":{"n":{"type":"integer","x-unique":true}}}"#,
];

/// What a workspace's collections are: name and schema by id.
type Shape = BTreeMap<String, (Value, Value)>;

struct World {
    fixture: Fixture,
    rng: fastrand::Rng,
    /// The promotions that stand, each with what production was before it and which records there were.
    done: Vec<(u64, Shape, Shape)>,
}

impl World {
    fn call(&self, workspace: &str, op: &str, request: &Value) -> rekor_core::Result<Value> {
        let workspace = self.fixture.store.workspace(workspace)?;
        workspace.call(op, &request.to_string()).map(|answer| serde_json::from_str(&answer).unwrap())
    }

    fn ask(&self, op: &str, request: &Value) -> rekor_core::Result<Value> {
        let answer = self.fixture.store.call(op, &request.to_string());
        answer.map(|answer| serde_json::from_str(&answer).unwrap())
    }

    fn shape(&self, workspace: &str) -> Shape {
        let all = self.call(workspace, "list_collections", &json!({})).unwrap();
        let all = all["data"].as_array().unwrap().iter();
        all.map(|one| (one["id"].as_str().unwrap().to_owned(), (one["name"].clone(), one["schema"].clone())))
            .collect()
    }

    /// Changes a collection, or some of its records, somewhere.
    fn edit(&mut self) {
        let workspace = if self.rng.bool() { "w" } else { "w--p" };
        let id = IDS[self.rng.usize(..IDS.len())];
        let schema: Value = serde_json::from_str(SCHEMAS[self.rng.usize(..SCHEMAS.len())]).unwrap();
        let (op, request) = match self.rng.u8(..8) {
            0 => ("delete_collection", json!({"collection": id, "with_records": self.rng.bool()})),
            1 | 2 => {
                let name = ["One", "Two"][self.rng.usize(..2)];
                ("upsert_collection", json!({"collection": id, "name": name, "schema": schema}))
            }
            3 => ("upsert_collection", json!({"collection": id, "schema": schema})),
            _ => {
                let data = [json!({}), json!({"n": 1}), json!({"n": 5}), json!({"n": "x"})];
                let data = &data[self.rng.usize(..data.len())];
                let record = self.rng.u8(..6).to_string();
                ("upsert_record", json!({"collection": id, "id": record, "data": data}))
            }
        };
        // What the state of things forbids is no edit.
        if let Err(error) = self.call(workspace, op, &request) {
            assert!(
                matches!(error.kind().name(), "conflict" | "not_found" | "invalid"),
                "{op} {request} {error:?}"
            );
        }
    }

    fn promote(&mut self) {
        let (before, preview) = (self.shape("w"), self.shape("w--p"));
        let (allow_breaking, prune) = (self.rng.bool(), self.rng.bool());
        let asked = json!({"workspace": "w", "from": "w--p", "prune": prune});
        let seq = || self.fixture.ws.seq().unwrap();
        let before_seq = seq();
        let plan = match self.ask("plan_promotion", &asked) {
            Ok(plan) => plan,
            // What a unique index cannot hold cannot be promoted, and so has no plan.
            Err(error) => {
                assert_eq!(error.code(), Code::UniqueViolation, "{error:?}");
                let request = json!({"workspace": "w", "from": "w--p", "prune": prune, "allow_breaking": true, "yes": true});
                assert_eq!(self.ask("promote", &request).unwrap_err().code(), Code::UniqueViolation);
                assert_eq!(self.shape("w"), before);
                return;
            }
        };
        assert_eq!(seq(), before_seq, "a plan writes nothing");
        let request = json!({
            "workspace": "w", "from": "w--p", "prune": prune, "allow_breaking": allow_breaking, "expect": plan["hash"]
        });
        let outcome = self.ask("promote", &request);
        let conflicts = !plan["conflicts"].as_array().unwrap().is_empty();
        match outcome {
            Ok(done) => {
                assert!(!conflicts && (allow_breaking || plan["breaking"] == false), "{plan}");
                let mut wanted = before.clone();
                for change in
                    plan["changes"].as_array().unwrap().iter().filter(|change| change["kept"] == false)
                {
                    let id = change["collection"].as_str().unwrap().to_owned();
                    match preview.get(&id) {
                        Some(shape) => drop(wanted.insert(id, shape.clone())),
                        None => drop(wanted.remove(&id)),
                    }
                }
                assert_eq!(self.shape("w"), wanted, "{plan}");
                if prune {
                    let changed = |id: &String| {
                        plan["changes"].as_array().unwrap().iter().any(|c| c["collection"] == **id)
                    };
                    for id in preview.keys().filter(|id| changed(id)) {
                        assert_eq!(self.shape("w").get(id), preview.get(id));
                    }
                }
                if plan["breaking"] == false {
                    self.all_match(wanted.keys().filter(|id| before.get(*id) != wanted.get(*id)));
                }
                if let Some(seq) = done["seq"].as_u64() {
                    self.done.push((seq, before, wanted));
                }
            }
            Err(error) => {
                let refused = match error.code() {
                    Code::PromoteConflict => conflicts,
                    Code::BreakingChange => plan["breaking"] == true && !allow_breaking,
                    Code::UniqueViolation => plan.to_string().contains("x-unique"),
                    _ => false,
                };
                assert!(refused, "{error:?}\n{plan}");
                assert_eq!(self.shape("w"), before, "a refused promotion writes nothing");
            }
        }
    }

    /// Every record of these collections of production is taken as it is, written again. Others may hold records
    /// that an earlier promotion was allowed to break.
    fn all_match<'a>(&self, collections: impl Iterator<Item = &'a String>) {
        for id in collections {
            let page = self.call("w", "query", &json!({"collection": id, "limit": 1000})).unwrap();
            for record in page["data"].as_array().unwrap() {
                let request = json!({"collection": id, "id": record["id"], "data": record["data"]});
                let answer = self.call("w", "upsert_record", &request);
                let same = answer.as_ref().is_ok_and(|answer| answer["changed"] == false);
                assert!(same, "{record} {answer:?}");
            }
        }
    }

    fn roll_back(&mut self) {
        let Some((id, before, after)) = self.done.pop() else { return };
        let now = self.shape("w");
        let request =
            json!({"workspace": "w", "promotion": id, "prune": true, "allow_breaking": true, "yes": true});
        match self.ask("rollback", &request) {
            Ok(_) => {
                // What others did to other collections since stays.
                let mut wanted = now;
                for id in before.keys().chain(after.keys()).filter(|id| before.get(*id) != after.get(*id)) {
                    match before.get(id) {
                        Some(shape) => drop(wanted.insert(id.clone(), shape.clone())),
                        None => drop(wanted.remove(id)),
                    }
                }
                assert_eq!(self.shape("w"), wanted);
            }
            Err(error) => {
                assert!(matches!(error.code(), Code::PromoteConflict | Code::UniqueViolation), "{error:?}");
                assert_eq!(self.shape("w"), now, "a refused rollback writes nothing");
                self.done.clear();
            }
        }
    }
}

#[test]
fn production_becomes_what_the_plan_says_and_again_what_it_was() {
    let mut rng = fastrand::Rng::with_seed(seed());
    for _ in 0..rounds(6) {
        let fixture = Fixture::at_rest();
        let mut world = World { fixture, rng: rng.fork(), done: Vec::new() };
        for _ in 0..10 {
            world.edit();
        }
        let with_data = world.rng.bool();
        let request = json!({"workspace": "w", "name": "p", "with_data": with_data});
        world.ask("create_preview", &request).unwrap();
        if with_data {
            assert_eq!(world.fixture.store.workspace("w--p").unwrap().check().unwrap().problems, [""; 0]);
        }
        for _ in 0..40 {
            match world.rng.u8(..10) {
                0..=6 => world.edit(),
                7 | 8 => world.promote(),
                _ => world.roll_back(),
            }
        }
        assert_eq!(world.fixture.ws.check().unwrap().problems, [""; 0]);
    }
}
