//! An operation and what its handle reaches. Hiding is for reading only: a write must see every edge and every schema
//! that it has to keep whole, so it is refused by name and hides nothing.

use crate::codec::row::RelationshipRow;
use crate::ctx::Ctx;
use crate::ctx::grant::Grant;
use crate::ctx::scope::Touches;
use crate::ground::error::Result;

impl<'a> Ctx<'a> {
    /// The same operation, for a handle that reaches only this much; `hides` says whether collections outside count as
    /// absent.
    pub(crate) fn under(self, grant: &'a Grant, hides: bool) -> Self {
        Self { grant: (!grant.is_none()).then_some(grant), hides, ..self }
    }

    /// Whether a collection counts as absent.
    #[must_use]
    pub fn is_hidden(&self, id: &str) -> bool {
        self.hides && self.grant.is_some_and(|grant| !grant.has_collection(id))
    }

    /// Refuses a collection that the handle does not reach, named by the field at `pointer`.
    pub fn allow_collection(&self, id: &str, pointer: &str) -> Result<()> {
        self.grant.map_or(Ok(()), |grant| grant.allow_collection(id, pointer))
    }

    /// Whether the handle reaches a collection, or is not limited.
    #[must_use]
    pub fn reaches(&self, id: &str) -> bool {
        self.grant.is_none_or(|grant| grant.has_collection(id))
    }

    /// Refuses what would have to tell of collections that the handle does not reach.
    pub fn allow_all_collections(&self) -> Result<()> {
        self.grant.map_or(Ok(()), |grant| grant.allow_touches(&Touches::All))
    }

    /// Refuses a relationship, named by the field `id`, of which the handle does not reach both ends.
    pub fn allow_ends(&mut self, row: &RelationshipRow) -> Result<()> {
        let Some(grant) = self.grant.filter(|grant| grant.limits_collections()) else { return Ok(()) };
        for number in [row.source.0, row.target.0] {
            if let Some(end) = self.numbered(number)? {
                grant.allow_collection(&end.row.id, "/id")?;
            }
        }
        Ok(())
    }
}
