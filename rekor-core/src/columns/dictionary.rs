//! The distinct texts of one path, numbered in the order in which they were first sealed. A code stands for the same
//! text in every group of the collection, so a filter looks at each text once and groups are told apart by codes.
//!
//! Append-only, in chunks that never change: what is in memory stays true as more is added. When a dictionary has become
//! large, sealing begins a new one, the next epoch of the path; groups name the epoch of their codes.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::columns::bytes::{Taker, damaged, envelope, open, put_varint, seal, sum_of};
use crate::ground::error::Result;

/// What a code stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Entry<'d> {
    /// A string, unescaped.
    Text(&'d str),
    /// An array of scalars, as stored.
    Array(&'d str),
}

impl<'d> Entry<'d> {
    /// An entry of its class, 1 being arrays, and text.
    #[must_use]
    pub const fn of_parts(class: u8, text: &'d str) -> Self {
        if class == 1 { Self::Array(text) } else { Self::Text(text) }
    }

    /// Its class, 1 being arrays, and text.
    #[must_use]
    pub const fn parts(self) -> (u8, &'d str) {
        match self {
            Self::Text(text) => (0, text),
            Self::Array(text) => (1, text),
        }
    }
}

/// Codes from 1 on; 0 stands for null.
#[derive(Debug, Clone)]
pub struct Dictionary {
    chunks: Vec<Arc<Chunk>>,
    /// The checksum over those of all chunks.
    chain: u32,
    /// Tells it and what grows from it apart from all other dictionaries of the process.
    id: u64,
}

impl Default for Dictionary {
    fn default() -> Self {
        Self::empty()
    }
}

static NEXT_ID: AtomicU64 = AtomicU64::new(1);

/// Entries that were added by one commit.
#[derive(Debug)]
pub struct Chunk {
    /// The code of the first entry.
    pub first: u32,
    /// Where each text ends in `texts`.
    ends: Vec<u32>,
    texts: String,
    /// Whether each entry is an array; empty when none is.
    arrays: Vec<bool>,
}

/// How far a dictionary goes, stored beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tail {
    /// How many entries there are.
    pub entries: u32,
    /// Bytes of their texts.
    pub bytes: u64,
    /// How many rows were coded with it.
    pub rows: u64,
    /// The checksum over those of all chunks: two dictionaries with the same are one.
    pub chain: u32,
}

/// Entries after which the next epoch begins.
const ENTRIES_MAX: u32 = 1_000_000;
/// Entries after which the next epoch begins when hardly any entry repeats.
const ENTRIES_UNIQUE_MAX: u32 = 65_536;
/// Bytes of text after which the next epoch begins.
const BYTES_MAX: u64 = 64 << 20;
/// Bytes of one chunk, unless a single text goes beyond: a little less than a power of two, as pages are.
pub(super) const CHUNK_BYTES: usize = 255 << 10;

impl Tail {
    /// Whether sealing begins a new epoch before it codes more.
    #[must_use]
    pub const fn is_full(&self) -> bool {
        let unique = self.entries >= ENTRIES_UNIQUE_MAX && self.entries as u64 * 4 > self.rows * 3;
        self.entries >= ENTRIES_MAX || self.bytes >= BYTES_MAX || unique
    }

    /// Writes the row.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = envelope();
        for number in [self.entries.into(), self.bytes, self.rows, self.chain.into()] {
            put_varint(&mut out, number);
        }
        seal(out)
    }

    /// Reads the row.
    pub fn decode(value: &[u8]) -> Result<Self> {
        let mut taker = open(value)?;
        Ok(Self { entries: taker.u32()?, bytes: taker.varint()?, rows: taker.varint()?, chain: taker.u32()? })
    }

    /// The tail after a chunk more.
    #[must_use]
    pub fn after(self, chunk: &Chunk, sum: u32, rows: u64) -> Self {
        Self {
            entries: self.entries + chunk.len(),
            bytes: self.bytes + chunk.texts.len() as u64,
            rows: self.rows + rows,
            chain: link(self.chain, sum),
        }
    }
}

/// The checksum of a chain with one link more.
fn link(chain: u32, sum: u32) -> u32 {
    let mut hasher = crc32fast::Hasher::new_with_initial(chain);
    hasher.update(&sum.to_be_bytes());
    hasher.finalize()
}

impl Chunk {
    /// Bytes at most that an entry takes beside its text, which is 1,024 bytes long at most.
    pub(super) const HEAD_BYTES: usize = 2;

    /// A chunk of these entries.
    #[must_use]
    pub fn new<'e>(first: u32, entries: impl IntoIterator<Item = Entry<'e>>) -> Self {
        let mut made = Self { first, ends: Vec::new(), texts: String::new(), arrays: Vec::new() };
        let mut any = false;
        for entry in entries {
            let (class, text) = entry.parts();
            any |= class == 1;
            made.texts.push_str(text);
            made.ends.push(u32::try_from(made.texts.len()).unwrap_or(u32::MAX));
            made.arrays.push(class == 1);
        }
        if !any {
            made.arrays = Vec::new();
        }
        made
    }

    /// How many entries there are.
    #[must_use]
    pub fn len(&self) -> u32 {
        u32::try_from(self.ends.len()).unwrap_or(u32::MAX)
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Writes the row.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = envelope();
        put_varint(&mut out, self.first.into());
        put_varint(&mut out, self.ends.len() as u64);
        let mut start = 0;
        for (at, end) in self.ends.iter().enumerate() {
            let is_array = self.arrays.get(at).copied().unwrap_or(false);
            put_varint(&mut out, u64::from(end - start) << 1 | u64::from(is_array));
            start = *end;
        }
        out.extend_from_slice(self.texts.as_bytes());
        seal(out)
    }

    /// Reads the row, and the checksum that it carries.
    pub fn decode(value: &[u8]) -> Result<(Self, u32)> {
        let mut taker: Taker<'_> = open(value)?;
        let (first, count) = (taker.u32()?, taker.length()?);
        let mut ends = Vec::with_capacity(count.min(value.len()));
        let (mut arrays, mut any, mut end) = (Vec::new(), false, 0_u32);
        for _ in 0..count {
            let head = taker.varint()?;
            end = u32::try_from(head >> 1).ok().and_then(|len| end.checked_add(len)).ok_or_else(damaged)?;
            ends.push(end);
            arrays.push(head & 1 == 1);
            any |= head & 1 == 1;
        }
        let texts = std::str::from_utf8(taker.0).map_err(|_| damaged())?.to_owned();
        if texts.len() as u64 != u64::from(end)
            || ends.iter().any(|end| !texts.is_char_boundary(*end as usize))
        {
            return Err(damaged());
        }
        let arrays = if any { arrays } else { Vec::new() };
        Ok((Self { first, ends, texts, arrays }, sum_of(value)?))
    }

    fn entry(&self, at: usize) -> Option<Entry<'_>> {
        let start = if at == 0 { 0 } else { *self.ends.get(at - 1)? };
        let text = self.texts.get(start as usize..*self.ends.get(at)? as usize)?;
        Some(if self.arrays.get(at).copied().unwrap_or(false) {
            Entry::Array(text)
        } else {
            Entry::Text(text)
        })
    }

    /// Every entry, in the order of codes.
    pub fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).enumerate().filter_map(|(at, (start, end))| {
            let text = self.texts.get(start as usize..*end as usize)?;
            Some(Entry::of_parts(self.arrays.get(at).copied().unwrap_or(false).into(), text))
        })
    }

    /// All of it at once: where each text ends, the texts, and whether each is an array, which is empty when none is.
    #[must_use]
    pub fn parts(&self) -> (&[u32], &[u8], &[bool]) {
        (&self.ends, self.texts.as_bytes(), &self.arrays)
    }

    /// Bytes in memory.
    #[must_use]
    pub fn held(&self) -> usize {
        self.texts.len() + self.ends.len() * 4 + self.arrays.len() + 96
    }
}

impl Dictionary {
    /// A dictionary that others are made of by adding chunks.
    #[must_use]
    pub fn empty() -> Self {
        Self { chunks: Vec::new(), chain: 0, id: NEXT_ID.fetch_add(1, Ordering::Relaxed) }
    }

    /// What it has in common with those that it was made of by adding chunks, and with no other of the process: their
    /// codes mean the same.
    #[must_use]
    pub const fn id(&self) -> u64 {
        self.id
    }

    /// A dictionary of entries that stand nowhere else.
    #[must_use]
    pub fn of<'e>(entries: impl IntoIterator<Item = Entry<'e>>) -> Self {
        Self { chunks: vec![Arc::new(Chunk::new(1, entries))], ..Self::empty() }
    }

    /// The dictionary with a chunk more, which must follow.
    pub fn with(&self, chunk: Chunk, sum: u32) -> Result<Self> {
        if chunk.first != self.len() + 1 {
            return Err(damaged());
        }
        let mut chunks = self.chunks.clone();
        chunks.push(Arc::new(chunk));
        Ok(Self { chunks, chain: link(self.chain, sum), id: self.id })
    }

    /// How many entries there are, which is the greatest code.
    #[must_use]
    pub fn len(&self) -> u32 {
        self.chunks.last().map_or(0, |last| last.first - 1 + last.len())
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The checksum over those of all chunks.
    #[must_use]
    pub const fn chain(&self) -> u32 {
        self.chain
    }

    /// The chunks, in the order of codes.
    #[must_use]
    pub fn chunks(&self) -> &[Arc<Chunk>] {
        &self.chunks
    }

    /// What a code stands for; none for 0 and for codes that were never given.
    #[must_use]
    pub fn entry(&self, code: u32) -> Option<Entry<'_>> {
        let after = self.chunks.partition_point(|chunk| chunk.first <= code);
        let chunk = self.chunks.get(after.checked_sub(1)?)?;
        chunk.entry((code - chunk.first) as usize)
    }

    /// Whether each code of `other` stands for the same here: it is this dictionary, or was before this one grew.
    #[must_use]
    pub fn extends(&self, other: &Self) -> bool {
        other.is_empty() || self.id == other.id && self.len() >= other.len()
    }

    /// Every entry, in the order of codes from 1 on.
    pub fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        self.chunks.iter().flat_map(|chunk| chunk.entries())
    }

    /// Bytes in memory.
    #[must_use]
    pub fn held(&self) -> usize {
        self.chunks.iter().map(|chunk| chunk.held()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_make_one_dictionary() {
        let chunks = [
            Chunk::new(1, [Entry::Text("a"), Entry::Text("")]),
            Chunk::new(3, [Entry::Array("[1]"), Entry::Text("é")]),
        ];
        let (mut whole, mut tail) = (Dictionary::default(), Tail::default());
        for chunk in chunks {
            let stored = chunk.encode();
            let (read, sum) = Chunk::decode(&stored).unwrap();
            tail = tail.after(&read, sum, 5);
            whole = whole.with(read, sum).unwrap();
        }
        assert_eq!(tail, Tail::decode(&tail.encode()).unwrap());
        assert_eq!((tail.entries, tail.bytes, tail.rows, tail.chain), (4, 6, 10, whole.chain()));
        let all = [Entry::Text("a"), Entry::Text(""), Entry::Array("[1]"), Entry::Text("é")];
        assert_eq!(whole.entries().collect::<Vec<_>>(), all);
        assert_eq!((1..=4).map(|code| whole.entry(code).unwrap()).collect::<Vec<_>>(), all);
        assert_eq!((whole.entry(0), whole.entry(5), whole.len()), (None, None, 4));
        assert!(whole.with(Chunk::new(4, []), 0).is_err());
    }

    #[test]
    fn damaged_chunks_are_refused() {
        let stored = Chunk::new(1, [Entry::Text("äö"), Entry::Array("[]")]).encode();
        for at in 0..stored.len() {
            let mut bad = stored.clone();
            bad[at] ^= 0x55;
            assert!(Chunk::decode(&bad).is_err());
        }
    }
}
