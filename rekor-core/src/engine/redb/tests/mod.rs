//! The contract on redb, and what only files can do: races, crashes, damage, full disks.

use std::path::Path;

use tempfile::TempDir;

use super::faults::Faults;
use super::home::Home;
use super::open::Opener;
use super::{Options, RedbEngine};
use crate::engine::suite;
use crate::engine::{Engine, WorkspaceKey, memory::MemoryEngine};

mod compacts;
mod damage;
mod files;
mod fork;
mod poison;
mod reads;
mod sharing;

const SHARED: Options =
    Options { exclusive: false, read_only: false, cache_bytes: 8 << 20, busy_timeout_ms: 20_000 };
const EXCLUSIVE: Options = Options { exclusive: true, ..SHARED };
const READER: Options = Options { read_only: true, ..SHARED };

fn open(dir: &Path, options: Options) -> RedbEngine {
    RedbEngine::open(dir, options).unwrap()
}

/// A store whose disk can be made to fail, with one key space.
fn frail(dir: &Path, options: Options) -> (RedbEngine, Faults, WorkspaceKey) {
    let faults = Faults::default();
    let opener = Opener { options, faults: faults.clone() };
    let engine = RedbEngine::with_opener(dir, opener, Home::here()).unwrap();
    engine.create(suite::key(1), suite::put("a", "1")).unwrap();
    (engine, faults, suite::key(1))
}

fn contract(options: Options) {
    for (sentence, case) in suite::CASES {
        println!("{sentence}");
        let dir = TempDir::new().unwrap();
        case(&open(&dir.path().join("store"), options));
    }
}

#[test]
fn a_shared_store_keeps_the_contract() {
    contract(SHARED);
}

#[test]
fn an_exclusive_store_keeps_the_contract() {
    contract(EXCLUSIVE);
}

fn follow(options: Options, seed: u64) {
    let dir = TempDir::new().unwrap();
    let engine = Box::new(open(dir.path(), options));
    let reopen = |engine: Box<dyn Engine>| -> Box<dyn Engine> {
        engine.close().unwrap();
        Box::new(open(dir.path(), options))
    };
    suite::follows_the_model(engine, &MemoryEngine::new(), &reopen, (seed, 150));
}

#[test]
fn random_commits_on_a_shared_store_follow_the_model() {
    (1..=4).for_each(|seed| follow(SHARED, seed));
}

#[test]
fn random_commits_on_an_exclusive_store_follow_the_model() {
    (100..=104).for_each(|seed| follow(EXCLUSIVE, seed));
}
