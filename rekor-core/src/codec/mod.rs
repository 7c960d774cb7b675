//! How things stand in the store: ids, times, keys, rows and JSON text. Pure functions over bytes.

pub mod collection;
pub mod id;
pub mod json;
pub mod keys;
pub mod row;
pub mod time;
