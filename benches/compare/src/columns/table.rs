//! The tables of the columns bench. A figure in bold falls short.

use serde_json::{Value, json};

use crate::columns::questions::{LEAST_OF_SQLITE, Question};
use crate::columns::turns::Times;
use crate::report::{Unit, thousands};
use crate::side::Result;

/// Times slower than in proportion to the records, at most: what is linear, with room for noise.
const GROWTH_MOST: f64 = 1.2;
/// A cold process may take this many times DuckDB's warm query.
const COLD_MOST: f64 = 1.5;

/// What the store went through before the questions.
#[derive(Clone, Copy, PartialEq)]
pub enum State {
    Clean,
    Cold,
    OneInHundred,
    OneInTenSettled,
}

impl State {
    const ALL: [Self; 4] = [Self::Clean, Self::Cold, Self::OneInHundred, Self::OneInTenSettled];

    const fn name(self) -> &'static str {
        match self {
            Self::Clean => "clean, warm",
            Self::Cold => "clean, a cold process",
            Self::OneInHundred => "1% updated since sealing",
            Self::OneInTenSettled => "10% updated, settled",
        }
    }

    /// Times slower than clean, at most.
    const fn most_of_clean(self) -> Option<f64> {
        match self {
            Self::OneInHundred => Some(3.0),
            Self::OneInTenSettled => Some(1.5),
            Self::Clean | Self::Cold => None,
        }
    }
}

struct Asked {
    name: &'static str,
    what: &'static str,
    records: u64,
    state: State,
    access: String,
    times: Times,
    least_of_duckdb: Option<f64>,
    most_ms: Option<f64>,
}

/// What a measured line must not exceed.
pub struct Limit {
    pub figure: f64,
    pub most: f64,
    pub unit: &'static str,
}

struct Measured {
    what: &'static str,
    records: u64,
    /// rekor's, and what it is held against.
    figures: [f64; 2],
    limit: Option<Limit>,
}

#[derive(Default)]
pub struct Table {
    asked: Vec<Asked>,
    measured: Vec<Measured>,
    /// Clean times of earlier runs: name, records, seconds.
    earlier: Vec<(String, u64, f64)>,
}

impl Table {
    pub fn asked(&mut self, question: &Question, records: u64, state: State, access: String, times: Times) {
        let least_of_duckdb = match state {
            State::Clean => question.least_of_duckdb,
            State::Cold => Some(1.0 / COLD_MOST),
            State::OneInHundred | State::OneInTenSettled => None,
        };
        let most_ms = question.most_ms.filter(|_| state == State::Clean);
        let (name, what) = (question.name, question.what);
        let line = Asked { name, what, records, state, access, times, least_of_duckdb, most_ms };
        eprintln!("{} {}", state.name(), line.row());
        self.asked.push(line);
    }

    pub fn measured(&mut self, what: &'static str, records: u64, figures: [f64; 2], limit: Option<Limit>) {
        let line = Measured { what, records, figures, limit };
        eprintln!("{}", line.row());
        self.measured.push(line);
    }

    /// Takes the clean times out of the figures of an earlier run, for the growth.
    pub fn read_earlier(&mut self, json: &str) -> Result<()> {
        for line in serde_json::from_str::<Vec<Value>>(json)? {
            let is_clean = line["state"].as_str() == Some(State::Clean.name());
            if let (true, Some(name), Some(records), Some(seconds)) =
                (is_clean, line["name"].as_str(), line["records"].as_u64(), line["rekor_seconds"].as_f64())
            {
                self.earlier.push((name.to_owned(), records, seconds));
            }
        }
        Ok(())
    }

    pub fn markdown(&self) -> String {
        let mut text = String::new();
        for state in State::ALL {
            let lines: Vec<&Asked> = self.asked.iter().filter(|it| it.state == state).collect();
            if !lines.is_empty() {
                text.push_str(&format!("\n{}:\n\n", state.name()));
                text.push_str("| query | records | rekor | DuckDB | SQLite | to DuckDB | target | to SQLite | target | to clean | target | access |\n");
                text.push_str("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|\n");
                lines.iter().for_each(|line| text.push_str(&format!("{}\n", line.row())));
            }
        }
        if !self.measured.is_empty() {
            text.push_str("\n| what | records | rekor | held against | ratio or difference | at most |\n|---|--:|--:|--:|--:|--:|\n");
            self.measured.iter().for_each(|line| text.push_str(&format!("{}\n", line.row())));
        }
        text + &self.growth()
    }

    /// How much slower clean questions are at the most records than in proportion to the next fewer.
    fn growth(&self) -> String {
        let clean = self.asked.iter().filter(|it| it.state == State::Clean);
        let mut all = self.earlier.clone();
        all.extend(clean.map(|it| (it.name.to_owned(), it.records, it.times.rekor)));
        let mut sizes: Vec<u64> = all.iter().map(|it| it.1).collect();
        sizes.sort_unstable();
        sizes.dedup();
        let [.., least, most] = sizes[..] else { return String::new() };
        let mut text = format!(
            "\nGrowth from {} to {} records, 1 is linear, to be at most {GROWTH_MOST}:\n\n| query | times |\n|---|--:|\n",
            thousands(least),
            thousands(most)
        );
        for (name, _, seconds) in all.iter().filter(|it| it.1 == least) {
            if let Some(big) = all.iter().find(|it| it.0 == *name && it.1 == most) {
                let times = big.2 / seconds * ratio_of(least, most);
                let shown = marked(times, times <= GROWTH_MOST);
                text.push_str(&format!("| {name} | {shown} |\n"));
            }
        }
        text
    }

    pub fn json(&self) -> Result<String> {
        let mut lines: Vec<Value> = self.asked.iter().map(Asked::json).collect();
        lines.extend(self.measured.iter().map(|it| {
            let limit = it.limit.as_ref();
            json!({
                "what": it.what, "records": it.records, "rekor": it.figures[0], "other": it.figures[1],
                "limited": limit.map(|limit| limit.figure), "ok": limit.map(Limit::is_kept),
            })
        }));
        Ok(serde_json::to_string_pretty(&lines)?)
    }
}

impl Asked {
    fn row(&self) -> String {
        let times = &self.times;
        let seconds = |it: f64| Unit::Nanos.figure(it * 1e9);
        let rekor = match self.most_ms {
            Some(most) if times.rekor * 1e3 > most => format!("**{}**", seconds(times.rekor)),
            _ => seconds(times.rekor),
        };
        let target = self.most_ms.map_or_else(
            || self.least_of_duckdb.map(|least| format!("≥ {least:.2}")).unwrap_or_default(),
            |most| format!("≤ {most} ms"),
        );
        let (least_of_sqlite, most_of_clean) = (self.least_of_sqlite(), self.state.most_of_clean());
        let at_least = |it: f64, least: Option<f64>| marked(it, least.is_none_or(|least| it >= least));
        let at_most = |it: f64, most: Option<f64>| marked(it, most.is_none_or(|most| it <= most));
        format!(
            "| {} | {} | {rekor} | {} | {} | {} | {target} | {} | {} | {} | {} | {} |",
            self.what,
            thousands(self.records),
            seconds(times.duckdb),
            seconds(times.sqlite),
            at_least(times.to_duckdb, self.least_of_duckdb),
            at_least(times.to_sqlite, least_of_sqlite),
            least_of_sqlite.map(|least| format!("≥ {least}")).unwrap_or_default(),
            at_most(times.to_clean, most_of_clean),
            most_of_clean.map(|most| format!("≤ {most}")).unwrap_or_default(),
            self.access,
        )
    }

    fn least_of_sqlite(&self) -> Option<f64> {
        (self.state == State::Clean).then_some(LEAST_OF_SQLITE)
    }

    /// Whether every target is reached; nothing when none falls short but not all could be measured.
    fn is_reached(&self) -> Option<bool> {
        let times = &self.times;
        let at_least = |figure: f64, least: Option<f64>| least.map(|least| (figure, figure >= least));
        let at_most = |figure: f64, most: Option<f64>| most.map(|most| (figure, figure <= most));
        let verdicts: Vec<(f64, bool)> = [
            Some((times.rekor, true)),
            at_least(times.to_duckdb, self.least_of_duckdb),
            at_least(times.to_sqlite, self.least_of_sqlite()),
            at_most(times.to_clean, self.state.most_of_clean()),
            at_most(times.rekor * 1e3, self.most_ms),
        ]
        .into_iter()
        .flatten()
        .collect();
        let is_short = verdicts.iter().any(|(figure, is_kept)| !figure.is_nan() && !is_kept);
        let is_known = verdicts.iter().all(|(figure, _)| !figure.is_nan());
        if times.rekor.is_nan() || is_short { Some(false) } else { is_known.then_some(true) }
    }

    fn json(&self) -> Value {
        let times = &self.times;
        json!({
            "name": self.name, "what": self.what, "records": self.records, "state": self.state.name(),
            "access": self.access, "rekor_seconds": times.rekor, "duckdb_seconds": times.duckdb,
            "sqlite_seconds": times.sqlite, "to_duckdb": times.to_duckdb, "to_sqlite": times.to_sqlite,
            "to_clean": times.to_clean, "ok": self.is_reached(),
        })
    }
}

impl Limit {
    fn is_kept(&self) -> bool {
        self.figure <= self.most
    }
}

impl Measured {
    fn row(&self) -> String {
        let [ours, other] = self.figures.map(|it| marked(it, true));
        let (figure, most) = self.limit.as_ref().map_or_else(Default::default, |limit| {
            (marked(limit.figure, limit.is_kept()), format!("{} {}", limit.most, limit.unit))
        });
        format!("| {} | {} | {ours} | {other} | {figure} | {most} |", self.what, thousands(self.records))
    }
}

/// A figure, in bold where it falls short.
fn marked(figure: f64, is_kept: bool) -> String {
    match (figure.is_nan(), is_kept) {
        (true, _) => "–".to_owned(),
        (_, true) => format!("{figure:.2}"),
        (_, false) => format!("**{figure:.2}**"),
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts")]
fn ratio_of(a: u64, b: u64) -> f64 {
    a as f64 / b as f64
}
