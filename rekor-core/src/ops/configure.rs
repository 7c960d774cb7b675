//! What a change of collections will do, decided before anything is written: the rows as they will be, the indexes that
//! have to be built or go, the collections that it concerns. Reads only.

use crate::codec::collection::{CollectionRow, Index};
use crate::codec::json;
use crate::codec::keys;
use crate::ctx::Ctx;
use crate::ctx::config;
use crate::engine::View;
use crate::ground::error::{Code, Error, Result};
use crate::ground::limits;
use crate::ops::dependents;
use crate::schema::Field;

/// What a change does to one collection.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The collection as it is.
    pub old: Option<CollectionRow>,
    /// The collection as it will be, its new indexes marked complete.
    pub new: CollectionRow,
    /// Whether its schema becomes another, so that records may have to be checked.
    pub new_schema: bool,
    /// Whether it was deleted with its records, which come back with it.
    pub revived: bool,
    /// The numbers of the indexes that have to be built.
    pub fresh: Vec<u32>,
    /// The numbers of the indexes that go.
    pub dropped: Vec<u32>,
}

impl Plan {
    /// Whether there can be records of it already.
    #[must_use]
    pub const fn has_records(&self) -> bool {
        self.old.is_some() || self.revived
    }
}

/// What a change does, all in one commit.
#[derive(Debug, Clone, Default)]
pub struct Plans {
    /// The collections that are made or changed.
    pub plans: Vec<Plan>,
    /// The collections that go, with their records.
    pub removed: Vec<CollectionRow>,
    /// Whether stored records must match.
    pub checks_records: bool,
    /// The number that the next index gets.
    pub next_index: u32,
    /// Keys of the configuration that are written in the same commit.
    pub also: Vec<(Vec<u8>, Vec<u8>)>,
    /// Such keys that end with the Seq of the commit.
    pub stamped: Vec<(Vec<u8>, Vec<u8>)>,
}

impl Plans {
    /// Whether nothing changes.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.plans.is_empty() && self.removed.is_empty()
    }

    /// The stored row of a collection, as it will be.
    pub fn row(&self, ctx: &mut Ctx<'_>, id: &str) -> Result<Option<CollectionRow>> {
        if let Some(plan) = self.plans.iter().find(|plan| plan.new.id == id) {
            return Ok(Some(plan.new.clone()));
        }
        if self.removed.iter().any(|row| row.id == id) {
            return Ok(None);
        }
        ctx.collection_row(id)
    }

    /// Whether the records of any collection have to be looked at.
    #[must_use]
    pub fn looks_at_records(&self) -> bool {
        self.checks(|_| true) || self.plans.iter().any(|plan| !plan.fresh.is_empty() && plan.has_records())
    }

    /// Whether the records of a changed collection have to be checked.
    pub fn checks(&self, which: impl Fn(&Plan) -> bool) -> bool {
        self.checks_records
            && self.plans.iter().any(|plan| plan.new_schema && plan.has_records() && which(plan))
    }
}

/// What a collection is to become.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The collection as it is.
    pub old: Option<CollectionRow>,
    /// Its id.
    pub id: String,
    /// What people are to call it.
    pub name: String,
    /// The text of its schema.
    pub schema: String,
    /// The number of a deleted collection that comes back with its records, and its version.
    pub revived: Option<(u32, u64)>,
}

impl Draft {
    /// Whether the schema stays what it is.
    pub fn keeps_schema(&self) -> Result<bool> {
        match &self.old {
            Some(old) => Ok(json::canonical(&old.schema)? == json::canonical(&self.schema)?),
            None => Ok(false),
        }
    }
}

/// Plans all drafts and removals as one change: each schema is read as it will be beside the others.
pub fn complete(ctx: &mut Ctx<'_>, drafts: Vec<Draft>, removed: Vec<CollectionRow>) -> Result<Plans> {
    let mut next_number = ctx.meta().next_collection;
    let made = drafts.iter().filter(|draft| draft.old.is_none()).count();
    if made > 0 {
        limits::COLLECTIONS.check((ctx.meta().collections as usize + made).saturating_sub(removed.len()))?;
    }
    let mut plans =
        Plans { removed, checks_records: true, next_index: ctx.meta().next_index, ..Plans::default() };
    for draft in drafts {
        let same = draft.keeps_schema()?;
        plans.plans.push(begin(ctx, draft, same, &mut next_number));
    }
    let named = plans.plans.len() > 1;
    for n in 0..plans.plans.len() {
        let Some(mut plan) = plans.plans.get(n).cloned() else { continue };
        let planned = if plan.new_schema { finish(ctx, &mut plans, &mut plan) } else { Ok(()) };
        planned.map_err(|e| if named { of_one(&plan.new.id, &e) } else { e.under("/schema") })?;
        if let Some(place) = plans.plans.get_mut(n) {
            *place = plan;
        }
    }
    dependents::check(ctx, &plans)?;
    Ok(plans)
}

/// The error of one of several collections.
fn of_one(id: &str, error: &Error) -> Error {
    let named =
        Error::new(error.code(), format!("the schema of `{id}` cannot be used here: {}", error.message()))
            .details(error.detail_list().to_vec());
    match error.hint_text() {
        Some(hint) => named.hint(hint),
        None => named,
    }
}

/// The collection as it will be, as far as its draft says.
fn begin(ctx: &Ctx<'_>, draft: Draft, same: bool, next_number: &mut u32) -> Plan {
    let Draft { old, id, name, schema, revived } = draft;
    let mut dropped = Vec::new();
    if let Some(old) = old.clone()
        && same
    {
        // Left by a change that was killed: no schema asks for them, so they go.
        let (indexes, pending): (Vec<Index>, Vec<Index>) =
            old.indexes.iter().cloned().partition(|index| index.complete);
        dropped.extend(pending.iter().map(|index| index.number));
        let new = CollectionRow { name, updated_ms: ctx.now_ms, indexes, ..old.clone() };
        return Plan { old: Some(old), new, new_schema: false, revived: false, fresh: vec![], dropped };
    }
    let number = match (&old, revived) {
        (Some(old), _) => old.number,
        (None, Some((number, _))) => number,
        (None, None) => {
            *next_number += 1;
            *next_number - 1
        }
    };
    let new = CollectionRow {
        number,
        id,
        name,
        schema,
        version: old.as_ref().map_or(revived.map_or(0, |(_, version)| version), |o| o.version) + 1,
        created_ms: old.as_ref().map_or(ctx.now_ms, |o| o.created_ms),
        updated_ms: ctx.now_ms,
        indexes: old.as_ref().map_or_else(Vec::new, |o| o.indexes.clone()),
        references: Vec::new(),
        // The columns of a deleted collection are gone.
        tracked: old.as_ref().map_or(revived.is_none(), |o| o.tracked),
    };
    Plan { old, new, new_schema: true, revived: revived.is_some(), fresh: vec![], dropped }
}

/// Compiles a schema among the others, keeps the indexes that it still asks for, and numbers those that it newly does.
fn finish(ctx: &mut Ctx<'_>, plans: &mut Plans, plan: &mut Plan) -> Result<()> {
    let made = config::Collection::new(plan.new.clone(), &mut |id| plans.row(ctx, id))?;
    plan.new.references = made.compile_with(&mut |id| plans.row(ctx, id))?;
    plan.new.references.iter().try_for_each(|id| ctx.allow_collection(id, ""))?;
    let shaped = config::Collection::new(plan.new.clone(), &mut |id| plans.row(ctx, id))?;
    let shape = shaped.shape()?;
    let mut indexes = Vec::new();
    for hint in shaped.index_hints()? {
        let instants: Vec<bool> = hint
            .paths
            .iter()
            .map(|path| matches!(shape.field(path), Field::Known(declared) if declared.date_time))
            .collect();
        let kept = plan.new.indexes.iter().find(|index| {
            index.paths == hint.paths && index.unique == hint.unique && index.instants == instants
        });
        let number = kept.map_or(plans.next_index, |index| index.number);
        if kept.is_none() {
            plans.next_index += 1;
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

/// Refuses the removal of collections that others go on to refer to.
pub fn check_unused(ctx: &mut Ctx<'_>, plans: &Plans) -> Result<()> {
    let rows = ctx.collection_rows()?;
    for gone in &plans.removed {
        let changed = |row: &CollectionRow| plans.plans.iter().any(|plan| plan.new.id == row.id);
        let stays =
            |row: &&CollectionRow| plans.removed.iter().all(|gone| gone.id != row.id) && !changed(row);
        let planned = plans.plans.iter().map(|plan| &plan.new);
        let users: Vec<&str> = rows
            .iter()
            .filter(stays)
            .chain(planned)
            .filter(|row| row.references.contains(&gone.id))
            .map(|row| row.id.as_str())
            .collect();
        if users.iter().any(|id| !ctx.reaches(id)) {
            ctx.allow_all_collections().map_err(|e| e.at("/collection"))?;
        }
        if !users.is_empty() {
            return Err(dependents::referred_to(&gone.id, &users));
        }
    }
    Ok(())
}

/// Whether a collection has a record.
pub fn has_record(ctx: &mut Ctx<'_>, number: u32) -> Result<bool> {
    let (lo, hi) = keys::records(number);
    Ok(!ctx.scan(&lo, &hi, false, 1)?.is_empty())
}

/// How many records a collection has in a snapshot.
pub fn count_records(view: &dyn View, number: u32) -> Result<u64> {
    let (lo, hi) = keys::records(number);
    let mut count = 0;
    view.scan_each(&lo, &hi, false, &mut |_, _, _| {
        count += 1;
        std::ops::ControlFlow::Continue(())
    })?;
    Ok(count)
}

/// The error for a change of so many records that it cannot be part of something else.
#[must_use]
pub fn too_many_records(hint: String) -> Error {
    let limit = &limits::BATCH_SCHEMA_RECORDS;
    debug_assert_eq!(limit.code, Code::LimitExceeded);
    limit.exceeded(limit.max + 1).at("/collection").hint(hint)
}
