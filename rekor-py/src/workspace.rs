//! A workspace as Python holds it.

use std::path::PathBuf;

use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use rekor_core::api::list::Actor;
use rekor_core::api::transfer::{ExportRecords, ImportRecords};
use rekor_core::{Code, Error};

use crate::store::{Answer, Dict, answer, call, decode, detached};
use crate::transfer::import;
use crate::write;

/// A handle on one workspace.
#[pyclass(frozen, module = "rekor._native")]
pub(crate) struct Workspace(rekor_core::Workspace);

impl Workspace {
    pub(crate) const fn new(workspace: rekor_core::Workspace) -> Self {
        Self(workspace)
    }
}

#[pymethods]
impl Workspace {
    #[getter]
    fn id(&self) -> &str {
        self.0.id()
    }

    #[pyo3(signature = (name, request, options=None))]
    fn call<'py>(&self, name: &str, request: &Dict<'py>, options: Option<&Dict<'py>>) -> Answer<'py> {
        call(request, options, |text, options| self.0.call_with(name, text, options))
    }

    /// The answer of a query or an aggregate as a capsule of the Arrow C stream interface.
    fn arrow<'py>(&self, name: &str, request: &Dict<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        let py = request.py();
        let text = write::request(request).map_err(|fault| fault.into_exception(py))?;
        let stream = detached(py, || {
            let table = self.0.table(name, &text)?;
            rekor_arrow::stream(table).map_err(|e| Error::new(Code::LimitExceeded, e.to_string()))
        })?;
        PyCapsule::new_with_value(py, stream, c"arrow_array_stream")
    }

    fn with_actor(&self, actor: &Dict<'_>) -> PyResult<Self> {
        Ok(Self(self.0.with_actor(decode::<Actor>(actor)?)))
    }

    /// Imports the rows of an iterable: objects, or lines as bytes.
    fn import_records<'py>(
        &self,
        request: &Dict<'py>,
        rows: &Bound<'py, PyAny>,
        listen: Option<Bound<'py, PyAny>>,
    ) -> Answer<'py> {
        let request: ImportRecords = decode(request)?;
        import(rows, listen, |rows, listen| self.0.import_records(&request, rows, listen))
    }

    fn import_relationships<'py>(
        &self,
        rows: &Bound<'py, PyAny>,
        strict: bool,
        skip_bad_lines: bool,
        listen: Option<Bound<'py, PyAny>>,
    ) -> Answer<'py> {
        import(rows, listen, |rows, listen| self.0.import_relationships(rows, strict, skip_bad_lines, listen))
    }

    fn export_records(&self, request: &Dict<'_>, path: PathBuf) -> PyResult<u64> {
        let (py, request) = (request.py(), decode::<ExportRecords>(request)?);
        detached(py, || self.0.export_to(&request, &path))
    }

    fn backup<'py>(&self, py: Python<'py>, path: PathBuf) -> Answer<'py> {
        answer(py, &detached(py, || self.0.backup_to(&path))?)
    }

    fn check<'py>(&self, py: Python<'py>) -> Answer<'py> {
        answer(py, &detached(py, || self.0.check())?)
    }

    fn compact<'py>(&self, py: Python<'py>) -> Answer<'py> {
        answer(py, &detached(py, || self.0.compact())?)
    }

    fn seq(&self, py: Python<'_>) -> PyResult<u64> {
        detached(py, || self.0.seq())
    }

    fn maintain(&self, py: Python<'_>) -> PyResult<bool> {
        detached(py, || self.0.maintain())
    }
}
