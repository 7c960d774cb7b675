//! A process of its own for the tests: `worker JOB STORE …` does one job on a store through rekor-core and
//! talks in lines. Started under the name `rekor`, it is the command of rekor-cli.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a job of a test fails by panicking, and answers on standard output"
)]

mod fork;
mod hold;
mod import;
mod ledger;
mod pairs;
mod race;
mod restore;
mod schema;
mod seal;
mod serve;

use std::io::{BufRead, Write};
use std::path::Path;
use std::process::ExitCode;

use rekor_core::{OpenOptions, Store};

fn main() -> ExitCode {
    let words: Vec<std::ffi::OsString> = std::env::args_os().collect();
    if Path::new(&words[0]).file_name().is_some_and(|name| name == "rekor") {
        return rekor_cli::run(words);
    }
    let words: Vec<String> = words.into_iter().skip(1).map(|word| word.into_string().unwrap()).collect();
    let (job, store, rest) = (words[0].as_str(), Path::new(&words[1]), &words[2..]);
    match job {
        "serve" => serve::run(store, rest),
        "race" => race::run(store, rest),
        "import" => import::run(store, rest),
        "pairs" => pairs::run(store, rest),
        "write" => schema::write(store, rest),
        "tighten" => schema::tighten(store, rest),
        "restore" => restore::run(store, rest),
        "hold" => hold::run(store),
        "seal" => seal::run(store, rest),
        "ledger" => ledger::write(store, rest),
        "audit" => ledger::audit(store, rest),
        "fork" => fork::run(store),
        _ => panic!("no job `{job}`"),
    }
    ExitCode::SUCCESS
}

/// Opens the store as several processes do that know nothing of each other.
fn open(path: &Path) -> Store {
    Store::open(
        path,
        OpenOptions { busy_timeout_ms: 60_000, cache_bytes: 16 << 20, ..OpenOptions::default() },
    )
    .unwrap()
}

/// Tells the parent something, at once.
fn tell(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").unwrap();
    out.flush().unwrap();
}

/// Waits until the parent says something, or is gone.
fn hear() -> String {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).unwrap();
    line.trim_end().to_owned()
}
