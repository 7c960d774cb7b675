//! Imports round after round and does all maintenance by hand after each, until it is killed: `ack N` once round N is stored,
//! `sealed N` once there was nothing left to do.

use std::path::Path;

use rekor_core::api::transfer::ImportRecords;
use rekor_core::{OpenOptions, Store};
use rekor_tests::rounds;

use crate::tell;

pub(crate) fn run(path: &Path, words: &[String]) {
    let first: u64 = words[0].parse().unwrap();
    let options = OpenOptions {
        busy_timeout_ms: 60_000,
        cache_bytes: 16 << 20,
        maintenance: false,
        ..OpenOptions::default()
    };
    let store = Store::open(path, options).unwrap();
    let ws = store.workspace("ops").unwrap();
    tell("ready");
    while ws.maintain().unwrap() {
        tell("step");
    }
    for round in first.. {
        let request = ImportRecords {
            collection: "items".into(),
            external_id_field: Some("key".into()),
            ..ImportRecords::default()
        };
        ws.import_records(&request, &mut rounds::lines(round).as_bytes(), &mut |_| Ok(())).unwrap();
        tell(&format!("ack {round}"));
        while ws.maintain().unwrap() {
            tell("step");
        }
        tell(&format!("sealed {round}"));
    }
}
