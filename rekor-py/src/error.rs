//! Errors of rekor as exceptions of the package: one class a kind, made by `rekor._errors` from the error's JSON.

use pyo3::prelude::*;
use rekor_core::Error;

use crate::read::read;

/// The exception of an error.
pub(crate) fn raise(py: Python<'_>, error: &Error) -> PyErr {
    exception(py, error).unwrap_or_else(|fault| fault)
}

fn exception(py: Python<'_>, error: &Error) -> PyResult<PyErr> {
    let text =
        serde_json::to_string(error).map_err(|e| pyo3::exceptions::PyValueError::new_err(e.to_string()))?;
    let made = py.import("rekor._errors")?.getattr("of_core")?.call1((read(py, &text)?,))?;
    Ok(PyErr::from_value(made))
}
