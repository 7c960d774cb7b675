//! Integrity: every byte of the file is read and verified, and every row is compared with what is
//! derived from it, both ways. Problems are listed, never repaired.

use std::ops::ControlFlow;

use serde::Serialize;

use crate::codec::id::Id;
use crate::codec::keys::{self, EdgeSide};
use crate::codec::row::{decode_record, decode_relationship};
use crate::ctx::config::{Collection, Config};
use crate::ctx::session::Session;
use crate::engine::View;
use crate::ground::error::{Error, Result};
use crate::index::{declared, edge};
use crate::ops::check_columns::check_columns;

const PROBLEMS_MAX: usize = 100;

/// What a check found.
///
/// See [`Workspace::check`](crate::Workspace::check) for an example.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct CheckReport {
    /// The workspace.
    pub workspace: String,
    /// Collections read.
    pub collections: u64,
    /// Records read.
    pub records: u64,
    /// Relationships read.
    pub relationships: u64,
    /// Keys of the file.
    pub keys: u64,
    /// Bytes of all keys and values.
    pub bytes: u64,
    /// Bytes of the file on disk.
    pub file_bytes: u64,
    /// Whether the engine found damage that it could repair.
    pub repaired: bool,
    /// The first problems, in plain words; none when all is well.
    pub problems: Vec<String>,
    /// How many problems there are.
    pub problems_total: u64,
}

impl CheckReport {
    pub(super) fn problem(&mut self, what: impl FnOnce() -> String) {
        self.problems_total += 1;
        if self.problems.len() < PROBLEMS_MAX {
            self.problems.push(what());
        }
    }
}

/// Checks a workspace.
pub fn check(session: &Session) -> Result<CheckReport> {
    let integrity = session.engine().check(session.key())?;
    let mut report = CheckReport {
        workspace: session.id().to_owned(),
        keys: integrity.keys,
        bytes: integrity.bytes,
        file_bytes: integrity.file_bytes,
        repaired: integrity.repaired,
        ..CheckReport::default()
    };
    let (view, config) = session.view()?;
    for row in session.read(|ctx| ctx.collection_rows())? {
        report.collections += 1;
        if let Some(collection) = config.collection(&*view, &row.id)? {
            check_records(&*view, &collection, &mut report)?;
            check_indexes(&*view, &collection, &mut report)?;
            check_columns(&*view, &collection, &mut report)?;
        }
    }
    check_relationships(&*view, &config, &mut report)?;
    Ok(report)
}

fn has(view: &dyn View, key: &[u8]) -> Result<Option<Vec<u8>>> {
    let mut value = None;
    view.get_with(key, &mut |found| value = found.map(|(_, bytes)| bytes.to_vec()))?;
    Ok(value)
}

/// Hears of a key and its value.
type OnPair<'f> = dyn FnMut(&[u8], &[u8]) -> Result<()> + 'f;

/// Scans a range with a function that may fail.
fn scan(view: &dyn View, (lo, hi): (Vec<u8>, Vec<u8>), f: &mut OnPair<'_>) -> Result<()> {
    let mut failed = Ok(());
    view.scan_each(&lo, &hi, false, &mut |key, _, value| {
        failed = f(key, value);
        if failed.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    failed
}

fn check_records(view: &dyn View, collection: &Collection, report: &mut CheckReport) -> Result<()> {
    let (name, number) = (&collection.row.id, collection.row.number);
    scan(view, keys::records(number), &mut |key, bytes| {
        report.records += 1;
        let id = keys::record_id(key)?;
        let row = match decode_record(bytes) {
            Ok(row) => row,
            Err(error) => {
                report.problem(|| format!("{name}/{id}: {}", error.message()));
                return Ok(());
            }
        };
        if let Some(external) = row.external()
            && holder(view, &keys::external(number, &external))?.as_ref() != Some(&id)
        {
            report.problem(|| format!("{name}/{id}: its external id does not lead to it"));
        }
        for index in collection.row.indexes.iter().filter(|index| index.complete) {
            if let Some((key, value)) = declared::entry(index, &id, row.data)?
                && has(view, &key)?.as_ref() != Some(&value)
            {
                report.problem(|| format!("{name}/{id}: it is missing in an index of {:?}", index.paths));
            }
        }
        Ok(())
    })
}

fn holder(view: &dyn View, key: &[u8]) -> Result<Option<Id>> {
    Ok(match has(view, key)? {
        Some(bytes) => Some(keys::take_id(&bytes)?.0),
        None => None,
    })
}

/// Counts the entries of each index that the records account for, and compares.
fn check_indexes(view: &dyn View, collection: &Collection, report: &mut CheckReport) -> Result<()> {
    for index in collection.row.indexes.iter().filter(|index| index.complete) {
        let (mut entries, mut expected) = (0_u64, 0_u64);
        scan(view, keys::range(keys::index(index.number)), &mut |_, _| {
            entries += 1;
            Ok(())
        })?;
        scan(view, keys::records(collection.row.number), &mut |key, bytes| {
            if let Ok(row) = decode_record(bytes)
                && declared::entry(index, &keys::record_id(key)?, row.data)?.is_some()
            {
                expected += 1;
            }
            Ok(())
        })?;
        if entries != expected {
            let (id, paths) = (&collection.row.id, &index.paths);
            report.problem(|| {
                format!("{id}: the index of {paths:?} has {entries} entries, {expected} are due")
            });
        }
    }
    Ok(())
}

/// Relationships whose end's collection was deleted count as deleted, and so do their edges.
fn check_relationships(view: &dyn View, config: &Config, report: &mut CheckReport) -> Result<()> {
    let is_live = |number: u32| Ok::<bool, Error>(config.numbered(view, number)?.is_some());
    scan(view, keys::relationships(), &mut |key, bytes| {
        let id = keys::relationship_id(key)?;
        let row = match decode_relationship(bytes) {
            Ok(row) => row,
            Err(error) => {
                report.problem(|| format!("relationship {id}: {}", error.message()));
                return Ok(());
            }
        };
        if !is_live(row.source.0)? || !is_live(row.target.0)? {
            return Ok(());
        }
        report.relationships += 1;
        for key in edge::keys_of(&row, &id) {
            if has(view, &key)?.is_none() {
                report.problem(|| format!("relationship {id}: an edge is missing"));
            }
        }
        Ok(())
    })?;
    for side in [EdgeSide::Out, EdgeSide::In] {
        scan(view, keys::all_edges(side), &mut |key, _| {
            let (near, found) = keys::edge_parts(side, key)?;
            if !is_live(near.0)? || !is_live(found.far_collection)? {
                return Ok(());
            }
            let id = found.relationship;
            let row = has(view, &keys::relationship(&id))?.map(|bytes| decode_relationship(&bytes));
            // A row that does not decode was reported above.
            let fits = match row {
                Some(Ok(row)) => edge::keys_of(&row, &id).iter().any(|own| own == key),
                other => other.is_some(),
            };
            if !fits {
                report.problem(|| {
                    format!("relationship {id}: an edge of {} leads to it and it has none", near.1)
                });
            }
            Ok(())
        })?;
    }
    Ok(())
}
