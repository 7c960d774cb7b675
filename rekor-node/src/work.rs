//! One call: carried out here and now, or on a thread of Node's pool behind a promise. Errors cross as the core's JSON; a
//! panic ends as one of them and never as the end of the process.

use std::panic::{AssertUnwindSafe, catch_unwind};

use napi::bindgen_prelude::{AsyncTask, Either, Either3};
use napi::{Env, Task};
use rekor_core::{Code, Error, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::store::StoreHandle;
use crate::workspace::WorkspaceHandle;

/// What a call comes to.
pub enum Output {
    /// JSON.
    Text(String),
    /// A handle on a store.
    Store(StoreHandle),
    /// A handle on a workspace.
    Workspace(WorkspaceHandle),
}

/// The same as Node takes it.
pub type Value = Either3<String, StoreHandle, WorkspaceHandle>;

/// A value, or the promise of one.
pub type Answer = Either<Value, AsyncTask<Job>>;

/// Work for a thread of the pool.
pub struct Job(Option<Box<dyn FnOnce() -> Result<Output> + Send>>);

impl Task for Job {
    type Output = Output;
    type JsValue = Value;

    fn compute(&mut self) -> napi::Result<Output> {
        let work = self.0.take();
        guard(|| work.map_or_else(|| Err(Error::new(Code::Internal, "a call was made twice")), |work| work()))
    }

    fn resolve(&mut self, _: Env, output: Output) -> napi::Result<Value> {
        Ok(output.into())
    }
}

impl From<Output> for Value {
    fn from(output: Output) -> Self {
        match output {
            Output::Text(text) => Self::A(text),
            Output::Store(store) => Self::B(store),
            Output::Workspace(workspace) => Self::C(workspace),
        }
    }
}

/// Carries a call out now, or promises to.
pub fn start(promise: bool, work: impl FnOnce() -> Result<Output> + Send + 'static) -> napi::Result<Answer> {
    if promise {
        return Ok(Either::B(AsyncTask::new(Job(Some(Box::new(work))))));
    }
    guard(work).map(|output| Either::A(output.into()))
}

/// Carries out a call on a handle, which only a promise needs a handle of its own for.
pub fn start_with<H: Clone + Send + 'static>(
    promise: bool,
    handle: &H,
    work: impl FnOnce(&H) -> Result<Output> + Send + 'static,
) -> napi::Result<Answer> {
    if promise {
        let handle = handle.clone();
        return start(true, move || work(&handle));
    }
    guard(|| work(handle)).map(|output| Either::A(output.into()))
}

/// Runs a call and catches what it panics with.
fn guard(work: impl FnOnce() -> Result<Output>) -> napi::Result<Output> {
    let outcome = catch_unwind(AssertUnwindSafe(work));
    let outcome =
        outcome.unwrap_or_else(|_| Err(Error::new(Code::Internal, "rekor failed in an unforeseen way")));
    outcome.map_err(|error| thrown(&error))
}

/// An error as it crosses to Node: its message is the JSON of the core's error.
pub fn thrown(error: &Error) -> napi::Error {
    napi::Error::from_reason(serde_json::to_string(error).unwrap_or_else(|fault| fault.to_string()))
}

/// Reads what Node gives.
pub fn decode<T: DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|fault| Error::new(Code::InvalidRequest, fault.to_string()))
}

/// Writes what Node gets.
pub fn encode(value: &impl Serialize) -> Result<Output> {
    let text = serde_json::to_string(value);
    text.map(Output::Text).map_err(|fault| Error::new(Code::Internal, fault.to_string()))
}

/// What must be given.
pub fn needed(given: Option<String>) -> Result<String> {
    given.ok_or_else(|| Error::new(Code::InvalidRequest, "an argument is missing"))
}

/// The error for what a handle cannot be asked.
pub fn unknown(what: &str) -> Error {
    Error::new(Code::Internal, format!("there is no `{what}`"))
}
