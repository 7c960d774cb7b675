//! A JSON text that is carried as it is, so that key order and the spelling of numbers survive.
//! It is not checked here beyond being JSON; `codec::json` makes the stored form.

use serde::de::{Deserialize, Deserializer};
use serde::ser::{Error as _, Serialize, Serializer};
use serde_json::value::RawValue;
use smol_str::SmolStr;

/// A JSON text. Reading it from a request keeps the caller's bytes. A short one, like nearly every value of an answer,
/// needs no memory beside itself.
///
/// ```
/// use rekor_core::Json;
///
/// let price: Json = serde_json::from_str(" 120.50 ").unwrap();
/// assert_eq!(price.text(), "120.50"); // as it was written
/// assert_eq!(serde_json::to_string(&[price]).unwrap(), "[120.50]");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Json(SmolStr);

impl Json {
    /// Wraps a text that is known to be JSON, or that will be checked before it is used.
    ///
    /// ```
    /// use rekor_core::Json;
    ///
    /// let filter = Json::from_text(r#"{"field": "data.status", "op": "eq", "value": "open"}"#);
    /// assert!(filter.text().starts_with(r#"{"field""#));
    /// ```
    pub fn from_text(text: impl AsRef<str>) -> Self {
        Self(SmolStr::new(text))
    }

    /// Writes a value as JSON text.
    ///
    /// ```
    /// use rekor_core::Json;
    /// use std::collections::BTreeMap;
    ///
    /// let invoice = BTreeMap::from([("amount", 80.5)]);
    /// assert_eq!(Json::from_value(&invoice).text(), r#"{"amount":80.5}"#);
    /// ```
    pub fn from_value<T: Serialize + ?Sized>(value: &T) -> Self {
        // Only a map with keys that are not strings fails, and none of ours has such.
        Self(serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned()).into())
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let raw: &RawValue = serde_json::from_str(&self.0).map_err(S::Error::custom)?;
        raw.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        Ok(Self::from_text(raw.get()))
    }
}
