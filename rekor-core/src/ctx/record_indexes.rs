//! Filling a declared index with the records that are stored already. Writers keep it up meanwhile, so a
//! step only has to make sure that no record changes between its reading and its commit.

use std::collections::HashMap;
use std::ops::ControlFlow;

use crate::codec::collection::{CollectionRow, Index};
use crate::codec::id::Id;
use crate::codec::keys;
use crate::codec::row::decode_record;
use crate::ctx::Ctx;
use crate::ground::error::{Code, Error, Result};
use crate::ground::json::Json;
use crate::ground::limits;
use crate::index::declared;
use crate::schema::dotted;

/// The records that have the same value in a unique index, as they are found.
#[derive(Debug, Default)]
pub struct Duplicates {
    total: u64,
    first: Vec<Json>,
    fields: String,
}

impl Duplicates {
    fn add(&mut self, index: &Index, id: &Id, other: &Id) {
        self.total += 1;
        let fields: Vec<String> = index.paths.iter().map(|path| format!("data.{}", dotted(path))).collect();
        if self.fields.is_empty() {
            self.fields = fields.join(", ");
        }
        if self.first.len() < limits::DETAILS_MAX {
            let pair =
                serde_json::json!({ "fields": fields, "id": other.to_string(), "other_id": id.to_string() });
            self.first.push(Json::from_value(&pair));
        }
    }

    /// Takes over what another step found.
    pub fn add_all(&mut self, other: Self) {
        self.total += other.total;
        if self.fields.is_empty() {
            self.fields = other.fields;
        }
        let room = limits::DETAILS_MAX.saturating_sub(self.first.len());
        self.first.extend(other.first.into_iter().take(room));
    }

    /// Answers `unique_violation` when there are any.
    pub fn finish(self, collection: &str) -> Result<()> {
        if self.total == 0 {
            return Ok(());
        }
        Err(Error::new(
            Code::UniqueViolation,
            format!(
                "{} pairs of records of `{collection}` have the same value in {}",
                self.total, self.fields
            ),
        )
        .at("/schema")
        .hint("change or delete the records in `details`, then try again")
        .details(self.first)
        .details_total(self.total))
    }
}

/// The values of unique indexes as they would be, for a change that is only rehearsed.
#[derive(Debug, Default)]
pub struct Holders {
    by_key: HashMap<Vec<u8>, Id>,
    duplicates: Duplicates,
}

impl Holders {
    /// Adds one record to the unique ones of the indexes with the given numbers.
    pub fn add(&mut self, row: &CollectionRow, numbers: &[u32], id: &Id, data: &str) -> Result<()> {
        let unique = |index: &&Index| index.unique && numbers.contains(&index.number);
        for index in row.indexes.iter().filter(unique) {
            let Some((key, _)) = declared::entry(index, id, data)? else { continue };
            match self.by_key.get(&key) {
                Some(holder) => self.duplicates.add(index, id, holder),
                None => drop(self.by_key.insert(key, id.clone())),
            }
        }
        Ok(())
    }

    /// Answers `unique_violation` when there are any with the same value.
    pub fn finish(self, collection: &str) -> Result<()> {
        self.duplicates.finish(collection)
    }
}

/// Whether a step reached the end of the collection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IndexStep {
    /// It did.
    Done,
    /// The next step starts at this key.
    More(Vec<u8>),
}

impl Ctx<'_> {
    /// Adds one stored record to the indexes with the given numbers.
    pub fn index_record(
        &mut self,
        row: &CollectionRow,
        numbers: &[u32],
        id: &Id,
        data: &str,
        duplicates: &mut Duplicates,
    ) -> Result<()> {
        for index in row.indexes.iter().filter(|index| numbers.contains(&index.number)) {
            let Some((key, value)) = declared::entry(index, id, data)? else { continue };
            if index.unique
                && let Some(holder) = self.holder(&key)?
                && holder != *id
            {
                duplicates.add(index, id, &holder);
                continue;
            }
            self.put_derived(key, Some(value))?;
        }
        Ok(())
    }

    /// Adds the next stored records of a range to the indexes with the given numbers. `gone` says that the collection is
    /// deleted and about to come back, so that nobody writes to it meanwhile.
    pub fn index_step(
        &mut self,
        row: &CollectionRow,
        numbers: &[u32],
        gone: bool,
        (lo, hi): (&[u8], &[u8]),
        records_max: usize,
        duplicates: &mut Duplicates,
    ) -> Result<IndexStep> {
        // A concurrent change may have dropped the indexes: what were written now, nobody would remove.
        let now = self.collection_row(&row.id)?;
        let listed = now.as_ref().map_or(gone, |now| {
            now.number == row.number && numbers.iter().all(|n| now.indexes.iter().any(|i| i.number == *n))
        });
        if !listed {
            return Ok(IndexStep::Done);
        }
        let mut keys = Vec::new();
        self.view().scan_each(lo, hi, false, &mut |key, _, _| {
            keys.push(key.to_vec());
            if keys.len() < records_max { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        for key in &keys {
            // Read through `get`, so that the commit checks that the record is still this one.
            if let Some(bytes) = self.get(key)? {
                let data = decode_record(&bytes)?.data;
                self.index_record(row, numbers, &keys::record_id(key)?, data, duplicates)?;
            }
        }
        Ok(match keys.last() {
            Some(last) if keys.len() >= records_max => IndexStep::More([last, &[0][..]].concat()),
            _ => IndexStep::Done,
        })
    }
}
