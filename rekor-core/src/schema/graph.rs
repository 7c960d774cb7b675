//! A schema and all that it reaches as a graph: one node for each subschema, one step for each applicator.
//! Holds no JSON value, so it outlives the text; never follows anything outside the workspace.

use std::collections::HashSet;

use crate::schema::outcome::Kinds;
use crate::schema::pattern::Patterns;

/// The number of a node in its graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct NodeId(pub(super) usize);

impl NodeId {
    /// The root of the schema itself.
    pub(super) const ROOT: Self = Self(0);
}

/// A keyword that applies a schema to the same value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Same {
    Reference,
    AllOf,
    /// `anyOf` and `oneOf`.
    OneOrMore,
    If,
    Then,
    Else,
    /// `not` and `dependentSchemas`: says nothing certain.
    Maybe,
}

/// How a step goes on from a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Via {
    /// To the same value.
    Same(Same),
    /// To the property of this name.
    Property(String),
    /// To the properties that match this pattern.
    Matching(String),
    /// To the properties that the two above do not name.
    OtherProperties,
    UnevaluatedProperties,
    /// To the names of properties.
    PropertyNames,
    /// To the element at this index.
    Element(usize),
    /// To the elements after those.
    OtherElements,
    UnevaluatedElements,
    Contains,
    /// To nowhere: `$defs` and the like.
    Aside,
}

/// One subschema.
#[derive(Debug)]
pub(super) struct Node {
    /// Which document it is in; 0 is the schema itself.
    pub(super) document: usize,
    pub(super) pointer: String,
    /// What a schema that is just `true` or `false` is.
    pub(super) constant: Option<bool>,
    pub(super) kinds: Kinds,
    pub(super) date_time: bool,
    /// Whether it carries `x-index` or `x-unique`.
    pub(super) hinted: bool,
    pub(super) steps: Vec<(Via, NodeId)>,
}

/// The graph of a schema.
pub(super) struct Graph {
    pub(super) nodes: Vec<Node>,
    pub(super) patterns: Patterns,
    /// The collections that the schema itself names, sorted.
    pub(super) references: Vec<String>,
    /// For each document, the pointer in the schema itself through which it was reached first.
    pub(super) entrances: Vec<String>,
}

impl Graph {
    #[expect(clippy::indexing_slicing, reason = "ids are made by the walk that makes the nodes")]
    pub(super) fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0]
    }

    /// The place in the schema itself that answers for a node: its own, or the reference that led to it.
    pub(super) fn place(&self, id: NodeId) -> String {
        let node = self.node(id);
        match node.document {
            0 => node.pointer.clone(),
            other => self.entrances.get(other).cloned().unwrap_or_default(),
        }
    }

    /// Whether any schema has alternatives.
    pub(super) fn has_alternatives(&self) -> bool {
        self.nodes.iter().flat_map(|node| &node.steps).any(|(via, _)| *via == Via::Same(Same::OneOrMore))
    }

    /// Every node that a value meets once it meets `id`, each once.
    pub(super) fn in_place(&self, id: NodeId) -> Vec<NodeId> {
        let mut met = vec![id];
        let mut seen = HashSet::from([id]);
        let mut next = 0;
        while let Some(&at) = met.get(next) {
            next += 1;
            for (via, to) in &self.node(at).steps {
                if matches!(via, Via::Same(_)) && seen.insert(*to) {
                    met.push(*to);
                }
            }
        }
        met
    }
}
