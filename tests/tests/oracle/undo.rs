//! Random runs taken back: what a run changed is again what it was before it, or nothing changes and somebody has indeed changed
//! one of the things since. At any commit a query reads what was there then.

use std::collections::{BTreeMap, BTreeSet};

use rekor_core::Code;
use rekor_core::api::list::Actor;
use serde_json::{Value, json};

use crate::doors::Fixture;
use crate::sandbox::{rounds, seed};

const IDS: [&str; 4] = ["a", "b", "c", "d"];
const RUNS: [&str; 3] = ["r0", "r1", "r2"];

/// Records by id, and the links between them by id.
type State = (BTreeMap<String, Value>, BTreeMap<String, Value>);

/// A commit: its run, what it touched, and what there was before and after it.
struct Done {
    seq: u64,
    run: Option<String>,
    touched: BTreeSet<String>,
    before: State,
    after: State,
}

fn state(fixture: &Fixture) -> State {
    let all = |op: &str, request: Value| -> Vec<Value> {
        fixture.call(op, &request).unwrap()["data"].as_array().unwrap().clone()
    };
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let records = all("query", json!({"collection": "c"})).into_iter();
    let links = all("list_relationships", json!({})).into_iter();
    (
        records.map(|one| (text(&one["id"]), json!([one["data"], one["external_id"]]))).collect(),
        links.map(|one| (text(&one["id"]), json!([one["source"], one["target"], one["data"]]))).collect(),
    )
}

/// The things in which two states differ.
fn differing(one: &State, other: &State) -> BTreeSet<String> {
    let records = one.0.keys().chain(other.0.keys()).filter(|id| one.0.get(*id) != other.0.get(*id));
    let links = one.1.keys().chain(other.1.keys()).filter(|id| one.1.get(*id) != other.1.get(*id));
    records.cloned().chain(links.map(|id| format!("link {id}"))).collect()
}

fn step(rng: &mut fastrand::Rng) -> Value {
    let id = IDS[rng.usize(..IDS.len())];
    match rng.u8(..8) {
        0 => json!({"type": "delete_record", "collection": "c", "id": id}),
        1 => {
            let to = IDS[rng.usize(..IDS.len())];
            json!({"type": "upsert_relationship", "rel_type": "t", "source_collection": "c", "source_id": id,
                "target_collection": "c", "target_id": to, "id": format!("{id}-{to}"), "data": {"w": rng.u8(..3)}})
        }
        2 => json!({"type": "delete_relationship", "id": format!("{id}-{}", IDS[rng.usize(..IDS.len())])}),
        3 => json!({"type": "upsert_record", "collection": "c", "id": id, "data": {"n": rng.u8(..4)},
            "external_id": format!("x{}", rng.u8(..5))}),
        _ => json!({"type": "upsert_record", "collection": "c", "id": id, "data": {"n": rng.u8(..4)}}),
    }
}

/// Writes a batch for a run, or for nobody's, and remembers it.
fn write(fixture: &Fixture, rng: &mut fastrand::Rng, done: &mut Vec<Done>) {
    let run = rng.bool().then(|| RUNS[rng.usize(..RUNS.len())].to_owned());
    let ws = fixture.ws.with_actor(Actor { run: run.clone(), ..Actor::default() });
    let steps: Vec<Value> = (0..rng.usize(1..4)).map(|_| step(rng)).collect();
    let before = state(fixture);
    // What cannot be done now is not done.
    let Ok(answer) = ws.call("batch", &json!({ "operations": steps }).to_string()) else { return };
    let answer: Value = serde_json::from_str(&answer).unwrap();
    let after = state(fixture);
    if let Some(seq) = answer["seq"].as_u64() {
        let mut touched = differing(&before, &after);
        // A thing that a batch changes and changes back is touched all the same.
        touched.extend(steps.iter().filter(|step| step["type"] != "upsert_relationship").filter_map(
            |step| {
                let id = step["id"].as_str()?;
                Some(if step["type"] == "delete_relationship" { format!("link {id}") } else { id.to_owned() })
            },
        ));
        done.push(Done { seq, run, touched, before, after });
    }
}

/// Takes a run back, and judges what came of it.
fn undo(fixture: &Fixture, rng: &mut fastrand::Rng, done: &mut Vec<Done>) {
    let run = RUNS[rng.usize(..RUNS.len())];
    let of_run: Vec<usize> = (0..done.len()).filter(|n| done[*n].run.as_deref() == Some(run)).collect();
    let before = state(fixture);
    let outcome = fixture.call("undo", &json!({ "run": run }));
    let now = state(fixture);
    let Some(first) = of_run.first() else {
        assert_eq!(outcome.unwrap_err().code(), Code::NotFound);
        return;
    };
    let mine: BTreeSet<String> =
        of_run.iter().flat_map(|n| differing(&done[*n].before, &done[*n].after)).collect();
    match outcome {
        Ok(answer) => {
            for id in &mine {
                let at = of_run.iter().find(|n| differing(&done[**n].before, &done[**n].after).contains(id));
                let was = &done[*at.unwrap()].before;
                let same = differing(was, &now);
                assert!(!same.contains(id), "{id} is not what it was before {run}: {was:?} {now:?}");
            }
            assert!(differing(&before, &now).is_subset(&mine), "something else has changed");
            if let Some(seq) = answer["seq"].as_u64() {
                let touched = differing(&before, &now);
                done.push(Done { seq, run: None, touched, before, after: now });
            }
        }
        Err(error) => {
            assert_eq!(before, now, "a refused undo writes nothing");
            let later = done[*first..].iter().filter(|one| one.run.as_deref() != Some(run));
            let others: BTreeSet<&String> = later.flat_map(|one| &one.touched).collect();
            // Or a record that the run made has been linked, or its external id taken, since.
            let of_others = !others.is_empty();
            assert!(
                matches!(error.code(), Code::UndoConflict | Code::ExternalIdConflict) && of_others,
                "{error:?}"
            );
        }
    }
}

#[test]
fn a_run_is_taken_back_exactly_or_not_at_all() {
    let mut rng = fastrand::Rng::with_seed(seed());
    let (mut taken, mut refused) = (0, 0);
    for _ in 0..rounds(12) {
        let fixture = Fixture::at_rest();
        fixture.collection("c", &json!({}));
        let mut done: Vec<Done> = Vec::new();
        for _ in 0..30 {
            if rng.u8(..5) > 0 {
                write(&fixture, &mut rng, &mut done);
            } else {
                let count = done.len();
                undo(&fixture, &mut rng, &mut done);
                if done.len() > count { taken += 1 } else { refused += 1 }
            }
        }
        for one in &done {
            let request = json!({"collection": "c", "at": one.seq.to_string()});
            let page = fixture.call("query", &request).unwrap();
            let page = page["data"].as_array().unwrap().iter();
            let then: BTreeMap<String, Value> = page
                .map(|row| (row["id"].as_str().unwrap().to_owned(), json!([row["data"], row["external_id"]])))
                .collect();
            assert_eq!(then, one.after.0, "at {}", one.seq);
        }
        assert_eq!(fixture.ws.check().unwrap().problems, [""; 0]);
    }
    assert!(taken > 0 && refused > 0, "{taken} taken back, {refused} refused");
}
