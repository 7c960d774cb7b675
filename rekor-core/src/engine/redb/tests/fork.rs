//! A handle in another process than the one that opened it, told by the process id alone: a real
//! fork is tried from outside the crate.

use std::sync::Arc;

use tempfile::TempDir;

use super::super::cell::Cell;
use super::super::file;
use super::super::home::Home;
use super::super::open::Opener;
use super::{EXCLUSIVE, SHARED, open};
use crate::engine::redb::RedbEngine;
use crate::engine::suite::{key, put};
use crate::engine::{CommitError, Engine, WorkspaceKey};
use crate::ground::error::Code;

#[test]
fn every_call_in_a_child_is_refused() {
    let dir = TempDir::new().unwrap();
    open(dir.path(), SHARED).create(key(1), put("a", "1")).unwrap();
    let opener = Opener { options: SHARED, faults: super::Faults::default() };
    let child = RedbEngine::with_opener(dir.path(), opener, Home::elsewhere()).unwrap();
    let commit = |outcome| match outcome {
        Err(CommitError::Failed(error)) => error,
        _ => panic!("it should have been refused"),
    };
    for error in [
        child.view(key(1)).err().unwrap(),
        child.create(key(2), put("a", "1")).unwrap_err(),
        child.remove(key(1)).unwrap_err(),
        child.list().unwrap_err(),
        child.check(key(1)).unwrap_err(),
        child.close().unwrap_err(),
        commit(child.commit(key(1), put("a", "2"))),
        commit(child.commit_held(key(1), &mut |_| Ok(put("a", "2")))),
    ] {
        assert_eq!(error.code(), Code::ForkedHandle);
        assert!(error.hint_text().is_some());
    }
}

#[test]
fn dropping_in_a_child_leaves_the_file_and_its_locks_alone() {
    let dir = TempDir::new().unwrap();
    open(dir.path(), SHARED).close().unwrap();
    let opener = Arc::new(Opener { options: EXCLUSIVE, faults: super::Faults::default() });
    let path = file::path(dir.path(), WorkspaceKey::CATALOG);
    let db = opener.open(&path).unwrap().unwrap();
    drop(Cell::of(db, path.clone(), Home::elsewhere(), Arc::clone(&opener)));
    // The parent's lock is still held: here it lives on in the handle that was left behind.
    let hasty = super::Options { busy_timeout_ms: 1, ..SHARED };
    let error = open(dir.path(), hasty).view(WorkspaceKey::CATALOG).err().unwrap();
    assert_eq!(error.code(), Code::Busy);
}
