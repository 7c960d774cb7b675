//! The door to one workspace: a cheap handle for one actor. It runs requests and knows nothing of them.

use std::io::{BufRead, Write};

use crate::api::call::CallOptions;
use crate::api::list::Actor;
use crate::api::query::{Aggregate, Query};
use crate::api::transfer::{ExportRecords, ImportAnswer, ImportRecords};
use crate::ctx::rights::{self, Right};
use crate::ctx::scope::Touches;
use crate::ctx::session::Session;
use crate::ground::error::Result;
use crate::ground::json::Json;
use crate::ops::backup::{self, BackupReport};
use crate::ops::check::{self, CheckReport};
use crate::ops::compact::{self, CompactReport};
use crate::ops::import::Listener;
use crate::ops::{
    Named, OPS, Request, decode, execute, export, import, maintain, no_operation, queries, respond,
};
use crate::query::table::{Table, of_aggregate};

/// A handle on a workspace. Clones share what is cached.
#[derive(Clone)]
pub struct Workspace {
    session: Session,
}

impl Workspace {
    pub(crate) const fn new(session: Session) -> Self {
        Self { session }
    }

    pub(crate) fn into_session(self) -> Session {
        self.session
    }

    pub(crate) const fn session(&self) -> &Session {
        &self.session
    }

    /// The workspace's id.
    #[must_use]
    pub fn id(&self) -> &str {
        self.session.id()
    }

    /// The same workspace, its writes signed by another actor, who may do no more than this handle may.
    #[must_use]
    pub fn with_actor(&self, actor: Actor) -> Self {
        let role = actor.role.and(self.session.actor().role);
        let name = self.session.grant().sign(actor.name);
        Self { session: self.session.with_actor(Actor { role, name, ..actor }) }
    }

    /// Executes a request.
    ///
    /// A write is durable when this returns. Errors are those of the request; see [`Code`](crate::Code).
    pub fn run<R: Request>(&self, request: &R) -> Result<R::Answer> {
        execute(&self.session, request)
    }

    /// Executes the operation `name` of [`OPS`] on a request in JSON, and answers in JSON.
    pub fn call(&self, name: &str, request: &str) -> Result<String> {
        self.call_with(name, request, &CallOptions::default())
    }

    /// Executes the operation `name` of [`OPS`] on a request in JSON as the options say, and answers in JSON: with a
    /// [`Rehearsal`](crate::api::call::Rehearsal) if nothing is to be written.
    pub fn call_with(&self, name: &str, request: &str, options: &CallOptions) -> Result<String> {
        let op = OPS.iter().find(|op| op.name == name);
        let op = op.ok_or_else(|| no_operation(name, OPS.iter().map(|op| op.name)))?;
        (op.call)(&self.session, request, options)
    }

    /// Executes a request as the options say, and answers in JSON.
    ///
    /// ```
    /// # use rekor_core::{Json, OpenOptions, Store, api::workspace::CreateWorkspace};
    /// # use rekor_core::api::{call::CallOptions, collection::UpsertCollection, record::UpsertRecord};
    /// # fn main() -> rekor_core::Result<()> {
    /// # let dir = tempfile::tempdir().map_err(|e| rekor_core::Error::new(rekor_core::Code::StorageError, e.to_string()))?;
    /// # let store = Store::open(dir.path().join("store"), OpenOptions::default())?;
    /// # store.run(&CreateWorkspace { id: "ops".into(), ..Default::default() })?;
    /// # let ws = store.workspace("ops")?;
    /// # let schema = Some(Json::from_text("{}"));
    /// # ws.run(&UpsertCollection { collection: "notes".into(), schema, ..Default::default() })?;
    /// let note = UpsertRecord { collection: "notes".into(), data: Some(Json::from_text("{}")), ..Default::default() };
    /// let once = CallOptions { idempotency_key: Some("note-of-monday".into()), ..Default::default() };
    /// let first = ws.run_with(&note, &once)?;
    /// assert_eq!(ws.run_with(&note, &once)?, first); // one record, with one id
    /// # store.close()
    /// # }
    /// ```
    pub fn run_with<R: Request + Named>(&self, request: &R, options: &CallOptions) -> Result<Json> {
        respond(&self.session, request, options).map(Json::from_text)
    }

    /// A handle whose writes are checked and answered as if they were made, and not made.
    #[must_use]
    pub fn dry_run(&self) -> Self {
        Self { session: self.session.rehearsing() }
    }

    /// Imports records from lines, up to 3,800 a commit. `listen` hears of progress and refused lines; an
    /// error that it answers ends the import.
    pub fn import_records(
        &self,
        request: &ImportRecords,
        input: &mut (dyn BufRead + Send),
        listen: &mut Listener<'_>,
    ) -> Result<ImportAnswer> {
        self.session.allow(Right::WriteRecords)?;
        self.session.allow_touches(|| import::touches(request))?;
        import::import_records(&self.session, request, input, listen)
    }

    /// Imports relationships from NDJSON lines of `{"source","target","type","data"}`.
    pub fn import_relationships(
        &self,
        input: &mut dyn BufRead,
        strict: bool,
        skip_bad_lines: bool,
        listen: &mut Listener<'_>,
    ) -> Result<ImportAnswer> {
        self.session.allow(Right::WriteRecords)?;
        import::import_relationships(&self.session, input, strict, skip_bad_lines, listen)
    }

    /// Writes every record of a collection to `output`, in id order, and answers how many there were.
    pub fn export_records(
        &self,
        request: &ExportRecords,
        output: &mut dyn Write,
        progress: &mut dyn FnMut(u64) -> Result<()>,
    ) -> Result<u64> {
        self.session.allow(Right::Read)?;
        self.session.allow_touches(|| Touches::one(&request.collection))?;
        export::export_records(&self.session, request, output, progress)
    }

    /// All records that a query finds, or the rows of an aggregate, as columns of one type each: `name` is that of the
    /// operation, `request` is in JSON. What a query's `limit` counts is all rows, and it has no pages.
    pub fn table(&self, name: &str, request: &str) -> Result<Table> {
        match name {
            Query::NAME => queries::table(&self.session, &decode(request)?),
            Aggregate::NAME => {
                let request: Aggregate = decode(request)?;
                of_aggregate(&request, &self.run(&request)?)
            }
            other => Err(no_operation(other, [Query::NAME, Aggregate::NAME].into_iter())),
        }
    }

    /// Does one step of keeping column groups in shape; `false` when there was nothing to do. Only needed where no thread
    /// does it: see [`OpenOptions::maintenance`](crate::OpenOptions::maintenance).
    pub fn maintain(&self) -> Result<bool> {
        maintain::step(&self.session, &mut maintain::Round::default())
    }

    /// The number of the newest commit.
    pub fn seq(&self) -> Result<u64> {
        self.session.allow(Right::Read)?;
        Ok(self.session.view()?.0.seq().0)
    }

    /// Verifies every byte of the workspace, and every row against what is derived from it.
    pub fn check(&self) -> Result<CheckReport> {
        self.session.allow(Right::Read)?;
        self.session.allow_touches(|| Touches::All)?;
        check::check(&self.session)
    }

    /// Writes a backup: the newest commit as it is now, while others go on writing. [`Store::restore`](crate::Store::restore)
    /// makes a workspace of it again.
    ///
    /// Only an operator may: a backup holds all that anybody has ever written.
    pub fn backup(&self, output: &mut dyn Write) -> Result<BackupReport> {
        self.session.allow(Right::Read)?;
        self.session.allow_touches(|| Touches::All)?;
        let kind = || Ok(self.session.view()?.1.meta.kind);
        let command = || format!("rekor backup FILE --workspace {}", self.id());
        rights::allow(self.session.actor(), Right::Administer, self.id(), kind, command)?;
        backup::backup(&self.session, output)
    }

    /// Gives the space that the workspace's file no longer uses back to the disk.
    ///
    /// `busy` when somebody, here or in another process, still reads the workspace or writes to it at the
    /// busy timeout. Others wait while it runs, and nothing that is stored changes.
    ///
    /// ```
    /// # use rekor_core::{OpenOptions, Store, api::workspace::CreateWorkspace};
    /// # fn main() -> rekor_core::Result<()> {
    /// # let dir = tempfile::tempdir().map_err(|e| rekor_core::Error::new(rekor_core::Code::StorageError, e.to_string()))?;
    /// # let store = Store::open(dir.path().join("store"), OpenOptions::default())?;
    /// # store.run(&CreateWorkspace { id: "ops".into(), ..Default::default() })?;
    /// let report = store.workspace("ops")?.compact()?;
    /// println!("{} bytes are free again", report.bytes_before.saturating_sub(report.bytes_after));
    /// # store.close()
    /// # }
    /// ```
    pub fn compact(&self) -> Result<CompactReport> {
        self.session.allow(Right::WriteRecords)?;
        self.session.allow_touches(|| Touches::All)?;
        compact::compact(&self.session)
    }
}
