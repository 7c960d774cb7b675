//! SQLite's side of the questions: JSONB in a column, and no index but the one of the external key.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::time::Instant;

use rusqlite::Connection;
use rusqlite::types::ValueRef;
use serde_json::{Value, json};

use crate::columns::answer::Answer;
use crate::side::Result;

const TABLE: &str = "CREATE TABLE orders (number TEXT NOT NULL UNIQUE, data BLOB NOT NULL)";
const UPSERT: &str = "INSERT INTO orders (number, data) VALUES (json_extract(?1, '$.number'), jsonb(?1))
    ON CONFLICT (number) DO UPDATE SET data = excluded.data";
/// As much as rekor keeps unless it is told otherwise.
const CACHE_KIB: i64 = 256 << 10;

pub struct Jsonb {
    conn: Connection,
}

impl Jsonb {
    pub fn open(path: &Path) -> Result<Self> {
        let conn = Connection::open(path)?;
        conn.pragma_update(None, "journal_mode", "WAL")?;
        conn.pragma_update(None, "cache_size", -CACHE_KIB)?;
        Ok(Self { conn })
    }

    pub fn build(&self, lines: &Path) -> Result<()> {
        self.conn.execute_batch(TABLE)?;
        self.upsert(lines)
    }

    /// Makes or replaces the orders that have a line.
    pub fn upsert(&self, lines: &Path) -> Result<()> {
        self.conn.execute_batch("BEGIN")?;
        let mut statement = self.conn.prepare_cached(UPSERT)?;
        for line in BufReader::new(std::fs::File::open(lines)?).lines() {
            statement.execute([line?])?;
        }
        self.conn.execute_batch("COMMIT")?;
        Ok(self.conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
    }

    pub fn ask(&self, sql: &str) -> Result<Answer> {
        let mut statement = self.conn.prepare_cached(sql)?;
        let cells = statement.column_count();
        let rows = statement.query_map([], |row| (0..cells).map(|at| row.get_ref(at).map(cell)).collect())?;
        Ok(Answer(rows.collect::<rusqlite::Result<_>>()?))
    }

    /// Seconds of one query.
    pub fn time(&self, sql: &str) -> Result<f64> {
        let start = Instant::now();
        std::hint::black_box(self.ask(sql)?);
        Ok(start.elapsed().as_secs_f64())
    }
}

fn cell(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => json!(number),
        ValueRef::Real(number) => json!(number),
        ValueRef::Text(text) | ValueRef::Blob(text) => json!(String::from_utf8_lossy(text)),
    }
}
