//! Compaction: what a workspace's file no longer uses goes back to the disk. It must never change what is stored.

use serde::Serialize;

use crate::ctx::session::Session;
use crate::ground::error::Result;

/// What a compaction came to.
///
/// See [`Workspace::compact`](crate::Workspace::compact) for an example.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct CompactReport {
    /// Bytes of the file before.
    pub bytes_before: u64,
    /// Bytes of the file afterwards.
    pub bytes_after: u64,
}

/// Compacts a workspace.
pub fn compact(session: &Session) -> Result<CompactReport> {
    // A deleted workspace is told from one that is there. The view must be gone before the file is compacted.
    drop(session.view()?);
    let done = session.engine().compact(session.key())?;
    Ok(CompactReport { bytes_before: done.bytes_before, bytes_after: done.bytes_after })
}
