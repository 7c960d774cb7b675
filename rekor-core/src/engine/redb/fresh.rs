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

    /// The newest snapshot, made by `take` if none is kept that is `whole`.
    pub(super) fn get(
        &self,
        whole: impl FnOnce(&T) -> bool,
        take: impl FnOnce() -> Result<T>,
    ) -> Result<Arc<T>> {
        let kept = self.lock();
        if let Some(view) = kept.view.as_ref().filter(|view| whole(view)) {
            return Ok(Arc::clone(view));
        }
        let commits = kept.commits;
        drop(kept);
        let view = Arc::new(take()?);
        let mut kept = self.lock();
        let mut old = None;
        if kept.commits == commits {
            old = kept.view.replace(Arc::clone(&view));
        }
        drop(kept);
        drop(old);
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

    const fn whole(_: &i32) -> bool {
        true
    }

    #[test]
    fn a_snapshot_is_kept_until_the_next_commit() {
        let fresh = Fresh::new();
        assert_eq!(*fresh.get(whole, || Ok(1)).unwrap(), 1);
        assert_eq!(*fresh.get(whole, || panic!("one is kept")).unwrap(), 1);
        fresh.outdate();
        assert_eq!(*fresh.get(whole, || Ok(2)).unwrap(), 2);
    }

    #[test]
    fn a_snapshot_that_cannot_be_read_is_replaced() {
        let fresh = Fresh::new();
        fresh.get(whole, || Ok(1)).unwrap();
        assert_eq!(*fresh.get(|view| *view != 1, || Ok(2)).unwrap(), 2);
        assert_eq!(*fresh.get(whole, || panic!("one is kept")).unwrap(), 2);
    }

    #[test]
    fn a_snapshot_that_a_commit_overtakes_is_not_kept() {
        let fresh = Fresh::new();
        let overtaken = fresh.get(whole, || {
            fresh.outdate();
            Ok(1)
        });
        assert_eq!(*overtaken.unwrap(), 1);
        assert_eq!(*fresh.get(whole, || Ok(2)).unwrap(), 2);
    }
}
