//! Errors of rekor as exceptions of the package: one class a kind, made by `rekor._errors` from the error's JSON.

use pyo3::prelude::*;
use rekor_core::{Error, Json};

use crate::read::read;

/// The exception of an error.
pub(crate) fn raise(py: Python<'_>, error: &Error) -> PyErr {
    exception(py, error).unwrap_or_else(|fault| fault)
}

fn exception(py: Python<'_>, error: &Error) -> PyResult<PyErr> {
    let error = Json::from_value(error);
    let made = py.import("rekor._errors")?.getattr("of_core")?.call1((read(py, error.text())?,))?;
    Ok(PyErr::from_value(made))
}
