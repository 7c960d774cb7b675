//! Which record: its id, or its key in another system.

/// The flags that name one record.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("which").args(["id", "external_id"]).required(true))]
pub(crate) struct Key {
    /// The collection
    pub(crate) collection: String,
    /// The record's id
    #[arg(conflicts_with = "external_source")]
    pub(crate) id: Option<String>,
    /// The record's key in another system, in place of the id
    #[arg(long, value_name = "ID")]
    pub(crate) external_id: Option<String>,
    /// The other system
    #[arg(long, visible_alias = "source", value_name = "SOURCE", requires = "external_id")]
    pub(crate) external_source: Option<String>,
}
