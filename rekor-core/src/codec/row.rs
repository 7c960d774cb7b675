//! Stored rows of records and relationships: a fixed head, a checksum, and the caller's JSON text.
//! A row that does not decode or whose checksum is wrong is `corrupt_store`.

use crate::codec::id::{ExternalKey, Id};
use crate::codec::keys::{put_id, take_id};
use crate::ground::error::{Code, Error, Result};

const FORMAT: u8 = 1;
const HAS_EXTERNAL: u8 = 1;
const HAS_SOURCE: u8 = 2;
const HAS_DATA: u8 = 4;
/// Format, flags, checksum, version, created, updated.
const HEAD_BYTES: usize = 1 + 1 + 4 + 8 + 8 + 8;

/// A record's row, borrowed from the stored bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordRow<'a> {
    /// The record's version.
    pub version: u64,
    /// Milliseconds since 1970.
    pub created_ms: u64,
    /// Milliseconds since 1970.
    pub updated_ms: u64,
    /// The external id.
    pub external_id: Option<&'a str>,
    /// The external source; only with an id.
    pub external_source: Option<&'a str>,
    /// The canonical JSON text.
    pub data: &'a str,
}

impl RecordRow<'_> {
    /// Writes the row.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let (id, source) = (self.external_id.unwrap_or_default(), self.external_source.unwrap_or_default());
        assert!(id.len() <= 512 && source.len() <= 64, "external keys are checked before they are stored");
        let flags = if self.external_id.is_some() { HAS_EXTERNAL } else { 0 }
            | if self.external_source.is_some() { HAS_SOURCE } else { 0 };
        let mut row = head(
            flags,
            self.version,
            self.created_ms,
            self.updated_ms,
            3 + id.len() + source.len() + self.data.len(),
        );
        row.push(u8::try_from(source.len()).unwrap_or(0));
        row.extend_from_slice(&u16::try_from(id.len()).unwrap_or(0).to_be_bytes());
        row.extend_from_slice(source.as_bytes());
        row.extend_from_slice(id.as_bytes());
        row.extend_from_slice(self.data.as_bytes());
        seal(row)
    }

    /// The external key, if there is one.
    #[must_use]
    pub fn external(&self) -> Option<ExternalKey> {
        self.external_id.map(|id| ExternalKey { source: self.external_source.map(Into::into), id: id.into() })
    }
}

/// Reads a record's row.
pub fn decode_record(bytes: &[u8]) -> Result<RecordRow<'_>> {
    let head = open(bytes)?;
    let (source_len, rest) = head.rest.split_first().ok_or_else(damaged)?;
    let (id_len, rest) = rest.split_first_chunk::<2>().ok_or_else(damaged)?;
    let (source, rest) = rest.split_at_checked(usize::from(*source_len)).ok_or_else(damaged)?;
    let (id, data) = rest.split_at_checked(usize::from(u16::from_be_bytes(*id_len))).ok_or_else(damaged)?;
    Ok(RecordRow {
        version: head.version,
        created_ms: head.created_ms,
        updated_ms: head.updated_ms,
        external_id: if head.flags & HAS_EXTERNAL == 0 { None } else { Some(text(id)?) },
        external_source: if head.flags & HAS_SOURCE == 0 { None } else { Some(text(source)?) },
        data: text(data)?,
    })
}

/// A relationship's row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelationshipRow {
    /// The relationship's version.
    pub version: u64,
    /// Milliseconds since 1970.
    pub created_ms: u64,
    /// Milliseconds since 1970.
    pub updated_ms: u64,
    /// Its type.
    pub rel_type: Box<str>,
    /// The number of the source's collection, and its id.
    pub source: (u32, Id),
    /// The number of the target's collection, and its id.
    pub target: (u32, Id),
    /// The canonical JSON text, if it has data.
    pub data: Option<Box<str>>,
}

impl RelationshipRow {
    /// Writes the row.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let data = self.data.as_deref().unwrap_or_default();
        let flags = if self.data.is_some() { HAS_DATA } else { 0 };
        let mut row = head(flags, self.version, self.created_ms, self.updated_ms, 128 + data.len());
        row.extend_from_slice(self.rel_type.as_bytes());
        row.push(0);
        for (collection, id) in [&self.source, &self.target] {
            row.extend_from_slice(&collection.to_be_bytes());
            put_id(&mut row, id);
        }
        row.extend_from_slice(data.as_bytes());
        seal(row)
    }
}

/// Reads a relationship's row.
pub fn decode_relationship(bytes: &[u8]) -> Result<RelationshipRow> {
    let head = open(bytes)?;
    let end = head.rest.iter().position(|b| *b == 0).ok_or_else(damaged)?;
    let (rel_type, rest) = head.rest.split_at_checked(end).ok_or_else(damaged)?;
    let (source, rest) = take_end(rest.get(1..).unwrap_or_default())?;
    let (target, data) = take_end(rest)?;
    Ok(RelationshipRow {
        version: head.version,
        created_ms: head.created_ms,
        updated_ms: head.updated_ms,
        rel_type: text(rel_type)?.into(),
        source,
        target,
        data: if head.flags & HAS_DATA == 0 { None } else { Some(text(data)?.into()) },
    })
}

fn take_end(bytes: &[u8]) -> Result<((u32, Id), &[u8])> {
    let (number, rest) = bytes.split_first_chunk::<4>().ok_or_else(damaged)?;
    let (id, rest) = take_id(rest)?;
    Ok(((u32::from_be_bytes(*number), id), rest))
}

struct Head<'a> {
    flags: u8,
    version: u64,
    created_ms: u64,
    updated_ms: u64,
    rest: &'a [u8],
}

fn head(flags: u8, version: u64, created_ms: u64, updated_ms: u64, more_bytes: usize) -> Vec<u8> {
    let mut row = Vec::with_capacity(HEAD_BYTES + more_bytes);
    row.extend_from_slice(&[FORMAT, flags, 0, 0, 0, 0]);
    for n in [version, created_ms, updated_ms] {
        row.extend_from_slice(&n.to_be_bytes());
    }
    row
}

/// Puts the checksum of everything after it, and of the flags, into its place.
pub(crate) fn seal(mut row: Vec<u8>) -> Vec<u8> {
    let sum = checksum(&row).to_be_bytes();
    if let Some(place) = row.get_mut(2..6) {
        place.copy_from_slice(&sum);
    }
    row
}

fn checksum(row: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(row.get(..2).unwrap_or_default());
    hasher.update(row.get(6..).unwrap_or_default());
    hasher.finalize()
}

fn open(bytes: &[u8]) -> Result<Head<'_>> {
    let (head, rest) = bytes.split_first_chunk::<HEAD_BYTES>().ok_or_else(damaged)?;
    let [format, flags, sum @ ..] = head;
    if *format != FORMAT {
        return Err(Error::new(Code::UnsupportedFormat, format!("a row has the unknown format {format}"))
            .hint("use the version of rekor that wrote this store, or a newer one"));
    }
    let (sum, numbers) = sum.split_first_chunk::<4>().ok_or_else(damaged)?;
    if u32::from_be_bytes(*sum) != checksum(bytes) {
        return Err(damaged());
    }
    let mut numbers =
        numbers.chunks_exact(8).map(|n| n.iter().fold(0_u64, |acc, b| acc << 8 | u64::from(*b)));
    let mut next = || numbers.next().ok_or_else(damaged);
    Ok(Head { flags: *flags, version: next()?, created_ms: next()?, updated_ms: next()?, rest })
}

fn text(bytes: &[u8]) -> Result<&str> {
    std::str::from_utf8(bytes).map_err(|_| damaged())
}

fn damaged() -> Error {
    Error::new(Code::CorruptStore, "a stored row is damaged").hint("run `rekor check`, then restore a backup")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row() -> RecordRow<'static> {
        RecordRow {
            version: 3,
            created_ms: 1,
            updated_ms: 2,
            external_id: Some("inv_1"),
            external_source: Some("billing"),
            data: r#"{"a":1.50}"#,
        }
    }

    #[test]
    fn rows_decode_to_what_was_encoded() {
        assert_eq!(decode_record(&row().encode()).unwrap(), row());
        let bare = RecordRow { external_id: None, external_source: None, ..row() };
        assert_eq!(decode_record(&bare.encode()).unwrap(), bare);
        let link = RelationshipRow {
            version: 1,
            created_ms: 5,
            updated_ms: 6,
            rel_type: "owns".into(),
            source: (1, Id::parse("a").unwrap()),
            target: (2, Id::parse("01961a3b-0000-7000-8000-000000000000").unwrap()),
            data: None,
        };
        assert_eq!(decode_relationship(&link.encode()).unwrap(), link);
    }

    #[test]
    fn any_flipped_bit_is_found() {
        let good = row().encode();
        for at in 0..good.len() * 8 {
            let mut bad = good.clone();
            bad[at / 8] ^= 1 << (at % 8);
            assert!(decode_record(&bad).is_err(), "bit {at}");
        }
        for end in 0..good.len() {
            assert!(decode_record(&good[..end]).is_err());
        }
    }
}
