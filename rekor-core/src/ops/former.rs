//! Collections as they were: the one that had an id at some time, deleted since or not, and its row then. Their records stand under
//! their numbers for as long as history is kept.

use std::ops::ControlFlow;
use std::sync::Arc;

use crate::codec::collection::{CollectionRow, decode};
use crate::codec::id::Id;
use crate::codec::keys::{self, Thing};
use crate::ctx::config::{Collection, Config, collection_not_found};
use crate::ctx::journal;
use crate::engine::View;
use crate::ground::error::Result;

/// The collection that had this id after a commit; without one the one that has it, or had it last.
pub fn known_at(view: &dyn View, config: &Config, id: &str, seq: Option<u64>) -> Result<Arc<Collection>> {
    let live = config.collection(view, id)?;
    if let Some(live) = &live
        && seq.is_none_or(|seq| made_by(view, &live.row).is_ok_and(|made| made <= seq))
    {
        return Ok(Arc::clone(live));
    }
    for number in numbers_of(view, id)?.into_iter().rev() {
        if let Some((row, until)) = deleted(view, number, id)?
            && seq.is_none_or(|seq| seq < until)
        {
            let row = without_derived(row);
            let other = &mut |id: &str| Ok(config.collection(view, id)?.map(|other| other.row.clone()));
            return Ok(Arc::new(Collection::new(row, other)?));
        }
    }
    live.ok_or_else(|| collection_not_found(id))
}

/// A collection as it was after a commit, with nothing that is derived from its records; none if it is so still, or was not
/// there.
pub fn row_at(view: &dyn View, now: &CollectionRow, seq: u64) -> Result<Option<CollectionRow>> {
    let id = Id::trusted(&now.id);
    let (_, hi) = keys::history_of(Thing::Collection, now.number, &id);
    let lo = keys::history(Thing::Collection, now.number, &id, seq.saturating_add(1));
    let Some((seq, n)) = first_change(view, (&lo, &hi), false)? else { return Ok(None) };
    let before = journal::change_at(view, seq, n)?.before;
    Ok(before.as_deref().map(decode).transpose()?.map(without_derived))
}

fn without_derived(row: CollectionRow) -> CollectionRow {
    CollectionRow { tracked: false, indexes: Vec::new(), ..row }
}

/// The first commit in a range of history keys, or the last one, and the number of the change there.
fn first_change(view: &dyn View, (lo, hi): (&[u8], &[u8]), rev: bool) -> Result<Option<(u64, u32)>> {
    let mut found = None;
    view.scan_each(lo, hi, rev, &mut |key, _, value| {
        found = Some(keys::history_seq(key).and_then(|seq| Ok((seq, journal::history_place(value)?.0))));
        ControlFlow::Break(())
    })?;
    found.transpose()
}

/// The commit that made a collection; 0 when history no longer tells.
fn made_by(view: &dyn View, row: &CollectionRow) -> Result<u64> {
    let (lo, hi) = keys::history_of(Thing::Collection, row.number, &Id::trusted(&row.id));
    let Some((seq, n)) = first_change(view, (&lo, &hi), false)? else { return Ok(0) };
    // One that is older than what is kept was changed there, not made.
    Ok(if journal::change_at(view, seq, n)?.old_version == 0 { seq } else { 0 })
}

/// The numbers of the collections that have had this id, oldest first.
fn numbers_of(view: &dyn View, id: &str) -> Result<Vec<u32>> {
    let (lo, hi) = keys::numbers();
    let mut numbers = Vec::new();
    view.scan_each(&lo, &hi, false, &mut |key, _, value| {
        if value == id.as_bytes() {
            numbers.extend(key.last_chunk::<4>().map(|number| u32::from_be_bytes(*number)));
        }
        ControlFlow::Continue(())
    })?;
    Ok(numbers)
}

/// A deleted collection as it last was, and the commit that deleted it.
fn deleted(view: &dyn View, number: u32, id: &str) -> Result<Option<(CollectionRow, u64)>> {
    let (lo, hi) = keys::history_of(Thing::Collection, number, &Id::trusted(id));
    let Some((seq, _)) = first_change(view, (&lo, &hi), true)? else { return Ok(None) };
    let own = |change: &journal::Change| change.thing == Thing::Collection && change.collection == number;
    let last = journal::changes_of(view, seq)?.into_iter().rev().find(own);
    let row = last.filter(|change| change.new_version == 0).and_then(|change| change.before);
    Ok(row.as_deref().map(decode).transpose()?.map(|row| (row, seq)))
}
