//! Rows that an import takes from Python as it goes, and what it tells Python meanwhile.

use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::sync::{Mutex, PoisonError};

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyIterator};
use rekor_core::api::transfer::ImportAnswer;
use rekor_core::{Code, Error, ImportEvent};

use crate::store::{Answer, answer, detached};
use crate::write::write;

/// Bytes of lines that are made at a time, with the interpreter's lock held.
const CHUNK_BYTES: usize = 256 << 10;

type Input<'a> = dyn BufRead + Send + 'a;
type Hear<'a> = dyn FnMut(ImportEvent) -> rekor_core::Result<()> + 'a;

/// Imports rows, and tells Python of it. What Python raises meanwhile ends the import and is raised again.
pub(crate) fn import<'py>(
    rows: &Bound<'py, PyAny>,
    listen: Option<Bound<'py, PyAny>>,
    work: impl FnOnce(&mut Input<'_>, &mut Hear<'_>) -> rekor_core::Result<ImportAnswer> + Send,
) -> Answer<'py> {
    let py = rows.py();
    let (raised, listen) = (Raised::default(), listen.map(Bound::unbind));
    let rows = rows.try_iter()?.unbind();
    let lines = Lines { rows, raised: &raised, chunk: Cursor::default(), number: 0 };
    let mut hear = |event| {
        let told = Python::attach(|py| {
            py.check_signals()?;
            let told = answer(py, &event)?;
            listen.as_ref().map(|listen| listen.call1(py, (told,))).transpose()
        });
        told.map(drop).map_err(|error| raised.keep(error))
    };
    let done = detached(py, || work(&mut BufReader::new(lines), &mut hear));
    match raised.0.lock().unwrap_or_else(PoisonError::into_inner).take() {
        Some(error) => Err(error),
        None => answer(py, &done?),
    }
}

/// The first that Python raised.
#[derive(Default)]
struct Raised(Mutex<Option<PyErr>>);

impl Raised {
    fn keep(&self, error: PyErr) -> Error {
        let text = error.to_string();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
        Error::new(Code::Internal, text)
    }
}

/// The rows of an iterable as lines.
struct Lines<'a> {
    rows: Py<PyIterator>,
    raised: &'a Raised,
    chunk: Cursor<Vec<u8>>,
    number: u64,
}

impl Lines<'_> {
    fn refill(&mut self) -> PyResult<()> {
        self.chunk.set_position(0);
        let chunk = self.chunk.get_mut();
        chunk.clear();
        Python::attach(|py| {
            let mut rows = self.rows.bind(py).clone();
            while chunk.len() < CHUNK_BYTES
                && let Some(row) = rows.next()
            {
                let row = row?;
                match row.cast::<PyBytes>() {
                    // What is before the line's end is its own: blanks at the end of a CSV cell count.
                    Ok(line) => chunk
                        .extend_from_slice(line.as_bytes().strip_suffix(b"\n").unwrap_or(line.as_bytes())),
                    Err(_) => write(&row, chunk, 0).map_err(|fault| {
                        fault.within(&self.number.to_string()).within("rows").into_exception(py)
                    })?,
                }
                chunk.push(b'\n');
                self.number += 1;
            }
            Ok(())
        })
    }
}

impl Read for Lines<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.chunk.position() == self.chunk.get_ref().len() as u64 {
            self.refill().map_err(|error| io::Error::other(self.raised.keep(error)))?;
        }
        self.chunk.read(into)
    }
}
