//! A system of record for AI agents, as an embeddable library.

pub mod api;
pub mod codec;
pub mod ctx;
pub mod engine;
pub mod ground;
pub mod index;
pub mod query;
pub mod schema;
