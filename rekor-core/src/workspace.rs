//! The door to one workspace: a cheap handle for one actor. It runs requests and knows nothing of them.

use std::fmt;
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
///
/// ```
/// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
/// use rekor_core::{Workspace, api::query::Query};
///
/// let readers: Vec<_> = (0..2)
///     .map(|_| {
///         let ws: Workspace = ws.clone();
///         std::thread::spawn(move || ws.run(&Query { collection: "invoices".into(), ..Default::default() }))
///     })
///     .collect();
/// for reader in readers {
///     assert_eq!(reader.join().unwrap()?.data.len(), 3);
/// }
/// # Ok::<(), rekor_core::Error>(())
/// ```
#[derive(Clone)]
pub struct Workspace {
    session: Session,
}

impl fmt::Debug for Workspace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let actor = self.session.actor();
        f.debug_struct("Workspace").field("id", &self.id()).field("actor", actor).finish_non_exhaustive()
    }
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
    ///
    /// ```
    /// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
    /// assert_eq!(ws.id(), "ops");
    /// # Ok::<(), rekor_core::Error>(())
    /// ```
    #[must_use]
    pub fn id(&self) -> &str {
        self.session.id()
    }

    /// The same workspace, its writes signed by another actor, who may do no more than this handle may.
    ///
    /// ```
    /// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
    /// use rekor_core::api::{list::Actor, record::DeleteRecord, undo::Undo};
    ///
    /// let bot = ws.with_actor(Actor { name: "tidy-bot".into(), run: Some("run-7".into()), ..Actor::default() });
    /// bot.run(&DeleteRecord { collection: "invoices".into(), id: Some("inv-3".into()), ..Default::default() })?;
    /// assert_eq!(ws.run(&Undo { run: Some("run-7".into()), ..Default::default() })?.records, 1);
    /// # Ok::<(), rekor_core::Error>(())
    /// ```
    #[must_use]
    pub fn with_actor(&self, actor: Actor) -> Self {
        let role = actor.role.and(self.session.actor().role);
        let name = self.session.grant().sign(actor.name);
        Self { session: self.session.with_actor(Actor { role, name, ..actor }) }
    }

    /// Executes a request.
    ///
    /// A write is durable when this returns. Errors are those of the request; see [`Code`](crate::Code).
    ///
    /// ```
    /// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
    /// use rekor_core::{Code, api::record::GetRecord};
    ///
    /// let get = |id: &str| GetRecord { collection: "invoices".into(), id: Some(id.into()), ..Default::default() };
    /// assert_eq!(ws.run(&get("inv-2"))?.data.text(), r#"{"amount":80,"status":"paid"}"#);
    /// assert_eq!(ws.run(&get("inv-9")).unwrap_err().code(), Code::RecordNotFound);
    /// # Ok::<(), rekor_core::Error>(())
    /// ```
    pub fn run<R: Request>(&self, request: &R) -> Result<R::Answer> {
        execute(&self.session, request)
    }

    /// Executes the operation `name` of [`OPS`] on a request in JSON, and answers in JSON.
    ///
    /// ```
    /// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
    /// let answer = ws.call("query", r#"{"collection": "customers", "fields": ["data.name"], "limit": 1}"#)?;
    /// assert!(answer.starts_with(r#"{"data":[{"id":"acme","data":{"name":"Acme"}}],"#));
    /// # Ok::<(), rekor_core::Error>(())
    /// ```
    pub fn call(&self, name: &str, request: &str) -> Result<String> {
        self.call_with(name, request, &CallOptions::default())
    }

    /// Executes the operation `name` of [`OPS`] on a request in JSON as the options say, and answers in JSON: with a
    /// [`Rehearsal`](crate::api::call::Rehearsal) if nothing is to be written.
    ///
    /// ```
    /// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
    /// use rekor_core::api::call::CallOptions;
    ///
    /// let rehearse = CallOptions { dry_run: true, ..Default::default() };
    /// let answer = ws.call_with("delete_record", r#"{"collection": "customers", "id": "zen"}"#, &rehearse)?;
    /// assert!(answer.starts_with(r#"{"dry_run":true,"answer":{"id":"zen","deleted":true"#));
    /// # Ok::<(), rekor_core::Error>(())
    /// ```
    pub fn call_with(&self, name: &str, request: &str, options: &CallOptions) -> Result<String> {
        let op = OPS.iter().find(|op| op.name == name);
        let op = op.ok_or_else(|| no_operation(name, OPS.iter().map(|op| op.name)))?;
        (op.call)(&self.session, request, options)
    }

    /// Executes a request as the options say, and answers in JSON.
    ///
    /// ```
    /// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
    /// use rekor_core::{Json, api::call::CallOptions, api::record::UpsertRecord};
    ///
    /// let data = Some(Json::from_text(r#"{"amount": 7}"#));
    /// let invoice = UpsertRecord { collection: "invoices".into(), data, ..Default::default() };
    /// let once = CallOptions { idempotency_key: Some("invoice-of-monday".into()), ..Default::default() };
    /// let first = ws.run_with(&invoice, &once)?;
    /// assert_eq!(ws.run_with(&invoice, &once)?, first); // one record, with one id
    /// # Ok::<(), rekor_core::Error>(())
    /// ```
    pub fn run_with<R: Request + Named>(&self, request: &R, options: &CallOptions) -> Result<Json> {
        respond(&self.session, request, options).map(Json::from_text)
    }

    /// A handle whose writes are checked and answered as if they were made, and not made.
    ///
    /// ```
    /// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
    /// use rekor_core::api::record::{DeleteRecord, GetRecord};
    ///
    /// let (collection, id) = ("customers".to_owned(), Some("acme".to_owned()));
    /// let delete = DeleteRecord { collection: collection.clone(), id: id.clone(), ..Default::default() };
    /// assert_eq!(ws.dry_run().run(&delete)?.relationships_deleted, Some(2)); // what it would come to
    /// assert!(ws.run(&GetRecord { collection, id, ..Default::default() }).is_ok()); // and nothing is gone
    /// # Ok::<(), rekor_core::Error>(())
    /// ```
    #[must_use]
    pub fn dry_run(&self) -> Self {
        Self { session: self.session.rehearsing() }
    }

    /// Imports records from lines, up to 3,800 a commit. `listen` hears of progress and refused lines; an
    /// error that it answers ends the import.
    ///
    /// ```
    /// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
    /// use rekor_core::{ImportEvent, api::transfer::ImportRecords};
    ///
    /// let request = ImportRecords { collection: "customers".into(), skip_bad_lines: true, ..Default::default() };
    /// let mut lines = "{\"name\": \"Nova\"}\n{\"name\": 5}\n".as_bytes();
    /// let mut refused = Vec::new();
    /// let done = ws.import_records(&request, &mut lines, &mut |event| {
    ///     if let ImportEvent::Refused { line, error, .. } = event {
    ///         refused.push((line, error.code().name()));
    ///     }
    ///     Ok(())
    /// })?;
    /// assert_eq!((done.created, done.failed), (1, 1));
    /// assert_eq!(refused, [(2, "validation_failed")]);
    /// # Ok::<(), rekor_core::Error>(())
    /// ```
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
    ///
    /// ```
    /// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
    /// let line = r#"{"source": "invoices/inv-3", "target": "invoices/@billing:b-17", "type": "replaces"}"#;
    /// let mut lines = line.as_bytes(); // as many as there are
    /// let done = ws.import_relationships(&mut lines, true, false, &mut |_| Ok(()))?;
    /// assert_eq!(done.created, 1);
    /// # Ok::<(), rekor_core::Error>(())
    /// ```
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
    ///
    /// ```
    /// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
    /// use rekor_core::api::transfer::ExportRecords;
    ///
    /// let request = ExportRecords { collection: "customers".into(), ..Default::default() };
    /// let mut lines = Vec::new();
    /// assert_eq!(ws.export_records(&request, &mut lines, &mut |_| Ok(()))?, 2);
    /// assert!(lines.starts_with(br#"{"id":"acme","collection":"customers","#));
    /// # Ok::<(), rekor_core::Error>(())
    /// ```
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
    ///
    /// ```
    /// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
    /// use rekor_core::Values;
    ///
    /// let table = ws.table("query", r#"{"collection": "invoices", "fields": ["id", "data.amount"]}"#)?;
    /// assert_eq!(table.columns, ["id", "data.amount"]);
    /// assert_eq!(table.chunks[0][1].values, Values::Doubles(vec![120.5, 80.0, 40.0]));
    /// # Ok::<(), rekor_core::Error>(())
    /// ```
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
    ///
    /// ```
    /// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
    /// # store.close()?;
    /// # use rekor_core::{OpenOptions, Store};
    /// let store = Store::open(dir.path().join("store"), OpenOptions { maintenance: false, ..Default::default() })?;
    /// let ws = store.workspace("ops")?;
    /// while ws.maintain()? {} // when the program has nothing else to do
    /// # Ok::<(), rekor_core::Error>(())
    /// ```
    pub fn maintain(&self) -> Result<bool> {
        maintain::step(&self.session, &mut maintain::Round::default())
    }

    /// The number of the newest commit.
    ///
    /// ```
    /// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
    /// use rekor_core::{Json, api::record::{GetRecord, PatchRecord}};
    ///
    /// let before = ws.seq()?;
    /// let (collection, id) = ("invoices".to_owned(), Some("inv-1".to_owned()));
    /// let data = Some(Json::from_text(r#"{"status": "paid"}"#));
    /// ws.run(&PatchRecord { collection: collection.clone(), id: id.clone(), data, ..Default::default() })?;
    /// assert_eq!(ws.seq()?, before + 1);
    /// let then = ws.run(&GetRecord { collection, id, at: Some(before.to_string()), ..Default::default() })?;
    /// assert_eq!(then.data.text(), r#"{"amount":120.50,"status":"open"}"#);
    /// # Ok::<(), rekor_core::Error>(())
    /// ```
    pub fn seq(&self) -> Result<u64> {
        self.session.allow(Right::Read)?;
        Ok(self.session.view()?.0.seq().0)
    }

    /// Verifies every byte of the workspace, and every row against what is derived from it.
    ///
    /// ```
    /// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
    /// let report = ws.check()?;
    /// assert_eq!((report.records, report.relationships), (5, 3));
    /// assert!(report.problems.is_empty(), "{:?}", report.problems);
    /// # Ok::<(), rekor_core::Error>(())
    /// ```
    pub fn check(&self) -> Result<CheckReport> {
        self.session.allow(Right::Read)?;
        self.session.allow_touches(|| Touches::All)?;
        check::check(&self.session)
    }

    /// Writes a backup: the newest commit as it is now, while others go on writing. [`Store::restore`](crate::Store::restore)
    /// makes a workspace of it again.
    ///
    /// Only an operator may: a backup holds all that anybody has ever written.
    ///
    /// ```
    /// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
    /// let mut backup = Vec::new();
    /// let report = ws.backup(&mut backup)?;
    /// assert_eq!((report.workspace.as_str(), report.seq), ("ops", ws.seq()?));
    /// assert_eq!(report.bytes, backup.len() as u64);
    /// # Ok::<(), rekor_core::Error>(())
    /// ```
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
    /// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
    /// let report = ws.compact()?;
    /// println!("{} bytes are free again", report.bytes_before.saturating_sub(report.bytes_after));
    /// assert!(ws.check()?.problems.is_empty());
    /// # Ok::<(), rekor_core::Error>(())
    /// ```
    pub fn compact(&self) -> Result<CompactReport> {
        self.session.allow(Right::WriteRecords)?;
        self.session.allow_touches(|| Touches::All)?;
        compact::compact(&self.session)
    }
}
