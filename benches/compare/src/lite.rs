//! SQLite's side, as a careful user of rusqlite would write it: WAL, every commit durable, cached
//! statements, expression indexes on the JSON fields, a unique index on the external key.

use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rusqlite::{Connection, params};

use crate::data::{Doc, LINK, SOURCE};
use crate::side::{Result, Side};

const TABLES: &str = "
CREATE TABLE records (
  id TEXT PRIMARY KEY, source TEXT NOT NULL, external_id TEXT NOT NULL, version INTEGER NOT NULL,
  created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, data TEXT NOT NULL
);
CREATE UNIQUE INDEX records_external ON records (source, external_id);
CREATE INDEX records_customer ON records (json_extract(data, '$.customer'));
CREATE INDEX records_amount ON records (json_extract(data, '$.amount'));
CREATE TABLE links (
  id TEXT PRIMARY KEY, type TEXT NOT NULL, source TEXT NOT NULL, target TEXT NOT NULL,
  version INTEGER NOT NULL, data TEXT, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX links_out ON links (source, type, target);
CREATE INDEX links_in ON links (target, type, source);";

// Macros, since `concat!` joins only literals: a statement is never put together while the clock runs.
macro_rules! on_conflict {
    () => {
        " ON CONFLICT (source, external_id) DO UPDATE SET
            data = excluded.data, version = version + 1, updated_at = excluded.updated_at
          WHERE data IS NOT excluded.data
          RETURNING id, version, created_at, updated_at, data"
    };
}
macro_rules! columns {
    () => {
        "INSERT INTO records (source, id, external_id, version, created_at, updated_at, data) "
    };
}
macro_rules! record {
    () => {
        "r.id, r.source, r.external_id, r.version, r.created_at, r.updated_at, r.data"
    };
}
macro_rules! hop {
    () => {
        concat!("l.id, l.type, l.source, l.target, l.version, l.created_at, l.updated_at, ", record!())
    };
}

const UPSERT: &str = concat!(columns!(), "VALUES (?1, ?2, ?3, 1, ?4, ?4, ?5)", on_conflict!());
const IMPORT: &str =
    concat!(columns!(), "VALUES (?1, ?2, json_extract(?4, '$.number'), 1, ?3, ?3, ?4)", on_conflict!());
const LINKS: &str = "INSERT INTO links (id, type, source, target, version, data, created_at, updated_at)
    SELECT ?1, ?2, s.id, t.id, 1, NULL, ?3, ?3 FROM records s, records t
    WHERE s.source = ?4 AND s.external_id = ?5 AND t.source = ?4 AND t.external_id = ?6
    ON CONFLICT (source, type, target) DO NOTHING";
const GET: &str = concat!("SELECT ", record!(), " FROM records r WHERE id = ?1");
const GET_EXTERNAL: &str =
    concat!("SELECT ", record!(), " FROM records r WHERE source = ?1 AND external_id = ?2");
const EQUALITY: &str =
    concat!("SELECT ", record!(), " FROM records r WHERE json_extract(data, '$.customer') = ?1 LIMIT 1000");
const RANGE: &str = concat!(
    "SELECT ",
    record!(),
    " FROM records r
      WHERE json_extract(data, '$.amount') >= ?1 AND json_extract(data, '$.amount') < ?2
      ORDER BY json_extract(data, '$.amount') DESC LIMIT 50"
);
const ONE_HOP: &str = concat!(
    "SELECT 1, ",
    hop!(),
    " FROM links l JOIN records r ON r.id = l.source WHERE l.target = ?1 AND l.type = ?2"
);
const TWO_HOPS: &str = concat!(
    "SELECT 1, ",
    hop!(),
    " FROM links l JOIN records r ON r.id = l.source WHERE l.target = ?1 AND l.type = ?2
      UNION ALL SELECT 2, ",
    hop!(),
    " FROM links k JOIN links l ON l.target = k.source AND l.type = ?2
      JOIN records r ON r.id = l.source WHERE k.target = ?1 AND k.type = ?2"
);

/// Lines of an import in one transaction, as many as rekor takes.
const LINES_PER_COMMIT: usize = 4_096;

pub struct Lite {
    conn: Connection,
}

/// A record, owned.
#[expect(dead_code, reason = "rows are made to be handed out, and only counted here")]
struct Row {
    id: String,
    source: String,
    external_id: String,
    version: i64,
    created_at: i64,
    updated_at: i64,
    data: String,
}

/// A link with the record at its far end, owned.
#[expect(dead_code, reason = "rows are made to be handed out, and only counted here")]
struct Hop {
    depth: i64,
    id: String,
    link_type: String,
    source: String,
    target: String,
    version: i64,
    created_at: i64,
    updated_at: i64,
    record: Row,
}

impl Lite {
    pub fn create(path: &Path) -> Result<()> {
        Ok(Self::open(path)?.conn.execute_batch(TABLES)?)
    }

    pub fn open(path: &Path) -> Result<Self> {
        let conn = Connection::open(path)?;
        conn.pragma_update(None, "journal_mode", "WAL")?;
        conn.pragma_update(None, "synchronous", "FULL")?;
        conn.pragma_update(None, "cache_size", -(i64::try_from(crate::CACHE_BYTES)? >> 10))?;
        conn.busy_timeout(Duration::from_secs(60))?;
        conn.set_prepared_statement_cache_capacity(64);
        Ok(Self { conn })
    }

    /// Moves the log into the file.
    pub fn checkpoint(&self) -> Result<()> {
        Ok(self.conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
    }

    fn upsert_in(&self, doc: &Doc) -> Result<()> {
        let (now_ms, id) = new_id();
        let mut statement = self.conn.prepare_cached(UPSERT)?;
        let mut rows = statement.query(params![SOURCE, id, doc.external_id, now_ms, doc.json])?;
        while let Some(row) = rows.next()? {
            std::hint::black_box((row.get::<_, String>(0)?, row.get::<_, i64>(1)?, row.get::<_, String>(4)?));
        }
        Ok(())
    }

    fn rows(&self, sql: &str, args: impl rusqlite::Params) -> Result<u64> {
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows =
            statement.query_map(args, |row| row_of(row, 0))?.collect::<rusqlite::Result<Vec<Row>>>()?;
        Ok(std::hint::black_box(rows).len() as u64)
    }

    fn in_one<T>(&self, f: impl FnOnce() -> Result<T>) -> Result<T> {
        self.conn.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        let done = f()?;
        self.conn.prepare_cached("COMMIT")?.execute([])?;
        Ok(done)
    }
}

fn row_of(row: &rusqlite::Row<'_>, from: usize) -> rusqlite::Result<Row> {
    Ok(Row {
        id: row.get(from)?,
        source: row.get(from + 1)?,
        external_id: row.get(from + 2)?,
        version: row.get(from + 3)?,
        created_at: row.get(from + 4)?,
        updated_at: row.get(from + 5)?,
        data: row.get(from + 6)?,
    })
}

/// The time, and an id that sorts by it, like the ids that rekor makes.
fn new_id() -> (i64, String) {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let now_ms = i64::try_from(now.as_millis()).unwrap_or(0);
    let n = NEXT.fetch_add(1, Ordering::Relaxed);
    let random = crate::data::spread(n ^ u64::from(now.subsec_nanos()));
    let (a, b) = (n >> 10 & 0xfff, n & 0x3ff);
    let (high, low) = (now_ms >> 16, now_ms & 0xffff);
    (now_ms, format!("{high:08x}-{low:04x}-7{a:03x}-8{b:03x}-{:012x}", random & 0xffff_ffff_ffff))
}

impl Side for Lite {
    fn import(&self, lines: &str) -> Result<()> {
        let lines: Vec<&str> = lines.lines().collect();
        for chunk in lines.chunks(LINES_PER_COMMIT) {
            self.in_one(|| {
                for line in chunk {
                    let (now_ms, id) = new_id();
                    let mut statement = self.conn.prepare_cached(IMPORT)?;
                    let mut rows = statement.query(params![SOURCE, id, now_ms, line])?;
                    while rows.next()?.is_some() {}
                }
                Ok(())
            })?;
        }
        Ok(())
    }

    fn link(&self, links: &[(String, String)]) -> Result<()> {
        for chunk in links.chunks(LINES_PER_COMMIT) {
            self.in_one(|| {
                for (source, target) in chunk {
                    let (now_ms, id) = new_id();
                    let mut statement = self.conn.prepare_cached(LINKS)?;
                    statement.execute(params![id, LINK, now_ms, SOURCE, source, target])?;
                }
                Ok(())
            })?;
        }
        Ok(())
    }

    fn upsert(&self, doc: &Doc) -> Result<()> {
        self.upsert_in(doc)
    }

    fn batch(&self, docs: &[Doc]) -> Result<()> {
        self.in_one(|| docs.iter().try_for_each(|doc| self.upsert_in(doc)))
    }

    fn get(&self, id: &str) -> Result<u64> {
        self.rows(GET, [id])
    }

    fn get_external(&self, external_id: &str) -> Result<String> {
        let mut statement = self.conn.prepare_cached(GET_EXTERNAL)?;
        Ok(statement.query_row([SOURCE, external_id], |row| row_of(row, 0))?.id)
    }

    fn equality(&self, customer: &str) -> Result<u64> {
        self.rows(EQUALITY, [customer])
    }

    fn range(&self, from: f64, to: f64) -> Result<u64> {
        self.rows(RANGE, [from, to])
    }

    fn hops(&self, id: &str, depth: u64) -> Result<u64> {
        let mut statement = self.conn.prepare_cached(if depth == 1 { ONE_HOP } else { TWO_HOPS })?;
        let hops = statement.query_map([id, LINK], |row| {
            Ok(Hop {
                depth: row.get(0)?,
                id: row.get(1)?,
                link_type: row.get(2)?,
                source: row.get(3)?,
                target: row.get(4)?,
                version: row.get(5)?,
                created_at: row.get(6)?,
                updated_at: row.get(7)?,
                record: row_of(row, 8)?,
            })
        })?;
        let hops = hops.collect::<rusqlite::Result<Vec<Hop>>>()?;
        Ok(std::hint::black_box(hops).len() as u64)
    }
}
