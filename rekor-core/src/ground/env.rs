//! The clock, the ids and the random bytes: the only place of the crate that reads any of them.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::ground::error::{Code, Error, Result};
use crate::ground::limits::Limit;

/// Milliseconds since 1970-01-01T00:00:00Z.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
pub fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// Makes a record id: a UUIDv7, so that ids follow the order of creation to the millisecond.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "this is the one place that makes ids")]
pub fn new_id() -> uuid::Uuid {
    uuid::Uuid::now_v7()
}

/// The number of this process.
#[must_use]
pub fn process_id() -> u32 {
    std::process::id()
}

/// Sixteen random bytes from the operating system.
pub fn random_bytes() -> Result<[u8; 16]> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)
        .map_err(|e| Error::new(Code::Internal, format!("the system gives no random bytes: {e}")))?;
    Ok(bytes)
}

/// A point in time after which work gives up.
#[derive(Debug, Clone, Copy)]
pub struct Deadline(Option<Instant>);

impl Deadline {
    /// The moment `ms` milliseconds from now.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
    pub fn after_ms(ms: u64) -> Self {
        Self(Instant::now().checked_add(Duration::from_millis(ms)))
    }

    /// A deadline that never comes.
    #[must_use]
    pub const fn never() -> Self {
        Self(None)
    }

    /// What is left, zero when it has passed.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
    pub fn left(&self) -> Duration {
        self.0.map_or(Duration::MAX, |at| at.saturating_duration_since(Instant::now()))
    }

    /// Whether it has passed.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.left().is_zero()
    }

    /// Answers the error of `limit` once it has passed.
    pub fn check(&self, limit: &Limit) -> Result<()> {
        if self.passed() { Err(limit.exceeded(limit.max)) } else { Ok(()) }
    }
}
