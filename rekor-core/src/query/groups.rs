//! Sorts tuples into groups and keeps the totals of each. Bounded: groups by number, and what they hold by bytes.

use std::borrow::Cow;
use std::hash::BuildHasher as _;

use hashbrown::{DefaultHashBuilder, HashTable};

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
    /// The groups by their keys.
    places: HashTable<usize>,
    hasher: DefaultHashBuilder,
    keys: Keys,
    groups: Vec<Group>,
    key: Vec<u8>,
    held: usize,
}

struct Group {
    values: Vec<Scalar<'static>>,
    totals: Vec<Accumulator>,
}

/// The index forms of each group's values, which are equal as values are, one after the other.
#[derive(Default)]
struct Keys {
    ends: Vec<usize>,
    bytes: Vec<u8>,
}

impl Keys {
    fn get(&self, group: usize) -> &[u8] {
        let start = group.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let end = self.ends.get(group).copied().unwrap_or(start);
        self.bytes.get(start..end).unwrap_or_default()
    }

    fn push(&mut self, key: &[u8]) {
        self.bytes.extend_from_slice(key);
        self.ends.push(self.bytes.len());
    }
}

impl<'c> Groups<'c> {
    /// No groups yet, or the one of everything when nothing is grouped by.
    pub(super) fn new(columns: &'c Columns) -> Self {
        let mut made = Self {
            columns,
            places: HashTable::new(),
            hasher: DefaultHashBuilder::default(),
            keys: Keys::default(),
            groups: Vec::new(),
            key: Vec::new(),
            held: 0,
        };
        if columns.groups() == 0 {
            let totals = made.totals();
            made.push(Vec::new(), totals);
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
        let place = match self.find() {
            Some(place) => place,
            None => {
                let values = self.columns.group_slots.iter();
                let values = values.map(|slot| tuple.value(*slot).map(Scalar::into_owned));
                let values = values.collect::<Result<_>>()?;
                let totals = self.totals();
                self.open(values, totals)?
            }
        };
        let Some(group) = self.groups.get_mut(place) else { return Ok(()) };
        for (total, accumulator) in self.columns.totals.iter().zip(&mut group.totals) {
            match total.slot {
                Some(slot) => self.held += accumulator.add(&tuple.value(slot)?),
                None => accumulator.add_record(),
            }
        }
        self.check_held()
    }

    /// Takes in a group that was totalled elsewhere.
    pub(super) fn merge_group(
        &mut self,
        values: Vec<Scalar<'static>>,
        totals: Vec<Accumulator>,
    ) -> Result<()> {
        self.key.clear();
        for value in &values {
            put_index(&mut self.key, value, text_place(1));
        }
        match self.find().and_then(|place| self.groups.get_mut(place)) {
            Some(group) => {
                let pairs = group.totals.iter_mut().zip(totals);
                self.held += pairs.map(|(own, other)| own.merge(other)).sum::<usize>();
            }
            None => {
                self.held += totals.iter().map(Accumulator::held).sum::<usize>();
                self.open(values, totals)?;
            }
        }
        self.check_held()
    }

    /// Takes in all groups of another.
    pub(super) fn merge(&mut self, other: Self) -> Result<()> {
        other.groups.into_iter().try_for_each(|group| self.merge_group(group.values, group.totals))
    }

    /// Makes room for as many groups more.
    pub(super) fn reserve(&mut self, groups: usize) {
        let Self { places, hasher, keys, .. } = self;
        places.reserve(groups, |place| hasher.hash_one(keys.get(*place)));
        self.groups.reserve(groups);
    }

    fn check_held(&self) -> Result<()> {
        if self.held > AGGREGATE_BYTES.len() {
            return Err(AGGREGATE_BYTES.exceeded(self.held as u64).hint("narrow the filter"));
        }
        Ok(())
    }

    /// The group whose key was just written.
    fn find(&self) -> Option<usize> {
        let hash = self.hasher.hash_one(self.key.as_slice());
        self.places.find(hash, |place| self.keys.get(*place) == self.key).copied()
    }

    /// Makes the group whose key was just written.
    fn open(&mut self, values: Vec<Scalar<'static>>, totals: Vec<Accumulator>) -> Result<usize> {
        let place = self.groups.len();
        GROUPS.check(place + 1).map_err(|e| e.hint("narrow the filter, or group by fewer fields"))?;
        let texts = values.iter().map(|value| match value {
            Scalar::Text(text) | Scalar::Array(text) | Scalar::Object(text) => text.len(),
            _ => 0,
        });
        self.held += self.key.len() + texts.sum::<usize>();
        self.push(values, totals);
        Ok(place)
    }

    fn push(&mut self, values: Vec<Scalar<'static>>, totals: Vec<Accumulator>) {
        let Self { places, hasher, keys, key, groups, .. } = self;
        let hash = hasher.hash_one(key.as_slice());
        places.insert_unique(hash, groups.len(), |place| hasher.hash_one(keys.get(*place)));
        keys.push(key);
        groups.push(Group { values, totals });
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
