//! Filter, then plan (pure), then execute. 

pub mod fields;
pub mod filter;
pub mod like;
pub mod matcher;
mod nearest;
mod operand;
pub mod tuple;
