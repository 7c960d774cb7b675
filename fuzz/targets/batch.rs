//! Texts as the operations of a batch: all or nothing, and what is derived stays in step.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rekor_fuzz::{call, workspace};
use serde_json::value::RawValue;

fuzz_target!(|text: &str| {
    if serde_json::from_str::<&RawValue>(text).is_err() {
        return;
    }
    let ws = workspace();
    let before = state(&ws);
    let answer = call(&ws, "batch", &format!(r#"{{"operations":{text}}}"#));
    if answer.is_none() {
        assert_eq!(before, state(&ws), "a batch that failed changed something");
    }
    let report = ws.check().unwrap();
    assert_eq!(report.problems_total, 0, "{:?}", report.problems);
});

/// Everything that a batch may change.
fn state(ws: &rekor_core::Workspace) -> [Option<String>; 3] {
    [
        call(ws, "list_collections", "{}"),
        call(ws, "query", r#"{"collection":"items","limit":1000}"#),
        call(ws, "list_relationships", r#"{"limit":1000}"#),
    ]
}
