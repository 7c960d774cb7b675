//! A clock for benches: runs each for a while in slices and prints the median of the slices.

use std::time::{Duration, Instant};

use rekor_core::Result;

const SLICES: usize = 15;
const SLICE: Duration = Duration::from_millis(40);

/// Runs the benches that were asked for.
pub(crate) struct Timer {
    words: Vec<String>,
}

impl Timer {
    /// A timer of the benches whose name holds one of the words; of all when there are none.
    pub(crate) const fn new(words: Vec<String>) -> Self {
        Self { words }
    }

    /// Whether a bench of this name was asked for.
    pub(crate) fn wants(&self, name: &str) -> bool {
        self.words.is_empty() || self.words.iter().any(|word| name.contains(word.as_str()))
    }

    /// Runs what does `count` things three times and prints what each took in the quickest.
    pub(crate) fn each(&self, name: &str, count: u64, mut work: impl FnMut() -> Result<()>) -> Result<()> {
        let mut best = f64::INFINITY;
        for _ in 0..3 {
            let start = now();
            work()?;
            best = best.min(start.elapsed().as_secs_f64());
        }
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        println!("{name:44} {:>9.2} µs", best * 1e6 / f64::from(count));
        Ok(())
    }

    /// Runs the `k`th operation for `k` from 0 and prints what one takes.
    pub(crate) fn run(&self, name: &str, mut step: impl FnMut(u64) -> Result<()>) -> Result<()> {
        if !self.wants(name) {
            return Ok(());
        }
        let mut k = 0;
        let mut samples = Vec::new();
        // The first slice only warms up.
        for slice in 0..=SLICES {
            let first = k;
            let start = now();
            while start.elapsed() < SLICE {
                step(k)?;
                k += 1;
            }
            if slice > 0 {
                let operations = u32::try_from(k - first).unwrap_or(u32::MAX);
                samples.push(start.elapsed().as_secs_f64() * 1e6 / f64::from(operations));
            }
        }
        samples.sort_by(f64::total_cmp);
        let median = samples.get(SLICES / 2).copied().unwrap_or_default();
        println!("{name:44} {median:>9.2} µs");
        Ok(())
    }
}

#[expect(clippy::disallowed_methods, reason = "a bench is a clock")]
fn now() -> Instant {
    Instant::now()
}
