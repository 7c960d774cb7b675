//! How files come and go.

use std::fs;
use std::thread;

use tempfile::TempDir;

use super::{EXCLUSIVE, READER, SHARED, open};
use crate::engine::redb::{RedbEngine, file};
use crate::engine::suite::{get, key, put};
use crate::engine::{Commit, Engine, WorkspaceKey};
use crate::ground::error::Code;

#[test]
fn many_threads_that_start_on_a_fresh_store_share_one_catalog() {
    let parent = TempDir::new().unwrap();
    for round in 0..5 {
        let dir = parent.path().join(round.to_string());
        thread::scope(|scope| {
            for n in 0..6 {
                let dir = &dir;
                scope.spawn(move || {
                    let engine = open(dir, SHARED);
                    engine.commit(WorkspaceKey::CATALOG, put(&format!("t{n}"), "1")).unwrap();
                    engine.close().unwrap();
                });
            }
        });
        let view = open(&dir, SHARED).view(WorkspaceKey::CATALOG).unwrap();
        for n in 0..6 {
            assert!(get(&*view, format!("t{n}").as_bytes()).is_some(), "the commit of thread {n} is there");
        }
        assert_eq!(fs::read_dir(&dir).unwrap().count(), 2, "no unfinished file is left");
    }
}

#[test]
fn rests_of_crashed_creations_are_swept_when_they_are_old() {
    let dir = TempDir::new().unwrap();
    open(dir.path(), SHARED).close().unwrap();
    let rests = [dir.path().join(".new-0a"), dir.path().join("workspaces/.new-0b")];
    rests.iter().for_each(|rest| fs::write(rest, "half").unwrap());
    file::sweep(dir.path(), file::UNFINISHED_MS_MAX);
    assert!(rests.iter().all(|rest| rest.exists()), "a young file may still be in the making");
    assert!(open(dir.path(), SHARED).list().unwrap().is_empty());
    file::sweep(dir.path(), 0);
    assert!(!rests.iter().any(|rest| rest.exists()));
    assert!(dir.path().join("catalog.redb").exists());
}

#[test]
fn commits_are_there_after_closing_and_after_dropping() {
    let dir = TempDir::new().unwrap();
    for (n, options) in [SHARED, EXCLUSIVE, SHARED].into_iter().enumerate() {
        let engine = open(dir.path(), options);
        engine.create(key(1), Commit::default()).unwrap();
        engine.commit(key(1), put(&n.to_string(), "1")).unwrap();
        if n == 0 {
            engine.close().unwrap();
        }
    }
    let view = open(dir.path(), READER).view(key(1)).unwrap();
    assert_eq!(view.seq().0, 4);
    assert!((0..3).all(|n| get(&*view, n.to_string().as_bytes()).is_some()));
}

#[cfg(unix)]
#[test]
fn only_the_user_may_read_the_store() {
    use std::os::unix::fs::PermissionsExt as _;
    let parent = TempDir::new().unwrap();
    let dir = parent.path().join("deep/store");
    let engine = open(&dir, SHARED);
    engine.create(key(1), Commit::default()).unwrap();
    let mode = |path: &str| fs::metadata(dir.join(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(""), mode("workspaces")), (0o700, 0o700));
    assert_eq!((mode("catalog.redb"), mode(&format!("workspaces/{}.redb", key(1)))), (0o600, 0o600));
}

#[test]
fn a_path_that_is_a_file_is_refused() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("notes.txt");
    fs::write(&path, "not a store").unwrap();
    for path in [path.clone(), path.join("store")] {
        let error = RedbEngine::open(&path, SHARED).unwrap_err();
        assert_eq!(error.code(), Code::StorageError, "{error}");
        assert_eq!(RedbEngine::open(&path, READER).unwrap_err().code(), Code::StorageError);
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), "not a store");
}

#[test]
fn a_reader_makes_no_store_and_writes_nothing() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("none");
    assert_eq!(RedbEngine::open(&path, READER).unwrap_err().code(), Code::NotFound);
    assert!(!path.exists());
    let engine = open(&path, SHARED);
    engine.create(key(1), put("a", "1")).unwrap();
    let reader = open(&path, READER);
    for outcome in [
        reader.create(key(2), Commit::default()).map(drop),
        reader.remove(key(1)),
        reader.check(key(1)).map(drop),
        reader.compact(key(1)).map(drop),
    ] {
        assert_eq!(outcome.unwrap_err().code(), Code::ReadOnly);
    }
    let refused = reader.commit(key(1), put("a", "2"));
    assert!(matches!(refused, Err(crate::engine::CommitError::Failed(e)) if e.code() == Code::ReadOnly));
    let seq = engine.commit(key(1), put("a", "3")).unwrap();
    assert_eq!(reader.view(key(1)).unwrap().seq(), seq, "a reader follows the writer");
}

#[test]
fn a_file_without_the_form_of_a_key_is_not_listed() {
    let dir = TempDir::new().unwrap();
    let engine = open(dir.path(), SHARED);
    engine.create(key(0xab), Commit::default()).unwrap();
    for name in ["notes.redb", "ABABABABABABABABABABABABABABABAB.redb", "x.bak"] {
        fs::write(dir.path().join("workspaces").join(name), "").unwrap();
    }
    assert_eq!(engine.list().unwrap(), [key(0xab)]);
}

#[test]
fn files_that_nobody_uses_are_closed_when_there_are_many() {
    for options in [SHARED, EXCLUSIVE] {
        let dir = TempDir::new().unwrap();
        let engine = open(dir.path(), options);
        let count = 70;
        let mut kept = Vec::new();
        for n in 1..=count {
            engine.create(key(n), put("n", &n.to_string())).unwrap();
            let view = engine.view(key(n)).unwrap();
            if n % 10 == 0 {
                kept.push((n, view));
            }
        }
        let open_files = engine.handles.read().unwrap().as_ref().unwrap().len();
        assert!((kept.len()..30).contains(&open_files), "{open_files} files are open");
        for n in 1..=count {
            engine.commit(key(n), put("n", "changed")).unwrap();
        }
        for (n, view) in kept {
            assert_eq!(get(&*view, b"n").unwrap().1, n.to_string().into_bytes());
        }
        engine.close().unwrap();
    }
}
