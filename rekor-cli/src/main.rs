//! The `rekor` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    rekor_cli::run(std::env::args_os().collect())
}
