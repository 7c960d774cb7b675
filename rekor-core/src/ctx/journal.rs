//! The journal's stored form: an entry for each commit and, under it, runs of changes with what each
//! thing was before. What a thing became is the before image of its next change, or the thing itself.
//!
//! Consecutive changes share a key up to [`RUN_BYTES`], since an import of thousands of new records
//! would otherwise pay a key for each. A change's number counts through the whole commit.

use crate::api::list::Actor;
use crate::codec::id::Id;
use crate::codec::keys::{self, Thing, put_id, take_id};
use crate::engine::{Put, Seq, View};
use crate::ground::error::{Code, Error, Result};
use std::collections::HashMap;
use std::ops::ControlFlow;

const FORMAT: u8 = 1;
/// Where the engine puts the time in an entry: after format and commit id.
const TIME_AT: usize = 17;
/// Bytes after which a run of changes ends.
const RUN_BYTES: usize = 32 << 10;

/// One change of one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What kind of thing.
    pub thing: Thing,
    /// The number of its collection; 0 for relationships.
    pub collection: u32,
    /// Its id.
    pub id: Id,
    /// Its version before, 0 when it was not there.
    pub old_version: u64,
    /// Its version after, 0 when it is gone.
    pub new_version: u64,
    /// The stored row before.
    pub before: Option<Vec<u8>>,
}

/// The puts of a commit's entry (the first of them) and of its changes.
#[must_use]
pub fn encode(commit_id: [u8; 16], actor: &Actor, changes: &[Change]) -> Vec<Put> {
    let mut puts = vec![Put {
        key: keys::journal_entry(0),
        value: entry(commit_id, actor, changes.len()),
        seq_at: Some(keys::JOURNAL_SEQ_AT),
        time_at: Some(TIME_AT),
    }];
    let (mut run, mut first) = (Vec::new(), 0_u32);
    // A thing that changed several times has one history key, which leads to its first change.
    let mut touched: HashMap<(Thing, u32, &Id), (u32, &Change)> = HashMap::with_capacity(changes.len());
    for (n, change) in (0_u32..).zip(changes) {
        let bytes = change.before.as_ref().map_or(0, Vec::len) + 64;
        if !run.is_empty() && run.len() + bytes > RUN_BYTES {
            puts.push(run_put(first, std::mem::take(&mut run)));
            first = n;
        }
        append(&mut run, change);
        let key = (change.thing, change.collection, &change.id);
        touched.entry(key).and_modify(|(_, last)| *last = change).or_insert((n, change));
    }
    if !run.is_empty() {
        puts.push(run_put(first, run));
    }
    puts.extend(touched.into_values().map(|(n, last)| history_put(n, last)));
    if let Some(name) = &actor.run {
        let key = keys::run(name);
        let seq_at = Some(key.len() - 8);
        puts.push(Put { key, value: Vec::new(), seq_at, time_at: None });
    }
    puts
}

fn entry(commit_id: [u8; 16], actor: &Actor, changes: usize) -> Vec<u8> {
    let mut value = vec![FORMAT];
    value.extend_from_slice(&commit_id);
    value.extend_from_slice(&[0; 8]);
    value.extend_from_slice(&u32::try_from(changes).unwrap_or(u32::MAX).to_be_bytes());
    value.extend_from_slice(&serde_json::to_vec(actor).unwrap_or_default());
    value
}

fn run_put(first: u32, value: Vec<u8>) -> Put {
    Put { key: keys::journal_changes(0, first), value, seq_at: Some(keys::JOURNAL_SEQ_AT), time_at: None }
}

/// A thing's history key; its value is the number of its first change in the commit and the version that
/// it has after the last one (when deleted: had), so that a thing made again can continue its version.
fn history_put(n: u32, change: &Change) -> Put {
    let key = keys::history(change.thing, change.collection, &change.id, 0);
    let mut value = n.to_be_bytes().to_vec();
    value.extend_from_slice(&change.new_version.max(change.old_version).to_be_bytes());
    let seq_at = Some(key.len() - 8);
    Put { key, value, seq_at, time_at: None }
}

/// What the value of a history key says: the number of the thing's first change in the commit, and its version.
pub fn history_place(value: &[u8]) -> Result<(u32, u64)> {
    let (n, rest) = value.split_first_chunk::<4>().ok_or_else(damaged)?;
    let version = rest.first_chunk::<8>().ok_or_else(damaged)?;
    Ok((u32::from_be_bytes(*n), u64::from_be_bytes(*version)))
}

/// What the journal says of a whole commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// When it was made, in milliseconds since 1970.
    pub time_ms: u64,
    /// Who made it.
    pub actor: Actor,
}

/// The entry of a commit.
pub fn entry_at(view: &dyn View, seq: u64) -> Result<Entry> {
    let mut found = Err(damaged());
    view.get_with(&keys::journal_entry(seq), &mut |row| {
        found = row.ok_or_else(damaged).and_then(|(_, value)| decode_entry(value));
    })?;
    found
}

/// The first entry of a commit from this one on.
pub fn first_entry_since(view: &dyn View, seq: u64) -> Result<Option<(u64, Entry)>> {
    let (lo, hi) = keys::journal_since(seq.saturating_sub(1));
    let mut found = None;
    view.scan_each(&lo, &hi, false, &mut |key, _, value| {
        // A commit's entry stands before its changes.
        found = Some(keys::journal_place(key).and_then(|(seq, _)| Ok((seq, decode_entry(value)?))));
        ControlFlow::Break(())
    })?;
    found.transpose()
}

/// The newest entry, and its commit.
pub fn last_entry(view: &dyn View) -> Result<Option<(u64, Entry)>> {
    let (lo, hi) = keys::journal_since(0);
    let mut last = None;
    view.scan_each(&lo, &hi, true, &mut |key, _, _| {
        last = Some(keys::journal_place(key));
        ControlFlow::Break(())
    })?;
    last.transpose()?.map(|(seq, _)| Ok((seq, entry_at(view, seq)?))).transpose()
}

/// Reads an entry.
pub fn decode_entry(value: &[u8]) -> Result<Entry> {
    let rest = value.get(TIME_AT..).and_then(|rest| rest.split_first_chunk::<8>());
    let (time, rest) = rest.ok_or_else(damaged)?;
    // How many changes there are stands before the actor.
    let actor = rest.get(4..).and_then(|actor| serde_json::from_slice(actor).ok()).ok_or_else(damaged)?;
    Ok(Entry { time_ms: u64::from_be_bytes(*time), actor })
}

/// The change with this number in a commit.
pub fn change_at(view: &dyn View, seq: u64, n: u32) -> Result<Change> {
    // The run that has it is the last that begins with it or before.
    let (lo, mut hi) = (keys::journal_changes(seq, 0), keys::journal_changes(seq, n));
    hi.push(0);
    let mut found = Err(damaged());
    view.scan_each(&lo, &hi, true, &mut |key, _, value| {
        found = keys::journal_place(key).and_then(|(_, first)| {
            let at = first.and_then(|first| n.checked_sub(first)).ok_or_else(damaged)?;
            decode_run(value)?.into_iter().nth(at as usize).ok_or_else(damaged)
        });
        ControlFlow::Break(())
    })?;
    found
}

/// All changes of one commit, in order.
pub fn changes_of(view: &dyn View, seq: u64) -> Result<Vec<Change>> {
    let (lo, hi) = (keys::journal_changes(seq, 0), keys::journal_entry(seq.saturating_add(1)));
    let mut changes = Vec::new();
    let mut failed = Ok(());
    view.scan_each(&lo, &hi, false, &mut |_, _, value| {
        match decode_run(value) {
            Ok(run) => changes.extend(run),
            Err(error) => failed = Err(error),
        }
        if failed.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    failed.map(|()| changes)
}

fn append(run: &mut Vec<u8>, change: &Change) {
    run.push(change.thing as u8);
    run.extend_from_slice(&change.collection.to_be_bytes());
    put_id(run, &change.id);
    run.extend_from_slice(&change.old_version.to_be_bytes());
    run.extend_from_slice(&change.new_version.to_be_bytes());
    let before = change.before.as_deref();
    let len = before.map_or(u32::MAX, |b| u32::try_from(b.len()).unwrap_or(u32::MAX - 1));
    run.extend_from_slice(&len.to_be_bytes());
    run.extend_from_slice(before.unwrap_or_default());
}

/// Reads a run of changes.
pub fn decode_run(mut bytes: &[u8]) -> Result<Vec<Change>> {
    let mut changes = Vec::new();
    while let Some((kind, rest)) = bytes.split_first() {
        let thing = match kind {
            1 => Thing::Collection,
            2 => Thing::Record,
            3 => Thing::Relationship,
            4 => Thing::Workspace,
            _ => return Err(damaged()),
        };
        let (collection, rest) = rest.split_first_chunk::<4>().ok_or_else(damaged)?;
        let (id, rest) = take_id(rest)?;
        let (old_version, rest) = rest.split_first_chunk::<8>().ok_or_else(damaged)?;
        let (new_version, rest) = rest.split_first_chunk::<8>().ok_or_else(damaged)?;
        let (len, rest) = rest.split_first_chunk::<4>().ok_or_else(damaged)?;
        let len = u32::from_be_bytes(*len);
        let (before, rest) = if len == u32::MAX {
            (None, rest)
        } else {
            let len = usize::try_from(len).map_err(|_| damaged())?;
            let (before, rest) = rest.split_at_checked(len).ok_or_else(damaged)?;
            (Some(before.to_vec()), rest)
        };
        changes.push(Change {
            thing,
            collection: u32::from_be_bytes(*collection),
            id,
            old_version: u64::from_be_bytes(*old_version),
            new_version: u64::from_be_bytes(*new_version),
            before,
        });
        bytes = rest;
    }
    Ok(changes)
}

/// Hands every change after `since` to `f`, oldest first, until it breaks.
pub fn changes_since(
    view: &dyn View,
    since: Seq,
    f: &mut dyn FnMut(Seq, Change) -> ControlFlow<()>,
) -> Result<()> {
    let (lo, hi) = keys::journal_since(since.0);
    let mut failed = None;
    view.scan_each(&lo, &hi, false, &mut |key, _, value| {
        let read = || -> Result<ControlFlow<()>> {
            let (seq, Some(_)) = keys::journal_place(key)? else { return Ok(ControlFlow::Continue(())) };
            for change in decode_run(value)? {
                if f(Seq(seq), change).is_break() {
                    return Ok(ControlFlow::Break(()));
                }
            }
            Ok(ControlFlow::Continue(()))
        };
        let mut read = read;
        read().unwrap_or_else(|e| {
            failed = Some(e);
            ControlFlow::Break(())
        })
    })?;
    failed.map_or(Ok(()), Err)
}

/// The error for bytes that are no journal.
pub fn damaged() -> Error {
    Error::new(Code::CorruptStore, "a journal entry is damaged").hint("run `rekor check`")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(n: usize, before: usize) -> Change {
        Change {
            thing: Thing::Record,
            collection: 4,
            id: Id::parse(&format!("r{n}")).unwrap(),
            old_version: 1,
            new_version: 2,
            before: (before > 0).then(|| vec![7; before]),
        }
    }

    #[test]
    fn changes_come_back_as_they_went_in_and_runs_stay_small() {
        let changes: Vec<_> = (0..200).map(|n| change(n, n * 10)).collect();
        let puts = encode([9; 16], &Actor::default(), &changes);
        let runs: Vec<_> = puts
            .iter()
            .filter(|p| keys::journal_place(&p.key).is_ok_and(|(_, n)| n.is_some()) && p.key[0] == 0x30)
            .collect();
        assert!(runs.len() > 3 && runs.iter().all(|p| p.value.len() <= RUN_BYTES));
        let read: Vec<_> = runs.iter().flat_map(|p| decode_run(&p.value).unwrap()).collect();
        assert_eq!(read, changes);
        assert!(puts[0].value.windows(16).any(|w| w == [9; 16]));
    }

    #[test]
    fn damaged_runs_are_corrupt() {
        let mut run = Vec::new();
        append(&mut run, &change(1, 5));
        for end in 1..run.len() {
            assert_eq!(decode_run(&run[..end]).unwrap_err().code(), Code::CorruptStore);
        }
    }
}
