//! One operation's view of a workspace and its write set.

pub mod config;
