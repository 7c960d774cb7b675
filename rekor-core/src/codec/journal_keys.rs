//! The part of the key space that tells of commits: the journal, the history of each thing, the commits of a run, promotions,
//! and what is kept under idempotency keys. Callers find it in [`keys`](crate::codec::keys).

use crate::codec::id::Id;
use crate::codec::keys::{Key, Thing, damaged, prefix, range};
use crate::ground::error::Result;

/// Where the Seq goes in [`journal_entry`] and [`journal_changes`].
pub const JOURNAL_SEQ_AT: usize = 1;

/// The entry of a commit, with room for its Seq.
#[must_use]
pub fn journal_entry(seq: u64) -> Vec<u8> {
    Key::new(prefix::JOURNAL).u64(seq).0
}

/// A run of changes of a commit, `first` being the number of the first of them.
#[must_use]
pub fn journal_changes(seq: u64, first: u32) -> Vec<u8> {
    Key::new(prefix::JOURNAL).u64(seq).u32(first).0
}

/// The entries and changes of all commits after `since`.
#[must_use]
pub fn journal_since(since: u64) -> (Vec<u8>, Vec<u8>) {
    (Key::new(prefix::JOURNAL).u64(since.saturating_add(1)).0, vec![prefix::JOURNAL + 1])
}

/// The Seq in a journal key, and the number of the first change when it is not the entry itself.
pub fn journal_place(key: &[u8]) -> Result<(u64, Option<u32>)> {
    let (seq, rest) = key.get(1..).and_then(|r| r.split_first_chunk::<8>()).ok_or_else(damaged)?;
    let first = rest.first_chunk::<4>().map(|n| u32::from_be_bytes(*n));
    Ok((u64::from_be_bytes(*seq), first))
}

/// That a thing changed in a commit, whose Seq stands in the last 8 bytes.
#[must_use]
pub fn history(thing: Thing, collection: u32, id: &Id, seq: u64) -> Vec<u8> {
    Key::new(prefix::HISTORY).raw(&[thing as u8]).u32(collection).id(id).u64(seq).0
}

/// The Seq in a history key.
pub fn history_seq(key: &[u8]) -> Result<u64> {
    key.last_chunk::<8>().map(|seq| u64::from_be_bytes(*seq)).ok_or_else(damaged)
}

/// All changes of one thing, oldest first.
#[must_use]
pub fn history_of(thing: Thing, collection: u32, id: &Id) -> (Vec<u8>, Vec<u8>) {
    range(Key::new(prefix::HISTORY).raw(&[thing as u8]).u32(collection).id(id).0)
}

/// That a run made a commit, with room for the Seq, which stands in the last 8 bytes.
#[must_use]
pub fn run(run: &str) -> Vec<u8> {
    Key::new(prefix::RUN).raw(run.as_bytes()).raw(&[0]).u64(0).0
}

/// All commits of a run, whose Seq stands in the last 8 bytes.
#[must_use]
pub fn runs(run: &str) -> (Vec<u8>, Vec<u8>) {
    range(Key::new(prefix::RUN).raw(run.as_bytes()).raw(&[0]).0)
}

/// What is kept under an idempotency key: the answer, in chunks. `slot` is the hash of actor and key.
#[must_use]
pub fn idempotent(slot: &[u8; 32], chunk: u16) -> Vec<u8> {
    Key(idempotent_slot(slot)).raw(&chunk.to_be_bytes()).0
}

/// All chunks of what is kept under an idempotency key.
#[must_use]
pub fn idempotent_slot(slot: &[u8; 32]) -> Vec<u8> {
    Key::new(prefix::IDEMPOTENT).raw(slot).0
}

/// That something has been kept under an idempotency key since then.
#[must_use]
pub fn idempotent_since(time_ms: u64, slot: &[u8; 32]) -> Vec<u8> {
    Key::new(prefix::IDEMPOTENT_SINCE).u64(time_ms).raw(slot).0
}

/// All that has been kept since a time or longer.
#[must_use]
pub fn idempotent_before(time_ms: u64) -> (Vec<u8>, Vec<u8>) {
    (vec![prefix::IDEMPOTENT_SINCE], Key::new(prefix::IDEMPOTENT_SINCE).u64(time_ms).0)
}

/// What a preview's configuration was made of: the base of its next promotion, by the preview's file.
#[must_use]
pub fn base(preview: &[u8; 16]) -> Vec<u8> {
    Key::new(prefix::BASE).raw(preview).0
}

/// A promotion or rollback, with room for the Seq of its commit, which stands in the last 8 bytes.
#[must_use]
pub fn promotion(seq: u64) -> Vec<u8> {
    Key::new(prefix::PROMOTION).u64(seq).0
}

/// All promotions and rollbacks, oldest first.
#[must_use]
pub fn promotions() -> (Vec<u8>, Vec<u8>) {
    (vec![prefix::PROMOTION], vec![prefix::PROMOTION + 1])
}

/// Whether a key tells of the promotions into a workspace, or of the bases of its previews.
#[must_use]
pub fn is_of_promotions(key: &[u8]) -> bool {
    matches!(key.first(), Some(&(prefix::BASE | prefix::PROMOTION)))
}
