//! The keys of columns: groups, blocks, dictionaries, paths and the dirty set. Ids stand in them as in the keys of records.

use crate::codec::keys::{Key, damaged, range};
use crate::ground::error::Result;

const COLUMNS: u8 = 0x20;
const DIRTY: u8 = 0x21;

/// What is stored of a collection's columns, one kind of key each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum ColumnKey {
    /// The header of a group, by the least id that it covers.
    Group = 1,
    /// A block: path, least id and `as_of` of its group.
    Block = 2,
    /// The paths and their numbers.
    Paths = 3,
    /// How far a dictionary goes: path and epoch.
    Tail = 4,
    /// Entries of a dictionary: path, epoch, first code.
    Chunk = 5,
}

impl ColumnKey {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Group, Self::Block, Self::Paths, Self::Tail, Self::Chunk];

    fn start(self, collection: u32) -> Key {
        Key::new(COLUMNS).raw(&[self as u8]).u32(collection)
    }

    /// All keys of this kind of a collection.
    #[must_use]
    pub fn all(self, collection: u32) -> (Vec<u8>, Vec<u8>) {
        range(self.start(collection).0)
    }
}

/// The header of the group whose least id, as it stands in keys, is `lo`.
#[must_use]
pub fn column_group(collection: u32, lo: &[u8]) -> Vec<u8> {
    ColumnKey::Group.start(collection).raw(lo).0
}

/// The least id in the key of a group's header, as it stands in keys.
pub fn column_group_lo(key: &[u8]) -> Result<&[u8]> {
    key.get(6..).ok_or_else(damaged)
}

/// A block of a group.
#[must_use]
pub fn column_block(collection: u32, path: u32, lo: &[u8], as_of: u64) -> Vec<u8> {
    ColumnKey::Block.start(collection).u32(path).raw(lo).u64(as_of).0
}

/// The path, the least id of the group and its `as_of` in the key of a block.
pub fn block_parts(key: &[u8]) -> Result<(u32, &[u8], u64)> {
    let (path, rest) = key.get(6..).and_then(|rest| rest.split_first_chunk::<4>()).ok_or_else(damaged)?;
    let (lo, as_of) = rest.split_last_chunk::<8>().ok_or_else(damaged)?;
    Ok((u32::from_be_bytes(*path), lo, u64::from_be_bytes(*as_of)))
}

/// The paths of a collection's columns.
#[must_use]
pub fn column_paths(collection: u32) -> Vec<u8> {
    ColumnKey::Paths.start(collection).0
}

/// How far an epoch of a path's dictionary goes.
#[must_use]
pub fn dictionary_tail(collection: u32, path: u32, epoch: u32) -> Vec<u8> {
    ColumnKey::Tail.start(collection).u32(path).u32(epoch).0
}

/// The tails of all epochs of a path's dictionary, in order.
#[must_use]
pub fn dictionary_tails(collection: u32, path: u32) -> (Vec<u8>, Vec<u8>) {
    range(ColumnKey::Tail.start(collection).u32(path).0)
}

/// The epoch in the key of a dictionary's tail or of a chunk.
pub fn dictionary_epoch(key: &[u8]) -> Result<u32> {
    let epoch = key.get(10..).and_then(|rest| rest.first_chunk::<4>()).ok_or_else(damaged)?;
    Ok(u32::from_be_bytes(*epoch))
}

/// The path and the epoch in the key of a dictionary's tail or of a chunk.
pub fn dictionary_name(key: &[u8]) -> Result<(u32, u32)> {
    let path = key.get(6..).and_then(|rest| rest.first_chunk::<4>()).ok_or_else(damaged)?;
    Ok((u32::from_be_bytes(*path), dictionary_epoch(key)?))
}

/// Entries of a dictionary, from the code `first` on.
#[must_use]
pub fn dictionary_chunk(collection: u32, path: u32, epoch: u32, first: u32) -> Vec<u8> {
    ColumnKey::Chunk.start(collection).u32(path).u32(epoch).u32(first).0
}

/// The chunks of a dictionary from the code `first` on.
#[must_use]
pub fn dictionary_chunks(collection: u32, path: u32, epoch: u32, first: u32) -> (Vec<u8>, Vec<u8>) {
    let (_, hi) = range(ColumnKey::Chunk.start(collection).u32(path).u32(epoch).0);
    (dictionary_chunk(collection, path, epoch, first), hi)
}

/// That a record was written since its group was sealed; the id as it stands in keys.
#[must_use]
pub fn dirty(collection: u32, id: &[u8]) -> Vec<u8> {
    Key::new(DIRTY).u32(collection).raw(id).0
}

/// All records of a collection that were written since their groups were sealed.
#[must_use]
pub fn dirties(collection: u32) -> (Vec<u8>, Vec<u8>) {
    range(Key::new(DIRTY).u32(collection).0)
}

/// The id in the key of a record or of a dirty entry, as it stands in keys.
pub fn id_part(key: &[u8]) -> Result<&[u8]> {
    key.get(5..).ok_or_else(damaged)
}

/// The collection of a key of this file.
#[must_use]
pub fn collection_of(key: &[u8]) -> Option<u32> {
    let at = if key.first() == Some(&COLUMNS) { 2 } else { 1 };
    key.get(at..)?.first_chunk::<4>().map(|number| u32::from_be_bytes(*number))
}
