//! What rekor needs of a key-value engine: a consistent snapshot to read and one validated commit to
//! write. Engines know bytes only, never records. Nothing is held while an operation thinks, so
//! validation and slow disks never sit inside the writer lock.

use std::fmt;
use std::ops::ControlFlow;
use std::sync::Arc;

use crate::ground::error::{Error, Result};

mod commit;
pub mod memory;
mod reads;
pub mod redb;
mod rows;
pub(crate) use reads::answer as answer_reads;
#[cfg(any(test, feature = "engine-suite"))]
pub mod suite;

pub use rows::Rows;

/// The number of a commit in its workspace: rising, with gaps. It is also the version of every key
/// that the commit wrote; 0 stands for an absent key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Seq(pub u64);

/// Names a workspace's key space (a file, in redb): 16 random bytes, so that a reused id is never a
/// reused file. All zeroes is the catalog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WorkspaceKey(pub [u8; 16]);

impl WorkspaceKey {
    /// The key space that lists the workspaces of a store.
    pub const CATALOG: Self = Self([0; 16]);
}

impl fmt::Display for WorkspaceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// One read of a batch of reads.
#[derive(Debug, Clone, Copy)]
pub enum Read<'a> {
    /// The value of one key.
    Get(&'a [u8]),
    /// The keys in `lo..hi`, in order or in reverse, until `rows` rows or `bytes` bytes of keys and
    /// values have been read; at least one row is read if there is one.
    Scan {
        /// The first key of the range.
        lo: &'a [u8],
        /// The first key after the range.
        hi: &'a [u8],
        /// Whether to read from the end.
        rev: bool,
        /// Rows at most.
        rows: usize,
        /// Bytes at most.
        bytes: usize,
    },
}

/// One row of a scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The whole key.
    pub key: Vec<u8>,
    /// The commit that last wrote it.
    pub version: Seq,
    /// The value.
    pub value: Vec<u8>,
}

/// The answer to one [`Read`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// The version and value, or nothing.
    Value(Option<(Seq, Vec<u8>)>),
    /// The rows read, and whether the range has more.
    Rows {
        /// In the order asked for.
        rows: Vec<Entry>,
        /// Whether a bound ended the scan before the range did.
        more: bool,
    },
}

/// What takes one value: its version and bytes, or nothing when the key is absent.
pub type OnValue<'f> = &'f mut (dyn FnMut(Option<(Seq, &[u8])>) + 'f);

/// What takes the rows of a scan, key, version and value, until it breaks.
pub type OnRow<'f> = &'f mut (dyn FnMut(&[u8], Seq, &[u8]) -> ControlFlow<()> + 'f);

/// A consistent snapshot of one workspace. It stays what it is while others write.
///
/// See [`Engine`] for an example.
pub trait View: Send + Sync {
    /// The newest commit that this snapshot holds.
    fn seq(&self) -> Seq;

    /// Answers a batch of reads, in order: one round trip on an engine that is far away.
    fn fetch(&self, reads: &[Read<'_>]) -> Result<Vec<Reply>>;

    /// Reads one key and hands the version and the bytes to `f` without a copy, or `None` when absent.
    fn get_with(&self, key: &[u8], f: OnValue<'_>) -> Result<()>;

    /// Hands each row of `lo..hi` to `f` without a copy, in order or in reverse, until it breaks.
    fn scan_each(&self, lo: &[u8], hi: &[u8], rev: bool, f: OnRow<'_>) -> Result<()>;
}

/// What must still be true when a commit is applied, after the commits before it in its group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Check {
    /// The key has this version; `Seq(0)` means that it is absent.
    Same(Vec<u8>, Seq),
    /// The key is there, whatever its version.
    Exists(Vec<u8>),
    /// A scan of `lo..hi` gives the same keys at the same versions as it did in the view whose
    /// fingerprint this is (see [`RangePrint`]), so deletes count too.
    SameRange {
        /// The first key of the range.
        lo: Vec<u8>,
        /// The first key after the range.
        hi: Vec<u8>,
        /// What the range held.
        print: RangePrint,
    },
}

/// A fingerprint of the keys and versions of a range: their number and a SHA-256 over
/// (key length, key, version) in key order. Engines and callers compute it through [`RangePrinter`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RangePrint {
    /// How many keys.
    pub rows: u64,
    /// The digest.
    pub digest: [u8; 32],
}

/// Builds a [`RangePrint`] from rows given in key order.
#[derive(Debug, Clone, Default)]
pub struct RangePrinter {
    rows: u64,
    sha: sha2::Sha256,
}

impl RangePrinter {
    /// Adds the next row.
    pub fn add(&mut self, key: &[u8], version: Seq) {
        use sha2::Digest as _;
        self.rows += 1;
        self.sha.update((key.len() as u64).to_be_bytes());
        self.sha.update(key);
        self.sha.update(version.0.to_be_bytes());
    }

    /// The fingerprint of what was added.
    #[must_use]
    pub fn finish(self) -> RangePrint {
        use sha2::Digest as _;
        RangePrint { rows: self.rows, digest: self.sha.finalize().into() }
    }
}

/// One key to write.
///
/// `seq_at`, when set, is the offset in `key` of 8 bytes that the engine overwrites with the commit's
/// Seq (big-endian). `time_at`, when set, is the offset in `value` of 8 bytes that it overwrites with
/// the commit's time (big-endian milliseconds): `Commit::time_ms`, or the time of the workspace's last
/// commit when that is later, so that journal times never go back.
///
/// See [`Engine`] for an example.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Put {
    /// The key, at most [`Caps::key_bytes_max`].
    pub key: Vec<u8>,
    /// The value, at most [`Caps::value_bytes_max`].
    pub value: Vec<u8>,
    /// Where in the key the Seq goes.
    pub seq_at: Option<usize>,
    /// Where in the value the time goes.
    pub time_at: Option<usize>,
}

impl Put {
    /// A key and value without stamps.
    #[must_use]
    pub const fn plain(key: Vec<u8>, value: Vec<u8>) -> Self {
        Self { key, value, seq_at: None, time_at: None }
    }
}

/// A write set with the conditions under which it may be applied. All of it is applied or nothing.
///
/// Order of application: checks, `deletes`, `delete_if`, `puts`. No key stands twice.
///
/// See [`Engine`] for an example.
#[derive(Debug, Clone, Default)]
pub struct Commit {
    /// 16 random bytes. After a failed write the engine finds out by it whether the commit landed:
    /// the value of `proof`, read back at the commit's Seq, contains it.
    pub id: [u8; 16],
    /// When the commit was made, in milliseconds since 1970.
    pub time_ms: u64,
    /// What must still be true.
    pub checks: Vec<Check>,
    /// Keys to remove; absent ones are no error.
    pub deletes: Vec<Vec<u8>>,
    /// Keys to remove if they still have the version; others are left alone without a conflict.
    pub delete_if: Vec<(Vec<u8>, Seq)>,
    /// Keys to write.
    pub puts: Vec<Put>,
    /// The index in `puts` of a put whose value contains `id`, if there is one.
    pub proof: Option<usize>,
}

/// Why a commit was not applied. In every case but `Unknown` (a [`Error`] with `commit_unknown`)
/// nothing of it is stored.
#[derive(Debug)]
pub enum CommitError {
    /// A check failed: read again and try again.
    Conflict,
    /// A key, a value or the whole is larger than [`Caps`] allows; the text says which.
    TooLarge(String),
    /// The engine refused: `busy`, `storage_error`, `disk_full`, `commit_unknown`, `corrupt_store`,
    /// `workspace_not_found`, `forked_handle`, or the error that the closure of `commit_held` gave.
    Failed(Error),
}

impl From<Error> for CommitError {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// What an engine can hold.
#[derive(Debug, Clone, Copy)]
pub struct Caps {
    /// Bytes of a key at most.
    pub key_bytes_max: usize,
    /// Bytes of a value at most.
    pub value_bytes_max: usize,
    /// Bytes of keys and values of one commit at most.
    pub commit_bytes_max: usize,
}

/// What an integrity check found.
#[derive(Debug, Clone, Default)]
pub struct Integrity {
    /// Keys read.
    pub keys: u64,
    /// Bytes of keys and values read.
    pub bytes: u64,
    /// Bytes of the file on disk.
    pub file_bytes: u64,
    /// Whether the engine found damage and could repair it.
    pub repaired: bool,
}

/// What compacting a key space came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Compacted {
    /// Bytes of the file before.
    pub bytes_before: u64,
    /// Bytes of the file afterwards.
    pub bytes_after: u64,
}

/// A store of key spaces, one a workspace.
///
/// ```
/// use rekor_core::engine::{Commit, Engine, Put, WorkspaceKey, memory::MemoryEngine};
///
/// let engine = MemoryEngine::new();
/// let puts = vec![Put::plain(b"key".to_vec(), b"value".to_vec())];
/// engine.commit(WorkspaceKey::CATALOG, Commit { id: [1; 16], time_ms: 1, puts, ..Commit::default() }).unwrap();
/// let mut length = None;
/// let view = engine.view(WorkspaceKey::CATALOG)?; // stays as it is while others commit
/// view.get_with(b"key", &mut |row| length = row.map(|(_, value)| value.len()))?;
/// assert_eq!(length, Some(5));
/// # Ok::<(), rekor_core::Error>(())
/// ```
pub trait Engine: Send + Sync {
    /// Makes a key space that holds `first`, complete or not at all. One that exists is left alone
    /// and `false` is answered.
    fn create(&self, ws: WorkspaceKey, first: Commit) -> Result<bool>;

    /// Makes a key space of rows that keep their versions, complete or not at all. Its newest commit is `seq`, made at
    /// `time_ms`, so that later commits go on from there. The rows come in the order of their keys, none twice, and none
    /// newer than `seq`; an error among them ends it.
    ///
    /// `already_exists` when there is such a key space.
    fn create_from(
        &self,
        ws: WorkspaceKey,
        seq: Seq,
        time_ms: u64,
        rows: &mut dyn Iterator<Item = Result<Entry>>,
    ) -> Result<()>;

    /// Removes a key space. Views and handles that are open on it keep reading what they had.
    fn remove(&self, ws: WorkspaceKey) -> Result<()>;

    /// The key spaces that exist, the catalog left out, in no order.
    fn list(&self) -> Result<Vec<WorkspaceKey>>;

    /// A snapshot of the newest commit; `workspace_not_found` when there is no such key space.
    fn view(&self, ws: WorkspaceKey) -> Result<Arc<dyn View>>;

    /// Applies a commit and answers its Seq, durable when this returns.
    fn commit(&self, ws: WorkspaceKey, commit: Commit) -> Result<Seq, CommitError>;

    /// Runs `f` on the newest state inside the write transaction and applies what it makes, so that it
    /// cannot conflict. Others wait meanwhile: only short work belongs here.
    fn commit_held(
        &self,
        ws: WorkspaceKey,
        f: &mut dyn FnMut(&dyn View) -> Result<Commit>,
    ) -> Result<Seq, CommitError>;

    /// What fits.
    fn caps(&self) -> Caps;

    /// Bytes that a key space takes: of its file where it has one.
    fn size(&self, ws: WorkspaceKey) -> Result<u64>;

    /// Reads every byte of a key space and verifies the engine's own checksums.
    fn check(&self, ws: WorkspaceKey) -> Result<Integrity>;

    /// Gives the space that a key space no longer uses back to the disk. Keys, values and versions stay what
    /// they are, and so does what open views read.
    ///
    /// Refused with `busy` while a view is open on it, in any process, or another writer is at work; both are
    /// waited for as long as a commit waits. Meanwhile new views wait until it is done, and commits until it is
    /// done or they are `busy` themselves. An engine without a file of its own has nothing to do and refuses nothing.
    fn compact(&self, ws: WorkspaceKey) -> Result<Compacted>;

    /// Closes every file and answers the first error. Later calls fail; open views may too.
    fn close(&self) -> Result<()>;
}
