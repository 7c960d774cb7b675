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
use crate::query::rows::Rows;
use crate::query::tuple::Tuple;

/// The groups of an aggregate.
pub(super) struct Groups<'c> {
    columns: &'c Columns,
    /// How many there are.
    len: usize,
    /// The values of all groups, one group after the other; so are the totals. A list for each group would cost more
    /// than all else that a group takes.
    values: Vec<Scalar<'c>>,
    totals: Vec<Accumulator>,
    /// The groups by their keys: of the first so many groups, for those that come from columns may never be asked for.
    places: HashTable<usize>,
    keys: Keys,
    hasher: DefaultHashBuilder,
    key: Vec<u8>,
    /// The values of a group before it is known whether there is one.
    candidate: Vec<Scalar<'c>>,
    held: usize,
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
            len: 0,
            values: Vec::new(),
            totals: Vec::new(),
            places: HashTable::new(),
            keys: Keys::default(),
            hasher: DefaultHashBuilder::default(),
            key: Vec::new(),
            candidate: Vec::new(),
            held: 0,
        };
        if columns.groups() == 0 {
            made.push(made.empty_totals());
        }
        made
    }

    fn empty_totals(&self) -> impl Iterator<Item = Accumulator> + use<'c> {
        self.columns.totals.iter().map(|total| Accumulator::new(total.function))
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
                for slot in &self.columns.group_slots {
                    self.values.push(tuple.value(*slot)?.into_owned());
                }
                self.open(self.empty_totals())?
            }
        };
        let totals = self.totals.iter_mut().skip(place * self.columns.totals.len());
        for (total, accumulator) in self.columns.totals.iter().zip(totals) {
            match total.slot {
                Some(slot) => self.held += accumulator.add(&tuple.value(slot)?),
                None => accumulator.add_record(),
            }
        }
        self.check_held()
    }

    /// Takes in a group that was totalled elsewhere. `is_new` says that it surely is none of those that are here.
    pub(super) fn merge_group(
        &mut self,
        values: impl Iterator<Item = Scalar<'c>>,
        totals: impl Iterator<Item = Accumulator>,
        is_new: bool,
    ) -> Result<()> {
        if is_new {
            self.values.extend(values);
        } else {
            self.candidate.clear();
            self.candidate.extend(values);
            self.key.clear();
            for value in &self.candidate {
                put_index(&mut self.key, value, text_place(1));
            }
            if let Some(place) = self.find() {
                let own = self.totals.iter_mut().skip(place * self.columns.totals.len());
                self.held += own.zip(totals).map(|(own, other)| own.merge(other)).sum::<usize>();
                return self.check_held();
            }
            self.values.append(&mut self.candidate);
        }
        let held = self.totals.len();
        self.open(totals)?;
        self.held += self.totals.iter().skip(held).map(Accumulator::held).sum::<usize>();
        self.check_held()
    }

    /// Takes in all groups of another.
    pub(super) fn merge(&mut self, other: Self) -> Result<()> {
        let (fields, own) = (self.columns.groups(), self.columns.totals.len());
        let (mut values, mut totals) = (other.values.into_iter(), other.totals.into_iter());
        for _ in 0..other.len {
            self.merge_group(values.by_ref().take(fields), totals.by_ref().take(own), false)?;
        }
        Ok(())
    }

    /// Makes room for as many groups more.
    pub(super) fn reserve(&mut self, groups: usize) {
        self.values.reserve(groups * self.columns.groups());
        self.totals.reserve(groups * self.columns.totals.len());
    }

    /// Whether there are no groups yet; without group fields there is always one.
    pub(super) const fn is_empty(&self) -> bool {
        self.len == 0
    }

    fn check_held(&self) -> Result<()> {
        if self.held > AGGREGATE_BYTES.len() {
            return Err(AGGREGATE_BYTES.exceeded(self.held as u64).hint("narrow the filter"));
        }
        Ok(())
    }

    /// The group whose key was just written.
    fn find(&mut self) -> Option<usize> {
        if self.keys.ends.len() < self.len {
            self.add_keys();
        }
        let hash = self.hasher.hash_one(self.key.as_slice());
        self.places.find(hash, |place| self.keys.get(*place) == self.key).copied()
    }

    /// Makes the keys of groups that have none yet.
    fn add_keys(&mut self) {
        let Self { places, hasher, keys, .. } = self;
        places.reserve(self.len - keys.ends.len(), |place| hasher.hash_one(keys.get(*place)));
        let fields = self.columns.groups();
        let mut key = Vec::new();
        for group in keys.ends.len()..self.len {
            key.clear();
            for value in self.values.get(group * fields..(group + 1) * fields).unwrap_or_default() {
                put_index(&mut key, value, text_place(1));
            }
            let hash = hasher.hash_one(key.as_slice());
            places.insert_unique(hash, group, |place| hasher.hash_one(keys.get(*place)));
            keys.push(&key);
        }
    }

    /// Makes the group whose values were just put after those of the others.
    fn open(&mut self, totals: impl Iterator<Item = Accumulator>) -> Result<usize> {
        let place = self.len;
        GROUPS.check(place + 1).map_err(|e| e.hint("narrow the filter, or group by fewer fields"))?;
        let fields = self.columns.groups();
        let values = self.values.iter().skip(place * fields).map(|value| match value {
            Scalar::Text(text) | Scalar::Array(text) | Scalar::Object(text) => text.len(),
            _ => 0,
        });
        // A key is about as long as the texts in it.
        self.held += values.map(|text| 2 * text + 16).sum::<usize>();
        self.push(totals);
        Ok(place)
    }

    fn push(&mut self, totals: impl Iterator<Item = Accumulator>) {
        self.totals.extend(totals);
        self.len += 1;
    }

    /// The rows: a group's values, then its totals.
    pub(super) fn finish(self) -> Result<Rows<'c>> {
        let (fields, count) = (self.columns.groups(), self.columns.totals.len());
        for (at, total) in self.columns.totals.iter().enumerate() {
            let others = self.totals.iter().skip(at).step_by(count).map(Accumulator::not_numbers).sum();
            if others > 0 {
                return Err(not_a_number(&total.alias, total.function_name, others)
                    .at(format!("/aggregations/{at}/field")));
            }
        }
        let width = fields + count;
        let mut rows = Rows { width, len: self.len, values: Vec::with_capacity(self.len * width) };
        let (mut values, mut totals) = (self.values.into_iter(), self.totals.into_iter());
        for _ in 0..self.len {
            rows.values.extend(values.by_ref().take(fields));
            for total in totals.by_ref().take(count) {
                rows.values.push(total.finish()?);
            }
        }
        Ok(rows)
    }
}

/// A row of an aggregate's answer, as `having` looks at it.
pub(super) struct GroupTuple<'g>(pub(super) &'g [Scalar<'g>]);

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
