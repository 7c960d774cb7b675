//! Whole numbers in the narrowest width that holds them. Knows nothing of what they mean.

use crate::columns::bytes::damaged;
use crate::ground::error::Result;

/// Numbers of one width.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Narrow {
    /// Up to 2^8 - 1.
    U8(Vec<u8>),
    /// Up to 2^16 - 1.
    U16(Vec<u16>),
    /// Up to 2^32 - 1.
    U32(Vec<u32>),
    /// All.
    U64(Vec<u64>),
}

/// Runs an expression with `$slice` bound to the numbers, whatever their width.
macro_rules! with_narrow {
    ($narrow:expr, $slice:ident => $body:expr) => {
        match $narrow {
            $crate::columns::narrow::Narrow::U8($slice) => $body,
            $crate::columns::narrow::Narrow::U16($slice) => $body,
            $crate::columns::narrow::Narrow::U32($slice) => $body,
            $crate::columns::narrow::Narrow::U64($slice) => $body,
        }
    };
}

pub(crate) use with_narrow;

impl Narrow {
    /// Bytes of each of these numbers when stored: 0 when all are 0.
    pub(super) fn width_for(max: u64) -> u8 {
        match max {
            0 => 0,
            1..=0xFF => 1,
            0x100..=0xFFFF => 2,
            0x1_0000..=0xFFFF_FFFF => 4,
            _ => 8,
        }
    }

    /// Appends the low `width` bytes of each number.
    pub(super) fn put(out: &mut Vec<u8>, width: u8, numbers: impl Iterator<Item = u64>) {
        match width {
            0 => {}
            1 => out.extend(numbers.map(|n| n.to_le_bytes()[0])),
            2 => numbers.for_each(|n| out.extend_from_slice(n.to_le_bytes().get(..2).unwrap_or_default())),
            4 => numbers.for_each(|n| out.extend_from_slice(n.to_le_bytes().get(..4).unwrap_or_default())),
            _ => numbers.for_each(|n| out.extend_from_slice(&n.to_le_bytes())),
        }
    }

    /// Reads `count` numbers of `width` bytes, which `bytes` holds exactly.
    pub(super) fn take(width: u8, count: usize, bytes: &[u8]) -> Result<Self> {
        if count.checked_mul(usize::from(width)) != Some(bytes.len()) {
            return Err(damaged());
        }
        Ok(match width {
            0 => Self::U8(vec![0; count]),
            1 => Self::U8(bytes.to_vec()),
            2 => Self::U16(bytes.as_chunks().0.iter().map(|n| u16::from_le_bytes(*n)).collect()),
            4 => Self::U32(bytes.as_chunks().0.iter().map(|n| u32::from_le_bytes(*n)).collect()),
            8 => Self::U64(bytes.as_chunks().0.iter().map(|n| u64::from_le_bytes(*n)).collect()),
            _ => return Err(damaged()),
        })
    }

    /// One number; 0 beyond the end.
    #[must_use]
    pub fn get(&self, at: usize) -> u64 {
        with_narrow!(self, numbers => numbers.get(at).copied().map_or(0, Into::into))
    }

    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        with_narrow!(self, numbers => numbers.len())
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes in memory.
    #[must_use]
    pub fn held(&self) -> usize {
        with_narrow!(self, numbers => std::mem::size_of_val(numbers.as_slice()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back_from_the_narrowest_width() {
        for (max, width) in [(0, 0), (255, 1), (256, 2), (65_536, 4), (1 << 40, 8)] {
            assert_eq!(Narrow::width_for(max), width);
            let numbers = [0, max / 2, max];
            let mut out = Vec::new();
            Narrow::put(&mut out, width, numbers.into_iter());
            let narrow = Narrow::take(width, 3, &out).unwrap();
            assert_eq!([0, 1, 2].map(|at| narrow.get(at)), numbers);
            assert!(Narrow::take(width, 4, &out).is_err() || width == 0);
        }
    }
}
