//! What a collection's schema says.

pub mod shape;
