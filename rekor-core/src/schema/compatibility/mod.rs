//! Whether a changed schema is breaking: whether the new one refuses something that the old one took.
//!
//! Two judges look at the pair. The rules walk both side by side and find what could be refused, with the reasons
//! that people read; where they find nothing, nothing is. The algebra proves or disproves what it can, and its word
//! counts more: it clears findings that are none, as when a keyword moved or `1..5` became `0 < x < 6`. Where it is
//! undecided, the findings decide.
//!
//! **Added optional properties are not judged here.** By the letter, an open object took any value under every
//! name, so each property that is added to it refuses something. But it is the change that is made most, and what it
//! refuses are names that nobody had declared. So where a property is new on an object that was open, both judges
//! read data as if nobody used that name. Whether somebody did is a fact, not a question of schemas: the stored
//! records are checked by whoever asks. `"name": false` declares nothing and is judged; so is a property
//! on an object that was closed or restricted its other properties, and one that becomes required.
//!
//! Never reads records, a network or a clock, and never lets a panic of the algebra out. What it cannot decide is
//! breaking.

mod algebra;
mod arrays;
mod bundle;
mod choices;
mod objects;
mod rules;
mod side;
#[cfg(test)]
mod tests;
mod values;
mod words;

use std::collections::HashSet;

use serde::Serialize;

use crate::ground::error::Result;
use crate::schema::Resolve;
use crate::schema::compatibility::algebra::Answer;
use crate::schema::compatibility::rules::{Found, Rules};
use crate::schema::compatibility::side::Side;
use crate::schema::graph::NodeId;
use crate::schema::source::read_all;

/// Pairs of subschemas that are looked at to see whether anything changed at all.
const SAME_STEPS_MAX: u64 = 100_000;

/// What decided whether a change is breaking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DecidedBy {
    /// A proof over all data.
    Algebra,
    /// The rules, which take what they do not understand for breaking.
    Rules,
}

/// Something that the new schema refuses, or that is not known to be taken still.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// Where: in the new schema, or in the old one for what is gone. For a schema of another collection, the
    /// reference that leads there.
    pub pointer: String,
    /// The rule, a permanent name such as `required_added`.
    pub rule: &'static str,
    /// What changed, in plain words.
    pub message: String,
}

impl Reason {
    fn new(pointer: &str, rule: &'static str, message: &str) -> Self {
        Self { pointer: pointer.to_owned(), rule, message: message.to_owned() }
    }
}

/// Whether a change of a schema is breaking, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// Whether the new schema refuses, or may refuse, data that the old one took.
    pub breaking: bool,
    /// What decided it.
    pub decided_by: DecidedBy,
    /// Why it is breaking, by pointer and rule; empty when it is not.
    pub reasons: Vec<Reason>,
}

/// Says whether the new schema takes everything that the old one took.
///
/// Both are schemas that [`Compiled::new`](crate::schema::Compiled::new) takes. Each side has its own collections,
/// so a reference whose collection changed is compared through. The errors are those of reading a schema.
pub fn compare(
    old_text: &str,
    old_resolve: &Resolve<'_>,
    new_text: &str,
    new_resolve: &Resolve<'_>,
) -> Result<Verdict> {
    let documents = (read_all(old_text, old_resolve)?, read_all(new_text, new_resolve)?);
    let (old, new) = (Side::new(&documents.0)?, Side::new(&documents.1)?);
    if old.is_dynamic() || new.is_dynamic() {
        return Ok(dynamic(&old, &new));
    }
    let mut steps_left = SAME_STEPS_MAX;
    if side::same(&old, &new, (NodeId::ROOT, NodeId::ROOT), &mut steps_left) {
        return Ok(compatible(DecidedBy::Rules));
    }
    let found = Rules::run(&old, &new);
    let answer = match (bundle::bundle(&old, &HashSet::new()), bundle::bundle(&new, &found.added)) {
        (Some(old), Some(new)) => algebra::ask(&old, &new),
        _ => Answer::Undecided,
    };
    Ok(decide(found, answer))
}

fn decide(found: Found, answer: Answer) -> Verdict {
    match answer {
        Answer::Covered => compatible(DecidedBy::Algebra),
        // With an added property that could not be left out, the refusal may be of that property alone.
        Answer::Refused if found.complete => {
            let mut reasons = found.reasons;
            if reasons.is_empty() {
                let message = "the new schema refuses some data that the old one accepts";
                reasons.push(Reason::new("", "refuses_more", message));
            }
            Verdict { breaking: true, decided_by: DecidedBy::Algebra, reasons }
        }
        Answer::Refused | Answer::Undecided if found.reasons.is_empty() => compatible(DecidedBy::Rules),
        Answer::Refused | Answer::Undecided => {
            Verdict { breaking: true, decided_by: DecidedBy::Rules, reasons: found.reasons }
        }
    }
}

fn compatible(decided_by: DecidedBy) -> Verdict {
    Verdict { breaking: false, decided_by, reasons: Vec::new() }
}

/// References whose targets are known only while data is checked can be compared as a whole only.
fn dynamic(old: &Side<'_>, new: &Side<'_>) -> Verdict {
    let equal = old.documents.len() == new.documents.len()
        && old.documents.iter().zip(new.documents).all(|(a, b)| a.uri == b.uri && a.root == b.root);
    if equal {
        return compatible(DecidedBy::Rules);
    }
    let message = "the schema uses `$dynamicRef` or `$recursiveRef` and changed, which cannot be compared";
    let reasons = vec![Reason::new("", "dynamic_reference", message)];
    Verdict { breaking: true, decided_by: DecidedBy::Rules, reasons }
}
