//! A workspace in memory for the targets that go through the doors.

use std::sync::{Arc, Once};

use rekor_core::api::workspace::CreateWorkspace;
use rekor_core::engine::memory::MemoryEngine;
use rekor_core::{Code, Error, Store, Workspace};

/// Some schemas with what the planner and the validator treat apart.
const SCHEMA: &str = r#"{"collection":"items","schema":{"properties":{
    "s":{"type":"string","x-index":true},"n":{"type":"integer","x-index":true},
    "d":{"type":"string","format":"date-time"},"u":{"type":"string","x-unique":true},
    "t":{"type":"array","items":{"type":"string"}},"o":{"type":"object"}},
    "x-indexes":[["data.s","data.n"]]}}"#;

/// A workspace with the collections `items` and `free` and a few records.
pub fn workspace() -> Workspace {
    quiet();
    let store = Store::on_engine(Arc::new(MemoryEngine::new()));
    store.run(&CreateWorkspace { id: "w".into(), ..Default::default() }).unwrap();
    let ws = store.workspace("w").unwrap();
    ws.call("upsert_collection", SCHEMA).unwrap();
    ws.call("upsert_collection", r#"{"collection":"free","schema":{}}"#).unwrap();
    for n in 0..20 {
        let day = n % 9 + 1;
        let data = format!(
            r#"{{"s":"s{}","n":{n},"d":"2026-01-0{day}T00:00:00Z","u":"u{n}","t":["a","b{n}"],"o":{{"k":{n}}}}}"#,
            n % 4
        );
        for collection in ["items", "free"] {
            let record =
                format!(r#"{{"collection":"{collection}","id":"r{n}","external_id":"x{n}","data":{data}}}"#);
            ws.call("upsert_record", &record).unwrap();
        }
    }
    ws
}

/// Runs an operation. Every error is one that the caller may be given, with a place that is a JSON pointer.
pub fn call(ws: &Workspace, op: &str, request: &str) -> Option<String> {
    match ws.call(op, request) {
        Ok(answer) => Some(answer),
        Err(error) => {
            check(&error);
            None
        }
    }
}

fn check(error: &Error) {
    assert!(!matches!(error.code(), Code::Internal | Code::CorruptStore | Code::StorageError), "{error}");
    assert!(!error.message().is_empty());
    assert!(
        error.pointer().is_none_or(|pointer| pointer.is_empty() || pointer.starts_with('/')),
        "{error:?}"
    );
}

/// Lets rekor catch the panics of others that it means to catch; one that leaves a target still ends the fuzzer.
pub fn quiet() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| std::panic::set_hook(Box::new(|panic| eprintln!("{panic}"))));
}
