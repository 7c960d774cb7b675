//! The layout of a workspace's key space: ordered bytes, one prefix byte per kind. Collections and
//! indexes stand by number, which is never reused. What is decoded here was written here, so bad bytes
//! are `corrupt_store`.

use crate::codec::id::{ExternalKey, Id};
use crate::ground::error::{Code, Error, Result};

pub use crate::codec::journal_keys::*;

/// The version of the layout. A change of any key or row raises it.
///
/// 2 has columns: every record that is written leaves a dirty entry or stands in a group. A workspace of format 1 becomes
/// one of format 2 with the first record that is written.
pub const FORMAT: u32 = 2;

/// What a journal entry or history key is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Thing {
    /// A collection; its key is the collection's id.
    Collection = 1,
    /// A record.
    Record = 2,
    /// A relationship.
    Relationship = 3,
    /// A setting of the workspace.
    Workspace = 4,
}

pub(super) mod prefix {
    pub(in crate::codec) const META: u8 = 0x01;
    pub(in crate::codec) const COLLECTION: u8 = 0x02;
    pub(in crate::codec) const NUMBER: u8 = 0x03;
    pub(in crate::codec) const BASE: u8 = 0x04;
    pub(in crate::codec) const PROMOTION: u8 = 0x05;
    pub(in crate::codec) const RECORD: u8 = 0x10;
    pub(in crate::codec) const EXTERNAL: u8 = 0x11;
    pub(in crate::codec) const INDEX: u8 = 0x12;
    pub(in crate::codec) const EDGE_OUT: u8 = 0x13;
    pub(in crate::codec) const EDGE_IN: u8 = 0x14;
    pub(in crate::codec) const RELATIONSHIP: u8 = 0x15;
    // 0x20 and 0x21 are those of `column_keys`.
    pub(in crate::codec) const JOURNAL: u8 = 0x30;
    pub(in crate::codec) const HISTORY: u8 = 0x31;
    pub(in crate::codec) const RUN: u8 = 0x32;
    pub(in crate::codec) const IDEMPOTENT: u8 = 0x33;
    pub(in crate::codec) const IMPORT: u8 = 0x34;
    pub(in crate::codec) const IDEMPOTENT_SINCE: u8 = 0x35;
    // 0x36 says in `ctx::pruned` where history begins.
    pub(in crate::codec) const CATALOG: u8 = 0x40;
    // 0x41 and 0x42 are those of `access`.
}

/// The workspace's configuration; its version moves with every change of any of it.
#[must_use]
pub fn meta() -> Vec<u8> {
    vec![prefix::META]
}

/// A collection, by id.
#[must_use]
pub fn collection(id: &str) -> Vec<u8> {
    Key::new(prefix::COLLECTION).raw(id.as_bytes()).0
}

/// All collections.
#[must_use]
pub fn collections() -> (Vec<u8>, Vec<u8>) {
    (vec![prefix::COLLECTION], vec![prefix::COLLECTION + 1])
}

/// The id of a collection, by number; it stays when the collection is deleted.
#[must_use]
pub fn number(collection: u32) -> Vec<u8> {
    Key::new(prefix::NUMBER).u32(collection).0
}

/// Whether this is the key of a collection.
#[must_use]
pub fn is_collection(key: &[u8]) -> bool {
    key.first() == Some(&prefix::COLLECTION)
}

/// The number of the collection of a record's key; none for any other key.
#[must_use]
pub fn record_collection(key: &[u8]) -> Option<u32> {
    let (kind, rest) = key.split_first()?;
    (*kind == prefix::RECORD).then(|| rest.first_chunk::<4>().map(|n| u32::from_be_bytes(*n)))?
}

/// The ids of all collections that there have been, by number.
#[must_use]
pub fn numbers() -> (Vec<u8>, Vec<u8>) {
    (vec![prefix::NUMBER], vec![prefix::NUMBER + 1])
}

/// A record.
#[must_use]
pub fn record(collection: u32, id: &Id) -> Vec<u8> {
    Key::new(prefix::RECORD).u32(collection).id(id).0
}

/// All records of a collection.
#[must_use]
pub fn records(collection: u32) -> (Vec<u8>, Vec<u8>) {
    range(Key::new(prefix::RECORD).u32(collection).0)
}

/// The record whose id, as it stands in keys, is `id`.
#[must_use]
pub fn record_at(collection: u32, id: &[u8]) -> Vec<u8> {
    Key::new(prefix::RECORD).u32(collection).raw(id).0
}

/// The id in a record's key.
pub fn record_id(key: &[u8]) -> Result<Id> {
    Ok(take_id(key.get(5..).unwrap_or_default())?.0)
}

/// A record by its external key.
#[must_use]
pub fn external(collection: u32, key: &ExternalKey) -> Vec<u8> {
    let start = Key::new(prefix::EXTERNAL).u32(collection);
    let start = match &key.source {
        None => start.raw(&[0]),
        Some(source) => start.raw(&[1]).raw(source.as_bytes()).raw(&[0]),
    };
    start.raw(key.id.as_bytes()).0
}

/// Whether this is the key of a record by its external key.
#[must_use]
pub fn is_external(key: &[u8]) -> bool {
    key.first() == Some(&prefix::EXTERNAL)
}

/// All entries of a declared index; the encoded values and, unless unique, the id follow.
#[must_use]
pub fn index(index: u32) -> Vec<u8> {
    Key::new(prefix::INDEX).u32(index).0
}

/// One direction of an edge, seen from `near`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EdgeSide {
    /// `near` is the source.
    Out,
    /// `near` is the target.
    In,
}

/// An edge, decoded from its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    /// The type of the relationship.
    pub rel_type: Box<str>,
    /// The number of the far record's collection.
    pub far_collection: u32,
    /// The far record.
    pub far: Id,
    /// The relationship.
    pub relationship: Id,
}

/// The edge of a relationship, seen from one end.
#[must_use]
pub fn edge(side: EdgeSide, near: (u32, &Id), edge: &Edge) -> Vec<u8> {
    edges_start(side, near)
        .raw(edge.rel_type.as_bytes())
        .raw(&[0])
        .u32(edge.far_collection)
        .id(&edge.far)
        .id(&edge.relationship)
        .0
}

/// The edges of one record on one side, of one type if given.
#[must_use]
pub fn edges(side: EdgeSide, near: (u32, &Id), rel_type: Option<&str>) -> (Vec<u8>, Vec<u8>) {
    let start = edges_start(side, near);
    range(match rel_type {
        None => start.0,
        Some(rel_type) => start.raw(rel_type.as_bytes()).raw(&[0]).0,
    })
}

/// Decodes the part of an edge's key after that of its near end.
pub fn edge_of(side: EdgeSide, near: (u32, &Id), key: &[u8]) -> Result<Edge> {
    let rest = key.get(edges_start(side, near).0.len()..).ok_or_else(damaged)?;
    let end = rest.iter().position(|b| *b == 0).ok_or_else(damaged)?;
    let (name, rest) = rest.split_at_checked(end).ok_or_else(damaged)?;
    let rel_type = std::str::from_utf8(name).map_err(|_| damaged())?.into();
    let (number, rest) = rest.get(1..).and_then(|r| r.split_first_chunk::<4>()).ok_or_else(damaged)?;
    let (far, rest) = take_id(rest)?;
    let (relationship, _) = take_id(rest)?;
    Ok(Edge { rel_type, far_collection: u32::from_be_bytes(*number), far, relationship })
}

/// All edges of one side.
#[must_use]
pub fn all_edges(side: EdgeSide) -> (Vec<u8>, Vec<u8>) {
    range(vec![edge_prefix(side)])
}

/// Decodes an edge's key: its near end and the rest.
pub fn edge_parts(side: EdgeSide, key: &[u8]) -> Result<((u32, Id), Edge)> {
    let (number, rest) = key.get(1..).and_then(|r| r.split_first_chunk::<4>()).ok_or_else(damaged)?;
    let near = (u32::from_be_bytes(*number), take_id(rest)?.0);
    let edge = edge_of(side, (near.0, &near.1), key)?;
    Ok((near, edge))
}

fn edge_prefix(side: EdgeSide) -> u8 {
    match side {
        EdgeSide::Out => prefix::EDGE_OUT,
        EdgeSide::In => prefix::EDGE_IN,
    }
}

fn edges_start(side: EdgeSide, (collection, id): (u32, &Id)) -> Key {
    Key::new(edge_prefix(side)).u32(collection).id(id)
}

/// A relationship.
#[must_use]
pub fn relationship(id: &Id) -> Vec<u8> {
    Key::new(prefix::RELATIONSHIP).id(id).0
}

/// All relationships.
#[must_use]
pub fn relationships() -> (Vec<u8>, Vec<u8>) {
    (vec![prefix::RELATIONSHIP], vec![prefix::RELATIONSHIP + 1])
}

/// The id in a relationship's key.
pub fn relationship_id(key: &[u8]) -> Result<Id> {
    Ok(take_id(key.get(1..).unwrap_or_default())?.0)
}

/// How far an import has come.
#[must_use]
pub fn import(collection: u32, resume_key: &str) -> Vec<u8> {
    Key::new(prefix::IMPORT).u32(collection).raw(resume_key.as_bytes()).0
}

/// A workspace in the catalog.
#[must_use]
pub fn catalog(workspace: &str) -> Vec<u8> {
    Key::new(prefix::CATALOG).raw(workspace.as_bytes()).0
}

/// All workspaces of the catalog.
#[must_use]
pub fn catalogs() -> (Vec<u8>, Vec<u8>) {
    (vec![prefix::CATALOG], vec![prefix::CATALOG + 1])
}

/// The bytes of an id inside a key; it ends by itself.
pub fn put_id(key: &mut Vec<u8>, id: &Id) {
    match id {
        Id::Uuid(uuid) => {
            key.push(1);
            key.extend_from_slice(uuid.as_bytes());
        }
        Id::Text(text) => {
            key.push(2);
            key.extend_from_slice(text.as_bytes());
            key.push(0);
        }
    }
}

/// Reads the bytes of [`put_id`] and gives what follows them.
pub fn take_id(bytes: &[u8]) -> Result<(Id, &[u8])> {
    match bytes.split_first() {
        Some((1, rest)) => {
            let (uuid, rest) = rest.split_first_chunk::<16>().ok_or_else(damaged)?;
            Ok((Id::Uuid(uuid::Uuid::from_bytes(*uuid)), rest))
        }
        Some((2, rest)) => {
            let end = rest.iter().position(|b| *b == 0).ok_or_else(damaged)?;
            let (text, rest) = rest.split_at_checked(end).ok_or_else(damaged)?;
            let text = std::str::from_utf8(text).map_err(|_| damaged())?;
            Ok((Id::Text(text.into()), rest.get(1..).unwrap_or_default()))
        }
        _ => Err(damaged()),
    }
}

/// The range of all keys that start with `start`.
#[must_use]
pub fn range(start: Vec<u8>) -> (Vec<u8>, Vec<u8>) {
    let mut end = start.clone();
    while end.last() == Some(&0xFF) {
        end.pop();
    }
    if let Some(last) = end.last_mut() {
        *last += 1;
    }
    (start, end)
}

pub(super) fn damaged() -> Error {
    Error::new(Code::CorruptStore, "a stored key is damaged").hint("run `rekor check`")
}

pub(super) struct Key(pub(super) Vec<u8>);

impl Key {
    pub(super) fn new(prefix: u8) -> Self {
        let mut bytes = Vec::with_capacity(64);
        bytes.push(prefix);
        Self(bytes)
    }

    pub(super) fn raw(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }

    pub(super) fn u32(self, n: u32) -> Self {
        self.raw(&n.to_be_bytes())
    }

    pub(super) fn u64(self, n: u64) -> Self {
        self.raw(&n.to_be_bytes())
    }

    pub(super) fn id(mut self, id: &Id) -> Self {
        put_id(&mut self.0, id);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_decode_to_what_was_encoded() {
        let near = Id::parse("a").unwrap();
        let far = Id::parse("01961a3b-0000-7000-8000-000000000000").unwrap();
        let made =
            Edge { rel_type: "owns".into(), far_collection: 7, far, relationship: Id::parse("r1").unwrap() };
        let key = edge(EdgeSide::Out, (3, &near), &made);
        assert_eq!(edge_of(EdgeSide::Out, (3, &near), &key).unwrap(), made);
        let (lo, hi) = edges(EdgeSide::Out, (3, &near), Some("owns"));
        assert!(lo <= key && key < hi);
        assert!(key.len() < 1_024);
    }

    #[test]
    fn record_keys_sort_as_ids_do() {
        let ids = [
            "01961a3b-0000-7000-8000-000000000000",
            "f1961a3b-0000-7000-8000-000000000000",
            "-",
            "A",
            "A.b",
            "a",
        ];
        let ids: Vec<Id> = ids.iter().map(|t| Id::parse(t).unwrap()).collect();
        let keys: Vec<_> = ids.iter().map(|id| record(1, id)).collect();
        assert!(ids.is_sorted() && keys.is_sorted());
        for (id, key) in ids.iter().zip(&keys) {
            assert_eq!(&record_id(key).unwrap(), id);
        }
    }

    #[test]
    fn rubbish_is_corrupt_and_never_panics() {
        for bytes in [&[][..], &[1, 2], &[2, 65], &[9]] {
            assert_eq!(take_id(bytes).unwrap_err().code(), Code::CorruptStore);
        }
        assert_eq!(range(vec![1, 0xFF]), (vec![1, 0xFF], vec![2]));
    }
}
