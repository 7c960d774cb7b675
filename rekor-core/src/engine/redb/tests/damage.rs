//! Files that no rekor wrote.

use std::fs::{self, OpenOptions};
use std::path::PathBuf;

use ::redb::{Database, TableDefinition};
use tempfile::TempDir;

use super::{EXCLUSIVE, READER, SHARED, open};
use crate::engine::suite::{key, put};
use crate::engine::{Engine, Put};
use crate::ground::error::Code;

fn store() -> (TempDir, PathBuf) {
    let dir = TempDir::new().unwrap();
    let engine = open(dir.path(), SHARED);
    let mut commit = put("a", "1");
    commit.puts.extend((0..500_u32).map(|n| Put::plain(n.to_be_bytes().into(), vec![7; 300])));
    engine.create(key(1), commit).unwrap();
    engine.close().unwrap();
    let path = dir.path().join(format!("workspaces/{}.redb", key(1)));
    (dir, path)
}

fn code_of(dir: &TempDir, options: super::Options) -> Code {
    let error = open(dir.path(), options).view(key(1)).err().expect("the damage should be seen");
    assert!(error.hint_text().is_some());
    error.code()
}

#[test]
fn a_damaged_file_is_told_from_an_empty_store() {
    type Damage = fn(&PathBuf);
    let damages: &[(&str, Damage)] = &[
        ("zero length", |path| fs::write(path, "").unwrap()),
        ("one byte", |path| fs::write(path, "r").unwrap()),
        ("rubbish", |path| fs::write(path, vec![0x5a; 100_000]).unwrap()),
        ("zeroes", |path| fs::write(path, vec![0; 100_000]).unwrap()),
        ("truncated to the header", |path| {
            OpenOptions::new().write(true).open(path).unwrap().set_len(600).unwrap();
        }),
        ("truncated to a third", |path| {
            let file = OpenOptions::new().write(true).open(path).unwrap();
            file.set_len(file.metadata().unwrap().len() / 3).unwrap();
        }),
    ];
    for (what, damage) in damages {
        for options in [SHARED, EXCLUSIVE] {
            let (dir, path) = store();
            damage(&path);
            assert_eq!(code_of(&dir, options), Code::CorruptStore, "{what}");
        }
    }
}

#[test]
fn check_finds_a_flipped_bit_in_a_row() {
    let (dir, path) = store();
    let mut bytes = fs::read(&path).unwrap();
    let row = bytes.windows(300).rposition(|window| window == [7; 300]).unwrap();
    bytes[row + 100] ^= 4;
    let mut flipped = 0;
    for at in 0..bytes.len() - 300 {
        if bytes[at..].starts_with(&[7; 250]) && flipped < at {
            bytes[at + 100] ^= 4;
            flipped = at + 300;
        }
    }
    fs::write(&path, bytes).unwrap();
    let engine = open(dir.path(), SHARED);
    assert_eq!(engine.check(key(1)).unwrap_err().code(), Code::CorruptStore);
}

#[test]
fn a_file_of_another_program_or_format_is_refused() {
    let (dir, path) = store();
    fs::remove_file(&path).unwrap();
    let db = Database::create(&path).unwrap();
    let txn = db.begin_write().unwrap();
    txn.open_table(TableDefinition::<u64, u64>::new("other")).unwrap();
    txn.commit().unwrap();
    drop(db);
    assert_eq!(code_of(&dir, SHARED), Code::UnsupportedFormat);
    assert_eq!(code_of(&dir, READER), Code::UnsupportedFormat);

    let (dir, path) = store();
    let db = Database::open(&path).unwrap();
    let txn = db.begin_write().unwrap();
    txn.open_table(super::super::table::SYS).unwrap().insert("format", 2).unwrap();
    txn.commit().unwrap();
    drop(db);
    assert_eq!(code_of(&dir, SHARED), Code::UnsupportedFormat);
    let error = open(dir.path(), SHARED).compact(key(1)).unwrap_err();
    assert_eq!(error.code(), Code::UnsupportedFormat, "what is not known is not moved either");
}

#[test]
fn a_missing_catalog_beside_workspaces_is_damage() {
    let (dir, _) = store();
    fs::remove_file(dir.path().join("catalog.redb")).unwrap();
    let error = super::RedbEngine::open(dir.path(), SHARED).unwrap_err();
    assert_eq!(error.code(), Code::CorruptStore);
    assert!(!dir.path().join("catalog.redb").exists());
}
