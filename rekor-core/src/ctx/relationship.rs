//! The one write path of relationships: row, both edges and journal change together.

use crate::codec::id::Id;
use crate::codec::keys::{self, Thing};
use crate::codec::row::{RelationshipRow, decode_relationship};
use crate::ctx::journal::Change;
use crate::ctx::{Ctx, Writes};
use crate::ground::error::Result;
use crate::index::edge;

/// A relationship as it is stored now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelationshipState {
    /// Its row.
    pub row: RelationshipRow,
    bytes: Vec<u8>,
}

impl Ctx<'_> {
    /// The relationship with this id, as the operation sees it. One whose end's collection is deleted
    /// counts as deleted.
    pub fn relationship(&mut self, id: &Id) -> Result<Option<RelationshipState>> {
        let Some(bytes) = self.get(&keys::relationship(id))? else { return Ok(None) };
        let row = decode_relationship(&bytes)?;
        let live = self.numbered(row.source.0)?.is_some() && self.numbered(row.target.0)?.is_some();
        Ok(live.then_some(RelationshipState { row, bytes }))
    }

    /// Writes a relationship: makes it (`old` is none), changes it or removes it (`new` is none).
    pub fn put_relationship(
        &mut self,
        id: &Id,
        old: Option<&RelationshipState>,
        new: Option<&RelationshipRow>,
    ) -> Result<()> {
        let mut writes = Writes::new();
        // A relationship whose end's collection was deleted still has its row and edges.
        let retired = match old {
            Some(_) => None,
            None => self.get(&keys::relationship(id))?,
        };
        let retired =
            retired.map(|bytes| decode_relationship(&bytes).map(|row| RelationshipState { row, bytes }));
        let old = match retired {
            Some(retired) => Some(retired?),
            None => old.cloned(),
        };
        let old_edges = old.as_ref().map(|o| edge::keys_of(&o.row, id));
        let new_edges = new.map(|n| edge::keys_of(n, id));
        if old_edges != new_edges {
            writes.extend(old_edges.into_iter().flatten().map(|key| (key, None)));
            writes.extend(new_edges.into_iter().flatten().map(|key| (key, Some(Vec::new()))));
        }
        writes.push((keys::relationship(id), new.map(RelationshipRow::encode)));
        let change = Change {
            thing: Thing::Relationship,
            collection: 0,
            id: id.clone(),
            old_version: old.as_ref().map_or(0, |o| o.row.version),
            new_version: new.map_or(0, |n| n.version),
            before: old.map(|o| o.bytes),
        };
        self.put_thing(writes, change)
    }
}
