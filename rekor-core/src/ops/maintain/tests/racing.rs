//! The engine in memory with a door through which another process comes between the view of an operation and its commit.

use std::sync::{Arc, Mutex};

use crate::engine::memory::MemoryEngine;
use crate::engine::{
    Caps, Commit, CommitError, Compacted, Engine, Entry, Integrity, Seq, View, WorkspaceKey,
};
use crate::ground::error::Result;
use crate::workspace::Workspace;

pub(super) type Race = Box<dyn FnOnce(&Workspace) + Send>;

/// The model, whose next commit waits until somebody else has done something.
pub(super) struct Racing {
    pub(super) model: MemoryEngine,
    pub(super) race: Mutex<Option<(Race, Workspace)>>,
}

impl Racing {
    pub(super) fn new() -> Self {
        Self { model: MemoryEngine::new(), race: Mutex::default() }
    }
}

impl Engine for Racing {
    fn create(&self, ws: WorkspaceKey, first: Commit) -> Result<bool> {
        self.model.create(ws, first)
    }
    fn create_from(
        &self,
        ws: WorkspaceKey,
        seq: Seq,
        time_ms: u64,
        rows: &mut dyn Iterator<Item = Result<Entry>>,
    ) -> Result<()> {
        self.model.create_from(ws, seq, time_ms, rows)
    }
    fn remove(&self, ws: WorkspaceKey) -> Result<()> {
        self.model.remove(ws)
    }
    fn list(&self) -> Result<Vec<WorkspaceKey>> {
        self.model.list()
    }
    fn view(&self, ws: WorkspaceKey) -> Result<Arc<dyn View>> {
        self.model.view(ws)
    }
    fn commit(&self, ws: WorkspaceKey, commit: Commit) -> Result<Seq, CommitError> {
        let race = self.race.lock().unwrap().take();
        if let Some((race, other)) = race {
            race(&other);
        }
        self.model.commit(ws, commit)
    }
    fn commit_held(
        &self,
        ws: WorkspaceKey,
        f: &mut dyn FnMut(&dyn View) -> Result<Commit>,
    ) -> Result<Seq, CommitError> {
        self.model.commit_held(ws, f)
    }
    fn caps(&self) -> Caps {
        self.model.caps()
    }
    fn check(&self, ws: WorkspaceKey) -> Result<Integrity> {
        self.model.check(ws)
    }
    fn compact(&self, ws: WorkspaceKey) -> Result<Compacted> {
        self.model.compact(ws)
    }
    fn close(&self) -> Result<()> {
        self.model.close()
    }
}
