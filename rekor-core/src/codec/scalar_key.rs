//! Values as bytes whose order is the one order, each ending by itself, so that they can stand one after
//! another in a key. Never decides what is equal; that is `scalar`.
//!
//! A class byte, then: a number as the largest double not above it and the residual, which is exact; an
//! instant as seconds and nanoseconds; text with 0x00 written as 0x00 0xFF, ended by 0x00 0x01. A text
//! that is longer than its place stands as its first bytes, 0x00 0x02 and its SHA-256: equality is kept, and order up
//! to the texts that share those first bytes, which a reader compares again with the row.

use std::borrow::Cow;

use sha2::{Digest as _, Sha256};

use crate::codec::keys::{put_id, take_id};
use crate::codec::scalar::{Class, Number, Scalar, damaged};
use crate::codec::time::Instant;
use crate::ground::error::Result;
use crate::ground::limits::{INDEX_TEXT_BYTES, SORT_TEXT_BYTES};

const ESCAPE: u8 = 0x00;
const ESCAPED_ZERO: u8 = 0xFF;
const END: u8 = 0x01;
const CUT: u8 = 0x02;
const AFTER_CUT: u8 = 0x03;
const DIGEST_BYTES: usize = 32;

/// The bytes of escaped text that a value may take in an index over `fields` fields, so that the key with an id of
/// 128 bytes stays within 1,024 bytes.
#[must_use]
pub fn text_place(fields: usize) -> usize {
    const KEY_BYTES: usize = 1_024 - 5 - 130;
    const AROUND: usize = 1 + 2 + DIGEST_BYTES;
    (KEY_BYTES / fields.max(1)).saturating_sub(AROUND).min(INDEX_TEXT_BYTES)
}

/// Appends the value as an index keeps it; long text is cut to `place` escaped bytes. Answers whether it was.
pub fn put_index(key: &mut Vec<u8>, value: &Scalar<'_>, place: usize) -> bool {
    put(key, value, place, Long::Digest)
}

/// Appends the value as a sort sees it: the first 1,024 bytes of a text are all there is.
pub fn put_sort(key: &mut Vec<u8>, value: &Scalar<'_>) {
    put(key, value, SORT_TEXT_BYTES, Long::Forget);
}

/// Appends the start that a text and all those that begin like it share in an index: a bound, not a value.
pub fn put_text_start(key: &mut Vec<u8>, text: &str, place: usize) {
    key.push(Class::Text as u8);
    escape_within(key, text.as_bytes(), place);
}

/// Appends the place before, or after, every index entry that a value may stand at: for a cut text also those
/// of all the texts that it cannot be told from.
pub fn put_bound(key: &mut Vec<u8>, value: &Scalar<'_>, place: usize, after: bool) {
    let start = key.len();
    if put_index(key, value, place) {
        key.truncate(key.len().saturating_sub(DIGEST_BYTES + 1));
        key.push(if after { AFTER_CUT } else { CUT });
    } else if after {
        let (_, end) = crate::codec::keys::range(key.get(start..).unwrap_or_default().to_vec());
        key.truncate(start);
        key.extend_from_slice(&end);
    }
}

enum Long {
    /// Cut at the place counted in escaped bytes, with a digest.
    Digest,
    /// Cut at the place counted in the text's own bytes, without a trace.
    Forget,
}

fn put(key: &mut Vec<u8>, value: &Scalar<'_>, place: usize, long: Long) -> bool {
    key.push(value.class() as u8);
    match value {
        Scalar::Null => false,
        Scalar::Bool(b) => {
            key.push(u8::from(*b));
            false
        }
        Scalar::Number(number) => {
            put_number(key, *number);
            false
        }
        Scalar::Instant(instant) => {
            key.extend_from_slice(&(instant.seconds.cast_unsigned() ^ (1 << 63)).to_be_bytes());
            key.extend_from_slice(&instant.nanos.to_be_bytes());
            false
        }
        Scalar::Id(id) => {
            put_id(key, id);
            false
        }
        Scalar::Text(text) | Scalar::Array(text) | Scalar::Object(text) => {
            put_text(key, text.as_bytes(), place, &long)
        }
    }
}

fn put_text(key: &mut Vec<u8>, text: &[u8], place: usize, long: &Long) -> bool {
    let whole = match long {
        Long::Digest => escape_within(key, text, place),
        Long::Forget => escape_within(key, text.get(..place).unwrap_or(text), usize::MAX),
    };
    key.extend_from_slice(&[ESCAPE, if whole { END } else { CUT }]);
    if !whole {
        key.extend_from_slice(&Sha256::digest(text));
    }
    !whole
}

/// Appends as much of the text as fits into `place` escaped bytes; answers whether that was all.
fn escape_within(key: &mut Vec<u8>, text: &[u8], place: usize) -> bool {
    if text.len() <= place && memchr::memchr(0, text).is_none() {
        key.extend_from_slice(text);
        return true;
    }
    let mut left = place;
    for byte in text {
        let takes = if *byte == 0 { 2 } else { 1 };
        if takes > left {
            return false;
        }
        left -= takes;
        key.push(*byte);
        if *byte == 0 {
            key.push(ESCAPED_ZERO);
        }
    }
    true
}

#[expect(clippy::cast_possible_truncation, reason = "the doubles around 64-bit integers fit an i128")]
fn put_number(key: &mut Vec<u8>, number: Number) {
    let (floor, residual) = match number {
        Number::Double(double) => (double, 0),
        Number::Integer(integer) => {
            let near = integer as f64;
            let floor = if near as i128 > integer { near.next_down() } else { near };
            // Doubles around 2^64 are 2,048 apart, so the rest fits.
            (floor, u16::try_from(integer - floor as i128).unwrap_or(u16::MAX))
        }
    };
    // Zero is an integer here, so there is no negative zero.
    let bits = floor.to_bits();
    let ordered = if bits >> 63 == 1 { !bits } else { bits | 1 << 63 };
    key.extend_from_slice(&ordered.to_be_bytes());
    key.extend_from_slice(&residual.to_be_bytes());
}

/// A value taken from the front of a key.
#[derive(Debug)]
pub struct Taken<'k> {
    /// How many bytes it took.
    pub len: usize,
    /// How many of these order it: fewer than `len` only for a cut text.
    pub ordered_len: usize,
    /// What follows it.
    pub rest: &'k [u8],
}

/// Finds the end of the first value of a key.
pub fn skip(key: &[u8]) -> Result<Taken<'_>> {
    let (class, rest) = key.split_first().ok_or_else(damaged)?;
    let mut cut = false;
    let body = match class_of(*class)? {
        Class::Null => 0,
        Class::Bool => 1,
        Class::Number => 10,
        Class::Instant => 12,
        Class::Id => rest.len() - take_id(rest)?.1.len(),
        Class::Text | Class::Array | Class::Object => {
            let (end, mark) = text_end(rest)?;
            cut = mark == CUT;
            end + if cut { DIGEST_BYTES } else { 0 }
        }
    };
    let len = 1 + body;
    let rest = key.get(len..).ok_or_else(damaged)?;
    Ok(Taken { len, ordered_len: if cut { len - DIGEST_BYTES } else { len }, rest })
}

/// Reads the first value of a sort key, as far as it is known: a long text is its first bytes.
pub fn take(key: &[u8]) -> Result<(Scalar<'static>, &[u8])> {
    let taken = skip(key)?;
    let body = key.get(1..taken.len).ok_or_else(damaged)?;
    let value = match class_of(*key.first().ok_or_else(damaged)?)? {
        Class::Null => Scalar::Null,
        Class::Bool => Scalar::Bool(body == [1]),
        Class::Number => Scalar::Number(take_number(body)?),
        Class::Instant => {
            let (seconds, nanos) = body.split_first_chunk::<8>().ok_or_else(damaged)?;
            let seconds = (u64::from_be_bytes(*seconds) ^ (1 << 63)).cast_signed();
            let nanos = u32::from_be_bytes(nanos.try_into().map_err(|_| damaged())?);
            Scalar::Instant(Instant { seconds, nanos })
        }
        Class::Id => Scalar::Id(Cow::Owned(take_id(body)?.0)),
        Class::Text => Scalar::Text(text_back(body).into()),
        Class::Array => Scalar::Array(text_back(body).into()),
        Class::Object => Scalar::Object(text_back(body).into()),
    };
    Ok((value, taken.rest))
}

fn class_of(byte: u8) -> Result<Class> {
    [
        Class::Null,
        Class::Bool,
        Class::Number,
        Class::Instant,
        Class::Text,
        Class::Id,
        Class::Array,
        Class::Object,
    ]
    .into_iter()
    .find(|class| *class as u8 == byte)
    .ok_or_else(damaged)
}

fn take_number(body: &[u8]) -> Result<Number> {
    let (bits, residual) = body.split_first_chunk::<8>().ok_or_else(damaged)?;
    let ordered = u64::from_be_bytes(*bits);
    let bits = if ordered >> 63 == 1 { ordered & !(1 << 63) } else { !ordered };
    let residual = u16::from_be_bytes(residual.try_into().map_err(|_| damaged())?);
    match Number::from_double(f64::from_bits(bits)).ok_or_else(damaged)? {
        Number::Integer(integer) => Ok(Number::Integer(integer + i128::from(residual))),
        double @ Number::Double(_) => Ok(double),
    }
}

/// Where the end mark of an escaped text ends, and which it is.
fn text_end(bytes: &[u8]) -> Result<(usize, u8)> {
    let mut at = 0;
    loop {
        let rest = bytes.get(at..).ok_or_else(damaged)?;
        at += memchr::memchr(ESCAPE, rest).ok_or_else(damaged)? + 2;
        match bytes.get(at - 1) {
            Some(&ESCAPED_ZERO) => {}
            Some(mark @ (&END | &CUT)) => return Ok((at, *mark)),
            _ => return Err(damaged()),
        }
    }
}

/// The text of an escaped body; a cut one as far as it goes.
fn text_back(body: &[u8]) -> String {
    let mut bytes = Vec::with_capacity(body.len());
    let mut rest = body;
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        if *byte == ESCAPE {
            if after.first() != Some(&ESCAPED_ZERO) {
                break;
            }
            rest = after.get(1..).unwrap_or_default();
        }
        bytes.push(*byte);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::id::Id;
    use crate::codec::scalar::ladder;

    fn key(value: &Scalar<'_>, place: usize) -> Vec<u8> {
        let mut key = Vec::new();
        put_index(&mut key, value, place);
        key
    }

    #[test]
    fn keys_stand_in_the_order_of_their_values_and_end_by_themselves() {
        let keys: Vec<_> = ladder().iter().map(|value| key(value, 256)).collect();
        for pair in keys.windows(2) {
            assert!(pair[0] < pair[1] && !pair[1].starts_with(&pair[0]), "{pair:?}");
        }
    }

    #[test]
    fn sort_keys_give_their_values_back() {
        let id = Scalar::Id(Cow::Owned(Id::parse("a.b").unwrap()));
        for value in ladder().into_iter().chain([id]) {
            let mut bytes = Vec::new();
            put_sort(&mut bytes, &value);
            bytes.extend_from_slice(&[1, 2]);
            let (back, rest) = take(&bytes).unwrap();
            assert_eq!((back, rest), (value, &[1, 2][..]));
        }
    }

    #[test]
    fn cut_texts_stay_equal_only_to_themselves_and_between_their_neighbours() {
        let text = |s: String| Scalar::Text(s.into());
        let (start, long) = ("x".repeat(256), "x".repeat(300));
        let other = format!("{}y", "x".repeat(299));
        assert_ne!(key(&text(long.clone()), 256), key(&text(other), 256));
        assert!(key(&text(start.clone()), 256) < key(&text(long.clone()), 256));
        assert!(key(&text(long.clone()), 256) < key(&text(format!("{}y", "x".repeat(255))), 256));
        let taken = skip(&key(&text(long.clone()), 256)).map(|t| (t.len, t.ordered_len)).unwrap();
        assert_eq!(taken, (1 + 256 + 2 + 32, 1 + 256 + 2));
        let (mut low, mut high) = (Vec::new(), Vec::new());
        put_bound(&mut low, &text(long.clone()), 256, false);
        put_bound(&mut high, &text(long.clone()), 256, true);
        assert!(
            key(&text(start), 256) < low
                && low < key(&text(long.clone()), 256)
                && key(&text(long), 256) < high
        );
    }

    #[test]
    fn a_key_of_up_to_eight_fields_fits_1024_bytes() {
        for fields in 1..=8 {
            for text in ["x".repeat(2_000), "\0".repeat(2_000)] {
                let one = key(&Scalar::Text(text.into()), text_place(fields)).len();
                assert!(5 + fields * one + 130 <= 1_024, "{fields}");
            }
        }
    }

    #[test]
    fn rubbish_is_corrupt_and_never_panics() {
        for bytes in
            [&[][..], &[0x99], &[0x30, 1], &[0x50, 65], &[0x50, 65, 0, 9], &[0x58, 7], &[0x20], &[0x50, 0, 2]]
        {
            assert!(take(bytes).is_err(), "{bytes:?}");
        }
    }
}
