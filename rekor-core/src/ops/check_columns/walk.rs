//! Walks over keys with a function that may fail.

use std::ops::ControlFlow;

use crate::engine::{Seq, View};
use crate::ground::error::Result;

/// Hears of a key, its version and its value.
pub(super) type OnEntry<'f> = &'f mut dyn FnMut(&[u8], Seq, &[u8]) -> Result<()>;

/// Hands everything from `lo` to before `hi` to `f`, until it fails.
pub(super) fn each(view: &dyn View, lo: &[u8], hi: &[u8], f: OnEntry<'_>) -> Result<()> {
    let mut failed = Ok(());
    view.scan_each(lo, hi, false, &mut |key, version, value| {
        failed = f(key, version, value);
        if failed.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    failed
}
