//! Keeps the newest snapshot for as long as it is the newest. It must never keep one that was taken
//! before a commit and arrives after it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::ground::error::Result;

/// A snapshot that many readers share.
pub(super) struct Fresh<T>(Mutex<Kept<T>>);

struct Kept<T> {
    view: Option<Arc<T>>,
    /// Counts the commits.
    commits: u64,
}

impl<T> Fresh<T> {
    pub(super) const fn new() -> Self {
        Self(Mutex::new(Kept { view: None, commits: 0 }))
    }

    /// The newest snapshot, made by `take` if none is kept.
    pub(super) fn get(&self, take: impl FnOnce() -> Result<T>) -> Result<Arc<T>> {
        let kept = self.lock();
        if let Some(view) = &kept.view {
            return Ok(Arc::clone(view));
        }
        let commits = kept.commits;
        drop(kept);
        let view = Arc::new(take()?);
        let mut kept = self.lock();
        if kept.commits == commits {
            kept.view = Some(Arc::clone(&view));
        }
        Ok(view)
    }

    /// Forgets the snapshot, because there is a newer commit or there may be one.
    pub(super) fn outdate(&self) {
        let mut kept = self.lock();
        kept.commits += 1;
        let old = kept.view.take();
        // Dropping the last reader of a snapshot is work of redb's.
        drop(kept);
        drop(old);
    }

    fn lock(&self) -> MutexGuard<'_, Kept<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snapshot_is_kept_until_the_next_commit() {
        let fresh = Fresh::new();
        assert_eq!(*fresh.get(|| Ok(1)).unwrap(), 1);
        assert_eq!(*fresh.get(|| panic!("one is kept")).unwrap(), 1);
        fresh.outdate();
        assert_eq!(*fresh.get(|| Ok(2)).unwrap(), 2);
    }

    #[test]
    fn a_snapshot_that_a_commit_overtakes_is_not_kept() {
        let fresh = Fresh::new();
        let overtaken = fresh.get(|| {
            fresh.outdate();
            Ok(1)
        });
        assert_eq!(*overtaken.unwrap(), 1);
        assert_eq!(*fresh.get(|| Ok(2)).unwrap(), 2);
    }
}
