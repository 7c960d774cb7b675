//! What each side can do. Reads answer how many rows they found, so that both can be held against each
//! other; every row is handed out whole, as owned strings.

use crate::data::Doc;

pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

pub trait Side {
    /// Imports lines of JSON.
    fn import(&self, lines: &str) -> Result<()>;
    /// Imports links between records named by external ids.
    fn link(&self, links: &[(String, String)]) -> Result<()>;
    /// Makes or replaces one record, durably.
    fn upsert(&self, doc: &Doc) -> Result<()>;
    /// Makes or replaces records in one durable transaction.
    fn batch(&self, docs: &[Doc]) -> Result<()>;
    fn get(&self, id: &str) -> Result<u64>;
    /// The id of the record with an external id.
    fn get_external(&self, external_id: &str) -> Result<String>;
    fn equality(&self, customer: &str) -> Result<u64>;
    /// The first 50 rows of a range by amount, from the highest.
    fn range(&self, from: f64, to: f64) -> Result<u64>;
    fn hops(&self, id: &str, depth: u64) -> Result<u64>;
}
