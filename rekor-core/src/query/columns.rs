//! The columns of an aggregate's answer: group fields, then aliases. Read from the request, and the names that
//! `having` and `sort` may use.

use crate::api::query::Aggregate;
use crate::codec::id::shorten;
use crate::codec::json::Tree;
use crate::ground::error::{Code, Error, Result};
use crate::ground::limits::{AGGREGATIONS, GROUP_FIELDS};
use crate::query::accumulator::Function;
use crate::query::fields::{Field, Typing};
use crate::query::tuple::{Named, Names, Slots};
use crate::schema::Shape;
use crate::schema::nearest;

const EXAMPLE: &str = r#"write {"fn": "sum", "field": "data.amount", "alias": "total"}"#;

/// What an aggregate computes.
#[derive(Debug)]
pub(super) struct Columns {
    names: Vec<(String, Typing)>,
    /// The slots of the group fields.
    pub(super) group_slots: Vec<usize>,
    pub(super) totals: Vec<Total>,
}

/// One aggregation.
#[derive(Debug, Clone)]
pub(super) struct Total {
    pub(super) function: Function,
    pub(super) function_name: &'static str,
    /// None counts records.
    pub(super) slot: Option<usize>,
    pub(super) alias: String,
}

impl Columns {
    /// Reads `group_by` and `aggregations`.
    pub(super) fn read(request: &Aggregate, shape: &Shape, slots: &mut Slots<'_>) -> Result<Self> {
        let mut columns = Self { names: Vec::new(), group_slots: Vec::new(), totals: Vec::new() };
        GROUP_FIELDS.check(request.group_by.len()).map_err(|e| e.at("/group_by"))?;
        for (n, name) in request.group_by.iter().enumerate() {
            let at = format!("/group_by/{n}");
            let (field, typing) = Field::parse(name, shape, &at)?;
            columns.add_name(name, typing, &at)?;
            columns.group_slots.push(slots.add(field, typing));
        }
        let tree = match &request.aggregations {
            Some(json) => Tree::parse(json.text()).map_err(|e| e.under("/aggregations"))?,
            None => Tree::Array(Vec::new()),
        };
        let list = match &tree {
            Tree::Array(list) => list.as_slice(),
            Tree::Object(_) => std::slice::from_ref(&tree),
            other => {
                let message = format!("aggregations are a list, got {}", other.kind_name());
                return Err(invalid(message, "/aggregations").hint(EXAMPLE));
            }
        };
        AGGREGATIONS.check(list.len()).map_err(|e| e.at("/aggregations"))?;
        for (n, aggregation) in list.iter().enumerate() {
            columns.add_total(aggregation, &format!("/aggregations/{n}"), slots)?;
        }
        if columns.names.is_empty() {
            return Err(invalid("nothing is to be computed", "/aggregations").hint(EXAMPLE));
        }
        Ok(columns)
    }

    fn add_total(&mut self, tree: &Tree, at: &str, slots: &mut Slots<'_>) -> Result<()> {
        const KEYS: [&str; 3] = ["fn", "field", "alias"];
        let Tree::Object(members) = tree else {
            return Err(
                invalid(format!("an aggregation is an object, got {}", tree.kind_name()), at).hint(EXAMPLE)
            );
        };
        if let Some((key, _)) = members.iter().find(|(key, _)| !KEYS.contains(&key.as_str())) {
            let error = invalid(format!("an aggregation has no key `{}`", shorten(key)), at);
            return Err(
                error.hint(nearest(key, KEYS).map_or(EXAMPLE.to_owned(), |meant| format!("use `{meant}`")))
            );
        }
        let text = |key: &str| match tree.get(key) {
            None | Some(Tree::Null) => Ok(None),
            Some(Tree::String(text)) => Ok(Some(text.as_str())),
            Some(other) => Err(invalid(
                format!("`{key}` is a string, got {}", other.kind_name()),
                &format!("{at}/{key}"),
            )),
        };
        let (name, field, alias) = (text("fn")?, text("field")?, text("alias")?);
        let name = name.ok_or_else(|| invalid("`fn` is missing", at).hint(EXAMPLE))?;
        let known = Function::ALL.into_iter().find(|(known, _)| *known == name);
        let (function_name, function) = known.ok_or_else(|| unknown_function(name, &format!("{at}/fn")))?;
        let alias = alias.filter(|alias| !alias.is_empty()).ok_or_else(|| {
            let meant =
                field.and_then(|field| field.rsplit('.').next()).map_or(String::new(), |f| format!("_{f}"));
            invalid("an aggregation needs an alias to name its column", at)
                .hint(format!(r#"add "alias": "{name}{meant}""#))
        })?;
        let named = match field {
            Some(field) => Some(slots.slot(field, &format!("{at}/field"))?),
            None if function == Function::Count => None,
            None => {
                let error = invalid(format!("`{name}` needs a field"), at);
                return Err(error.hint(r#"add "field": "data.amount""#));
            }
        };
        let typing = match named {
            Some(named) if !function.is_number() => named.typing,
            _ => Typing::number(),
        };
        self.add_name(alias, typing, &format!("{at}/alias"))?;
        let slot = named.map(|named| named.slot);
        self.totals.push(Total { function, function_name, slot, alias: alias.to_owned() });
        Ok(())
    }

    fn add_name(&mut self, name: &str, typing: Typing, at: &str) -> Result<()> {
        if self.names.iter().any(|(have, _)| have == name) {
            let message = format!("two columns have the name `{}`", shorten(name));
            return Err(invalid(message, at).hint("give each column a name of its own"));
        }
        self.names.push((name.to_owned(), typing));
        Ok(())
    }

    /// How many of the columns are group fields.
    pub(super) fn groups(&self) -> usize {
        self.group_slots.len()
    }

    pub(super) fn into_names(self) -> Vec<String> {
        self.names.into_iter().map(|(name, _)| name).collect()
    }
}

impl Names for Columns {
    fn slot(&mut self, name: &str, pointer: &str) -> Result<Named> {
        let found = self.names.iter().enumerate().find(|(_, (have, _))| have == name);
        if let Some((slot, (_, typing))) = found {
            return Ok(Named { slot, typing: *typing, element: Typing::default() });
        }
        let all = || self.names.iter().map(|(name, _)| name.as_str());
        let error = Error::new(Code::UnknownField, format!("the answer has no column `{}`", shorten(name)));
        Err(error.at(pointer).hint(match nearest(name, all()) {
            Some(meant) => meant.to_owned(),
            None => format!("its columns are {}", all().collect::<Vec<_>>().join(", ")),
        }))
    }
}

fn unknown_function(name: &str, at: &str) -> Error {
    let all = || Function::ALL.into_iter().map(|(name, _)| name);
    let error = invalid(format!("there is no function `{}`", shorten(name)), at);
    match nearest(name, all()) {
        Some(meant) => error.hint(format!("use `{meant}`")),
        None => error.hint(format!("there are {}", all().collect::<Vec<_>>().join(", "))),
    }
}

fn invalid(message: impl Into<String>, at: &str) -> Error {
    Error::new(Code::InvalidRequest, message).at(at)
}
