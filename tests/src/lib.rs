//! What the tests share, and the documents that are made from the tables of rekor-core.

pub mod bindings;
pub mod docs;
pub mod rounds;
