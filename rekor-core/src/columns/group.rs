//! The header of a group: which ids it covers, as of which commit, and where and how each column is stored.
//!
//! A group covers every id from `lo` to before `end`, also those of no record. No two groups of a collection overlap.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use crate::columns::bytes::{damaged, envelope, open, put_bytes, put_varint, seal};
use crate::columns::column::Column;
use crate::columns::form::Head;
use crate::columns::ids::Ids;
use crate::engine::Seq;
use crate::ground::error::Result;

/// A group of records, sealed.
#[derive(Debug)]
pub struct Group {
    /// The least id that it covers, as ids stand in keys.
    pub lo: Box<[u8]>,
    /// What comes after all ids that it covers.
    pub end: Box<[u8]>,
    /// The view that it was built from: what was written later is in the dirty set.
    pub as_of: Seq,
    /// How many records it holds.
    pub rows: usize,
    /// Bytes of their rows when it was sealed: how much work it is to seal it anew.
    pub bytes: u64,
    /// Whether some paths of its records have no column.
    pub is_partial: bool,
    /// Its columns, by path.
    pub heads: Vec<Head>,
    /// What was decoded of it, in the same order; shared by all queries.
    loaded: Vec<OnceLock<Arc<Column>>>,
    ids: OnceLock<Arc<Ids>>,
    /// Bytes that `loaded` and `ids` hold.
    held: AtomicUsize,
    /// When a query last used it, counted in queries.
    pub(super) used: AtomicUsize,
}

impl Group {
    /// A group that was just made.
    #[must_use]
    pub fn new(
        (lo, end): (&[u8], &[u8]),
        as_of: Seq,
        (rows, bytes): (usize, u64),
        is_partial: bool,
        heads: Vec<Head>,
    ) -> Self {
        let loaded = heads.iter().map(|_| OnceLock::new()).collect();
        Self {
            lo: lo.into(),
            end: end.into(),
            as_of,
            rows,
            bytes,
            is_partial,
            heads,
            loaded,
            ids: OnceLock::new(),
            held: AtomicUsize::new(0),
            used: AtomicUsize::new(0),
        }
    }

    /// Columns that are nowhere stored, as a group that covers no ids.
    #[must_use]
    pub fn loaded(as_of: Seq, rows: usize, heads: Vec<Head>, columns: Vec<Arc<Column>>, ids: Ids) -> Self {
        let mut made = Self::new((&[], &[]), as_of, (rows, 0), false, heads);
        made.loaded = columns.into_iter().map(OnceLock::from).collect();
        made.ids = OnceLock::from(Arc::new(ids));
        made
    }

    /// The ids, if they were decoded before.
    pub(super) fn known_ids(&self) -> Option<Arc<Ids>> {
        self.ids.get().cloned()
    }

    /// The same group, nothing of it decoded.
    #[must_use]
    pub(super) fn unloaded(&self) -> Self {
        let (span, size) = ((&*self.lo, &*self.end), (self.rows, self.bytes));
        Self::new(span, self.as_of, size, self.is_partial, self.heads.clone())
    }

    /// Whether it covers an id.
    #[must_use]
    pub fn covers(&self, id: &[u8]) -> bool {
        *self.lo <= *id && *id < *self.end
    }

    /// The place of a path's column; none when every record is null there or, in a partial group, unknown.
    #[must_use]
    pub fn place(&self, path: u32) -> Option<usize> {
        self.heads.binary_search_by_key(&path, |head| head.path).ok()
    }

    /// The column at a place, decoded by `load` unless it was before; kept when `keep` says so.
    pub(super) fn column(
        &self,
        place: usize,
        keep: bool,
        load: impl FnOnce() -> Result<Column>,
    ) -> Result<(Arc<Column>, usize)> {
        let lock = self.loaded.get(place).ok_or_else(damaged)?;
        if let Some(column) = lock.get() {
            return Ok((Arc::clone(column), 0));
        }
        let column = Arc::new(load()?);
        if !keep {
            return Ok((column, 0));
        }
        let bytes = column.held();
        let is_first = lock.set(Arc::clone(&column)).is_ok();
        Ok((column, self.hold(bytes, is_first)))
    }

    /// The ids, in the same way.
    pub(super) fn ids(&self, keep: bool, load: impl FnOnce() -> Result<Ids>) -> Result<(Arc<Ids>, usize)> {
        if let Some(ids) = self.ids.get() {
            return Ok((Arc::clone(ids), 0));
        }
        let ids = Arc::new(load()?);
        if !keep {
            return Ok((ids, 0));
        }
        let bytes = ids.held();
        let is_first = self.ids.set(Arc::clone(&ids)).is_ok();
        Ok((ids, self.hold(bytes, is_first)))
    }

    fn hold(&self, bytes: usize, is_first: bool) -> usize {
        if !is_first {
            return 0;
        }
        self.held.fetch_add(bytes, Ordering::Relaxed);
        bytes
    }

    /// Bytes that what was decoded holds.
    pub(super) fn held(&self) -> usize {
        self.held.load(Ordering::Relaxed)
    }

    /// Writes the header; its key holds the least id.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = envelope();
        put_varint(&mut out, self.as_of.0);
        put_varint(&mut out, self.rows as u64);
        put_varint(&mut out, self.bytes);
        out.push(u8::from(self.is_partial));
        put_bytes(&mut out, &self.end);
        put_varint(&mut out, self.heads.len() as u64);
        self.heads.iter().for_each(|head| head.put(&mut out));
        seal(out)
    }

    /// Reads the header of the group whose least id is `lo`.
    pub fn decode(lo: &[u8], value: &[u8]) -> Result<Self> {
        let mut taker = open(value)?;
        let (as_of, rows, bytes) = (Seq(taker.varint()?), taker.length()?, taker.varint()?);
        let is_partial = taker.byte()? == 1;
        let end = taker.bytes()?;
        let count = taker.length()?;
        let mut heads = Vec::with_capacity(count.min(value.len()));
        for _ in 0..count {
            heads.push(Head::take(&mut taker)?);
        }
        let ordered = heads.windows(2).all(|two| matches!(two, [a, b] if a.path < b.path));
        if !taker.is_empty() || !ordered || lo >= end {
            return Err(damaged());
        }
        Ok(Self::new((lo, end), as_of, (rows, bytes), is_partial, heads))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::columns::form::{Cell, Form};

    #[test]
    fn headers_round_trip() {
        let head = |path, form| Head { path, form, nulls: 1, sum: 7, epoch: 0 };
        let heads = vec![head(2, Form::Ints { min: 1, max: 2 }), head(9, Form::Constant(Cell::Bool(true)))];
        let group = Group::new((b"\x02a\0", b"\x02c\0"), Seq(5), (3, 99), true, heads);
        let read = Group::decode(b"\x02a\0", &group.encode()).unwrap();
        assert_eq!((&read.heads, read.as_of, read.rows, read.is_partial), (&group.heads, Seq(5), 3, true));
        assert_eq!(read.bytes, 99);
        assert_eq!((read.place(9), read.place(3)), (Some(1), None));
        assert!(read.covers(b"\x02b\0") && !read.covers(b"\x02d\0"));
        assert!(Group::decode(b"\x02d\0", &group.encode()).is_err());
    }
}
