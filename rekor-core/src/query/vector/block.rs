//! One group of records as its columns, and a row of it as the filters and totals of rows see it: the way of all that
//! has no kernel of its own.

use std::borrow::Cow;
use std::sync::Arc;

use crate::codec::scalar::Scalar;
use crate::columns::column::{Column, Value};
use crate::columns::ids::Ids;
use crate::ground::error::{Code, Error, Result};
use crate::query::fields::Field;
use crate::query::tuple::{Slots, Tuple};

/// The columns of a group that a query looks at.
pub(in crate::query) struct Block<'b> {
    /// How many rows there are.
    pub(in crate::query) rows: usize,
    /// One for each slot; that of the id is a placeholder.
    pub(in crate::query) columns: &'b [Arc<Column>],
    /// The ids of the rows.
    pub(in crate::query) ids: &'b Ids,
    /// What the slots mean.
    pub(in crate::query) slots: &'b Slots<'b>,
}

/// One row of a block.
pub(in crate::query) struct BlockTuple<'b> {
    block: &'b Block<'b>,
    row: usize,
}

impl<'b> Block<'b> {
    /// A row.
    pub(in crate::query) const fn tuple(&'b self, row: usize) -> BlockTuple<'b> {
        BlockTuple { block: self, row }
    }

    /// The column of a slot.
    pub(super) fn column(&self, slot: usize) -> Result<&Arc<Column>> {
        self.columns.get(slot).ok_or_else(|| internal("a slot has no column"))
    }
}

impl Tuple for BlockTuple<'_> {
    fn value(&self, slot: usize) -> Result<Scalar<'_>> {
        match self.block.slots.field(slot) {
            Some((Field::Id, _)) => Ok(Scalar::Id(Cow::Owned(self.block.ids.id(self.row)?))),
            Some((_, typing)) => {
                let value = self.block.column(slot)?.value(self.row);
                value.scalar(typing.date_time).ok_or_else(hidden)
            }
            None => Ok(Scalar::Null),
        }
    }

    fn text(&self, slot: usize) -> Result<Option<Cow<'_, str>>> {
        match self.block.slots.field(slot) {
            Some((Field::Id, _)) => Ok(Some(Cow::Owned(self.block.ids.id(self.row)?.to_string()))),
            Some(_) => match self.block.column(slot)?.value(self.row) {
                Value::Hidden => Err(hidden()),
                value => Ok(value.text()),
            },
            None => Ok(None),
        }
    }
}

/// The error of a value that only the row has: whoever reads groups must take those rows from the store.
pub(super) fn hidden() -> Error {
    internal("a value was looked for in a column that does not hold it")
}

pub(super) fn internal(message: &str) -> Error {
    Error::new(Code::Internal, message).hint("this is a fault of rekor; please report it")
}
