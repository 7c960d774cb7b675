//! One of the two schemas that are compared, with all that it reaches, read by the keywords that its draft hears.
//! Never says anything of the other side.

use std::collections::{HashMap, HashSet};

use jsonschema::Draft;
use serde_json::{Map, Value};

use crate::codec::json::{pointer_push, pointer_segments};
use crate::ground::error::Result;
use crate::schema::graph::{Graph, NodeId, Same, Via};
use crate::schema::outcome::Kinds;
use crate::schema::source::{COLLECTION, Document};
use crate::schema::{cost, walk};

/// What a keyword holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    /// Nothing that refuses data: an annotation, a definition, a keyword of another draft.
    Nothing,
    /// Values.
    Values,
    /// A schema.
    One,
    /// A list of schemas.
    List,
    /// Schemas by name; in `dependencies` some may be lists of names.
    Named,
    Reference,
}

/// A schema, the documents that it reaches and their graph.
pub(super) struct Side<'d> {
    pub(super) documents: &'d [Document],
    pub(super) graph: Graph,
    values: Vec<Option<&'d Value>>,
    /// The node of each value, by its address in memory.
    known: HashMap<usize, NodeId>,
    /// The formats that are checked, by draft; all others say nothing.
    formats: HashSet<(usize, String)>,
}

impl<'d> Side<'d> {
    /// Makes the graph of documents as an upsert accepted them.
    pub(super) fn new(documents: &'d [Document]) -> Result<Self> {
        let graph = walk::Walk::run(documents)?;
        cost::check(&graph)?;
        let values: Vec<Option<&Value>> =
            graph.nodes.iter().map(|node| value_at(documents, node.document, &node.pointer)).collect();
        let addresses = values.iter().enumerate().filter_map(|(number, value)| {
            Some((std::ptr::from_ref::<Value>((*value)?).addr(), NodeId(number)))
        });
        let mut side = Self { known: addresses.collect(), documents, graph, values, formats: HashSet::new() };
        side.formats = side.formats_checked();
        Ok(side)
    }

    /// The formats that the validator knows, asked of the validator itself.
    fn formats_checked(&self) -> HashSet<(usize, String)> {
        let mut asked: HashMap<(usize, String), bool> = HashMap::new();
        for id in (0..self.graph.nodes.len()).map(NodeId) {
            let Some(name) = self.object(id).and_then(|o| o.get("format")).and_then(Value::as_str) else {
                continue;
            };
            let key = (self.graph.node(id).document, name.to_owned());
            asked.entry(key).or_insert_with(|| {
                let schema = serde_json::json!({ "format": name });
                let options = jsonschema::options().with_draft(self.draft(id));
                options
                    .should_validate_formats(true)
                    .should_ignore_unknown_formats(false)
                    .build(&schema)
                    .is_ok()
            });
        }
        asked.into_iter().filter_map(|(key, known)| known.then_some(key)).collect()
    }

    pub(super) fn draft(&self, id: NodeId) -> Draft {
        self.documents.get(self.graph.node(id).document).map_or(Draft::Draft202012, |document| document.draft)
    }

    pub(super) fn value(&self, id: NodeId) -> Option<&'d Value> {
        self.values.get(id.0).copied().flatten()
    }

    fn object(&self, id: NodeId) -> Option<&'d Map<String, Value>> {
        self.value(id)?.as_object()
    }

    /// Whether a node is a reference of draft 7, which silences all beside it.
    pub(super) fn alone(&self, id: NodeId) -> bool {
        self.draft(id) == Draft::Draft7 && self.object(id).is_some_and(|object| object.contains_key("$ref"))
    }

    /// What a keyword of a node holds.
    pub(super) fn holds(&self, id: NodeId, object: &Map<String, Value>, keyword: &str) -> Holds {
        use Draft::{Draft7, Draft201909, Draft202012};
        let draft = self.draft(id);
        if keyword == "$ref" {
            return Holds::Reference;
        }
        if draft == Draft7 && object.contains_key("$ref") {
            return Holds::Nothing;
        }
        let array = object.get("items").is_some_and(Value::is_array);
        match keyword {
            "type" | "enum" | "const" | "multipleOf" | "maximum" | "exclusiveMaximum" | "minimum"
            | "exclusiveMinimum" | "maxLength" | "minLength" | "pattern" | "maxItems" | "minItems"
            | "uniqueItems" | "maxProperties" | "minProperties" | "required" => Holds::Values,
            "minContains" | "maxContains" if draft != Draft7 && object.contains_key("contains") => {
                Holds::Values
            }
            "dependentRequired" if draft != Draft7 => Holds::Values,
            "contentEncoding" | "contentMediaType" if draft == Draft7 => Holds::Values,
            "format" if self.checks_format(id, object) => Holds::Values,
            "additionalProperties" | "propertyNames" | "contains" | "not" | "if" => Holds::One,
            "then" | "else" if object.contains_key("if") => Holds::One,
            "items" if !array => Holds::One,
            "items" if draft != Draft202012 => Holds::List,
            "additionalItems" if array && draft != Draft202012 => Holds::One,
            "unevaluatedProperties" | "unevaluatedItems" if draft != Draft7 => Holds::One,
            "prefixItems" if !matches!(draft, Draft7 | Draft201909) => Holds::List,
            "allOf" | "anyOf" | "oneOf" => Holds::List,
            "properties" | "patternProperties" | "dependencies" => Holds::Named,
            "dependentSchemas" if draft != Draft7 => Holds::Named,
            _ => Holds::Nothing,
        }
    }

    fn checks_format(&self, id: NodeId, object: &Map<String, Value>) -> bool {
        let name = object.get("format").and_then(Value::as_str);
        name.is_some_and(|name| self.formats.contains(&(self.graph.node(id).document, name.to_owned())))
    }

    /// The keywords of a node that can refuse data, sorted, with what each holds.
    pub(super) fn keywords(&self, id: NodeId) -> Vec<(&'d str, Holds, &'d Value)> {
        let Some(object) = self.object(id) else { return Vec::new() };
        let each =
            object.iter().map(|(keyword, value)| (keyword.as_str(), self.holds(id, object, keyword), value));
        let mut keywords: Vec<_> = each.filter(|(_, holds, _)| *holds != Holds::Nothing).collect();
        keywords.sort_by_key(|(keyword, ..)| *keyword);
        keywords
    }

    /// The value of a keyword, if the node has it and its draft hears it.
    pub(super) fn heard(&self, id: NodeId, keyword: &str) -> Option<&'d Value> {
        let object = self.object(id)?;
        let value = object.get(keyword)?;
        (self.holds(id, object, keyword) != Holds::Nothing).then_some(value)
    }

    /// The schema that a keyword holds, if the node has it and its draft hears it.
    pub(super) fn one(&self, id: NodeId, keyword: &str) -> Option<NodeId> {
        let object = self.object(id)?;
        object.get(keyword)?;
        (self.holds(id, object, keyword) == Holds::One).then(|| self.child(id, &[keyword]))?
    }

    /// The schemas that a keyword lists.
    pub(super) fn list(&self, id: NodeId, keyword: &str) -> Vec<NodeId> {
        let Some(object) = self.object(id).filter(|o| self.holds(id, o, keyword) == Holds::List) else {
            return Vec::new();
        };
        let count = object.get(keyword).and_then(Value::as_array).map_or(0, Vec::len);
        (0..count).filter_map(|index| self.child(id, &[keyword, &index.to_string()])).collect()
    }

    /// The schemas that a keyword holds by name.
    pub(super) fn named(&self, id: NodeId, keyword: &str) -> Vec<(&'d str, NodeId)> {
        let Some(object) = self.object(id).filter(|o| self.holds(id, o, keyword) == Holds::Named) else {
            return Vec::new();
        };
        let members = object.get(keyword).and_then(Value::as_object).into_iter().flatten();
        members.filter_map(|(name, _)| Some((name.as_str(), self.child(id, &[keyword, name])?))).collect()
    }

    /// The schema that a keyword holds for a name.
    pub(super) fn member(&self, id: NodeId, keyword: &str, name: &str) -> Option<NodeId> {
        self.heard(id, keyword)?;
        self.child(id, &[keyword, name])
    }

    /// The node at a place under another.
    pub(super) fn child(&self, id: NodeId, segments: &[&str]) -> Option<NodeId> {
        let value = segments.iter().try_fold(self.value(id)?, |value, segment| match value {
            Value::Object(members) => members.get(*segment),
            Value::Array(items) => segment.parse::<usize>().ok().and_then(|index| items.get(index)),
            _ => None,
        });
        self.known.get(&std::ptr::from_ref(value?).addr()).copied()
    }

    /// Where the reference of a node leads.
    pub(super) fn target(&self, id: NodeId) -> Option<NodeId> {
        let steps = &self.graph.node(id).steps;
        steps.iter().find(|(via, _)| *via == Via::Same(Same::Reference)).map(|&(_, to)| to)
    }

    /// The nodes that must hold besides a node: what it refers to, and its `allOf`.
    pub(super) fn besides(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let steps = self.graph.node(id).steps.iter();
        steps.filter(|(via, _)| matches!(via, Via::Same(Same::Reference | Same::AllOf))).map(|&(_, to)| to)
    }

    /// All nodes that must hold where the given ones do, sorted.
    pub(super) fn conjuncts(&self, ids: &[NodeId]) -> Vec<NodeId> {
        let mut seen: HashSet<NodeId> = ids.iter().copied().collect();
        let mut all: Vec<NodeId> = seen.iter().copied().collect();
        let mut next = 0;
        while let Some(&at) = all.get(next) {
            next += 1;
            all.extend(self.besides(at).filter(|to| seen.insert(*to)));
        }
        // What says nothing is left out, unless nothing else is there: fewer states are told apart.
        all.retain(|&id| !self.is_trivial(id));
        all.sort();
        all
    }

    /// Whether a node refuses nothing by itself.
    pub(super) fn is_trivial(&self, id: NodeId) -> bool {
        match self.value(id) {
            Some(Value::Bool(accepts)) => *accepts,
            _ => self.keywords(id).is_empty(),
        }
    }

    /// Whether a node refuses everything.
    pub(super) fn is_false(&self, id: NodeId) -> bool {
        self.graph.node(id).constant == Some(false)
    }

    /// The kinds that all nodes allow.
    pub(super) fn kinds(&self, ids: &[NodeId]) -> Kinds {
        ids.iter().fold(Kinds::ANY, |kinds, &id| {
            kinds.and(if self.is_false(id) { Kinds::NONE } else { self.graph.node(id).kinds })
        })
    }

    /// Whether any document refers to what is known only while data is checked.
    pub(super) fn is_dynamic(&self) -> bool {
        (0..self.graph.nodes.len()).map(NodeId).filter_map(|id| self.object(id)).any(|object| {
            ["$dynamicRef", "$recursiveRef"].iter().any(|keyword| object.contains_key(*keyword))
        })
    }

    /// The pointer in the schema itself to a keyword of a node, or to the reference that led to its collection.
    pub(super) fn pointer(&self, id: NodeId, segments: &[&str]) -> String {
        let mut pointer = self.graph.place(id);
        if self.graph.node(id).document == 0 {
            segments.iter().for_each(|segment| pointer_push(&mut pointer, segment));
        }
        pointer
    }

    /// The collection whose schema a node is in, when it is not the schema itself.
    pub(super) fn collection(&self, id: NodeId) -> Option<&str> {
        let document = self.documents.get(self.graph.node(id).document)?;
        document.uri.strip_prefix(COLLECTION)
    }
}

/// The value at a pointer of a document. Indexes are read as the walk reads them, which takes more spellings than
/// `Value::pointer`.
fn value_at<'d>(documents: &'d [Document], document: usize, pointer: &str) -> Option<&'d Value> {
    pointer_segments(pointer).try_fold(&documents.get(document)?.root, |value, segment| match value {
        Value::Object(members) => members.get(&segment),
        Value::Array(items) => segment.parse::<usize>().ok().and_then(|index| items.get(index)),
        _ => None,
    })
}

/// Whether two nodes say the same, annotations aside; false also once `steps_left` is used up.
pub(super) fn same(old: &Side<'_>, new: &Side<'_>, start: (NodeId, NodeId), steps_left: &mut u64) -> bool {
    let mut seen = HashSet::from([start]);
    let mut pairs = vec![start];
    while let Some((a, b)) = pairs.pop() {
        let (keywords_a, keywords_b) = (old.keywords(a), new.keywords(b));
        let constants = (old.graph.node(a).constant, new.graph.node(b).constant);
        if *steps_left == 0 || constants.0 != constants.1 || keywords_a.len() != keywords_b.len() {
            return false;
        }
        *steps_left -= 1;
        for ((keyword, holds, x), (other, holds_other, y)) in keywords_a.into_iter().zip(keywords_b) {
            // What `contains` counts as evaluated is not the same in every draft.
            let drafts = keyword != "unevaluatedItems" || old.draft(a) == new.draft(b);
            if keyword != other || holds != holds_other || !drafts {
                return false;
            }
            let Some(inner) = inner_pairs(old, new, (a, b), (keyword, holds), (x, y)) else { return false };
            pairs.extend(inner.into_iter().filter(|pair| seen.insert(*pair)));
        }
    }
    true
}

/// The pairs of schemas that must be the same for a keyword to be; `None` when it is not.
fn inner_pairs(
    old: &Side<'_>,
    new: &Side<'_>,
    (a, b): (NodeId, NodeId),
    (keyword, holds): (&str, Holds),
    (x, y): (&Value, &Value),
) -> Option<Vec<(NodeId, NodeId)>> {
    let both = |segments: &[&str]| Some((old.child(a, segments)?, new.child(b, segments)?));
    match (holds, x, y) {
        (Holds::Nothing, ..) => Some(Vec::new()),
        (Holds::Values, ..) => (x == y).then(Vec::new),
        (Holds::One, ..) => Some(vec![both(&[keyword])?]),
        (Holds::Reference, ..) => Some(vec![(old.target(a)?, new.target(b)?)]),
        (Holds::List, Value::Array(x), Value::Array(y)) if x.len() == y.len() => {
            (0..x.len()).map(|index| both(&[keyword, &index.to_string()])).collect()
        }
        (Holds::Named, Value::Object(x), Value::Object(y)) if x.len() == y.len() => {
            let mut pairs = Vec::new();
            for (name, member) in x {
                let other = y.get(name)?;
                match (member, other) {
                    (Value::Array(_), _) | (_, Value::Array(_)) if member == other => {}
                    _ => pairs.push(both(&[keyword, name])?),
                }
            }
            Some(pairs)
        }
        _ => None,
    }
}
