//! Reads on both sides: of one record, of an index, of links.

use crate::data::{self, FAN, ROWS_PER_CUSTOMER, spread};
use crate::lite::Lite;
use crate::load::Place;
use crate::ours::Ours;
use crate::report::{Report, Target, Unit};
use crate::rounds::Rounds;
use crate::side::{Result, Side};

/// Records that the reads choose among.
const SAMPLE: u64 = 20_000;

/// What a bench asks for: the same of both sides in its `k`th operation, and how many rows come back.
type Ask<'a> = &'a dyn Fn(&dyn Side, &[String], u64) -> Result<u64>;

pub fn run(place: &Place, exclusive: bool, only: &dyn Fn(&str) -> bool, report: &mut Report) -> Result<()> {
    let names = ["get", "external", "equality", "range", "hop1", "hop2"];
    if !names.iter().any(|name| only(name)) {
        return Ok(());
    }
    let (ours, lite) = (Ours::open(&place.store, exclusive)?, Lite::open(&place.sqlite)?);
    let records = place.records;
    let mode = if exclusive { "exclusive" } else { "shared" };
    let one = Target::Ratio(if exclusive { 1.0 } else { 0.6 });
    let indexed = if exclusive { Target::Ratio(1.0) } else { Target::None };
    let ids = [ids(&ours, records)?, ids(&lite, records)?];
    let mut bench = |name: &str, what: &str, target: Target, rounds: Rounds, ask: Ask<'_>| -> Result<()> {
        if !only(name) {
            return Ok(());
        }
        agree(what, [&ours, &lite], &ids, ask)?;
        let pair = rounds
            .run(&mut |k| ask(&ours, &ids[0], k).map(|_| ()), &mut |k| ask(&lite, &ids[1], k).map(|_| ()))?;
        report.add(&format!("{what}, {mode}"), records, Unit::Nanos, pair, target);
        Ok(())
    };
    let at = |ids: &[String], n: u64| ids[usize::try_from(n % ids.len() as u64).unwrap_or(0)].clone();

    bench("get", "get by id", one, Rounds::READS, &|side, ids, k| side.get(&at(ids, spread(k))))?;
    bench("external", "get by external id", one, Rounds::READS, &|side, _, k| {
        side.get_external(&data::external_id(spread(k) % records)).map(|_| 1)
    })?;
    bench("equality", "equality, 50 rows", indexed, Rounds::QUERIES, &|side, _, k| {
        side.equality(&data::customer(spread(k) % records, records))
    })?;
    bench("range", "range, sorted, 50 of a tenth", indexed, Rounds::QUERIES, &|side, _, k| {
        let from = f64::from(u32::try_from(spread(k) % 90_000)?);
        side.range(from, from + 10_000.0)
    })?;
    // The first records of the sample are those that others link to.
    let (one_hop, two_hops) = ((records / FAN).min(SAMPLE), (records / FAN / FAN).min(SAMPLE));
    bench("hop1", "one hop, 10 rows", Target::None, Rounds::QUERIES, &|side, ids, k| {
        side.hops(&at(ids, 1 + spread(k) % (one_hop - 1)), 1)
    })?;
    bench("hop2", "two hops, 110 rows", Target::None, Rounds::QUERIES, &|side, ids, k| {
        side.hops(&at(ids, 1 + spread(k) % (two_hops - 1)), 2)
    })?;
    ours.close()
}

/// The ids of a sample: first those of the first records, which have links, then any.
fn ids(side: &dyn Side, records: u64) -> Result<Vec<String>> {
    let first = (records / FAN).min(SAMPLE);
    let any = (0..SAMPLE.min(records)).map(|n| spread(n) % records);
    (0..first).chain(any).map(|n| side.get_external(&data::external_id(n))).collect()
}

/// Both sides must find the same number of rows, or the figures say nothing.
fn agree(what: &str, sides: [&dyn Side; 2], ids: &[Vec<String>; 2], ask: Ask<'_>) -> Result<()> {
    for k in 0..20 {
        let (a, b) = (ask(sides[0], &ids[0], k)?, ask(sides[1], &ids[1], k)?);
        if a != b || a == 0 || a > 4 * ROWS_PER_CUSTOMER {
            return Err(format!("{what}: rekor finds {a} rows, SQLite {b}").into());
        }
    }
    Ok(())
}
