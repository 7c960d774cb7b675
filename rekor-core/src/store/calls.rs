//! The ways in to the operations of a store: a request as a struct, or its name and JSON.

use super::{STORE_OPS, Store, StoreRequest, operations};
use crate::api::call::CallOptions;
use crate::ground::error::Result;
use crate::ground::json::Json;
use crate::ops::{Named, no_operation};

impl Store {
    /// Executes a request on the store's workspaces.
    pub fn run<R: StoreRequest>(&self, request: &R) -> Result<R::Answer> {
        self.allow_reach(request.reach())?;
        request.run(self)
    }

    /// Executes the operation `name` of [`STORE_OPS`] on a request in JSON, and answers in JSON.
    pub fn call(&self, name: &str, request: &str) -> Result<String> {
        self.call_with(name, request, &CallOptions::default())
    }

    /// Executes the operation `name` of [`STORE_OPS`] on a request in JSON as the options say, and answers in JSON: with a
    /// [`Rehearsal`](crate::api::call::Rehearsal) if nothing is to be written.
    pub fn call_with(&self, name: &str, request: &str, options: &CallOptions) -> Result<String> {
        let op = STORE_OPS.iter().find(|op| op.name == name);
        let op = op.ok_or_else(|| no_operation(name, STORE_OPS.iter().map(|op| op.name)))?;
        (op.call)(self, request, options)
    }

    /// Executes a request as the options say, and answers in JSON.
    pub fn run_with<R: StoreRequest + Named>(&self, request: &R, options: &CallOptions) -> Result<Json> {
        operations::respond(self, request, options).map(Json::from_text)
    }
}
