//! Lets history go that is older than a workspace keeps it, in small steps: journal entries with what leads to them, then the
//! rows of collections whose deletion is history no more. A mark moves first, in the commit that begins to remove a commit's
//! changes, and readers never look before it: what is half removed is never seen.
//!
//! The last hour is kept whatever the bound, since long work reads in the journal what was written beside it; and the newest
//! entry, which says when the workspace last changed.

use std::ops::ControlFlow;

use crate::codec::id::{ExternalKey, Id};
use crate::codec::keys::{self, EdgeSide, Thing};
use crate::codec::row::decode_relationship;
use crate::ctx::config::Config;
use crate::ctx::journal;
use crate::ctx::pruned::Pruned;
use crate::ctx::session::Session;
use crate::engine::{Seq, View};
use crate::ground::error::Result;

const DAY_MS: u64 = 86_400_000;
/// What is kept in any case.
const KEPT_MS: u64 = 3_600_000;
/// Keys that one step removes, or a run of changes more.
const STEP_KEYS: usize = if cfg!(test) { 16 } else { 16_384 };

/// Keys to remove if nobody has written them since.
type Removals = Vec<(Vec<u8>, Seq)>;

/// Does one step at the time `now_ms`; `false` when there is nothing to do.
pub fn step(session: &Session, now_ms: u64) -> Result<bool> {
    let (view, config) = session.view()?;
    let pruned = Pruned::read(&*view)?;
    let until_ms = config
        .meta
        .history_days
        .map_or(0, |days| now_ms.saturating_sub((u64::from(days) * DAY_MS).max(KEPT_MS)));
    let (next, removals) = old_entries(&*view, pruned, until_ms)?;
    if !removals.is_empty() {
        return remove(session, pruned, next, removals);
    }
    if pruned.seq == 0 {
        return Ok(false);
    }
    for number in 1..config.meta.next_collection {
        let removals = retired(&*view, &config, number, pruned)?;
        if !removals.is_empty() {
            return remove(session, pruned, pruned, removals);
        }
    }
    Ok(false)
}

/// Removes keys and moves the mark, unless another has moved it.
fn remove(session: &Session, from: Pruned, to: Pruned, mut removals: Removals) -> Result<bool> {
    removals.sort_unstable();
    removals.dedup();
    let done = session.write_once(|ctx| {
        let (key, value) = to.row();
        let stands = ctx.get(&key)?;
        if stands.unwrap_or_else(|| Pruned::default().row().1) != from.row().1 {
            return Ok(());
        }
        if from != to {
            ctx.put_derived(key, Some(value))?;
        }
        removals.iter().for_each(|(key, version)| ctx.drop_if(key.clone(), *version));
        Ok(())
    })?;
    Ok(done.is_some())
}

/// Keys of commits up to `until_ms`, the oldest first, and where the mark stands without them.
fn old_entries(view: &dyn View, pruned: Pruned, until_ms: u64) -> Result<(Pruned, Removals)> {
    let newest = journal::last_entry_seq(view)?;
    let (mut next, mut removals) = (pruned, Removals::new());
    let (lo, hi) = keys::journal_since(0);
    let mut failed = Ok(());
    view.scan_each(&lo, &hi, false, &mut |key, version, value| {
        let mut take = || -> Result<bool> {
            let (seq, run) = keys::journal_place(key)?;
            if run.is_some() {
                removals.extend(history_of(seq, value)?);
            } else {
                // What is left of a commit before the mark has no time that matters.
                let entry = journal::decode_entry(value)?;
                if seq > pruned.seq && (entry.time_ms > until_ms || newest.is_none_or(|newest| seq >= newest))
                {
                    return Ok(false);
                }
                if seq > next.seq {
                    next = Pruned { seq, time_ms: entry.time_ms };
                }
                removals.extend(entry.actor.run.map(|run| (run_commit(&run, seq), Seq(seq))));
            }
            removals.push((key.to_vec(), version));
            Ok(removals.len() < STEP_KEYS)
        };
        match take() {
            Ok(true) => return ControlFlow::Continue(()),
            Ok(false) => {}
            Err(error) => failed = Err(error),
        }
        ControlFlow::Break(())
    })?;
    failed.map(|()| (next, removals))
}

/// The key of a commit among those of its run.
fn run_commit(run: &str, seq: u64) -> Vec<u8> {
    let mut key = keys::run(run);
    key.truncate(key.len().saturating_sub(8));
    key.extend_from_slice(&seq.to_be_bytes());
    key
}

/// The history keys that lead to a run of changes.
fn history_of(seq: u64, run: &[u8]) -> Result<Removals> {
    let changes = journal::decode_run(run)?;
    let key = |change: &journal::Change| keys::history(change.thing, change.collection, &change.id, seq);
    Ok(changes.iter().map(|change| (key(change), Seq(seq))).collect())
}

/// Keys under the number of a collection whose deletion is history no more; its number goes last.
fn retired(view: &dyn View, config: &Config, number: u32, pruned: Pruned) -> Result<Removals> {
    let key = keys::number(number);
    let mut found = None;
    view.get_with(&key, &mut |row| found = row.map(|(version, id)| (version, id.to_vec())))?;
    let Some((version, id)) = found else { return Ok(Removals::new()) };
    if config.numbered(view, number)?.is_some() || is_told(view, number, &id, pruned)? {
        return Ok(Removals::new());
    }
    let none = Id::Text("".into());
    let external = ExternalKey { source: None, id: "".into() };
    for first in [keys::records(number).0, keys::external(number, &external), keys::import(number, "")] {
        let removals = under(view, &first, &mut |_| Ok(Removals::new()))?;
        if !removals.is_empty() {
            return Ok(removals);
        }
    }
    for side in [EdgeSide::Out, EdgeSide::In] {
        let first = keys::edges(side, (number, &none), None).0;
        let removals = under(view, &first, &mut |key| other_ends(view, side, number, key))?;
        if !removals.is_empty() {
            return Ok(removals);
        }
    }
    Ok(vec![(key, version)])
}

/// Whether the journal still tells of a change of a collection.
fn is_told(view: &dyn View, number: u32, id: &[u8], pruned: Pruned) -> Result<bool> {
    let id = Id::trusted(std::str::from_utf8(id).map_err(|_| journal::damaged())?);
    let lo = keys::history(Thing::Collection, number, &id, pruned.seq.saturating_add(1));
    let (_, hi) = keys::history_of(Thing::Collection, number, &id);
    let mut is_told = false;
    view.scan_each(&lo, &hi, false, &mut |_, _, _| {
        is_told = true;
        ControlFlow::Break(())
    })?;
    Ok(is_told)
}

/// The keys that begin with the kind and the number of `first`, as many as a step removes, and what goes with each.
fn under(view: &dyn View, first: &[u8], more: &mut dyn FnMut(&[u8]) -> Result<Removals>) -> Result<Removals> {
    let (lo, hi) = keys::range(first.iter().copied().take(5).collect());
    let mut removals = Removals::new();
    let mut failed = Ok(());
    view.scan_each(&lo, &hi, false, &mut |key, version, _| {
        removals.push((key.to_vec(), version));
        match more(key) {
            Ok(others) => removals.extend(others),
            Err(error) => failed = Err(error),
        }
        let goes_on = failed.is_ok() && removals.len() < STEP_KEYS;
        if goes_on { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    failed.map(|()| removals)
}

/// The same edge seen from its other end, and the relationship if it is still one of this collection.
fn other_ends(view: &dyn View, side: EdgeSide, number: u32, key: &[u8]) -> Result<Removals> {
    let (near, edge) = keys::edge_parts(side, key)?;
    let relationship = keys::relationship(&edge.relationship);
    let back = if side == EdgeSide::Out { EdgeSide::In } else { EdgeSide::Out };
    let far = (edge.far_collection, edge.far.clone());
    let mirrored = keys::Edge { far_collection: near.0, far: near.1, ..edge };
    let mirror = keys::edge(back, (far.0, &far.1), &mirrored);
    let mut removals = Removals::new();
    view.get_with(&mirror, &mut |row| removals.extend(row.map(|(version, _)| (mirror.clone(), version))))?;
    let mut failed = Ok(());
    view.get_with(&relationship, &mut |row| {
        let Some((version, value)) = row else { return };
        match decode_relationship(value) {
            Ok(row) if row.source.0 == number || row.target.0 == number => {
                removals.push((relationship.clone(), version));
            }
            Ok(_) => {}
            Err(error) => failed = Err(error),
        }
    })?;
    failed.map(|()| removals)
}

#[cfg(test)]
mod tests;
