//! Python objects into JSON text. What JSON has no form for is asked of `rekor._values`, which says what it becomes or why
//! it is refused; an error carries the pointer of the value.

use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple};
use rekor_core::ground::limits;
use rekor_core::{Code, Error};

use crate::error::raise;

/// Why a value has no JSON text: it is refused, or Python raised something. The pointer leads to it from the value asked for.
pub(crate) struct Fault {
    why: Result<Error, PyErr>,
    pointer: String,
}

impl Fault {
    fn refused(code: Code, message: &str, hint: &str) -> Self {
        Self { why: Ok(Error::new(code, message).hint(hint)), pointer: String::new() }
    }
    /// The fault of the value that has this one under a key.
    pub(crate) fn within(self, key: &str) -> Self {
        let key = key.replace('~', "~0").replace('/', "~1");
        Self { pointer: format!("/{key}{}", self.pointer), ..self }
    }
    /// The exception to raise.
    pub(crate) fn into_exception(self, py: Python<'_>) -> PyErr {
        self.why.map_or_else(|error| error, |error| raise(py, &error.at(self.pointer)))
    }
}

impl From<PyErr> for Fault {
    fn from(error: PyErr) -> Self {
        Self { why: Err(error), pointer: String::new() }
    }
}

impl From<serde_json::Error> for Fault {
    fn from(error: serde_json::Error) -> Self {
        PyValueError::new_err(error.to_string()).into()
    }
}

type Written = Result<(), Fault>;

/// Writes the arguments of a method as a request: those that are None are left out.
pub(crate) fn request(arguments: &Bound<'_, PyDict>) -> Result<String, Fault> {
    let mut out = Vec::with_capacity(256);
    object(arguments, &mut out, 0, true)?;
    Ok(String::from_utf8(out).map_err(|e| PyValueError::new_err(e.to_string()))?)
}

/// Writes a value behind what is there.
pub(crate) fn write(value: &Bound<'_, PyAny>, out: &mut Vec<u8>, depth: usize) -> Written {
    if let Ok(text) = value.cast::<PyString>() {
        return string(text, out);
    }
    // Before integers, which they are in Python.
    if let Ok(flag) = value.cast::<PyBool>() {
        return Ok(serde_json::to_writer(out, &flag.is_true())?);
    }
    if let Ok(number) = value.cast::<PyInt>() {
        return integer(number, out);
    }
    if let Ok(number) = value.cast::<PyFloat>() {
        return float(number, out);
    }
    if value.is_none() {
        return Ok(serde_json::to_writer(out, &None::<bool>)?);
    }
    if let Ok(entries) = value.cast::<PyDict>() {
        return object(entries, out, depth, false);
    }
    if let Ok(items) = value.cast::<PyList>() {
        return array(items.iter(), out, depth);
    }
    if let Ok(items) = value.cast::<PyTuple>() {
        return array(items.iter(), out, depth);
    }
    let plain = value.py().import("rekor._values")?.getattr("plain")?.call1((value,))?;
    match plain.extract::<(String, String)>() {
        Ok((message, hint)) => Err(Fault::refused(Code::InvalidRequest, &message, &hint)),
        Err(_) => write(&plain, out, depth),
    }
}

fn string(text: &Bound<'_, PyString>, out: &mut Vec<u8>) -> Written {
    // Lone surrogates are no Unicode text, so they have no UTF-8.
    let text = text.to_str().map_err(|_| {
        let message = "a text holds half of a surrogate pair, which is no Unicode character";
        Fault::refused(Code::InvalidJson, message, "decode the text with errors=\"replace\"")
    })?;
    Ok(serde_json::to_writer(out, text)?)
}

fn integer(number: &Bound<'_, PyInt>, out: &mut Vec<u8>) -> Written {
    if let Ok(number) = number.extract::<i64>() {
        return Ok(serde_json::to_writer(out, &number)?);
    }
    let number = number.extract::<u64>().map_err(|_| {
        let message = "the integer is not in the range from -2^63 to 2^64-1";
        Fault::refused(Code::NumberOutOfRange, message, "keep it as a text, str(n)")
    })?;
    Ok(serde_json::to_writer(out, &number)?)
}

fn float(number: &Bound<'_, PyFloat>, out: &mut Vec<u8>) -> Written {
    let number = number.extract::<f64>()?;
    if !number.is_finite() {
        let message = format!("{number} is no number that JSON has");
        return Err(Fault::refused(Code::NumberOutOfRange, &message, "use None where there is no value"));
    }
    Ok(serde_json::to_writer(out, &number)?)
}

fn deeper(depth: usize) -> Result<usize, Fault> {
    // The envelope of a request is not part of what it carries; the core counts that to the level.
    if depth as u64 <= limits::NESTING.max + 4 {
        return Ok(depth + 1);
    }
    let message = "the value is nested deeper than the limit, or holds itself";
    Err(Fault::refused(Code::TooDeep, message, "store what it refers to under an id of its own"))
}

fn array<'py>(items: impl Iterator<Item = Bound<'py, PyAny>>, out: &mut Vec<u8>, depth: usize) -> Written {
    let depth = deeper(depth)?;
    out.push(b'[');
    for (n, item) in items.enumerate() {
        out.extend((n > 0).then_some(b','));
        write(&item, out, depth).map_err(|fault| fault.within(&n.to_string()))?;
    }
    out.push(b']');
    Ok(())
}

fn object(entries: &Bound<'_, PyDict>, out: &mut Vec<u8>, depth: usize, drops_none: bool) -> Written {
    let depth = deeper(depth)?;
    out.push(b'{');
    let (size, mut is_first) = (entries.len(), true);
    for (key, value) in entries.iter() {
        if drops_none && value.is_none() {
            continue;
        }
        let Ok(key) = key.cast::<PyString>() else {
            let message = format!("the key {key} of an object is not a text");
            return Err(Fault::refused(Code::InvalidRequest, &message, "make it one, str(key)"));
        };
        out.extend((!std::mem::take(&mut is_first)).then_some(b','));
        string(key, out)?;
        out.push(b':');
        write(&value, out, depth).map_err(|fault| fault.within(&key.to_string_lossy()))?;
        // A value that is converted runs code of Python, and other threads. To go on over a dict that has grown would be a panic.
        if entries.len() != size {
            return Err(PyRuntimeError::new_err("a dict was changed while it was written").into());
        }
    }
    out.push(b'}');
    Ok(())
}
