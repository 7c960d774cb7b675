//! Asks all sides the same question: first holds their answers against each other, then times them in turns.
//! Times are by the wall, as two of the sides may use several threads.

use std::time::{Duration, Instant};

use crate::columns::answer::Answer;
use crate::columns::duck::Duck;
use crate::columns::jsonb::Jsonb;
use crate::columns::questions::Question;
use crate::columns::rekor::Rekor;
use crate::rounds::median;
use crate::side::Result;

const SLICE: Duration = Duration::from_millis(60);

/// The peers that are here.
pub struct Peers {
    pub duckdb: Option<Duck>,
    pub sqlite: Option<Jsonb>,
}

/// Seconds, medians over the turns, and the medians of the ratios of each turn: how many times faster rekor
/// was. What was not measured is not a number.
#[derive(Clone, Copy)]
pub struct Times {
    pub rekor: f64,
    pub duckdb: f64,
    pub sqlite: f64,
    pub to_duckdb: f64,
    pub to_sqlite: f64,
    /// How many times slower than the store was while it was clean.
    pub to_clean: f64,
}

impl Times {
    pub const NONE: Self = Self {
        rekor: f64::NAN,
        duckdb: f64::NAN,
        sqlite: f64::NAN,
        to_duckdb: f64::NAN,
        to_sqlite: f64::NAN,
        to_clean: f64::NAN,
    };
}

/// The stores of rekor that take part: the one in question, and a copy from when it was clean.
pub struct Stores {
    pub rekor: Rekor,
    pub clean: Option<Rekor>,
}

/// Fails when two sides answer differently.
pub fn agree(question: &Question, rekor: &Rekor, peers: &mut Peers) -> Result<()> {
    let ours = rekor.ask(&question.ask)?.in_order(question.ordered);
    if ours.0.is_empty() {
        return Err(format!("{}: nothing is found, so nothing would be measured", question.what).into());
    }
    let check =
        |side: &str, answer: Answer| ours.agree(question.what, side, &answer.in_order(question.ordered));
    if let Some(duckdb) = &mut peers.duckdb {
        check("DuckDB", duckdb.ask(&question.duckdb)?)?;
    }
    if let Some(sqlite) = &peers.sqlite {
        check("SQLite", sqlite.ask(&question.sqlite)?)?;
    }
    Ok(())
}

/// Times all sides in turns. SQLite takes part in the first turns only, since a question costs it seconds.
pub fn run(question: &Question, stores: &Stores, peers: &mut Peers, sqlite_turns: usize) -> Result<Times> {
    let warm = stores.rekor.time(&question.ask)?;
    stores.clean.as_ref().map(|clean| clean.time(&question.ask)).transpose()?;
    let turns = if warm < 0.1 {
        11
    } else if warm < 0.5 {
        5
    } else {
        3
    };
    let mut samples = [Vec::new(), Vec::new(), Vec::new()];
    let mut sqlite = Vec::new();
    for turn in 0..turns {
        for at in 0..samples.len() {
            let side = if turn % 2 == 0 { at } else { samples.len() - 1 - at };
            samples[side].push(match (side, &stores.clean, &mut peers.duckdb) {
                (0, _, _) => slice(&stores.rekor, question)?,
                (1, Some(clean), _) => slice(clean, question)?,
                (2, _, Some(duckdb)) => duckdb.time(&question.duckdb, SLICE)?,
                _ => f64::NAN,
            });
        }
        if let Some(peer) = peers.sqlite.as_ref().filter(|_| turn < sqlite_turns) {
            sqlite.push(peer.time(&question.sqlite)?);
        }
    }
    let [ours, clean, duckdb] = samples;
    Ok(Times {
        to_duckdb: median_ratio(&duckdb, &ours),
        to_sqlite: median_ratio(&sqlite, &ours),
        to_clean: median_ratio(&ours, &clean),
        rekor: median(ours),
        duckdb: median(duckdb),
        sqlite: median(sqlite),
    })
}

/// The median of the ratios of samples that were taken in the same turn.
pub fn median_ratio(above: &[f64], below: &[f64]) -> f64 {
    median(above.iter().zip(below).map(|(above, below)| above / below).collect())
}

/// Seconds a question, over a slice of time.
fn slice(rekor: &Rekor, question: &Question) -> Result<f64> {
    let start = Instant::now();
    let mut runs = 0.0;
    loop {
        rekor.time(&question.ask)?;
        runs += 1.0;
        let spent = start.elapsed();
        if spent >= SLICE {
            return Ok(spent.as_secs_f64() / runs);
        }
    }
}
