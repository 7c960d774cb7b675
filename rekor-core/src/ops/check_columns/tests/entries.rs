//! Damaged dirty entries, and entries that do not tell the truth.

use super::*;
use crate::codec::row::{RecordRow, decode_record};
use crate::columns::dirty;
use crate::columns::paths::Paths;

fn row(data: &str) -> RecordRow<'_> {
    RecordRow { version: 1, created_ms: 1, updated_ms: 1, external_id: None, external_source: None, data }
}

fn entry(row: Option<&RecordRow<'_>>) -> Vec<u8> {
    dirty::encode(row, &Paths::default()).unwrap()
}

/// Writes a row and an entry in one commit, as writers do.
fn write(ws: &Workspace, id: &str, stored: &RecordRow<'_>, told: Option<&RecordRow<'_>>) {
    put(ws, &[(row_key(id), stored.encode()), (dirty_key(id), entry(told))]);
}

#[test]
fn an_entry_that_does_not_decode_is_named_also_when_a_group_has_overtaken_it() {
    let ws = sealed();
    let whole = get(&ws, &dirty_key("z")).unwrap();
    put(&ws, &[(dirty_key("z"), vec![1, 2, 3])]);
    finds(&ws, &["things/z: its dirty entry is damaged"]);
    let bytes = get(&ws, &row_key("z")).unwrap();
    put(&ws, &[(dirty_key("z"), whole), (row_key("z"), bytes)]);
    put(&ws, &[(dirty_key("r001"), vec![1, 2, 3])]);
    finds(&ws, &["things/r001: its dirty entry is damaged"]);
    remove(&ws, dirty_key("r001"));
    // One that is no newer than its group says nothing, but must be readable.
    let mut group = groups(&ws).remove(0);
    let lo = group.lo.clone();
    let as_of = put(&ws, &[(dirty_key("r001"), entry(None))]);
    let old = group.as_of;
    group.as_of = as_of;
    let mut pairs = vec![(column_keys::column_group(NUMBER, &lo), group.encode())];
    for head in group.heads.iter().filter(|head| head.has_block()) {
        let value = get(&ws, &column_keys::column_block(NUMBER, head.path, &lo, old.0)).unwrap();
        pairs.push((column_keys::column_block(NUMBER, head.path, &lo, as_of.0), value));
        remove(&ws, column_keys::column_block(NUMBER, head.path, &lo, old.0));
    }
    put(&ws, &pairs);
    assert_eq!(problems(&ws), [""; 0]);
}

#[test]
fn an_entry_that_tells_the_truth_is_sound_in_a_group_and_beside_it() {
    let ws = sealed();
    for id in ["r003", "r0030", "zz", "a"] {
        // It may spell paths that have no number.
        let row = row(r#"{"n":1,"unknown":{"a":[1],"b":{}},"text":"new"}"#);
        write(&ws, id, &row, Some(&row));
    }
    let keys: Vec<Vec<u8>> = ["r005", "r0050"].iter().map(|id| dirty_key(id)).collect();
    remove(&ws, row_key("r005"));
    put(&ws, &keys.into_iter().map(|key| (key, entry(None))).collect::<Vec<_>>());
    assert_eq!(problems(&ws).iter().filter(|problem| !problem.contains("external id")).count(), 0);
}

#[test]
fn an_entry_that_does_not_is_named() {
    let truth = row(r#"{"n":1,"deep":{"x":2},"new":"y"}"#);
    let lies = [
        row(r#"{"n":2,"deep":{"x":2},"new":"y"}"#),
        row(r#"{"n":1,"deep":{"x":3},"new":"y"}"#),
        row(r#"{"n":1,"deep":{"x":2},"new":"z"}"#),
        row(r#"{"n":1,"deep":{"x":2},"other":"y"}"#),
        row(r#"{"n":1,"deep":{"x":2}}"#),
        row(r#"{"n":1,"deep":{"x":2},"new":"y","more":1}"#),
        RecordRow { version: 2, ..truth },
        RecordRow { created_ms: 2, ..truth },
        RecordRow { updated_ms: 2, ..truth },
        RecordRow { external_id: Some("q"), ..truth },
    ];
    for id in ["r003", "zz"] {
        for lie in &lies {
            let ws = sealed();
            write(&ws, id, &truth, Some(lie));
            finds(&ws, &[&format!("things/{id}: its dirty entry does not say what its row does")]);
        }
    }
}

#[test]
fn a_tombstone_of_a_record_that_is_there_and_an_entry_of_one_that_is_not_are_named() {
    for id in ["r003", "zz"] {
        let ws = sealed();
        let truth = row("{}");
        write(&ws, id, &truth, None);
        finds(&ws, &[&format!("things/{id}"), "says that it is deleted, but it is there"]);
        let ws = sealed();
        put(&ws, &[(dirty_key(id), entry(Some(&truth)))]);
        if id == "zz" {
            finds(&ws, &["things/zz: it has a dirty entry, but no row"]);
        } else {
            finds(&ws, &["things/r003: its dirty entry and its row are of different commits"]);
        }
    }
}

#[test]
fn a_row_that_was_written_without_its_entry_is_named() {
    let ws = sealed();
    let bytes = get(&ws, &row_key("z")).unwrap();
    let row = decode_record(&bytes).unwrap();
    put(&ws, &[(row_key("z"), row.encode())]);
    finds(&ws, &["things/z: its dirty entry and its row are of different commits"]);
}

#[test]
fn of_a_large_record_the_entry_says_no_more_than_that_it_is_there() {
    let ws = workspace();
    let members: Vec<String> = (0..400).map(|n| format!("\"k{n}\":{n}")).collect();
    upsert(&ws, "large", &format!("{{{}}}", members.join(",")));
    assert_eq!(problems(&ws), [""; 0]);
    remove(&ws, dirty_key("large"));
    finds(&ws, &["things/large: it is in no column group and has no dirty entry"]);
}
