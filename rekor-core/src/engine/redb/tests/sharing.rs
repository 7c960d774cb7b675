//! Several handles on one store, as several processes have them: locks belong to an open file.

use std::sync::mpsc;
use std::thread;

use tempfile::TempDir;

use super::{EXCLUSIVE, READER, SHARED, open};
use crate::engine::redb::{Options, RedbEngine};
use crate::engine::suite::{get, key, put};
use crate::engine::{Commit, CommitError, Engine, WorkspaceKey};
use crate::ground::error::{Code, Error};

const HASTY: Options = Options { busy_timeout_ms: 30, ..SHARED };

fn failure<T>(outcome: Result<T, CommitError>) -> Error {
    match outcome {
        Err(CommitError::Failed(error)) => error,
        _ => panic!("it should have failed"),
    }
}

#[test]
fn two_handles_see_each_others_commits() {
    let dir = TempDir::new().unwrap();
    let (one, two) = (open(dir.path(), SHARED), open(dir.path(), SHARED));
    one.create(key(1), Commit::default()).unwrap();
    let old = two.view(key(1)).unwrap();
    for n in 0..10_u8 {
        let (writer, reader) = if n % 2 == 0 { (&one, &two) } else { (&two, &one) };
        let seq = writer.commit(key(1), put("a", &n.to_string())).unwrap();
        let view = reader.view(key(1)).unwrap();
        assert_eq!((view.seq(), get(&*view, b"a").unwrap().0), (seq, seq));
    }
    assert_eq!(get(&*old, b"a"), None);
    assert_eq!(one.check(key(1)).unwrap().keys, 1);
}

#[test]
fn writers_of_two_handles_lose_nothing() {
    let dir = TempDir::new().unwrap();
    let engines = [open(dir.path(), SHARED), open(dir.path(), SHARED)];
    engines[0].create(key(1), Commit::default()).unwrap();
    thread::scope(|scope| {
        for n in 0..4 {
            let engine = &engines[n % 2];
            scope.spawn(move || {
                for i in 0..20 {
                    engine.commit(key(1), put(&format!("{n}/{i}"), "1")).unwrap();
                }
            });
        }
    });
    assert_eq!(engines[0].check(key(1)).unwrap().keys, 80);
    assert_eq!(engines[1].view(key(1)).unwrap().seq().0, 81);
}

/// Runs `run` while another handle holds the write transaction of key space 1.
fn while_held(dir: &TempDir, run: impl FnOnce()) {
    let holder = open(dir.path(), SHARED);
    holder.create(key(1), put("a", "1")).unwrap();
    let (started, start) = mpsc::channel();
    let (end, ended) = mpsc::channel::<()>();
    thread::scope(|scope| {
        scope.spawn(move || {
            holder.commit_held(key(1), &mut |_| {
                started.send(()).unwrap();
                let _ = ended.recv();
                Ok(put("a", "2"))
            })
        });
        start.recv().unwrap();
        run();
        drop(end);
    });
}

#[test]
fn opening_for_writing_waits_no_longer_than_the_timeout() {
    let dir = TempDir::new().unwrap();
    while_held(&dir, || {
        let late = open(dir.path(), HASTY);
        assert_eq!(late.view(key(1)).err().unwrap().code(), Code::Busy);
        let busy = failure(late.commit(key(1), put("a", "3")));
        assert_eq!(busy.code(), Code::Busy);
        assert!(busy.hint_text().is_some());
        let reader = open(dir.path(), READER);
        assert!(reader.view(key(1)).is_ok(), "reading waits for nobody");
    });
    let late = open(dir.path(), HASTY);
    assert_eq!(get(&*late.view(key(1)).unwrap(), b"a").unwrap().1, b"2");
}

#[test]
fn a_commit_waits_no_longer_than_the_timeout() {
    let dir = TempDir::new().unwrap();
    let engine = open(dir.path(), HASTY);
    engine.create(key(1), put("a", "1")).unwrap();
    engine.view(key(1)).unwrap();
    while_held(&dir, || {
        assert_eq!(failure(engine.commit(key(1), put("a", "3"))).code(), Code::Busy);
        let held = engine.commit_held(key(1), &mut |_| Ok(put("a", "3")));
        assert_eq!(failure(held).code(), Code::Busy);
        assert!(engine.view(key(1)).is_ok());
    });
    engine.commit(key(1), put("a", "3")).unwrap();
}

#[test]
fn a_commit_inside_commit_held_is_busy_instead_of_waiting_for_ever() {
    let dir = TempDir::new().unwrap();
    let engine = open(dir.path(), HASTY);
    engine.create(key(1), put("a", "1")).unwrap();
    let outer = engine.commit_held(key(1), &mut |_| match engine.commit(key(1), put("b", "1")) {
        Err(CommitError::Failed(error)) => Err(error),
        _ => panic!("two writers"),
    });
    assert_eq!(failure(outer).code(), Code::Busy);
    engine.commit(key(1), put("b", "1")).unwrap();
}

#[test]
fn a_check_waits_for_the_writer() {
    let dir = TempDir::new().unwrap();
    let engine = open(dir.path(), EXCLUSIVE);
    engine.create(key(1), put("a", "1")).unwrap();
    let handle = engine.handle_of(key(1)).unwrap();
    thread::scope(|scope| {
        let mut check = None;
        let held = engine.commit_held(key(1), &mut |_| {
            let check = check.insert(scope.spawn(|| engine.check(key(1))));
            while handle.queue.waiting() == 0 && !check.is_finished() {
                thread::yield_now();
            }
            Ok(put("b", "1"))
        });
        held.unwrap();
        assert_eq!(check.unwrap().join().unwrap().unwrap().keys, 2);
    });
    engine.commit(key(1), put("c", "1")).unwrap();
}

#[test]
fn checks_beside_writers_fail_neither() {
    let dir = TempDir::new().unwrap();
    let engine = open(dir.path(), EXCLUSIVE);
    engine.create(key(1), put("a", "1")).unwrap();
    thread::scope(|scope| {
        for n in 0..2 {
            let engine = &engine;
            scope.spawn(move || {
                for i in 0..15 {
                    engine.commit_held(key(1), &mut |_| Ok(put(&format!("{n}/{i}"), "1"))).unwrap();
                }
            });
        }
        for _ in 0..10 {
            engine.check(key(1)).unwrap();
        }
    });
    assert_eq!(engine.check(key(1)).unwrap().keys, 31);
}

#[test]
fn a_panic_inside_commit_held_leaves_the_store_usable() {
    let dir = TempDir::new().unwrap();
    for options in [SHARED, EXCLUSIVE] {
        let engine = open(dir.path(), options);
        engine.create(key(1), put("a", "1")).unwrap();
        let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            engine.commit_held(key(1), &mut |_| panic!("the closure's own"))
        }));
        assert!(panic.is_err());
        engine.commit(key(1), put("b", "1")).unwrap();
        engine.close().unwrap();
    }
}

#[test]
fn an_exclusive_store_lets_nobody_else_in() {
    let dir = TempDir::new().unwrap();
    let engine = open(dir.path(), EXCLUSIVE);
    engine.commit(WorkspaceKey::CATALOG, put("a", "1")).unwrap();
    for options in [HASTY, Options { exclusive: true, ..HASTY }, Options { read_only: true, ..HASTY }] {
        let other = RedbEngine::open(dir.path(), options).unwrap();
        let busy = other.view(WorkspaceKey::CATALOG).err().unwrap();
        assert_eq!(busy.code(), Code::Busy);
        assert!(busy.hint_text().is_some());
    }
    engine.close().unwrap();
    open(dir.path(), HASTY).view(WorkspaceKey::CATALOG).unwrap();
}

#[test]
fn a_view_outlives_the_removal_by_another_handle() {
    let dir = TempDir::new().unwrap();
    let (one, two) = (open(dir.path(), SHARED), open(dir.path(), SHARED));
    one.create(key(1), put("a", "1")).unwrap();
    let view = two.view(key(1)).unwrap();
    one.remove(key(1)).unwrap();
    assert!(get(&*view, b"a").is_some());
    assert!(get(&*two.view(key(1)).unwrap(), b"a").is_some(), "the mark in meta is the floor above's");
    assert_eq!(one.view(key(1)).err().unwrap().code(), Code::WorkspaceNotFound);
}

#[test]
fn closing_waits_for_the_writer_and_refuses_those_behind_it() {
    let dir = TempDir::new().unwrap();
    let engine = open(dir.path(), SHARED);
    engine.create(key(1), put("a", "1")).unwrap();
    let (started, start) = mpsc::channel();
    thread::scope(|scope| {
        let engine = &engine;
        let writer = scope.spawn(move || {
            engine.commit_held(key(1), &mut |_| {
                started.send(()).unwrap();
                // The closing thread ends the line first; then this commit may finish.
                while engine.list().is_ok() {
                    thread::yield_now();
                }
                Ok(put("a", "2"))
            })
        });
        start.recv().unwrap();
        engine.close().unwrap();
        writer.join().unwrap().unwrap();
    });
    assert_eq!(failure(engine.commit(key(1), put("a", "3"))).code(), Code::StorageError);
    assert_eq!(get(&*open(dir.path(), SHARED).view(key(1)).unwrap(), b"a").unwrap().1, b"2");
}

#[test]
fn a_reader_repairs_a_store_whose_writer_was_killed() {
    for options in [SHARED, EXCLUSIVE] {
        let (dir, copy) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        let engine = open(dir.path(), options);
        engine.create(key(1), put("a", "1")).unwrap();
        engine.commit(key(1), put("b", "2")).unwrap();
        open(copy.path(), options).close().unwrap();
        // What a kill leaves is what the files hold now.
        let file = format!("workspaces/{}.redb", key(1));
        std::fs::copy(dir.path().join(&file), copy.path().join(&file)).unwrap();
        let view = open(copy.path(), Options { read_only: true, ..options }).view(key(1)).unwrap();
        assert!(get(&*view, b"a").is_some() && get(&*view, b"b").is_some());
    }
}
