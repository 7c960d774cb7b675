//! The rekor command, run as a whole process each time: a cold query, an import, a compaction.

use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Instant;

use rekor_core::Json;

use crate::columns::orders::COLLECTION;
use crate::columns::questions::{Ask, Question};
use crate::columns::turns::{Peers, Times, median_ratio};
use crate::data::{SOURCE, WORKSPACE};
use crate::rounds::median;
use crate::side::Result;

const COLD_RUNS: usize = 9;
/// A query that takes so long is run fewer times.
const SLOW_SECONDS: f64 = 0.5;
const SLOW_RUNS: usize = 3;
/// The exit code of a command line that is not understood.
const NOT_UNDERSTOOD: i32 = 2;

/// Times a cold process and DuckDB's warm query in turns.
pub fn cold(rekor: &Path, store: &Path, question: &Question, peers: &mut Peers) -> Result<Times> {
    let (mut a, mut b) = (Vec::new(), Vec::new());
    for run in 0..COLD_RUNS {
        if run >= SLOW_RUNS && a.iter().any(|spent| *spent > SLOW_SECONDS) {
            break;
        }
        a.push(timed(&mut query(rekor, store, &question.ask))?);
        b.push(match &mut peers.duckdb {
            Some(duckdb) => duckdb.time(&question.duckdb, std::time::Duration::ZERO)?,
            None => f64::NAN,
        });
    }
    let to_duckdb = median_ratio(&b, &a);
    Ok(Times { rekor: median(a), duckdb: median(b), to_duckdb, ..Times::NONE })
}

/// Imports a file, and answers the seconds.
pub fn import(rekor: &Path, store: &Path, lines: &Path) -> Result<f64> {
    let mut command = on_store(rekor, store);
    command.args(["records", "import", COLLECTION, "--external-id-field", "number"]);
    command.args(["--external-source", SOURCE, "--file"]).arg(lines);
    timed(&mut command)
}

/// Makes a store with one workspace and the collection, in the format of that build.
pub fn create(rekor: &Path, store: &Path, schema: &str) -> Result<()> {
    timed(on_store(rekor, store).args(["workspaces", "create", WORKSPACE]))?;
    timed(on_store(rekor, store).args(["collections", "upsert", COLLECTION, "--schema", schema]))?;
    Ok(())
}

/// Compacts the workspace, unless there is no such command yet.
pub fn compact(rekor: &Path, store: &Path) -> Result<bool> {
    let done = output(on_store(rekor, store).arg("compact"))?;
    let words = String::from_utf8_lossy(&done.stderr);
    if done.status.code() == Some(NOT_UNDERSTOOD) {
        eprintln!("the compacted file is left out, as this rekor does not compact: {}", words.trim());
        return Ok(false);
    }
    if done.status.success() { Ok(true) } else { Err(format!("compact: {words}").into()) }
}

fn query(rekor: &Path, store: &Path, ask: &Ask) -> Command {
    let mut command = on_store(rekor, store);
    command.args(["query", COLLECTION]);
    let mut json = |flag: &str, value: Option<&Json>| {
        if let Some(value) = value {
            command.args([flag, value.text()]);
        }
    };
    match ask {
        Ask::Rows(request, _) => {
            json("--filter", request.filter.as_ref());
            json("--sort", request.sort.as_ref());
            if !request.fields.is_empty() {
                command.args(["--fields", &request.fields.join(",")]);
            }
            if let Some(limit) = request.limit {
                command.args(["--limit", &limit.to_string()]);
            }
        }
        Ask::Totals(request) => {
            json("--filter", request.filter.as_ref());
            json("--aggregations", request.aggregations.as_ref());
            command.arg("--aggregate");
            if !request.group_by.is_empty() {
                command.args(["--group-by", &request.group_by.join(",")]);
            }
        }
    }
    command
}

fn on_store(rekor: &Path, store: &Path) -> Command {
    let mut command = Command::new(rekor);
    command.arg("--store").arg(store).args(["--workspace", WORKSPACE, "--output", "json"]);
    command
}

fn timed(command: &mut Command) -> Result<f64> {
    let start = Instant::now();
    let done = output(command)?;
    let spent = start.elapsed().as_secs_f64();
    if !done.status.success() {
        return Err(format!("{command:?}: {}", String::from_utf8_lossy(&done.stderr)).into());
    }
    Ok(spent)
}

fn output(command: &mut Command) -> Result<Output> {
    Ok(command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).output()?)
}
