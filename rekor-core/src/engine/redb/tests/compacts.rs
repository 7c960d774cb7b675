//! Compacting files: they shrink, nobody who reads loses anything, and a disk that fails in between neither.

use tempfile::TempDir;

use super::{EXCLUSIVE, Options, SHARED, frail, open};
use crate::engine::suite::{get, key, put};
use crate::engine::{Commit, Compacted, Engine, Put};
use crate::ground::error::Code;

const KEYS: u32 = 1_500;
/// The keys that stay when most are deleted.
const LEFT: u32 = 100;

fn fill(engine: &dyn Engine) {
    let put = |n: u32| Put::plain(n.to_be_bytes().into(), vec![7; 1_000]);
    for from in (0..KEYS).step_by(500) {
        let puts = (from..from + 500).map(put).collect();
        engine.commit(key(1), Commit { puts, ..Commit::default() }).unwrap();
    }
    let deletes = (0..KEYS).filter(|n| n % (KEYS / LEFT) != 0).map(|n| n.to_be_bytes().into()).collect();
    engine.commit(key(1), Commit { deletes, ..Commit::default() }).unwrap();
}

fn is_whole(engine: &dyn Engine) {
    let view = engine.view(key(1)).unwrap();
    for n in (0..KEYS).step_by((KEYS / LEFT) as usize) {
        assert_eq!(get(&*view, &n.to_be_bytes()).unwrap().1, vec![7; 1_000]);
    }
}

#[test]
fn a_file_that_lost_most_of_its_rows_shrinks() {
    for options in [SHARED, EXCLUSIVE] {
        let dir = TempDir::new().unwrap();
        let engine = open(dir.path(), options);
        engine.create(key(1), put("a", "1")).unwrap();
        fill(&engine);
        let Compacted { bytes_before, bytes_after } = engine.compact(key(1)).unwrap();
        assert!(bytes_after < bytes_before / 4, "{bytes_before} to {bytes_after}");
        is_whole(&engine);
        let file = dir.path().join(format!("workspaces/{}.redb", key(1)));
        assert_eq!(std::fs::metadata(file).unwrap().len(), bytes_after);
        assert_eq!(engine.check(key(1)).unwrap().keys, u64::from(LEFT) + 1);
        engine.commit(key(1), put("a", "2")).unwrap();
        engine.close().unwrap();
        is_whole(&open(dir.path(), options));
    }
}

#[test]
fn a_view_makes_it_busy_in_time_and_goes_on_reading() {
    for options in [SHARED, EXCLUSIVE] {
        let options = Options { busy_timeout_ms: 30, ..options };
        let dir = TempDir::new().unwrap();
        let engine = open(dir.path(), options);
        engine.create(key(1), put("a", "1")).unwrap();
        fill(&engine);
        let view = engine.view(key(1)).unwrap();
        let error = engine.compact(key(1)).unwrap_err();
        assert_eq!(error.code(), Code::Busy);
        assert!(error.message().contains("read") && error.hint_text().unwrap().contains("close"), "{error}");
        assert_eq!(get(&*view, b"a").unwrap().1, b"1");
        engine.commit(key(1), put("a", "2")).unwrap();
        assert_eq!(get(&*view, b"a").unwrap().1, b"1");
        drop(view);
        engine.compact(key(1)).unwrap();
        assert_eq!(get(&*engine.view(key(1)).unwrap(), b"a").unwrap().1, b"2");
    }
}

#[test]
fn a_view_of_another_handle_makes_it_busy_and_tries_do_not_grow_the_file() {
    let dir = TempDir::new().unwrap();
    let (one, two) = (open(dir.path(), Options { busy_timeout_ms: 200, ..SHARED }), open(dir.path(), SHARED));
    one.create(key(1), put("a", "1")).unwrap();
    fill(&one);
    let view = two.view(key(1)).unwrap();
    let file = dir.path().join(format!("workspaces/{}.redb", key(1)));
    let before = std::fs::metadata(&file).unwrap().len();
    assert_eq!(one.compact(key(1)).unwrap_err().code(), Code::Busy);
    assert!(std::fs::metadata(&file).unwrap().len() <= before);
    is_whole(&two);
    assert_eq!(get(&*view, b"a").unwrap().1, b"1");
    drop(view);
    one.compact(key(1)).unwrap();
    is_whole(&two);
    let seq = two.commit(key(1), put("a", "2")).unwrap();
    assert_eq!(one.view(key(1)).unwrap().seq(), seq);
    is_whole(&one);
}

#[test]
fn a_writer_makes_it_busy_in_time() {
    for other in [false, true] {
        let dir = TempDir::new().unwrap();
        let engine = open(dir.path(), Options { busy_timeout_ms: 30, ..SHARED });
        engine.create(key(1), put("a", "1")).unwrap();
        let second = open(dir.path(), SHARED);
        let holder: &dyn Engine = if other { &second } else { &engine };
        holder
            .commit_held(key(1), &mut |_| {
                assert_eq!(engine.compact(key(1)).unwrap_err().code(), Code::Busy);
                Ok(put("a", "2"))
            })
            .unwrap();
        engine.compact(key(1)).unwrap();
        assert_eq!(get(&*engine.view(key(1)).unwrap(), b"a").unwrap().1, b"2");
    }
}

/// Fails the disk at its `left`th operation while it compacts; `false` when it came to none.
fn fail_at(left: i64, once: bool, full: bool, options: Options) -> bool {
    let dir = TempDir::new().unwrap();
    let (engine, faults, ws) = frail(dir.path(), options);
    fill(&engine);
    faults.arm(left, once, full);
    let outcome = engine.compact(ws);
    let failed = faults.lift();
    if let Err(error) = outcome {
        assert!(failed);
        let wanted = if full { Code::DiskFull } else { Code::StorageError };
        assert_eq!(error.code(), wanted, "operation {left}, once {once}: {error}");
    }
    is_whole(&engine);
    engine.commit(ws, put("after", "1")).unwrap();
    engine.compact(ws).unwrap();
    engine.close().unwrap();
    let fresh = open(dir.path(), options);
    is_whole(&fresh);
    assert_eq!(fresh.check(ws).unwrap().keys, u64::from(LEFT) + 2);
    failed
}

#[test]
fn a_disk_that_fails_meanwhile_loses_nothing() {
    for options in [SHARED, EXCLUSIVE] {
        let (mut left, mut failures) = (0, 0);
        while fail_at(left, left % 2 == 0, left % 3 == 0, options) {
            failures += 1;
            // Every operation in the beginning, then fewer and fewer.
            left += 1 + left / 6;
        }
        assert!(failures > 8, "{failures}");
    }
}
