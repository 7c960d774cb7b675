//! How much a workspace holds, of what.

use serde::{Deserialize, Serialize};

/// Counts what a workspace holds. It reads all of it.
///
/// ```
/// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
/// use rekor_core::api::stats::GetStats;
///
/// let stats = ws.run(&GetStats {})?;
/// let invoices = &stats.collections[1];
/// assert_eq!((invoices.collection.as_str(), invoices.records), ("invoices", 3));
/// assert_eq!((stats.relationships, stats.seq), (3, ws.seq()?));
/// # Ok::<(), rekor_core::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct GetStats {}

/// How much a workspace holds. Bytes are those of keys and values; the file has more, of which `compact` gives back what is
/// unused.
///
/// See [`GetStats`] for an example.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Stats {
    /// The workspace.
    pub workspace: String,
    /// The commit that this was counted at.
    pub seq: u64,
    /// Bytes of the file.
    pub file_bytes: u64,
    /// Its collections, by id.
    pub collections: Vec<CollectionStats>,
    /// Relationships, those of deleted collections included until history lets them go.
    pub relationships: u64,
    /// Bytes of relationships, seen from both ends.
    pub relationship_bytes: u64,
    /// Commits of which the journal tells.
    pub commits: u64,
    /// Bytes of the journal and of what leads into it.
    pub journal_bytes: u64,
    /// Records of deleted collections, which the journal still needs.
    pub retired_records: u64,
    /// Bytes of such records.
    pub retired_bytes: u64,
}

/// How much a collection holds.
///
/// See [`GetStats`] for an example.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct CollectionStats {
    /// The collection.
    pub collection: String,
    /// Its records.
    pub records: u64,
    /// Bytes of its records.
    pub bytes: u64,
    /// Its declared indexes.
    pub indexes: u64,
    /// Bytes of its declared indexes.
    pub index_bytes: u64,
    /// Its column groups.
    pub column_groups: u64,
    /// Bytes of its columns.
    pub column_bytes: u64,
    /// Records that were written since their group was sealed.
    pub dirty_records: u64,
}
