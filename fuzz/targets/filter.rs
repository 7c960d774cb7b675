//! Texts as the filter and the sort of a query: declared and indexed fields give the same rows as free ones.
#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use rekor_core::Workspace;
use rekor_fuzz::{call, workspace};
use serde_json::value::RawValue;

static WORKSPACE: OnceLock<Workspace> = OnceLock::new();

fuzz_target!(|text: &str| {
    let ws = WORKSPACE.get_or_init(workspace);
    let (filter, sort) = text.split_once('\n').unwrap_or((text, ""));
    let Ok(filter) = serde_json::from_str::<&RawValue>(filter) else { return };
    let sort = serde_json::from_str::<&RawValue>(sort)
        .map_or_else(|_| String::new(), |sort| format!(r#","sort":{sort}"#));
    let request = |collection: &str| {
        format!(r#"{{"collection":"{collection}","filter":{filter}{sort},"limit":7,"count":true}}"#)
    };
    let [indexed, _free] = ["items", "free"].map(|collection| call(ws, "query", &request(collection)));
    call(ws, "explain", &format!(r#"{{"query":{}}}"#, request("items")));
    if indexed.is_some() {
        let not = request("items").replacen(r#""filter":"#, r#""filter":{"not":"#, 1).replacen(
            &format!("{filter}{sort}"),
            &format!("{filter}}}{sort}"),
            1,
        );
        let total = |answer: &str| {
            serde_json::from_str::<serde_json::Value>(answer).unwrap()["meta"]["total"].as_u64().unwrap()
        };
        if let Some(not) = call(ws, "query", &not) {
            assert_eq!(
                total(indexed.as_ref().unwrap()) + total(&not),
                20,
                "a record passes a filter or its opposite"
            );
        }
    }
});
