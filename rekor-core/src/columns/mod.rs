//! Column groups: the records of a collection as columns, beside its rows.

pub mod bytes;
pub mod column;
pub mod dictionary;
pub mod form;
pub mod ids;
pub mod leaf;
pub mod narrow;
