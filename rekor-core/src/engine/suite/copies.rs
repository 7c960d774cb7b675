//! What a key space that is made of another's rows must keep.

use super::{checked, conflicts, delete, fresh, get, key, put, puts, rows, text};
use crate::engine::{Check, Commit, Engine, Entry, Put, Rows, Seq, WorkspaceKey};
use crate::ground::error::{Code, Error, Result};

/// Rows of many lengths, written, changed and deleted by several commits.
fn original(engine: &dyn Engine) -> WorkspaceKey {
    let ws = fresh(engine);
    let row = |n: u32| Put::plain(n.to_be_bytes().to_vec(), vec![7; n as usize % 700]);
    engine.commit(ws, Commit { puts: (0..500).map(row).collect(), ..Commit::default() }).unwrap();
    engine.commit(ws, puts(&[("a", "1"), ("b", "2"), ("", "empty")])).unwrap();
    engine.commit(ws, put("a", "3")).unwrap();
    engine.commit(ws, delete("b")).unwrap();
    ws
}

pub(super) fn keeps_versions(engine: &dyn Engine) {
    let ws = original(engine);
    let view = engine.view(ws).unwrap();
    engine.create_from(key(2), view.seq(), 9_000, &mut Rows::of(&*view)).unwrap();
    let copy = engine.view(key(2)).unwrap();
    let (old, new) = (rows(&*view, b"", b"\xff", false), rows(&*copy, b"", b"\xff", false));
    assert_eq!((old.len(), copy.seq()), (502, view.seq()));
    assert!(old == new, "the copy has other rows");
    let (version, _) = get(&*copy, b"a").unwrap();
    assert!(version < copy.seq());
    let stale = Check::Same(b"a".to_vec(), Seq(version.0 - 1));
    assert!(conflicts(&engine.commit(key(2), checked(stale, put("a", "4")))));
    let stamped = Put { key: b"time".to_vec(), value: vec![0; 8], seq_at: None, time_at: Some(0) };
    let next = Commit { time_ms: 5, checks: vec![Check::Same(b"a".to_vec(), version)], ..Commit::default() };
    let seq = engine.commit(key(2), Commit { puts: vec![stamped], ..next }).unwrap();
    assert_eq!(seq, Seq(view.seq().0 + 1));
    let copy = engine.view(key(2)).unwrap();
    assert_eq!(get(&*copy, b"time"), Some((seq, 9_000_u64.to_be_bytes().to_vec())));
    assert_eq!(engine.view(ws).unwrap().seq(), view.seq());
    assert_eq!(engine.check(key(2)).unwrap().keys, 503);
    engine.create_from(key(3), Seq(0), 0, &mut std::iter::empty()).unwrap();
    assert_eq!(engine.commit(key(3), put("a", "1")).unwrap(), Seq(1));
}

fn refused(engine: &dyn Engine, ws: WorkspaceKey, rows: Vec<Result<Entry>>) -> Code {
    let before = engine.list().unwrap().len();
    let code = engine.create_from(ws, Seq(9), 0, &mut rows.into_iter()).unwrap_err().code();
    assert_eq!(engine.list().unwrap().len(), before);
    code
}

fn row(key: &str, version: u64, value: &str) -> Result<Entry> {
    Ok(Entry { key: key.into(), version: Seq(version), value: value.into() })
}

pub(super) fn failing_rows(engine: &dyn Engine) {
    let large = "x".repeat(1 << 16);
    let failed = Err(Error::new(Code::DiskFull, "no more"));
    let rows = vec![row("a", 1, "1"), row("b", 1, &large), row("c", 9, "3"), failed];
    assert_eq!(refused(engine, key(2), rows), Code::DiskFull);
    assert!(engine.view(key(2)).is_err());
    assert!(engine.create(key(2), put("a", "new")).unwrap());
}

pub(super) fn never_replaces(engine: &dyn Engine) {
    let ws = fresh(engine);
    engine.commit(ws, put("a", "1")).unwrap();
    for taken in [ws, WorkspaceKey::CATALOG] {
        assert_eq!(refused(engine, taken, vec![row("a", 1, "2")]), Code::AlreadyExists);
    }
    assert_eq!(text(&*engine.view(ws).unwrap(), "a").unwrap(), "1");
}

pub(super) fn wrong_rows(engine: &dyn Engine) {
    let key_max = engine.caps().key_bytes_max;
    for (wrong, code) in [
        (vec![row("b", 1, "1"), row("a", 1, "1")], Code::CorruptStore),
        (vec![row("a", 1, "1"), row("a", 2, "1")], Code::CorruptStore),
        (vec![row("a", 10, "1")], Code::CorruptStore),
        (vec![row("a", 0, "1")], Code::CorruptStore),
        (vec![row(&"k".repeat(key_max + 1), 1, "1")], Code::LimitExceeded),
    ] {
        assert_eq!(refused(engine, key(2), wrong), code);
    }
}
