//! Shows stored records as a request wants them.

use crate::api::query::Row;
use crate::api::record::Record;
use crate::codec::id::{ExternalKey, Id};
use crate::codec::keys;
use crate::codec::row::RecordRow;
use crate::codec::time::Times;
use crate::engine::View;
use crate::ground::error::{Code, Error, Result};
use crate::ground::json::Json;
use crate::query::access::{Reader, Visitor};
use crate::query::fields::Fields;
use crate::query::project::project_row;
use crate::query::tuple::Candidate;

/// The id of the record with this external key.
pub fn holder(view: &dyn View, collection: u32, key: &ExternalKey) -> Result<Option<Id>> {
    let mut id = None;
    view.get_with(&keys::external(collection, key), &mut |found| {
        id = found.map(|(_, bytes)| keys::take_id(bytes).map(|(id, _)| id));
    })?;
    id.transpose()
}

/// A record as it is handed out, from its stored row.
#[must_use]
pub fn record(collection: &str, id: &Id, row: &RecordRow<'_>, times: &mut Times) -> Record {
    Record {
        id: id.to_text(),
        collection: collection.to_owned(),
        external_id: row.external_id.map(str::to_owned),
        external_source: row.external_source.map(str::to_owned),
        version: row.version,
        data: Json::from_text(row.data),
        created_at: times.text(row.created_ms),
        updated_at: times.text(row.updated_ms),
    }
}

/// Shows records as the request wants them.
pub(super) struct Shower<'s> {
    collection: &'s str,
    fields: &'s Fields,
    times: Times,
}

impl<'s> Shower<'s> {
    pub(super) fn new(collection: &'s str, fields: &'s Fields) -> Self {
        Self { collection, fields, times: Times::default() }
    }

    pub(super) fn row(&mut self, id: &Id, row: &RecordRow<'_>) -> Result<Row> {
        if self.fields.is_empty() {
            return Ok(Row::Record(record(self.collection, id, row, &mut self.times)));
        }
        project_row(id, row, self.fields).map(Row::Fields)
    }

    /// Gets a record that was seen in the same snapshot.
    pub(super) fn get(&mut self, reader: &mut Reader<'_>, id: &Id) -> Result<Row> {
        let mut one = One { shower: self, row: None };
        reader.get(id, false, &mut one)?;
        one.row.ok_or_else(|| Error::new(Code::Internal, "a record left its snapshot"))
    }
}

struct One<'o, 's> {
    shower: &'o mut Shower<'s>,
    row: Option<Row>,
}

impl Visitor for One<'_, '_> {
    fn visit(&mut self, candidate: &Candidate<'_>) -> Result<()> {
        self.row = Some(self.shower.row(candidate.id, &candidate.row)?);
        Ok(())
    }

    fn wants_values(&self, _in_order: bool) -> bool {
        false
    }

    fn is_full(&self) -> bool {
        self.row.is_some()
    }
}
