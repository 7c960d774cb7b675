//! The `rekor` command. Parses, calls one operation of rekor-core, prints: no branch on business meaning.

mod app;
mod args;
mod command;
#[cfg(test)]
mod documents;
mod failure;
mod input;
mod output;
mod progress;
mod session;
mod settings;
mod transfer;

use std::process::ExitCode;

fn main() -> ExitCode {
    app::run(std::env::args_os().collect())
}
