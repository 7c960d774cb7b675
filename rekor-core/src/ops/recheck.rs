//! Stored records checked by schemas that are to become theirs: all of them over successive views, and then those that were
//! written meanwhile, which the journal names.

use std::collections::HashSet;
use std::ops::ControlFlow;

use crate::codec::collection::Index;
use crate::codec::id::Id;
use crate::codec::keys::{self, Thing};
use crate::codec::row::decode_record;
use crate::ctx::config::Collection;
use crate::ctx::journal::changes_since;
use crate::ctx::record_indexes::Holders;
use crate::ctx::session::Session;
use crate::engine::{Seq, View};
use crate::ground::error::{Code, Result};
use crate::ops::configure::Plans;
use crate::schema::Incompatible;

/// Records that one view is read for.
const STEP_RECORDS: usize = 2_000;

/// Checks every record that the change concerns.
pub fn check_all(session: &Session, plans: &Plans, collections: &[Collection]) -> Result<()> {
    let mut report = Incompatible::default();
    if plans.checks(|_| true) {
        for collection in collections {
            for_each_page(session, collection.row.number, &mut |id, row| {
                check_row(collection, id, row, &mut report)
            })?;
        }
    }
    refuse(&report)
}

/// Refuses when any record does not match.
pub fn refuse(report: &Incompatible) -> Result<()> {
    report.error().map_or(Ok(()), Err)
}

/// Checks one stored record, and reports it if it does not match.
pub fn check_row(collection: &Collection, id: &Id, row: &[u8], report: &mut Incompatible) -> Result<()> {
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

/// The records of the given collections that commits after `since` wrote, up to `most` of them.
pub fn changed_since(
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

/// Checks records that were changed, as they are now.
pub fn check_changed(
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
pub fn for_each_page(
    session: &Session,
    number: u32,
    f: &mut dyn FnMut(&Id, &[u8]) -> Result<()>,
) -> Result<()> {
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

/// Refuses unique indexes that are to be built where records have the same value.
pub fn check_unique(session: &Session, plans: &Plans) -> Result<()> {
    for plan in plans.plans.iter().filter(|plan| plan.has_records()) {
        let unique = |index: &Index| index.unique && plan.fresh.contains(&index.number);
        if !plan.new.indexes.iter().any(unique) {
            continue;
        }
        let mut holders = Holders::default();
        for_each_page(session, plan.new.number, &mut |id, row| {
            holders.add(&plan.new, &plan.fresh, id, decode_record(row)?.data)
        })?;
        holders.finish(&plan.new.id)?;
    }
    Ok(())
}
