//! What the stored records say to a proposal: every record of every collection that it concerns is checked by the schema that
//! would be its own.

use std::ops::ControlFlow;
use std::sync::Arc;

use crate::api::preview::{CheckedRecords, FailingRecord};
use crate::codec::id::Id;
use crate::codec::keys;
use crate::codec::row::decode_record;
use crate::ctx::config::Collection;
use crate::ctx::session::Session;
use crate::engine::View;
use crate::ground::error::{Code, Error, Result};
use crate::ops::dependents;
use crate::ops::promotion::plan::Proposal;
use crate::ops::recheck::check_unique;
use crate::schema::Compiled;

/// Records that one view is read for, and that one thread checks at once.
const STEP_RECORDS: usize = 4_000;
/// Threads that check beside the one that reads.
const CHECKERS_MAX: usize = 8;

/// Checks all records, and counts those that fail. `unique_violation` where a unique index that is to be built cannot be.
pub fn check(production: &Session, proposal: &Proposal) -> Result<Vec<CheckedRecords>> {
    let (plans, collections) = production.read(|ctx| {
        let plans = proposal.plans(ctx, false)?;
        let collections = dependents::affected(ctx, &plans)?;
        Ok((plans, collections))
    })?;
    check_unique(production, &plans)?;
    collections.iter().map(|collection| check_one(production, collection)).collect()
}

/// What a thread found in one stretch of records.
#[derive(Default)]
struct Found {
    checked: u64,
    failing: u64,
    first: Option<FailingRecord>,
}

fn check_one(production: &Session, collection: &Collection) -> Result<CheckedRecords> {
    let compiled = collection.compiled()?;
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(CHECKERS_MAX);
    let mut found = Found::default();
    let (mut lo, hi) = keys::records(collection.row.number);
    loop {
        // Several stretches are read from one view, in order, and checked side by side.
        let (view, _) = production.view()?;
        let mut stretches = Vec::new();
        for _ in 0..threads {
            let Some(next) = end_of(&*view, &lo, &hi)? else { break };
            stretches.push((std::mem::replace(&mut lo, next.clone()), next));
        }
        let parts: Vec<Result<Found>> = std::thread::scope(|scope| {
            let check = |(lo, hi): &(Vec<u8>, Vec<u8>)| {
                let (view, compiled, lo, hi) = (&view, Arc::clone(&compiled), lo.clone(), hi.clone());
                scope.spawn(move || check_stretch(&**view, &compiled, &lo, &hi))
            };
            let running: Vec<_> = stretches.iter().map(check).collect();
            running.into_iter().map(|thread| thread.join().unwrap_or_else(|_| Err(stopped()))).collect()
        });
        if parts.is_empty() {
            break;
        }
        for part in parts {
            let part = part?;
            found.checked += part.checked;
            found.failing += part.failing;
            found.first = found.first.or(part.first);
        }
    }
    let Found { checked, failing, first } = found;
    Ok(CheckedRecords { collection: collection.row.id.clone(), checked, failing, first })
}

fn stopped() -> Error {
    Error::new(Code::Internal, "a thread that checked records ended early")
}

/// Where the stretch that begins at `lo` ends; none when there are no records.
fn end_of(view: &dyn View, lo: &[u8], hi: &[u8]) -> Result<Option<Vec<u8>>> {
    let (mut rows, mut end) = (0, None);
    view.scan_each(lo, hi, false, &mut |key, _, _| {
        rows += 1;
        if rows < STEP_RECORDS {
            end = Some(hi.to_vec());
            return ControlFlow::Continue(());
        }
        end = Some([key, &[0]].concat());
        ControlFlow::Break(())
    })?;
    Ok(end)
}

fn check_stretch(view: &dyn View, compiled: &Compiled, lo: &[u8], hi: &[u8]) -> Result<Found> {
    let mut found = Found::default();
    let mut failed = Ok(());
    view.scan_each(lo, hi, false, &mut |key, _, row| {
        found.checked += 1;
        match keys::record_id(key).and_then(|id| check_row(compiled, &id, row)) {
            Ok(None) => {}
            Ok(Some(failing)) => {
                found.failing += 1;
                found.first.get_or_insert(failing);
            }
            Err(error) => failed = Err(error),
        }
        if failed.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    failed.map(|()| found)
}

fn check_row(compiled: &Compiled, id: &Id, row: &[u8]) -> Result<Option<FailingRecord>> {
    match compiled.validate(decode_record(row)?.data) {
        Ok(()) => Ok(None),
        Err(error) if error.code() == Code::ValidationFailed => Ok(Some(FailingRecord {
            id: id.to_string(),
            pointer: format!("/data{}", error.pointer().unwrap_or_default()),
            message: error.message().to_owned(),
        })),
        Err(error) => Err(error),
    }
}
