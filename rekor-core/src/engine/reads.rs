//! Answers a batch of reads over a view that is near, where a round trip costs nothing.

use std::ops::ControlFlow;

use crate::engine::{Entry, Read, Reply, View};
use crate::ground::error::Result;

/// Answers the reads one after the other.
pub(crate) fn answer(view: &dyn View, reads: &[Read<'_>]) -> Result<Vec<Reply>> {
    let mut replies = Vec::with_capacity(reads.len());
    for read in reads {
        replies.push(match *read {
            Read::Get(key) => get(view, key)?,
            Read::Scan { lo, hi, rev, rows, bytes } => scan(view, (lo, hi), rev, (rows, bytes))?,
        });
    }
    Ok(replies)
}

fn get(view: &dyn View, key: &[u8]) -> Result<Reply> {
    let mut value = None;
    view.get_with(key, &mut |found| value = found.map(|(version, bytes)| (version, bytes.to_vec())))?;
    Ok(Reply::Value(value))
}

fn scan(view: &dyn View, span: (&[u8], &[u8]), rev: bool, bounds: (usize, usize)) -> Result<Reply> {
    let (rows_max, bytes_max) = bounds;
    let (mut rows, mut used, mut more) = (Vec::new(), 0_usize, false);
    view.scan_each(span.0, span.1, rev, &mut |key, version, value| {
        let after = used.saturating_add(key.len()).saturating_add(value.len());
        if !rows.is_empty() && (rows.len() >= rows_max || after > bytes_max) {
            more = true;
            return ControlFlow::Break(());
        }
        used = after;
        rows.push(Entry { key: key.to_vec(), version, value: value.to_vec() });
        ControlFlow::Continue(())
    })?;
    Ok(Reply::Rows { rows, more })
}
