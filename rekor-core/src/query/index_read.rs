//! Walks the entries of a declared index and gets their records. Keeps the promise of sorted scans: whenever the
//! visitor is asked whether it is full, everything that comes later stands later in the order asked for.

use std::ops::ControlFlow;

use crate::codec::id::Id;
use crate::codec::keys::{self, take_id};
use crate::codec::scalar_key::skip;
use crate::ground::error::{Code, Error, Result};
use crate::query::access::{Reader, Visitor};
use crate::query::index_scan::{IndexScan, Resume, Run};

/// Entries that are read at once: a page's worth first, then more. Few in tests, so that small collections take
/// every way.
const CHUNK_FIRST: usize = if cfg!(test) { 3 } else { 64 };
const CHUNK_MAX: usize = if cfg!(test) { 12 } else { 1_024 };

/// An entry of the index.
struct Entry {
    id: Id,
    key: Vec<u8>,
    /// How much of the key its run shares; nothing for scans that are not sorted.
    run: usize,
    /// Whether nothing but the id orders the run.
    exact: bool,
}

impl Entry {
    fn run(&self) -> &[u8] {
        self.key.get(..self.run).unwrap_or_default()
    }
}

/// The run that the last record was in, while the order within it is not settled.
type Open = Option<Vec<u8>>;

impl Reader<'_> {
    /// Reads the records of an index scan, from `resume` on.
    pub(super) fn read_index(
        &mut self,
        scan: &IndexScan,
        resume: Option<&Resume>,
        visitor: &mut dyn Visitor,
    ) -> Result<()> {
        let back = scan.run.as_ref().is_some_and(|run| run.rev);
        let mut open = None;
        let mut read = |(lo, hi): &(Vec<u8>, Vec<u8>)| match resume {
            Some(resume) if back => {
                let hi = hi.min(&resume.run.1);
                self.backward(scan, (lo, hi), Some(&resume.at), &mut open, visitor)
            }
            None if back => self.backward(scan, (lo, hi), None, &mut open, visitor),
            Some(resume) => self.forward(scan, (lo.max(&resume.at), hi), &mut open, visitor),
            None => self.forward(scan, (lo, hi), &mut open, visitor),
        };
        let ranges = scan.ranges.iter();
        let ranges: Box<dyn Iterator<Item = _>> =
            if back { Box::new(ranges.rev()) } else { Box::new(ranges) };
        for range in ranges {
            if read(range)?.is_break() {
                break;
            }
        }
        Ok(())
    }

    /// Reads a range in key order.
    fn forward(
        &mut self,
        scan: &IndexScan,
        (lo, hi): (&Vec<u8>, &Vec<u8>),
        open: &mut Open,
        visitor: &mut dyn Visitor,
    ) -> Result<ControlFlow<()>> {
        let (mut lo, mut size) = (lo.clone(), CHUNK_FIRST);
        while lo < *hi {
            let (entries, more) = self.chunk(scan, (&lo, hi), false, size)?;
            if self.emit(scan, entries.iter(), open, visitor)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
            let Some(last) = entries.last().filter(|_| more) else { break };
            lo.clone_from(&last.key);
            lo.push(0);
            size = (size * 4).min(CHUNK_MAX);
        }
        Ok(ControlFlow::Continue(()))
    }

    /// Reads a range run by run from its end, each run in key order.
    fn backward(
        &mut self,
        scan: &IndexScan,
        (lo, hi): (&Vec<u8>, &Vec<u8>),
        resume_at: Option<&Vec<u8>>,
        open: &mut Open,
        visitor: &mut dyn Visitor,
    ) -> Result<ControlFlow<()>> {
        let (mut hi, mut size) = (hi.clone(), CHUNK_FIRST);
        while *lo < hi {
            let (entries, more) = self.chunk(scan, (lo, &hi), true, size)?;
            let mut rest = entries.as_slice();
            while let Some(first) = rest.first() {
                let len = rest.iter().take_while(|entry| entry.run() == first.run()).count();
                let (run, others) = rest.split_at(len);
                let whole = !others.is_empty() || !more;
                let flow = if whole {
                    self.emit(scan, run.iter().rev(), open, visitor)?
                } else if len == entries.len() {
                    // A long run is read from its start, not kept and turned over.
                    let (start, end) = keys::range(first.run().to_vec());
                    let (from, to) = ((&start).max(lo), (&end).min(&hi));
                    let from = resume_at.filter(|at| **at > *from && **at < end).unwrap_or(from);
                    let flow = self.forward(scan, (from, to), open, visitor)?;
                    hi = start;
                    flow
                } else {
                    // The rest of this run comes with the next chunk.
                    hi.clone_from(&first.key);
                    hi.push(0);
                    ControlFlow::Continue(())
                };
                if flow.is_break() {
                    return Ok(flow);
                }
                rest = others;
            }
            if !more {
                break;
            }
            size = (size * 4).min(CHUNK_MAX);
        }
        Ok(ControlFlow::Continue(()))
    }

    /// Gets the records of entries that stand in key order.
    fn emit<'e>(
        &mut self,
        scan: &IndexScan,
        entries: impl Iterator<Item = &'e Entry>,
        open: &mut Open,
        visitor: &mut dyn Visitor,
    ) -> Result<ControlFlow<()>> {
        for entry in entries {
            let same = open.as_ref().is_some_and(|open| open == entry.run());
            if scan.run.is_some() && !same && visitor.is_full() {
                return Ok(ControlFlow::Break(()));
            }
            if !self.get(&entry.id, visitor)? {
                let message = format!("an index leads to the record `{}`, which is not there", entry.id);
                return Err(Error::new(Code::CorruptStore, message).hint("run `rekor check`"));
            }
            if !same || entry.exact {
                *open = if entry.exact { None } else { Some(entry.run().to_vec()) };
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// Reads up to `size` entries, and whether there may be more.
    fn chunk(
        &mut self,
        scan: &IndexScan,
        (lo, hi): (&[u8], &[u8]),
        rev: bool,
        size: usize,
    ) -> Result<(Vec<Entry>, bool)> {
        let mut entries = Vec::with_capacity(size);
        let mut outcome = Ok(());
        self.view.scan_each(lo, hi, rev, &mut |key, _, value| {
            match entry(scan, key, value) {
                Ok(entry) => entries.push(entry),
                Err(error) => outcome = Err(error),
            }
            if outcome.is_err() || entries.len() == size {
                return ControlFlow::Break(());
            }
            ControlFlow::Continue(())
        })?;
        outcome?;
        let more = entries.len() == size;
        Ok((entries, more))
    }
}

/// Reads an entry: its id and which run it belongs to.
fn entry(scan: &IndexScan, key: &[u8], value: &[u8]) -> Result<Entry> {
    let (mut run, mut exact) = (0, false);
    if let Some(made_of) = &scan.run {
        (run, exact) = run_of(scan, made_of, key)?;
    }
    let id = if scan.unique {
        take_id(value)?.0
    } else {
        let mut rest = key.get(keys::index(0).len()..).unwrap_or_default();
        for _ in 0..scan.fields {
            rest = skip(rest)?.rest;
        }
        take_id(rest)?.0
    };
    Ok(Entry { id, key: key.to_vec(), run, exact })
}

/// How many bytes of a key make its run, and whether only the id is left to order it.
fn run_of(scan: &IndexScan, made_of: &Run, key: &[u8]) -> Result<(usize, bool)> {
    let mut len = made_of.start.len();
    for _ in &made_of.parts {
        let taken = skip(key.get(len..).unwrap_or_default())?;
        if taken.ordered_len < taken.len {
            return Ok((len + taken.ordered_len, false));
        }
        len += taken.len;
    }
    Ok((len, made_of.fields == scan.fields))
}
