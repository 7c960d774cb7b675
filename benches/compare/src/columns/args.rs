//! The flags of the columns bench.

use std::path::PathBuf;

use crate::side::Result;

pub const HELP: &str = "\
rekor-compare columns: the same questions of rekor, DuckDB and SQLite

  --records N,…    how many records (100000,1000000)
  --only NAME,…    the questions group-status group-two sum count-distinct group-customer two-equalities in-100
                   substring ilike number-range time-range customer-rows top-10 point, their states cold and
                   updated, and import sizes batch-of-100
  --column-queries-only  only the questions, clean and warm, of rekor and DuckDB: for 10000000
  --no-sqlite      leaves SQLite's JSONB out
  --no-duckdb      leaves DuckDB out
  --dir DIR        keeps the databases there, and uses those that are there (a temporary directory)
  --json FILE      writes the figures too
  --earlier FILE   the figures of an earlier run with other records, for the growth
  --rekor PATH     the release build of the rekor command
  --before PATH    one of before columns, whose import is held against it
  --python PATH    the python3 that makes DuckDB's environment (python3)";

pub struct Args {
    pub records: Vec<u64>,
    only: Vec<String>,
    pub column_queries_only: bool,
    pub sqlite: bool,
    pub duckdb: bool,
    pub dir: Option<PathBuf>,
    pub json: Option<PathBuf>,
    pub earlier: Option<PathBuf>,
    pub rekor: Option<PathBuf>,
    pub before: Option<PathBuf>,
    pub python: PathBuf,
}

impl Args {
    /// Nothing when help is asked for.
    pub fn parse(args: &[String]) -> Result<Option<Self>> {
        let mut parsed = Self {
            records: vec![100_000, 1_000_000],
            only: Vec::new(),
            column_queries_only: false,
            sqlite: true,
            duckdb: true,
            dir: None,
            json: None,
            earlier: None,
            rekor: None,
            before: None,
            python: "python3".into(),
        };
        let mut args = args.iter();
        while let Some(flag) = args.next() {
            match flag.as_str() {
                "--help" | "-h" => return Ok(None),
                "--no-sqlite" => parsed.sqlite = false,
                "--no-duckdb" => parsed.duckdb = false,
                "--column-queries-only" => (parsed.column_queries_only, parsed.sqlite) = (true, false),
                flag => parsed.take(flag, args.next().ok_or_else(|| format!("{flag} needs a value"))?)?,
            }
        }
        Ok(Some(parsed))
    }

    fn take(&mut self, flag: &str, value: &str) -> Result<()> {
        let list = value.split(',');
        match flag {
            "--records" => self.records = list.map(str::parse).collect::<std::result::Result<_, _>>()?,
            "--only" => self.only = list.map(str::to_owned).collect(),
            "--dir" => self.dir = Some(value.into()),
            "--json" => self.json = Some(value.into()),
            "--earlier" => self.earlier = Some(value.into()),
            "--rekor" => self.rekor = Some(value.into()),
            "--before" => self.before = Some(value.into()),
            "--python" => self.python = value.into(),
            _ => return Err(format!("there is no flag {flag}; see columns --help").into()),
        }
        Ok(())
    }

    pub fn wants(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|wanted| wanted == name)
    }
}
