//! Ways in for the fuzzer to what no door leads to: keys and rows as bytes. Never part of a release: only the
//! feature `fuzz` has it. What does not hold is a panic.

use crate::codec::json::Tree;
use crate::codec::keys::{self, EdgeSide};
use crate::codec::row::{self, RecordRow, decode_record, decode_relationship};
use crate::codec::scalar::Scalar;
use crate::codec::scalar_key::{put_index, put_sort, skip, take, text_place};
use crate::ground::limits::{EXTERNAL_ID_BYTES, EXTERNAL_SOURCE_BYTES, SORT_TEXT_BYTES};

/// Bytes as a key: what decodes encodes to something that decodes to the same; nothing panics.
pub fn key(bytes: &[u8]) {
    let first = keys::record_id(bytes);
    let _ = (keys::relationship_id(bytes), keys::journal_place(bytes));
    if let Ok(id) = &first {
        for side in [EdgeSide::Out, EdgeSide::In] {
            let _ = keys::edge_of(side, (1, id), bytes);
        }
    }
    if let Ok((id, rest)) = keys::take_id(bytes) {
        let mut again = Vec::new();
        keys::put_id(&mut again, &id);
        again.extend_from_slice(rest);
        assert_eq!(again, bytes, "an id is encoded in one way");
    }
    let Ok((value, rest)) = take(bytes) else { return };
    assert_eq!(skip(bytes).map(|taken| taken.rest).ok(), Some(rest), "skipping is taking");
    // Each byte of rubbish may become a replacement character of three: what is longer then is cut again.
    if bytes.len() * 3 > SORT_TEXT_BYTES {
        return;
    }
    let mut again = Vec::new();
    put_sort(&mut again, &value);
    let (same, end) = take(&again).unwrap_or_else(|error| unreachable!("what was encoded decodes: {error}"));
    assert!(end.is_empty() && same == value, "{value:?} became {same:?}");
}

/// Two JSON values, with a zero byte between them: their keys compare as they do.
pub fn order(bytes: &[u8]) {
    let scalar = |text: &[u8]| Scalar::of_tree(&Tree::parse(text).ok()?, true).ok();
    let mut parts = bytes.splitn(2, |byte| *byte == 0);
    let (Some(a), Some(b)) = (parts.next().and_then(scalar), parts.next().and_then(scalar)) else { return };
    let index = |value: &Scalar<'_>| {
        let mut key = Vec::new();
        let cut = put_index(&mut key, value, text_place(1));
        (key, cut)
    };
    let sort = |value: &Scalar<'_>| {
        let mut key = Vec::new();
        put_sort(&mut key, value);
        key
    };
    let ((index_a, cut_a), (index_b, cut_b)) = (index(&a), index(&b));
    assert_eq!(index_a == index_b, a == b, "one equality: {a:?} {b:?}");
    if !cut_a && !cut_b {
        assert_eq!(index_a.cmp(&index_b), a.cmp(&b), "one order in an index: {a:?} {b:?}");
    }
    if bytes.len() < SORT_TEXT_BYTES {
        assert_eq!(sort(&a).cmp(&sort(&b)), a.cmp(&b), "one order in a sort: {a:?} {b:?}");
    }
}

/// Bytes as a row: as they are, under a right checksum, and as the parts of one that is written and read again.
pub fn row(bytes: &[u8]) {
    let _ = (decode_record(bytes).is_ok(), decode_relationship(bytes).is_ok());
    let sealed = row::seal(bytes.to_vec());
    let _ = decode_relationship(&sealed).is_ok();
    if let Ok(found) = decode_record(&sealed) {
        let within = |text: Option<&str>, max: usize| text.is_none_or(|text| text.len() <= max);
        if within(found.external_id, EXTERNAL_ID_BYTES.len())
            && within(found.external_source, EXTERNAL_SOURCE_BYTES.len())
        {
            let again = found.encode();
            assert_eq!(decode_record(&again).ok(), Some(found), "what was encoded decodes to the same");
        }
    }
    let text = String::from_utf8_lossy(bytes);
    let (id, data) = text.split_once(' ').unwrap_or(("", &text));
    let id = Some(id).filter(|id| !id.is_empty() && id.len() <= EXTERNAL_ID_BYTES.len());
    let made =
        RecordRow { version: 1, created_ms: 2, updated_ms: 3, external_id: id, external_source: None, data };
    assert_eq!(decode_record(&made.encode()).ok(), Some(made));
}
