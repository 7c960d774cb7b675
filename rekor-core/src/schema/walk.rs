//! The walk through schema documents that makes the graph and checks what the meta-schemas do not: ids,
//! patterns, long enums. Never follows a reference itself; `reference` does, and then walks on from here.

use std::collections::HashMap;
use std::rc::Rc;

use jsonschema::Draft;
use serde_json::{Map, Value};

use crate::codec::json::pointer_push;
use crate::ground::error::{Error, Result};
use crate::ground::limits;
use crate::schema::graph::{Graph, Node, NodeId, Same, Via};
use crate::schema::outcome::Kinds;
use crate::schema::pattern::Patterns;
use crate::schema::reference::absolute;
use crate::schema::source::{COLLECTION, Document, draft_named, invalid};
use crate::schema::violation::short;

/// A place in a document: the value there, its pointer and the address that relative references start from.
#[derive(Clone)]
pub(super) struct Place<'d> {
    pub(super) document: usize,
    pub(super) value: &'d Value,
    pub(super) pointer: String,
    pub(super) base: Rc<str>,
}

/// A reference that is still to be followed.
pub(super) struct Pending<'d> {
    pub(super) from: NodeId,
    pub(super) at: Place<'d>,
    pub(super) reference: &'d str,
    pub(super) dynamic: bool,
}

/// The walk: the graph so far, and what names lead where.
pub(super) struct Walk<'d> {
    pub(super) documents: &'d [Document],
    pub(super) graph: Graph,
    /// The node of each value, by its address in memory.
    known: HashMap<usize, NodeId>,
    /// The places that have an address of their own.
    pub(super) resources: HashMap<String, Place<'d>>,
    /// The nodes with an anchor, by the address of their resource and the name.
    pub(super) anchors: HashMap<(String, String), NodeId>,
    pub(super) pending: Vec<Pending<'d>>,
}

impl<'d> Walk<'d> {
    /// Makes the graph of the first document and of all that it reaches.
    pub(super) fn run(documents: &'d [Document]) -> Result<Graph> {
        let graph = Graph {
            nodes: Vec::new(),
            patterns: Patterns::default(),
            references: Vec::new(),
            entrances: vec![String::new(); documents.len()],
        };
        let (known, resources, anchors) = (HashMap::new(), HashMap::new(), HashMap::new());
        let mut walk = Self { documents, graph, known, resources, anchors, pending: Vec::new() };
        walk.document(0)?;
        walk.follow()?;
        walk.graph.references.sort();
        walk.graph.references.dedup();
        Ok(walk.graph)
    }

    /// Walks a document from its root.
    pub(super) fn document(&mut self, number: usize) -> Result<()> {
        let Some(document) = self.documents.get(number) else { return Ok(()) };
        let base: Rc<str> = document.uri.as_str().into();
        let place = Place { document: number, value: &document.root, pointer: String::new(), base };
        self.resources.insert(document.uri.clone(), place.clone());
        self.schema(place).map(|_| ())
    }

    /// Walks a subschema, unless it was walked before, and answers its node.
    pub(super) fn schema(&mut self, mut place: Place<'d>) -> Result<NodeId> {
        let address = std::ptr::from_ref(place.value).addr();
        if let Some(&known) = self.known.get(&address) {
            return Ok(known);
        }
        let id = NodeId(self.graph.nodes.len());
        self.known.insert(address, id);
        let draft = self.documents.get(place.document).map_or(Draft::Draft202012, |document| document.draft);
        let object = place.value.as_object();
        // In draft 7 a reference silences all keywords beside it.
        let alone = draft == Draft::Draft7 && object.is_some_and(|object| object.contains_key("$ref"));
        let heard = object.filter(|_| !alone);
        self.graph.nodes.push(Node {
            document: place.document,
            pointer: place.pointer.clone(),
            constant: place.value.as_bool(),
            kinds: heard.map_or(Kinds::ANY, Kinds::of_schema),
            date_time: heard.and_then(|o| o.get("format")).and_then(Value::as_str) == Some("date-time"),
            hinted: object.is_some_and(|o| o.contains_key("x-index") || o.contains_key("x-unique")),
            steps: Vec::new(),
        });
        let Some(object) = object else { return Ok(id) };
        if !alone {
            self.names(id, &mut place, object, draft)?;
        }
        self.references(id, &place, object);
        for (keyword, value) in object {
            if alone && keyword != "definitions" {
                continue;
            }
            self.check(&place, keyword, value)?;
            self.applicator(id, &place, object, keyword, value)?;
        }
        Ok(id)
    }

    /// Takes note of `$id` and the anchors of a schema object.
    fn names(
        &mut self,
        id: NodeId,
        place: &mut Place<'d>,
        object: &'d Map<String, Value>,
        draft: Draft,
    ) -> Result<()> {
        if let Some(schema) = object.get("$schema")
            && draft_named(schema) != Some(draft)
        {
            let error = invalid("`$schema` inside a schema names another draft than its root");
            return Err(self.failed(place, "$schema", error.hint("use one draft in the whole document")));
        }
        if let Some(name) = object.get("$id").and_then(Value::as_str) {
            if let (Draft::Draft7, Some(anchor)) = (draft, name.strip_prefix('#')) {
                self.anchors.insert((place.base.to_string(), anchor.to_owned()), id);
            } else {
                self.resource(place, name)?;
            }
        }
        for keyword in ["$anchor", "$dynamicAnchor"] {
            if let Some(name) = object.get(keyword).and_then(Value::as_str) {
                self.anchors.insert((place.base.to_string(), name.to_owned()), id);
            }
        }
        Ok(())
    }

    fn resource(&mut self, place: &mut Place<'d>, name: &str) -> Result<()> {
        let uri = absolute(&place.base, name.trim_end_matches('#'));
        let Some(uri) = uri.filter(|uri| !uri.starts_with(COLLECTION)) else {
            let error = invalid(format!("`$id` cannot be `{}`", short(name)));
            return Err(self.failed(
                place,
                "$id",
                error.hint("leave `$id` out, or use an address of your own"),
            ));
        };
        place.base = uri.as_str().into();
        // A schema that is reached again under another address, as when two collections refer to each other, may
        // repeat its id.
        let earlier = self.resources.entry(uri.clone()).or_insert_with(|| place.clone());
        if earlier.value != place.value {
            let error = invalid(format!("two schemas have the `$id` `{}`", short(&uri)));
            return Err(self.failed(place, "$id", error.hint("leave one of the two out")));
        }
        Ok(())
    }

    fn references(&mut self, id: NodeId, place: &Place<'d>, object: &'d Map<String, Value>) {
        for keyword in ["$ref", "$dynamicRef", "$recursiveRef"] {
            if let Some(Value::String(reference)) = object.get(keyword) {
                let mut at = place.clone();
                pointer_push(&mut at.pointer, keyword);
                self.pending.push(Pending { from: id, at, reference, dynamic: keyword != "$ref" });
            }
        }
    }

    /// Checks the keywords whose values can be too large or cannot be used.
    fn check(&mut self, place: &Place<'d>, keyword: &str, value: &'d Value) -> Result<()> {
        match (keyword, value) {
            ("enum", Value::Array(values)) => limits::ENUM_VALUES.check(values.len()).map_err(|e| {
                self.failed(place, keyword, e.hint("use a pattern, or keep the values as records"))
            }),
            ("pattern", Value::String(pattern)) => {
                self.graph.patterns.add(pattern).map_err(|e| self.failed(place, keyword, e))
            }
            ("patternProperties", Value::Object(members)) => {
                for pattern in members.keys() {
                    let added = self.graph.patterns.add(pattern);
                    added.map_err(|e| {
                        let mut inner = place.clone();
                        pointer_push(&mut inner.pointer, keyword);
                        self.failed(&inner, pattern, e)
                    })?;
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Walks the subschemas of one keyword.
    fn applicator(
        &mut self,
        id: NodeId,
        place: &Place<'d>,
        object: &'d Map<String, Value>,
        keyword: &str,
        value: &'d Value,
    ) -> Result<()> {
        let with_if = object.contains_key("if");
        let single = match keyword {
            "additionalProperties" => Via::OtherProperties,
            "unevaluatedProperties" => Via::UnevaluatedProperties,
            "propertyNames" => Via::PropertyNames,
            "items" if !value.is_array() => Via::OtherElements,
            "additionalItems" if object.get("items").is_some_and(Value::is_array) => Via::OtherElements,
            "unevaluatedItems" => Via::UnevaluatedElements,
            "contains" => Via::Contains,
            "if" => Via::Same(Same::If),
            "then" if with_if => Via::Same(Same::Then),
            "else" if with_if => Via::Same(Same::Else),
            "not" => Via::Same(Same::Maybe),
            "then" | "else" | "contentSchema" | "additionalItems" => Via::Aside,
            _ => return self.applicators(id, place, keyword, value),
        };
        self.step(id, place, &[keyword], single, value)
    }

    /// Walks the subschemas of a keyword that holds several.
    fn applicators(&mut self, id: NodeId, place: &Place<'d>, keyword: &str, value: &'d Value) -> Result<()> {
        match value {
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    let via = match keyword {
                        "allOf" => Via::Same(Same::AllOf),
                        "anyOf" | "oneOf" => Via::Same(Same::OneOrMore),
                        "prefixItems" | "items" => Via::Element(index),
                        _ => return Ok(()),
                    };
                    self.step(id, place, &[keyword, &index.to_string()], via, item)?;
                }
            }
            Value::Object(members) => {
                for (name, member) in members {
                    let via = match keyword {
                        "properties" => Via::Property(name.clone()),
                        "patternProperties" => Via::Matching(name.clone()),
                        "dependentSchemas" => Via::Same(Same::Maybe),
                        "dependencies" if !member.is_array() => Via::Same(Same::Maybe),
                        "$defs" | "definitions" => Via::Aside,
                        "dependencies" => continue,
                        _ => return Ok(()),
                    };
                    self.step(id, place, &[keyword, name], via, member)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn step(
        &mut self,
        from: NodeId,
        place: &Place<'d>,
        segments: &[&str],
        via: Via,
        value: &'d Value,
    ) -> Result<()> {
        let mut inner = Place { value, ..place.clone() };
        segments.iter().for_each(|segment| pointer_push(&mut inner.pointer, segment));
        let to = self.schema(inner)?;
        self.connect(from, via, to);
        Ok(())
    }

    pub(super) fn connect(&mut self, from: NodeId, via: Via, to: NodeId) {
        if let Some(node) = self.graph.nodes.get_mut(from.0) {
            node.steps.push((via, to));
        }
    }

    /// Sets the pointer of an error: in the schema itself, or where the other document was reached.
    pub(super) fn failed(&self, place: &Place<'_>, segment: &str, error: Error) -> Error {
        let mut pointer = place.pointer.clone();
        if !segment.is_empty() {
            pointer_push(&mut pointer, segment);
        }
        match place.document {
            0 => error.at(pointer),
            other => error.at(self.graph.entrances.get(other).cloned().unwrap_or_default()),
        }
    }
}
