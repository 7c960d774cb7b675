//! Gives the unused pages of a file back to the disk. It must never touch a file that somebody reads, and
//! never wait for anybody longer than the busy timeout.

use std::path::Path;

use super::cell::missing;
use super::error::{guarded, of_fault};
use super::file::size;
use super::handle::Handle;
use super::open::Db;
use super::wait;
use crate::engine::{CommitError, Compacted};
use crate::ground::env::Deadline;
use crate::ground::error::{Code, Error, Result};

/// Compacts the file of `handle` through an opening of its own: an error on the way ends that opening and no
/// other.
pub(super) fn compact(handle: &Handle) -> Result<Compacted> {
    let path = &handle.cell.path;
    let bytes_before = size(path)?;
    let deadline = handle.cell.opener.deadline();
    let done = if handle.cell.opener.options.exclusive {
        while_shut(handle, deadline)?
    } else {
        beside(handle, deadline)?
    };
    done.ok_or_else(|| being_read(path))?;
    Ok(Compacted { bytes_before, bytes_after: size(path)? })
}

/// Compacts beside the opening that this process has, as another process would.
fn beside(handle: &Handle, deadline: Deadline) -> Result<Option<()>> {
    // One opening for all tries: to close one is a commit, and commits beside a reader make the file grow.
    let mut db = open(handle)?;
    let done = wait::until(deadline, || {
        // Writers of this process stand in line meanwhile. Between two tries the line moves on, since it may
        // be a reader of another process that is waited for.
        let _turn = handle.alone(deadline).map_err(CommitError::of_create)?;
        run(&mut db, &handle.cell.path, deadline)
    });
    close(db, &handle.cell.path, done)
}

/// In exclusive mode there can be one opening only, so the file is closed meanwhile.
fn while_shut(handle: &Handle, deadline: Deadline) -> Result<Option<()>> {
    wait::until(deadline, || {
        let _turn = handle.alone(deadline).map_err(CommitError::of_create)?;
        handle.outdate();
        let done = handle.cell.while_unread(|| {
            let mut db = open(handle)?;
            let done = run(&mut db, &handle.cell.path, deadline);
            close(db, &handle.cell.path, done)
        })?;
        Ok(done.flatten())
    })
}

fn open(handle: &Handle) -> Result<Db> {
    handle.cell.opener.open(&handle.cell.path)?.ok_or_else(|| missing(&handle.cell.path))
}

/// Tries once; nothing while somebody reads.
fn run(db: &mut Db, path: &Path, deadline: Deadline) -> Result<Option<()>> {
    let done = guarded(path, || db.compact(deadline).map_err(|fault| of_fault(&fault, path)))?;
    Ok(done.then_some(()))
}

fn close<T>(db: Db, path: &Path, done: Result<T>) -> Result<T> {
    let closed = guarded(path, || db.close().map_err(|fault| of_fault(&fault, path)));
    // After an error closing only repeats it; what is left of a compaction the next opening repairs.
    done.and_then(|done| closed.map(|()| done))
}

fn being_read(path: &Path) -> Error {
    Error::new(Code::Busy, format!("`{}` cannot be compacted while it is read", path.display()))
        .hint("close what reads the workspace, in this process and in others, and try again")
}
