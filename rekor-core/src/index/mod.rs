//! Derived keys: pure differences between what a record was and what it becomes.

pub mod declared;
