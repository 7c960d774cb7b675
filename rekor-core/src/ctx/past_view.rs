//! The records of one collection as they were after an earlier commit, as a snapshot that queries can read row by row: the rows
//! of now, and over them what the journal says of each record that has changed since. Everything that is derived from
//! records (indexes, columns, edges) is of now, and is not there.

use std::collections::{BTreeMap, HashMap};
use std::ops::ControlFlow;

use crate::codec::id::Id;
use crate::codec::keys::{self, Thing};
use crate::codec::row::decode_record;
use crate::ctx::journal;
use crate::engine::{OnRow, OnValue, Read, Reply, Seq, View, answer_reads};
use crate::ground::env::Deadline;
use crate::ground::error::{Code, Error, Result};
use crate::ground::limits::{COMMIT_BYTES, QUERY_MS};

/// The key of a record that has changed, and its row as it was.
type OldRow<'r> = (&'r Vec<u8>, &'r Option<Vec<u8>>);

/// Bytes that are counted for a record beside its row.
const ROW_BYTES: usize = 128;

/// Snapshot of a collection's records as they were.
pub struct PastView<'v> {
    now: &'v dyn View,
    seq: Seq,
    collection: u32,
    /// The records that have changed since, as they were.
    rows: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
    /// The external keys that these had.
    externals: HashMap<Vec<u8>, Vec<u8>>,
}

impl<'v> PastView<'v> {
    /// The records of a collection after the commit `seq`.
    pub fn new(now: &'v dyn View, collection: u32, seq: Seq, deadline: Deadline) -> Result<Self> {
        let mut past = Self { now, seq, collection, rows: BTreeMap::new(), externals: HashMap::new() };
        let mut bytes = 0;
        let mut failed = Ok(());
        journal::changes_since(now, seq, &mut |_, change| {
            if change.thing == Thing::Record && change.collection == collection {
                bytes += ROW_BYTES + change.before.as_ref().map_or(0, Vec::len);
                failed = past.add(&change.id, change.before);
            }
            if bytes > COMMIT_BYTES.len() {
                failed = Err(Error::new(
                    Code::QueryTooExpensive,
                    format!("more than {} bytes of records have changed since", COMMIT_BYTES.max),
                )
                .at("/at")
                .hint("ask for a later time, or for single records: `rekor records get --at`"));
            }
            if failed.is_ok() {
                failed = deadline.check(&QUERY_MS);
            }
            if failed.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        failed.map(|()| past)
    }

    fn add(&mut self, id: &Id, before: Option<Vec<u8>>) -> Result<()> {
        let key = keys::record(self.collection, id);
        if self.rows.contains_key(&key) {
            return Ok(());
        }
        if let Some(row) = &before
            && let Some(external) = decode_record(row)?.external()
        {
            let mut value = Vec::new();
            keys::put_id(&mut value, id);
            self.externals.insert(keys::external(self.collection, &external), value);
        }
        self.rows.insert(key, before);
        Ok(())
    }

    fn is_record(&self, key: &[u8]) -> bool {
        let (lo, hi) = keys::records(self.collection);
        (lo.as_slice()..hi.as_slice()).contains(&key)
    }

    /// Whose external key this was: somebody's who has changed since, or somebody's who has not.
    fn external(&self, key: &[u8], f: OnValue<'_>) -> Result<()> {
        if let Some(id) = self.externals.get(key) {
            f(Some((self.seq, id)));
            return Ok(());
        }
        self.now.get_with(key, &mut |found| {
            let holder = found.and_then(|(_, id)| keys::take_id(id).ok());
            let changed =
                holder.is_none_or(|(id, _)| self.rows.contains_key(&keys::record(self.collection, &id)));
            f(found.filter(|_| !changed));
        })
    }
}

impl View for PastView<'_> {
    fn seq(&self) -> Seq {
        self.seq
    }

    fn fetch(&self, reads: &[Read<'_>]) -> Result<Vec<Reply>> {
        answer_reads(self, reads)
    }

    fn get_with(&self, key: &[u8], f: OnValue<'_>) -> Result<()> {
        if let Some(row) = self.rows.get(key) {
            f(row.as_deref().map(|row| (self.seq, row)));
            return Ok(());
        }
        if self.is_record(key) {
            return self.now.get_with(key, f);
        }
        if keys::is_external(key) {
            return self.external(key, f);
        }
        f(None);
        Ok(())
    }

    fn scan_each(&self, lo: &[u8], hi: &[u8], rev: bool, f: OnRow<'_>) -> Result<()> {
        if !self.is_record(lo) || lo >= hi {
            return Ok(());
        }
        let span = self.rows.range(lo.to_vec()..hi.to_vec());
        let mut past: Box<dyn Iterator<Item = OldRow<'_>>> =
            if rev { Box::new(span.rev()) } else { Box::new(span) };
        let mut next = past.next();
        let mut ended = false;
        self.now.scan_each(lo, hi, rev, &mut |key, version, value| {
            while let Some((old, row)) =
                next.filter(|(old, _)| if rev { old.as_slice() > key } else { old.as_slice() < key })
            {
                next = past.next();
                if let Some(row) = row
                    && f(old, self.seq, row).is_break()
                {
                    ended = true;
                    return ControlFlow::Break(());
                }
            }
            let flow = match next.filter(|(old, _)| old.as_slice() == key) {
                None => f(key, version, value),
                Some((old, row)) => {
                    next = past.next();
                    row.as_ref().map_or(ControlFlow::Continue(()), |row| f(old, self.seq, row))
                }
            };
            ended = flow.is_break();
            flow
        })?;
        while !ended && let Some((old, row)) = next {
            next = past.next();
            ended = row.as_ref().is_some_and(|row| f(old, self.seq, row).is_break());
        }
        Ok(())
    }
}
