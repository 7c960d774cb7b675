//! Keeps the first rows of all that match, in the order asked for and no more than the page reaches.

use std::collections::BinaryHeap;

use crate::api::query::Row;
use crate::ground::error::Result;
use crate::query::access::Visitor;
use crate::query::find::Asked;
use crate::query::show::Shower;
use crate::query::tuple::Candidate;

/// Rows that room is made for at once.
const ROWS_FIRST: usize = 64;

/// Keeps the first rows in the order asked for.
pub(super) struct Heap<'h> {
    asked: &'h Asked<'h>,
    /// Whether every record passes the filter.
    passed: bool,
    shower: Shower<'h>,
    /// One row more than the page reaches, to know whether there is more.
    keep: usize,
    /// Rows that came in order: all others stand after them, so they need no key.
    first: Vec<Row>,
    /// The key of the last row of a page that is in order.
    first_end: Vec<u8>,
    /// Rows after those, from the first one on that did not come in order.
    kept: BinaryHeap<Kept>,
    pub(super) matched: u64,
    key: Vec<u8>,
    /// How many records were looked at, and how many may be.
    seen: u64,
    patience: u64,
}

/// What a heap has kept.
pub(super) struct Rows {
    pub(super) first: Vec<Row>,
    /// In order.
    pub(super) kept: Vec<Kept>,
    pub(super) has_more: bool,
    /// The key of the last row, set when there are more.
    pub(super) end: Vec<u8>,
}

impl<'h> Heap<'h> {
    pub(super) fn new(asked: &'h Asked<'h>, shower: Shower<'h>, passed: bool, patience: u64) -> Self {
        Self {
            asked,
            passed,
            shower,
            keep: asked.page.offset + asked.page.limit + 1,
            first: Vec::new(),
            first_end: Vec::new(),
            kept: BinaryHeap::new(),
            matched: 0,
            key: Vec::new(),
            seen: 0,
            patience,
        }
    }

    /// The rows of a page, of which `kept` are the first in order.
    pub(super) fn page_of(mut kept: Vec<Kept>, keep: usize) -> Rows {
        let has_more = kept.len() >= keep;
        if has_more {
            kept.truncate(keep - 1);
        }
        let end = kept.last().map_or_else(Vec::new, |last| last.key.clone());
        Rows { first: Vec::new(), kept, has_more, end }
    }

    /// Whether it stopped before it had what it needs.
    pub(super) fn gave_up(&self) -> bool {
        self.seen > self.patience && self.len() < self.keep
    }

    fn len(&self) -> usize {
        self.first.len() + self.kept.len()
    }

    /// Whether the next record is kept as it comes.
    fn is_plain(&self, in_order: bool) -> bool {
        in_order && self.kept.is_empty() && self.asked.page.offset == 0 && self.asked.page.after.is_none()
    }

    /// Whether the next row of `first` is the last of the page.
    fn ends_page(&self) -> bool {
        self.first.len() + 2 == self.keep
    }

    /// What was kept, the row after the page left out.
    pub(super) fn into_rows(self) -> Rows {
        let has_more = self.len() == self.keep;
        let (mut first, mut kept) = (self.first, self.kept.into_sorted_vec());
        if has_more && kept.pop().is_none() {
            first.pop();
        }
        let end = kept.last().map_or(self.first_end, |last| last.key.clone());
        Rows { first, kept, has_more, end }
    }

    fn add(&mut self, candidate: &Candidate<'_>) -> Result<()> {
        self.key.clear();
        self.asked.order.put_key(candidate, candidate.id, &mut self.key)?;
        let seen = self.asked.page.after.as_ref().is_some_and(|after| self.key <= *after);
        let is_full = self.len() >= self.keep;
        if seen || is_full && self.kept.peek().is_none_or(|last| self.key >= last.key) {
            return Ok(());
        }
        let at_once = self.asked.page.offset == 0;
        let row = if at_once { Some(self.shower.row(candidate.id, &candidate.row)?) } else { None };
        if is_full {
            self.kept.pop();
        }
        self.kept.push(Kept { key: self.key.clone(), row });
        Ok(())
    }
}

impl Visitor for Heap<'_> {
    fn visit(&mut self, candidate: &Candidate<'_>) -> Result<()> {
        self.seen += 1;
        if !self.passed && !self.asked.filter.matches(candidate)? {
            return Ok(());
        }
        self.matched += 1;
        if !self.is_plain(candidate.in_order) {
            return self.add(candidate);
        }
        if self.first.len() < self.keep {
            if self.ends_page() {
                self.asked.order.put_key(candidate, candidate.id, &mut self.first_end)?;
            }
            if self.first.is_empty() {
                self.first.reserve(self.keep.min(ROWS_FIRST));
            }
            self.first.push(self.shower.row(candidate.id, &candidate.row)?);
        }
        Ok(())
    }

    fn wants_values(&self, in_order: bool) -> bool {
        !self.passed || !self.is_plain(in_order) || self.ends_page()
    }

    fn is_full(&self) -> bool {
        !self.asked.count && self.len() >= self.keep || self.seen > self.patience
    }
}

/// A row that is kept, ordered by its key alone.
pub(super) struct Kept {
    pub(super) key: Vec<u8>,
    /// Made at once when every row that is kept may be shown; later when an offset drops most of them.
    pub(super) row: Option<Row>,
}

impl PartialEq for Kept {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Kept {}

impl PartialOrd for Kept {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Kept {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key.cmp(&other.key)
    }
}
