//! The doors of the core, tried from outside.

mod backup;
mod cases;
mod cases_command;
mod codes;
mod columns;
mod history;
mod imports;
mod limits;
mod previews;
mod protect;
mod roles;
mod store;
mod tokens;
mod undo;
mod workspaces;

use rekor_core::api::workspace::CreateWorkspace;
use rekor_core::{Error, OpenOptions, Store, Workspace};
use serde_json::Value;
use tempfile::TempDir;

/// A store in a folder of its own, with the workspace `w`.
pub(crate) struct Fixture {
    pub(crate) store: Store,
    pub(crate) ws: Workspace,
    pub(crate) dir: TempDir,
}

impl Fixture {
    pub(crate) fn new() -> Self {
        Self::opened(OpenOptions::default())
    }

    /// One whose commits are those of the test alone: nothing is done in the background.
    pub(crate) fn at_rest() -> Self {
        Self::opened(OpenOptions { maintenance: false, ..OpenOptions::default() })
    }

    fn opened(options: OpenOptions) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path().join("store"), options).unwrap();
        store.run(&CreateWorkspace { id: "w".into(), ..Default::default() }).unwrap();
        let ws = store.workspace("w").unwrap();
        Self { store, ws, dir }
    }

    /// Executes an operation given as JSON.
    pub(crate) fn call(&self, op: &str, request: &Value) -> Result<Value, Error> {
        self.ws.call(op, &request.to_string()).map(|answer| serde_json::from_str(&answer).unwrap())
    }

    /// Makes a collection with a schema.
    pub(crate) fn collection(&self, id: &str, schema: &Value) {
        self.call("upsert_collection", &serde_json::json!({ "collection": id, "schema": schema })).unwrap();
    }
}
