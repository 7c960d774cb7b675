//! The hints in a schema: `x-index`, `x-unique` and `x-indexes`. Only says which indexes are wanted; never
//! makes one. A hint that would be ignored is refused, since its author counts on it.

use std::collections::{BTreeMap, HashSet};

use serde_json::{Map, Value};

use crate::codec::json::pointer_push;
use crate::ground::error::{Error, Result};
use crate::schema::graph::Graph;
use crate::schema::outcome::Kind;
use crate::schema::shape::{Field, Shape, dotted};
use crate::schema::source::{invalid, read_all};
use crate::schema::violation::short;
use crate::schema::{Resolve, cost, walk};

/// Indexes that one collection may have.
const INDEXES_MAX: usize = 64;
/// Fields that one index may have.
const INDEX_FIELDS_MAX: usize = 8;

/// An index that a schema asks for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct IndexHint {
    /// The fields, each as the segments of its path in the data.
    pub paths: Vec<Vec<String>>,
    /// Whether no two records may have the same values.
    pub unique: bool,
}

/// Reads the indexes that a schema asks for, each once, in the order of their paths.
///
/// A hint that is not usable is `invalid_schema` with its pointer.
pub fn index_hints(schema_text: &str, resolve: &Resolve<'_>) -> Result<Vec<IndexHint>> {
    let documents = read_all(schema_text, resolve)?;
    let graph = walk::Walk::run(&documents)?;
    cost::check(&graph)?;
    let shape = Shape::new(graph);
    let Some(root) = documents.first().and_then(|document| document.root.as_object()) else {
        return Ok(Vec::new());
    };
    let mut reader =
        Reader { shape: &shape, wanted: BTreeMap::new(), visited: HashSet::from([String::new()]) };
    for keyword in ["x-index", "x-unique"] {
        if root.contains_key(keyword) {
            let hint = "set it on a property, or use \"x-indexes\" at the root";
            return Err(invalid(format!("`{keyword}` is for properties"))
                .at(format!("/{keyword}"))
                .hint(hint));
        }
    }
    reader.properties(root, &mut Vec::new(), "")?;
    reader.lists(root)?;
    reader.check_visited(shape.graph())?;
    if reader.wanted.len() > INDEXES_MAX {
        let message =
            format!("a collection is limited to {INDEXES_MAX} indexes, got {}", reader.wanted.len());
        return Err(invalid(message).at("").hint("filters work without indexes; keep those that matter"));
    }
    Ok(reader.wanted.into_iter().map(|(paths, unique)| IndexHint { paths, unique }).collect())
}

struct Reader<'a> {
    shape: &'a Shape,
    /// The indexes so far; whether each is unique.
    wanted: BTreeMap<Vec<Vec<String>>, bool>,
    /// The pointers of the properties that were read.
    visited: HashSet<String>,
}

impl Reader<'_> {
    fn properties(
        &mut self,
        schema: &Map<String, Value>,
        path: &mut Vec<String>,
        pointer: &str,
    ) -> Result<()> {
        let Some(Value::Object(properties)) = schema.get("properties") else { return Ok(()) };
        for (name, property) in properties {
            let Value::Object(property) = property else { continue };
            let mut at = format!("{pointer}/properties");
            pointer_push(&mut at, name);
            path.push(name.clone());
            self.property(property, path, &at)?;
            self.properties(property, path, &at)?;
            path.pop();
            self.visited.insert(at);
        }
        Ok(())
    }

    fn property(&mut self, property: &Map<String, Value>, path: &[String], pointer: &str) -> Result<()> {
        for keyword in ["x-index", "x-unique"] {
            let Some(value) = property.get(keyword) else { continue };
            let at = format!("{pointer}/{keyword}");
            let Some(wanted) = value.as_bool() else {
                let error =
                    invalid(format!("`{keyword}` must be true or false, got {}", short(&value.to_string())));
                return Err(error.at(at).hint(format!("write \"{keyword}\": true")));
            };
            if !wanted {
                continue;
            }
            self.check_scalar(path).map_err(|e| e.at(at))?;
            *self.wanted.entry(vec![path.to_vec()]).or_default() |= keyword == "x-unique";
        }
        Ok(())
    }

    fn lists(&mut self, root: &Map<String, Value>) -> Result<()> {
        let Some(lists) = root.get("x-indexes") else { return Ok(()) };
        let shape_hint = "write \"x-indexes\": [[\"data.a\", \"data.b\"]]";
        let Value::Array(lists) = lists else {
            return Err(invalid("`x-indexes` must be an array of arrays").at("/x-indexes").hint(shape_hint));
        };
        let mut seen = HashSet::new();
        for (number, list) in lists.iter().enumerate() {
            let at = format!("/x-indexes/{number}");
            let fields = list.as_array().map(Vec::as_slice).unwrap_or_default();
            if fields.is_empty() || fields.len() > INDEX_FIELDS_MAX {
                let message = format!("an index must list 1 to {INDEX_FIELDS_MAX} fields");
                return Err(invalid(message).at(at).hint(shape_hint));
            }
            let mut paths: Vec<Vec<String>> = Vec::new();
            for (place, field) in fields.iter().enumerate() {
                let path = field.as_str().and_then(data_path).ok_or_else(|| {
                    invalid("a field of an index must be a path such as data.amount").hint(shape_hint)
                });
                let path = path.and_then(|path| self.check_scalar(&path).map(|()| path));
                let path = path.map_err(|e| e.at(format!("{at}/{place}")))?;
                if paths.contains(&path) {
                    let error = invalid("an index lists the same field twice").at(format!("{at}/{place}"));
                    return Err(error.hint("leave one of the two out"));
                }
                paths.push(path);
            }
            if !seen.insert(paths.clone()) {
                return Err(invalid("the same index is listed twice")
                    .at(at)
                    .hint("leave one of the two out"));
            }
            self.wanted.entry(paths).or_default();
        }
        Ok(())
    }

    fn check_scalar(&self, path: &[String]) -> Result<()> {
        match self.shape.field(path) {
            Field::Impossible { nearest } => {
                let error = invalid(format!("the schema says that `data.{}` cannot exist", dotted(path)));
                Err(match nearest {
                    Some(nearest) => error.hint(format!("did you mean `data.{nearest}`?")),
                    None => error.hint("declare it under `properties`"),
                })
            }
            Field::Known(declared) if !declared.kinds.is_any() && declared.kinds.allows_nested() => {
                let kind = if declared.kinds.allows(Kind::Object) { "an object" } else { "an array" };
                let message = format!("`data.{}` may be {kind}, which an index cannot hold", dotted(path));
                Err(invalid(message).hint("index a string, number or boolean inside it"))
            }
            _ => Ok(()),
        }
    }

    /// Refuses hints on subschemas that are not reached from the root through `properties` alone.
    fn check_visited(&self, graph: &Graph) -> Result<()> {
        let missed = graph.nodes.iter().filter(|node| node.document == 0 && node.hinted);
        let missed = missed.map(|node| &node.pointer).find(|pointer| !self.visited.contains(*pointer));
        let refuse = |pointer: &String| -> Error {
            invalid("`x-index` and `x-unique` work on properties that are reached through `properties` only")
                .at(pointer.as_str())
                .hint("name the path in \"x-indexes\" at the root instead")
        };
        missed.map_or(Ok(()), |pointer| Err(refuse(pointer)))
    }
}

/// The segments of a path such as `data.address.city`; `\.` is a dot in a key.
fn data_path(field: &str) -> Option<Vec<String>> {
    let mut segments = vec![String::new()];
    let mut letters = field.strip_prefix("data.")?.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '.' => segments.push(String::new()),
            '\\' => segments.last_mut()?.push(letters.next()?),
            other => segments.last_mut()?.push(other),
        }
    }
    segments.iter().all(|segment| !segment.is_empty()).then_some(segments)
}
