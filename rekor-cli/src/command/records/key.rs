//! Which record: its id, or its key in another system.

/// The flags that name one record.
#[derive(Debug, clap::Args)]
pub(crate) struct Key {
    /// The collection
    pub(crate) collection: String,
    /// The record's id
    #[arg(required_unless_present = "external_id", conflicts_with_all = ["external_id", "external_source"])]
    pub(crate) id: Option<String>,
    /// The record's key in another system, in place of the id
    #[arg(long, value_name = "ID")]
    pub(crate) external_id: Option<String>,
    /// The other system
    #[arg(long, visible_alias = "source", value_name = "SOURCE", requires = "external_id")]
    pub(crate) external_source: Option<String>,
}
