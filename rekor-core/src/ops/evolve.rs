//! Schema changes while records exist and others write: every stored record is checked against the
//! new schema first, and new indexes are complete before the command answers.
//!
//! What fits one commit is done in one. A larger change goes in steps:
//! 1. the new indexes are added, incomplete, to the stored row, so that every later write keeps them up
//!    (it changes `meta`, whose version every commit checks);
//! 2. all records are checked, and the indexes filled, over successive views;
//! 3. the journal says what was written since, which is checked again until at most
//!    [`LEFT_FOR_COMMIT`] changes are left;
//! 4. those are checked inside the write transaction that stores the schema. A write after it re-reads
//!    the schema; a write before it is in the journal: none slips through.

use std::collections::HashSet;
use std::ops::ControlFlow;

use crate::api::collection::UpsertCollection;
use crate::codec::collection::CollectionRow;
use crate::codec::id::Id;
use crate::codec::keys::{self, Thing};
use crate::codec::row::decode_record;
use crate::ctx::Ctx;
use crate::ctx::config::Collection;
use crate::ctx::journal::changes_since;
use crate::ctx::record_indexes::{Duplicates, IndexStep};
use crate::ctx::session::Session;
use crate::engine::{Seq, View};
use crate::ground::env::Deadline;
use crate::ground::error::{Code, Error, Result};
use crate::ground::limits;
use crate::ops::collections::{Plan, change_of, plan};
use crate::ops::dependents;
use crate::ops::sweep::sweep_indexes;
use crate::schema::Incompatible;

/// Changes that may be left to check inside the write transaction.
const LEFT_FOR_COMMIT: usize = 100;
/// Milliseconds after which a schema change that cannot catch up with writers gives up.
const CATCH_UP_MS: u64 = 60_000;
/// Times that a schema change starts again because another changed the configuration meanwhile.
const RESTARTS_MAX: usize = 10;
/// Records that one step looks at.
const STEP_RECORDS: usize = 2_000;

/// Whether few enough records have to be looked at for the change to be one commit.
pub fn fits_one_commit(ctx: &mut Ctx<'_>, plan: &Plan) -> Result<bool> {
    if !plan.checks_records && plan.fresh.is_empty() {
        return Ok(true);
    }
    let (mut records, mut bytes) = (0_u64, 0);
    for collection in dependents::affected(ctx, plan)? {
        let (lo, hi) = keys::records(collection.row.number);
        ctx.view().scan_each(&lo, &hi, false, &mut |_, _, value| {
            records += 1;
            bytes += value.len();
            let within =
                records <= limits::BATCH_SCHEMA_RECORDS.max && bytes <= limits::COMMIT_BYTES.len() / 2;
            if within { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
    }
    Ok(records <= limits::BATCH_SCHEMA_RECORDS.max && bytes <= limits::COMMIT_BYTES.len() / 2)
}

/// Carries a plan out within one commit.
pub fn apply(ctx: &mut Ctx<'_>, plan: &Plan) -> Result<CollectionRow> {
    let mut report = Incompatible::default();
    for collection in dependents::affected(ctx, plan)? {
        if !plan.checks_records && plan.fresh.is_empty() {
            break;
        }
        let (lo, hi) = keys::records(collection.row.number);
        for entry in ctx.scan(&lo, &hi, false, usize::MAX)? {
            if plan.checks_records {
                check_row(&collection, &keys::record_id(&entry.key)?, &entry.value, &mut report)?;
            }
        }
    }
    refuse(&report)?;
    if plan.old.is_some() && !plan.fresh.is_empty() {
        let mut duplicates = Duplicates::default();
        let (lo, hi) = keys::records(plan.new.number);
        for entry in ctx.scan(&lo, &hi, false, usize::MAX)? {
            let id = keys::record_id(&entry.key)?;
            ctx.index_record(
                &plan.new,
                &plan.fresh,
                &id,
                decode_record(&entry.value)?.data,
                &mut duplicates,
            )?;
        }
        duplicates.finish(&plan.new.id)?;
    }
    store_plan(ctx, plan)?;
    Ok(plan.new.clone())
}

fn store_plan(ctx: &mut Ctx<'_>, plan: &Plan) -> Result<()> {
    let change = change_of(plan.old.as_ref(), Some(&plan.new))?;
    ctx.put_collection(&plan.new.id, Some(&plan.new), Some(change))?;
    ctx.edit_meta(|meta| {
        if plan.old.is_none() {
            meta.collections += 1;
        }
        meta.next_collection = meta.next_collection.max(plan.new.number + 1);
        meta.next_index = meta.next_index.max(plan.next_index);
        meta.dropped_indexes.extend(&plan.dropped);
    })
}

fn refuse(report: &Incompatible) -> Result<()> {
    report.error().map_or(Ok(()), Err)
}

fn check_row(collection: &Collection, id: &Id, row: &[u8], report: &mut Incompatible) -> Result<()> {
    let data = decode_record(row)?.data;
    match collection.compiled()?.validate(data) {
        Ok(()) => Ok(()),
        Err(error) if error.code() == Code::ValidationFailed => {
            report.add(&collection.row.id, &id.to_string(), &error);
            Ok(())
        }
        Err(error) => Err(error),
    }
}

/// Carries an upsert out in steps. Answers the new row and whether anything changed.
pub fn in_steps(session: &Session, request: &UpsertCollection) -> Result<(CollectionRow, bool)> {
    for _ in 0..RESTARTS_MAX {
        let (prepared, _) = session.write(|ctx| prepare(ctx, request))?;
        let Some((plan, revision)) = prepared else {
            return session.read(|ctx| Ok((ctx.need_collection(&request.collection)?.row.clone(), false)));
        };
        match check_and_store(session, &plan, revision) {
            Ok(true) => return Ok((plan.new, true)),
            // The configuration changed under this one: start again from what it is now.
            Ok(false) => {}
            Err(error) => return abandon(session, &plan, error),
        }
    }
    Err(behind())
}

/// Plans the change and adds its new indexes, incomplete, to the stored row. Answers the revision of the
/// configuration that the plan holds for.
fn prepare(ctx: &mut Ctx<'_>, request: &UpsertCollection) -> Result<Option<(Plan, u64)>> {
    let Some(mut plan) = plan(ctx, request)? else { return Ok(None) };
    if let Some(old) = &mut plan.old
        && !plan.fresh.is_empty()
    {
        let mut row = old.clone();
        for index in plan.new.indexes.iter().filter(|i| plan.fresh.contains(&i.number)) {
            if row.indexes.iter().all(|known| known.number != index.number) {
                row.indexes.push(crate::codec::collection::Index { complete: false, ..index.clone() });
            }
        }
        if row != *old {
            ctx.put_collection(&row.id, Some(&row), None)?;
            ctx.edit_meta(|meta| meta.next_index = meta.next_index.max(plan.next_index))?;
            *old = row;
        }
    }
    let revision = ctx.meta().revision;
    Ok(Some((plan, revision)))
}

/// Steps 2 to 4. Answers whether the schema was stored; not when the configuration changed meanwhile.
fn check_and_store(session: &Session, plan: &Plan, revision: u64) -> Result<bool> {
    let (view, _) = session.view()?;
    let mut checked = view.seq();
    drop(view);
    let collections = session.read(|ctx| dependents::affected(ctx, plan))?;
    let mut report = Incompatible::default();
    if plan.checks_records {
        for collection in &collections {
            for_each_page(session, collection.row.number, &mut |id, row| {
                check_row(collection, id, row, &mut report)
            })?;
        }
    }
    refuse(&report)?;
    if !plan.fresh.is_empty() {
        fill_indexes(session, plan)?;
    }
    let deadline = Deadline::after_ms(CATCH_UP_MS);
    loop {
        // Always up to the newest view, so that what is left for the write transaction to read is short,
        // whoever wrote it.
        let (view, _) = session.view()?;
        let changed = changed_since(&*view, checked, &collections, usize::MAX)?;
        check_changed(&*view, &changed, &collections, &mut report)?;
        refuse(&report)?;
        checked = view.seq();
        drop(view);
        let stored = session.write_held(&mut |ctx| store_held(ctx, plan, revision, checked, &collections))?.0;
        match stored {
            Held::Stored => return Ok(true),
            Held::Replaced => return Ok(false),
            Held::Behind if deadline.passed() => return Err(behind()),
            Held::Behind => {}
        }
    }
}

/// What came of the attempt to store a schema inside the write transaction.
enum Held {
    Stored,
    /// The configuration is no longer the one that was planned for.
    Replaced,
    /// Too much was written since the last check.
    Behind,
}

fn store_held(
    ctx: &mut Ctx<'_>,
    plan: &Plan,
    revision: u64,
    checked: Seq,
    collections: &[Collection],
) -> Result<Held> {
    // Any other change of the configuration, also of a collection that refers to this one or that this
    // one refers to, may make what was checked worth nothing.
    if ctx.meta().revision != revision {
        return Ok(Held::Replaced);
    }
    if plan.checks_records {
        let changed = changed_since(ctx.view(), checked, collections, LEFT_FOR_COMMIT + 1)?;
        if changed.len() > LEFT_FOR_COMMIT {
            return Ok(Held::Behind);
        }
        let mut report = Incompatible::default();
        check_changed(ctx.view(), &changed, collections, &mut report)?;
        refuse(&report)?;
    }
    store_plan(ctx, plan)?;
    Ok(Held::Stored)
}

/// The records of the given collections that commits after `since` wrote, up to `most` of them.
fn changed_since(
    view: &dyn View,
    since: Seq,
    collections: &[Collection],
    most: usize,
) -> Result<HashSet<(u32, Id)>> {
    let mut changed = HashSet::new();
    changes_since(view, since, &mut |_, change| {
        let of_these = collections.iter().any(|c| c.row.number == change.collection);
        if change.thing == Thing::Record && of_these {
            changed.insert((change.collection, change.id));
        }
        if changed.len() < most { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    Ok(changed)
}

fn check_changed(
    view: &dyn View,
    changed: &HashSet<(u32, Id)>,
    collections: &[Collection],
    report: &mut Incompatible,
) -> Result<()> {
    for (number, id) in changed {
        let Some(collection) = collections.iter().find(|c| c.row.number == *number) else { continue };
        let mut checked = Ok(());
        view.get_with(&keys::record(*number, id), &mut |found| {
            if let Some((_, row)) = found {
                checked = check_row(collection, id, row, report);
            }
        })?;
        checked?;
    }
    Ok(())
}

/// Hands every record of a collection to `f`, over successive views.
fn for_each_page(session: &Session, number: u32, f: &mut dyn FnMut(&Id, &[u8]) -> Result<()>) -> Result<()> {
    let (mut lo, hi) = keys::records(number);
    loop {
        let (view, _) = session.view()?;
        let mut seen = 0;
        let mut failed = Ok(());
        view.scan_each(&lo.clone(), &hi, false, &mut |key, _, row| {
            seen += 1;
            lo = [key, &[0]].concat();
            failed = keys::record_id(key).and_then(|id| f(&id, row));
            if failed.is_ok() && seen < STEP_RECORDS {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        })?;
        failed?;
        if seen < STEP_RECORDS {
            return Ok(());
        }
    }
}

fn fill_indexes(session: &Session, plan: &Plan) -> Result<()> {
    let (mut lo, hi) = keys::records(plan.new.number);
    let mut duplicates = Duplicates::default();
    loop {
        let (step, _) = session.write_free(|ctx| {
            let mut found = Duplicates::default();
            let next = ctx.index_step(&plan.new, &plan.fresh, (&lo, &hi), STEP_RECORDS, &mut found)?;
            Ok((next, found))
        })?;
        duplicates.add_all(step.1);
        match step.0 {
            IndexStep::Done => return duplicates.finish(&plan.new.id),
            IndexStep::More(next) => lo = next,
        }
    }
}

/// Takes back what a failed change had added, and answers its error.
fn abandon(session: &Session, plan: &Plan, error: Error) -> Result<(CollectionRow, bool)> {
    session.write(|ctx| {
        let Some(mut row) = ctx.collection_row(&plan.new.id)? else { return Ok(()) };
        let pending: Vec<u32> = row
            .indexes
            .iter()
            .filter(|index| !index.complete && plan.fresh.contains(&index.number))
            .map(|index| index.number)
            .collect();
        if pending.is_empty() || row.number != plan.new.number {
            return Ok(());
        }
        row.indexes.retain(|index| !pending.contains(&index.number));
        ctx.put_collection(&row.id, Some(&row), None)?;
        ctx.edit_meta(|meta| meta.dropped_indexes.extend(&pending))
    })?;
    sweep_indexes(session);
    Err(error)
}

fn behind() -> Error {
    Error::new(Code::Busy, "other writers changed records faster than the new schema could check them")
        .hint("try again when there are fewer writers")
}

#[cfg(test)]
mod tests;
