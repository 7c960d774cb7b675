//! The ground floor: errors, limits, JSON text, clock and ids. Imports nothing else of the crate.

pub mod env;
pub mod error;
pub mod json;
pub mod limits;
