//! The ids of a group's records, in their order: where a row of the columns is, and which record it belongs to.

use crate::codec::id::Id;
use crate::codec::keys::{put_id, take_id};
use crate::columns::bytes::{damaged, envelope, open, put_varint, seal};
use crate::columns::narrow::Narrow;
use crate::ground::error::Result;

/// Ids in ascending order, each once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ids {
    /// Nothing but UUIDs.
    Uuids(Vec<u128>),
    /// Ids as they stand in keys, one after the other.
    Keys {
        /// Where each ends.
        ends: Vec<u32>,
        /// All of them.
        bytes: Vec<u8>,
    },
}

impl Ids {
    /// Reads ids as they stand in keys.
    #[must_use]
    pub fn of_keys<'k>(keys: impl Iterator<Item = &'k [u8]> + Clone) -> Self {
        let uuids: Option<Vec<u128>> = keys.clone().map(uuid_of).collect();
        if let Some(uuids) = uuids {
            return Self::Uuids(uuids);
        }
        let (mut ends, mut bytes) = (Vec::new(), Vec::new());
        for key in keys {
            bytes.extend_from_slice(key);
            ends.push(u32::try_from(bytes.len()).unwrap_or(u32::MAX));
        }
        Self::Keys { ends, bytes }
    }

    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        match self {
            Self::Uuids(uuids) => uuids.len(),
            Self::Keys { ends, .. } => ends.len(),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The id of a row.
    pub fn id(&self, row: usize) -> Result<Id> {
        match self {
            Self::Uuids(uuids) => Ok(Id::Uuid(uuid::Uuid::from_u128(*uuids.get(row).ok_or_else(damaged)?))),
            Self::Keys { .. } => Ok(take_id(self.key(row).ok_or_else(damaged)?)?.0),
        }
    }

    fn key(&self, row: usize) -> Option<&[u8]> {
        let Self::Keys { ends, bytes } = self else { return None };
        let start = if row == 0 { 0 } else { *ends.get(row - 1)? };
        bytes.get(start as usize..*ends.get(row)? as usize)
    }

    /// The row of an id as it stands in keys.
    #[must_use]
    pub fn find(&self, key: &[u8]) -> Option<usize> {
        match self {
            Self::Uuids(uuids) => uuids.binary_search(&uuid_of(key)?).ok(),
            Self::Keys { ends, .. } => {
                let (mut low, mut high) = (0, ends.len());
                while low < high {
                    let middle = low.midpoint(high);
                    match self.key(middle)?.cmp(key) {
                        std::cmp::Ordering::Equal => return Some(middle),
                        std::cmp::Ordering::Less => low = middle + 1,
                        std::cmp::Ordering::Greater => high = middle,
                    }
                }
                None
            }
        }
    }

    /// Writes the block. Of UUIDs the upper halves, which are times in ids that rekor makes, are kept by their
    /// distance from the first.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = envelope();
        match self {
            Self::Uuids(uuids) => {
                let highs = || uuids.iter().map(|uuid| u64::try_from(uuid >> 64).unwrap_or(0));
                let (first, last) = (highs().next().unwrap_or(0), highs().next_back().unwrap_or(0));
                let width = Narrow::width_for(last - first);
                out.extend_from_slice(&[0, width]);
                put_varint(&mut out, first);
                Narrow::put(&mut out, width, highs().map(|high| high - first));
                uuids
                    .iter()
                    .for_each(|uuid| out.extend_from_slice(uuid.to_be_bytes().get(8..).unwrap_or_default()));
            }
            Self::Keys { ends, bytes } => {
                out.push(1);
                let starts = std::iter::once(0).chain(ends.iter().copied());
                starts.zip(ends).for_each(|(start, end)| put_varint(&mut out, (end - start).into()));
                out.extend_from_slice(bytes);
            }
        }
        seal(out)
    }

    /// Reads the block.
    pub fn decode(block: &[u8], rows: usize) -> Result<Self> {
        let mut taker = open(block)?;
        let ids = match taker.byte()? {
            0 => {
                let (width, first) = (taker.byte()?, taker.varint()?);
                let highs = Narrow::take(width, rows, taker.raw(rows.saturating_mul(width.into()))?)?;
                let lows = taker.raw(rows.saturating_mul(8))?.as_chunks::<8>().0;
                let pairs = lows.iter().enumerate().map(|(row, low)| {
                    let high = u128::from(first.wrapping_add(highs.get(row)));
                    high << 64 | u128::from(u64::from_be_bytes(*low))
                });
                Self::Uuids(pairs.collect())
            }
            1 => {
                let (mut ends, mut end) = (Vec::with_capacity(rows.min(block.len())), 0_u32);
                for _ in 0..rows {
                    end = end.checked_add(taker.u32()?).ok_or_else(damaged)?;
                    ends.push(end);
                }
                Self::Keys { ends, bytes: taker.raw(end as usize)?.to_vec() }
            }
            _ => return Err(damaged()),
        };
        if taker.is_empty() { Ok(ids) } else { Err(damaged()) }
    }

    /// Bytes in memory.
    #[must_use]
    pub const fn held(&self) -> usize {
        match self {
            Self::Uuids(uuids) => uuids.len() * 16 + 64,
            Self::Keys { ends, bytes } => ends.len() * 4 + bytes.len() + 64,
        }
    }
}

/// The UUID that an id in a key is.
fn uuid_of(key: &[u8]) -> Option<u128> {
    match take_id(key) {
        Ok((Id::Uuid(uuid), _)) => Some(uuid.as_u128()),
        _ => None,
    }
}

/// An id as it stands in keys.
#[must_use]
pub fn key_of(id: &Id) -> Vec<u8> {
    let mut key = Vec::with_capacity(17);
    put_id(&mut key, id);
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_come_back_and_are_found() {
        let made: Vec<Id> = (0..5).map(|_| Id::Uuid(crate::ground::env::new_id())).collect();
        let mut mixed = made.clone();
        mixed.extend(["a", "b.c", "zz"].map(Id::trusted));
        for ids in [made, mixed] {
            let keys: Vec<Vec<u8>> = ids.iter().map(key_of).collect();
            let block = Ids::of_keys(keys.iter().map(Vec::as_slice));
            let read = Ids::decode(&block.encode(), ids.len()).unwrap();
            assert_eq!(read, block);
            for (row, id) in ids.iter().enumerate() {
                assert_eq!((read.id(row).unwrap(), read.find(&keys[row])), (id.clone(), Some(row)));
            }
            assert_eq!(read.find(&key_of(&Id::trusted("nobody"))), None);
            assert!(Ids::decode(&block.encode(), ids.len() + 1).is_err());
        }
    }
}
