//! A system of record for AI agents, as an embeddable library.

pub mod api;
pub mod codec;
pub mod engine;
pub mod ground;
pub mod schema;
