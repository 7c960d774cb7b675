//! Disks that fail during a write: the verdict must be what a fresh opening finds, and not even that
//! when a sync failed.

use tempfile::TempDir;

use super::{EXCLUSIVE, Options, SHARED, frail, open};
use crate::engine::suite::{get, put};
use crate::engine::{Commit, CommitError, Engine, Put};
use crate::ground::error::Code;

/// A commit that can prove that it landed.
fn proven(n: u8) -> Commit {
    let value = [&b"id "[..], &[n; 16]].concat();
    let journal = Put { key: b"j/????????".to_vec(), value, seq_at: Some(2), time_at: None };
    let mut commit = put("n", &n.to_string());
    commit.puts.push(journal);
    Commit { id: [n; 16], proof: Some(1), ..commit }
}

/// What came of a commit on a failing disk.
struct Failure {
    /// Whether it came to a failure.
    failed: bool,
    /// Whether what failed was a sync.
    sync: bool,
    code: Option<Code>,
}

/// Fails the disk at its `left`th operation during a commit.
fn fail_at(left: i64, once: bool, full: bool, options: Options, commit: Commit) -> Failure {
    let dir = TempDir::new().unwrap();
    let (engine, faults, ws) = frail(dir.path(), options);
    let n = String::from_utf8(commit.puts[0].value.clone()).unwrap();
    engine.commit(ws, put("before", "1")).unwrap();
    let held = engine.view(ws).unwrap();
    faults.arm(left, once, full);
    let outcome = engine.commit(ws, commit);
    let failed = faults.lift();
    let code = match &outcome {
        Ok(_) => None,
        Err(CommitError::Failed(error)) => Some(error.code()),
        Err(other) => panic!("{other:?}"),
    };
    let place = format!("operation {left}, once {once}, full {full}: {outcome:?}");
    drop(held);
    let seen = get(&*engine.view(ws).unwrap(), b"n").is_some_and(|(_, value)| value == n.as_bytes());
    match (&outcome, code) {
        (Ok(_), _) => assert!(seen, "{place}: a commit that was confirmed is there"),
        (_, Some(Code::CommitUnknown)) => {}
        _ => assert!(!seen, "{place}: a commit that failed left nothing"),
    }
    // The handle is usable again, and a fresh one finds the same.
    let last = engine.commit(ws, put("after", "1")).unwrap();
    engine.close().unwrap();
    let fresh = open(dir.path(), options);
    let view = fresh.view(ws).unwrap();
    assert_eq!(view.seq(), last, "{place}");
    assert_eq!(get(&*view, b"n").is_some(), seen, "{place}");
    assert!(get(&*view, b"before").is_some() && get(&*view, b"after").is_some(), "{place}");
    drop(view);
    fresh.check(ws).unwrap();
    Failure { failed, sync: faults.sync_failed(), code }
}

fn fail_everywhere(once: bool, full: bool, options: Options) -> Vec<Failure> {
    let mut failures = Vec::new();
    for left in 0.. {
        let failure = fail_at(left, once, full, options, proven(9));
        if !failure.failed {
            assert_eq!(failure.code, None);
            return failures;
        }
        failures.push(failure);
    }
    failures
}

#[test]
fn a_disk_that_fails_once_leaves_a_doubt_only_after_a_sync() {
    for options in [SHARED, EXCLUSIVE] {
        let (syncs, others): (Vec<_>, Vec<_>) =
            fail_everywhere(true, false, options).into_iter().partition(|failure| failure.sync);
        let codes = |failures: Vec<Failure>| failures.iter().map(|failure| failure.code).collect::<Vec<_>>();
        let (syncs, others) = (codes(syncs), codes(others));
        assert!(others.len() > 3, "{others:?}");
        assert!(others.iter().all(|code| matches!(code, None | Some(Code::StorageError))), "{others:?}");
        assert!(others.contains(&Some(Code::StorageError)));
        // The commit can be read back from the memory of the system, but no disk has taken it.
        assert!(syncs.contains(&Some(Code::CommitUnknown)), "{syncs:?}");
        assert!(!syncs.contains(&None), "{syncs:?}");
    }
}

#[test]
fn a_disk_that_goes_on_failing_is_at_worst_unknown() {
    for options in [SHARED, EXCLUSIVE] {
        let failures = fail_everywhere(false, false, options);
        let codes: Vec<_> = failures.iter().map(|failure| failure.code).collect();
        let known =
            |code: &Option<Code>| matches!(code, None | Some(Code::StorageError | Code::CommitUnknown));
        assert!(codes.iter().all(known), "{codes:?}");
    }
}

#[test]
fn a_full_disk_is_told_from_a_broken_one() {
    for options in [SHARED, EXCLUSIVE] {
        let mut commit = proven(9);
        commit.puts.extend((0..40_u8).map(|n| Put::plain(vec![b'x', n], vec![n; 100_000])));
        let failure = fail_at(0, true, true, options, commit);
        assert!(failure.failed);
        assert_eq!(failure.code, Some(Code::DiskFull));
    }
}

#[test]
fn a_failed_creation_leaves_no_file() {
    let dir = TempDir::new().unwrap();
    let (engine, faults, _) = frail(dir.path(), SHARED);
    let ws = crate::engine::suite::key(7);
    for left in 0.. {
        faults.arm(left, true, true);
        let made = engine.create(ws, put("a", "1"));
        if !faults.lift() {
            assert!(made.unwrap());
            break;
        }
        if let Err(error) = made {
            assert!(matches!(error.code(), Code::DiskFull | Code::StorageError), "{error}");
            assert_eq!(engine.list().unwrap().len(), 1);
            assert_eq!(std::fs::read_dir(dir.path().join("workspaces")).unwrap().count(), 1);
        } else {
            engine.remove(ws).unwrap();
        }
    }
    assert!(get(&*engine.view(ws).unwrap(), b"a").is_some());
}

#[test]
fn the_others_of_a_failed_group_get_its_verdict() {
    let dir = TempDir::new().unwrap();
    let (engine, faults, ws) = frail(dir.path(), SHARED);
    engine.view(ws).unwrap();
    faults.arm(0, false, false);
    std::thread::scope(|scope| {
        for n in 0..4 {
            let engine = &engine;
            scope.spawn(move || assert!(engine.commit(ws, proven(n)).is_err()));
        }
    });
    assert!(faults.lift());
    engine.commit(ws, proven(5)).unwrap();
    assert_eq!(get(&*engine.view(ws).unwrap(), b"n").unwrap().1, b"5");
}
