//! Walks the entries of a declared index and gets their records. Keeps the promise of sorted scans: whenever the
//! visitor is asked whether it is full, everything that comes later stands later in the order asked for.

use std::ops::{ControlFlow, Range};

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
    /// Where its key stands among those of its chunk.
    key: Range<usize>,
    /// How much of the key its run shares; nothing for scans that are not sorted.
    run: usize,
    /// Whether nothing but the id orders the run.
    exact: bool,
}

/// Entries that are read at once, their keys in one buffer.
struct Chunk {
    entries: Vec<Entry>,
    keys: Vec<u8>,
    /// Whether there may be more in the range.
    more: bool,
}

impl Chunk {
    fn key(&self, entry: &Entry) -> &[u8] {
        self.keys.get(entry.key.clone()).unwrap_or_default()
    }

    fn run(&self, entry: &Entry) -> &[u8] {
        self.key(entry).get(..entry.run).unwrap_or_default()
    }

    /// The first key after that of an entry.
    fn after(&self, entry: &Entry) -> Vec<u8> {
        [self.key(entry), &[0]].concat()
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
            let chunk = self.chunk(scan, (&lo, hi), false, size)?;
            if self.emit(scan, &chunk, chunk.entries.iter(), open, visitor)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
            let Some(last) = chunk.entries.last().filter(|_| chunk.more) else { break };
            lo = chunk.after(last);
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
            let chunk = self.chunk(scan, (lo, &hi), true, size)?;
            let mut rest = chunk.entries.as_slice();
            while let Some(first) = rest.first() {
                let of_run = chunk.run(first);
                let len = rest.iter().take_while(|entry| chunk.run(entry) == of_run).count();
                let (run, others) = rest.split_at(len);
                let whole = !others.is_empty() || !chunk.more;
                let flow = if whole {
                    self.emit(scan, &chunk, run.iter().rev(), open, visitor)?
                } else if len == chunk.entries.len() {
                    // A long run is read from its start, not kept and turned over.
                    let (start, end) = keys::range(of_run.to_vec());
                    let (from, to) = ((&start).max(lo), (&end).min(&hi));
                    let from = resume_at.filter(|at| **at > *from && **at < end).unwrap_or(from);
                    let flow = self.forward(scan, (from, to), open, visitor)?;
                    hi = start;
                    flow
                } else {
                    // The rest of this run comes with the next chunk.
                    hi = chunk.after(first);
                    ControlFlow::Continue(())
                };
                if flow.is_break() {
                    return Ok(flow);
                }
                rest = others;
            }
            if !chunk.more {
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
        chunk: &'e Chunk,
        entries: impl Iterator<Item = &'e Entry>,
        open: &mut Open,
        visitor: &mut dyn Visitor,
    ) -> Result<ControlFlow<()>> {
        for entry in entries {
            let same = open.as_ref().is_some_and(|open| open == chunk.run(entry));
            if scan.run.is_some() && !same && visitor.is_full() {
                return Ok(ControlFlow::Break(()));
            }
            if !self.get(&entry.id, entry.exact, visitor)? {
                let message = format!("an index leads to the record `{}`, which is not there", entry.id);
                return Err(Error::new(Code::CorruptStore, message).hint("run `rekor check`"));
            }
            if !same || entry.exact {
                *open = if entry.exact { None } else { Some(chunk.run(entry).to_vec()) };
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// Reads up to `size` entries.
    fn chunk(&mut self, scan: &IndexScan, (lo, hi): (&[u8], &[u8]), rev: bool, size: usize) -> Result<Chunk> {
        let mut chunk = Chunk { entries: Vec::with_capacity(size), keys: Vec::new(), more: false };
        let mut outcome = Ok(());
        self.view.scan_each(lo, hi, rev, &mut |key, _, value| {
            let start = chunk.keys.len();
            chunk.keys.extend_from_slice(key);
            match entry(scan, key, start, value) {
                Ok(entry) => chunk.entries.push(entry),
                Err(error) => outcome = Err(error),
            }
            chunk.more = chunk.entries.len() == size;
            if outcome.is_err() || chunk.more { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        outcome.map(|()| chunk)
    }
}

/// Reads an entry, whose key is kept at `start`: its id and which run it belongs to.
fn entry(scan: &IndexScan, key: &[u8], start: usize, value: &[u8]) -> Result<Entry> {
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
    Ok(Entry { id, key: start..start + key.len(), run, exact })
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
