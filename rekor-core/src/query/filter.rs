//! Filters as they are evaluated and planned, read from JSON. What a filter means lives in `matcher`; what a
//! value stands for in `operand`. Every fault is named with its place under `/filter`.
//!
//! `{"field","op","value"}`, `{"and": [...]}`, `{"or": [...]}` and `{"not": ...}`. An empty `and` is true, an empty
//! `or` false.

use crate::codec::id::shorten;
use crate::codec::json::Tree;
use crate::codec::pick::stored_key;
use crate::codec::scalar::Scalar;
use crate::ground::error::{Code, Error, Result};
use crate::ground::limits::{FILTER_CLAUSES, FILTER_DEPTH, IN_VALUES};
use crate::query::like::Pattern;
use crate::query::operand::{check_time, meanings};
use crate::query::tuple::{Named, Names};
use crate::schema::nearest;

/// A condition on tuples.
#[derive(Debug, Clone)]
pub enum Filter {
    /// All of these.
    All(Vec<Filter>),
    /// Any of these.
    Any(Vec<Filter>),
    /// Not this.
    Not(Box<Filter>),
    /// One field passes one test.
    Test {
        /// Which value is tested.
        slot: usize,
        /// How.
        test: Test,
    },
}

/// How one value is tested.
#[derive(Debug, Clone)]
pub enum Test {
    /// It equals one of these, which stand in order: `eq` and `in`.
    In(Vec<Scalar<'static>>),
    /// It is missing or equals none of these: `neq` and `not_in`.
    NotIn(Vec<Scalar<'static>>),
    /// It compares so with the one of these that is of its class.
    Compare(Comparison, Vec<Scalar<'static>>),
    /// It is a string that matches: `like` and `ilike`.
    Like(Pattern),
    /// It is null or missing.
    IsNull,
    /// It is neither.
    IsNotNull,
    /// It is an array with one of these elements, or an object with the key.
    Has {
        /// The element that is looked for, by all that it stands for.
        elements: Vec<Scalar<'static>>,
        /// Whether the schema declares the elements date-times.
        date_time: bool,
        /// The key, as stored.
        key: Option<Box<str>>,
    },
}

/// An order test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `gt`
    Gt,
    /// `gte`
    Gte,
    /// `lt`
    Lt,
    /// `lte`
    Lte,
}

/// Every operator, in the order of the documents.
pub const OPERATORS: [&str; 13] =
    ["eq", "neq", "gt", "gte", "lt", "lte", "in", "not_in", "like", "ilike", "is_null", "is_not_null", "has"];

impl Filter {
    /// The filter that everything passes.
    #[must_use]
    pub const fn everything() -> Self {
        Self::All(Vec::new())
    }

    /// Reads a filter; its errors point below `root`, such as `/filter`.
    pub fn parse(text: &str, root: &str, names: &mut dyn Names) -> Result<Self> {
        let tree = Tree::parse(text).map_err(|e| e.under(root))?;
        Reader { names, clauses: 0 }.filter(&tree, root, 1)
    }

    /// Whether everything passes, as far as its shape tells.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        matches!(self, Self::All(parts) if parts.iter().all(Self::is_everything))
    }

    /// Marks the slots that it looks at.
    pub fn mark_slots(&self, marks: &mut [bool]) {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.mark_slots(marks)),
            Self::Not(inner) => inner.mark_slots(marks),
            Self::Test { slot, .. } => {
                if let Some(mark) = marks.get_mut(*slot) {
                    *mark = true;
                }
            }
        }
    }

    /// The tests that all must pass, seen through nested `and`s.
    pub fn conjuncts<'f>(&'f self, into: &mut Vec<&'f Self>) {
        match self {
            Self::All(parts) => parts.iter().for_each(|part| part.conjuncts(into)),
            other => into.push(other),
        }
    }
}

struct Reader<'n> {
    names: &'n mut dyn Names,
    clauses: usize,
}

impl Reader<'_> {
    fn filter(&mut self, tree: &Tree, at: &str, depth: usize) -> Result<Filter> {
        FILTER_DEPTH.check(depth).map_err(|e| e.at(at))?;
        let members = match tree {
            Tree::Object(members) => members,
            Tree::Array(_) => {
                let error = invalid("a filter is an object, got an array", at);
                return Err(error.hint(r#"write {"and": [...]}"#));
            }
            other => return Err(invalid(format!("a filter is an object, got {}", other.kind_name()), at)),
        };
        match members.as_slice() {
            [(key, list)] if key == "and" => Ok(Filter::All(self.list(list, &format!("{at}/and"), depth)?)),
            [(key, list)] if key == "or" => Ok(Filter::Any(self.list(list, &format!("{at}/or"), depth)?)),
            [(key, inner)] if key == "not" => {
                Ok(Filter::Not(Box::new(self.filter(inner, &format!("{at}/not"), depth + 1)?)))
            }
            [] => Err(invalid("the filter is empty", at).hint("leave it out to match every record")),
            _ => self.test(members, at),
        }
    }

    fn list(&mut self, tree: &Tree, at: &str, depth: usize) -> Result<Vec<Filter>> {
        let Tree::Array(parts) = tree else {
            return Err(invalid(format!("a list of filters is expected, got {}", tree.kind_name()), at));
        };
        if parts.is_empty() {
            self.count(at)?;
        }
        parts.iter().enumerate().map(|(n, part)| self.filter(part, &format!("{at}/{n}"), depth + 1)).collect()
    }

    /// Counts a clause: a test, or a list without any.
    fn count(&mut self, at: &str) -> Result<()> {
        self.clauses += 1;
        FILTER_CLAUSES.check(self.clauses).map_err(|e| e.at(at))
    }

    fn test(&mut self, members: &[(String, Tree)], at: &str) -> Result<Filter> {
        const KEYS: [&str; 6] = ["field", "op", "value", "and", "or", "not"];
        self.count(at)?;
        let combined = members.iter().any(|(key, _)| matches!(key.as_str(), "and" | "or" | "not"));
        if let Some((key, _)) = members.iter().find(|(key, _)| !KEYS.contains(&key.as_str())) {
            let error = invalid(
                format!("a filter has no key `{}`", shorten(key)),
                &format!("{at}/{}", pointer_part(key)),
            );
            return Err(match nearest(key, KEYS) {
                Some(meant) => error.hint(format!("use `{meant}`")),
                None => error.hint(r#"write {"field": "data.status", "op": "eq", "value": "open"}"#),
            });
        }
        if combined {
            let error = invalid("`and`, `or` and `not` stand alone in their object", at);
            return Err(error.hint(r#"write {"and": [{...}, {"or": [...]}]}"#));
        }
        let get = |name: &str| members.iter().find(|(key, _)| key == name).map(|(_, value)| value);
        let text = |name: &str| match get(name) {
            Some(Tree::String(text)) => Ok(text.as_str()),
            Some(other) => Err(invalid(
                format!("`{name}` is a string, got {}", other.kind_name()),
                &format!("{at}/{name}"),
            )),
            None => Err(invalid(format!("`{name}` is missing"), at)
                .hint(r#"write {"field": "data.status", "op": "eq", "value": "open"}"#)),
        };
        let (field, op) = (text("field")?, text("op")?);
        if !OPERATORS.contains(&op) {
            let error = invalid(format!("there is no operator `{}`", shorten(op)), &format!("{at}/op"));
            return Err(match nearest(op, OPERATORS) {
                Some(meant) => error.hint(format!("use `{meant}`; there are {}", OPERATORS.join(", "))),
                None => error.hint(format!("there are {}", OPERATORS.join(", "))),
            });
        }
        let named = self.names.slot(field, &format!("{at}/field"))?;
        let operand = Operand { field, op, named, value: get("value"), at: &format!("{at}/value") };
        Ok(Filter::Test { slot: named.slot, test: operand.test(at)? })
    }
}

/// The right side of a test.
struct Operand<'o> {
    field: &'o str,
    op: &'o str,
    named: Named,
    value: Option<&'o Tree>,
    at: &'o str,
}

impl Operand<'_> {
    fn test(&self, clause: &str) -> Result<Test> {
        if matches!(self.op, "is_null" | "is_not_null") {
            return match self.value {
                None | Some(Tree::Null | Tree::Bool(true)) => {
                    Ok(if self.op == "is_null" { Test::IsNull } else { Test::IsNotNull })
                }
                Some(_) => {
                    Err(invalid(format!("`{}` takes no value", self.op), self.at).hint("leave `value` out"))
                }
            };
        }
        let value = self
            .value
            .ok_or_else(|| invalid(format!("`{}` needs a value", self.op), clause).hint("add `value`"))?;
        match self.op {
            "eq" => Ok(Test::In(self.one(value)?)),
            "neq" => Ok(Test::NotIn(self.one(value)?)),
            "gt" => Ok(Test::Compare(Comparison::Gt, self.one(value)?)),
            "gte" => Ok(Test::Compare(Comparison::Gte, self.one(value)?)),
            "lt" => Ok(Test::Compare(Comparison::Lt, self.one(value)?)),
            "lte" => Ok(Test::Compare(Comparison::Lte, self.one(value)?)),
            "in" => Ok(Test::In(self.many(value)?)),
            "not_in" => Ok(Test::NotIn(self.many(value)?)),
            "has" => self.has(value),
            folded => self.pattern(value, folded == "ilike"),
        }
    }

    fn one(&self, value: &Tree) -> Result<Vec<Scalar<'static>>> {
        if *value == Tree::Null {
            let hint = if self.op == "neq" { "use `is_not_null`" } else { "use `is_null` or `is_not_null`" };
            let hint = if self.op == "eq" { "use `is_null`" } else { hint };
            return Err(invalid(format!("`{}` does not compare with null", self.op), self.at).hint(hint));
        }
        check_time(self.field, value, self.named.typing).map_err(|e| e.at(self.at))?;
        let mut values = meanings(value, self.named.typing).map_err(|e| e.at(self.at))?;
        values.sort();
        Ok(values)
    }

    fn many(&self, value: &Tree) -> Result<Vec<Scalar<'static>>> {
        let Tree::Array(list) = value else {
            let error = invalid(format!("`{}` takes a list, got {}", self.op, value.kind_name()), self.at);
            return Err(error.hint(r#"write "value": ["a", "b"]"#));
        };
        IN_VALUES.check(list.len()).map_err(|e| e.at(self.at))?;
        let mut values = Vec::with_capacity(list.len());
        for (n, value) in list.iter().enumerate() {
            let at = &format!("{}/{n}", self.at);
            values.extend(Operand { at, ..*self }.one(value)?);
        }
        values.sort();
        values.dedup();
        Ok(values)
    }

    fn has(&self, value: &Tree) -> Result<Test> {
        let typing = self.named.element;
        let elements = match value {
            Tree::Null => vec![Scalar::Null],
            value => meanings(value, typing).map_err(|e| e.at(self.at))?,
        };
        let key = value.as_str().map(stored_key);
        Ok(Test::Has { elements, date_time: typing.date_time, key })
    }

    fn pattern(&self, value: &Tree, folded: bool) -> Result<Test> {
        let Tree::String(text) = value else {
            return Err(invalid(format!("`{}` takes a string, got {}", self.op, value.kind_name()), self.at));
        };
        Pattern::new(text, folded).map(Test::Like).map_err(|e| e.at(self.at))
    }
}

fn pointer_part(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

fn invalid(message: impl Into<String>, at: &str) -> Error {
    Error::new(Code::InvalidFilter, message).at(at)
}
