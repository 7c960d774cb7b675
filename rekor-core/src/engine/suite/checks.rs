//! The conditions of a commit.

use super::{checked, conflicts, delete, fresh, get, put, puts, text};
use crate::engine::{Check, Commit, Engine, Seq, WorkspaceKey};

fn at(key: &str, version: Seq) -> Check {
    Check::Same(key.into(), version)
}

fn catches(engine: &dyn Engine, ws: WorkspaceKey, change: &dyn Fn()) {
    let seen = get(&*engine.view(ws).unwrap(), b"a").map_or(Seq(0), |(version, _)| version);
    assert!(engine.commit(ws, checked(at("a", seen), put("other", "1"))).is_ok());
    change();
    assert!(conflicts(&engine.commit(ws, checked(at("a", seen), put("other", "2")))));
}

pub(super) fn same(engine: &dyn Engine) {
    let ws = fresh(engine);
    catches(engine, ws, &|| _ = engine.commit(ws, put("a", "made")).unwrap());
    catches(engine, ws, &|| _ = engine.commit(ws, put("a", "changed")).unwrap());
    catches(engine, ws, &|| {
        engine.commit(ws, delete("a")).unwrap();
        engine.commit(ws, put("a", "changed")).unwrap();
    });
    catches(engine, ws, &|| _ = engine.commit(ws, delete("a")).unwrap());
}

pub(super) fn exists(engine: &dyn Engine) {
    let ws = fresh(engine);
    let need = |n: &str| checked(Check::Exists(b"a".to_vec()), put("b", n));
    assert!(conflicts(&engine.commit(ws, need("1"))));
    engine.commit(ws, put("a", "1")).unwrap();
    engine.commit(ws, need("2")).unwrap();
    engine.commit(ws, put("a", "2")).unwrap();
    engine.commit(ws, need("3")).unwrap();
    engine.commit(ws, delete("a")).unwrap();
    assert!(conflicts(&engine.commit(ws, need("4"))));
    assert_eq!(text(&*engine.view(ws).unwrap(), "b").unwrap(), "3");
}

pub(super) fn same_range(engine: &dyn Engine) {
    let ws = fresh(engine);
    engine.commit(ws, puts(&[("b", "1"), ("c", "1"), ("x", "1")])).unwrap();
    let changes: &[&dyn Fn() -> Commit] = &[
        &|| put("bb", "new"),
        &|| put("c", "changed"),
        &|| delete("b"),
        // Made again: the same keys, another version.
        &|| Commit { deletes: vec![b"c".to_vec()], ..put("c", "changed") },
    ];
    for change in changes {
        let check = super::same_range(&*engine.view(ws).unwrap(), "b", "d");
        engine.commit(ws, puts(&[("a", "outside"), ("d", "outside")])).unwrap();
        engine.commit(ws, checked(check.clone(), put("x", "1"))).unwrap();
        engine.commit(ws, change()).unwrap();
        assert!(conflicts(&engine.commit(ws, checked(check, put("x", "2")))));
    }
    let empty = super::same_range(&*engine.view(ws).unwrap(), "m", "n");
    engine.commit(ws, checked(empty.clone(), put("m", "1"))).unwrap();
    assert!(conflicts(&engine.commit(ws, checked(empty, put("m", "2")))));
}

pub(super) fn conflict_leaves_nothing(engine: &dyn Engine) {
    let ws = fresh(engine);
    let seq = engine.commit(ws, puts(&[("a", "1"), ("b", "1")])).unwrap();
    let stale = Commit {
        checks: vec![at("a", seq), at("b", Seq(seq.0 + 7))],
        deletes: vec![b"a".to_vec()],
        ..puts(&[("b", "2"), ("c", "2")])
    };
    assert!(conflicts(&engine.commit(ws, stale)));
    let view = engine.view(ws).unwrap();
    assert_eq!(view.seq(), seq);
    assert_eq!(get(&*view, b"a"), Some((seq, b"1".to_vec())));
    assert_eq!(get(&*view, b"b"), Some((seq, b"1".to_vec())));
    assert_eq!(get(&*view, b"c"), None);
}

pub(super) fn delete_if(engine: &dyn Engine) {
    let ws = fresh(engine);
    let old = engine.commit(ws, puts(&[("a", "1"), ("b", "1")])).unwrap();
    engine.commit(ws, put("b", "2")).unwrap();
    let clean = ["a", "b", "gone"].map(|key| (key.into(), old)).to_vec();
    engine.commit(ws, Commit { delete_if: clean, ..Commit::default() }).unwrap();
    let view = engine.view(ws).unwrap();
    assert_eq!(text(&*view, "a"), None);
    assert_eq!(text(&*view, "b").unwrap(), "2");
}
