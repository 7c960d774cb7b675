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

use std::ops::ControlFlow;

use serde::Serialize;

use crate::codec::keys;
use crate::codec::row::decode_record;
use crate::ctx::Ctx;
use crate::ctx::config::Collection;
use crate::ctx::record_indexes::{Duplicates, IndexStep};
use crate::ctx::session::Session;
use crate::engine::Seq;
use crate::ground::env::Deadline;
use crate::ground::error::{Code, Error, Result};
use crate::ground::limits;
use crate::ops::collections::change_of;
use crate::ops::configure::{Plan, Plans};
use crate::ops::dependents;
use crate::ops::leftovers;
use crate::ops::recheck::{changed_since, check_all, check_changed, check_row, check_unique, refuse};
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

/// A change of collections that may have to look at more records than one commit can.
pub trait Evolution {
    /// What it is answered with.
    type Answer: Serialize;

    /// Decides what it does; nothing when it changes nothing. Reads only.
    fn plan(&self, ctx: &mut Ctx<'_>) -> Result<Plans>;

    /// Writes what else belongs into the commit that stores the plans, and answers.
    fn finish(&self, ctx: &mut Ctx<'_>, plans: &Plans) -> Result<Self::Answer>;
}

/// Carries a change out: as one commit, or in steps and a commit. The Seq is none when nothing was written.
pub fn carry_out<E: Evolution>(session: &Session, evolution: &E) -> Result<(E::Answer, Option<Seq>)> {
    let (done, seq) = session.write(|ctx| {
        let plans = evolution.plan(ctx)?;
        if has_leftovers(ctx, &plans)? || !fits_one_commit(ctx, &plans)? {
            return Ok(None);
        }
        apply(ctx, &plans)?;
        let answer = evolution.finish(ctx, &plans)?;
        ctx.answer(answer).map(Some)
    })?;
    match done {
        Some(answer) => Ok((answer, seq)),
        None if session.is_rehearsing() => Ok((rehearse(session, evolution)?, None)),
        None => in_steps(session, evolution),
    }
}

/// Whether something of the columns of a deleted collection, which have to go before it comes back, is still there.
fn has_leftovers(ctx: &Ctx<'_>, plans: &Plans) -> Result<bool> {
    for plan in plans.plans.iter().filter(|plan| plan.revived) {
        if leftovers::has_leftovers(ctx.view(), plan.new.number)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether few enough records have to be looked at for the change to be one commit.
pub fn fits_one_commit(ctx: &mut Ctx<'_>, plans: &Plans) -> Result<bool> {
    if !plans.looks_at_records() {
        return Ok(true);
    }
    let (mut records, mut bytes) = (0_u64, 0);
    for collection in dependents::affected(ctx, plans)? {
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

/// Carries plans out within one commit.
pub fn apply(ctx: &mut Ctx<'_>, plans: &Plans) -> Result<()> {
    let mut report = Incompatible::default();
    if plans.checks(|_| true) {
        for collection in dependents::affected(ctx, plans)? {
            let (lo, hi) = keys::records(collection.row.number);
            for entry in ctx.scan(&lo, &hi, false, usize::MAX)? {
                check_row(&collection, &keys::record_id(&entry.key)?, &entry.value, &mut report)?;
            }
        }
    }
    refuse(&report)?;
    for plan in plans.plans.iter().filter(|plan| plan.has_records() && !plan.fresh.is_empty()) {
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
    store_plans(ctx, plans)
}

fn store_plans(ctx: &mut Ctx<'_>, plans: &Plans) -> Result<()> {
    for (key, value) in &plans.also {
        ctx.put_derived(key.clone(), Some(value.clone()))?;
    }
    for (key, value) in &plans.stamped {
        ctx.put_stamped(key.clone(), value.clone());
    }
    if plans.is_empty() {
        return Ok(());
    }
    for plan in &plans.plans {
        let change = change_of(plan.old.as_ref(), Some(&plan.new))?;
        ctx.put_collection(&plan.new.id, Some(&plan.new), Some(change))?;
    }
    for row in &plans.removed {
        ctx.put_collection(&row.id, None, Some(change_of(Some(row), None)?))?;
    }
    let made = plans.plans.iter().filter(|plan| plan.old.is_none()).count();
    ctx.edit_meta(|meta| {
        let count = (meta.collections as usize + made).saturating_sub(plans.removed.len());
        meta.collections = u32::try_from(count).unwrap_or(u32::MAX);
        let numbers = plans.plans.iter().map(|plan| plan.new.number + 1);
        meta.next_collection = numbers.fold(meta.next_collection, u32::max);
        meta.next_index = meta.next_index.max(plans.next_index);
        meta.dropped_indexes.extend(plans.plans.iter().flat_map(|plan| &plan.dropped));
        let gone = plans.removed.iter().flat_map(|row| row.indexes.iter().map(|index| index.number));
        meta.dropped_indexes.extend(gone);
    })
}

/// Carries a change out in steps.
fn in_steps<E: Evolution>(session: &Session, evolution: &E) -> Result<(E::Answer, Option<Seq>)> {
    // What an earlier round has added, for the one that fails to take back.
    let mut added = Plans::default();
    for _ in 0..RESTARTS_MAX {
        let (plans, revision) = match session.write(|ctx| prepare(ctx, evolution)) {
            Ok((prepared, _)) => prepared,
            Err(error) => return abandon(session, &added, error),
        };
        match check_and_store(session, evolution, &plans, revision) {
            Ok(Some(done)) => return Ok(done),
            // The configuration changed under this one: start again from what it is now.
            Ok(None) => added = plans,
            Err(error) => return abandon(session, &plans, error),
        }
    }
    abandon(session, &added, behind())
}

/// Goes through what a change in steps would, without writing.
fn rehearse<E: Evolution>(session: &Session, evolution: &E) -> Result<E::Answer> {
    let plans = session.read(|ctx| evolution.plan(ctx))?;
    let collections = session.read(|ctx| dependents::affected(ctx, &plans))?;
    check_all(session, &plans, &collections)?;
    check_unique(session, &plans)?;
    let (answer, _) = session.write(|ctx| {
        store_plans(ctx, &plans)?;
        evolution.finish(ctx, &plans)
    })?;
    Ok(answer)
}

/// Plans the change and adds its new indexes, incomplete, to the stored rows. Answers the revision of the
/// configuration that the plan holds for.
fn prepare<E: Evolution>(ctx: &mut Ctx<'_>, evolution: &E) -> Result<(Plans, u64)> {
    let mut plans = evolution.plan(ctx)?;
    let mut numbered = false;
    for plan in plans.plans.iter_mut().filter(|plan| plan.has_records() && !plan.fresh.is_empty()) {
        numbered = true;
        let Some(old) = &mut plan.old else { continue };
        let mut row = old.clone();
        for index in plan.new.indexes.iter().filter(|i| plan.fresh.contains(&i.number)) {
            if row.indexes.iter().all(|known| known.number != index.number) {
                row.indexes.push(crate::codec::collection::Index { complete: false, ..index.clone() });
            }
        }
        if row != *old {
            ctx.put_collection(&row.id, Some(&row), None)?;
            *old = row;
        }
    }
    if numbered && ctx.meta().next_index < plans.next_index {
        ctx.edit_meta(|meta| meta.next_index = meta.next_index.max(plans.next_index))?;
    }
    let revision = ctx.meta().revision;
    Ok((plans, revision))
}

/// Steps 2 to 4. Answers what came of it; none when the configuration changed meanwhile.
fn check_and_store<E: Evolution>(
    session: &Session,
    evolution: &E,
    plans: &Plans,
    revision: u64,
) -> Result<Option<(E::Answer, Option<Seq>)>> {
    let (view, _) = session.view()?;
    let mut checked = view.seq();
    drop(view);
    let collections = session.read(|ctx| dependents::affected(ctx, plans))?;
    check_all(session, plans, &collections)?;
    for plan in &plans.plans {
        if plan.revived {
            leftovers::remove_leftovers(session, plan.new.number)?;
        }
        if plan.has_records() && !plan.fresh.is_empty() {
            fill_indexes(session, plan)?;
        }
    }
    let deadline = Deadline::after_ms(CATCH_UP_MS);
    let mut report = Incompatible::default();
    loop {
        // Always up to the newest view, so that what is left for the write transaction to read is short,
        // whoever wrote it.
        let (view, _) = session.view()?;
        let changed = changed_since(&*view, checked, &collections, usize::MAX)?;
        if plans.checks(|_| true) {
            check_changed(&*view, &changed, &collections, &mut report)?;
            refuse(&report)?;
        }
        checked = view.seq();
        drop(view);
        let (stored, seq) = session.write_held(&mut |ctx| {
            let held = store_held(ctx, plans, revision, checked, &collections)?;
            if !matches!(held, Held::Stored) {
                return Ok(Err(held));
            }
            let answer = evolution.finish(ctx, plans)?;
            ctx.answer(answer).map(Ok)
        })?;
        match stored {
            Ok(answer) => return Ok(Some((answer, seq))),
            Err(Held::Behind) if deadline.passed() => return Err(behind()),
            Err(Held::Behind) => {}
            Err(Held::Stored | Held::Replaced) => return Ok(None),
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
    plans: &Plans,
    revision: u64,
    checked: Seq,
    collections: &[Collection],
) -> Result<Held> {
    // Any other change of the configuration, also of a collection that refers to this one or that this
    // one refers to, may make what was checked worth nothing.
    if ctx.meta().revision != revision {
        return Ok(Held::Replaced);
    }
    if plans.checks(|_| true) {
        let changed = changed_since(ctx.view(), checked, collections, LEFT_FOR_COMMIT + 1)?;
        if changed.len() > LEFT_FOR_COMMIT {
            return Ok(Held::Behind);
        }
        let mut report = Incompatible::default();
        check_changed(ctx.view(), &changed, collections, &mut report)?;
        refuse(&report)?;
    }
    store_plans(ctx, plans)?;
    Ok(Held::Stored)
}

fn fill_indexes(session: &Session, plan: &Plan) -> Result<()> {
    let (mut lo, hi) = keys::records(plan.new.number);
    let mut duplicates = Duplicates::default();
    loop {
        let (step, _) = session.write_free(|ctx| {
            let mut found = Duplicates::default();
            let listed = plan.revived;
            let next =
                ctx.index_step(&plan.new, &plan.fresh, listed, (&lo, &hi), STEP_RECORDS, &mut found)?;
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
fn abandon<T>(session: &Session, plans: &Plans, error: Error) -> Result<T> {
    session.write(|ctx| {
        for plan in &plans.plans {
            let Some(mut row) = ctx.collection_row(&plan.new.id)? else { continue };
            let pending: Vec<u32> = row
                .indexes
                .iter()
                .filter(|index| !index.complete && plan.fresh.contains(&index.number))
                .map(|index| index.number)
                .collect();
            if pending.is_empty() || row.number != plan.new.number {
                continue;
            }
            row.indexes.retain(|index| !pending.contains(&index.number));
            ctx.put_collection(&row.id, Some(&row), None)?;
            ctx.edit_meta(|meta| meta.dropped_indexes.extend(&pending))?;
        }
        Ok(())
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
