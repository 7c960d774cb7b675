//! The bytes of stored columns: varints, checksummed envelopes and a reader that never panics. What does not
//! decode is `corrupt_store`, since it was written here.

use crate::ground::error::{Code, Error, Result};

/// The version of every stored form of columns.
const FORMAT: u8 = 1;

/// Appends a varint, 7 bits a byte, the lowest first (LEB128).
pub(super) fn put_varint(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(u8::try_from(number & 0x7F).unwrap_or(0) | 0x80);
        number >>= 7;
    }
    out.push(u8::try_from(number).unwrap_or(0));
}

/// Appends a signed number as a varint, small ones short whatever their sign.
pub(super) fn put_signed(out: &mut Vec<u8>, number: i64) {
    put_varint(out, (number.wrapping_shl(1) ^ (number >> 63)).cast_unsigned());
}

/// Appends a length and the bytes.
pub(super) fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_varint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// Starts a value: the format and room for the checksum.
pub(super) fn envelope() -> Vec<u8> {
    vec![FORMAT, 0, 0, 0, 0]
}

/// Writes the checksum into a value that is complete.
pub(super) fn seal(mut value: Vec<u8>) -> Vec<u8> {
    let sum = crc32fast::hash(value.get(5..).unwrap_or_default()).to_be_bytes();
    if let Some(place) = value.get_mut(1..5) {
        place.copy_from_slice(&sum);
    }
    value
}

/// The checksum that a sealed value carries.
pub(super) fn sum_of(value: &[u8]) -> Result<u32> {
    let sum = value.get(1..5).and_then(|sum| sum.first_chunk::<4>()).ok_or_else(damaged)?;
    Ok(u32::from_be_bytes(*sum))
}

/// Reads a value, its format and checksum verified.
pub(super) fn open(value: &[u8]) -> Result<Taker<'_>> {
    match value.first() {
        Some(&FORMAT) => {}
        Some(other) => {
            let error =
                Error::new(Code::UnsupportedFormat, format!("a column has the unknown format {other}"));
            return Err(error.hint("use the version of rekor that wrote this store, or a newer one"));
        }
        None => return Err(damaged()),
    }
    let rest = value.get(5..).ok_or_else(damaged)?;
    if sum_of(value)? != crc32fast::hash(rest) {
        return Err(damaged());
    }
    Ok(Taker(rest))
}

/// Takes stored forms from the front of some bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Taker<'b>(pub(super) &'b [u8]);

impl<'b> Taker<'b> {
    pub(super) fn byte(&mut self) -> Result<u8> {
        let (byte, rest) = self.0.split_first().ok_or_else(damaged)?;
        self.0 = rest;
        Ok(*byte)
    }

    pub(super) fn varint(&mut self) -> Result<u64> {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(damaged())
    }

    pub(super) fn signed(&mut self) -> Result<i64> {
        let number = self.varint()?;
        Ok((number >> 1).cast_signed() ^ -((number & 1).cast_signed()))
    }

    pub(super) fn u32(&mut self) -> Result<u32> {
        u32::try_from(self.varint()?).map_err(|_| damaged())
    }

    pub(super) fn length(&mut self) -> Result<usize> {
        usize::try_from(self.varint()?).map_err(|_| damaged())
    }

    pub(super) fn raw(&mut self, len: usize) -> Result<&'b [u8]> {
        let (taken, rest) = self.0.split_at_checked(len).ok_or_else(damaged)?;
        self.0 = rest;
        Ok(taken)
    }

    pub(super) fn bytes(&mut self) -> Result<&'b [u8]> {
        let len = self.length()?;
        self.raw(len)
    }

    pub(super) fn text(&mut self) -> Result<&'b str> {
        std::str::from_utf8(self.bytes()?).map_err(|_| damaged())
    }

    pub(super) fn u64_le(&mut self) -> Result<u64> {
        let bytes = self.raw(8)?.first_chunk::<8>().ok_or_else(damaged)?;
        Ok(u64::from_le_bytes(*bytes))
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The error of a stored column that does not decode.
pub(super) fn damaged() -> Error {
    Error::new(Code::CorruptStore, "a stored column is damaged")
        .hint("run `rekor check`, then restore a backup")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_round_trip() {
        let mut out = Vec::new();
        let unsigned = [0, 1, 127, 128, 300, u64::from(u32::MAX), u64::MAX];
        let signed = [0, 1, -1, 63, -64, i64::MAX, i64::MIN];
        unsigned.iter().for_each(|n| put_varint(&mut out, *n));
        signed.iter().for_each(|n| put_signed(&mut out, *n));
        let mut taker = Taker(&out);
        assert!(unsigned.iter().all(|n| taker.varint().unwrap() == *n));
        assert!(signed.iter().all(|n| taker.signed().unwrap() == *n));
        assert!(taker.is_empty() && taker.varint().is_err());
        assert!(Taker(&[0xFF; 11]).varint().is_err());
    }

    #[test]
    fn a_changed_byte_is_damage() {
        let mut value = envelope();
        put_bytes(&mut value, b"column");
        let value = seal(value);
        assert_eq!(open(&value).unwrap().bytes().unwrap(), b"column");
        for at in 0..value.len() {
            let mut bad = value.clone();
            bad[at] ^= 1;
            assert!(open(&bad).is_err());
            assert!(open(&value[..at]).is_err());
        }
    }
}
