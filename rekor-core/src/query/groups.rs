//! Sorts tuples into groups and keeps the totals of each. Bounded: groups by number, and what they hold by bytes.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::codec::scalar::Scalar;
use crate::codec::scalar_key::{put_index, text_place};
use crate::ground::error::Result;
use crate::ground::limits::{AGGREGATE_BYTES, GROUPS};
use crate::query::accumulator::Accumulator;
use crate::query::aggregate::not_a_number;
use crate::query::columns::Columns;
use crate::query::tuple::Tuple;

/// The groups of an aggregate.
pub(super) struct Groups<'c> {
    columns: &'c Columns,
    /// By the index forms of the group's values, which are equal as values are.
    places: HashMap<Box<[u8]>, usize>,
    groups: Vec<Group>,
    key: Vec<u8>,
    held: usize,
}

struct Group {
    values: Vec<Scalar<'static>>,
    totals: Vec<Accumulator>,
}

impl<'c> Groups<'c> {
    /// No groups yet, or the one of everything when nothing is grouped by.
    pub(super) fn new(columns: &'c Columns) -> Self {
        let mut made = Self { columns, places: HashMap::new(), groups: Vec::new(), key: Vec::new(), held: 0 };
        if columns.groups() == 0 {
            made.groups.push(Group { values: Vec::new(), totals: made.totals() });
            made.places.insert(Box::default(), 0);
        }
        made
    }

    fn totals(&self) -> Vec<Accumulator> {
        self.columns.totals.iter().map(|total| Accumulator::new(total.function)).collect()
    }

    /// Takes in a tuple.
    pub(super) fn add(&mut self, tuple: &impl Tuple) -> Result<()> {
        self.key.clear();
        for slot in &self.columns.group_slots {
            put_index(&mut self.key, &tuple.value(*slot)?, text_place(1));
        }
        let place = match self.places.get(self.key.as_slice()) {
            Some(place) => *place,
            None => self.open(tuple)?,
        };
        let Some(group) = self.groups.get_mut(place) else { return Ok(()) };
        for (total, accumulator) in self.columns.totals.iter().zip(&mut group.totals) {
            match total.slot {
                Some(slot) => self.held += accumulator.add(&tuple.value(slot)?),
                None => accumulator.add_record(),
            }
        }
        if self.held > AGGREGATE_BYTES.len() {
            return Err(AGGREGATE_BYTES.exceeded(self.held as u64).hint("narrow the filter"));
        }
        Ok(())
    }

    /// Makes the group of a tuple.
    fn open(&mut self, tuple: &impl Tuple) -> Result<usize> {
        let place = self.groups.len();
        GROUPS.check(place + 1).map_err(|e| e.hint("narrow the filter, or group by fewer fields"))?;
        let values = self.columns.group_slots.iter().map(|slot| tuple.value(*slot).map(Scalar::into_owned));
        let values: Vec<_> = values.collect::<Result<_>>()?;
        let texts = values.iter().map(|value| match value {
            Scalar::Text(text) | Scalar::Array(text) | Scalar::Object(text) => text.len(),
            _ => 0,
        });
        self.held += self.key.len() + texts.sum::<usize>();
        self.places.insert(self.key.as_slice().into(), place);
        let totals = self.totals();
        self.groups.push(Group { values, totals });
        Ok(place)
    }

    /// The rows: a group's values, then its totals.
    pub(super) fn finish(self) -> Result<Vec<Vec<Scalar<'static>>>> {
        for (at, total) in self.columns.totals.iter().enumerate() {
            let others = self
                .groups
                .iter()
                .filter_map(|group| group.totals.get(at))
                .map(Accumulator::not_numbers)
                .sum();
            if others > 0 {
                return Err(not_a_number(&total.alias, total.function_name, others)
                    .at(format!("/aggregations/{at}/field")));
            }
        }
        self.groups
            .into_iter()
            .map(|mut group| {
                for total in group.totals {
                    group.values.push(total.finish()?);
                }
                Ok(group.values)
            })
            .collect()
    }
}

/// A row of an aggregate's answer, as `having` looks at it.
pub(super) struct GroupTuple<'g>(pub(super) &'g [Scalar<'static>]);

impl Tuple for GroupTuple<'_> {
    fn value(&self, slot: usize) -> Result<Scalar<'_>> {
        Ok(self.0.get(slot).map_or(Scalar::Null, Scalar::view))
    }

    fn text(&self, slot: usize) -> Result<Option<Cow<'_, str>>> {
        Ok(match self.0.get(slot) {
            Some(Scalar::Text(text)) => Some(Cow::Borrowed(text)),
            Some(Scalar::Id(id)) => Some(Cow::Owned(id.to_string())),
            Some(Scalar::Instant(instant)) => Some(Cow::Owned(instant.to_text())),
            _ => None,
        })
    }
}
impl Groups<'_> {
    pub(super) fn merge(&mut self, _: Self) -> Result<()> {
        Ok(())
    }
}
