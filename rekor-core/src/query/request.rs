//! The parts that requests for records and for aggregates share.

use crate::codec::scalar::Scalar;
use crate::ground::error::Result;
use crate::ground::json::Json;
use crate::query::filter::{Filter, Test};
use crate::query::tuple::{Names, Slots};

/// The filter of a request, with the external source that it names.
pub(super) fn filter_of(
    filter: Option<&Json>,
    external_source: Option<&str>,
    slots: &mut Slots<'_>,
) -> Result<Filter> {
    let mut parts = Vec::new();
    if let Some(filter) = filter {
        parts.push(Filter::parse(filter.text(), "/filter", slots)?);
    }
    if let Some(source) = external_source {
        let slot = slots.slot("external_source", "/external_source")?.slot;
        parts.push(Filter::Test { slot, test: Test::In(vec![Scalar::Text(source.to_owned().into())]) });
    }
    Ok(Filter::All(parts))
}
