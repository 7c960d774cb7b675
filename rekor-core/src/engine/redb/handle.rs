//! One workspace of an open store: its file, the line of its writers and, when nobody else can
//! write, the newest snapshot. Nothing is locked while user code runs, save in `commit_held`. That
//! this is the process that opened the store and that it may write, the engine has asked before.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;

use super::apply::{Applied, Refusal, Writing};
use super::cell::{Cell, closed, missing};
use super::error::{Fault, busy, guarded, of_fault};
use super::fresh::Fresh;
use super::open::{Db, Writer};
use super::queue::{Lead, Queue, Turn};
use super::recover::{Broken, Fate, recover};
use super::view::Snapshot;
use super::wait;
use crate::engine::commit::CAPS;
use crate::engine::{Commit, CommitError, Seq, View};
use crate::ground::env::Deadline;
use crate::ground::error::{Error, Result};

/// A workspace that this engine has used.
pub(super) struct Handle {
    pub(super) cell: Arc<Cell>,
    pub(super) queue: Queue,
    /// Used in exclusive mode only: a snapshot kept in a shared store would make the file grow under
    /// other processes for as long as this one is idle.
    fresh: Fresh<Snapshot>,
}

impl Handle {
    pub(super) fn new(cell: Arc<Cell>) -> Self {
        Self { cell, queue: Queue::default(), fresh: Fresh::new() }
    }

    /// The newest snapshot.
    pub(super) fn view(&self) -> Result<Arc<Snapshot>> {
        let take = || Snapshot::take(&self.cell);
        if self.cell.opener.options.exclusive {
            self.fresh.get(Snapshot::is_whole, take)
        } else {
            take().map(Arc::new)
        }
    }

    /// Applies a commit, together with those that other threads bring meanwhile.
    pub(super) fn commit(&self, commit: Commit) -> Result<Seq, CommitError> {
        commit.fit(&CAPS)?;
        let deadline = self.cell.opener.deadline();
        match self.queue.enter(Some(commit), deadline, || busy(&self.cell.path)) {
            Turn::Done(verdict) => verdict,
            Turn::Lead(mut lead) => {
                let writer = match self.begin(deadline) {
                    Ok(writer) => writer,
                    Err(error) => return lead.refuse(&error),
                };
                let commits = std::mem::take(&mut lead.commits);
                lead.deliver(self.settle(writer, commits))
            }
        }
    }

    /// Applies what `f` makes of the newest state, alone in a write transaction.
    pub(super) fn commit_held(
        &self,
        f: &mut dyn FnMut(&dyn View) -> Result<Commit>,
    ) -> Result<Seq, CommitError> {
        let deadline = self.cell.opener.deadline();
        let _lead = self.alone(deadline)?;
        let writer = self.begin(deadline)?;
        // Nobody can commit now, so the newest snapshot is the state that the transaction holds.
        let view = Snapshot::take_held(&self.cell)?;
        let made = catch_unwind(AssertUnwindSafe(|| f(&view)));
        drop(view);
        let refusal = match made {
            Ok(Ok(commit)) => match commit.fit(&CAPS) {
                Ok(()) => {
                    let verdict = self.settle(writer, vec![commit]).pop();
                    return verdict.unwrap_or(Err(CommitError::Conflict));
                }
                Err(refusal) => Ok(refusal),
            },
            Ok(Err(error)) => Ok(CommitError::Failed(error)),
            Err(panic) => Err(panic),
        };
        self.abort(writer);
        Err(refusal.unwrap_or_else(|panic| resume_unwind(panic)))
    }

    /// Waits until no thread of this process writes, and keeps it so until the lead is dropped.
    pub(super) fn alone(&self, deadline: Deadline) -> Result<Lead<'_>, CommitError> {
        match self.queue.enter(None, deadline, || busy(&self.cell.path)) {
            Turn::Lead(lead) => Ok(lead),
            Turn::Done(verdict) => Err(verdict.err().unwrap_or(CommitError::Conflict)),
        }
    }

    /// Ends writing in a removed workspace. What reads it goes on.
    pub(super) fn abandon(&self) {
        self.queue.end(missing(&self.cell.path), Deadline::after_ms(0));
        self.outdate();
    }

    /// Waits for the writer and closes the file.
    pub(super) fn close(&self) -> Result<()> {
        let ended = self.queue.end(closed(&self.cell.path), self.cell.opener.deadline());
        self.outdate();
        let outcome = self.cell.close();
        // redb closes the file behind a writer that is still at work, but cannot say how that went.
        if ended { outcome } else { Err(busy(&self.cell.path)) }
    }

    /// Forgets the newest snapshot, because there is a newer one or soon may be.
    pub(super) fn outdate(&self) {
        self.fresh.outdate();
    }

    /// Whether no view is open on the file.
    pub(super) fn is_idle(&self) -> bool {
        self.outdate();
        Arc::strong_count(&self.cell) == 1
    }

    fn begin(&self, deadline: Deadline) -> Result<Writer> {
        let begun = wait::until(deadline, || self.cell.with(Db::try_begin_write));
        if begun.is_err() {
            // A handle that cannot begin may be one that an earlier error has ended.
            self.cell.shut();
            self.outdate();
        }
        begun?.ok_or_else(|| busy(&self.cell.path))
    }

    /// Applies the commits in `txn` and answers the verdict on each, the file closed and read again
    /// if that went wrong.
    fn settle(&self, writer: Writer, commits: Vec<Commit>) -> Vec<Result<Seq, CommitError>> {
        let count = commits.len();
        let mut judged = Vec::with_capacity(count);
        let fate = match self.run(writer, commits, &mut judged) {
            Ok(()) => Fate::Landed,
            Err(broken) => recover(&self.cell, broken, &judged),
        };
        self.outdate();
        let failed = |error: &Error| Err(CommitError::Failed(error.clone()));
        let verdict = |outcome: Result<Applied, CommitError>| match (outcome, &fate) {
            (Ok(applied), Fate::Landed) => Ok(applied.seq),
            (Ok(_), Fate::Lost(error)) => failed(error),
            (Err(refusal), _) => Err(refusal),
        };
        let mut verdicts: Vec<_> = judged.into_iter().map(verdict).collect();
        if let Fate::Lost(error) = &fate {
            verdicts.resize_with(count, || failed(error));
        }
        verdicts
    }

    fn run(
        &self,
        Writer { txn, health }: Writer,
        commits: Vec<Commit>,
        judged: &mut Vec<Result<Applied, CommitError>>,
    ) -> Result<(), Broken> {
        let path = &self.cell.path;
        let mut committing = false;
        let outcome = guarded(path, || {
            let write = || {
                let mut writing = Writing::open(&txn, path)?;
                for commit in commits {
                    match writing.apply(commit) {
                        Ok(applied) => judged.push(Ok(applied)),
                        Err(Refusal::Refused(refusal)) => judged.push(Err(refusal)),
                        Err(Refusal::Broken(fault)) => return Err(fault),
                    }
                }
                if !judged.iter().any(Result::is_ok) {
                    drop(writing);
                    txn.abort()?;
                    return Ok(());
                }
                writing.finish()?;
                committing = true;
                Ok::<_, Fault>(txn.commit()?)
            };
            write().map_err(|fault| of_fault(&fault, path))
        });
        outcome.map_err(|error| Broken { error, committing, unsynced: health.is_unsynced() })
    }

    fn abort(&self, writer: Writer) {
        let path = &self.cell.path;
        if guarded(path, || writer.txn.abort().map_err(|fault| of_fault(&fault.into(), path))).is_err() {
            // What the transaction leaves behind is repaired by the next opening.
            self.cell.shut();
            self.outdate();
        }
    }
}
