//! Workspaces: the unit of atomicity, isolation, backup and placement.

use serde::{Deserialize, Serialize};

use crate::api::list::Actor;

/// A workspace.
///
/// See [`CreateWorkspace`] for an example.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Workspace {
    /// `[a-z0-9][a-z0-9_-]{0,62}`, without `--`; a preview's is `<parent>--<slug>`.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// Production or preview.
    pub kind: Kind,
    /// The production workspace of a preview.
    pub parent: Option<String>,
    /// When it was made.
    pub created_at: String,
    /// When its name or description last changed.
    pub updated_at: String,
}

/// Production or preview.
///
/// ```
/// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
/// use rekor_core::api::workspace::{GetWorkspace, Kind};
///
/// assert_eq!(store.run(&GetWorkspace { id: "ops".into() })?.workspace.kind, Kind::Production);
/// # Ok::<(), rekor_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Holds the records that count.
    Production,
    /// Holds an experiment that a person may promote.
    Preview,
}

/// Makes a workspace.
///
/// ```
/// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
/// use rekor_core::{Code, api::workspace::CreateWorkspace};
///
/// let books = CreateWorkspace { id: "books".into(), name: Some("The books".into()), ..Default::default() };
/// assert_eq!(store.run(&books)?.thing.name, "The books");
/// assert_eq!(store.run(&books).unwrap_err().code(), Code::AlreadyExists);
/// # Ok::<(), rekor_core::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateWorkspace {
    /// The id to give it.
    pub id: String,
    /// What people call it; the id when left out.
    #[serde(default)]
    pub name: Option<String>,
    /// What it is for.
    #[serde(default)]
    pub description: Option<String>,
}

/// A workspace and what it holds.
///
/// See [`GetWorkspace`] for an example.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct WorkspaceDetails {
    /// The workspace itself, whose fields come first.
    #[serde(flatten)]
    pub workspace: Workspace,
    /// How many collections it has.
    pub collections: u64,
    /// How many records.
    pub records: u64,
    /// How many relationships.
    pub relationships: u64,
    /// The ids of its previews.
    pub previews: Vec<String>,
    /// Bytes of its file.
    pub size_bytes: u64,
    /// The layout of what is stored.
    pub format: u32,
    /// The number of the newest commit.
    pub seq: u64,
    /// The last commit that changed something; null when there was none.
    pub last_commit: Option<LastCommit>,
    /// How long history is kept: `all`, or days, as in `30d`.
    pub history: String,
    /// Whether a relationship to a missing record is an error.
    pub strict_refs: bool,
}

/// A commit of a workspace.
///
/// See [`Actor`] for an example.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct LastCommit {
    /// Its number.
    pub seq: u64,
    /// When it was made.
    pub at: String,
    /// Who made it, and why.
    pub actor: Actor,
}

/// Gets one workspace, with how much it holds.
///
/// ```
/// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
/// use rekor_core::api::workspace::GetWorkspace;
///
/// let ops = store.run(&GetWorkspace { id: "ops".into() })?;
/// assert_eq!((ops.collections, ops.records, ops.relationships), (2, 5, 3));
/// assert_eq!((ops.history.as_str(), ops.strict_refs), ("all", false));
/// # Ok::<(), rekor_core::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct GetWorkspace {
    /// Its id.
    pub id: String,
}

/// Changes the name or the settings of a workspace; what is left out stays.
///
/// ```
/// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
/// use rekor_core::api::workspace::SetWorkspace;
///
/// let set = store.run(&SetWorkspace {
///     id: "ops".into(),
///     history: Some("90d".into()),
///     strict_refs: Some(true),
///     ..Default::default()
/// })?;
/// assert_eq!((set.thing.history.as_str(), set.thing.strict_refs), ("90d", true));
/// assert_eq!(set.thing.workspace.name, "ops"); // what is left out stays
/// # Ok::<(), rekor_core::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SetWorkspace {
    /// Its id.
    pub id: String,
    /// What people call it.
    #[serde(default)]
    pub name: Option<String>,
    /// What it is for; empty for nothing.
    #[serde(default)]
    pub description: Option<String>,
    /// How long history is kept: `all`, or days, as in `30d`. The last hour is kept in any case.
    #[serde(default)]
    pub history: Option<String>,
    /// Whether a relationship to a missing record is an error.
    #[serde(default)]
    pub strict_refs: Option<bool>,
}

/// A workspace with its settings.
///
/// See [`SetWorkspace`] for an example.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct WorkspaceSettings {
    /// The workspace itself, whose fields come first.
    #[serde(flatten)]
    pub workspace: Workspace,
    /// How long history is kept: `all`, or days, as in `30d`.
    pub history: String,
    /// Whether a relationship to a missing record is an error.
    pub strict_refs: bool,
}

/// Lists the workspaces of the store, by id.
///
/// ```
/// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
/// use rekor_core::api::workspace::ListWorkspaces;
///
/// let workspaces = store.run(&ListWorkspaces {})?;
/// assert_eq!((workspaces.data.len(), workspaces.data[0].id.as_str()), (1, "ops"));
/// # Ok::<(), rekor_core::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ListWorkspaces {}

/// Deletes a workspace with all that it holds.
///
/// ```
/// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
/// use rekor_core::{Code, api::workspace::DeleteWorkspace};
///
/// let mut delete = DeleteWorkspace { id: "ops".into(), ..Default::default() };
/// assert_eq!(store.run(&delete).unwrap_err().code(), Code::HumanOnly);
/// delete.yes = true; // a person has agreed
/// assert!(store.run(&delete)?.deleted);
/// # Ok::<(), rekor_core::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DeleteWorkspace {
    /// Its id.
    pub id: String,
    /// Whether its previews go with it; without this, having some is an error.
    #[serde(default)]
    pub with_previews: bool,
    /// That a person has agreed: without it, deleting a production workspace is `human_only`.
    #[serde(default)]
    pub yes: bool,
}
