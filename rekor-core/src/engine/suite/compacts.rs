//! What compacting must leave as it is.

use std::thread;

use super::{fresh, get, key, put, rows, text};
use crate::engine::{Commit, Engine, Put, WorkspaceKey};

const KEYS: u32 = 2_000;

/// A key space that has lost most of what it held.
fn hollow(engine: &dyn Engine) -> WorkspaceKey {
    let ws = fresh(engine);
    let key = |n: u32| n.to_be_bytes().to_vec();
    let puts = (0..KEYS).map(|n| Put::plain(key(n), vec![7; 500])).collect();
    engine.commit(ws, Commit { puts, ..Commit::default() }).unwrap();
    let deletes = (0..KEYS).filter(|n| n % 20 != 0).map(key).collect();
    engine.commit(ws, Commit { deletes, ..Commit::default() }).unwrap();
    ws
}

pub(super) fn keeps_all(engine: &dyn Engine) {
    let ws = hollow(engine);
    let view = engine.view(ws).unwrap();
    let (seq, before) = (view.seq(), rows(&*view, b"", b"\xff", false));
    drop(view);
    assert_eq!(before.len(), KEYS as usize / 20);
    for _ in 0..2 {
        engine.compact(ws).unwrap();
        let view = engine.view(ws).unwrap();
        assert_eq!((view.seq(), rows(&*view, b"", b"\xff", false)), (seq, before.clone()));
    }
    let next = engine.commit(ws, put("a", "1")).unwrap();
    assert!(next > seq);
    assert_eq!(engine.check(ws).unwrap().keys, u64::from(KEYS / 20) + 1);
}

pub(super) fn waits_for_views(engine: &dyn Engine) {
    let ws = hollow(engine);
    let view = engine.view(ws).unwrap();
    let before = rows(&*view, b"", b"\xff", false);
    thread::scope(|scope| {
        let compact = scope.spawn(|| engine.compact(ws));
        for _ in 0..50 {
            assert_eq!(rows(&*view, b"", b"\xff", false), before);
        }
        drop(view);
        compact.join().unwrap().unwrap();
    });
    assert_eq!(rows(&*engine.view(ws).unwrap(), b"", b"\xff", false), before);
}

pub(super) fn beside_writers(engine: &dyn Engine) {
    let ws = hollow(engine);
    thread::scope(|scope| {
        for n in 0..2 {
            scope.spawn(move || {
                for i in 0..20 {
                    let name = format!("{n}/{i}");
                    let seq = engine.commit(ws, put(&name, &name)).unwrap();
                    let view = engine.view(ws).unwrap();
                    assert_eq!(get(&*view, name.as_bytes()), Some((seq, name.into_bytes())));
                }
            });
        }
        for _ in 0..5 {
            engine.compact(ws).unwrap();
        }
    });
    let view = engine.view(ws).unwrap();
    assert!((0..2).all(|n| (0..20).all(|i| text(&*view, &format!("{n}/{i}")).is_some())));
    assert_eq!(rows(&*view, b"0/", b"2/", false).len(), 40);
    assert!(engine.compact(key(9)).is_err());
}
