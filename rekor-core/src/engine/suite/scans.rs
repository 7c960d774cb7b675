//! What a view answers.

use super::{delete, fresh, get, put, puts, rows, scan, text};
use crate::engine::{Commit, Engine, Put, Read, Reply};

const SIX: &[(&str, &str)] = &[("a", "1"), ("b", "2"), ("ba", "3"), ("c", "4"), ("d", "5"), ("e", "6")];

fn keys(rows: &[crate::engine::Entry]) -> String {
    let keys: Vec<_> = rows.iter().map(|row| String::from_utf8(row.key.clone()).unwrap()).collect();
    keys.join(" ")
}

pub(super) fn snapshot_stays(engine: &dyn Engine) {
    let ws = fresh(engine);
    let first = engine.commit(ws, puts(&[("a", "1"), ("b", "1")])).unwrap();
    let old = engine.view(ws).unwrap();
    let second = engine.commit(ws, puts(&[("a", "2"), ("c", "2")])).unwrap();
    engine.commit(ws, delete("b")).unwrap();
    assert!(first < second);
    assert_eq!(old.seq(), first);
    assert_eq!(get(&*old, b"a"), Some((first, b"1".to_vec())));
    assert_eq!(keys(&rows(&*old, b"", b"z", false)), "a b");
    let new = engine.view(ws).unwrap();
    assert_eq!(get(&*new, b"a"), Some((second, b"2".to_vec())));
    assert_eq!(keys(&rows(&*new, b"", b"z", false)), "a c");
}

pub(super) fn scan_both_ways(engine: &dyn Engine) {
    let ws = fresh(engine);
    engine.commit(ws, puts(SIX)).unwrap();
    let view = engine.view(ws).unwrap();
    assert_eq!(keys(&rows(&*view, b"b", b"d", false)), "b ba c");
    assert_eq!(keys(&rows(&*view, b"b", b"d", true)), "c ba b");
    assert_eq!(keys(&rows(&*view, b"", b"\xff", true)), "e d c ba b a");
}

pub(super) fn scan_ends_at_bounds(engine: &dyn Engine) {
    let ws = fresh(engine);
    engine.commit(ws, puts(SIX)).unwrap();
    let view = engine.view(ws).unwrap();
    let read = |rev, rows, bytes| {
        let (rows, more) = scan(&*view, rev, rows, bytes);
        (keys(&rows), more)
    };
    assert_eq!(read(false, 6, 1000), ("a b ba c d e".into(), false));
    assert_eq!(read(false, 5, 1000), ("a b ba c d".into(), true));
    assert_eq!(read(true, 2, 1000), ("e d".into(), true));
    // Two rows are four bytes; a row that would go beyond the bound is not read, save the first.
    assert_eq!(read(false, 9, 4), ("a b".into(), true));
    assert_eq!(read(false, 9, 6), ("a b".into(), true));
    assert_eq!(read(false, 9, 7), ("a b ba".into(), true));
    assert_eq!(read(false, 9, 0), ("a".into(), true));
    assert_eq!(read(true, 0, 9), ("e".into(), true));
}

pub(super) fn empty_ranges(engine: &dyn Engine) {
    let ws = fresh(engine);
    engine.commit(ws, puts(SIX)).unwrap();
    let view = engine.view(ws).unwrap();
    for (lo, hi) in [("c", "b"), ("b", "b"), ("x", "z")] {
        assert!(rows(&*view, lo.as_bytes(), hi.as_bytes(), false).is_empty());
        assert!(rows(&*view, lo.as_bytes(), hi.as_bytes(), true).is_empty());
    }
}

pub(super) fn batch_in_order(engine: &dyn Engine) {
    let ws = fresh(engine);
    let seq = engine.commit(ws, puts(SIX)).unwrap();
    let view = engine.view(ws).unwrap();
    let reads = [
        Read::Get(b"d"),
        Read::Scan { lo: b"a", hi: b"b", rev: false, rows: 9, bytes: 99 },
        Read::Get(b"nothing"),
    ];
    let replies = view.fetch(&reads).unwrap();
    assert_eq!(replies[0], Reply::Value(Some((seq, b"5".to_vec()))));
    assert!(matches!(&replies[1], Reply::Rows { rows, more: false } if keys(rows) == "a"));
    assert_eq!(replies[2], Reply::Value(None));
    assert_eq!(replies.len(), 3);
}

pub(super) fn empty_bytes(engine: &dyn Engine) {
    let ws = fresh(engine);
    engine.commit(ws, put("k", "")).unwrap();
    let nothing = Commit { puts: vec![Put::plain(vec![], b"v".to_vec())], ..Commit::default() };
    engine.commit(ws, nothing).unwrap();
    let view = engine.view(ws).unwrap();
    assert_eq!(text(&*view, "k").unwrap(), "");
    assert_eq!(text(&*view, "").unwrap(), "v");
    assert_eq!(rows(&*view, b"", b"z", false).len(), 2);
}

pub(super) fn panics_pass(engine: &dyn Engine) {
    let ws = fresh(engine);
    engine.commit(ws, puts(SIX)).unwrap();
    let view = engine.view(ws).unwrap();
    let scan = || view.scan_each(b"", b"z", false, &mut |_, _, _| panic!("the caller's own"));
    let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(scan)).unwrap_err();
    assert_eq!(panic.downcast_ref::<&str>(), Some(&"the caller's own"));
    assert_eq!(rows(&*view, b"", b"z", false).len(), SIX.len());
}
