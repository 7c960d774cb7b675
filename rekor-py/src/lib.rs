//! The Python package's native half.

use pyo3::prelude::*;

/// The native half of the package `rekor`.
#[pymodule]
mod _native {}
