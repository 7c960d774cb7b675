//! Declared indexes: which keys a record has in them, and what changes when its data does. Pure: it reads no store,
//! and whether a unique key is free is for the caller to check.
//!
//! An index that is not unique holds every record: what is missing stands as null, so that a sort can walk it.
//! A unique one leaves out records with a null or missing part, and its key has no id: two equal values are
//! one key, whose value is the id.

use crate::codec::collection::Index;
use crate::codec::id::Id;
use crate::codec::keys::{self, put_id};
use crate::codec::pick::Picker;
use crate::codec::scalar::Scalar;
use crate::codec::scalar_key::{put_index, text_place};
use crate::ground::error::Result;

/// A key to remove or to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IndexChange {
    /// The record no longer has this key.
    Delete {
        /// The number of the index.
        index: u32,
        /// The whole key.
        key: Vec<u8>,
    },
    /// The record has this key from now on.
    Put {
        /// The number of the index.
        index: u32,
        /// The whole key.
        key: Vec<u8>,
        /// The id for a unique index, else nothing.
        value: Vec<u8>,
        /// Whether the key must be free, or freed by the same write set.
        unique: bool,
    },
}

/// What changes in the indexes when a record's data goes from `old` to `new`; `None` is no record.
///
/// Deletes come before puts. A key that stays is not mentioned.
pub fn difference(
    indexes: &[Index],
    id: &Id,
    old: Option<&str>,
    new: Option<&str>,
) -> Result<Vec<IndexChange>> {
    let (mut deletes, mut puts) = (Vec::new(), Vec::new());
    for index in indexes {
        let entry_of = |data: Option<&str>| data.map_or(Ok(None), |data| entry(index, id, data));
        let (before, after) = (entry_of(old)?, entry_of(new)?);
        if before == after {
            continue;
        }
        if let Some((key, _)) = before {
            deletes.push(IndexChange::Delete { index: index.number, key });
        }
        if let Some((key, value)) = after {
            puts.push(IndexChange::Put { index: index.number, key, value, unique: index.unique });
        }
    }
    deletes.append(&mut puts);
    Ok(deletes)
}

/// The key and value of a record in an index; `None` when it is not in it.
pub fn entry(index: &Index, id: &Id, data: &str) -> Result<Option<(Vec<u8>, Vec<u8>)>> {
    let picker = Picker::new(index.paths.iter().map(Vec::as_slice).enumerate());
    let mut found = vec![None; index.paths.len()];
    picker.pick(data, &mut found)?;
    let place = text_place(index.paths.len());
    let mut key = keys::index(index.number);
    for (at, stored) in found.into_iter().enumerate() {
        let date_time = index.instants.get(at).copied().unwrap_or(false);
        let value = stored.map_or(Ok(Scalar::Null), |stored| Scalar::read(stored, date_time))?;
        if index.unique && value.is_null() {
            return Ok(None);
        }
        put_index(&mut key, &value, place);
    }
    let mut value = Vec::new();
    put_id(if index.unique { &mut value } else { &mut key }, id);
    Ok(Some((key, value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(paths: &[&str], unique: bool) -> Index {
        let paths: Vec<_> = paths.iter().map(|path| vec![(*path).to_owned()]).collect();
        Index { number: 3, instants: vec![false; paths.len()], paths, unique, complete: true }
    }

    #[test]
    fn equal_values_are_one_unique_key() {
        let unique = index(&["a"], true);
        let (a, b) = (Id::parse("a").unwrap(), Id::parse("b").unwrap());
        let key = |id: &Id, data: &str| entry(&unique, id, data).unwrap();
        assert_eq!(key(&a, r#"{"a":1}"#).unwrap().0, key(&b, r#"{"a":1.0}"#).unwrap().0);
        assert_ne!(key(&a, r#"{"a":1}"#), key(&b, r#"{"a":1}"#));
        assert_eq!(key(&a, r#"{"a":null}"#), None);
        assert_eq!(key(&a, "{}"), None);
    }

    #[test]
    fn missing_stands_as_null_where_duplicates_are_allowed() {
        let plain = index(&["a", "b"], false);
        let id = Id::parse("a").unwrap();
        let key = |data: &str| entry(&plain, &id, data).unwrap().unwrap().0;
        assert_eq!(key("{}"), key(r#"{"a":null,"c":1}"#));
        assert!(key("{}") < key(r#"{"a":false}"#));
    }

    #[test]
    fn only_what_changes_is_told() {
        let both = [index(&["a"], false), index(&["b"], true)];
        let id = Id::parse("a").unwrap();
        let told = |old, new| difference(&both, &id, old, new).unwrap();
        assert_eq!(told(Some(r#"{"a":1,"b":2}"#), Some(r#"{"a":1.0,"b":2,"c":3}"#)), []);
        let changes = told(Some(r#"{"a":1,"b":2}"#), Some(r#"{"a":2}"#));
        assert!(matches!(
            changes[..],
            [IndexChange::Delete { .. }, IndexChange::Delete { .. }, IndexChange::Put { unique: false, .. }]
        ));
        assert_eq!(told(None, Some(r#"{"a":1,"b":2}"#)).len(), 2);
        assert_eq!(told(Some(r#"{"b":2}"#), None).len(), 2);
        assert!(difference(&both, &id, None, Some("{")).is_err());
    }
}
