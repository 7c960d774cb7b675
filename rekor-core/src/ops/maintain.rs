//! Keeps columns in shape, one small step at a time: seals what is dirty, merges what has become small, removes entries that
//! a group has overtaken and what deleted collections left behind. Each step is one commit that checks nothing that a
//! writer of records touches; a step that loses a race is simply left for later.

use std::ops::ControlFlow;
use std::sync::Arc;

use crate::codec::column_keys;
use crate::codec::keys;
use crate::columns::group::Group;
use crate::columns::ids::key_of;
use crate::columns::seal::{GROUP_ROWS, SealRow, Sealer};
use crate::ctx::Ctx;
use crate::ctx::config::Collection;
use crate::ctx::dirt::after;
use crate::ctx::session::Session;
use crate::engine::{Seq, View};
use crate::ground::error::Result;
use crate::ops::leftovers::{remove, sweep_retired};

/// Dirty records outside of groups from which on they are sealed.
const TAIL_ROWS_MIN: usize = GROUP_ROWS / 4;
/// A group is sealed anew when one in so many of its records is dirty.
const DIRTY_SHARE: usize = 16;
/// Keys that one step removes at most.
const STEP_KEYS: usize = if cfg!(test) { 16 } else { 16_384 };

/// Records, and bytes of them, that one step seals at most, unless one group holds more.
const STEP_ROWS: usize = 4 * GROUP_ROWS;
const STEP_BYTES: usize = if cfg!(test) { 16 << 10 } else { 16 << 20 };

/// Where a round of steps through a workspace stands. A new one starts from the beginning.
#[derive(Debug, Clone, Default)]
pub struct Round {
    collection: u32,
    /// The dirty key to go on from.
    from: Vec<u8>,
}

/// What is to be done about a collection.
enum Work {
    /// Seal the records of the ids from `lo` to before `end` anew.
    Seal { lo: Vec<u8>, end: Vec<u8> },
    /// Remove these entries, which are older than the groups that cover them.
    Remove(Vec<(Vec<u8>, Seq)>),
}

/// Does one step; `false` when a whole round found nothing to do.
pub fn step(session: &Session, round: &mut Round) -> Result<bool> {
    let (view, config) = session.view()?;
    if config.meta.format < keys::FORMAT {
        // From here on every writer leaves entries.
        return Ok(session.write_once(|ctx| ctx.raise_format())?.is_some());
    }
    let mut numbers = Vec::new();
    let (lo, hi) = keys::collections();
    let mut failed = Ok(());
    view.scan_each(&lo, &hi, false, &mut |_, _, value| {
        match crate::codec::collection::decode::<crate::codec::collection::CollectionRow>(value) {
            Ok(row) => numbers.push((row.number, row.id)),
            Err(error) => failed = Err(error),
        }
        ControlFlow::Continue(())
    })?;
    failed?;
    numbers.sort();
    if round.collection == 0 && sweep_retired(session, &*view, &numbers)? {
        return Ok(true);
    }
    let start = numbers.partition_point(|(number, _)| *number < round.collection);
    for (number, id) in numbers.iter().skip(start) {
        if *number > round.collection {
            *round = Round { collection: *number, from: Vec::new() };
        }
        let Some(collection) = config.collection(&*view, id)? else { continue };
        if step_in(session, &*view, &collection, round)? {
            return Ok(true);
        }
    }
    *round = Round::default();
    Ok(false)
}

/// Does one step in one collection, if there is something to do from where the round stands.
fn step_in(session: &Session, view: &dyn View, collection: &Collection, round: &mut Round) -> Result<bool> {
    let number = collection.row.number;
    let groups = session.columns(view, collection).groups()?;
    let dirty = find_dirty(view, number, &groups, &mut round.from)?;
    match dirty.or_else(|| find_small(&groups)) {
        Some(Work::Seal { lo, end }) => seal(session, number, &lo, &end),
        Some(Work::Remove(entries)) => remove(session, &entries),
        None if collection.row.tracked => Ok(false),
        None => track(session, view, collection, &groups),
    }
}

/// A stretch of dirty entries: those of one group, or those between two groups.
#[derive(Default)]
struct Stretch {
    group: Option<usize>,
    first: Vec<u8>,
    last: Vec<u8>,
    live: usize,
}

/// Looks for entries to do something about, from `from` on, which is moved to where the next look goes on. It does not
/// give up before the last entry: whoever does single steps begins each at the first.
fn find_dirty(
    view: &dyn View,
    number: u32,
    groups: &[Arc<Group>],
    from: &mut Vec<u8>,
) -> Result<Option<Work>> {
    let (lo, hi) = column_keys::dirties(number);
    let start = if from.is_empty() { lo } else { std::mem::take(from) };
    let mut stretch = Stretch::default();
    let mut stale = Vec::new();
    let mut at = 0;
    let mut found = None;
    view.scan_each(&start, &hi, false, &mut |key, version, _| {
        let id = column_keys::id_part(key).unwrap_or_default();
        while groups.get(at).is_some_and(|group| *group.end <= *id) {
            at += 1;
        }
        let group = groups.get(at).filter(|group| *group.lo <= *id).map(|_| at);
        // Entries between two groups are told from those between the next two by the group that follows.
        if group != stretch.group || group.is_none() && stretch.last.as_slice() < last_end(groups, at) {
            found = stretch.work(groups);
            stretch = Stretch { group, ..Stretch::default() };
        }
        if found.is_none() {
            if group.and_then(|group| groups.get(group)).is_some_and(|group| version <= group.as_of) {
                stale.push((key.to_vec(), version));
            } else {
                stretch.add(id);
            }
        }
        let is_full = stretch.group.is_none() && stretch.live >= GROUP_ROWS;
        if found.is_some() || is_full || stale.len() >= STEP_KEYS {
            from.extend_from_slice(key);
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    })?;
    let found = found.or_else(|| stretch.work(groups));
    Ok(found.or_else(|| (!stale.is_empty()).then_some(Work::Remove(stale))))
}

/// Where the group before the one at `at` ends.
fn last_end(groups: &[Arc<Group>], at: usize) -> &[u8] {
    at.checked_sub(1).and_then(|before| groups.get(before)).map_or(&[], |group| &group.end)
}

impl Stretch {
    fn add(&mut self, id: &[u8]) {
        if self.live == 0 {
            self.first = id.to_vec();
        }
        self.last.clear();
        self.last.extend_from_slice(id);
        self.live += 1;
    }

    fn work(&self, groups: &[Arc<Group>]) -> Option<Work> {
        match self.group.and_then(|group| groups.get(group)) {
            Some(group) => {
                let is_worth = self.live * DIRTY_SHARE >= group.rows.max(DIRTY_SHARE) && self.live > 0;
                is_worth.then(|| Work::Seal { lo: group.lo.to_vec(), end: group.end.to_vec() })
            }
            None => (self.live >= TAIL_ROWS_MIN)
                .then(|| Work::Seal { lo: self.first.clone(), end: after(&self.last) }),
        }
    }
}

/// Two groups side by side that fit into one, and into one step with room for what was written since.
fn find_small(groups: &[Arc<Group>]) -> Option<Work> {
    groups.windows(2).find_map(|two| match two {
        [a, b]
            if a.rows + b.rows <= GROUP_ROWS && a.bytes.saturating_add(b.bytes) <= STEP_BYTES as u64 / 2 =>
        {
            Some(Work::Seal { lo: a.lo.to_vec(), end: b.end.to_vec() })
        }
        _ => None,
    })
}

/// Seals some records that are older than columns; when there are none left, says so in the collection's row.
fn track(session: &Session, view: &dyn View, collection: &Collection, groups: &[Arc<Group>]) -> Result<bool> {
    let number = collection.row.number;
    if let Some((lo, end)) = first_untracked(view, number, groups)? {
        return seal(session, number, &lo, &end);
    }
    let done = session.write_once(|ctx| {
        ctx.raise_format()?;
        let Some(mut row) = ctx.collection_row(&collection.row.id)?.filter(|row| row.number == number) else {
            return Ok(());
        };
        row.tracked = true;
        ctx.put_collection(&collection.row.id, Some(&row), None)
    })?;
    Ok(done.is_some())
}

/// A stretch of ids that no group covers and that holds a record without an entry.
fn first_untracked(
    view: &dyn View,
    number: u32,
    groups: &[Arc<Group>],
) -> Result<Option<(Vec<u8>, Vec<u8>)>> {
    let starts = std::iter::once([].as_slice()).chain(groups.iter().map(|group| &*group.end));
    let ends = groups.iter().map(|group| &*group.lo).chain(std::iter::once([0xFF].as_slice()));
    for (start, end) in starts.zip(ends) {
        let mut found = None;
        let mut failed = Ok(());
        let (from, to) = (keys::record_at(number, start), keys::record_at(number, end));
        view.scan_each(&from, &to, false, &mut |key, _, _| {
            let id = column_keys::id_part(key).unwrap_or_default();
            let mut is_dirty = false;
            failed = view.get_with(&column_keys::dirty(number, id), &mut |entry| is_dirty = entry.is_some());
            if is_dirty && failed.is_ok() {
                return ControlFlow::Continue(());
            }
            found = Some((id.to_vec(), end.to_vec()));
            ControlFlow::Break(())
        })?;
        failed?;
        if let Some((lo, end)) = found {
            let end = last_record(view, number, &lo, &end)?;
            return Ok(Some((lo, end)));
        }
    }
    Ok(None)
}

/// What comes after the last record of a range.
fn last_record(view: &dyn View, number: u32, lo: &[u8], end: &[u8]) -> Result<Vec<u8>> {
    let mut last = end.to_vec();
    let (from, to) = (keys::record_at(number, lo), keys::record_at(number, end));
    view.scan_each(&from, &to, true, &mut |key, _, _| {
        last = after(column_keys::id_part(key).unwrap_or_default());
        ControlFlow::Break(())
    })?;
    Ok(last)
}

/// Seals the records from `lo` to before `end` anew, whole groups only, and removes the entries that this overtakes.
pub(super) fn seal(session: &Session, number: u32, lo: &[u8], end: &[u8]) -> Result<bool> {
    let done = session.write_once(|ctx| {
        let view = ctx.view();
        let groups = ctx.columns(number).groups()?;
        let covered: Vec<&Arc<Group>> =
            groups.iter().filter(|group| *group.lo < *end && *group.end > *lo).collect();
        let mut lo = covered.first().map_or(lo, |group| lo.min(&group.lo)).to_vec();
        let mut end = covered.last().map_or(end, |group| end.max(&group.end)).to_vec();
        let (mut rows, cut) = read_rows(view, number, &lo, &end)?;
        let mut rest = None;
        if let Some(cut) = cut {
            // What is left of a group that is cut keeps its age, which says nothing of ids beyond it.
            if let Some(group) = covered.iter().find(|group| group.covers(&cut)) {
                rest = Some((rest_of(ctx, number, group, &cut)?, group.end.to_vec(), group.as_of));
            }
            end = cut;
        }
        // A small group before takes new records in.
        let before = groups.iter().take_while(|group| *group.end <= *lo).last();
        if let Some(before) = before.filter(|before| covered.is_empty() && before.rows < GROUP_ROWS / 2) {
            let (mut first, cut) = read_rows(view, number, &before.lo, &lo)?;
            if cut.is_none() {
                first.append(&mut rows);
                (rows, lo) = (first, before.lo.to_vec());
            }
        }
        replace(ctx, number, &rows, (&lo, &end), rest)?;
        Ok(true)
    })?;
    Ok(done.is_some_and(|(did, _)| did))
}

/// The records of a group from `cut` on, for a group of their own that is as old as it was. Those that were written since
/// have entries, so it does not matter that their rows are newer.
fn rest_of(ctx: &Ctx<'_>, number: u32, group: &Group, cut: &[u8]) -> Result<Vec<SealRow>> {
    let ids = ctx.columns(number).ids(group)?;
    let mut rows = Vec::new();
    for row in 0..ids.len() {
        let id = key_of(&ids.id(row)?);
        if id.as_slice() >= cut {
            ctx.view().get_with(&keys::record_at(number, &id), &mut |found| {
                rows.extend(found.map(|(_, value)| (id.clone(), value.to_vec())));
            })?;
        }
    }
    Ok(rows)
}

/// The end of a group that was too long for one step: its records, where it ends, and its age.
type Rest = (Vec<SealRow>, Vec<u8>, Seq);

/// Replaces the groups that cover ids of the span by groups of these records.
fn replace(
    ctx: &mut Ctx<'_>,
    number: u32,
    rows: &[SealRow],
    (lo, end): (&[u8], &[u8]),
    rest: Option<Rest>,
) -> Result<()> {
    ctx.raise_format()?;
    let as_of = ctx.view().seq();
    let all_end = rest.as_ref().map_or(end, |(_, rest_end, _)| rest_end).to_vec();
    for group in ctx.take_groups(number, lo, &all_end)? {
        for head in group.heads.iter().filter(|head| head.has_block()) {
            ctx.drop_derived(column_keys::column_block(number, head.path, &group.lo, group.as_of.0));
        }
        ctx.drop_derived(column_keys::column_group(number, &group.lo));
    }
    let mut sealer = Sealer::new(ctx.columns(number))?;
    sealer.seal(rows, lo, end, as_of)?;
    if let Some((rows, rest_end, rest_as_of)) = rest {
        sealer.seal(&rows, end, &rest_end, rest_as_of)?;
    }
    let sealed = sealer.finish();
    ctx.write_sealed(sealed);
    let (from, to) = (column_keys::dirty(number, lo), column_keys::dirty(number, end));
    let mut entries = Vec::new();
    ctx.view().scan_each(&from, &to, false, &mut |key, version, _| {
        entries.push((key.to_vec(), version));
        ControlFlow::Continue(())
    })?;
    entries.into_iter().for_each(|(key, version)| ctx.drop_if(key, version));
    Ok(())
}

/// The records of the ids from `lo` to before `end`; when they are too many for a step, as many as fit, and what comes
/// after the last of them.
fn read_rows(view: &dyn View, number: u32, lo: &[u8], end: &[u8]) -> Result<(Vec<SealRow>, Option<Vec<u8>>)> {
    let (from, to) = (keys::record_at(number, lo), keys::record_at(number, end));
    let mut rows: Vec<SealRow> = Vec::new();
    let (mut bytes, mut is_cut) = (0, false);
    view.scan_each(&from, &to, false, &mut |key, _, value| {
        is_cut = rows.len() >= STEP_ROWS || bytes >= STEP_BYTES;
        if is_cut {
            return ControlFlow::Break(());
        }
        bytes += value.len();
        rows.push((column_keys::id_part(key).unwrap_or_default().to_vec(), value.to_vec()));
        ControlFlow::Continue(())
    })?;
    let cut = if is_cut { rows.last().map(|(id, _)| after(id)) } else { None };
    Ok((rows, cut))
}

#[cfg(test)]
mod tests;
