//! Random histories: what the journal tells of each record, page by page, is what a model remembers of it.

use std::collections::{BTreeMap, BTreeSet};

use rekor_core::Code;
use serde_json::{Map, Value, json};

use crate::doors::Fixture;
use crate::sandbox::{rounds, seed};

const IDS: [&str; 4] = ["a", "b", "c", "d"];
const FIELDS: [&str; 3] = ["x", "y", "z"];

/// The records as they are, and what was done to each, oldest first.
#[derive(Default)]
struct Model {
    now: BTreeMap<String, Map<String, Value>>,
    versions: BTreeMap<String, u64>,
    told: BTreeMap<String, Vec<Value>>,
}

impl Model {
    /// A step of a batch that can be made now; notes whether it changes the record.
    fn step(&mut self, rng: &mut fastrand::Rng, touched: &mut BTreeSet<String>) -> Value {
        let id = IDS[rng.usize(..IDS.len())].to_owned();
        let data = data(rng);
        let Some(old) = self.now.get(&id).cloned() else {
            self.put(&id, data.clone(), touched);
            return json!({"type": "upsert_record", "collection": "c", "id": id, "data": data});
        };
        match rng.u8(..4) {
            0 => {
                self.now.remove(&id);
                touched.insert(id.clone());
                json!({"type": "delete_record", "collection": "c", "id": id})
            }
            1 => {
                let mut patch = data;
                patch.insert("y".into(), Value::Null);
                let mut merged = old;
                for (name, value) in &patch {
                    if value.is_null() {
                        merged.remove(name);
                    } else {
                        merged.insert(name.clone(), value.clone());
                    }
                }
                self.put(&id, merged, touched);
                json!({"type": "patch_record", "collection": "c", "id": id, "data": patch})
            }
            _ => {
                self.put(&id, data.clone(), touched);
                json!({"type": "upsert_record", "collection": "c", "id": id, "data": data})
            }
        }
    }

    fn put(&mut self, id: &str, data: Map<String, Value>, touched: &mut BTreeSet<String>) {
        if self.now.get(id) != Some(&data) {
            *self.versions.entry(id.to_owned()).or_default() += 1;
            self.now.insert(id.to_owned(), data);
            touched.insert(id.to_owned());
        }
    }

    /// The commits and the records that they changed.
    fn commits(&self) -> BTreeSet<(u64, String)> {
        let told = self.told.iter().flat_map(|(id, told)| told.iter().map(move |change| (id, change)));
        told.map(|(id, change)| (change["seq"].as_u64().unwrap(), id.clone())).collect()
    }

    /// Notes what a commit did to the records that it touched.
    fn tell(
        &mut self,
        seq: &Value,
        before: &BTreeMap<String, Map<String, Value>>,
        touched: BTreeSet<String>,
    ) {
        for id in touched {
            let (old, new) = (before.get(&id), self.now.get(&id));
            let action = match (old, new) {
                (None, Some(_)) => "created",
                (Some(_), Some(_)) => "updated",
                (_, None) => "deleted",
            };
            let change = json!({
                "seq": seq, "action": action, "version": self.versions[&id], "data": new, "changes": changes(old, new)
            });
            self.told.entry(id).or_default().push(change);
        }
    }
}

fn data(rng: &mut fastrand::Rng) -> Map<String, Value> {
    let fields = FIELDS.into_iter().filter(|_| rng.bool()).collect::<Vec<_>>();
    fields.into_iter().map(|name| (name.to_owned(), json!(rng.u8(..3)))).collect()
}

/// The fields that differ, by pointer.
fn changes(old: Option<&Map<String, Value>>, new: Option<&Map<String, Value>>) -> Value {
    let (Some(old), Some(new)) = (old, new) else {
        return match (old, new) {
            (None, None) => json!({}),
            (old, new) => json!({"/data": [old, new]}),
        };
    };
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let differs = names.into_iter().filter(|name| old.get(*name) != new.get(*name));
    differs.map(|name| (format!("/data/{name}"), json!([old.get(name), new.get(name)]))).collect()
}

/// A change as it was answered, in the model's words.
fn answered(change: &Value) -> Value {
    let fields = change["changes"].as_array().unwrap().iter();
    let fields: Map<String, Value> = fields
        .map(|field| {
            (field["pointer"].as_str().unwrap().to_owned(), json!([field["before"], field["after"]]))
        })
        .collect();
    json!({
        "seq": change["seq"], "action": change["action"], "version": change["version"],
        "data": change["record"]["data"], "changes": fields
    })
}

#[test]
fn a_history_tells_what_was_done() {
    let mut rng = fastrand::Rng::with_seed(seed());
    let fixture = Fixture::new();
    fixture.collection("c", &json!({}));
    let mut model = Model::default();
    for _ in 0..rounds(120) {
        let (before, mut touched) = (model.now.clone(), BTreeSet::new());
        let steps: Vec<Value> = (0..rng.usize(1..6)).map(|_| model.step(&mut rng, &mut touched)).collect();
        let answer = fixture.call("batch", &json!({ "operations": steps })).unwrap();
        assert_eq!(answer["seq"].is_null(), touched.is_empty(), "{steps:?}");
        model.tell(&answer["seq"], &before, touched);
    }
    for (id, told) in &model.told {
        let (mut found, mut cursor) = (Vec::new(), Value::Null);
        loop {
            let limit = rng.u8(1..9);
            let request =
                json!({"collection": "c", "id": id, "diff": true, "limit": limit, "cursor": cursor});
            let page = fixture.call("record_history", &request).unwrap();
            found.extend(page["data"].as_array().unwrap().iter().map(answered));
            cursor = page["meta"]["next_cursor"].clone();
            if cursor.is_null() {
                break;
            }
        }
        found.reverse();
        assert_eq!(&found, told, "{id}");
        let mut before = Value::Null;
        for change in told {
            let seq = change["seq"].as_u64().unwrap();
            assert_eq!(data_at(&fixture, id, seq - 1), before, "{id} before {seq}");
            assert_eq!(data_at(&fixture, id, seq), change["data"], "{id} after {seq}");
            before = change["data"].clone();
        }
    }
    assert_eq!(changed(&fixture, &mut rng), model.commits());
}

/// What a record was after a commit.
fn data_at(fixture: &Fixture, id: &str, seq: u64) -> Value {
    match fixture.call("get_record", &json!({"collection": "c", "id": id, "at": seq.to_string()})) {
        Ok(record) => record["data"].clone(),
        Err(error) => {
            assert_eq!(error.code(), Code::RecordNotFound);
            Value::Null
        }
    }
}

/// The commits and the records that they changed, as the list of changes tells them.
fn changed(fixture: &Fixture, rng: &mut fastrand::Rng) -> BTreeSet<(u64, String)> {
    let (mut found, mut since) = (BTreeSet::new(), json!(0));
    loop {
        let request = json!({"since": since, "limit": rng.u8(1..30)});
        let page = fixture.call("list_changes", &request).unwrap();
        let of_page: BTreeSet<_> = page["data"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|change| change["thing"] == "record")
            .map(|change| (change["seq"].as_u64().unwrap(), change["id"].as_str().unwrap().to_owned()))
            .collect();
        assert!(found.is_disjoint(&of_page), "a commit is on one page");
        found.extend(of_page);
        since = page["next_since"].clone();
        if page["has_more"] == false {
            return found;
        }
    }
}
