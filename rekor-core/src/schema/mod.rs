//! Schemas: what a collection's data must look like, checked once at upsert and then quickly for each record.
//! Never reads a network, a file or a clock, and never trusts that a schema is cheap.

mod compatibility;
mod compile;
mod cost;
mod evolve;
mod graph;
mod hints;
mod nearest;
mod outcome;
mod pattern;
mod reference;
mod shape;
mod source;
#[cfg(test)]
mod tests;
mod violation;
mod walk;

pub use compatibility::{DecidedBy, Verdict, compare};
pub use compile::{Compiled, Validated};
pub use evolve::Incompatible;
pub use hints::{IndexHint, index_hints};
pub use nearest::nearest;
pub use outcome::{Declared, Kind, Kinds};
pub use shape::{Field, Shape, dotted};

use std::sync::Arc;

/// Gives the schema text of the collection with an id, if the workspace has it.
pub type Resolve<'r> = dyn Fn(&str) -> Option<Arc<str>> + 'r;
