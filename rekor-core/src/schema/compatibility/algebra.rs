//! The algebra of schemas: whether it is proven that one takes all that another takes. The only place that names
//! the experimental part of the validator's crate; what it cannot prove in bounds is left undecided.
//!
//! It runs on a thread of its own, whose stack holds its recursion, and a panic there is an answer as well.

use jsonschema::canonical::{CanonicalSchema, Containment, options};
use serde_json::Value;

use crate::schema::pattern;
use crate::schema::source::SELF;

/// Bytes of both texts up to which the algebra is asked.
const BYTES_MAX: usize = 640 << 10;
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
    if old.to_string().len() + new.to_string().len() > BYTES_MAX {
        return Answer::Undecided;
    }
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name("schema-algebra".to_owned()).stack_size(STACK_BYTES);
        let asked = thread.spawn_scoped(scope, || covers(old, new).unwrap_or(Answer::Undecided));
        asked.ok().and_then(|asked| asked.join().ok()).unwrap_or(Answer::Undecided)
    })
}

fn covers(old: &Value, new: &Value) -> Option<Answer> {
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
