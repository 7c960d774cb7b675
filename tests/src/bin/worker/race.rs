//! Upserts the same external ids and links as other processes do, on a store that nobody has made yet,
//! and counts what this process itself made.

use std::path::Path;

use rekor_core::api::collection::UpsertCollection;
use rekor_core::api::record::UpsertRecord;
use rekor_core::api::relationship::UpsertRelationship;
use rekor_core::api::workspace::CreateWorkspace;
use rekor_core::{Code, Json};

use crate::{hear, open, tell};

pub(crate) fn run(path: &Path, words: &[String]) {
    let (count, seed): (usize, u64) = (words[0].parse().unwrap(), words[1].parse().unwrap());
    tell("ready");
    hear();
    let store = open(path);
    match store.run(&CreateWorkspace { id: "ops".into(), ..CreateWorkspace::default() }) {
        Err(error) if error.code() != Code::AlreadyExists => panic!("{error}"),
        _ => {}
    }
    let ws = store.workspace("ops").unwrap();
    for collection in ["items", "hubs"] {
        let schema = Json::from_text(r#"{"properties":{"n":{"type":"integer","x-index":true}}}"#);
        let request = UpsertCollection {
            collection: collection.into(),
            schema: Some(schema),
            ..UpsertCollection::default()
        };
        ws.run(&request).unwrap();
    }
    let hub = UpsertRecord {
        collection: "hubs".into(),
        id: Some("hub".into()),
        data: Some(Json::from_text("{}")),
        ..UpsertRecord::default()
    };
    ws.run(&hub).unwrap();
    let (mut records, mut links) = (0_u64, 0_u64);
    let mut order: Vec<usize> = (0..count).collect();
    fastrand::Rng::with_seed(seed).shuffle(&mut order);
    for n in order {
        let record = UpsertRecord {
            collection: "items".into(),
            external_id: Some(format!("x-{n}")),
            external_source: Some("race".into()),
            data: Some(Json::from_text(format!(r#"{{"n":{n}}}"#))),
            ..UpsertRecord::default()
        };
        let made = ws.run(&record).unwrap();
        assert_eq!(made.thing.version, 1, "the same data, so no second version");
        records += u64::from(made.changed);
        let link = UpsertRelationship {
            rel_type: "part_of".into(),
            source_collection: "items".into(),
            source_id: format!("@race:x-{n}"),
            target_collection: "hubs".into(),
            target_id: "hub".into(),
            ..UpsertRelationship::default()
        };
        let made = ws.run(&link).unwrap();
        assert_eq!(made.warnings, [""; 0]);
        links += u64::from(made.changed);
    }
    store.close().unwrap();
    tell(&format!("{records} {links}"));
}
