//! The contract of an engine, as functions that any engine must pass: each takes a store that holds
//! nothing but its catalog. Here they run on the model and on redb, elsewhere on whatever is built next.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::ops::ControlFlow;

use crate::engine::{
    Check, Commit, CommitError, Engine, Entry, Put, RangePrint, RangePrinter, Read, Reply, Seq, View,
    WorkspaceKey,
};

mod checks;
mod commits;
mod compacts;
mod copies;
mod model;
mod scans;
mod threads;

pub use model::follows_the_model;

/// A sentence of the contract and the function that proves it.
pub type Case = (&'static str, fn(&dyn Engine));

/// The contract.
pub const CASES: &[Case] = &[
    ("a snapshot stays what it is", scans::snapshot_stays),
    ("a scan goes both ways in key order", scans::scan_both_ways),
    ("a scan ends at its rows and bytes", scans::scan_ends_at_bounds),
    ("a range that ends before it starts is empty", scans::empty_ranges),
    ("a batch of reads is answered in order", scans::batch_in_order),
    ("a panic of the caller goes through a scan", scans::panics_pass),
    ("a value can be empty and a key can be empty", scans::empty_bytes),
    ("Same catches a change, a deletion and a recreation", checks::same),
    ("Exists asks only for presence", checks::exists),
    ("SameRange catches all that moves in a range", checks::same_range),
    ("a conflict leaves nothing", checks::conflict_leaves_nothing),
    ("delete_if leaves what has changed", checks::delete_if),
    ("a commit is applied in the order checks, deletes, puts", commits::order),
    ("stamps are written into key and value", commits::stamps),
    ("time never goes back", commits::time_is_monotone),
    ("a stamp that does not fit is refused", commits::misplaced_stamps),
    ("what is too large is refused and leaves nothing", commits::caps),
    ("create makes a key space once", commits::create_once),
    ("remove ends a key space and leaves views", commits::remove),
    ("a key space that is not there is not found", commits::missing),
    ("commit_held reads the newest state and gives its error back", commits::held),
    ("a closed engine answers errors", commits::closed),
    ("check counts keys and bytes", commits::check_counts),
    ("compact changes nothing that can be read", compacts::keeps_all),
    ("compact waits for views, which stay what they are", compacts::waits_for_views),
    ("commits beside compact lose nothing", compacts::beside_writers),
    ("a copy keeps keys, values and versions and goes on from its Seq", copies::keeps_versions),
    ("a copy of which a row cannot be read leaves nothing", copies::failing_rows),
    ("a copy never replaces a key space", copies::never_replaces),
    ("rows that no key space can have held are refused", copies::wrong_rows),
    ("writers that conflict run again and lose nothing", threads::counters),
    ("commits without a common key all land", threads::many_writers),
    ("each commit of a group is judged alone", threads::judged_alone),
    ("commit_held and commit take turns", threads::held_and_plain),
    ("create is won by one of many", threads::create_race),
];

/// A workspace key for tests.
#[must_use]
pub fn key(n: u8) -> WorkspaceKey {
    WorkspaceKey([n; 16])
}

/// A commit that writes one key.
#[must_use]
pub fn put(key: &str, value: &str) -> Commit {
    Commit { puts: vec![Put::plain(key.into(), value.into())], ..Commit::default() }
}

fn fresh(engine: &dyn Engine) -> WorkspaceKey {
    assert!(engine.create(key(1), Commit::default()).unwrap());
    key(1)
}

fn puts(pairs: &[(&str, &str)]) -> Commit {
    let puts = pairs.iter().map(|(key, value)| Put::plain((*key).into(), (*value).into())).collect();
    Commit { puts, ..Commit::default() }
}

fn delete(key: &str) -> Commit {
    Commit { deletes: vec![key.into()], ..Commit::default() }
}

fn checked(check: Check, mut commit: Commit) -> Commit {
    commit.checks.push(check);
    commit
}

/// The version and value of a key.
#[must_use]
pub fn get(view: &dyn View, key: &[u8]) -> Option<(Seq, Vec<u8>)> {
    let mut found = None;
    view.get_with(key, &mut |row| found = row.map(|(seq, value)| (seq, value.to_vec()))).unwrap();
    found
}

fn text(view: &dyn View, key: &str) -> Option<String> {
    get(view, key.as_bytes()).map(|(_, value)| String::from_utf8(value).unwrap())
}

fn rows(view: &dyn View, lo: &[u8], hi: &[u8], rev: bool) -> Vec<Entry> {
    let mut rows = Vec::new();
    view.scan_each(lo, hi, rev, &mut |key, version, value| {
        rows.push(Entry { key: key.to_vec(), version, value: value.to_vec() });
        ControlFlow::Continue(())
    })
    .unwrap();
    rows
}

fn print(view: &dyn View, lo: &[u8], hi: &[u8]) -> RangePrint {
    let mut printer = RangePrinter::default();
    for row in rows(view, lo, hi, false) {
        printer.add(&row.key, row.version);
    }
    printer.finish()
}

fn same_range(view: &dyn View, lo: &str, hi: &str) -> Check {
    let print = print(view, lo.as_bytes(), hi.as_bytes());
    Check::SameRange { lo: lo.into(), hi: hi.into(), print }
}

fn scan(view: &dyn View, rev: bool, rows: usize, bytes: usize) -> (Vec<Entry>, bool) {
    match view.fetch(&[Read::Scan { lo: b"", hi: b"\xff", rev, rows, bytes }]).unwrap().remove(0) {
        Reply::Rows { rows, more } => (rows, more),
        Reply::Value(_) => panic!("a scan answers rows"),
    }
}

fn conflicts(outcome: &Result<Seq, CommitError>) -> bool {
    matches!(outcome, Err(CommitError::Conflict))
}
