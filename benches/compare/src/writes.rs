//! Durable writes on both sides: one at a time, a hundred at a time, from 16 threads at a time.

use std::sync::Mutex;
use std::time::Instant;

use crate::data::{self, Doc};
use crate::lite::Lite;
use crate::load::Place;
use crate::ours::{self, Ours};
use crate::report::{Report, Target, Unit};
use crate::rounds::{Rounds, pair};
use crate::side::{Result, Side};

const THREADS: u64 = 16;
/// Upserts of each thread in a round.
const PER_THREAD: u64 = 40;
const THREAD_ROUNDS: u64 = 9;
/// Numbers that one bench may use, so that benches do not write the same new records.
const SPAN: u64 = 1 << 32;

pub fn run(place: &Place, exclusive: bool, only: &dyn Fn(&str) -> bool, report: &mut Report) -> Result<()> {
    let records = place.records;
    let mode = if exclusive { "exclusive" } else { "shared" };
    // Each mode writes records of its own.
    let base = if exclusive { 0 } else { 100 * SPAN };
    if only("upsert") {
        let (ours, lite) = (Ours::open(&place.store, exclusive)?, Lite::open(&place.sqlite)?);
        let pair = Rounds::WRITES.run(&mut |k| ours.upsert(&data::upsert(base + k, records)), &mut |k| {
            lite.upsert(&data::upsert(base + k, records))
        })?;
        let target = if exclusive { Target::Ratio(0.2) } else { Target::None };
        report.add(&format!("durable upsert, 1 thread, {mode}"), records, Unit::Nanos, pair, target);
        ours.close()?;
    }
    if only("batch") {
        let (ours, lite) = (Ours::open(&place.store, exclusive)?, Lite::open(&place.sqlite)?);
        let docs = |k: u64| -> Vec<Doc> {
            (0..100).map(|n| data::upsert(base + SPAN + k * 100 + n, records)).collect()
        };
        let pair = Rounds::WRITES.run(&mut |k| ours.batch(&docs(k)), &mut |k| lite.batch(&docs(k)))?;
        report.add(&format!("batch of 100, {mode}"), records, Unit::Nanos, pair, Target::Ratio(0.3));
        ours.close()?;
    }
    if only("threads") {
        from_threads(place, exclusive, base + 2 * SPAN, report)?;
    }
    Ok(())
}

/// 16 threads on one store against 16 connections to one file.
fn from_threads(place: &Place, exclusive: bool, base: u64, report: &mut Report) -> Result<()> {
    let records = place.records;
    let ours = Ours::open(&place.store, exclusive)?;
    let conns =
        (0..THREADS).map(|_| Lite::open(&place.sqlite).map(Mutex::new)).collect::<Result<Vec<_>>>()?;
    let handles: Vec<_> = (0..THREADS).map(|_| ours.handle()).collect();
    let (mut a, mut b) = (Vec::new(), Vec::new());
    for round in 0..=THREAD_ROUNDS {
        let doc =
            |thread: u64, n: u64| data::upsert(base + (round * THREADS + thread) * PER_THREAD + n, records);
        let rekor = timed(&handles, &|ws, thread, n| ours::upsert(ws, &doc(thread, n)))?;
        let sqlite = timed(&conns, &|lite, thread, n| {
            lite.lock().map_err(|_| "a thread panicked")?.upsert(&doc(thread, n))
        })?;
        if round > 0 {
            a.push(rekor);
            b.push(sqlite);
        }
    }
    let mode = if exclusive { "exclusive" } else { "shared" };
    let what = format!("durable upsert, 16 threads, {mode}");
    report.add(&what, records, Unit::Nanos, pair(a, b), Target::Ratio(1.5));
    drop(handles);
    ours.close()
}

/// Runs a step on each handle in a thread of its own, and answers nanoseconds a step over all.
fn timed<T: Sync>(handles: &[T], step: &(dyn Fn(&T, u64, u64) -> Result<()> + Sync)) -> Result<f64> {
    let start = Instant::now();
    std::thread::scope(|scope| {
        let threads: Vec<_> = handles
            .iter()
            .zip(0..)
            .map(|(handle, thread)| {
                scope.spawn(move || (0..PER_THREAD).try_for_each(|n| step(handle, thread, n)))
            })
            .collect();
        threads.into_iter().try_for_each(|thread| thread.join().map_err(|_| "a thread panicked")?)
    })?;
    let upserts = u32::try_from(THREADS * PER_THREAD)?;
    Ok(start.elapsed().as_secs_f64() * 1e9 / f64::from(upserts))
}
