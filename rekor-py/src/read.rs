//! JSON text into Python objects: what `json.loads` makes of it, faster, since keys are made once.

use std::collections::HashMap;
use std::fmt;
use std::sync::Mutex;

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyNone, PyString};
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

/// Keys that are kept, and the bytes of one: a record's keys are the same as the last one's.
const KEPT_KEYS: usize = 1024;
const KEPT_KEY_BYTES: usize = 64;

type Keys = HashMap<Box<str>, Py<PyString>>;
static KEYS: Mutex<Option<Keys>> = Mutex::new(None);

/// Digits that an integer of 64 bits may have, whatever they are; one less behind a minus.
const NARROW_DIGITS: usize = 19;

/// Reads a JSON text that rekor wrote.
pub(crate) fn read<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyAny>> {
    // Sums of integers have no bound. Python reads them as they are.
    if has_wide_run(text) {
        return py.import("json")?.getattr("loads")?.call1((text,));
    }
    let mut deserializer = serde_json::Deserializer::from_str(text);
    // Making an object may run code of Python (its garbage collector does), which may read in its turn, here or on another
    // thread: nobody waits for the kept keys.
    let (mut kept, mut own) = (KEYS.try_lock(), Keys::new());
    let keys = match &mut kept {
        Ok(kept) => kept.get_or_insert_default(),
        Err(_) => &mut own,
    };
    let seed = Value { py, keys, is_key: false };
    seed.deserialize(&mut deserializer).map_err(|e| pyo3::exceptions::PyValueError::new_err(e.to_string()))
}

/// Whether there are so many digits in a row that they may be an integer beyond 64 bits.
fn has_wide_run(text: &str) -> bool {
    let mut digits = 0;
    text.bytes().any(|byte| {
        digits = if byte.is_ascii_digit() { digits + 1 } else { usize::from(byte == b'-') };
        digits > NARROW_DIGITS
    })
}

struct Value<'a, 'py> {
    py: Python<'py>,
    keys: &'a mut Keys,
    is_key: bool,
}

impl<'py> Value<'_, 'py> {
    fn key(self, text: &str) -> Bound<'py, PyString> {
        if let Some(key) = self.keys.get(text) {
            return key.bind(self.py).clone();
        }
        let key = PyString::new(self.py, text);
        if self.keys.len() < KEPT_KEYS && text.len() <= KEPT_KEY_BYTES {
            self.keys.insert(text.into(), key.clone().unbind());
        }
        key
    }
}

impl<'de, 'py> DeserializeSeed<'de> for Value<'_, 'py> {
    type Value = Bound<'py, PyAny>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, 'py> Visitor<'de> for Value<'_, 'py> {
    type Value = Bound<'py, PyAny>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }
    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(PyNone::get(self.py).to_owned().into_any())
    }
    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(PyBool::new(self.py, value).to_owned().into_any())
    }
    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(PyInt::new(self.py, value).into_any())
    }
    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(PyInt::new(self.py, value).into_any())
    }
    fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
        Ok(PyFloat::new(self.py, value).into_any())
    }
    fn visit_str<E>(self, value: &str) -> Result<Self::Value, E> {
        Ok(if self.is_key { self.key(value) } else { PyString::new(self.py, value) }.into_any())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut found = Vec::with_capacity(items.size_hint().unwrap_or(8));
        while let Some(item) =
            items.next_element_seed(Value { py: self.py, keys: &mut *self.keys, is_key: false })?
        {
            found.push(item);
        }
        PyList::new(self.py, found).map(Bound::into_any).map_err(A::Error::custom)
    }
    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let found = PyDict::new(self.py);
        while let Some(key) =
            entries.next_key_seed(Value { py: self.py, keys: &mut *self.keys, is_key: true })?
        {
            let value =
                entries.next_value_seed(Value { py: self.py, keys: &mut *self.keys, is_key: false })?;
            found.set_item(key, value).map_err(A::Error::custom)?;
        }
        Ok(found.into_any())
    }
}
