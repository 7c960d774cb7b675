//! The lines of the table, and the table.

use crate::rounds::Pair;
use crate::side::Result;

/// What the two figures of a line are.
#[derive(Clone, Copy, PartialEq)]
pub enum Unit {
    /// Nanoseconds an operation.
    Nanos,
    /// Bytes.
    Bytes,
    /// How many times slower at the most records than at the fewest.
    Times,
}

/// What a line must reach.
#[derive(Clone, Copy)]
pub enum Target {
    None,
    /// The ratio, at least.
    Ratio(f64),
    /// rekor's own figure, at most.
    AtMost(f64),
}

pub struct Line {
    pub what: String,
    pub records: u64,
    pub unit: Unit,
    pub pair: Pair,
    pub target: Target,
}

#[derive(Default)]
pub struct Report {
    pub lines: Vec<Line>,
}

impl Report {
    pub fn add(&mut self, what: &str, records: u64, unit: Unit, pair: Pair, target: Target) {
        let line = Line { what: what.to_owned(), records, unit, pair, target };
        eprintln!("{}", line.row());
        self.lines.push(line);
    }

    /// How much slower each read became between the fewest records and the most.
    pub fn add_growth(&mut self) {
        let (Some(least), Some(most)) =
            (self.lines.iter().map(|l| l.records).min(), self.lines.iter().map(|l| l.records).max())
        else {
            return;
        };
        if least == most {
            return;
        }
        let reads = ["get ", "equality", "range", "one hop", "two hops"];
        let mut grown = Vec::new();
        for small in self.lines.iter().filter(|l| l.records == least) {
            let big = self.lines.iter().find(|l| l.records == most && l.what == small.what);
            let (true, Some(big)) = (reads.iter().any(|r| small.what.starts_with(r)), big) else { continue };
            let (rekor, sqlite) = (big.pair.rekor / small.pair.rekor, big.pair.sqlite / small.pair.sqlite);
            grown.push((small.what.clone(), Pair { rekor, sqlite, ratio: sqlite / rekor }));
        }
        for (what, pair) in grown {
            let what = format!("growth from {least}: {what}");
            self.add(&what, most, Unit::Times, pair, Target::AtMost(3.0));
        }
    }

    pub fn markdown(&self) -> String {
        let mut text = String::from(
            "| what | records | rekor | SQLite | ratio | target | |\n|---|--:|--:|--:|--:|--:|---|\n",
        );
        for line in &self.lines {
            text.push_str(&line.row());
            text.push('\n');
        }
        text
    }

    pub fn json(&self) -> Result<String> {
        let lines: Vec<serde_json::Value> = self
            .lines
            .iter()
            .map(|line| {
                serde_json::json!({
                    "what": line.what,
                    "records": line.records,
                    "unit": match line.unit { Unit::Nanos => "ns", Unit::Bytes => "bytes", Unit::Times => "times" },
                    "rekor": line.pair.rekor,
                    "sqlite": line.pair.sqlite,
                    "ratio": line.pair.ratio,
                    "ok": line.is_reached(),
                })
            })
            .collect();
        Ok(serde_json::to_string_pretty(&lines)?)
    }
}

impl Line {
    fn is_reached(&self) -> Option<bool> {
        match self.target {
            Target::None => None,
            Target::Ratio(least) => Some(self.pair.ratio >= least),
            Target::AtMost(most) => Some(self.pair.rekor <= most),
        }
    }

    fn row(&self) -> String {
        let target = match self.target {
            Target::None => String::new(),
            Target::Ratio(least) => format!("≥ {least}"),
            Target::AtMost(most) => format!("≤ {}", self.figure(most)),
        };
        let verdict = match self.is_reached() {
            None => "",
            Some(true) => "ok",
            Some(false) => "**short**",
        };
        let ratio =
            if self.pair.ratio.is_nan() { "–".to_owned() } else { format!("{:.2}", self.pair.ratio) };
        format!(
            "| {} | {} | {} | {} | {ratio} | {target} | {verdict} |",
            self.what,
            thousands(self.records),
            self.figure(self.pair.rekor),
            self.figure(self.pair.sqlite),
        )
    }

    fn figure(&self, value: f64) -> String {
        self.unit.figure(value)
    }
}

impl Unit {
    pub fn figure(self, value: f64) -> String {
        match self {
            _ if value.is_nan() => "–".to_owned(),
            Self::Times => format!("{value:.2} x"),
            Self::Bytes if value < 1e6 => format!("{:.0} KB", value / 1e3),
            Self::Bytes => format!("{:.1} MB", value / 1e6),
            Self::Nanos if value < 1e6 => format!("{:.1} µs", value / 1e3),
            Self::Nanos => format!("{:.2} ms", value / 1e6),
        }
    }
}

/// A number with commas.
pub fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
