//! Writes batches of two records and the link between them, from a number on, until it is killed: `ack N`.

use std::path::Path;

use rekor_core::Json;
use rekor_core::api::batch::Batch;

use crate::{open, tell};

pub(crate) fn run(path: &Path, words: &[String]) {
    let first: u64 = words[0].parse().unwrap();
    let store = open(path);
    let ws = store.workspace("ops").unwrap();
    tell("ready");
    for n in first.. {
        let operations = format!(
            r#"[{{"type":"upsert_record","collection":"left","id":"l{n}","data":{{"n":{n}}}}},
                {{"type":"upsert_record","collection":"right","id":"r{n}","data":{{"n":{n}}}}},
                {{"type":"upsert_relationship","rel_type":"pair","source_collection":"left","source_id":"l{n}",
                  "target_collection":"right","target_id":"r{n}"}},
                {{"type":"upsert_record","collection":"left","id":"last","data":{{"n":{n}}}}}]"#
        );
        ws.run(&Batch { operations: Json::from_text(operations) }).unwrap();
        tell(&format!("ack {n}"));
    }
}
