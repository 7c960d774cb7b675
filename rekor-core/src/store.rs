//! The door to a store: a directory of workspaces, and the catalog that lists them.
//!
//! Making a workspace makes its file first; the catalog's entry is the commit point. Deleting one marks
//! it in its own settings, so that open handles learn it, then removes the entry, then the file. What a
//! crash leaves between these steps is finished by whoever meets it.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use crate::api::list::{Actor, Deleted, List, Written};
use crate::api::workspace::{
    CreateWorkspace, DeleteWorkspace, GetWorkspace, Kind, ListWorkspaces, Workspace as About,
};
use crate::codec::collection::{Meta, decode, encode};
use crate::codec::id::check_workspace_id;
use crate::codec::keys;
use crate::codec::time::text_from_ms;
use crate::ctx::session::{Session, commit_error, workspace_not_found};
use crate::engine::redb::{Options, RedbEngine};
use crate::engine::{Check, Commit, CommitError, Engine, Put, Seq, View, WorkspaceKey};
use crate::ground::env;
use crate::ground::error::{Code, Error, Result};
use crate::ground::limits;
use crate::maintenance::Maintenance;
use crate::workspace::Workspace;

/// How to open a store.
#[derive(Debug, Clone, Copy)]
pub struct OpenOptions {
    /// Whether this process has the store to itself; commits are faster, other processes wait.
    pub exclusive: bool,
    /// Whether writes are refused; opening is faster, and the store must exist.
    pub read_only: bool,
    /// Bytes of pages that are kept in memory.
    pub cache_bytes: usize,
    /// Milliseconds that a busy store is waited for.
    pub busy_timeout_ms: u64,
    /// Whether a thread keeps column groups in shape after writes; without it, [`Workspace::maintain`] does a step of
    /// that work.
    pub maintenance: bool,
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self {
            exclusive: false,
            read_only: false,
            cache_bytes: 256 << 20,
            busy_timeout_ms: limits::BUSY_TIMEOUT_MS,
            maintenance: true,
        }
    }
}

/// A store of workspaces.
pub struct Store {
    engine: Arc<dyn Engine>,
    sessions: Mutex<HashMap<WorkspaceKey, Session>>,
    column_bytes: usize,
    maintenance: Option<Maintenance>,
}

/// A request that a store executes.
pub trait StoreRequest {
    /// What it is answered with.
    type Answer: Serialize;

    /// Executes it.
    fn run(&self, store: &Store) -> Result<Self::Answer>;
}

/// A workspace in the catalog.
#[derive(Clone, Serialize, Deserialize)]
struct CatalogRow {
    id: String,
    file: [u8; 16],
    name: String,
    description: Option<String>,
    kind: Kind,
    parent: Option<String>,
    created_ms: u64,
    updated_ms: u64,
}

impl Store {
    /// Opens the store in a directory, which is made on first use unless `read_only` is set.
    pub fn open(path: impl AsRef<Path>, options: OpenOptions) -> Result<Self> {
        let OpenOptions { exclusive, read_only, cache_bytes, busy_timeout_ms, maintenance } = options;
        let options = Options { exclusive, read_only, cache_bytes, busy_timeout_ms };
        let engine = Arc::new(RedbEngine::open(path.as_ref(), options)?);
        let maintenance = (maintenance && !read_only).then(Maintenance::default);
        Ok(Self { engine, sessions: Mutex::default(), column_bytes: cache_bytes, maintenance })
    }

    /// A store on an engine of the caller's, without a thread for maintenance.
    #[must_use]
    pub fn on_engine(engine: Arc<dyn Engine>) -> Self {
        Self { engine, sessions: Mutex::default(), column_bytes: 64 << 20, maintenance: None }
    }

    /// Executes a request on the store's workspaces.
    pub fn run<R: StoreRequest>(&self, request: &R) -> Result<R::Answer> {
        request.run(self)
    }

    /// A handle on a workspace.
    pub fn workspace(&self, id: &str) -> Result<Workspace> {
        check_workspace_id(id).map_err(|e| e.at("/workspace"))?;
        let view = self.engine.view(WorkspaceKey::CATALOG)?;
        let (_, row) = find(&*view, id)?.ok_or_else(|| workspace_not_found(id))?;
        let key = WorkspaceKey(row.file);
        drop(view);
        if let Some(session) = self.sessions().get(&key) {
            return Ok(Workspace::new(session.clone()));
        }
        if self.is_half_deleted(&row)? {
            return Err(workspace_not_found(id));
        }
        let session = Session::new(Arc::clone(&self.engine), key, id, Actor::default(), self.column_bytes);
        let signal = self.maintenance.as_ref().and_then(Maintenance::start);
        let looks = signal.is_some();
        let session = session.with_signal(signal);
        // What other processes have left undone is looked at once; a workspace of before columns is left as it is until it
        // is written to.
        if looks && session.has_columns().unwrap_or(false) {
            session.note();
        }
        Ok(Workspace::new(self.sessions().entry(key).or_insert(session).clone()))
    }

    fn sessions(&self) -> MutexGuard<'_, HashMap<WorkspaceKey, Session>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A handle on the only production workspace that there is, else `workspace_required`.
    pub fn only_workspace(&self) -> Result<Workspace> {
        let mut ids: Vec<String> =
            self.rows()?.into_iter().filter(|row| row.kind == Kind::Production).map(|row| row.id).collect();
        if ids.len() == 1 {
            return self.workspace(&ids.pop().unwrap_or_default());
        }
        let error = Error::new(
            Code::WorkspaceRequired,
            if ids.is_empty() {
                "there is no workspace yet".to_owned()
            } else {
                format!("there are several workspaces: {}", ids.join(", "))
            },
        );
        Err(if ids.is_empty() {
            error.hint("make one with `rekor workspaces create <id>`")
        } else {
            error.hint("name one with --workspace or REKOR_WORKSPACE")
        })
    }

    /// Ends maintenance, closes every file and answers the first error.
    pub fn close(self) -> Result<()> {
        if let Some(maintenance) = &self.maintenance {
            maintenance.end();
        }
        self.engine.close()
    }

    fn rows(&self) -> Result<Vec<CatalogRow>> {
        let view = self.engine.view(WorkspaceKey::CATALOG)?;
        let (lo, hi) = keys::catalogs();
        let mut rows = Vec::new();
        let mut failed = Ok(());
        view.scan_each(&lo, &hi, false, &mut |_, _, value| {
            match decode::<CatalogRow>(value) {
                Ok(row) => rows.push(row),
                Err(error) => failed = Err(error),
            }
            std::ops::ControlFlow::Continue(())
        })?;
        failed.map(|()| rows)
    }

    /// Writes or removes a catalog entry that still has the given version; `false` when it has not.
    fn put_row(&self, id: &str, version: Seq, row: Option<&CatalogRow>) -> Result<bool> {
        let key = keys::catalog(id);
        let mut commit = Commit { id: env::random_bytes()?, time_ms: env::now_ms(), ..Commit::default() };
        commit.checks.push(Check::Same(key.clone(), version));
        match row {
            Some(row) => commit.puts.push(Put::plain(key, encode(row)?)),
            None => commit.deletes.push(key),
        }
        match self.engine.commit(WorkspaceKey::CATALOG, commit) {
            Ok(_) => Ok(true),
            Err(CommitError::Conflict) => Ok(false),
            Err(error) => Err(commit_error(error)),
        }
    }

    /// Whether the catalog names a workspace whose deletion a crash interrupted.
    fn is_half_deleted(&self, row: &CatalogRow) -> Result<bool> {
        let view = match self.engine.view(WorkspaceKey(row.file)) {
            Ok(view) => view,
            Err(error) if error.code() == Code::WorkspaceNotFound => return self.missing_file(row),
            Err(error) => return Err(error),
        };
        let mut meta = None;
        view.get_with(&keys::meta(), &mut |found| meta = found.map(|(_, bytes)| decode::<Meta>(bytes)))?;
        meta.transpose().map(|meta| meta.is_none_or(|meta| meta.deleted))
    }

    /// A file goes after its entry, so an entry without one is damage, unless it has just gone too.
    fn missing_file(&self, row: &CatalogRow) -> Result<bool> {
        let view = self.engine.view(WorkspaceKey::CATALOG)?;
        if find(&*view, &row.id)?.is_none_or(|(_, now)| now.file != row.file) {
            return Ok(true);
        }
        let file = WorkspaceKey(row.file);
        Err(Error::new(
            Code::CorruptStore,
            format!("the file of the workspace `{}` is missing: {file}", row.id),
        )
        .hint("put the file back from a copy of the store, or delete the workspace"))
    }

    fn delete_one(&self, row: &CatalogRow, version: Seq) -> Result<()> {
        let key = WorkspaceKey(row.file);
        let session = Session::new(Arc::clone(&self.engine), key, &row.id, Actor::default(), 0);
        match session.write(|ctx| ctx.edit_meta(|meta| meta.deleted = true)) {
            Ok(_) => {}
            Err(error) if error.code() == Code::WorkspaceNotFound => {}
            Err(error) => return Err(error),
        }
        self.put_row(&row.id, version, None)?;
        self.sessions().remove(&key);
        match self.engine.remove(key) {
            Err(error) if error.code() == Code::WorkspaceNotFound => Ok(()),
            other => other,
        }
    }
}

fn find(view: &dyn View, id: &str) -> Result<Option<(Seq, CatalogRow)>> {
    let mut found = None;
    view.get_with(&keys::catalog(id), &mut |value| {
        found = value.map(|(version, bytes)| decode(bytes).map(|row| (version, row)));
    })?;
    found.transpose()
}

fn about(row: CatalogRow) -> About {
    About {
        id: row.id,
        name: row.name,
        description: row.description,
        kind: row.kind,
        parent: row.parent,
        created_at: text_from_ms(row.created_ms),
        updated_at: text_from_ms(row.updated_ms),
    }
}

impl StoreRequest for CreateWorkspace {
    type Answer = Written<About>;
    fn run(&self, store: &Store) -> Result<Self::Answer> {
        let at = |e: Error| e.at("/id");
        check_workspace_id(&self.id).map_err(at)?;
        if self.id.contains("--") {
            return Err(at(Error::new(Code::InvalidId, "`--` in an id is kept for previews")
                .hint(format!("try `{}`", self.id.replace("--", "-")))));
        }
        let view = store.engine.view(WorkspaceKey::CATALOG)?;
        let mut version = Seq(0);
        let mut leftover = None;
        if let Some((seq, row)) = find(&*view, &self.id)? {
            if !store.is_half_deleted(&row)? {
                return Err(already_exists(&self.id));
            }
            version = seq;
            leftover = Some(WorkspaceKey(row.file));
        }
        drop(view);
        let now_ms = env::now_ms();
        let row = CatalogRow {
            id: self.id.clone(),
            file: env::random_bytes()?,
            name: self.name.clone().unwrap_or_else(|| self.id.clone()),
            description: self.description.clone(),
            kind: Kind::Production,
            parent: None,
            created_ms: now_ms,
            updated_ms: now_ms,
        };
        let key = WorkspaceKey(row.file);
        store.engine.create(key, first_commit(&row)?)?;
        match store.put_row(&self.id, version, Some(&row)) {
            Ok(true) => {
                if let Some(leftover) = leftover {
                    // What a crash left of a deleted workspace; that it is gone already is no fault.
                    let _ = store.engine.remove(leftover);
                }
                Ok(Written { thing: about(row), changed: true, warnings: Vec::new() })
            }
            Ok(false) => {
                store.engine.remove(key)?;
                Err(already_exists(&self.id))
            }
            // Whether the entry stands is not known: the file must stay.
            Err(error) if error.code() == Code::CommitUnknown => Err(error),
            Err(error) => {
                store.engine.remove(key)?;
                Err(error)
            }
        }
    }
}

fn already_exists(id: &str) -> Error {
    Error::new(Code::AlreadyExists, format!("there is a workspace `{id}` already"))
        .at("/id")
        .hint(format!("use it with --workspace {id}, or choose another id"))
}

fn first_commit(row: &CatalogRow) -> Result<Commit> {
    let meta = Meta {
        format: keys::FORMAT,
        workspace: row.id.clone(),
        kind: row.kind,
        deleted: false,
        strict_refs: false,
        next_collection: 1,
        next_index: 1,
        collections: 0,
        dropped_indexes: Vec::new(),
        revision: 1,
    };
    let put = Put::plain(keys::meta(), encode(&meta)?);
    Ok(Commit { id: env::random_bytes()?, time_ms: row.created_ms, puts: vec![put], ..Commit::default() })
}

impl StoreRequest for GetWorkspace {
    type Answer = About;
    fn run(&self, store: &Store) -> Result<Self::Answer> {
        check_workspace_id(&self.id).map_err(|e| e.at("/id"))?;
        let view = store.engine.view(WorkspaceKey::CATALOG)?;
        let (_, row) = find(&*view, &self.id)?.ok_or_else(|| workspace_not_found(&self.id).at("/id"))?;
        Ok(about(row))
    }
}

impl StoreRequest for ListWorkspaces {
    type Answer = List<About>;
    fn run(&self, store: &Store) -> Result<Self::Answer> {
        Ok(List::whole(store.rows()?.into_iter().map(about).collect()))
    }
}

impl StoreRequest for DeleteWorkspace {
    type Answer = Deleted;
    fn run(&self, store: &Store) -> Result<Self::Answer> {
        check_workspace_id(&self.id).map_err(|e| e.at("/id"))?;
        let view = store.engine.view(WorkspaceKey::CATALOG)?;
        let (version, row) =
            find(&*view, &self.id)?.ok_or_else(|| workspace_not_found(&self.id).at("/id"))?;
        let previews: Vec<CatalogRow> =
            store.rows()?.into_iter().filter(|other| other.parent.as_ref() == Some(&self.id)).collect();
        if !previews.is_empty() && !self.with_previews {
            let ids: Vec<&str> = previews.iter().map(|row| row.id.as_str()).collect();
            return Err(Error::new(
                Code::InvalidRequest,
                format!("the workspace `{}` has the previews {}", self.id, ids.join(", ")),
            )
            .at("/id")
            .hint("add --with-previews to delete them too"));
        }
        for preview in &previews {
            if let Some((version, row)) = find(&*view, &preview.id)? {
                store.delete_one(&row, version)?;
            }
        }
        store.delete_one(&row, version)?;
        Ok(Deleted { id: self.id.clone(), deleted: true, relationships_deleted: None })
    }
}
