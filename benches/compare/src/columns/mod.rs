//! Questions over all records of a collection, asked of rekor, of DuckDB's native columns and of SQLite's JSONB in
//! one run: clean, cold, and with a part of the records updated since their columns were made.
//!
//! Nothing here knows how rekor answers; it only notes what `explain` says of it.

use std::path::{Path, PathBuf};

use args::Args;
use duck::Duck;
use jsonb::Jsonb;
use orders::Share;
use questions::Question;
use rekor::{Rekor, settle};
use table::{State, Table};
use turns::{Peers, Stores, Times};

use crate::side::Result;

mod answer;
pub mod args;
mod command;
mod duck;
mod jsonb;
mod orders;
mod questions;
mod rekor;
mod table;
mod turns;
mod writing;

const LINES: &str = "orders.ndjson";
const STORE: &str = "store";
/// A copy of the store from before the updates, so that before and after are timed in turns.
const CLEAN: &str = "clean";
/// Is there while all records are as they were built.
const BUILT: &str = "built";
/// Turns that SQLite takes part in.
const SQLITE_TURNS: usize = 2;

pub fn run(args: &Args) -> Result<()> {
    let temporary = tempfile::tempdir()?;
    let dir = args.dir.clone().unwrap_or_else(|| temporary.path().to_owned());
    std::fs::create_dir_all(&dir)?;
    let python = if args.duckdb { find_python(&dir, &args.python) } else { None };
    let mut table = Table::default();
    if let Some(earlier) = &args.earlier {
        table.read_earlier(&std::fs::read_to_string(earlier)?)?;
    }
    let mut versions = format!("SQLite {}", rusqlite::version());
    for records in &args.records {
        let records = *records;
        let mut bench =
            Bench::build(args, dir.join(format!("columns-{records}")), records, python.as_deref())?;
        if let Some(duckdb) = &bench.peers.duckdb {
            versions = format!("DuckDB {}, SQLite {}", duckdb.version, rusqlite::version());
        }
        bench.questions(&mut table)?;
        bench.writing(&mut table)?;
    }
    println!("{versions}\n{}", table.markdown());
    if let Some(path) = &args.json {
        std::fs::write(path, table.json()?)?;
    }
    Ok(())
}

/// Python with DuckDB, or nothing when it cannot be had here.
fn find_python(dir: &Path, python: &Path) -> Option<PathBuf> {
    duck::python_with_duckdb(dir, python)
        .inspect_err(|error| eprintln!("no DuckDB here, so its column is left out: {error}"))
        .ok()
}

/// The databases of one size.
struct Bench<'a> {
    args: &'a Args,
    dir: PathBuf,
    records: u64,
    questions: Vec<Question>,
    peers: Peers,
}

impl<'a> Bench<'a> {
    /// Builds what the wanted parts need, unless an earlier run left it there as it was built.
    fn build(args: &'a Args, dir: PathBuf, records: u64, python: Option<&Path>) -> Result<Self> {
        let mut questions = questions::all(records);
        questions.retain(|question| args.wants(question.name));
        let mut bench = Self { args, dir, records, questions, peers: Peers { duckdb: None, sqlite: None } };
        if !bench.path(BUILT).exists() {
            if bench.dir.exists() {
                std::fs::remove_dir_all(&bench.dir)?;
            }
            std::fs::create_dir_all(&bench.dir)?;
            orders::write(&bench.path(LINES), records)?;
            Rekor::create(&bench.path(STORE), false)?;
            let rekor = Rekor::open(&bench.path(STORE))?;
            rekor.import(&bench.path(LINES))?;
            rekor.close()?;
            std::fs::write(bench.path(BUILT), "")?;
        }
        if !bench.questions.is_empty() {
            bench.open_peers(python)?;
        }
        Ok(bench)
    }

    fn open_peers(&mut self, python: Option<&Path>) -> Result<()> {
        let lines = self.path(LINES);
        if let Some(python) = python {
            let mut duckdb = Duck::open(python, &self.path("orders.duckdb"))?;
            duckdb.build(&lines)?;
            self.peers.duckdb = Some(duckdb);
        }
        if self.args.sqlite {
            let path = self.path("jsonb.db");
            if path.exists() {
                std::fs::remove_file(&path)?;
            }
            let sqlite = Jsonb::open(&path)?;
            sqlite.build(&lines)?;
            self.peers.sqlite = Some(sqlite);
        }
        if self.peers.duckdb.is_none() && self.peers.sqlite.is_none() {
            eprintln!("no peer here: answers are not checked and ratios are left out");
        }
        Ok(())
    }

    /// All questions in all states.
    fn questions(&mut self, table: &mut Table) -> Result<()> {
        if self.questions.is_empty() {
            return Ok(());
        }
        settle(&self.path(STORE), self.records)?;
        self.ask(State::Clean, table)?;
        if self.args.wants("cold") && !self.args.column_queries_only {
            self.ask_cold(table)?;
        }
        if self.args.wants("updated") && !self.args.column_queries_only {
            rekor::copy(&self.path(STORE), &self.path(CLEAN))?;
            self.update(Share::OneInHundred)?;
            self.ask(State::OneInHundred, table)?;
            self.update(Share::UpToOneInTen)?;
            settle(&self.path(STORE), self.records)?;
            self.ask(State::OneInTenSettled, table)?;
        }
        Ok(())
    }

    fn ask(&mut self, state: State, table: &mut Table) -> Result<()> {
        let is_clean = state == State::Clean;
        let clean = if is_clean { None } else { Some(Rekor::open(&self.path(CLEAN))?) };
        let stores = Stores { rekor: Rekor::open(&self.path(STORE))?, clean };
        for question in &self.questions {
            let mut measure = || -> Result<(String, Times)> {
                turns::agree(question, &stores.rekor, &mut self.peers)?;
                let sqlite_turns = if is_clean { SQLITE_TURNS } else { 1 };
                let times = turns::run(question, &stores, &mut self.peers, sqlite_turns)?;
                Ok((stores.rekor.access(&question.ask)?, times))
            };
            let measured = rekor::affordable(measure())?;
            let (access, times) = measured.unwrap_or(("**too expensive**".to_owned(), Times::NONE));
            table.asked(question, self.records, state, access, times);
        }
        stores.clean.map_or(Ok(()), Rekor::close)?;
        stores.rekor.close()
    }

    fn ask_cold(&mut self, table: &mut Table) -> Result<()> {
        let Some(command) = &self.args.rekor else {
            eprintln!("no --rekor: cold processes are left out");
            return Ok(());
        };
        let store = self.path(STORE);
        for question in &self.questions {
            // A process that fails, as a query that takes too long does, falls short and ends nothing.
            let (access, times) = match command::cold(command, &store, question, &mut self.peers) {
                Ok(times) => ("", times),
                Err(error) => {
                    eprintln!("{}, cold: {error}", question.what);
                    ("**failed**", Times::NONE)
                }
            };
            table.asked(question, self.records, State::Cold, access.to_owned(), times);
        }
        Ok(())
    }

    /// Changes the same records on all sides.
    fn update(&mut self, share: Share) -> Result<()> {
        let _ = std::fs::remove_file(self.path(BUILT));
        let lines = self.path("changes.ndjson");
        let changed = orders::write_changes(&lines, self.records, share)?;
        eprintln!("updating {changed} of {}", self.records);
        let rekor = Rekor::open(&self.path(STORE))?;
        rekor.import(&lines)?;
        rekor.close()?;
        if let Some(duckdb) = &mut self.peers.duckdb {
            duckdb.update(&lines)?;
        }
        if let Some(sqlite) = &self.peers.sqlite {
            sqlite.upsert(&lines)?;
        }
        Ok(())
    }

    /// What columns cost those who write.
    fn writing(&self, table: &mut Table) -> Result<()> {
        if self.args.column_queries_only {
            return Ok(());
        }
        let (import, sizes) = (self.args.wants("import"), self.args.wants("sizes"));
        match &self.args.rekor {
            Some(now) => {
                let builds = writing::Builds { now, before: self.args.before.as_deref() };
                if import {
                    writing::import(&builds, &self.dir, self.records, table)?;
                }
                if sizes {
                    writing::sizes(now, &self.dir, self.records, table)?;
                }
            }
            None if import || sizes => eprintln!("no --rekor: import and sizes are left out"),
            None => {}
        }
        if self.args.wants("batch-of-100") {
            let _ = std::fs::remove_file(self.path(BUILT));
            writing::batches(&self.dir, self.records, table)?;
        }
        Ok(())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }
}
