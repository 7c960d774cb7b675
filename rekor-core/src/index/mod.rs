//! What is derived from rows and kept beside them: pure differences from an old row to a new one.

pub mod declared;
pub mod edge;
