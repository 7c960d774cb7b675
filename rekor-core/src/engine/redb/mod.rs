//! The engine over redb: a directory with one file for the catalog and one for each workspace, so
//! that commits, caches, damage, deletion and backup stay apart. `redb::` is named only here.

use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use crate::engine::commit::{CAPS, removable};
use crate::engine::{
    Caps, Commit, CommitError, Compacted, Engine, Entry, Integrity, Seq, View, WorkspaceKey, rows,
};
use crate::ground::error::{Code, Error, Result};
use crate::ground::limits::BUSY_TIMEOUT_MS;

mod apply;
mod cell;
mod check;
mod compact;
mod copy;
mod create;
mod disk;
mod error;
#[cfg(test)]
mod faults;
mod file;
mod fresh;
mod handle;
mod health;
mod home;
mod open;
mod puts;
mod queue;
mod recover;
mod table;
#[cfg(test)]
mod tests;
mod view;
mod wait;

use cell::Cell;
use handle::Handle;
use home::Home;
use open::Opener;
use table::Stand;

/// Files that stay open when nobody uses them; each has a cache and a file descriptor.
const OPEN_FILES_MAX: usize = 64;

/// How a store is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Whether no other process may have the store open: commits and reads are then faster.
    pub exclusive: bool,
    /// Whether nothing may be written. Such a store is opened without waiting for writers.
    pub read_only: bool,
    /// Bytes of cache for each open file.
    pub cache_bytes: usize,
    /// How long another writer is waited for, in milliseconds.
    pub busy_timeout_ms: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { exclusive: false, read_only: false, cache_bytes: 64 << 20, busy_timeout_ms: BUSY_TIMEOUT_MS }
    }
}

/// A store in a directory.
pub struct RedbEngine {
    dir: PathBuf,
    home: Home,
    opener: Arc<Opener>,
    /// Nothing once the engine is closed.
    handles: RwLock<Option<HashMap<WorkspaceKey, Arc<Handle>>>>,
}

impl fmt::Debug for RedbEngine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedbEngine").field("dir", &self.dir).field("options", &self.opener.options).finish()
    }
}

impl RedbEngine {
    /// Opens the store in `dir`. A store that is not there is made, unless it is opened for reading.
    pub fn open(dir: &Path, options: Options) -> Result<Self> {
        let opener = Opener {
            options,
            #[cfg(test)]
            faults: faults::Faults::default(),
        };
        Self::with_opener(dir, opener, Home::here())
    }

    fn with_opener(dir: &Path, opener: Opener, home: Home) -> Result<Self> {
        let engine = Self {
            dir: dir.to_path_buf(),
            home,
            opener: Arc::new(opener),
            handles: RwLock::new(Some(HashMap::new())),
        };
        if engine.opener.options.read_only {
            file::expect_store(dir)?;
        } else {
            file::make_dirs(dir)?;
            file::sweep(dir, file::UNFINISHED_MS_MAX);
            engine.make_catalog()?;
        }
        Ok(engine)
    }

    /// Makes the catalog of a fresh store, but never a new one beside workspaces that need the old.
    fn make_catalog(&self) -> Result<()> {
        let catalog = file::path(&self.dir, WorkspaceKey::CATALOG);
        if catalog.exists() {
            return Ok(());
        }
        // Another process may have made both in between, so the catalog is looked for again.
        if !file::list(&self.dir)?.is_empty() && !catalog.exists() {
            return Err(error::damaged(&catalog, "it is missing, and there are workspaces"));
        }
        create::create(&self.opener, &catalog, Commit::default()).map(drop)
    }

    fn handle_of(&self, ws: WorkspaceKey) -> Result<Arc<Handle>> {
        let closed = || cell::closed(&self.dir);
        let handles = self.handles.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(handle) = handles.as_ref().ok_or_else(closed)?.get(&ws) {
            return Ok(Arc::clone(handle));
        }
        drop(handles);
        let path = file::path(&self.dir, ws);
        let mut lock = self.handles.write().unwrap_or_else(PoisonError::into_inner);
        let handles = lock.as_mut().ok_or_else(closed)?;
        if !handles.contains_key(&ws) && !path.exists() {
            return Err(cell::missing(&path));
        }
        let idle = if handles.len() < OPEN_FILES_MAX { Vec::new() } else { take_idle(handles) };
        let fresh = || Arc::new(Handle::new(Arc::new(Cell::new(path, self.home, Arc::clone(&self.opener)))));
        let handle = Arc::clone(handles.entry(ws).or_insert_with(fresh));
        drop(lock);
        // Closing takes a while, and nobody should wait for it.
        drop(idle);
        Ok(handle)
    }

    /// Refuses another process than the one that opened the store, and a closed store.
    fn usable(&self) -> Result<()> {
        self.home.check()?;
        let handles = self.handles.read().unwrap_or_else(PoisonError::into_inner);
        handles.as_ref().map(drop).ok_or_else(|| cell::closed(&self.dir))
    }

    fn writable(&self) -> Result<()> {
        self.usable()?;
        if !self.opener.options.read_only {
            return Ok(());
        }
        Err(Error::new(Code::ReadOnly, "the store was opened for reading only").hint("open it for writing"))
    }
}

/// Takes the workspaces that nobody uses just now; the next use opens them again. Under the lock on
/// the map nobody can begin to use one, so a count of one is the map's own.
fn take_idle(handles: &mut HashMap<WorkspaceKey, Arc<Handle>>) -> Vec<Arc<Handle>> {
    let idle = |ws: &WorkspaceKey, handle: &mut Arc<Handle>| {
        *ws != WorkspaceKey::CATALOG && Arc::strong_count(handle) == 1 && handle.is_idle()
    };
    handles.extract_if(idle).map(|(_, handle)| handle).collect()
}

impl Engine for RedbEngine {
    fn create(&self, ws: WorkspaceKey, first: Commit) -> Result<bool> {
        self.writable()?;
        create::create(&self.opener, &file::path(&self.dir, ws), first)
    }

    fn create_from(
        &self,
        ws: WorkspaceKey,
        seq: Seq,
        time_ms: u64,
        rows: &mut dyn Iterator<Item = Result<Entry>>,
    ) -> Result<()> {
        self.writable()?;
        let made = copy::create(&self.opener, &file::path(&self.dir, ws), Stand { seq, time_ms }, rows)?;
        if made { Ok(()) } else { Err(rows::taken(ws)) }
    }

    fn remove(&self, ws: WorkspaceKey) -> Result<()> {
        self.writable()?;
        removable(ws)?;
        let path = file::path(&self.dir, ws);
        if !file::remove(&path)? {
            return Err(cell::missing(&path));
        }
        let mut handles = self.handles.write().unwrap_or_else(PoisonError::into_inner);
        let handle = handles.as_mut().and_then(|handles| handles.remove(&ws));
        drop(handles);
        if let Some(handle) = handle {
            handle.abandon();
        }
        Ok(())
    }

    fn list(&self) -> Result<Vec<WorkspaceKey>> {
        self.usable()?;
        file::list(&self.dir)
    }

    fn view(&self, ws: WorkspaceKey) -> Result<Arc<dyn View>> {
        self.home.check()?;
        Ok(self.handle_of(ws)?.view()?)
    }

    fn commit(&self, ws: WorkspaceKey, commit: Commit) -> Result<Seq, CommitError> {
        self.writable()?;
        self.handle_of(ws)?.commit(commit)
    }

    fn commit_held(
        &self,
        ws: WorkspaceKey,
        f: &mut dyn FnMut(&dyn View) -> Result<Commit>,
    ) -> Result<Seq, CommitError> {
        self.writable()?;
        self.handle_of(ws)?.commit_held(f)
    }

    fn caps(&self) -> Caps {
        CAPS
    }

    fn check(&self, ws: WorkspaceKey) -> Result<Integrity> {
        self.writable()?;
        check::check(&*self.handle_of(ws)?)
    }

    fn compact(&self, ws: WorkspaceKey) -> Result<Compacted> {
        self.writable()?;
        compact::compact(&*self.handle_of(ws)?)
    }

    fn close(&self) -> Result<()> {
        self.home.check()?;
        let handles = self.handles.write().unwrap_or_else(PoisonError::into_inner).take();
        let mut outcome = Ok(());
        for handle in handles.into_iter().flat_map(HashMap::into_values) {
            outcome = outcome.and(handle.close());
        }
        outcome
    }
}
