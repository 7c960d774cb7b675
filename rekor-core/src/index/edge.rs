//! The two edges of a relationship: one seen from each end. Pure; only `ctx` writes them.

use crate::codec::id::Id;
use crate::codec::keys::{self, Edge, EdgeSide};
use crate::codec::row::RelationshipRow;

/// The keys of the outgoing and the incoming edge of a relationship.
#[must_use]
pub fn keys_of(row: &RelationshipRow, id: &Id) -> [Vec<u8>; 2] {
    let (source, target) = (&row.source, &row.target);
    let edge = |(far_collection, far): &(u32, Id)| Edge {
        rel_type: row.rel_type.clone(),
        far_collection: *far_collection,
        far: far.clone(),
        relationship: id.clone(),
    };
    [
        keys::edge(EdgeSide::Out, (source.0, &source.1), &edge(target)),
        keys::edge(EdgeSide::In, (target.0, &target.1), &edge(source)),
    ]
}
