//! Applies commits inside one write transaction, each judged by itself. It must never write a row of
//! a commit before all that could refuse the commit has been asked.

use std::ops::Bound;
use std::path::Path;

use ::redb::{ReadableTable, Table, WriteTransaction};

use super::error::Fault;
use super::puts;
use super::table::{self, ROWS, SYS, Stand};
use crate::engine::commit::CAPS;
use crate::engine::{Check, Commit, CommitError, Entry, RangePrinter, Seq};
use crate::ground::error::Error;

pub(super) type Rows<'txn> = Table<'txn, &'static [u8], &'static [u8]>;

/// The tables of a write transaction and the Seq that it has come to.
pub(super) struct Writing<'txn> {
    rows: Rows<'txn>,
    sys: Table<'txn, &'static str, u64>,
    stand: Stand,
    path: &'txn Path,
}

/// A commit that its transaction holds.
#[derive(Debug, Clone)]
pub(super) struct Applied {
    pub(super) seq: Seq,
    /// The key and the id to look for when it is unclear whether the transaction landed.
    pub(super) proof: Option<(Vec<u8>, [u8; 16])>,
}

/// Why a commit could not be applied.
pub(super) enum Refusal {
    /// It is refused, and left nothing in the transaction.
    Refused(CommitError),
    /// The transaction is of no use any more.
    Broken(Fault),
}

impl<T: Into<Fault>> From<T> for Refusal {
    fn from(fault: T) -> Self {
        Self::Broken(fault.into())
    }
}

fn refused(error: Error) -> Refusal {
    Refusal::Refused(CommitError::Failed(error))
}

impl<'txn> Writing<'txn> {
    pub(super) fn open(txn: &'txn WriteTransaction, path: &'txn Path) -> Result<Self, Fault> {
        let sys = txn.open_table(SYS)?;
        let stand = Stand::read(&sys)?;
        Ok(Self { rows: txn.open_table(ROWS)?, sys, stand, path })
    }

    /// Marks a new file as one of this format.
    pub(super) fn format(&mut self) -> Result<(), Fault> {
        table::write_format(&mut self.sys)
    }

    /// Applies one commit after those before it, or leaves nothing of it.
    pub(super) fn apply(&mut self, mut commit: Commit) -> Result<Applied, Refusal> {
        commit.fit(&CAPS).map_err(Refusal::Refused)?;
        for check in &commit.checks {
            if !self.holds(check)? {
                return Err(Refusal::Refused(CommitError::Conflict));
            }
        }
        let seq = Seq(self.stand.seq.0.saturating_add(1));
        let time_ms = self.stand.time_ms.max(commit.time_ms);
        let proof = commit.stamp(seq, time_ms).map_err(refused)?;
        let id = commit.id;
        self.write(commit, seq)?;
        self.stand = Stand { seq, time_ms };
        Ok(Applied { seq, proof: proof.map(|key| (key, id)) })
    }

    fn write(&mut self, commit: Commit, seq: Seq) -> Result<(), Refusal> {
        for key in &commit.deletes {
            self.rows.remove(key.as_slice())?;
        }
        for (key, version) in &commit.delete_if {
            if *version != Seq(0) && self.version(key)? == *version {
                self.rows.remove(key.as_slice())?;
            }
        }
        puts::write(&mut self.rows, &commit.puts, seq)?;
        Ok(())
    }

    /// Writes rows of a copy, which come after all that are stored, and where the copy stands.
    pub(super) fn append(&mut self, rows: &[Entry], stand: Stand) -> Result<(), Fault> {
        puts::append(&mut self.rows, rows)?;
        self.stand = stand;
        Ok(())
    }

    /// Writes where the file stands now; the transaction can be committed after this.
    pub(super) fn finish(mut self) -> Result<(), Fault> {
        self.stand.write(&mut self.sys)
    }

    fn holds(&self, check: &Check) -> Result<bool, Refusal> {
        Ok(match check {
            Check::Same(key, version) => self.version(key)? == *version,
            Check::Exists(key) => self.rows.get(key.as_slice())?.is_some(),
            Check::SameRange { lo, hi, print } => {
                let mut printer = RangePrinter::default();
                if lo < hi {
                    let span = (Bound::Included(lo.as_slice()), Bound::Excluded(hi.as_slice()));
                    for pair in self.rows.range::<&[u8]>(span)? {
                        let (key, row) = pair?;
                        let (version, _) = table::split(row.value(), self.path).map_err(refused)?;
                        printer.add(key.value(), version);
                    }
                }
                printer.finish() == *print
            }
        })
    }

    fn version(&self, key: &[u8]) -> Result<Seq, Refusal> {
        match self.rows.get(key)? {
            None => Ok(Seq(0)),
            Some(row) => Ok(table::split(row.value(), self.path).map_err(refused)?.0),
        }
    }
}
