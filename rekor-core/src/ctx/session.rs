//! A workspace as operations reach it: views with their configuration, and the loop that commits,
//! re-runs on conflict and at last runs inside the write transaction, so that nobody starves.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::Serialize;

use crate::api::list::Actor;
use crate::codec::keys;
use crate::columns::cache::Cache;
use crate::columns::reader::Columns;
use crate::ctx::config::{Collection, Config};
use crate::ctx::dirt::SharedCache;
use crate::ctx::grant::Grant;
use crate::ctx::once::Once;
use crate::ctx::rights::{self, Right};
use crate::ctx::scope::Touches;
use crate::ctx::signal::Signal;
use crate::ctx::{Became, Ctx};
use crate::engine::{CommitError, Engine, Seq, View, WorkspaceKey};
use crate::ground::env;
use crate::ground::error::{Code, Error, Result};

/// Times that an operation runs outside the write transaction before it runs inside.
const FREE_RUNS: u32 = 3;

/// One workspace, for one actor.
#[derive(Clone)]
pub struct Session {
    engine: Arc<dyn Engine>,
    key: WorkspaceKey,
    id: Arc<str>,
    config: Arc<Mutex<Option<Arc<Config>>>>,
    cache: SharedCache,
    actor: Arc<Actor>,
    /// What the handle reaches.
    grant: Grant,
    /// Who is told of writes.
    signal: Option<Arc<Signal>>,
    /// Under what the answer to a write is kept.
    once: Option<Arc<Once>>,
    /// Set where nothing is written: takes what a write would have changed.
    rehearsed: Option<Arc<Mutex<Vec<Became>>>>,
}

impl Session {
    /// A session on the key space of a workspace.
    #[must_use]
    pub fn new(
        engine: Arc<dyn Engine>,
        key: WorkspaceKey,
        id: &str,
        actor: Actor,
        column_bytes: usize,
    ) -> Self {
        let cache = Arc::new(Cache::new(column_bytes));
        Self {
            engine,
            key,
            id: id.into(),
            config: Arc::default(),
            cache,
            actor: Arc::new(actor),
            grant: Grant::default(),
            signal: None,
            once: None,
            rehearsed: None,
        }
    }

    /// The same workspace, the answer to whose next write is kept.
    #[must_use]
    pub fn with_once(&self, once: Once) -> Self {
        Self { once: Some(Arc::new(once)), ..self.clone() }
    }

    /// The same workspace, in which writes are checked and answered and not made.
    #[must_use]
    pub fn rehearsing(&self) -> Self {
        Self { rehearsed: Some(Arc::default()), ..self.clone() }
    }

    /// Whether nothing is written.
    #[must_use]
    pub const fn is_rehearsing(&self) -> bool {
        self.rehearsed.is_some()
    }

    /// What writes would have changed.
    #[must_use]
    pub fn rehearsed(&self) -> Vec<Became> {
        let Some(rehearsed) = &self.rehearsed else { return Vec::new() };
        std::mem::take(&mut *rehearsed.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The same workspace for another actor.
    #[must_use]
    pub fn with_actor(&self, actor: Actor) -> Self {
        Self { actor: Arc::new(actor), ..self.clone() }
    }

    /// The same workspace for a handle that reaches only this much.
    #[must_use]
    pub fn with_grant(self, grant: Grant) -> Self {
        Self { grant, ..self }
    }

    /// What the handle reaches.
    #[must_use]
    pub const fn grant(&self) -> &Grant {
        &self.grant
    }

    /// Who works in it.
    #[must_use]
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Refuses what the actor may not do, and everything once a token of the handle no longer stands.
    pub fn allow(&self, right: Right) -> Result<()> {
        self.grant.check()?;
        self.grant.allow_workspace(&self.id, || Ok(Some(self.view()?.1.meta.kind)))?;
        rights::allow(&self.actor, right, &self.id, || Ok(self.view()?.1.meta.kind), String::new)
    }

    /// Refuses a request that touches collections which the handle does not reach.
    pub fn allow_touches<'t>(&self, touches: impl FnOnce() -> Touches<'t>) -> Result<()> {
        if self.grant.limits_collections() { self.grant.allow_touches(&touches()) } else { Ok(()) }
    }

    /// The same workspace, of whose writes `signal` is told.
    #[must_use]
    pub fn with_signal(self, signal: Option<Arc<Signal>>) -> Self {
        Self { signal, ..self }
    }

    /// The same workspace, of whose writes nobody is told.
    #[must_use]
    pub fn quiet(&self) -> Self {
        Self { signal: None, ..self.clone() }
    }

    /// Whether its records leave dirty entries: not so in a workspace that only versions of before columns wrote to.
    pub fn has_columns(&self) -> Result<bool> {
        Ok(self.view()?.1.meta.format == keys::FORMAT)
    }

    /// Tells whoever keeps columns in shape to have a look.
    pub fn note(&self) {
        if let Some(signal) = &self.signal {
            signal.note(self);
        }
    }

    /// The workspace's id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The engine below.
    #[must_use]
    pub fn engine(&self) -> &dyn Engine {
        &*self.engine
    }

    /// The columns of a collection in a snapshot.
    #[must_use]
    pub fn columns<'s>(&'s self, view: &'s dyn View, collection: &Collection) -> Columns<'s> {
        Columns::new(view, &self.cache, collection.row.number)
    }

    /// The workspace's key space.
    #[must_use]
    pub const fn key(&self) -> WorkspaceKey {
        self.key
    }

    /// A snapshot of the newest commit and the configuration that holds in it.
    pub fn view(&self) -> Result<(Arc<dyn View>, Arc<Config>)> {
        let view = self.engine.view(self.key).map_err(|e| self.name_workspace(e))?;
        let config = self.config_of(&*view)?;
        Ok((view, config))
    }

    /// Runs a reading operation on the newest commit.
    pub fn read<T>(&self, f: impl FnOnce(&mut Ctx<'_>) -> Result<T>) -> Result<T> {
        let (view, config) = self.view()?;
        f(&mut Ctx::new(&*view, config, Arc::clone(&self.cache), &self.actor, false))
    }

    /// Runs a reading operation on a snapshot that was taken before.
    pub fn read_at<T>(&self, view: &dyn View, f: impl FnOnce(&mut Ctx<'_>) -> Result<T>) -> Result<T> {
        let config = self.config_of(view)?;
        f(&mut Ctx::new(view, config, Arc::clone(&self.cache), &self.actor, false))
    }

    /// Runs a reading operation on the newest commit as if the collections that the handle does not reach were not there.
    pub fn read_within<T>(&self, f: impl FnOnce(&mut Ctx<'_>) -> Result<T>) -> Result<T> {
        let (view, config) = self.view()?;
        let ctx = Ctx::new(&*view, config, Arc::clone(&self.cache), &self.actor, false);
        f(&mut ctx.under(&self.grant, true))
    }

    /// What writes, at one snapshot.
    fn writer<'v>(&'v self, view: &'v dyn View, config: Arc<Config>) -> Ctx<'v> {
        let ctx = Ctx::new(view, config, Arc::clone(&self.cache), &self.actor, true);
        ctx.with_once(self.once.clone()).under(&self.grant, false)
    }

    /// Runs a writing operation and keeps what it would change.
    fn rehearse<T>(&self, f: &mut dyn FnMut(&mut Ctx<'_>) -> Result<T>) -> Result<(T, Option<Seq>)> {
        let (view, config) = self.view()?;
        let mut ctx = self.writer(&*view, config);
        let answer = f(&mut ctx)?;
        if let Some(rehearsed) = &self.rehearsed {
            rehearsed.lock().unwrap_or_else(PoisonError::into_inner).extend(ctx.became());
        }
        Ok((answer, None))
    }

    /// Runs a writing operation until it is committed. The Seq is none when it wrote nothing.
    ///
    /// `f` may run several times, each time on a newer view; only its last answer counts.
    pub fn write<T>(&self, mut f: impl FnMut(&mut Ctx<'_>) -> Result<T>) -> Result<(T, Option<Seq>)> {
        for run in 0..FREE_RUNS {
            if let Some(done) = self.try_write(&mut f)? {
                return Ok(done);
            }
            self.pause(run);
        }
        self.write_held(&mut f)
    }

    /// Runs a writing operation until it is committed; its answer is kept if the caller gave an idempotency key.
    pub fn answer<A: Serialize>(&self, mut f: impl FnMut(&mut Ctx<'_>) -> Result<A>) -> Result<A> {
        let (answer, _) = self.write(|ctx| {
            let answer = f(ctx)?;
            ctx.answer(answer)
        })?;
        Ok(answer)
    }

    /// Runs a writing operation until it is committed, never inside the write transaction: for steps of
    /// long work, which can afford to lose a race.
    pub fn write_free<T>(&self, mut f: impl FnMut(&mut Ctx<'_>) -> Result<T>) -> Result<(T, Option<Seq>)> {
        let deadline = env::Deadline::after_ms(60_000);
        let mut run = 0;
        while !deadline.passed() {
            if let Some(done) = self.try_write(&mut f)? {
                return Ok(done);
            }
            self.pause(run);
            run += 1;
        }
        Err(Error::new(Code::Busy, "other writers kept changing the same records for a minute")
            .hint("try again when there are fewer writers"))
    }

    /// Runs a writing operation once; none when another writer was in its way.
    pub fn write_once<T>(
        &self,
        mut f: impl FnMut(&mut Ctx<'_>) -> Result<T>,
    ) -> Result<Option<(T, Option<Seq>)>> {
        self.try_write(&mut f)
    }

    /// Runs a writing operation inside the write transaction, where it cannot conflict.
    pub fn write_held<T>(&self, f: &mut dyn FnMut(&mut Ctx<'_>) -> Result<T>) -> Result<(T, Option<Seq>)> {
        if self.is_rehearsing() {
            return self.rehearse(f);
        }
        let mut answer = None;
        let mut idle = false;
        let done = self.engine.commit_held(self.key, &mut |view| {
            let config = self.config_of(view)?;
            let mut ctx = self.writer(view, config);
            answer = Some(f(&mut ctx)?);
            idle = false;
            ctx.into_commit()?.ok_or_else(|| {
                // There is nothing to commit: end the write transaction without one.
                idle = true;
                Error::new(Code::Internal, "nothing to commit")
            })
        });
        let seq = match done {
            Ok(seq) => {
                self.note();
                Some(seq)
            }
            Err(_) if idle => None,
            Err(error) => return Err(self.name_workspace(commit_error(error))),
        };
        answer.map(|a| (a, seq)).ok_or_else(|| Error::new(Code::Internal, "the operation did not run"))
    }

    fn try_write<T>(
        &self,
        f: &mut impl FnMut(&mut Ctx<'_>) -> Result<T>,
    ) -> Result<Option<(T, Option<Seq>)>> {
        if self.is_rehearsing() {
            return self.rehearse(f).map(Some);
        }
        let (view, config) = self.view()?;
        let mut ctx = self.writer(&*view, config);
        let answer = f(&mut ctx)?;
        let Some(commit) = ctx.into_commit()? else { return Ok(Some((answer, None))) };
        // The snapshot is let go before the commit, so that the pages it holds can be used again.
        drop(view);
        match self.engine.commit(self.key, commit) {
            Ok(seq) => {
                self.note();
                Ok(Some((answer, Some(seq))))
            }
            Err(CommitError::Conflict) => Ok(None),
            Err(error) => Err(self.name_workspace(commit_error(error))),
        }
    }

    fn pause(&self, run: u32) {
        let random = env::random_bytes().map_or(0, |b| u64::from(b.first().copied().unwrap_or(0)));
        std::thread::sleep(Duration::from_micros((random + 1) * 10 * u64::from(run.min(6) + 1)));
    }

    fn config_of(&self, view: &dyn View) -> Result<Arc<Config>> {
        let mut found = None;
        let mut known = self.config.lock().unwrap_or_else(PoisonError::into_inner);
        view.get_with(&keys::meta(), &mut |meta| {
            found = meta.map(|(version, bytes)| match &*known {
                Some(config) if config.version == version => Ok(Arc::clone(config)),
                old => Config::new(version, bytes, old.as_deref()).map(Arc::new),
            });
        })?;
        let config = found.unwrap_or_else(|| {
            Err(Error::new(Code::CorruptStore, "the workspace has no settings").hint("run `rekor check`"))
        })?;
        if config.meta.deleted {
            return Err(workspace_not_found(&self.id));
        }
        // A view may be older than the newest configuration known; the newer one is kept.
        if known.as_ref().is_none_or(|old| old.version < config.version) {
            *known = Some(Arc::clone(&config));
        }
        Ok(config)
    }

    fn name_workspace(&self, error: Error) -> Error {
        if error.code() == Code::WorkspaceNotFound { workspace_not_found(&self.id) } else { error }
    }
}

/// The error for a workspace that is not there.
#[must_use]
pub fn workspace_not_found(id: &str) -> Error {
    let make = match id.split_once("--") {
        Some((parent, slug)) => format!("rekor workspaces create-preview {parent} --name {slug}"),
        None => format!("rekor workspaces create {id}"),
    };
    Error::new(Code::WorkspaceNotFound, format!("there is no workspace `{}`", crate::codec::id::shorten(id)))
        .hint(format!("list them with `rekor workspaces list`, make it with `{make}`"))
}

/// The error of a commit that no longer can be tried again.
#[must_use]
pub fn commit_error(error: CommitError) -> Error {
    match error {
        CommitError::Conflict => Error::new(Code::Busy, "other writers kept changing the same data"),
        CommitError::TooLarge(what) => Error::new(Code::LimitExceeded, what).hint("do it in smaller steps"),
        CommitError::Failed(error) => error,
    }
}
