//! A store as Python holds it: decode, call without the interpreter's lock, encode.

use std::path::PathBuf;

use pyo3::prelude::*;
use pyo3::types::PyDict;
use rekor_core::api::call::CallOptions;
use rekor_core::api::list::Actor;
use rekor_core::{Code, Error, Json, OpenOptions};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::raise;
use crate::read::read;
use crate::workspace::Workspace;
use crate::write;

/// A store of workspaces.
#[pyclass(frozen, module = "rekor._native")]
pub(crate) struct Store(rekor_core::Store);

pub(crate) type Answer<'py> = PyResult<Bound<'py, PyAny>>;
pub(crate) type Dict<'py> = Bound<'py, PyDict>;

/// Runs what needs no object of Python, and gives its answer or raises its error.
pub(crate) fn detached<T: Send>(
    py: Python<'_>,
    work: impl FnOnce() -> rekor_core::Result<T> + Send,
) -> PyResult<T> {
    py.detach(work).map_err(|error| raise(py, &error))
}

/// Makes a request of a dict, and objects of the answer.
pub(crate) fn call<'py>(
    request: &Dict<'py>,
    options: Option<&Dict<'py>>,
    work: impl FnOnce(&str, &CallOptions) -> rekor_core::Result<String> + Send,
) -> Answer<'py> {
    let py = request.py();
    let text = write::request(request).map_err(|fault| fault.into_exception(py))?;
    let options = options.map(decode).transpose()?.unwrap_or_default();
    read(py, &detached(py, || work(&text, &options))?)
}

/// An answer as Python objects.
pub(crate) fn answer<'py, T: Serialize>(py: Python<'py>, answer: &T) -> Answer<'py> {
    read(py, Json::from_value(answer).text())
}

/// What a dict says, as a type of the library.
pub(crate) fn decode<T: DeserializeOwned>(arguments: &Dict<'_>) -> PyResult<T> {
    let py = arguments.py();
    let text = write::request(arguments).map_err(|fault| fault.into_exception(py))?;
    serde_json::from_str(&text).map_err(|e| raise(py, &Error::new(Code::InvalidRequest, e.to_string())))
}

#[pymethods]
impl Store {
    #[new]
    fn open(path: PathBuf, options: &Dict<'_>) -> PyResult<Self> {
        let given: OpenOptions = decode(options)?;
        detached(options.py(), || rekor_core::Store::open(&path, given)).map(Self)
    }

    #[pyo3(signature = (name, request, options=None))]
    fn call<'py>(&self, name: &str, request: &Dict<'py>, options: Option<&Dict<'py>>) -> Answer<'py> {
        call(request, options, |text, options| self.0.call_with(name, text, options))
    }

    #[pyo3(signature = (id=None))]
    fn workspace(&self, py: Python<'_>, id: Option<&str>) -> PyResult<Workspace> {
        let found = detached(py, || match id {
            Some(id) => self.0.workspace(id),
            None => self.0.only_workspace(),
        });
        found.map(Workspace::new)
    }

    fn with_actor(&self, actor: &Dict<'_>) -> PyResult<Self> {
        Ok(Self(self.0.with_actor(decode::<Actor>(actor)?)))
    }

    fn with_token(&self, py: Python<'_>, text: &str) -> PyResult<Self> {
        detached(py, || self.0.with_token(text)).map(Self)
    }

    fn actor<'py>(&self, py: Python<'py>) -> Answer<'py> {
        answer(py, self.0.actor())
    }

    fn unlock(&self, py: Python<'_>, passphrase: &str) -> PyResult<Self> {
        detached(py, || self.0.unlock(passphrase)).map(Self)
    }

    fn restore<'py>(&self, py: Python<'py>, path: PathBuf, to: &str) -> Answer<'py> {
        answer(py, &detached(py, || self.0.restore_from(&path, to))?)
    }

    fn close(&self, py: Python<'_>) -> PyResult<()> {
        detached(py, || self.0.clone().close())
    }
}
