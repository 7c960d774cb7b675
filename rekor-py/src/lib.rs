//! The native half of the Python package `rekor`: what it is given becomes a request in JSON, what rekor answers becomes
//! objects of Python. It knows nothing of operations; those are in the tables of `rekor_core`.

mod error;
mod read;
mod store;
mod transfer;
mod workspace;
mod write;

use pyo3::pymodule;

/// The native half of the package `rekor`.
#[pymodule]
mod _native {
    use pyo3::prelude::*;
    use pyo3::types::PyDict;
    use rekor_core::{OPS, STORE_OPS};

    #[pymodule_export]
    use crate::store::Store;
    #[pymodule_export]
    use crate::workspace::Workspace;

    #[pymodule_export]
    #[expect(non_upper_case_globals, reason = "so Python names it")]
    const __version__: &str = env!("CARGO_PKG_VERSION");

    /// The names of all operations: those of a store, and those of a workspace.
    #[pyfunction]
    fn operations() -> (Vec<&'static str>, Vec<&'static str>) {
        (STORE_OPS.iter().map(|op| op.name).collect(), OPS.iter().map(|op| op.name).collect())
    }

    /// The JSON text of an object, as it is sent; None among its values is left out.
    #[pyfunction]
    fn dumps(value: &Bound<'_, PyDict>) -> PyResult<String> {
        crate::write::request(value).map_err(|fault| fault.into_exception(value.py()))
    }

    /// The value of a JSON text, as it is answered.
    #[pyfunction]
    fn loads<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyAny>> {
        crate::read::read(py, text)
    }
}
