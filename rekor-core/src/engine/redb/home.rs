//! The process that opened a store. File locks and caches are shared with a child of `fork`, so a
//! child that used or dropped a handle would destroy the file under its parent.

use crate::ground::error::{Code, Error, Result};

/// The process that a handle belongs to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Home(u32);

impl Home {
    /// This process.
    pub(super) fn here() -> Self {
        Self(std::process::id())
    }

    /// Whether this is still the process.
    pub(super) fn is_here(self) -> bool {
        self.0 == std::process::id()
    }

    /// Refuses to go on in another process. It is asked before any lock is taken: a lock that some
    /// thread held at the fork is never released in the child.
    pub(super) fn check(self) -> Result<()> {
        if self.is_here() {
            return Ok(());
        }
        let text = format!("the store was opened by process {}, before a fork", self.0);
        Err(Error::new(Code::ForkedHandle, text).hint("open the store again in this process"))
    }

    /// Another process, as a child of `fork` sees its parent.
    #[cfg(test)]
    pub(super) fn elsewhere() -> Self {
        Self(std::process::id().wrapping_add(1))
    }
}
