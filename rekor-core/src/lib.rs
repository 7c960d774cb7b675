//! A system of record for AI agents, as an embeddable library.
//!
//! A [`Store`] is a directory of workspaces. A [`Workspace`] holds collections (JSON Schema), records and
//! typed relationships, and runs requests on them; each request struct in [`api`] is an operation.
//!
//! ```
//! use rekor_core::api::collection::UpsertCollection;
//! use rekor_core::api::record::{GetRecord, UpsertRecord};
//! use rekor_core::api::workspace::CreateWorkspace;
//! use rekor_core::{Json, OpenOptions, Store};
//!
//! # fn main() -> rekor_core::Result<()> {
//! # let dir = tempfile::tempdir().unwrap();
//! # let path = dir.path().join("store");
//! let store = Store::open(&path, OpenOptions::default())?;
//! store.run(&CreateWorkspace { id: "ops".into(), ..Default::default() })?;
//! let ws = store.workspace("ops")?;
//! ws.run(&UpsertCollection {
//!     collection: "invoices".into(),
//!     schema: Some(Json::from_text(r#"{"properties":{"amount":{"type":"number"}}}"#)),
//!     ..Default::default()
//! })?;
//! let made = ws.run(&UpsertRecord {
//!     collection: "invoices".into(),
//!     data: Some(Json::from_text(r#"{"amount": 5000.50}"#)),
//!     external_id: Some("inv_1".into()),
//!     ..Default::default()
//! })?;
//! let read = ws.run(&GetRecord { collection: "invoices".into(), id: Some(made.thing.id), ..Default::default() })?;
//! assert_eq!(read.data.text(), r#"{"amount":5000.50}"#);
//! store.close()
//! # }
//! ```

pub mod api;
mod codec;
mod columns;
mod ctx;
pub mod engine;
mod files;
#[cfg(feature = "fuzz")]
pub mod fuzz;
pub mod ground;
mod index;
mod maintenance;
mod ops;
mod query;
mod schema;
mod store;
mod workspace;

pub use codec::id::slugify;
pub use ctx::rights::Right;
pub use ctx::scope::{Reach, Touches};
pub use ground::error::{Code, Error, Kind, Result};
pub use ground::json::Json;
pub use ops::backup::BackupReport;
pub use ops::check::CheckReport;
pub use ops::compact::CompactReport;
pub use ops::import::ImportEvent;
pub use ops::import_links::split_end;
#[cfg(feature = "schemas")]
pub use ops::reference::{Reference, Shapes};
pub use ops::{Named, OPS, Op, Request};
pub use query::AggregateAnswer;
pub use query::table::{Part, Table, Texts, Values};
pub use store::{OpenOptions, STORE_OPS, Store, StoreOp, StoreRequest};
pub use workspace::Workspace;

/// The examples of the README, so that they compile.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;

/// Those of the page on Rust.
#[cfg(doctest)]
#[doc = include_str!("../../docs/rust.md")]
pub struct Page;
