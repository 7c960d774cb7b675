//! What filters mean. The only evaluator of a filter on a tuple; index ranges narrow what reaches it, and replace it
//! only where `span` knows them to be exact.
//!
//! Two-valued: missing and null are the same, and every test is true or false. For null `is_null`, `neq` and
//! `not_in` are true and all others false. Values of different classes never compare: `gt` between them is
//! false and `neq` true.

use std::cmp::Ordering;

use crate::codec::pick::{Picker, elements};
use crate::codec::scalar::Scalar;
use crate::ground::error::Result;
use crate::query::filter::{Comparison, Filter, Test};
use crate::query::tuple::Tuple;

impl Filter {
    /// Whether the tuple passes.
    pub fn matches(&self, tuple: &impl Tuple) -> Result<bool> {
        match self {
            Self::All(parts) => {
                for part in parts {
                    if !part.matches(tuple)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Self::Any(parts) => {
                for part in parts {
                    if part.matches(tuple)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Self::Not(inner) => Ok(!inner.matches(tuple)?),
            Self::Test { slot, test: Test::Like(pattern) } => {
                Ok(tuple.text(*slot)?.is_some_and(|text| pattern.matches(&text)))
            }
            Self::Test { slot, test } => test.passes(&tuple.value(*slot)?),
        }
    }
}

impl Test {
    /// Whether a value passes; `like` is judged by the text of a string.
    pub fn passes(&self, value: &Scalar<'_>) -> Result<bool> {
        Ok(match self {
            Self::In(values) => is_among(value, values),
            Self::NotIn(values) => !is_among(value, values),
            Self::Compare(comparison, bounds) => {
                bounds.iter().any(|bound| value.compare(bound).is_some_and(|order| comparison.holds(order)))
            }
            Self::Like(pattern) => matches!(value, Scalar::Text(text) if pattern.matches(text)),
            Self::IsNull => value.is_null(),
            Self::IsNotNull => !value.is_null(),
            Self::Has { elements: wanted, date_time, key } => match value {
                Scalar::Array(stored) => {
                    for element in elements(stored) {
                        let element = Scalar::read(element?, *date_time)?;
                        if wanted.contains(&element) {
                            return Ok(true);
                        }
                    }
                    false
                }
                Scalar::Object(stored) => match key {
                    Some(key) => has_key(stored, key)?,
                    None => false,
                },
                _ => false,
            },
        })
    }
}

fn is_among(value: &Scalar<'_>, values: &[Scalar<'static>]) -> bool {
    !value.is_null() && values.binary_search_by(|have| have.cmp(value)).is_ok()
}

fn has_key(stored: &str, key: &str) -> Result<bool> {
    let mut found = [None];
    Picker::of_stored_key(key).pick(stored, &mut found)?;
    Ok(found != [None])
}

impl Comparison {
    /// Whether an order between value and bound is what is asked for.
    #[must_use]
    pub const fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Gt => order.is_gt(),
            Self::Gte => order.is_ge(),
            Self::Lt => order.is_lt(),
            Self::Lte => order.is_le(),
        }
    }
}
