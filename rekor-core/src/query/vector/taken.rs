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

/// The values of a group field for the rows that totals are taken of.
pub(super) enum Key<'b> {
    /// The selected rows of a column.
    Column(&'b Column, Selection<'b>),
    /// Of the slot that is the id.
    Ids(Vec<Id>),
}

impl<'b> Taken<'b> {
    /// The values of a slot.
    pub(super) fn column(block: &'b Block<'_>, slot: usize, selection: Selection<'_>) -> Result<Self> {
        Ok(Self::Column(gather(block.column(slot)?, selection)))
    }

    /// The ids.
    pub(super) fn ids(block: &Block<'_>, selection: Selection<'_>) -> Result<Self> {
        ids(block, selection).map(Self::Ids)
    }
}

impl<'b> Key<'b> {
    /// The values of a slot.
    pub(super) fn column(block: &'b Block<'_>, slot: usize, selection: Selection<'b>) -> Result<Self> {
        Ok(Self::Column(block.column(slot)?, selection))
    }

    /// The ids.
    pub(super) fn ids(block: &Block<'_>, selection: Selection<'_>) -> Result<Self> {
        ids(block, selection).map(Self::Ids)
    }
}

fn ids(block: &Block<'_>, selection: Selection<'_>) -> Result<Vec<Id>> {
    match selection {
        Selection::All => (0..block.rows).map(|row| block.ids.id(row)).collect(),
        Selection::Rows(rows) => rows.iter().map(|row| block.ids.id(*row as usize)).collect(),
    }
}
