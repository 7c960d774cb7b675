//! Builds both databases, in turns of some thousand lines, and measures that: bulk import, links, sizes.

use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::data;
use crate::lite::Lite;
use crate::ours::Ours;
use crate::report::{Report, Target, Unit};
use crate::rounds::Pair;
use crate::side::{Result, Side};

/// Where both databases of one size lie.
pub struct Place {
    pub records: u64,
    pub store: PathBuf,
    pub sqlite: PathBuf,
}

impl Place {
    pub fn new(dir: &Path, records: u64) -> Self {
        let dir = dir.join(records.to_string());
        Self { records, store: dir.join("store"), sqlite: dir.join("sqlite.db") }
    }

    fn is_built(&self) -> bool {
        self.sqlite.exists()
    }
}

/// Builds both, unless an earlier run left them there.
pub fn build(place: &Place, report: &mut Report) -> Result<()> {
    if place.is_built() {
        return Ok(());
    }
    std::fs::create_dir_all(place.store.parent().unwrap_or(&place.store))?;
    Ours::create(&place.store)?;
    let draft = place.sqlite.with_extension("draft");
    Lite::create(&draft)?;
    let (ours, lite) = (Ours::open(&place.store, false)?, Lite::open(&draft)?);
    let records = place.records;

    let step = (records / 20).max(1_000);
    let imported = in_turns(
        records,
        step,
        |from, to| data::lines(from, to, records),
        |lines| ours.import(lines),
        |lines| lite.import(lines),
    )?;
    report.add("bulk import, a record", records, Unit::Nanos, imported, Target::Ratio(0.5));
    let (ours, lite) = (reopen(ours, place)?, reopen_lite(lite, &draft)?);
    let sizes = sizes(place, &draft)?;
    report.add("file size, records only", records, Unit::Bytes, sizes, Target::None);

    let linked = in_turns(
        records,
        step,
        data::links,
        |links: &Vec<(String, String)>| ours.link(links),
        |links| lite.link(links),
    )?;
    report.add("bulk import of links, a link", records, Unit::Nanos, linked, Target::None);
    ours.close()?;
    lite.checkpoint()?;
    drop(lite);
    std::fs::rename(&draft, &place.sqlite)?;
    Ok(())
}

fn reopen(ours: Ours, place: &Place) -> Result<Ours> {
    ours.close()?;
    Ours::open(&place.store, false)
}

fn reopen_lite(lite: Lite, path: &Path) -> Result<Lite> {
    lite.checkpoint()?;
    drop(lite);
    Lite::open(path)
}

/// Hands each slice to one side and then to the other, and answers the times by row. The import is one
/// piece of work, so the ratio is that of the sums.
fn in_turns<T>(
    records: u64,
    step: u64,
    make: impl Fn(u64, u64) -> T,
    rekor: impl Fn(&T) -> Result<()>,
    sqlite: impl Fn(&T) -> Result<()>,
) -> Result<Pair> {
    let (mut a, mut b) = (0.0, 0.0);
    let mut from = 0;
    while from < records {
        let to = records.min(from + step);
        let slice = make(from, to);
        let timed = |f: &dyn Fn(&T) -> Result<()>| {
            let start = Instant::now();
            f(&slice).map(|()| start.elapsed().as_secs_f64() * 1e9)
        };
        if (from / step).is_multiple_of(2) {
            a += timed(&rekor)?;
            b += timed(&sqlite)?;
        } else {
            b += timed(&sqlite)?;
            a += timed(&rekor)?;
        }
        from = to;
    }
    #[expect(clippy::cast_precision_loss, reason = "a count")]
    let rows = records as f64;
    Ok(Pair { rekor: a / rows, sqlite: b / rows, ratio: b / a })
}

#[expect(clippy::cast_precision_loss, reason = "sizes of files")]
fn sizes(place: &Place, sqlite: &Path) -> Result<Pair> {
    let (rekor, sqlite) = (bytes_below(&place.store)? as f64, std::fs::metadata(sqlite)?.len() as f64);
    Ok(Pair { rekor, sqlite, ratio: sqlite / rekor })
}

/// Bytes of all files below a directory.
pub fn bytes_below(dir: &Path) -> Result<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        let about = entry.metadata()?;
        bytes += if about.is_dir() { bytes_below(&entry.path())? } else { about.len() };
    }
    Ok(bytes)
}
