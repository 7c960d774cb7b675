//! The commands: how long a cold get takes, and how much memory a get and an import need.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::data::{self, COLLECTION, SCHEMA, SOURCE, WORKSPACE, spread};
use crate::lite::Lite;
use crate::load::Place;
use crate::ours::Ours;
use crate::report::{Report, Target, Unit};
use crate::rounds::{Pair, pair};
use crate::side::{Result, Side};

const RUNS: u64 = 41;
/// The first argument of a run of this program that only measures another one.
pub const MEASURE: &str = "--measure-peak";
/// The first argument of a run of this program that only imports a file into SQLite.
pub const IMPORT: &str = "--import-into-sqlite";

/// Where the two commands are.
pub struct Commands {
    pub rekor: Option<PathBuf>,
    pub sqlite3: PathBuf,
}

pub fn run(
    place: &Place,
    commands: &Commands,
    only: &dyn Fn(&str) -> bool,
    report: &mut Report,
) -> Result<()> {
    let Some(rekor) = &commands.rekor else {
        eprintln!("no --rekor: the command is left out");
        return Ok(());
    };
    let has_sqlite3 = Command::new(&commands.sqlite3).arg("-version").stdout(Stdio::null()).status().is_ok();
    if only("cli") && !has_sqlite3 {
        eprintln!("no sqlite3 command here: its figures are left out");
    }
    if only("cli") {
        cold_get(place, rekor, has_sqlite3.then_some(&commands.sqlite3), report)?;
    }
    if only("memory") {
        import_peak(place, rekor, report)?;
    }
    Ok(())
}

fn get_with_rekor(rekor: &Path, place: &Place, id: &str) -> Command {
    let mut command = Command::new(rekor);
    command.arg("--store").arg(&place.store).args(["--workspace", WORKSPACE, "--output", "json"]);
    command.args(["records", "get", COLLECTION, id]);
    command
}

fn get_with_sqlite3(sqlite3: &Path, place: &Place, id: &str) -> Command {
    let mut command = Command::new(sqlite3);
    command.arg("-json").arg(&place.sqlite).arg(format!("SELECT * FROM records WHERE id = '{id}'"));
    command
}

fn cold_get(place: &Place, rekor: &Path, sqlite3: Option<&PathBuf>, report: &mut Report) -> Result<()> {
    let sample: Vec<String> = (0..RUNS).map(|n| data::external_id(spread(n) % place.records)).collect();
    let of = |side: &dyn Side| sample.iter().map(|e| side.get_external(e)).collect::<Result<Vec<_>>>();
    let ours = Ours::open(&place.store, false)?;
    let rekor_ids = of(&ours)?;
    ours.close()?;
    let sqlite_ids = of(&Lite::open(&place.sqlite)?)?;
    let (mut a, mut b) = (Vec::new(), Vec::new());
    for (n, (rekor_id, sqlite_id)) in rekor_ids.iter().zip(&sqlite_ids).enumerate() {
        let x = timed(get_with_rekor(rekor, place, rekor_id))?;
        let y = sqlite3.map_or(Ok(f64::NAN), |it| timed(get_with_sqlite3(it, place, sqlite_id)))?;
        if n > 0 {
            a.push(x);
            b.push(y);
        }
    }
    let target = if sqlite3.is_some() { Target::Ratio(0.5) } else { Target::None };
    report.add("cold get by the command", place.records, Unit::Nanos, pair(a, b), target);

    let peak_of = |ids: &[String], make: &dyn Fn(&str) -> Command| -> Result<f64> {
        let first = ids.first().ok_or("no ids")?;
        peak(make(first))
    };
    let x = peak_of(&rekor_ids, &|id| get_with_rekor(rekor, place, id))?;
    let y = match sqlite3 {
        Some(it) => peak_of(&sqlite_ids, &|id| get_with_sqlite3(it, place, id))?,
        None => f64::NAN,
    };
    let pair = Pair { rekor: x, sqlite: y, ratio: y / x };
    report.add("peak memory, get by the command", place.records, Unit::Bytes, pair, Target::AtMost(20e6));
    Ok(())
}

fn import_peak(place: &Place, rekor: &Path, report: &mut Report) -> Result<()> {
    let dir = tempfile::tempdir_in(place.store.parent().unwrap_or(&place.store))?;
    let file = dir.path().join("lines.ndjson");
    std::fs::write(&file, data::lines(0, place.records, place.records))?;
    let store = dir.path().join("store");
    let command = |args: &[&str]| {
        let mut command = Command::new(rekor);
        command.arg("--store").arg(&store).args(["--workspace", WORKSPACE]).args(args);
        command
    };
    timed(command(&["workspaces", "create", WORKSPACE]))?;
    timed(command(&["collections", "upsert", COLLECTION, "--schema", SCHEMA]))?;
    let mut import = command(&["records", "import", COLLECTION, "--external-id-field", "number"]);
    import.args(["--external-source", SOURCE, "--file"]).arg(&file);
    let x = peak(import)?;
    let mut other = Command::new(std::env::current_exe()?);
    other.arg(IMPORT).arg(&file).arg(dir.path().join("sqlite.db"));
    let y = peak(other)?;
    let pair = Pair { rekor: x, sqlite: y, ratio: y / x };
    report.add("peak memory, import by the command", place.records, Unit::Bytes, pair, Target::AtMost(200e6));
    Ok(())
}

/// The whole of a run of this program that imports a file into SQLite.
pub fn import_into_sqlite(file: &Path, path: &Path) -> Result<()> {
    use std::io::BufRead;
    Lite::create(path)?;
    let lite = Lite::open(path)?;
    let mut input = std::io::BufReader::new(std::fs::File::open(file)?);
    let mut chunk = String::new();
    loop {
        let end = input.read_line(&mut chunk)? == 0;
        if end || chunk.len() > 1 << 20 {
            lite.import(&chunk)?;
            chunk.clear();
        }
        if end {
            return Ok(());
        }
    }
}

fn timed(mut command: Command) -> Result<f64> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let start = Instant::now();
    let done = command.output()?;
    let spent = start.elapsed();
    if !done.status.success() || (done.stdout.is_empty() && done.stderr.is_empty()) {
        let text = String::from_utf8_lossy(&done.stderr).into_owned();
        return Err(format!("{command:?}: {} {text}", done.status).into());
    }
    Ok(spent.as_secs_f64() * 1e9)
}

/// The most memory that a command takes. A fresh run of this program starts it: a child's peak counts
/// from what its parent was before it became another program.
fn peak(command: Command) -> Result<f64> {
    let mut measure = Command::new(std::env::current_exe()?);
    measure.arg(MEASURE).arg(command.get_program()).args(command.get_args()).stdout(Stdio::piped());
    let mut child = measure.spawn()?;
    let mut text = String::new();
    child.stdout.take().ok_or("no output")?.read_to_string(&mut text)?;
    if !child.wait()?.success() {
        return Err(format!("{command:?} failed").into());
    }
    Ok(text.trim().parse()?)
}

/// The whole of a run of this program that measures another one: prints its peak in bytes.
pub fn measure_peak(program: &str, args: &[String]) -> Result<()> {
    let mut child = Command::new(program).args(args).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    if !child.wait()?.success() {
        return Err(format!("{program} failed").into());
    }
    // SAFETY: `usage` is plain numbers, for which zeros are valid, and lives through the call.
    let usage = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        libc::getrusage(libc::RUSAGE_CHILDREN, &raw mut usage);
        usage
    };
    println!("{}", usage.ru_maxrss * 1024);
    Ok(())
}
