//! The values of one slot for the rows that totals are taken of.

use std::borrow::Cow;

use crate::codec::id::Id;
use crate::columns::column::Column;
use crate::ground::error::Result;
use crate::query::vector::block::Block;
use crate::query::vector::gather::gather;
use crate::query::vector::selection::Selection;

/// Values, one for each selected row.
pub(super) enum Taken<'b> {
    /// Nobody asks for them.
    Unused,
    /// As a column.
    Column(Cow<'b, Column>),
    /// Of the slot that is the id.
    Ids(Vec<Id>),
}

impl<'b> Taken<'b> {
    /// The values of a slot.
    pub(super) fn column(block: &'b Block<'_>, slot: usize, selection: Selection<'_>) -> Result<Self> {
        Ok(Self::Column(gather(block.column(slot)?, selection)))
    }

    /// The ids.
    pub(super) fn ids(block: &'b Block<'_>, selection: Selection<'_>) -> Result<Self> {
        let ids: Result<_> = match selection {
            Selection::All => (0..block.rows).map(|row| block.ids.id(row)).collect(),
            Selection::Rows(rows) => rows.iter().map(|row| block.ids.id(*row as usize)).collect(),
        };
        Ok(Self::Ids(ids?))
    }
}
