//! Relationships: upsert, get, list, delete. Without an id of its own a relationship has one made of
//! (source, type, target), so that the same link made twice, by two processes, is one.

use sha2::{Digest as _, Sha256};
use uuid::Builder;

use crate::api::list::{Deleted, List, Meta, Written};
use crate::api::relationship::{
    DeleteRelationship, DeleteTouching, DeletedTouching, End, GetRelationship, ListRelationships,
    Relationship, UpsertRelationship,
};
use crate::codec::id::{ExternalKey, Id, check_name, shorten};
use crate::codec::json;
use crate::codec::keys;
use crate::codec::row::{RelationshipRow, decode_relationship};
use crate::codec::time::text_from_ms;
use crate::ctx::config::Collection;
use crate::ctx::rights::Right;
use crate::ctx::scope::Touches;
use crate::ctx::session::Session;
use crate::ctx::{Ctx, RelationshipState};
use crate::ground::error::{Code, Error, Result};
use crate::ground::json::Json;
use crate::ground::limits;
use crate::ops::Request;
use crate::ops::records::{delete_edges, version_conflict};
use crate::query::{cursor, page};

/// Edges that one step of [`DeleteTouching`] deletes.
const TOUCHING_STEP: usize = 10_000;

impl Request for UpsertRelationship {
    const RIGHT: Right = Right::WriteRecords;
    type Answer = Written<Relationship>;
    fn touches(&self) -> Touches<'_> {
        Touches::Named(vec![
            ("/source_collection".into(), &self.source_collection),
            ("/target_collection".into(), &self.target_collection),
        ])
    }
    fn run(&self, session: &Session) -> Result<Self::Answer> {
        session.answer(|ctx| upsert(ctx, self))
    }
}

impl Request for DeleteRelationship {
    const RIGHT: Right = Right::WriteRecords;
    type Answer = Deleted;
    fn touches(&self) -> Touches<'_> {
        Touches::Within
    }
    fn run(&self, session: &Session) -> Result<Self::Answer> {
        session.answer(|ctx| delete(ctx, self))
    }
}

impl Request for GetRelationship {
    const RIGHT: Right = Right::Read;
    type Answer = Relationship;
    fn touches(&self) -> Touches<'_> {
        Touches::Within
    }
    fn run(&self, session: &Session) -> Result<Self::Answer> {
        session.read_within(|ctx| {
            let id = Id::parse(&self.id).map_err(|e| e.at("/id"))?;
            let state = ctx.relationship(&id)?.ok_or_else(|| not_found(&id))?;
            relationship_of(ctx, &id, state.row)?.ok_or_else(|| not_found(&id))
        })
    }
}

impl Request for DeleteTouching {
    const RIGHT: Right = Right::WriteRecords;
    type Answer = DeletedTouching;
    fn touches(&self) -> Touches<'_> {
        Touches::one(&self.collection)
    }
    fn run(&self, session: &Session) -> Result<Self::Answer> {
        let id = Id::parse(&self.id).map_err(|e| e.at("/id"))?;
        let mut total = 0;
        loop {
            // A rehearsal, in which no step takes anything away, is one step.
            let step = (!session.is_rehearsing()).then_some(TOUCHING_STEP);
            let (done, _) = session.write_free(|ctx| {
                let collection = ctx.need_collection(&self.collection)?;
                let cut = delete_edges(ctx, (collection.row.number, &id), step)?;
                let answer = DeletedTouching { relationships_deleted: total + cut.relationships as u64 };
                if cut.complete { ctx.answer(answer).map(Ok) } else { Ok(Err(answer)) }
            })?;
            match done {
                Ok(answer) => return Ok(answer),
                Err(so_far) => total = so_far.relationships_deleted,
            }
        }
    }
}

impl Request for ListRelationships {
    const RIGHT: Right = Right::Read;
    type Answer = List<Relationship>;
    fn touches(&self) -> Touches<'_> {
        Touches::Within
    }
    fn run(&self, session: &Session) -> Result<Self::Answer> {
        session.read_within(|ctx| list(ctx, self))
    }
}

/// A relationship's JSON; none when the collection of an end was deleted.
pub fn relationship_of(ctx: &mut Ctx<'_>, id: &Id, row: RelationshipRow) -> Result<Option<Relationship>> {
    let (Some(source), Some(target)) = (ctx.numbered(row.source.0)?, ctx.numbered(row.target.0)?) else {
        return Ok(None);
    };
    let end =
        |collection: &Collection, id: &Id| End { collection: collection.row.id.clone(), id: id.to_string() };
    Ok(Some(Relationship {
        id: id.to_string(),
        source: end(&source, &row.source.1),
        target: end(&target, &row.target.1),
        rel_type: row.rel_type.into(),
        version: row.version,
        data: row.data.map(Json::from_text),
        created_at: text_from_ms(row.created_ms),
        updated_at: text_from_ms(row.updated_ms),
    }))
}

fn not_found(id: &Id) -> Error {
    Error::new(Code::RelationshipNotFound, format!("there is no relationship `{id}`"))
        .at("/id")
        .hint("list them with `rekor relationships list`")
}

/// One end as a request writes it, found: the collection's number, the id, and whether it is there.
struct FoundEnd {
    number: u32,
    id: Id,
    present: bool,
}

fn find_end(ctx: &mut Ctx<'_>, collection: &str, text: &str, side: &str) -> Result<FoundEnd> {
    let missing = |what: String, place: &str| {
        Error::new(Code::NotFound, what)
            .at(format!("/{side}_{place}"))
            .hint("make it first, or correct the name")
    };
    ctx.allow_collection(collection, &format!("/{side}_collection"))?;
    let collection = ctx.collection(collection)?.ok_or_else(|| {
        missing(
            format!("the {side} names the collection `{}`, which does not exist", shorten(collection)),
            "collection",
        )
    })?;
    let number = collection.row.number;
    let id_at = |e: Error| e.at(format!("/{side}_id"));
    if let Some(external) = text.strip_prefix('@') {
        let (source, id) = external.split_once(':').ok_or_else(|| {
            Error::new(Code::InvalidId, format!("`{}` is not an external key", shorten(text)))
                .at(format!("/{side}_id"))
                .hint("write `@source:external_id`, or `@:external_id` without a source")
        })?;
        let key = ExternalKey::parse((!source.is_empty()).then_some(source), id).map_err(id_at)?;
        let id = ctx.external(&collection, &key)?.ok_or_else(|| {
            missing(format!("`{}` has no record with the external key `{key}`", collection.row.id), "id")
        })?;
        return Ok(FoundEnd { number, id, present: true });
    }
    let id = Id::parse(text).map_err(id_at)?;
    let present = ctx.exists(&keys::record(number, &id))?;
    Ok(FoundEnd { number, id, present })
}

/// Links two records, or changes the data of a link.
pub fn upsert(ctx: &mut Ctx<'_>, request: &UpsertRelationship) -> Result<Written<Relationship>> {
    check_name(&request.rel_type, "relationship type").map_err(|e| e.at("/rel_type"))?;
    let source = find_end(ctx, &request.source_collection, &request.source_id, "source")?;
    let target = find_end(ctx, &request.target_collection, &request.target_id, "target")?;
    let warnings = dangling(ctx, request, [&source, &target])?;
    let data = read_data(request.data.as_ref())?;
    let own_id = request.id.as_deref().map(|id| Id::parse(id).map_err(|e| e.at("/id"))).transpose()?;
    let (source, target) = ((source.number, source.id), (target.number, target.id));
    let id = own_id.unwrap_or_else(|| derived_id(&source, &request.rel_type, &target));
    let old = ctx.relationship(&id)?;
    old.iter().try_for_each(|old| ctx.allow_ends(&old.row))?;
    check_version(ctx, &id, old.as_ref(), request.if_version)?;
    let (row, changed) = link(ctx, &id, old, source, &request.rel_type, target, data)?;
    let thing = relationship_of(ctx, &id, row)?.ok_or_else(|| not_found(&id))?;
    Ok(Written { thing, changed, warnings })
}

/// Links two records that are known to be there, under the id made of them. Answers whether it was new.
pub fn link_known(ctx: &mut Ctx<'_>, source: (u32, Id), rel_type: &str, target: (u32, Id)) -> Result<bool> {
    let id = derived_id(&source, rel_type, &target);
    let old = ctx.relationship(&id)?;
    Ok(link(ctx, &id, old, source, rel_type, target, None)?.1)
}

fn link(
    ctx: &mut Ctx<'_>,
    id: &Id,
    old: Option<RelationshipState>,
    source: (u32, Id),
    rel_type: &str,
    target: (u32, Id),
    data: Option<Option<Box<str>>>,
) -> Result<(RelationshipRow, bool)> {
    if let Some(old) = &old {
        let row = &old.row;
        if (&row.source, &*row.rel_type, &row.target) != (&source, rel_type, &target) {
            return Err(Error::new(
                Code::AlreadyExists,
                format!("the relationship `{id}` has another type or other ends"),
            )
            .at("/id")
            .hint("type and ends of a relationship never change: choose another id, or delete it first"));
        }
        if data.as_ref().is_none_or(|data| *data == row.data) {
            return Ok((row.clone(), false));
        }
    }
    let row = RelationshipRow {
        version: old.as_ref().map_or(1, |o| o.row.version + 1),
        created_ms: old.as_ref().map_or(ctx.now_ms, |o| o.row.created_ms),
        updated_ms: old.as_ref().map_or(ctx.now_ms, |o| ctx.now_ms.max(o.row.updated_ms)),
        rel_type: rel_type.into(),
        source,
        target,
        data: data.flatten(),
    };
    ctx.put_relationship(id, old.as_ref(), Some(&row))?;
    Ok((row, true))
}

/// A UUIDv8 of SHA-256 over (source, type, target).
fn derived_id(source: &(u32, Id), rel_type: &str, target: &(u32, Id)) -> Id {
    let mut sha = Sha256::new();
    for part in
        [&source.0.to_string(), &source.1.to_string(), rel_type, &target.0.to_string(), &target.1.to_string()]
    {
        sha.update(part.as_bytes());
        sha.update([0]);
    }
    let digest: [u8; 32] = sha.finalize().into();
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
    Id::Uuid(Builder::from_custom_bytes(bytes).into_uuid())
}

fn dangling(ctx: &Ctx<'_>, request: &UpsertRelationship, ends: [&FoundEnd; 2]) -> Result<Vec<String>> {
    let names = [("source", &request.source_collection), ("target", &request.target_collection)];
    let mut warnings = Vec::new();
    for ((side, collection), end) in names.into_iter().zip(ends) {
        if end.present {
            continue;
        }
        if request.strict || ctx.meta().strict_refs {
            return Err(Error::new(
                Code::NotFound,
                format!("the {side} `{collection}/{}` does not exist", end.id),
            )
            .at(format!("/{side}_id"))
            .hint(if request.strict {
                "make the record first, or leave --strict out".to_owned()
            } else {
                let id = &ctx.meta().workspace;
                format!(
                    "make the record first; `rekor workspaces set {id} --strict-refs false` lets links dangle"
                )
            }));
        }
        warnings.push(format!("dangling {side} {collection}/{}", end.id));
    }
    Ok(warnings)
}

/// The data of a request: none to keep what is there, `null` to have none.
fn read_data(data: Option<&Json>) -> Result<Option<Option<Box<str>>>> {
    let Some(data) = data else { return Ok(None) };
    let text = json::canonical(data.text()).map_err(|e| e.under("/data"))?;
    limits::RECORD_BYTES.check(text.len()).map_err(|e| e.at("/data"))?;
    match text.as_bytes().first() {
        Some(b'{') => Ok(Some(Some(text.into()))),
        Some(b'n') => Ok(Some(None)),
        _ => Err(Error::new(Code::InvalidRequest, "the data of a relationship must be an object or null")
            .at("/data")),
    }
}

fn check_version(
    ctx: &mut Ctx<'_>,
    id: &Id,
    old: Option<&RelationshipState>,
    if_version: Option<u64>,
) -> Result<()> {
    let Some(wanted) = if_version else { return Ok(()) };
    let is = old.map_or(0, |o| o.row.version);
    if is == wanted {
        return Ok(());
    }
    let current = old.map(|o| relationship_of(ctx, id, o.row.clone())).transpose()?.flatten();
    let details = current.iter().map(Json::from_value).collect();
    Err(version_conflict("relationship", is, wanted).details(details))
}

/// Deletes one relationship.
pub fn delete(ctx: &mut Ctx<'_>, request: &DeleteRelationship) -> Result<Deleted> {
    let id = Id::parse(&request.id).map_err(|e| e.at("/id"))?;
    let old = ctx.relationship(&id)?.ok_or_else(|| not_found(&id))?;
    // To a handle that does not reach both ends, it is not there.
    ctx.allow_ends(&old.row).map_err(|_| not_found(&id))?;
    check_version(ctx, &id, Some(&old), request.if_version)?;
    ctx.put_relationship(&id, Some(&old), None)?;
    Ok(Deleted::of(id.to_string()))
}

fn list(ctx: &mut Ctx<'_>, request: &ListRelationships) -> Result<List<Relationship>> {
    let limit = page_limit(request.limit)?;
    let bound_to = format!("relationships\0{}", request.rel_type.as_deref().unwrap_or_default());
    let (mut lo, hi) = keys::relationships();
    if let Some(cursor) = &request.cursor {
        lo = keys::relationship(&Id::trusted(&cursor::open_text(cursor, &bound_to)?));
        lo.push(0);
    }
    let mut data: Vec<Relationship> = Vec::new();
    let mut has_more = false;
    'pages: loop {
        let page = ctx.scan(&lo, &hi, false, 1_000)?;
        let Some(last) = page.last() else { break };
        lo.clone_from(&last.key);
        lo.push(0);
        for entry in page {
            let row = decode_relationship(&entry.value)?;
            if request.rel_type.as_ref().is_some_and(|wanted| *wanted != *row.rel_type) {
                continue;
            }
            let Some(found) = relationship_of(ctx, &keys::relationship_id(&entry.key)?, row)? else {
                continue;
            };
            if data.len() == limit {
                has_more = true;
                break 'pages;
            }
            data.push(found);
        }
    }
    let next_cursor = data.last().filter(|_| has_more).map(|last| cursor::seal_text(&last.id, &bound_to));
    let meta = Meta { limit: Some(limit as u64), offset: 0, has_more, next_cursor, total: None };
    Ok(List { data, meta })
}

/// The rows of a page that a request asks for.
pub fn page_limit(limit: Option<u64>) -> Result<usize> {
    page::bounded(limit, limits::PAGE_ROWS_DEFAULT, &limits::PAGE_ROWS, "/limit")
}
