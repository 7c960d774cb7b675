//! How things stand in the store: ids, times, keys, rows and JSON text. Pure functions over bytes.

pub mod access;
pub mod backup;
pub mod collection;
pub mod column_keys;
pub mod id;
mod journal_keys;
pub mod json;
pub mod keys;
pub mod number;
pub mod pick;
pub mod row;
pub mod scalar;
pub mod scalar_key;
pub mod time;
