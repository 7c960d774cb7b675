//! The envelopes that answers come in.

use serde::{Deserialize, Serialize};

/// A page of things: `{"data": [...], "meta": {...}}`.
///
/// ```
/// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
/// use rekor_core::api::query::Query;
///
/// let mut query = Query { collection: "invoices".into(), limit: Some(2), ..Default::default() };
/// let mut rows = Vec::new();
/// loop {
///     let page = ws.run(&query)?;
///     rows.extend(page.data);
///     match page.meta.next_cursor {
///         Some(cursor) => query.cursor = Some(cursor),
///         None => break,
///     }
/// }
/// assert_eq!(rows.len(), 3);
/// # Ok::<(), rekor_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema), schemars(rename = "{T}List"))]
pub struct List<T> {
    /// The things, in order.
    pub data: Vec<T>,
    /// Where this page stands.
    pub meta: Meta,
}

/// Where a page stands in its list.
///
/// See [`List`] for an example.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Meta {
    /// Rows at most.
    pub limit: Option<u64>,
    /// Rows left out before this page.
    pub offset: u64,
    /// Whether rows follow this page.
    pub has_more: bool,
    /// What to pass as `cursor` to get the next page.
    pub next_cursor: Option<String>,
    /// How many rows there are in all, when it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
}

impl<T> List<T> {
    /// A list that is given whole.
    ///
    /// ```
    /// use rekor_core::api::list::List;
    ///
    /// let list = List::whole(vec!["a", "b"]);
    /// assert_eq!((list.data.len(), list.meta.has_more), (2, false));
    /// ```
    #[must_use]
    pub fn whole(data: Vec<T>) -> Self {
        Self { data, meta: Meta::default() }
    }
}

/// The answer to a write: the thing, then whether it changed.
///
/// ```
/// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
/// use rekor_core::api::relationship::UpsertRelationship;
///
/// let written = ws.run(&UpsertRelationship {
///     rel_type: "billed_to".into(),
///     source_collection: "invoices".into(),
///     source_id: "inv-1".into(),
///     target_collection: "customers".into(),
///     target_id: "nobody".into(),
///     ..Default::default()
/// })?;
/// assert_eq!((written.thing.target.id.as_str(), written.changed), ("nobody", true));
/// assert_eq!(written.warnings.len(), 1); // there is no such customer yet
/// # Ok::<(), rekor_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema), schemars(rename = "Written{T}"))]
pub struct Written<T> {
    /// The thing as it now is.
    #[serde(flatten)]
    pub thing: T,
    /// Whether the write changed anything.
    pub changed: bool,
    /// What the caller should know although the write went through.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

/// The answer to a delete.
///
/// ```
/// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
/// use rekor_core::api::record::DeleteRecord;
///
/// let zen = DeleteRecord { collection: "customers".into(), id: Some("zen".into()), ..Default::default() };
/// let deleted = ws.run(&zen)?;
/// assert_eq!((deleted.id.as_str(), deleted.relationships_deleted), ("zen", Some(1)));
/// # Ok::<(), rekor_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Deleted {
    /// The id of what was deleted.
    pub id: String,
    /// Always true; a missing thing is an error.
    pub deleted: bool,
    /// How many relationships went with a record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relationships_deleted: Option<u64>,
    /// What the caller should know although the delete went through.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

impl Deleted {
    /// The answer to the delete of what has this id.
    ///
    /// ```
    /// use rekor_core::{Json, api::list::Deleted};
    ///
    /// assert_eq!(Json::from_value(&Deleted::of("zen")).text(), r#"{"id":"zen","deleted":true}"#);
    /// ```
    #[must_use]
    pub fn of(id: impl Into<String>) -> Self {
        Self { id: id.into(), deleted: true, relationships_deleted: None, warnings: Vec::new() }
    }
}

/// Who writes, and why: kept in the journal with every commit.
///
/// ```
/// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
/// use rekor_core::api::{list::{Actor, Role}, record::DeleteRecord, workspace::GetWorkspace};
///
/// let bot = Actor {
///     role: Role::Agent,
///     name: "tidy-bot".into(),
///     run: Some("run-7".into()),
///     reason: Some("a duplicate of inv-1".into()),
/// };
/// let inv_3 = DeleteRecord { collection: "invoices".into(), id: Some("inv-3".into()), ..Default::default() };
/// ws.with_actor(bot.clone()).run(&inv_3)?;
/// assert_eq!(store.run(&GetWorkspace { id: "ops".into() })?.last_commit.unwrap().actor, bot);
/// # Ok::<(), rekor_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Actor {
    /// `operator`, `agent` or `reader`.
    pub role: Role,
    /// The name of the person or agent.
    pub name: String,
    /// The run that the write belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// Why it is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Default for Actor {
    fn default() -> Self {
        Self { role: Role::Operator, name: String::new(), run: None, reason: None }
    }
}

/// What a caller may do, the most first.
///
/// ```
/// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
/// use rekor_core::api::list::Role;
///
/// assert_eq!(Role::Operator.and(Role::Agent), Role::Agent); // what both may do
/// assert_eq!(store.as_reader().as_agent("tidy-bot").actor().role, Role::Reader);
/// # Ok::<(), rekor_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// A person who runs the store.
    Operator,
    /// A program that works for one.
    Agent,
    /// Somebody who only reads.
    Reader,
}

impl Role {
    /// What both may do.
    ///
    /// See [`Role`] for an example.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        self.max(other)
    }
}
