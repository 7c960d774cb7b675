//! Placeholder until the kernels of totals are merged.
use crate::ground::error::Result;
use crate::query::columns::Columns;
use crate::query::groups::Groups;
use crate::query::tuple::Slots;
use crate::query::vector::block::Block;
use crate::query::vector::selection::Selection;
pub(in crate::query) struct VectorTotals<'t>(Groups<'t>);
impl<'t> VectorTotals<'t> {
    pub(in crate::query) fn new(columns: &'t Columns, _: &'t Slots<'t>) -> Self {
        Self(Groups::new(columns))
    }
    pub(in crate::query) fn add(&mut self, block: &Block<'_>, selection: &Selection<'_>) -> Result<()> {
        match selection {
            Selection::All => (0..block.rows).try_for_each(|row| self.0.add(&block.tuple(row))),
            Selection::Rows(rows) => rows.iter().try_for_each(|row| self.0.add(&block.tuple(*row as usize))),
        }
    }
    pub(in crate::query) fn merge(&mut self, _: Self) -> Result<()> {
        Ok(())
    }
    pub(in crate::query) fn finish_into(self, groups: &mut Groups<'t>) -> Result<()> {
        *groups = self.0;
        Ok(())
    }
}
