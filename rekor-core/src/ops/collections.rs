//! Collections: upsert, get, list, delete, as one commit. What is too large for one commit is done in
//! steps by `evolve`.

use crate::api::collection::{
    Collection, DeleteCollection, GetCollection, ListCollections, UpsertCollection,
};
use crate::api::list::{Deleted, List, Written};
use crate::api::workspace::Kind;
use crate::codec::collection::CollectionRow;
use crate::codec::id::{Id, check_name, shorten};
use crate::codec::json;
use crate::codec::keys::Thing;
use crate::codec::time::text_from_ms;
use crate::ctx::Ctx;
use crate::ctx::config;
use crate::ctx::journal::Change;
use crate::ctx::rights::{self, Right};
use crate::ctx::scope::Touches;
use crate::ctx::session::Session;
use crate::ground::error::{Code, Error, Result};
use crate::ground::json::Json;
use crate::ground::limits;
use crate::ops::Request;
use crate::ops::configure::{self, Draft, Plans, check_unused, too_many_records};
use crate::ops::evolve::Evolution;
use crate::ops::records::version_conflict;
use crate::ops::{evolve, sweep};

impl Request for UpsertCollection {
    const RIGHT: Right = Right::Configure;
    type Answer = Written<Collection>;
    fn touches(&self) -> Touches<'_> {
        Touches::one(&self.collection)
    }
    fn run(&self, session: &Session) -> Result<Self::Answer> {
        let done = evolve::carry_out(session, self);
        sweep::sweep_indexes(session);
        Ok(done?.0)
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
        let deleted = session.answer(|ctx| delete(ctx, self));
        sweep::sweep_indexes(session);
        deleted
    }
}

impl Evolution for UpsertCollection {
    type Answer = Written<Collection>;

    fn plan(&self, ctx: &mut Ctx<'_>) -> Result<Plans> {
        let Some(draft) = draft(ctx, self)? else { return Ok(Plans::default()) };
        let plans = configure::complete(ctx, vec![draft], Vec::new())?;
        Ok(Plans { checks_records: !self.allow_breaking, ..plans })
    }

    fn finish(&self, ctx: &mut Ctx<'_>, plans: &Plans) -> Result<Self::Answer> {
        Ok(match plans.plans.first() {
            Some(plan) => Written { warnings: notice(ctx), ..written(plan.new.clone(), true) },
            None => written(current(ctx, &self.collection)?, false),
        })
    }
}

fn current(ctx: &mut Ctx<'_>, id: &str) -> Result<CollectionRow> {
    ctx.collection_row(id)?.ok_or_else(|| config::collection_not_found(id))
}

fn written(row: CollectionRow, changed: bool) -> Written<Collection> {
    Written { thing: collection_of(row), changed, warnings: Vec::new() }
}

/// What whoever changes collections in production should know.
fn notice(ctx: &Ctx<'_>) -> Vec<String> {
    let meta = ctx.meta();
    if meta.kind == Kind::Preview {
        return Vec::new();
    }
    let id = &meta.workspace;
    vec![format!(
        "`{id}` is production, and this holds there at once; to try a change first: `rekor workspaces create-preview {id} \
         --name my-change`"
    )]
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

/// Reads what an upsert asks for; none when it changes nothing.
fn draft(ctx: &mut Ctx<'_>, request: &UpsertCollection) -> Result<Option<Draft>> {
    check_name(&request.collection, "collection id").map_err(|e| e.at("/collection"))?;
    if request.allow_breaking && ctx.meta().kind == Kind::Production {
        rights::word(request.yes, || {
            format!("rekor collections upsert {} --schema … --allow-breaking", request.collection)
        })?;
    }
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
    let canonical = json::canonical(&schema).map_err(|e| match e.code() {
        Code::TooDeep => {
            limits::SCHEMA_DEPTH.exceeded(limits::SCHEMA_DEPTH.max + 1).at(e.pointer().unwrap_or_default())
        }
        _ => e,
    });
    canonical.map_err(|e| e.under("/schema"))?;
    let kept_name = old.as_ref().map_or(&request.collection, |o| &o.name);
    let name = request.name.clone().unwrap_or_else(|| kept_name.clone());
    let draft = Draft { old, id: request.collection.clone(), name, schema, revived: None };
    let unchanged = draft
        .old
        .as_ref()
        .is_some_and(|old| old.name == draft.name && old.indexes.iter().all(|index| index.complete));
    Ok(if unchanged && draft.keeps_schema()? { None } else { Some(draft) })
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

/// Makes a collection or changes one, in one commit with what else the operation does.
pub fn upsert(ctx: &mut Ctx<'_>, request: &UpsertCollection) -> Result<Written<Collection>> {
    let plans = request.plan(ctx)?;
    if !evolve::fits_one_commit(ctx, &plans)? {
        return Err(too_many_records(format!(
            "change the schema by itself: `rekor collections upsert {} --schema …`",
            request.collection
        )));
    }
    evolve::apply(ctx, &plans)?;
    request.finish(ctx, &plans)
}

/// Deletes a collection. With its records: its number is retired, and with it all that stands under it,
/// whose rows stay as the past of the journal.
pub fn delete(ctx: &mut Ctx<'_>, request: &DeleteCollection) -> Result<Deleted> {
    let row = current(ctx, &request.collection)?;
    check_version(Some(&row), request.if_version)?;
    let plans = Plans { removed: vec![row.clone()], next_index: ctx.meta().next_index, ..Plans::default() };
    check_unused(ctx, &plans)?;
    if !request.with_records && configure::has_record(ctx, row.number)? {
        return Err(not_empty(ctx, &row)?);
    }
    evolve::apply(ctx, &plans)?;
    Ok(Deleted { warnings: notice(ctx), ..Deleted::of(row.id) })
}

fn not_empty(ctx: &Ctx<'_>, row: &CollectionRow) -> Result<Error> {
    let count = configure::count_records(ctx.view(), row.number)?;
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
