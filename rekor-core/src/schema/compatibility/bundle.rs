//! A schema as one document that refers to nothing outside itself, for the algebra: what is referred to becomes a
//! definition, also the root and the schemas of other collections, and what refuses nothing is left out.
//!
//! Both sides name a definition by where it comes from, so what did not change has one name.

use std::collections::HashSet;

use jsonschema::Draft;
use serde_json::{Map, Value, json};

use crate::schema::compatibility::rules::Property;
use crate::schema::compatibility::side::{Holds, Side};
use crate::schema::graph::NodeId;

/// Writes one side; the properties in `free` may be anything. `None` when it has no such form.
pub(super) fn bundle(side: &Side<'_>, free: &HashSet<Property>) -> Option<Value> {
    let draft = side.draft(NodeId::ROOT);
    // The graph holds every document that is reached, and no other.
    let one_draft = side
        .graph
        .nodes
        .iter()
        .all(|node| side.documents.get(node.document).is_some_and(|document| document.draft == draft));
    if !one_draft || side.is_dynamic() {
        return None;
    }
    let mut bundle = Bundle {
        side,
        free,
        definitions: if draft == Draft::Draft7 { "definitions" } else { "$defs" },
        wanted: Vec::new(),
    };
    let mut root = bundle.schema(NodeId::ROOT)?;
    if side.alone(NodeId::ROOT) {
        // The data of a record is an object whatever the reference says.
        root = json!({ "type": "object", "allOf": [root] });
    }
    let (mut defined, mut seen) = (Map::new(), HashSet::new());
    while let Some(id) = bundle.wanted.pop() {
        if seen.insert(id) {
            defined.insert(bundle.name(id), bundle.schema(id)?);
        }
    }
    let object = root.as_object_mut()?;
    if !defined.is_empty() {
        object.insert(bundle.definitions.to_owned(), Value::Object(defined));
    }
    let draft = match draft {
        Draft::Draft7 => "http://json-schema.org/draft-07/schema#",
        Draft::Draft201909 => "https://json-schema.org/draft/2019-09/schema",
        _ => "https://json-schema.org/draft/2020-12/schema",
    };
    object.insert("$schema".to_owned(), Value::from(draft));
    Some(root)
}

struct Bundle<'s> {
    side: &'s Side<'s>,
    free: &'s HashSet<Property>,
    /// The keyword of definitions.
    definitions: &'static str,
    /// What was referred to and may not be defined yet.
    wanted: Vec<NodeId>,
}

impl Bundle<'_> {
    /// The name of a definition: its document and pointer, in letters that a fragment takes as they are.
    fn name(&self, id: NodeId) -> String {
        let node = self.side.graph.node(id);
        let uri = self.side.documents.get(node.document).map_or("", |document| document.uri.as_str());
        let mut name = String::new();
        for byte in uri.bytes().chain([b'#']).chain(node.pointer.bytes()) {
            match byte {
                b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'-' => name.push(char::from(byte)),
                other => name.push_str(&format!("_{other:02x}")),
            }
        }
        name
    }

    /// One schema. Goes down as deep as the text of a document does, which is bounded.
    fn schema(&mut self, id: NodeId) -> Option<Value> {
        if let Some(constant) = self.side.graph.node(id).constant {
            return Some(Value::Bool(constant));
        }
        let mut schema = Map::new();
        for (keyword, holds, value) in self.side.keywords(id) {
            let said = match holds {
                Holds::Nothing => continue,
                Holds::Values => value.clone(),
                Holds::Reference => {
                    let target = self.side.target(id)?;
                    self.wanted.push(target);
                    Value::from(format!("#/{}/{}", self.definitions, self.name(target)))
                }
                Holds::One => self.child(id, &[keyword])?,
                Holds::List => {
                    let count = value.as_array()?.len();
                    (0..count)
                        .map(|index| self.child(id, &[keyword, &index.to_string()]))
                        .collect::<Option<_>>()?
                }
                Holds::Named => Value::Object(self.named(id, keyword, value.as_object()?)?),
            };
            schema.insert(keyword.to_owned(), said);
        }
        Some(Value::Object(schema))
    }

    fn child(&mut self, id: NodeId, segments: &[&str]) -> Option<Value> {
        let child = self.side.child(id, segments)?;
        self.schema(child)
    }

    fn named(
        &mut self,
        id: NodeId,
        keyword: &str,
        members: &Map<String, Value>,
    ) -> Option<Map<String, Value>> {
        let mut named = Map::new();
        for (name, member) in members {
            let said = if keyword == "properties" && self.free.contains(&(id, name.clone())) {
                Value::Bool(true)
            } else if member.is_array() {
                member.clone()
            } else {
                self.child(id, &[keyword, name])?
            };
            named.insert(name.clone(), said);
        }
        Some(named)
    }
}
