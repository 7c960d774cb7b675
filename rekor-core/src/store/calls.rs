//! The ways in to the operations of a store: a request as a struct, or its name and JSON.

use super::{STORE_OPS, Store, StoreRequest, operations};
use crate::api::call::CallOptions;
use crate::ground::error::Result;
use crate::ground::json::Json;
use crate::ops::{Named, no_operation};

impl Store {
    /// Executes a request on the store's workspaces.
    ///
    /// ```
    /// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
    /// use rekor_core::api::workspace::{CreateWorkspace, ListWorkspaces};
    ///
    /// store.run(&CreateWorkspace { id: "books".into(), ..Default::default() })?;
    /// let ids: Vec<String> = store.run(&ListWorkspaces {})?.data.into_iter().map(|about| about.id).collect();
    /// assert_eq!(ids, ["books", "ops"]);
    /// # Ok::<(), rekor_core::Error>(())
    /// ```
    pub fn run<R: StoreRequest>(&self, request: &R) -> Result<R::Answer> {
        self.allow_reach(request.reach())?;
        request.run(self)
    }

    /// Executes the operation `name` of [`STORE_OPS`] on a request in JSON, and answers in JSON.
    ///
    /// ```
    /// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
    /// let answer = store.call("create_workspace", r#"{"id": "books", "name": "The books"}"#)?;
    /// assert!(answer.starts_with(r#"{"id":"books","name":"The books","#));
    /// # Ok::<(), rekor_core::Error>(())
    /// ```
    pub fn call(&self, name: &str, request: &str) -> Result<String> {
        self.call_with(name, request, &CallOptions::default())
    }

    /// Executes the operation `name` of [`STORE_OPS`] on a request in JSON as the options say, and answers in JSON: with a
    /// [`Rehearsal`](crate::api::call::Rehearsal) if nothing is to be written.
    ///
    /// ```
    /// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
    /// use rekor_core::api::call::CallOptions;
    ///
    /// let rehearse = CallOptions { dry_run: true, ..Default::default() };
    /// let answer = store.call_with("create_workspace", r#"{"id": "books"}"#, &rehearse)?;
    /// assert!(answer.starts_with(r#"{"dry_run":true,"answer":{"id":"books","#));
    /// assert!(store.workspace("books").is_err());
    /// # Ok::<(), rekor_core::Error>(())
    /// ```
    pub fn call_with(&self, name: &str, request: &str, options: &CallOptions) -> Result<String> {
        let op = STORE_OPS.iter().find(|op| op.name == name);
        let op = op.ok_or_else(|| no_operation(name, STORE_OPS.iter().map(|op| op.name)))?;
        (op.call)(self, request, options)
    }

    /// Executes a request as the options say, and answers in JSON.
    ///
    /// ```
    /// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
    /// use rekor_core::api::{call::CallOptions, workspace::CreateWorkspace};
    ///
    /// let books = CreateWorkspace { id: "books".into(), ..Default::default() };
    /// let once = CallOptions { idempotency_key: Some("set-up".into()), ..Default::default() };
    /// let first = store.run_with(&books, &once)?;
    /// assert_eq!(store.run_with(&books, &once)?, first); // and no `already_exists`
    /// # Ok::<(), rekor_core::Error>(())
    /// ```
    pub fn run_with<R: StoreRequest + Named>(&self, request: &R, options: &CallOptions) -> Result<Json> {
        operations::respond(self, request, options).map(Json::from_text)
    }
}
