//! The rows of a block that totals are taken of.

use crate::query::vector::offset::count;

/// Rows of one block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::query) enum Selection<'s> {
    /// Every row.
    All,
    /// These, in ascending order.
    Rows(&'s [u32]),
}

impl<'s> Selection<'s> {
    /// The rows that a mask marks, which are written to `rows` unless they are all.
    pub(in crate::query) fn of(mask: &[u8], rows: &'s mut Vec<u32>) -> Self {
        rows.clear();
        let marked = count(mask);
        if marked == mask.len() {
            return Self::All;
        }
        rows.resize(marked, 0);
        let mut filled = 0;
        let (chunks, rest) = mask.as_chunks::<8>();
        let mut row = 0_u32;
        for chunk in chunks {
            if u64::from_ne_bytes(*chunk) == 0 {
                row += 8;
                continue;
            }
            for mark in chunk {
                place(rows, &mut filled, row, *mark);
                row += 1;
            }
        }
        for mark in rest {
            place(rows, &mut filled, row, *mark);
            row += 1;
        }
        Self::Rows(rows)
    }

    /// How many rows of a block there are.
    pub(in crate::query) const fn len(&self, rows: usize) -> usize {
        match self {
            Self::All => rows,
            Self::Rows(rows) => rows.len(),
        }
    }
}

/// Writes a row whether it is marked or not, and goes on only if it is: there is nothing to predict.
fn place(rows: &mut [u32], filled: &mut usize, row: u32, mark: u8) {
    if let Some(place) = rows.get_mut(*filled) {
        *place = row;
    }
    *filled += usize::from(mark);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marked_rows_are_selected() {
        let mut rows = Vec::new();
        assert_eq!(Selection::of(&[1; 9], &mut rows), Selection::All);
        let mut mask = [0_u8; 35];
        assert_eq!(Selection::of(&mask, &mut rows), Selection::Rows(&[]));
        for row in [0, 7, 9, 24, 34] {
            mask[row] = 1;
        }
        assert_eq!(Selection::of(&mask, &mut rows), Selection::Rows(&[0, 7, 9, 24, 34]));
        assert_eq!((Selection::All.len(4), Selection::of(&mask, &mut rows).len(35)), (4, 5));
    }
}
