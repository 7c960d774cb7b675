//! Collections: upsert, get, list, delete, as one commit. What is too large for one commit is done in
//! steps by `evolve`.

use crate::api::collection::{
    Collection, DeleteCollection, GetCollection, ListCollections, UpsertCollection,
};
use crate::api::list::{Deleted, List, Written};
use crate::codec::collection::{CollectionRow, Index};
use crate::codec::id::{Id, check_name, shorten};
use crate::codec::json;
use crate::codec::keys::{self, Thing};
use crate::codec::time::text_from_ms;
use crate::ctx::Ctx;
use crate::ctx::config;
use crate::ctx::journal::Change;
use crate::ctx::rights::Right;
use crate::ctx::scope::Touches;
use crate::ctx::session::Session;
use crate::ground::error::{Code, Error, Result};
use crate::ground::json::Json;
use crate::ground::limits;
use crate::ops::Request;
use crate::ops::records::version_conflict;
use crate::ops::{dependents, evolve, sweep};
use crate::schema::Field;

impl Request for UpsertCollection {
    const RIGHT: Right = Right::Configure;
    type Answer = Written<Collection>;
    fn touches(&self) -> Touches<'_> {
        Touches::one(&self.collection)
    }
    fn run(&self, session: &Session) -> Result<Self::Answer> {
        let (small, _) = session.write(|ctx| {
            let Some(plan) = plan(ctx, self)? else {
                return Ok(Some((current(ctx, &self.collection)?, false)));
            };
            if evolve::fits_one_commit(ctx, &plan)? {
                Ok(Some((evolve::apply(ctx, &plan)?, true)))
            } else {
                Ok(None)
            }
        })?;
        let (row, changed) = match small {
            Some(done) => done,
            None => evolve::in_steps(session, self)?,
        };
        sweep::sweep_indexes(session);
        Ok(written(row, changed))
    }
}

impl Request for GetCollection {
    const RIGHT: Right = Right::Read;
    type Answer = Collection;
    fn touches(&self) -> Touches<'_> {
        Touches::one(&self.collection)
    }
    fn run(&self, session: &Session) -> Result<Self::Answer> {
        session.read(|ctx| Ok(collection_of(current(ctx, &self.collection)?)))
    }
}

impl Request for ListCollections {
    const RIGHT: Right = Right::Read;
    type Answer = List<Collection>;
    fn touches(&self) -> Touches<'_> {
        Touches::Within
    }
    fn run(&self, session: &Session) -> Result<Self::Answer> {
        session.read_within(|ctx| {
            let rows = ctx.collection_rows()?.into_iter();
            Ok(List::whole(rows.filter(|row| !ctx.is_hidden(&row.id)).map(collection_of).collect()))
        })
    }
}

impl Request for DeleteCollection {
    const RIGHT: Right = Right::Configure;
    type Answer = Deleted;
    fn touches(&self) -> Touches<'_> {
        Touches::one(&self.collection)
    }
    fn run(&self, session: &Session) -> Result<Self::Answer> {
        let (deleted, _) = session.write(|ctx| delete(ctx, self))?;
        sweep::sweep_indexes(session);
        Ok(deleted)
    }
}

fn current(ctx: &mut Ctx<'_>, id: &str) -> Result<CollectionRow> {
    ctx.collection_row(id)?.ok_or_else(|| config::collection_not_found(id))
}

fn written(row: CollectionRow, changed: bool) -> Written<Collection> {
    Written { thing: collection_of(row), changed, warnings: Vec::new() }
}

/// A collection's JSON.
fn collection_of(row: CollectionRow) -> Collection {
    Collection {
        id: row.id,
        name: row.name,
        schema: Json::from_text(row.schema),
        version: row.version,
        created_at: text_from_ms(row.created_ms),
        updated_at: text_from_ms(row.updated_ms),
    }
}

/// What an upsert will do to a collection.
pub struct Plan {
    /// The collection as it is.
    pub old: Option<CollectionRow>,
    /// The collection as it will be, its new indexes marked complete.
    pub new: CollectionRow,
    /// Whether stored records must be checked.
    pub checks_records: bool,
    /// The numbers of the indexes that have to be built.
    pub fresh: Vec<u32>,
    /// The numbers of the indexes that go.
    pub dropped: Vec<u32>,
    /// The number that the next index gets.
    pub next_index: u32,
}

/// Decides what an upsert does; none when it changes nothing. Reads only.
pub fn plan(ctx: &mut Ctx<'_>, request: &UpsertCollection) -> Result<Option<Plan>> {
    check_name(&request.collection, "collection id").map_err(|e| e.at("/collection"))?;
    let old = ctx.collection_row(&request.collection)?;
    check_version(old.as_ref(), request.if_version)?;
    let schema = match (&request.schema, &old) {
        (Some(schema), _) => schema.text().trim().to_owned(),
        (None, Some(old)) => old.schema.clone(),
        (None, None) => {
            return Err(Error::new(Code::InvalidRequest, "a new collection needs a schema")
                .at("/schema")
                .hint(r#"give --schema '{"type":"object","properties":{…}}'"#));
        }
    };
    limits::SCHEMA_BYTES.check(schema.len()).map_err(|e| e.at("/schema"))?;
    let under = |e: Error| e.under("/schema");
    let canonical = json::canonical(&schema).map_err(|e| match e.code() {
        Code::TooDeep => {
            limits::SCHEMA_DEPTH.exceeded(limits::SCHEMA_DEPTH.max + 1).at(e.pointer().unwrap_or_default())
        }
        _ => e,
    });
    let canonical = canonical.map_err(under)?;
    let same_schema = match &old {
        Some(old) => json::canonical(&old.schema)? == canonical,
        None => false,
    };
    let kept_name = old.as_ref().map_or(&request.collection, |o| &o.name);
    let name = request.name.clone().unwrap_or_else(|| kept_name.clone());
    if let Some(old) = &old
        && same_schema
    {
        // Left by a change that was killed: no schema asks for them, so they go.
        let (indexes, pending): (Vec<Index>, Vec<Index>) =
            old.indexes.iter().cloned().partition(|index| index.complete);
        if old.name == name && pending.is_empty() {
            return Ok(None);
        }
        let dropped = pending.iter().map(|index| index.number).collect();
        let new = CollectionRow { name, updated_ms: ctx.now_ms, indexes, ..old.clone() };
        let next_index = ctx.meta().next_index;
        return Ok(Some(Plan {
            new,
            checks_records: false,
            fresh: vec![],
            dropped,
            next_index,
            old: Some(old.clone()),
        }));
    }
    let mut new = new_row(ctx, request, old.as_ref(), name, schema)?;
    let made = config::Collection::new(new.clone(), &mut |id| ctx.collection_row(id))?;
    new.references = made.compile_with(&mut |id| ctx.collection_row(id)).map_err(under)?;
    new.references.iter().try_for_each(|id| ctx.allow_collection(id, "/schema"))?;
    let mut plan = Plan {
        old,
        new,
        checks_records: !request.allow_breaking,
        fresh: vec![],
        dropped: vec![],
        next_index: ctx.meta().next_index,
    };
    plan_indexes(ctx, &mut plan)?;
    dependents::check(ctx, &plan)?;
    Ok(Some(plan))
}

fn check_version(old: Option<&CollectionRow>, if_version: Option<u64>) -> Result<()> {
    let is = old.map_or(0, |o| o.version);
    match if_version {
        Some(wanted) if wanted != is => {
            let details = old.map(|o| Json::from_value(&collection_of(o.clone())));
            Err(version_conflict("collection", is, wanted).details(details.into_iter().collect()))
        }
        _ => Ok(()),
    }
}

fn new_row(
    ctx: &Ctx<'_>,
    request: &UpsertCollection,
    old: Option<&CollectionRow>,
    name: String,
    schema: String,
) -> Result<CollectionRow> {
    if old.is_none() {
        limits::COLLECTIONS.check(ctx.meta().collections as usize + 1)?;
    }
    Ok(CollectionRow {
        number: old.map_or(ctx.meta().next_collection, |o| o.number),
        id: request.collection.clone(),
        name,
        schema,
        version: old.map_or(1, |o| o.version + 1),
        created_ms: old.map_or(ctx.now_ms, |o| o.created_ms),
        updated_ms: ctx.now_ms,
        indexes: old.map_or_else(Vec::new, |o| o.indexes.clone()),
        references: Vec::new(),
        tracked: old.is_none_or(|o| o.tracked),
    })
}

/// Keeps the indexes that the new schema still asks for, and numbers those that it newly does.
fn plan_indexes(ctx: &mut Ctx<'_>, plan: &mut Plan) -> Result<()> {
    let under = |e: Error| e.under("/schema");
    let shaped = config::Collection::new(plan.new.clone(), &mut |id| ctx.collection_row(id))?;
    let shape = shaped.shape().map_err(under)?;
    let mut indexes = Vec::new();
    for hint in shaped.index_hints().map_err(under)? {
        let instants: Vec<bool> = hint
            .paths
            .iter()
            .map(|path| matches!(shape.field(path), Field::Known(declared) if declared.date_time))
            .collect();
        let kept = plan.new.indexes.iter().find(|index| {
            index.paths == hint.paths && index.unique == hint.unique && index.instants == instants
        });
        let number = kept.map_or(plan.next_index, |index| index.number);
        if kept.is_none() {
            plan.next_index += 1;
        }
        if kept.is_none_or(|index| !index.complete) {
            plan.fresh.push(number);
        }
        indexes.push(Index { number, paths: hint.paths, instants, unique: hint.unique, complete: true });
    }
    let gone = plan.new.indexes.iter().map(|index| index.number);
    plan.dropped = gone.filter(|number| indexes.iter().all(|index| index.number != *number)).collect();
    plan.new.indexes = indexes;
    Ok(())
}

/// Makes a collection or changes one, in one commit with what else the operation does.
pub fn upsert(ctx: &mut Ctx<'_>, request: &UpsertCollection) -> Result<Written<Collection>> {
    let Some(plan) = plan(ctx, request)? else {
        return Ok(written(current(ctx, &request.collection)?, false));
    };
    if !evolve::fits_one_commit(ctx, &plan)? {
        let limit = &limits::BATCH_SCHEMA_RECORDS;
        return Err(limit.exceeded(limit.max + 1).at("/collection").hint(format!(
            "change the schema by itself: `rekor collections upsert {} --schema …`",
            request.collection
        )));
    }
    Ok(written(evolve::apply(ctx, &plan)?, true))
}

/// Deletes a collection. With its records: its number is retired, and with it all that stands under it,
/// whose rows stay as the past of the journal.
pub fn delete(ctx: &mut Ctx<'_>, request: &DeleteCollection) -> Result<Deleted> {
    let row = current(ctx, &request.collection)?;
    check_version(Some(&row), request.if_version)?;
    let users: Vec<String> = ctx
        .collection_rows()?
        .into_iter()
        .filter(|other| other.id != row.id && other.references.contains(&row.id))
        .map(|other| other.id)
        .collect();
    if !users.is_empty() {
        return Err(Error::new(
            Code::SchemaIncompatible,
            format!("the schemas of {} refer to `{}`", users.join(", "), row.id),
        )
        .at("/collection")
        .hint("change those schemas first")
        .details(
            users.iter().map(|id| Json::from_value(&serde_json::json!({ "collection": id }))).collect(),
        ));
    }
    if !request.with_records {
        let (lo, hi) = keys::records(row.number);
        if !ctx.scan(&lo, &hi, false, 1)?.is_empty() {
            return Err(not_empty(ctx, &row)?);
        }
    }
    ctx.put_collection(&row.id, None, Some(change_of(Some(&row), None)?))?;
    ctx.edit_meta(|meta| {
        meta.collections = meta.collections.saturating_sub(1);
        meta.dropped_indexes.extend(row.indexes.iter().map(|index| index.number));
    })?;
    Ok(Deleted { id: row.id, deleted: true, relationships_deleted: None })
}

fn not_empty(ctx: &Ctx<'_>, row: &CollectionRow) -> Result<Error> {
    let (lo, hi) = keys::records(row.number);
    let mut count = 0_u64;
    ctx.view().scan_each(&lo, &hi, false, &mut |_, _, _| {
        count += 1;
        std::ops::ControlFlow::Continue(())
    })?;
    Ok(Error::new(
        Code::CollectionNotEmpty,
        format!("the collection `{}` has {} records", shorten(&row.id), count.max(1)),
    )
    .at("/collection")
    .hint("add --with-records to delete them too")
    .details(vec![Json::from_value(&serde_json::json!({ "records": count.max(1) }))]))
}

/// The journal's change of a collection.
pub fn change_of(old: Option<&CollectionRow>, new: Option<&CollectionRow>) -> Result<Change> {
    let row = new.or(old).ok_or_else(|| Error::new(Code::Internal, "a change of no collection"))?;
    Ok(Change {
        thing: Thing::Collection,
        collection: row.number,
        id: Id::trusted(&row.id),
        old_version: old.map_or(0, |o| o.version),
        new_version: new.map_or(0, |n| n.version),
        before: old.map(crate::codec::collection::encode).transpose()?,
    })
}
