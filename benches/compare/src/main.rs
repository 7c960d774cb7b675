//! The same work on rekor and on SQLite, in one run, and a table of how they compare.
//!
//! `rekor-compare [--records 1000,100000,1000000] [--only get,upsert,…] [--dir DIR] [--json FILE]
//! [--rekor PATH] [--sqlite3 PATH]`
//!
//! `rekor-compare columns …` asks questions over all records, of DuckDB too; see its `--help`.

#![allow(clippy::disallowed_methods, reason = "a bench reads the clock")]

use std::path::PathBuf;

use command::Commands;
use load::Place;
use report::Report;
use side::Result;

mod columns;
mod command;
mod data;
mod lite;
mod load;
mod ours;
mod reads;
mod report;
mod rounds;
mod side;
mod writes;

/// The pages that each side may keep in memory.
pub const CACHE_BYTES: usize = 64 << 20;

const HELP: &str = "\
rekor-compare: the same work on rekor and on SQLite

  --records N,…    how many records (1000,100000,1000000)
  --only NAME,…    import get external equality range hop1 hop2 upsert batch threads cli memory
  --dir DIR        keeps the databases there, and uses those that are there (a temporary directory)
  --json FILE      writes the figures too
  --rekor PATH     the release build of the rekor command
  --sqlite3 PATH   the sqlite3 command (sqlite3)

rekor-compare columns: questions over all records, of DuckDB too; see its --help";

struct Args {
    records: Vec<u64>,
    only: Vec<String>,
    dir: Option<PathBuf>,
    json: Option<PathBuf>,
    commands: Commands,
}

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.split_first() {
        Some((first, [program, rest @ ..])) if first == command::MEASURE => {
            return command::measure_peak(program, rest);
        }
        Some((first, [file, path])) if first == command::IMPORT => {
            return command::import_into_sqlite(file.as_ref(), path.as_ref());
        }
        Some((first, rest)) if first == "columns" => {
            let Some(args) = columns::args::Args::parse(rest)? else {
                println!("{}", columns::args::HELP);
                return Ok(());
            };
            return columns::run(&args);
        }
        _ => {}
    }
    let Some(args) = parse(&args)? else {
        println!("{HELP}");
        return Ok(());
    };
    let only = |name: &str| args.only.is_empty() || args.only.iter().any(|wanted| wanted == name);
    let temporary = tempfile::tempdir()?;
    let dir = args.dir.clone().unwrap_or_else(|| temporary.path().to_owned());
    let mut report = Report::default();
    for records in &args.records {
        let place = Place::new(&dir, *records);
        load::build(&place, &mut report)?;
        for exclusive in [true, false] {
            reads::run(&place, exclusive, &only, &mut report)?;
        }
        command::run(&place, &args.commands, &only, &mut report)?;
        for exclusive in [true, false] {
            writes::run(&place, exclusive, &only, &mut report)?;
        }
    }
    report.add_growth();
    println!("SQLite {}, 64 MiB of cache on each side\n\n{}", rusqlite::version(), report.markdown());
    if let Some(path) = &args.json {
        std::fs::write(path, report.json()?)?;
    }
    Ok(())
}

fn parse(args: &[String]) -> Result<Option<Args>> {
    let mut parsed = Args {
        records: vec![1_000, 100_000, 1_000_000],
        only: Vec::new(),
        dir: None,
        json: None,
        commands: Commands { rekor: None, sqlite3: "sqlite3".into() },
    };
    let mut args = args.iter();
    while let Some(flag) = args.next() {
        if flag == "--help" || flag == "-h" {
            return Ok(None);
        }
        let value = args.next().ok_or_else(|| format!("{flag} needs a value"))?;
        let list = value.split(',');
        match flag.as_str() {
            "--records" => parsed.records = list.map(str::parse).collect::<std::result::Result<_, _>>()?,
            "--only" => parsed.only = list.map(str::to_owned).collect(),
            "--dir" => parsed.dir = Some(value.into()),
            "--json" => parsed.json = Some(value.into()),
            "--rekor" => parsed.commands.rekor = Some(value.into()),
            "--sqlite3" => parsed.commands.sqlite3 = value.into(),
            _ => return Err(format!("there is no flag {flag}; see --help").into()),
        }
    }
    Ok(Some(parsed))
}
