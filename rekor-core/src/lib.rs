//! A system of record for AI agents, as an embeddable library.

pub mod ground;
pub mod engine;
