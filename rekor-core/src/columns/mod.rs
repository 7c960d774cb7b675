//! Column groups: the records of a collection as columns, beside its rows.

pub mod bytes;
pub mod cache;
pub mod column;
pub mod delta;
pub mod delta_block;
pub mod dictionary;
pub mod dirty;
pub mod draft;
pub mod form;
pub mod group;
pub mod ids;
pub mod leaf;
pub mod narrow;
pub mod paths;
pub mod reader;
pub mod seal;
pub mod shred;
pub mod texts;
