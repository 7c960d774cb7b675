//! The algebra of schemas: whether it is proven that one takes all that another takes. The only place that names
//! the experimental part of the validator's crate; what it cannot prove in bounds is left undecided.
//!
//! It runs on a thread of its own, whose stack holds its recursion, and a panic there is an answer as well.

use std::collections::HashMap;

use jsonschema::canonical::{CanonicalSchema, Containment, options};
use serde_json::Value;

use crate::schema::pattern;
use crate::schema::source::SELF;

/// Bytes of each text up to which the algebra is asked.
const BYTES_MAX: usize = 128 << 10;
/// The estimated cost of each schema up to which it is; the algebra takes about 6 µs for each unit.
const COST_MAX: u64 = 8_000;
/// The stack of its thread; only what is used takes memory.
const STACK_BYTES: usize = 64 << 20;

/// What the algebra says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    /// The new schema takes all that the old one took.
    Covered,
    /// There is data that only the old one took.
    Refused,
    Undecided,
}

/// Asks whether `new` takes all that `old` takes; both refer to nothing outside themselves, and have no format that
/// the validator does not check.
pub(super) fn ask(old: &Value, new: &Value) -> Answer {
    if [old, new].iter().any(|schema| schema.to_string().len() > BYTES_MAX) {
        return Answer::Undecided;
    }
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name("schema-algebra".to_owned()).stack_size(STACK_BYTES);
        let asked = thread.spawn_scoped(scope, || covers(old, new).unwrap_or(Answer::Undecided));
        asked.ok().and_then(|asked| asked.join().ok()).unwrap_or(Answer::Undecided)
    })
}

fn covers(old: &Value, new: &Value) -> Option<Answer> {
    if [old, new].iter().any(|schema| Estimate::of(schema) > COST_MAX) {
        return None;
    }
    let (old, new) = (canonical(old)?, canonical(new)?);
    Some(match new.covers(&old).ok()? {
        Containment::Yes => Answer::Covered,
        Containment::No => Answer::Refused,
        Containment::Unknown => Answer::Undecided,
    })
}

/// Read as the validator reads it when records are checked.
fn canonical(schema: &Value) -> Option<CanonicalSchema> {
    let options = options().with_pattern_options(pattern::options()).should_validate_formats(true);
    options.with_base_uri(SELF).offline().canonicalize(schema).ok()
}

/// What the algebra will take: it compares the alternatives of a place with each other, those of several keywords
/// multiplied, and all below each time.
struct Estimate<'s> {
    root: &'s Value,
    /// The ways and parts of each definition; one that recurs counts 1 while it is looked at.
    known: HashMap<&'s str, (u64, u64)>,
}

impl<'s> Estimate<'s> {
    fn of(root: &'s Value) -> u64 {
        let (ways, parts) = Self { root, known: HashMap::new() }.schema(root);
        ways.saturating_mul(parts)
    }

    /// In how many ways a value can match a place, and how many parts each has.
    fn schema(&mut self, schema: &'s Value) -> (u64, u64) {
        let Value::Object(keywords) = schema else { return (1, 1) };
        let (mut ways, mut parts) = (1_u64, 1_u64);
        for (keyword, value) in keywords {
            let (more_ways, more_parts) = self.keyword(keyword, value);
            ways = ways.saturating_mul(more_ways.max(1));
            parts = parts.saturating_add(more_parts);
        }
        (ways, parts)
    }

    fn keyword(&mut self, keyword: &str, value: &'s Value) -> (u64, u64) {
        match (keyword, value) {
            ("enum" | "const" | "required" | "type" | "$defs" | "definitions", _) => (1, 0),
            ("$ref", Value::String(reference)) => self.reference(reference),
            ("allOf", Value::Array(items)) => items.iter().fold((1, 0), |sum, item| {
                let (ways, parts) = self.schema(item);
                (sum.0.saturating_mul(ways), sum.1.saturating_add(parts))
            }),
            ("anyOf" | "oneOf", Value::Array(items)) => items.iter().fold((0, 0), |sum, item| {
                let (ways, parts) = self.schema(item);
                (sum.0.saturating_add(ways), sum.1.saturating_add(parts))
            }),
            ("dependencies" | "dependentSchemas" | "dependentRequired", Value::Object(members)) => {
                (1 << members.len().min(32), self.below(members.values()))
            }
            ("properties" | "patternProperties", Value::Object(members)) => (1, self.below(members.values())),
            ("if" | "then" | "else" | "not", inner) => {
                let (ways, parts) = self.schema(inner);
                (ways.saturating_mul(2), parts)
            }
            (_, Value::Array(items)) => (1, self.below(items.iter())),
            (_, inner) => (1, self.below(std::iter::once(inner))),
        }
    }

    /// What places below take.
    fn below(&mut self, schemas: impl Iterator<Item = &'s Value>) -> u64 {
        schemas.fold(0, |sum, schema| {
            let (ways, parts) = self.schema(schema);
            ways.saturating_mul(parts).saturating_add(sum)
        })
    }

    fn reference(&mut self, reference: &'s str) -> (u64, u64) {
        if let Some(&known) = self.known.get(reference) {
            return known;
        }
        self.known.insert(reference, (1, 1));
        let target = reference.strip_prefix('#').and_then(|pointer| self.root.pointer(pointer));
        let cost = target.map_or((1, 1), |target| self.schema(target));
        self.known.insert(reference, cost);
        cost
    }
}
