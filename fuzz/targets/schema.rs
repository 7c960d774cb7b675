//! Texts as the schema of a collection; what is accepted judges a few records without a fault.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rekor_fuzz::{call, workspace};
use serde_json::value::RawValue;

fuzz_target!(|text: &str| {
    if serde_json::from_str::<&RawValue>(text).is_err() {
        return;
    }
    thread_local!(static WORKSPACE: rekor_core::Workspace = workspace());
    WORKSPACE.with(|ws| {
        let upsert = format!(r#"{{"collection":"tried","schema":{text},"allow_breaking":true}}"#);
        if let Some(made) = call(ws, "upsert_collection", &upsert) {
            let again = call(ws, "upsert_collection", &upsert).expect("what was accepted is accepted again");
            assert!(again.contains(r#""changed":false"#), "{made}\n{again}");
            for data in [
                r#"{"a":1,"b":"x"}"#,
                r#"{"a":[{"b":null}],"c":1.5}"#,
                "{}",
                r#"{"a":{"b":{"c":"2026-01-01"}}}"#,
            ] {
                call(ws, "upsert_record", &format!(r#"{{"collection":"tried","id":"r","data":{data}}}"#));
            }
            call(ws, "delete_collection", r#"{"collection":"tried","with_records":true}"#);
        }
    });
});
