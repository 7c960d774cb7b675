//! What columns cost those who write: the time of an import, of a batch, and the bytes on the disk.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::columns::command;
use crate::columns::orders;
use crate::columns::rekor::{Rekor, settle};
use crate::columns::table::{Limit, Table};
use crate::data::{Doc, WORKSPACE, spread};
use crate::load::bytes_below;
use crate::rounds::median;
use crate::side::Result;

const SEALING_MICROS_MOST: f64 = 4.0;
const STORED_MOST: f64 = 2.0;
const COMPACTED_MOST: f64 = 2.5;
const BATCH_ROUNDS: usize = 21;
const BATCH_SLICE: Duration = Duration::from_millis(200);

/// The two builds of the command: that of now, and one of before columns.
pub struct Builds<'a> {
    pub now: &'a Path,
    pub before: Option<&'a Path>,
}

/// Imports the same file with both builds in turns, into new stores with two indexes. The last store of the
/// build of now stays, settled, for `sizes`.
pub fn import(builds: &Builds<'_>, dir: &Path, records: u64, table: &mut Table) -> Result<()> {
    let (lines, schema) = (dir.join("orders.ndjson"), orders::schema(true));
    let one = |rekor: &Path, store: &Path| -> Result<f64> {
        clear(store)?;
        command::create(rekor, store, &schema)?;
        command::import(rekor, store, &lines)
    };
    let (mut now, mut before) = (Vec::new(), Vec::new());
    for _ in 0..if records > 500_000 { 1 } else { 3 } {
        now.push(micros(one(builds.now, &imported(dir))?, records));
        if let Some(other) = builds.before {
            let store = dir.join("imported-before");
            before.push(micros(one(other, &store)?, records));
            clear(&store)?;
        }
    }
    let cost = median(now.iter().zip(&before).map(|(now, before)| now - before).collect());
    let limit = builds.before.map(|_| Limit { figure: cost, most: SEALING_MICROS_MOST, unit: "µs more" });
    table.measured("import by the command, µs a record", records, [median(now), median(before)], limit);
    let settled = micros(settle(&imported(dir), records)?, records);
    table.measured("sealing left after an import, µs a record", records, [settled, f64::NAN], None);
    Ok(())
}

/// Weighs the store of `import` against SQLite's file with JSON text and the same indexes.
pub fn sizes(rekor: &Path, dir: &Path, records: u64, table: &mut Table) -> Result<()> {
    let (store, sqlite) = (imported(dir), dir.join("text.db"));
    if !store.exists() {
        return Err("sizes are those of the store of `import`: name that in --only too".into());
    }
    if !sqlite.exists() {
        crate::command::import_into_sqlite(&dir.join("orders.ndjson"), &sqlite)?;
        crate::lite::Lite::open(&sqlite)?.checkpoint()?;
    }
    let theirs = megabytes(std::fs::metadata(&sqlite)?.len());
    let opened = rekor_core::Store::open(&store, rekor_core::OpenOptions::default())?;
    let stored = megabytes(opened.workspace(WORKSPACE)?.check()?.bytes);
    opened.close()?;
    let times = |ours: f64, most| Some(Limit { figure: ours / theirs, most, unit: "times" });
    table.measured("stored bytes, MB", records, [stored, theirs], times(stored, STORED_MOST));
    let file = megabytes(bytes_below(&store)?);
    table.measured("file, MB", records, [file, theirs], None);
    if command::compact(rekor, &store)? {
        let file = megabytes(bytes_below(&store)?);
        table.measured("file, compacted, MB", records, [file, theirs], times(file, COMPACTED_MOST));
    }
    Ok(())
}

/// Batches of a hundred upserts, half of them new: what another build of this bench can be held against.
pub fn batches(dir: &Path, records: u64, table: &mut Table) -> Result<()> {
    let rekor = Rekor::open(&dir.join("store"))?;
    let mut rounds = Vec::new();
    let mut k = 0;
    for _ in 0..BATCH_ROUNDS {
        let (start, first) = (Instant::now(), k);
        while start.elapsed() < BATCH_SLICE {
            let docs: Vec<Doc> = (0..100).map(|n| upsert(k * 100 + n, records)).collect();
            rekor.batch(&docs)?;
            k += 1;
        }
        rounds.push(micros(start.elapsed().as_secs_f64(), k - first));
    }
    rekor.close()?;
    table.measured("batch of 100, µs", records, [median(rounds), f64::NAN], None);
    Ok(())
}

fn upsert(k: u64, records: u64) -> Doc {
    if k.is_multiple_of(2) {
        orders::order(records + k, 2, records)
    } else {
        orders::order(spread(k) % records, k, records)
    }
}

fn imported(dir: &Path) -> std::path::PathBuf {
    dir.join("imported")
}

fn clear(dir: &Path) -> Result<()> {
    if dir.exists() {
        std::fs::remove_dir_all(dir)?;
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "a count")]
fn micros(seconds: f64, count: u64) -> f64 {
    seconds * 1e6 / count as f64
}

#[expect(clippy::cast_precision_loss, reason = "sizes of files")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
