//! A promotion that is killed at any moment is wholly there or not at all.

use rekor_core::api::preview::CreatePreview;
use serde_json::{Value, json};

use crate::sandbox::{Sandbox, rounds, seed};

const COLLECTIONS: [&str; 3] = ["a", "b", "c"];
/// Records of the first collection: too many for the promotion to be one commit.
const RECORDS: usize = 10_500;

fn schema(round: usize) -> Value {
    // Each round has another index to build.
    let field = if round.is_multiple_of(2) { "n" } else { "m" };
    json!({"title": round.to_string(), "properties": {field: {"type": "integer", "x-index": true}}})
}

fn titles(sandbox: &Sandbox) -> Vec<Value> {
    let store = sandbox.open();
    let ws = store.workspace("ops").unwrap();
    let titles = COLLECTIONS.map(|id| {
        let answer = ws.call("get_collection", &json!({"collection": id}).to_string()).unwrap();
        serde_json::from_str::<Value>(&answer).unwrap()["schema"]["title"].clone()
    });
    store.close().unwrap();
    titles.to_vec()
}

#[test]
fn a_killed_promotion_is_there_or_not() {
    let mut rng = fastrand::Rng::with_seed(seed());
    let sandbox = Sandbox::with(&COLLECTIONS.map(|id| (id, "{}")));
    let lines: String = (0..RECORDS).map(|n| format!("{{\"n\":{n},\"m\":{n}}}\n")).collect();
    crate::sandbox::write(&sandbox.path("lines.ndjson"), lines);
    sandbox.rekor(&["records", "import", "a", "--file", "lines.ndjson"]).ok();
    let store = sandbox.open();
    store
        .run(&CreatePreview { workspace: "ops".into(), name: "p".into(), ..CreatePreview::default() })
        .unwrap();
    store.close().unwrap();
    let mut before = vec![Value::Null; COLLECTIONS.len()];
    let mut whole = 0;
    for round in 0..rounds(8) {
        let store = sandbox.open();
        let preview = store.workspace("ops--p").unwrap();
        for id in COLLECTIONS {
            let request = json!({"collection": id, "schema": schema(round)}).to_string();
            preview.call("upsert_collection", &request).unwrap();
        }
        store.close().unwrap();
        let worker = sandbox.worker("promote", &["ops", "ops--p"]);
        assert_eq!(worker.hear(), "begin");
        let told = worker.hear_within(rng.u64(0..400_000));
        let told: Vec<String> = told.into_iter().chain(worker.kill()).collect();
        let now = titles(&sandbox);
        let after = vec![json!(round.to_string()); COLLECTIONS.len()];
        assert!(now == before || now == after, "{now:?} is neither {before:?} nor {after:?}");
        assert!(now == after || told.is_empty(), "it had said that it was done");
        whole += usize::from(now == after);
        before = now;
    }
    println!("{whole} of the promotions came through");
    assert_eq!(sandbox.ops(|ws| ws.check().unwrap().problems), [""; 0]);
}
