//! Times both sides in turns, so that what else the machine does meanwhile falls on both alike.

use std::time::{Duration, Instant};

use crate::side::Result;

/// The medians of all rounds: nanoseconds an operation, and how many times faster rekor was.
#[derive(Debug, Clone, Copy)]
pub struct Pair {
    pub rekor: f64,
    pub sqlite: f64,
    pub ratio: f64,
}

/// One side of a bench: runs its `k`th operation.
pub type Step<'a> = &'a mut dyn FnMut(u64) -> Result<()>;

/// How long a bench takes.
#[derive(Clone, Copy)]
pub struct Rounds {
    pub rounds: u32,
    pub slice: Duration,
    /// Operations between two looks at the clock.
    pub chunk: u64,
    /// Whether the processor's time counts and not the wall's. It does for reads, which wait for nothing
    /// once the pages are in memory; so a busy machine does not change what they cost.
    pub processor: bool,
}

impl Rounds {
    pub const READS: Self = Self { rounds: 11, slice: Duration::from_millis(60), chunk: 8, processor: true };
    pub const QUERIES: Self =
        Self { rounds: 11, slice: Duration::from_millis(80), chunk: 1, processor: true };
    pub const WRITES: Self =
        Self { rounds: 9, slice: Duration::from_millis(250), chunk: 1, processor: false };

    /// Runs both in turns; the first round only warms up.
    pub fn run(self, rekor: Step<'_>, sqlite: Step<'_>) -> Result<Pair> {
        let (mut k_rekor, mut k_sqlite) = (0, 0);
        let (mut a, mut b) = (Vec::new(), Vec::new());
        for round in 0..=self.rounds {
            let (x, y) = if round % 2 == 0 {
                let x = self.slice(rekor, &mut k_rekor)?;
                (x, self.slice(sqlite, &mut k_sqlite)?)
            } else {
                let y = self.slice(sqlite, &mut k_sqlite)?;
                (self.slice(rekor, &mut k_rekor)?, y)
            };
            if round > 0 {
                a.push(x);
                b.push(y);
            }
        }
        Ok(pair(a, b))
    }

    fn slice(self, step: Step<'_>, k: &mut u64) -> Result<f64> {
        let (start, worked) = (Instant::now(), processor_time());
        let first = *k;
        loop {
            for _ in 0..self.chunk {
                step(*k)?;
                *k += 1;
            }
            let mut spent = start.elapsed();
            if spent >= self.slice {
                if self.processor {
                    spent = processor_time().saturating_sub(worked);
                }
                #[expect(clippy::cast_precision_loss, reason = "a count")]
                return Ok(spent.as_secs_f64() * 1e9 / (*k - first) as f64);
            }
        }
    }
}

/// The medians of samples that were taken in pairs.
pub fn pair(rekor: Vec<f64>, sqlite: Vec<f64>) -> Pair {
    let ratios = rekor.iter().zip(&sqlite).map(|(a, b)| b / a).collect();
    Pair { rekor: median(rekor), sqlite: median(sqlite), ratio: median(ratios) }
}

pub fn median(mut samples: Vec<f64>) -> f64 {
    samples.sort_by(f64::total_cmp);
    samples.get(samples.len() / 2).copied().unwrap_or(f64::NAN)
}

/// What this thread has worked so far.
fn processor_time() -> Duration {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `now` is a valid place for the answer and lives through the call.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut now) };
    Duration::new(now.tv_sec.try_into().unwrap_or(0), now.tv_nsec.try_into().unwrap_or(0))
}
