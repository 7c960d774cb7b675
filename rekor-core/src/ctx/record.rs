//! The one write path of records: row, external key, declared indexes and journal change together.
//! No index or journal entry of a record is touched anywhere else.

use crate::codec::id::{ExternalKey, Id};
use crate::codec::keys::{self, Thing};
use crate::codec::row::{RecordRow, decode_record};
use crate::columns::ids::key_of;
use crate::ctx::config::Collection;
use crate::ctx::journal::{Change, history_place};
use crate::ctx::{Ctx, Writes};
use crate::ground::error::{Code, Error, Result};
use crate::ground::json::Json;
use crate::ground::limits;
use crate::index::declared::{self, IndexChange};
use crate::schema::{Validated, dotted};

/// A record as it is stored now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordState {
    /// Its version.
    pub version: u64,
    /// Milliseconds since 1970.
    pub created_ms: u64,
    /// Milliseconds since 1970.
    pub updated_ms: u64,
    /// Its external key.
    pub external: Option<ExternalKey>,
    /// The canonical JSON text.
    pub data: Box<str>,
    bytes: Vec<u8>,
}

/// What a record is to become.
pub struct RecordImage {
    /// Its external key.
    pub external: Option<ExternalKey>,
    /// Its data, checked by the collection's schema.
    pub data: Validated,
    /// When it was first made, in milliseconds since 1970, if it is made again as it was.
    pub created_ms: Option<u64>,
}

impl Ctx<'_> {
    /// The record with this id, as the operation sees it.
    pub fn record(&mut self, collection: &Collection, id: &Id) -> Result<Option<RecordState>> {
        let Some(bytes) = self.get(&keys::record(collection.row.number, id))? else { return Ok(None) };
        let row = decode_record(&bytes)?;
        Ok(Some(RecordState {
            version: row.version,
            created_ms: row.created_ms,
            updated_ms: row.updated_ms,
            external: row.external(),
            data: row.data.into(),
            bytes,
        }))
    }

    /// The id of the record with this external key, as the operation sees it.
    pub fn external(&mut self, collection: &Collection, key: &ExternalKey) -> Result<Option<Id>> {
        self.holder(&keys::external(collection.row.number, key))
    }

    /// The version that a record made now under `id` gets: 1, or the next one after those of a deleted
    /// record with the id, while its history is kept.
    pub fn first_version(&mut self, collection: &Collection, id: &Id) -> Result<u64> {
        let own =
            |c: &&Change| c.thing == Thing::Record && c.collection == collection.row.number && c.id == *id;
        if let Some(change) = self.changes.iter().rev().find(own) {
            return Ok(change.old_version.max(change.new_version) + 1);
        }
        let (lo, hi) = keys::history_of(Thing::Record, collection.row.number, id);
        match self.scan(&lo, &hi, true, 1)?.first() {
            None => Ok(1),
            Some(last) => Ok(history_place(&last.value)?.1 + 1),
        }
    }

    /// Writes a record: makes it (`old` is none), changes it or removes it (`new` is none). Answers the
    /// new state. Nothing is written when a unique field or the external key is taken.
    pub fn put_record(
        &mut self,
        collection: &Collection,
        id: &Id,
        old: Option<&RecordState>,
        new: Option<&RecordImage>,
        first_version: u64,
    ) -> Result<Option<RecordState>> {
        let number = collection.row.number;
        if let Some(image) = new {
            limits::RECORD_BYTES.check(image.data.text().len()).map_err(|e| e.at("/data"))?;
        }
        let old_data = old.map(|o| &*o.data);
        // Whatever may fail comes before the first write, so that a refused record leaves nothing behind.
        let mut writes = Writes::new();
        for change in declared::difference(&collection.row.indexes, id, old_data, new.map(|n| n.data.text()))?
        {
            self.check_unique(collection, id, &change)?;
            match change {
                IndexChange::Put { key, value, .. } => writes.push((key, Some(value))),
                IndexChange::Delete { key, index } => {
                    // While a unique index is being built, two records may still have the same value:
                    // the entry is then the other's.
                    let unique = collection.row.indexes.iter().any(|i| i.number == index && i.unique);
                    if !unique || self.holder(&key)?.as_ref() == Some(id) {
                        writes.push((key, None));
                    }
                }
            }
        }
        let (old_key, new_key) =
            (old.and_then(|o| o.external.as_ref()), new.and_then(|n| n.external.as_ref()));
        self.move_external(number, id, old_key, new_key, &mut writes)?;
        let state = new.map(|image| next_state(image, old, first_version, self.now_ms));
        writes.push((keys::record(number, id), state.as_ref().map(|s| s.bytes.clone())));
        let change = Change {
            thing: Thing::Record,
            collection: number,
            id: id.clone(),
            old_version: old.map_or(0, |o| o.version),
            new_version: state.as_ref().map_or(0, |s| s.version),
            before: old.map(|o| o.bytes.clone()),
        };
        self.put_thing(writes, change)?;
        self.mark_dirty(number, key_of(id), old.is_none());
        Ok(state)
    }

    /// The record whose id stands under a unique or external key.
    pub fn holder(&mut self, key: &[u8]) -> Result<Option<Id>> {
        Ok(match self.get(key)? {
            Some(bytes) => Some(keys::take_id(&bytes)?.0),
            None => None,
        })
    }

    fn check_unique(&mut self, collection: &Collection, id: &Id, change: &IndexChange) -> Result<()> {
        let IndexChange::Put { key, unique: true, index, .. } = change else { return Ok(()) };
        let holder = match self.holder(key)? {
            Some(holder) if holder != *id => holder,
            _ => return Ok(()),
        };
        let paths = collection.row.indexes.iter().find(|i| i.number == *index).map(|i| i.paths.as_slice());
        Err(unique_violation(&collection.row.id, paths.unwrap_or_default(), &holder))
    }

    fn move_external(
        &mut self,
        number: u32,
        id: &Id,
        old: Option<&ExternalKey>,
        new: Option<&ExternalKey>,
        writes: &mut Writes,
    ) -> Result<()> {
        if old == new {
            return Ok(());
        }
        if let Some(new) = new {
            let key = keys::external(number, new);
            if let Some(holder) = self.holder(&key)? {
                return Err(Error::new(
                    Code::ExternalIdConflict,
                    format!("the record `{holder}` has the external id `{}`", new.id),
                )
                .at("/external_id")
                .hint("leave --id out to change that record, or choose another external id"));
            }
            let mut value = Vec::new();
            keys::put_id(&mut value, id);
            writes.push((key, Some(value)));
        }
        if let Some(old) = old {
            writes.push((keys::external(number, old), None));
        }
        Ok(())
    }
}

/// The error for a value of a unique index that another record has.
#[must_use]
pub fn unique_violation(collection: &str, paths: &[Vec<String>], holder: &Id) -> Error {
    let fields: Vec<String> = paths.iter().map(|path| format!("data.{}", dotted(path))).collect();
    let pointer = paths.first().map_or_else(String::new, |path| format!("/data/{}", path.join("/")));
    let detail = serde_json::json!({ "fields": fields, "id": holder.to_string() });
    Error::new(
        Code::UniqueViolation,
        format!("the record `{holder}` of `{collection}` has the same value in {}", fields.join(", ")),
    )
    .at(pointer)
    .hint(format!("change that record (`rekor records get {collection} {holder}`) or choose another value"))
    .details(vec![Json::from_value(&detail)])
}

fn next_state(
    image: &RecordImage,
    old: Option<&RecordState>,
    first_version: u64,
    now_ms: u64,
) -> RecordState {
    let version = old.map_or(first_version, |o| o.version + 1);
    let created_ms = old.map_or(image.created_ms.unwrap_or(now_ms), |o| o.created_ms);
    // A clock that went back does not make a change older than the one before it.
    let updated_ms = old.map_or(now_ms, |o| now_ms.max(o.updated_ms));
    let external = image.external.as_ref();
    let row = RecordRow {
        version,
        created_ms,
        updated_ms,
        external_id: external.map(|e| &*e.id),
        external_source: external.and_then(|e| e.source.as_deref()),
        data: image.data.text(),
    };
    let bytes = row.encode();
    RecordState {
        version,
        created_ms,
        updated_ms,
        external: image.external.clone(),
        data: image.data.text().into(),
        bytes,
    }
}
