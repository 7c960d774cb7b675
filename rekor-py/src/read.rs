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

/// Reads a JSON text that rekor wrote.
pub(crate) fn read<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyAny>> {
    // Making an object may run code of Python (its garbage collector does), which may read in its turn, here or on another
    // thread: nobody waits for the kept keys.
    let (mut kept, mut own) = (KEYS.try_lock(), None);
    let keys = kept.as_deref_mut().unwrap_or(&mut own).get_or_insert_default();
    let value = Value { py, keys, is_key: false }.deserialize(&mut serde_json::Deserializer::from_str(text));
    // Sums of integers have no bound, which Python reads as they are.
    value.or_else(|_| py.import("json")?.getattr("loads")?.call1((text,)))
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
    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Self::Value, E> {
        if value.abs() >= 2_f64.powi(63) {
            return Err(E::custom("what may be an integer beyond 64 bits"));
        }
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
