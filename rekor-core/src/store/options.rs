//! How a store is opened.

use serde::Deserialize;

use crate::ground::limits;

/// How to open a store.
///
/// ```
/// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
/// use rekor_core::{Code, OpenOptions, Store, api::workspace::CreateWorkspace};
///
/// # let path = dir.path().join("store");
/// # store.close()?;
/// let options = OpenOptions { read_only: true, cache_bytes: 16 << 20, ..Default::default() };
/// let store = Store::open(&path, options)?;
/// let books = CreateWorkspace { id: "books".into(), ..Default::default() };
/// assert_eq!(store.run(&books).unwrap_err().code(), Code::ReadOnly);
/// # Ok::<(), rekor_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OpenOptions {
    /// Whether this process has the store to itself; commits are faster, other processes wait.
    pub exclusive: bool,
    /// Whether writes are refused; opening is faster, and the store must exist.
    pub read_only: bool,
    /// Bytes of pages that are kept in memory.
    pub cache_bytes: usize,
    /// Milliseconds that a busy store is waited for.
    pub busy_timeout_ms: u64,
    /// Whether a thread keeps column groups in shape after writes; without it,
    /// [`Workspace::maintain`](crate::Workspace::maintain) does a step of that work.
    pub maintenance: bool,
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self {
            exclusive: false,
            read_only: false,
            cache_bytes: 256 << 20,
            busy_timeout_ms: limits::BUSY_TIMEOUT_MS,
            maintenance: true,
        }
    }
}
