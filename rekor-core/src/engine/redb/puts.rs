//! Writes the puts of a commit. Those that stand together in the tree, as new records and their journal do, go in through
//! a cursor, which fills leaf after leaf; put one by one at the end of a range they would leave each leaf half full.

use std::ops::Bound;

use super::apply::Rows;
use super::error::Fault;
use super::table::VERSION_BYTES;
use crate::engine::{Entry, Put, Seq};

/// Puts that must stand together to be written so: for fewer a leaf would be written again for little.
const RUN_MIN: usize = 16;
/// Puts at most that are written one by one before it is looked again whether some stand together.
const SINGLES_MAX: usize = 64;

/// Writes puts that are sorted by key; of several with one key the last counts.
pub(super) fn write(rows: &mut Rows<'_>, puts: &[Put], seq: Seq) -> Result<(), Fault> {
    let (mut rest, mut singles) = (puts, 1);
    while !rest.is_empty() {
        let run = if rest.len() < RUN_MIN { 0 } else { write_run(rows, rest, seq)? };
        let (one_by_one, others) = match run {
            0 => rest.split_at(singles.min(rest.len())),
            _ => (&[][..], rest.get(run..).unwrap_or_default()),
        };
        for put in one_by_one {
            let mut row = rows.insert_reserve(put.key.as_slice(), VERSION_BYTES + put.value.len())?;
            let (version, value) = row.as_mut().split_at_mut(VERSION_BYTES);
            version.copy_from_slice(&seq.0.to_be_bytes());
            value.copy_from_slice(&put.value);
        }
        singles = if run > 0 { 1 } else { (singles * 2).min(SINGLES_MAX) };
        rest = others;
    }
    Ok(())
}

/// Writes the first puts up to the next stored key, if they are enough; answers how many.
fn write_run(rows: &mut Rows<'_>, puts: &[Put], seq: Seq) -> Result<usize, Fault> {
    let Some(first) = puts.first() else { return Ok(0) };
    let mut cursor = rows.lower_bound_mut(Bound::Included(first.key.as_slice()))?;
    let next = cursor.peek_next()?.map(|(key, _)| key.value().to_vec());
    let mut last: &[u8] = &[];
    let run = puts.iter().take_while(|put| {
        let fits = *last < *put.key && next.as_ref().is_none_or(|next| put.key < *next);
        last = &put.key;
        fits
    });
    let run = run.count();
    if run < RUN_MIN {
        return Ok(0);
    }
    let mut row = Vec::new();
    for put in puts.iter().take(run) {
        form(&mut row, seq, &put.value);
        cursor.insert_before(put.key.as_slice(), row.as_slice())?;
    }
    cursor.close()?;
    Ok(run)
}

/// Writes rows that come after all that are stored, each with a version of its own.
pub(super) fn append(rows: &mut Rows<'_>, entries: &[Entry]) -> Result<(), Fault> {
    let mut cursor = rows.upper_bound_mut(Bound::<&[u8]>::Unbounded)?;
    let mut row = Vec::new();
    for entry in entries {
        form(&mut row, entry.version, &entry.value);
        cursor.insert_before(entry.key.as_slice(), row.as_slice())?;
    }
    cursor.close()?;
    Ok(())
}

/// Puts a value behind its version.
fn form(row: &mut Vec<u8>, version: Seq, value: &[u8]) {
    row.clear();
    row.extend_from_slice(&version.0.to_be_bytes());
    row.extend_from_slice(value);
}
