//! What a snapshot holds beside its groups: the dirty entries that count, each with the group that it overrules, if any.

use std::ops::{ControlFlow, Range};
use std::sync::Arc;

use crate::codec::column_keys as keys;
use crate::columns::bytes::damaged;
use crate::columns::dirty::Dirty;
use crate::columns::group::Group;
use crate::columns::reader::Columns;
use crate::ground::error::Result;

/// The dirty entries of a collection that are newer than the groups that cover them, in the order of ids.
#[derive(Debug, Default)]
pub struct Delta {
    bytes: Vec<u8>,
    entries: Vec<Place>,
}

/// Where an entry is.
#[derive(Debug, Clone, Copy)]
struct Place {
    start: usize,
    id_end: usize,
    end: usize,
}

/// Records that stand together: a group and its dirty entries, or entries between two groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// The group, by its place among all.
    pub group: Option<usize>,
    /// The entries, by their places.
    pub entries: Range<usize>,
}

impl Delta {
    /// How many entries count.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether none does.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The id of an entry, as it stands in keys.
    #[must_use]
    pub fn id(&self, at: usize) -> &[u8] {
        self.entries.get(at).and_then(|place| self.bytes.get(place.start..place.id_end)).unwrap_or_default()
    }

    /// What an entry says.
    pub fn entry(&self, at: usize) -> Result<Dirty<'_>> {
        let place = self.entries.get(at).ok_or_else(damaged)?;
        Dirty::decode(self.bytes.get(place.id_end..place.end).ok_or_else(damaged)?)
    }

    fn push(&mut self, id: &[u8], value: &[u8]) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(id);
        let id_end = self.bytes.len();
        self.bytes.extend_from_slice(value);
        self.entries.push(Place { start, id_end, end: self.bytes.len() });
    }
}

impl Columns<'_> {
    /// The entries that count, and all stretches of records in the order of ids. Entries that no group covers are left
    /// out unless `tails` wants them.
    pub fn delta(&self, groups: &[Arc<Group>], tails: bool) -> Result<(Delta, Vec<Stretch>)> {
        let mut delta = Delta::default();
        let mut stretches: Vec<Stretch> = Vec::with_capacity(groups.len() + 1);
        let mut at = 0;
        let mut failed = Ok(());
        let (lo, hi) = keys::dirties(self.collection);
        self.view.scan_each(&lo, &hi, false, &mut |key, version, value| {
            let id = keys::id_part(key).unwrap_or_else(|error| {
                failed = Err(error);
                &[]
            });
            while groups.get(at).is_some_and(|group| *group.end <= *id) {
                open_group(&mut stretches, at, delta.len());
                at += 1;
            }
            let group = groups.get(at).filter(|group| group.covers(id));
            let counts = group.map_or(tails, |group| version > group.as_of);
            if counts {
                match group {
                    Some(_) => open_group(&mut stretches, at, delta.len()),
                    None => open_tail(&mut stretches, delta.len()),
                }
                delta.push(id, value);
                if let Some(last) = stretches.last_mut() {
                    last.entries.end = delta.len();
                }
            }
            if failed.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        failed?;
        (at..groups.len()).for_each(|at| open_group(&mut stretches, at, delta.len()));
        Ok((delta, stretches))
    }
}

/// Entries of one stretch between groups at most, so that several threads can share them.
const TAIL_ENTRIES: usize = 4_096;

fn open_group(stretches: &mut Vec<Stretch>, group: usize, entries: usize) {
    if stretches.last().is_none_or(|last| last.group != Some(group)) {
        stretches.push(Stretch { group: Some(group), entries: entries..entries });
    }
}

fn open_tail(stretches: &mut Vec<Stretch>, entries: usize) {
    let goes_on = |last: &Stretch| last.group.is_none() && last.entries.len() < TAIL_ENTRIES;
    if !stretches.last().is_some_and(goes_on) {
        stretches.push(Stretch { group: None, entries: entries..entries });
    }
}
