//! What a commit does, and the life of a key space.

use super::{delete, fresh, get, key, put, puts, text};
use crate::engine::{Commit, CommitError, Engine, Put, Seq};
use crate::ground::error::{Code, Error};

pub(super) fn order(engine: &dyn Engine) {
    let ws = fresh(engine);
    let seq = engine.commit(ws, puts(&[("a", "1"), ("b", "1")])).unwrap();
    let again = Commit {
        deletes: vec![b"a".to_vec(), b"absent".to_vec()],
        delete_if: vec![(b"b".to_vec(), seq)],
        ..put("a", "2")
    };
    let next = engine.commit(ws, again).unwrap();
    assert_eq!(next, Seq(seq.0 + 1));
    let view = engine.view(ws).unwrap();
    assert_eq!(get(&*view, b"a"), Some((next, b"2".to_vec())));
    assert_eq!(get(&*view, b"b"), None);
    assert!(engine.commit(ws, Commit::default()).unwrap() > next);
}

fn journal(time_ms: u64, key: &[u8], seq_at: usize) -> Commit {
    let put = Put { key: key.to_vec(), value: vec![7; 10], seq_at: Some(seq_at), time_at: Some(1) };
    Commit { time_ms, puts: vec![Put::plain(b"z".to_vec(), vec![]), put], ..Commit::default() }
}

fn stamped(engine: &dyn Engine, commit: Commit) -> (Seq, u64) {
    let seq = engine.commit(key(1), commit).unwrap();
    let key = [b"j/", seq.0.to_be_bytes().as_slice(), b"/x"].concat();
    let (version, value) =
        get(&*engine.view(super::key(1)).unwrap(), &key).expect("the key has the Seq in it");
    assert_eq!((version, value[0], value[9], value.len()), (seq, 7, 7, 10));
    (seq, u64::from_be_bytes(value[1..9].try_into().unwrap()))
}

pub(super) fn stamps(engine: &dyn Engine) {
    fresh(engine);
    let (first, time) = stamped(engine, journal(1_000, b"j/????????/x", 2));
    assert_eq!(time, 1_000);
    assert_eq!(stamped(engine, journal(2_000, b"j/????????/x", 2)), (Seq(first.0 + 1), 2_000));
}

pub(super) fn time_is_monotone(engine: &dyn Engine) {
    fresh(engine);
    let times = [5, 9, 3, 9, 11].map(|time| stamped(engine, journal(time, b"j/????????/x", 2)).1);
    assert_eq!(times, [5, 9, 9, 9, 11]);
}

pub(super) fn misplaced_stamps(engine: &dyn Engine) {
    let ws = fresh(engine);
    for (key, seq_at) in [(&b"j/???????"[..], 2), (b"j", usize::MAX), (b"", 0)] {
        let refused = engine.commit(ws, journal(1, key, seq_at));
        assert!(matches!(refused, Err(CommitError::Failed(e)) if e.code() == Code::Internal));
    }
    let mut commit = journal(1, b"????????", 0);
    commit.puts[1].time_at = Some(3);
    assert!(engine.commit(ws, commit).is_err());
    assert_eq!(text(&*engine.view(ws).unwrap(), "z"), None);
}

pub(super) fn caps(engine: &dyn Engine) {
    let ws = fresh(engine);
    let caps = engine.caps();
    let (key_max, value_max) = (caps.key_bytes_max, caps.value_bytes_max);
    let sized =
        |key, value| Commit { puts: vec![Put::plain(vec![b'k'; key], vec![1; value])], ..Commit::default() };
    engine.commit(ws, sized(key_max, value_max)).unwrap();
    let found = get(&*engine.view(ws).unwrap(), &vec![b'k'; key_max]).unwrap().1;
    assert_eq!(found.len(), value_max);
    let before = engine.view(ws).unwrap().seq();
    let many = caps.commit_bytes_max / value_max + 1;
    let large = (0..many).map(|n| Put::plain(n.to_be_bytes().into(), vec![0; value_max])).collect();
    let mut long_check = put("a", "1");
    long_check.checks.push(crate::engine::Check::Exists(vec![0; key_max + 1]));
    for commit in [
        sized(key_max + 1, 1),
        sized(1, value_max + 1),
        Commit { puts: large, ..Commit::default() },
        Commit { deletes: vec![vec![0; key_max + 1]], ..put("a", "1") },
        long_check,
    ] {
        assert!(matches!(engine.commit(ws, commit.clone()), Err(CommitError::TooLarge(_))));
        let held = engine.commit_held(ws, &mut |_| Ok(commit.clone()));
        assert!(matches!(held, Err(CommitError::TooLarge(_))));
    }
    assert_eq!(engine.view(ws).unwrap().seq(), before);
}

pub(super) fn create_once(engine: &dyn Engine) {
    assert!(engine.list().unwrap().is_empty());
    assert!(engine.create(key(2), put("a", "first")).unwrap());
    assert!(!engine.create(key(2), put("a", "second")).unwrap());
    assert!(!engine.create(crate::engine::WorkspaceKey::CATALOG, put("a", "no")).unwrap());
    assert!(engine.create(key(3), Commit::default()).unwrap());
    let view = engine.view(key(2)).unwrap();
    assert_eq!(text(&*view, "a").unwrap(), "first");
    let mut listed = engine.list().unwrap();
    listed.sort();
    assert_eq!(listed, [key(2), key(3)]);
    assert!(engine.commit(key(2), put("b", "1")).unwrap() > view.seq());
}

pub(super) fn remove(engine: &dyn Engine) {
    let ws = fresh(engine);
    let seq = engine.commit(ws, put("a", "1")).unwrap();
    let view = engine.view(ws).unwrap();
    engine.remove(ws).unwrap();
    assert_eq!(get(&*view, b"a"), Some((seq, b"1".to_vec())));
    assert!(engine.list().unwrap().is_empty());
    missing(engine);
    assert!(engine.remove(crate::engine::WorkspaceKey::CATALOG).is_err());
    engine.view(crate::engine::WorkspaceKey::CATALOG).unwrap();
    assert!(engine.create(ws, put("b", "new")).unwrap());
    let new = engine.view(ws).unwrap();
    assert_eq!((text(&*new, "a"), text(&*new, "b").unwrap()), (None, "new".into()));
    assert_eq!(get(&*view, b"a"), Some((seq, b"1".to_vec())));
}

pub(super) fn missing(engine: &dyn Engine) {
    let ws = key(1);
    let not_found = |error: Error| assert_eq!(error.code(), Code::WorkspaceNotFound);
    not_found(engine.view(ws).err().expect("no such key space"));
    not_found(engine.remove(ws).unwrap_err());
    not_found(engine.check(ws).unwrap_err());
    not_found(engine.size(ws).unwrap_err());
    not_found(engine.compact(ws).unwrap_err());
    for outcome in [engine.commit(ws, put("a", "1")), engine.commit_held(ws, &mut |_| Ok(put("a", "1")))] {
        assert!(matches!(outcome, Err(CommitError::Failed(e)) if e.code() == Code::WorkspaceNotFound));
    }
}

pub(super) fn held(engine: &dyn Engine) {
    let ws = fresh(engine);
    let first = engine.commit(ws, put("a", "1")).unwrap();
    let second = engine.commit_held(ws, &mut |view| {
        assert_eq!(view.seq(), first);
        let (version, value) = get(view, b"a").unwrap();
        let mut next = put("a", &(String::from_utf8(value).unwrap() + "+"));
        next.checks.push(crate::engine::Check::Same(b"a".to_vec(), version));
        Ok(next)
    });
    let second = second.unwrap();
    assert!(second > first);
    let mut fail = |_: &dyn crate::engine::View| Err(Error::new(Code::VersionConflict, "no"));
    let failed = engine.commit_held(ws, &mut fail);
    assert!(matches!(failed, Err(CommitError::Failed(e)) if e.code() == Code::VersionConflict));
    let view = engine.view(ws).unwrap();
    assert_eq!((view.seq(), text(&*view, "a").unwrap()), (second, "1+".into()));
    engine.commit(ws, delete("a")).unwrap();
}

pub(super) fn closed(engine: &dyn Engine) {
    let ws = fresh(engine);
    engine.commit(ws, put("a", "1")).unwrap();
    engine.close().unwrap();
    let closed = |error: Error| assert_eq!(error.code(), Code::StorageError);
    closed(engine.view(ws).err().expect("it is closed"));
    closed(engine.list().unwrap_err());
    closed(engine.create(key(5), Commit::default()).unwrap_err());
    closed(engine.remove(ws).unwrap_err());
    closed(engine.compact(ws).unwrap_err());
    closed(engine.size(ws).unwrap_err());
    let outcome = engine.commit(ws, put("a", "2"));
    assert!(matches!(outcome, Err(CommitError::Failed(e)) if e.code() == Code::StorageError));
    engine.close().unwrap();
}

pub(super) fn check_counts(engine: &dyn Engine) {
    let ws = fresh(engine);
    engine.commit(ws, puts(&[("a", "1"), ("bb", "22"), ("", "333")])).unwrap();
    let found = engine.check(ws).unwrap();
    assert_eq!((found.keys, found.bytes), (3, 9));
    assert!(engine.size(ws).unwrap() >= found.bytes);
    engine.commit(ws, put("a", "2")).unwrap();
    assert_eq!(engine.check(ws).unwrap().keys, 3);
    assert_eq!(text(&*engine.view(ws).unwrap(), "a").unwrap(), "2");
}
