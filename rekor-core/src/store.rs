//! The door to a store: a directory of workspaces, and the catalog that lists them.
//!
//! Making a workspace makes its file first; the catalog's entry is the commit point. Deleting one marks
//! it in its own settings, so that open handles learn it, then removes the entry, then the file. What a
//! crash leaves between these steps is finished by whoever meets it.

mod calls;
mod catalog;
mod entrance;
mod handles;
mod operations;
mod options;
mod passphrase;
mod previews;
mod protection;
mod requests;
mod restore;
mod settings;
mod tokens;

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use crate::api::history::Action;
use crate::api::list::{Actor, Role};
use crate::api::workspace::Kind;
use crate::codec::collection::{Meta, decode};
use crate::codec::id::check_workspace_id;
use crate::codec::keys;
use crate::ctx::grant::Grant;
use crate::ctx::once::Once;
use crate::ctx::rights::Right;
use crate::ctx::scope::Reach;
use crate::ctx::session::{Session, workspace_not_found};
use crate::engine::redb::{Options, RedbEngine};
use crate::engine::{Engine, Put, Seq, View, WorkspaceKey};
use crate::ground::error::{Code, Error, Result};
use crate::maintenance::Maintenance;
use crate::workspace::Workspace;

pub use operations::{STORE_OPS, StoreOp};
pub use options::OpenOptions;

/// A handle on a store of workspaces, for one actor. One that is opened is an operator's, or an agent's where the store is
/// [protected](Self::protect). Clones share what is open.
///
/// ```
/// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
/// use rekor_core::{Store, api::workspace::ListWorkspaces};
///
/// let agent: Store = store.as_agent("tidy-bot"); // a clone that may do less
/// let other = std::thread::spawn(move || agent.run(&ListWorkspaces {}));
/// assert_eq!(other.join().unwrap()?.data, store.run(&ListWorkspaces {})?.data);
/// # Ok::<(), rekor_core::Error>(())
/// ```
#[derive(Clone)]
pub struct Store {
    shared: Arc<Shared>,
    actor: Actor,
    /// The role that the actor would have if the store were not protected.
    asked: Role,
    grant: Grant,
    /// Under what the answer to a write is kept.
    once: Option<Once>,
    /// Whether writes are checked and answered and not made.
    dry: bool,
}

/// What the handles of one opening share.
struct Shared {
    engine: Arc<dyn Engine>,
    sessions: Mutex<HashMap<WorkspaceKey, Session>>,
    column_bytes: usize,
    maintenance: Option<Maintenance>,
}

/// A request that a store executes.
///
/// ```
/// use rekor_core::{Right, StoreRequest, api::workspace::{DeleteWorkspace, ListWorkspaces}};
///
/// fn needs<R: StoreRequest>(_: &R) -> Right {
///     R::RIGHT
/// }
/// assert_eq!(needs(&ListWorkspaces {}), Right::Read);
/// assert_eq!(needs(&DeleteWorkspace::default()), Right::DeleteWorkspace);
/// ```
pub trait StoreRequest: Serialize {
    /// What it is answered with.
    type Answer: Serialize;

    /// What the caller needs to be allowed.
    const RIGHT: Right;

    /// The part of the store that it has to do with: all unless said, which a handle that reaches only a part is refused.
    fn reach(&self) -> Reach<'_> {
        Reach::All
    }

    /// What it does to which workspace, if it changes one.
    fn change(&self) -> Option<(String, Action)> {
        None
    }

    /// The workspace in whose key space its answer is kept under an idempotency key; the catalog without one.
    fn home(&self) -> Option<&str> {
        None
    }

    /// Executes it, if the handle's actor may. [`Store::run`] asks before whether its tokens let it.
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
    ///
    /// ```
    /// use rekor_core::{OpenOptions, Store, api::workspace::CreateWorkspace};
    ///
    /// # let dir = tempfile::tempdir().unwrap();
    /// # let path = dir.path().join("store");
    /// let store = Store::open(&path, OpenOptions::default())?;
    /// store.run(&CreateWorkspace { id: "ops".into(), ..Default::default() })?;
    /// store.close()?;
    /// # Ok::<(), rekor_core::Error>(())
    /// ```
    pub fn open(path: impl AsRef<Path>, options: OpenOptions) -> Result<Self> {
        let OpenOptions { exclusive, read_only, cache_bytes, busy_timeout_ms, maintenance } = options;
        let options = Options { exclusive, read_only, cache_bytes, busy_timeout_ms };
        let engine = Arc::new(RedbEngine::open(path.as_ref(), options)?);
        let maintenance = (maintenance && !read_only).then(Maintenance::default);
        let is_protected = protection::is_there(&*engine)?;
        let shared = Shared { engine, sessions: Mutex::default(), column_bytes: cache_bytes, maintenance };
        Ok(Self::of(shared, is_protected))
    }

    /// A store on an engine of the caller's, without a thread for maintenance.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use rekor_core::{Store, api::workspace::CreateWorkspace, engine::memory::MemoryEngine};
    ///
    /// let store = Store::on_engine(Arc::new(MemoryEngine::new())); // gone with the last handle
    /// store.run(&CreateWorkspace { id: "ops".into(), ..Default::default() })?;
    /// assert_eq!(store.only_workspace()?.id(), "ops");
    /// # Ok::<(), rekor_core::Error>(())
    /// ```
    #[must_use]
    pub fn on_engine(engine: Arc<dyn Engine>) -> Self {
        // Where it cannot be read whether the store is protected, nothing else can be read either.
        let is_protected = protection::is_there(&*engine).unwrap_or(true);
        let shared = Shared { engine, sessions: Mutex::default(), column_bytes: 64 << 20, maintenance: None };
        Self::of(shared, is_protected)
    }

    fn of(shared: Shared, is_protected: bool) -> Self {
        let role = if is_protected { Role::Agent } else { Role::Operator };
        let actor = Actor { role, ..Actor::default() };
        let (asked, grant) = (Role::Operator, Grant::default());
        Self { shared: Arc::new(shared), actor, asked, grant, once: None, dry: false }
    }

    /// A handle on a workspace.
    ///
    /// ```
    /// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
    /// use rekor_core::Code;
    ///
    /// let ops = store.workspace("ops")?;
    /// assert_eq!(ops.id(), "ops");
    /// assert_eq!(store.workspace("shop").err().map(|error| error.code()), Some(Code::WorkspaceNotFound));
    /// # Ok::<(), rekor_core::Error>(())
    /// ```
    pub fn workspace(&self, id: &str) -> Result<Workspace> {
        check_workspace_id(id).map_err(|e| e.at("/workspace"))?;
        self.grant.check()?;
        self.grant.allow_workspace(id, || self.kind_of(id)).map_err(|e| e.at("/workspace"))?;
        let view = self.shared.engine.view(WorkspaceKey::CATALOG)?;
        let (_, row) = find(&*view, id)?.ok_or_else(|| workspace_not_found(id))?;
        let key = WorkspaceKey(row.file);
        drop(view);
        if let Some(session) = self.sessions().get(&key) {
            return Ok(self.handle(session));
        }
        if self.is_half_deleted(&row)? {
            return Err(workspace_not_found(id));
        }
        let session = Session::new(
            Arc::clone(&self.shared.engine),
            key,
            id,
            Actor::default(),
            self.shared.column_bytes,
        );
        let signal = self.shared.maintenance.as_ref().and_then(Maintenance::start);
        let looks = signal.is_some();
        let session = session.with_signal(signal);
        // What other processes have left undone is looked at once; a workspace of before columns is left as it is until it
        // is written to.
        if looks && session.has_columns().unwrap_or(false) {
            session.note();
        }
        let session = self.sessions().entry(key).or_insert(session).clone();
        Ok(self.handle(&session))
    }

    /// A workspace's handle that may do what this one may.
    fn handle(&self, session: &Session) -> Workspace {
        let session = session.with_actor(self.actor.clone()).with_grant(self.grant.clone());
        Workspace::new(if self.dry { session.rehearsing() } else { session })
    }

    /// Refuses what the handle's tokens do not let it reach, and everything once one of them no longer stands.
    fn allow_reach(&self, reach: Reach<'_>) -> Result<()> {
        self.grant.check()?;
        self.grant.allow_reach(reach, |id| self.kind_of(id))
    }

    /// The kind of a workspace, if there is one with this id.
    fn kind_of(&self, id: &str) -> Result<Option<Kind>> {
        let view = self.shared.engine.view(WorkspaceKey::CATALOG)?;
        Ok(find(&*view, id)?.map(|(_, row)| row.kind))
    }

    fn sessions(&self) -> MutexGuard<'_, HashMap<WorkspaceKey, Session>> {
        self.shared.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A handle on the only production workspace that there is, else `workspace_required`.
    ///
    /// ```
    /// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
    /// use rekor_core::{Code, api::workspace::CreateWorkspace};
    ///
    /// assert_eq!(store.only_workspace()?.id(), "ops");
    /// store.run(&CreateWorkspace { id: "books".into(), ..Default::default() })?;
    /// assert_eq!(store.only_workspace().err().map(|error| error.code()), Some(Code::WorkspaceRequired));
    /// # Ok::<(), rekor_core::Error>(())
    /// ```
    pub fn only_workspace(&self) -> Result<Workspace> {
        self.grant.check()?;
        let rows = self.rows()?.into_iter().filter(|row| self.grant.has_workspace(&row.id, row.kind));
        let mut ids: Vec<String> =
            rows.filter(|row| row.kind == Kind::Production).map(|row| row.id).collect();
        if ids.len() == 1 {
            return self.workspace(&ids.pop().unwrap_or_default());
        }
        let error = Error::new(
            Code::WorkspaceRequired,
            if ids.is_empty() && !self.grant.is_none() {
                "there is no production workspace that the token reaches".to_owned()
            } else if ids.is_empty() {
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
    ///
    /// ```
    /// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
    /// use rekor_core::{OpenOptions, Store};
    ///
    /// store.close()?;
    /// assert!(ws.seq().is_err()); // its handles are of no use any more
    /// let again = Store::open(dir.path().join("store"), OpenOptions { exclusive: true, ..Default::default() })?;
    /// assert!(again.workspace("ops")?.seq()? > 0);
    /// # Ok::<(), rekor_core::Error>(())
    /// ```
    pub fn close(self) -> Result<()> {
        if let Some(maintenance) = &self.shared.maintenance {
            maintenance.end();
        }
        self.shared.engine.close()
    }

    fn rows(&self) -> Result<Vec<CatalogRow>> {
        let view = self.shared.engine.view(WorkspaceKey::CATALOG)?;
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

    /// Whether the catalog names a workspace whose deletion a crash interrupted.
    fn is_half_deleted(&self, row: &CatalogRow) -> Result<bool> {
        let view = match self.shared.engine.view(WorkspaceKey(row.file)) {
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
        let view = self.shared.engine.view(WorkspaceKey::CATALOG)?;
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

    fn delete_one(&self, row: &CatalogRow, version: Seq, kept: Vec<Put>) -> Result<()> {
        let key = WorkspaceKey(row.file);
        let session = Session::new(Arc::clone(&self.shared.engine), key, &row.id, Actor::default(), 0);
        match session.write(|ctx| ctx.edit_meta(|meta| meta.deleted = true)) {
            Ok(_) => {}
            Err(error) if error.code() == Code::WorkspaceNotFound => {}
            Err(error) => return Err(error),
        }
        self.put_row(&row.id, version, None, kept)?;
        self.sessions().remove(&key);
        match self.shared.engine.remove(key) {
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
