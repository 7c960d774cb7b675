//! Traversal: relationships followed from one record, breadth first, in the order depth, type, far id.
//!
//! Each record is visited once, at the depth where it is first met and from the record that met it
//! first; parallel relationships between those two are all given.

use std::collections::{HashMap, HashSet};

use crate::api::list::{List, Meta};
use crate::api::relationship::{Direction, Hop, HopRecord, QueryRelationships};
use crate::codec::id::Id;
use crate::codec::keys::{self, Edge, EdgeSide};
use crate::codec::row::decode_relationship;
use crate::ctx::Ctx;
use crate::ctx::rights::Right;
use crate::ctx::scope::Touches;
use crate::ctx::session::Session;
use crate::ground::env::Deadline;
use crate::ground::error::{Code, Error, Result};
use crate::ground::limits;
use crate::ops::Request;
use crate::ops::records::record_of;
use crate::ops::relationships::{page_limit, relationship_of};
use crate::query::{cursor, fields};

impl Request for QueryRelationships {
    const RIGHT: Right = Right::Read;
    type Answer = List<Hop>;
    fn touches(&self) -> Touches<'_> {
        Touches::one(&self.collection)
    }
    fn run(&self, session: &Session) -> Result<Self::Answer> {
        session.read_within(|ctx| traverse(ctx, self))
    }
}

type Node = (u32, Id);

/// An edge that a traversal followed.
struct Step {
    edge: Edge,
    direction: Direction,
    near: Node,
}

impl Step {
    fn far(&self) -> Node {
        (self.edge.far_collection, self.edge.far.clone())
    }

    /// The order within one depth.
    fn order(&self) -> (&str, &Id, u32, &Id, Direction) {
        (
            &self.edge.rel_type,
            &self.edge.far,
            self.edge.far_collection,
            &self.edge.relationship,
            self.direction,
        )
    }
}

fn traverse(ctx: &mut Ctx<'_>, request: &QueryRelationships) -> Result<List<Hop>> {
    let collection = ctx.need_collection(&request.collection)?;
    let start = Id::parse(&request.id).map_err(|e| e.at("/id"))?;
    let limit = page_limit(request.limit)?;
    let depth_max = request.depth.unwrap_or(1);
    if depth_max == 0 || depth_max > limits::TRAVERSAL_DEPTH.max {
        return Err(limits::TRAVERSAL_DEPTH.exceeded(depth_max).at("/depth").hint("follow 1 to 10 steps"));
    }
    let wanted = fields::parse(&request.fields)?;
    let bound_to = format!(
        "traverse\0{}\0{start}\0{:?}\0{:?}\0{depth_max}\0{:?}",
        request.collection, request.rel_type, request.direction, request.fields
    );
    let after = request.cursor.as_deref().map(|c| cursor::open_text(c, &bound_to)).transpose()?;
    let node = (collection.row.number, start);
    let deadline = Deadline::after_ms(limits::QUERY_MS.max);
    if !ctx.exists(&keys::record(node.0, &node.1))?
        && walk_level(ctx, request, std::slice::from_ref(&node), &deadline)?.is_empty()
    {
        return Err(Error::new(
            Code::RecordNotFound,
            format!("the collection `{}` has no record `{}`", request.collection, request.id),
        )
        .at("/id"));
    }
    let steps = walk(ctx, request, node, depth_max, &deadline)?;
    let from = match after {
        None => 0,
        Some(text) => {
            let place = Place::parse(&text)?;
            steps.partition_point(|(depth, step)| Place::of(*depth, step) <= place)
        }
    };
    let page = steps.get(from..).unwrap_or_default();
    let mut data = Vec::new();
    for (depth, step) in page.iter().take(limit) {
        if let Some(hop) = hop_of(ctx, *depth, step, &wanted)? {
            data.push(hop);
        }
    }
    let has_more = page.len() > limit;
    let last = page.get(limit.saturating_sub(1)).filter(|_| has_more);
    let next_cursor =
        last.map(|(depth, step)| cursor::seal_text(&Place::of(*depth, step).to_text(), &bound_to));
    let meta = Meta { limit: Some(limit as u64), offset: 0, has_more, next_cursor, total: None };
    Ok(List { data, meta })
}

/// Where a step stands in its traversal, as the cursor keeps it.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    depth: u64,
    rel_type: Box<str>,
    far: Id,
    collection: u32,
    relationship: Id,
    direction: Direction,
}

impl Place {
    fn of(depth: u64, step: &Step) -> Self {
        let Edge { rel_type, far_collection, far, relationship } = step.edge.clone();
        Self { depth, rel_type, far, collection: far_collection, relationship, direction: step.direction }
    }

    fn to_text(&self) -> String {
        let (far, relationship) = (self.far.to_string(), self.relationship.to_string());
        let parts = (self.depth, &*self.rel_type, far, self.collection, relationship, self.direction);
        serde_json::to_string(&parts).unwrap_or_default()
    }

    /// Reads what the cursor's checksum says was written by `to_text`.
    fn parse(text: &str) -> Result<Self> {
        let (depth, rel_type, far, collection, relationship, direction): (
            u64,
            String,
            String,
            u32,
            String,
            Direction,
        ) = serde_json::from_str(text)
            .map_err(|_| Error::new(Code::InvalidCursor, "the cursor is damaged").at("/cursor"))?;
        let (far, relationship) = (Id::trusted(&far), Id::trusted(&relationship));
        Ok(Self { depth, rel_type: rel_type.into(), far, collection, relationship, direction })
    }
}

fn walk(
    ctx: &mut Ctx<'_>,
    request: &QueryRelationships,
    start: Node,
    depth_max: u64,
    deadline: &Deadline,
) -> Result<Vec<(u64, Step)>> {
    // Each visited record and the one that it was met from.
    let mut met_from: HashMap<Node, Node> = HashMap::from([(start.clone(), start.clone())]);
    let mut level = vec![start];
    let mut steps = Vec::new();
    for depth in 1..=depth_max {
        let mut found = walk_level(ctx, request, &level, deadline)?;
        found.sort_by(|a, b| a.order().cmp(&b.order()));
        let before: HashSet<Node> = met_from.keys().cloned().collect();
        level = Vec::new();
        for step in found {
            let far = step.far();
            let to_itself = depth == 1 && far == step.near;
            if before.contains(&far) && !to_itself {
                continue;
            }
            if !met_from.contains_key(&far) {
                met_from.insert(far.clone(), step.near.clone());
                level.push(far.clone());
                limits::TRAVERSAL_VISITED.check(met_from.len())?;
            }
            if met_from.get(&far) == Some(&step.near) {
                steps.push((depth, step));
            }
        }
        if level.is_empty() {
            break;
        }
    }
    Ok(steps)
}

/// The edges of all records of one level, those to deleted collections left out.
fn walk_level(
    ctx: &mut Ctx<'_>,
    request: &QueryRelationships,
    level: &[Node],
    deadline: &Deadline,
) -> Result<Vec<Step>> {
    let sides = match request.direction {
        Direction::Outgoing => &[(EdgeSide::Out, Direction::Outgoing)][..],
        Direction::Incoming => &[(EdgeSide::In, Direction::Incoming)],
        Direction::Both => &[(EdgeSide::Out, Direction::Outgoing), (EdgeSide::In, Direction::Incoming)],
    };
    let mut steps = Vec::new();
    for near in level {
        deadline.check(&limits::QUERY_MS)?;
        for (side, direction) in sides {
            let (lo, hi) = keys::edges(*side, (near.0, &near.1), request.rel_type.as_deref());
            let bound = limits::TRAVERSAL_VISITED.len() + 1;
            for entry in ctx.scan(&lo, &hi, false, bound.saturating_sub(steps.len()))? {
                let edge = keys::edge_of(*side, (near.0, &near.1), &entry.key)?;
                let is_self = edge.far_collection == near.0 && edge.far == near.1;
                // A link of a record to itself has two edges and is one row.
                let twice =
                    is_self && *direction == Direction::Incoming && request.direction == Direction::Both;
                if !twice && ctx.numbered(edge.far_collection)?.is_some() {
                    steps.push(Step { edge, direction: *direction, near: near.clone() });
                }
            }
        }
        limits::TRAVERSAL_VISITED.check(steps.len())?;
    }
    Ok(steps)
}

fn hop_of(ctx: &mut Ctx<'_>, depth: u64, step: &Step, wanted: &fields::Fields) -> Result<Option<Hop>> {
    let Some(bytes) = ctx.get(&keys::relationship(&step.edge.relationship))? else { return Ok(None) };
    let row = decode_relationship(&bytes)?;
    let Some(relationship) = relationship_of(ctx, &step.edge.relationship, row)? else { return Ok(None) };
    let Some(collection) = ctx.numbered(step.edge.far_collection)? else { return Ok(None) };
    let state = ctx.record(&collection, &step.edge.far)?;
    let record = state.map(|state| record_of(&collection, &step.edge.far, state));
    let record = match record {
        Some(record) if !wanted.is_empty() => Some(HopRecord::Fields(fields::project(&record, wanted)?)),
        other => other.map(HopRecord::Whole),
    };
    Ok(Some(Hop { relationship, direction: step.direction, depth, record }))
}
