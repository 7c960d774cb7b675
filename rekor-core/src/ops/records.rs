//! Records: upsert, get, patch, delete. The functions on [`Ctx`] serve batches and imports too.

use crate::api::list::{Deleted, Written};
use crate::api::record::{DeleteRecord, GetRecord, PatchRecord, Record, UpsertRecord};
use crate::codec::id::{ExternalKey, Id, shorten};
use crate::codec::json::{self, Tree};
use crate::codec::keys::{self, EdgeSide};
use crate::codec::row::decode_record;
use crate::codec::time::{Times, text_from_ms};
use crate::ctx::config::{Collection, collection_not_found};
use crate::ctx::rights::Right;
use crate::ctx::scope::Touches;
use crate::ctx::session::Session;
use crate::ctx::{Ctx, RecordImage, RecordState};
use crate::engine::View;
use crate::ground::env;
use crate::ground::error::{Code, Error, Result};
use crate::ground::json::Json;
use crate::ground::limits;
use crate::index::edge;
use crate::ops::{Request, former, past};
use crate::query::show;
use crate::schema::Validated;

impl Request for UpsertRecord {
    const RIGHT: Right = Right::WriteRecords;
    type Answer = Written<Record>;
    fn touches(&self) -> Touches<'_> {
        Touches::one(&self.collection)
    }
    fn run(&self, session: &Session) -> Result<Self::Answer> {
        session.answer(|ctx| upsert(ctx, self))
    }
}

impl Request for PatchRecord {
    const RIGHT: Right = Right::WriteRecords;
    type Answer = Written<Record>;
    fn touches(&self) -> Touches<'_> {
        Touches::one(&self.collection)
    }
    fn run(&self, session: &Session) -> Result<Self::Answer> {
        session.answer(|ctx| patch(ctx, self))
    }
}

impl Request for DeleteRecord {
    const RIGHT: Right = Right::WriteRecords;
    type Answer = Deleted;
    fn touches(&self) -> Touches<'_> {
        Touches::one(&self.collection)
    }
    fn run(&self, session: &Session) -> Result<Self::Answer> {
        session.answer(|ctx| delete(ctx, self))
    }
}

impl Request for GetRecord {
    const RIGHT: Right = Right::Read;
    type Answer = Record;
    fn touches(&self) -> Touches<'_> {
        Touches::one(&self.collection)
    }
    fn run(&self, session: &Session) -> Result<Self::Answer> {
        let (view, config) = session.view()?;
        let which = which(self.id.as_deref(), self.external_id.as_deref(), self.external_source.as_deref())?;
        if let Some(at) = &self.at {
            let seq = past::seq_of(&*view, at)?;
            let collection = former::known_at(&*view, &config, &self.collection, Some(seq))?;
            return past::record_at(&*view, &collection, &which, seq);
        }
        let collection = config.collection(&*view, &self.collection)?;
        let collection = collection.ok_or_else(|| collection_not_found(&self.collection))?;
        get(&*view, &collection, &which)
    }
}

/// The id that a request means; none where no record has the external key.
pub fn id_of(view: &dyn View, collection: &Collection, which: &Which) -> Result<Option<Id>> {
    match which {
        Which::Id(id) => Ok(Some(id.clone())),
        Which::External(key) => show::holder(view, collection.row.number, key),
    }
}

/// Reads a record where it lies: what only reads needs neither checks of a commit nor a copy of the row.
fn get(view: &dyn View, collection: &Collection, which: &Which) -> Result<Record> {
    let mut record = None;
    if let Some(id) = &id_of(view, collection, which)? {
        view.get_with(&keys::record(collection.row.number, id), &mut |found| {
            let row = found.map(|(_, bytes)| decode_record(bytes));
            let show = |row| show::record(&collection.row.id, id, &row, &mut Times::default());
            record = row.map(|row| row.map(show));
        })?;
    }
    record.transpose()?.ok_or_else(|| not_found(collection, which))
}

/// How a request names a record.
pub enum Which {
    /// By its id.
    Id(Id),
    /// By its external key.
    External(ExternalKey),
}

/// Reads the name of one record: an id or an external key, not both.
pub fn which(id: Option<&str>, external_id: Option<&str>, source: Option<&str>) -> Result<Which> {
    match (id, external_id) {
        (Some(id), None) if source.is_none() => Ok(Which::Id(parse_id(id)?)),
        (None, Some(external)) => Ok(Which::External(ExternalKey::parse(source, external)?)),
        (None, None) => {
            Err(Error::new(Code::InvalidRequest, "the record is not named")
                .hint("give an id or an external id"))
        }
        _ => Err(Error::new(Code::InvalidRequest, "the record is named twice")
            .hint("give an id or an external id, not both")),
    }
}

fn parse_id(text: &str) -> Result<Id> {
    Id::parse(text).map_err(|e| e.at("/id"))
}

/// Finds the record that a request names.
pub fn find(ctx: &mut Ctx<'_>, collection: &Collection, which: &Which) -> Result<(Id, RecordState)> {
    let id = match which {
        Which::Id(id) => Some(id.clone()),
        Which::External(key) => ctx.external(collection, key)?,
    };
    if let Some(id) = id
        && let Some(state) = ctx.record(collection, &id)?
    {
        return Ok((id, state));
    }
    Err(not_found(collection, which))
}

/// The error for a record that is not there.
pub fn not_found(collection: &Collection, which: &Which) -> Error {
    let (name, pointer) = match which {
        Which::Id(id) => (id.to_string(), "/id"),
        Which::External(key) => (key.to_string(), "/external_id"),
    };
    Error::new(
        Code::RecordNotFound,
        format!("the collection `{}` has no record `{}`", collection.row.id, shorten(&name)),
    )
    .at(pointer)
    .hint(format!("look for it with `rekor query {}`", collection.row.id))
}

/// A record's JSON.
#[must_use]
pub fn record_of(collection: &Collection, id: &Id, state: RecordState) -> Record {
    let (external_id, external_source) =
        state.external.map_or((None, None), |key| (Some(key.id.into()), key.source.map(Into::into)));
    Record {
        id: id.to_string(),
        collection: collection.row.id.clone(),
        external_id,
        external_source,
        version: state.version,
        data: Json::from_text(state.data),
        created_at: text_from_ms(state.created_ms),
        updated_at: text_from_ms(state.updated_ms),
    }
}

/// Reads a document and checks it by the collection's schema.
pub fn validate(collection: &Collection, text: &str) -> Result<Validated> {
    let under = |e: Error| e.under("/data");
    let canonical = json::canonical(text).map_err(under)?;
    limits::RECORD_BYTES.check(canonical.len()).map_err(|e| e.at("/data"))?;
    collection.compiled()?.checked(canonical).map_err(under)
}

fn need_data(data: Option<&Json>) -> Result<&str> {
    data.map(Json::text).ok_or_else(|| {
        Error::new(Code::InvalidRequest, "`data` is missing")
            .at("/data")
            .hint("give the whole document as JSON")
    })
}

/// Whether a write made, changed or found its record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It made the record.
    Created,
    /// It changed the record.
    Updated,
    /// The record was already so.
    Unchanged,
}

/// Makes a record or replaces the data of one.
pub fn upsert(ctx: &mut Ctx<'_>, request: &UpsertRecord) -> Result<Written<Record>> {
    let collection = ctx.need_collection(&request.collection)?;
    let id = request.id.as_deref().map(parse_id).transpose()?;
    let source = request.external_source.as_deref();
    let external = match (request.external_id.as_deref(), source) {
        (Some(external), source) => Some(ExternalKey::parse(source, external)?),
        (None, None) => None,
        (None, Some(_)) => {
            return Err(Error::new(Code::InvalidRequest, "`external_source` needs an `external_id`")
                .at("/external_source")
                .hint("give --external-id too"));
        }
    };
    let data = validate(&collection, need_data(request.data.as_ref())?)?;
    let (id, state, outcome) = store(ctx, &collection, id, external, request.if_version, data)?;
    let changed = outcome != Outcome::Unchanged;
    Ok(Written { thing: record_of(&collection, &id, state), changed, warnings: Vec::new() })
}

/// Stores a checked document under an id, an external key or a new id.
pub fn store(
    ctx: &mut Ctx<'_>,
    collection: &Collection,
    id: Option<Id>,
    external: Option<ExternalKey>,
    if_version: Option<u64>,
    data: Validated,
) -> Result<(Id, RecordState, Outcome)> {
    let known = match (&id, &external) {
        (Some(id), _) => Some(id.clone()),
        (None, Some(key)) => ctx.external(collection, key)?,
        (None, None) => None,
    };
    let old = match &known {
        Some(id) => ctx.record(collection, id)?,
        None => None,
    };
    check_version(collection, known.as_ref(), old.as_ref(), if_version)?;
    let external = external.or_else(|| old.as_ref().and_then(|o| o.external.clone()));
    let made_id = known.is_none();
    let id = known.unwrap_or_else(|| Id::Uuid(env::new_id()));
    if let Some(old) = &old
        && *old.data == *data.text()
        && old.external == external
    {
        return Ok((id, old.clone(), Outcome::Unchanged));
    }
    let first = if made_id || old.is_some() { 1 } else { ctx.first_version(collection, &id)? };
    let image = RecordImage { external, data, created_ms: None };
    let state = ctx.put_record(collection, &id, old.as_ref(), Some(&image), first)?;
    let outcome = if old.is_some() { Outcome::Updated } else { Outcome::Created };
    let state = state.ok_or_else(|| Error::new(Code::Internal, "a stored record has no state"))?;
    Ok((id, state, outcome))
}

/// Refuses a record that has another version than the caller expects.
pub fn check_version(
    collection: &Collection,
    id: Option<&Id>,
    old: Option<&RecordState>,
    if_version: Option<u64>,
) -> Result<()> {
    let Some(wanted) = if_version else { return Ok(()) };
    let is = old.map_or(0, |o| o.version);
    if is == wanted {
        return Ok(());
    }
    let error = version_conflict("record", is, wanted);
    Err(match (id, old) {
        (Some(id), Some(old)) => {
            error.details(vec![Json::from_value(&record_of(collection, id, old.clone()))])
        }
        _ => error,
    })
}

/// The error for a thing that has another version than the caller expects; 0 is absence.
#[must_use]
pub fn version_conflict(what: &str, is: u64, wanted: u64) -> Error {
    let message = match (is, wanted) {
        (0, _) => format!("the {what} does not exist, version {wanted} was expected"),
        (_, 0) => format!("the {what} exists at version {is}, none was expected"),
        _ => format!("the {what} has version {is}, version {wanted} was expected"),
    };
    Error::new(Code::VersionConflict, message)
        .at("/if_version")
        .hint("read it again, apply the change to what it is now, and write with that version")
}

/// Merges a patch into a record's data.
pub fn patch(ctx: &mut Ctx<'_>, request: &PatchRecord) -> Result<Written<Record>> {
    let collection = ctx.need_collection(&request.collection)?;
    let which =
        which(request.id.as_deref(), request.external_id.as_deref(), request.external_source.as_deref())?;
    let (id, old) = find(ctx, &collection, &which)?;
    check_version(&collection, Some(&id), Some(&old), request.if_version)?;
    let patch = Tree::parse(need_data(request.data.as_ref())?).map_err(|e| e.under("/data"))?;
    let merged = json::merge_patch(Tree::from_canonical(&old.data)?, patch).to_text();
    let data = validate(&collection, &merged)?;
    let (id, state, outcome) = store(ctx, &collection, Some(id), None, None, data)?;
    let changed = outcome != Outcome::Unchanged;
    Ok(Written { thing: record_of(&collection, &id, state), changed, warnings: Vec::new() })
}

/// Deletes a record and every relationship that touches it.
pub fn delete(ctx: &mut Ctx<'_>, request: &DeleteRecord) -> Result<Deleted> {
    let collection = ctx.need_collection(&request.collection)?;
    let which =
        which(request.id.as_deref(), request.external_id.as_deref(), request.external_source.as_deref())?;
    let (id, old) = find(ctx, &collection, &which)?;
    check_version(&collection, Some(&id), Some(&old), request.if_version)?;
    let near = (collection.row.number, &id);
    let too_many = |e: Error| {
        let touching = format!("rekor relationships delete --touching {}/{id}", collection.row.id);
        if e.code() == Code::LimitExceeded {
            e.hint(format!("delete them in steps first: `{touching}`"))
        } else {
            e
        }
    };
    let count = delete_edges(ctx, near, None).map_err(too_many)?.relationships;
    ctx.put_record(&collection, &id, Some(&old), None, 1).map_err(too_many)?;
    Ok(Deleted { relationships_deleted: Some(count as u64), ..Deleted::of(id.to_string()) })
}

/// How far the deletion of a record's edges came.
pub struct Cut {
    /// Relationships that were deleted.
    pub relationships: usize,
    /// Whether no edge is left.
    pub complete: bool,
}

/// Deletes the relationships that touch a record; `step` bounds the edges that are looked at, and then
/// half of what a commit may hold bounds the step too.
pub fn delete_edges(ctx: &mut Ctx<'_>, near: (u32, &Id), step: Option<usize>) -> Result<Cut> {
    const PAGE_EDGES: usize = 1_000;
    let mut cut = Cut { relationships: 0, complete: false };
    let mut edges = 0;
    for side in [EdgeSide::Out, EdgeSide::In] {
        let (mut lo, hi) = keys::edges(side, near, None);
        loop {
            let page = ctx.scan(&lo, &hi, false, PAGE_EDGES)?;
            let Some(last) = page.last() else { break };
            lo = [&last.key, &[0][..]].concat();
            for entry in page {
                if step.is_some_and(|step| edges >= step || ctx.is_half_full()) {
                    return Ok(cut);
                }
                edges += 1;
                let id = keys::edge_of(side, near, &entry.key)?.relationship;
                // An edge that its relationship does not have is left of one whose end's collection was
                // deleted: the id may since be another relationship's.
                match ctx.relationship(&id)?.filter(|old| edge::keys_of(&old.row, &id).contains(&entry.key)) {
                    Some(old) => {
                        ctx.put_relationship(&id, Some(&old), None)?;
                        cut.relationships += 1;
                    }
                    None => ctx.put_derived(entry.key, None)?,
                }
            }
        }
    }
    cut.complete = true;
    Ok(cut)
}
