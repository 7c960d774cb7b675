//! The `rekor` command as a function, so that packages and tests can run it as it is.
//! Parses, calls one operation of rekor-core, prints: no branch on business meaning.

mod app;
mod args;
mod command;
#[cfg(test)]
mod documents;
mod draft;
mod failure;
mod input;
mod notice;
mod output;
mod pointers;
mod progress;
mod rejects;
mod secret;
mod session;
mod settings;
mod transfer;

pub use app::run;
