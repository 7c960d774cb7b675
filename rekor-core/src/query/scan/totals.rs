//! A sink that sums up: blocks through kernels, single records through the accumulators of rows.

use crate::codec::id::Id;
use crate::ground::error::Result;
use crate::query::columns::Columns;
use crate::query::groups::Groups;
use crate::query::scan::Sink;
use crate::query::tuple::{Slots, Tuple};
use crate::query::vector::block::Block;
use crate::query::vector::selection::Selection;
use crate::query::vector::totals::VectorTotals;

/// The totals of one thread.
pub(in crate::query) struct TotalsSink<'t> {
    vector: VectorTotals<'t>,
    /// Of records that came one by one.
    singles: Groups<'t>,
    columns: &'t Columns,
}

impl<'t> TotalsSink<'t> {
    pub(in crate::query) fn new(columns: &'t Columns, slots: &'t Slots<'t>) -> Self {
        Self { vector: VectorTotals::new(columns, slots), singles: Groups::new(columns), columns }
    }

    /// The groups of everything that was taken.
    pub(in crate::query) fn finish(&mut self) -> Result<Groups<'_>> {
        let singles = std::mem::replace(&mut self.singles, Groups::new(self.columns));
        self.vector.finish(singles)
    }
}

impl Sink for TotalsSink<'_> {
    const IDS: bool = false;

    fn block(&mut self, block: &Block<'_>, selection: &Selection<'_>) -> Result<()> {
        self.vector.add(block, *selection)
    }

    fn tuple(&mut self, tuple: &impl Tuple, _: &Id) -> Result<()> {
        self.singles.add(tuple)
    }

    fn merge(&mut self, other: Self) -> Result<()> {
        self.vector.merge(other.vector)?;
        self.singles.merge(other.singles)
    }

    fn is_full(&self, _: &[u8], _: bool) -> bool {
        false
    }
}
