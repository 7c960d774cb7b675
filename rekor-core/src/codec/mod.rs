//! Bytes and texts: how what callers say becomes what is stored, and back. Knows no collection, no
//! schema and no engine.

pub mod json;
