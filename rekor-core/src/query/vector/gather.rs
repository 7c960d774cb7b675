//! Some rows of a column as a column of their own, so that every loop after runs over all that it is given.

use std::borrow::Cow;

use crate::columns::column::{Column, Values};
use crate::columns::form::Cell;
use crate::columns::narrow::Narrow;
use crate::columns::narrow::with_narrow;
use crate::query::vector::selection::Selection;

/// The selected rows of a column.
pub(super) fn gather<'c>(column: &'c Column, selection: Selection<'_>) -> Cow<'c, Column> {
    let Selection::Rows(rows) = selection else { return Cow::Borrowed(column) };
    let values = match &column.values {
        Values::Constant(cell, dictionary) => Values::Constant(*cell, dictionary.clone()),
        Values::Tags(tags) => Values::Tags(picked(tags, rows)),
        Values::Ints { base, offsets } => Values::Ints { base: *base, offsets: narrow(offsets, rows) },
        Values::Times { base, offsets, digits } => {
            Values::Times { base: *base, offsets: narrow(offsets, rows), digits: *digits }
        }
        Values::Doubles(doubles) => Values::Doubles(picked(doubles, rows)),
        Values::Codes { base, offsets, dictionary } => {
            Values::Codes { base: *base, offsets: narrow(offsets, rows), dictionary: dictionary.clone() }
        }
        Values::Mixed { tags, bits, dictionary } => Values::Mixed {
            tags: picked(tags, rows),
            bits: picked(bits, rows),
            dictionary: dictionary.clone(),
        },
    };
    let present = column.present.as_ref().map(|present| picked(present, rows));
    Cow::Owned(Column { present, values })
}

/// The rows of a column that have a value; `rows` keeps them unless they are all.
pub(super) fn valued<'r>(column: &Column, count: usize, rows: &'r mut Vec<u32>) -> Selection<'r> {
    let marks = match &column.values {
        Values::Constant(Cell::Null, _) => vec![0; count],
        Values::Constant(..) => return Selection::All,
        Values::Tags(tags) | Values::Mixed { tags, .. } => {
            tags.iter().map(|tag| u8::from(*tag != 0)).collect()
        }
        Values::Codes { offsets, .. } => {
            with_narrow!(offsets, offsets => offsets.iter().map(|offset| u8::from(*offset != 0)).collect())
        }
        Values::Ints { .. } | Values::Times { .. } | Values::Doubles(_) => match &column.present {
            Some(present) => return Selection::of(present, rows),
            None => return Selection::All,
        },
    };
    Selection::of(&marks, rows)
}

/// The values of some rows; of a row beyond the end there is none.
pub(super) fn picked<T: Copy + Default>(values: &[T], rows: &[u32]) -> Vec<T> {
    rows.iter().map(|row| values.get(*row as usize).copied().unwrap_or_default()).collect()
}

fn narrow(offsets: &Narrow, rows: &[u32]) -> Narrow {
    match offsets {
        Narrow::U8(offsets) => Narrow::U8(picked(offsets, rows)),
        Narrow::U16(offsets) => Narrow::U16(picked(offsets, rows)),
        Narrow::U32(offsets) => Narrow::U32(picked(offsets, rows)),
        Narrow::U64(offsets) => Narrow::U64(picked(offsets, rows)),
    }
}
