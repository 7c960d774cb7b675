//! Disks that fail during a read: that read fails, and the next view is of a file opened again.

use std::ops::ControlFlow;

use tempfile::TempDir;

use super::{EXCLUSIVE, Options, SHARED, frail};
use crate::engine::suite::key;
use crate::engine::{Commit, Engine, Put, View};
use crate::ground::error::{Code, Result};

const ROWS: u32 = 500;
/// Less than the rows take.
const CACHE_BYTES: usize = 64 << 10;

fn many() -> Commit {
    let row = |n: u32| Put::plain(n.to_be_bytes().into(), vec![7; 300]);
    Commit { puts: (0..ROWS).map(row).collect(), ..Commit::default() }
}

/// Counts the rows of `many`.
fn count(view: &dyn View) -> Result<u32> {
    let mut found = 0;
    view.scan_each(&0_u32.to_be_bytes(), &ROWS.to_be_bytes(), false, &mut |_, _, _| {
        found += 1;
        ControlFlow::Continue(())
    })?;
    Ok(found)
}

#[test]
fn one_failed_read_does_not_break_the_reads_that_follow() {
    for options in [SHARED, EXCLUSIVE] {
        let dir = TempDir::new().unwrap();
        let (engine, faults, ws) = frail(dir.path(), Options { cache_bytes: CACHE_BYTES, ..options });
        engine.commit(ws, many()).unwrap();
        let view = engine.view(ws).unwrap();
        assert_eq!(count(&*view).unwrap(), ROWS);
        faults.arm_read();
        assert_eq!(count(&*view).unwrap_err().code(), Code::StorageError);
        assert!(faults.read_failed());
        for _ in 0..3 {
            assert_eq!(count(&*engine.view(ws).unwrap()).unwrap(), ROWS, "nothing was written in between");
        }
        engine.close().unwrap();
    }
}

#[test]
fn a_snapshot_of_a_closed_file_is_not_handed_out() {
    let dir = TempDir::new().unwrap();
    let (engine, _, _) = frail(dir.path(), Options { cache_bytes: CACHE_BYTES, ..EXCLUSIVE });
    engine.commit(key(1), many()).unwrap();
    // As in a check, when another thread takes a view just before the file is closed for it.
    let handle = engine.handle_of(key(1)).unwrap();
    handle.view().unwrap();
    handle.cell.while_shut(|| Ok(())).unwrap();
    assert_eq!(count(&*engine.view(key(1)).unwrap()).unwrap(), ROWS);
}
