//! Damaged groups, blocks and dictionaries, and rows that changed behind their groups.

use super::*;
use crate::codec::row::{RecordRow, decode_record};
use crate::columns::dictionary::{Chunk, Entry, Tail};
use crate::columns::form::{Form, Head};
use crate::columns::ids::Ids;
use crate::columns::paths::{IDS, VERSION};

/// What a problem says, and what brings it about.
type Case<T> = (&'static str, fn(&mut T));

/// Writes the header of the first group anew.
fn edit(ws: &Workspace, edit: impl FnOnce(&mut Group)) {
    let mut group = groups(ws).remove(0);
    edit(&mut group);
    put(ws, &[(column_keys::column_group(NUMBER, &group.lo), group.encode())]);
}

/// The number of a path below `data`.
fn path(ws: &Workspace, name: &str) -> u32 {
    let session = ws.session();
    let (view, config) = session.view().unwrap();
    let collection = config.collection(&*view, "things").unwrap().unwrap();
    let (_, paths) = session.columns(&*view, &collection).paths().unwrap();
    (0..paths.end()).find(|path| paths.name(*path).as_deref() == Some(name)).unwrap()
}

fn head(group: &mut Group, path: u32) -> &mut Head {
    let place = group.place(path).unwrap();
    &mut group.heads[place]
}

fn block(ws: &Workspace, path: u32) -> Vec<u8> {
    let group = groups(ws).remove(0);
    column_keys::column_block(NUMBER, path, &group.lo, group.as_of.0)
}

fn flip(ws: &Workspace, key: Vec<u8>) {
    let mut value = get(ws, &key).unwrap();
    let at = value.len() / 2;
    value[at] ^= 4;
    put(ws, &[(key, value)]);
}

#[test]
fn a_damaged_header_is_named() {
    let ws = sealed();
    flip(&ws, column_keys::column_group(NUMBER, &groups(&ws)[0].lo));
    finds(&ws, &["things: the column group from r000 on", "header is damaged"]);
}

#[test]
fn groups_that_overlap_are_named() {
    let ws = sealed();
    let end = id("r030");
    edit(&ws, |group| *group = Group::new((&group.lo, &end), group.as_of, (0, 0), false, Vec::new()));
    let problems = problems(&ws);
    assert!(problems.iter().any(|problem| problem.contains("covers some of the same")), "{problems:?}");
}

#[test]
fn a_header_that_says_what_cannot_be_is_named() {
    let cases: [Case<Group>; 3] = [
        ("still to come", |group| group.as_of = Seq(1 << 40)),
        ("path 99", |group| group.heads.last_mut().unwrap().path = 99),
        ("without records", |group| group.rows = 0),
    ];
    for (word, change) in cases {
        let ws = sealed();
        edit(&ws, change);
        finds(&ws, &["things: the column group from r000 on", word]);
    }
}

#[test]
fn a_block_that_is_missing_or_changed_is_named() {
    for name in
        ["data.n", "data.text", "data.price", "data.real", "data.at", "data.ok", "data.list", "data.any"]
    {
        let ws = sealed();
        let key = block(&ws, path(&ws, name));
        flip(&ws, key.clone());
        finds(&ws, &["from r000 on", &format!("`{name}` is missing or damaged")]);
        remove(&ws, key);
        finds(&ws, &["from r000 on", &format!("`{name}` is missing or damaged")]);
    }
    let ws = sealed();
    remove(&ws, block(&ws, IDS));
    finds(&ws, &["from r000 on", "its ids is missing"]);
}

#[test]
fn a_block_of_another_group_is_not_taken_for_its_own() {
    let ws = sealed();
    let real = path(&ws, "data.real");
    let other = &groups(&ws)[1];
    let value = get(&ws, &column_keys::column_block(NUMBER, real, &other.lo, other.as_of.0)).unwrap();
    put(&ws, &[(block(&ws, real), value.clone())]);
    finds(&ws, &["`data.real` is missing or damaged"]);
    // Even when the header names it, the bounds and the values tell.
    let sum = u32::from_be_bytes(value[1..5].try_into().unwrap());
    edit(&ws, |group| head(group, real).sum = sum);
    let problems = problems(&ws);
    assert!(problems[0].contains("`data.real` has other values than its header says"), "{problems:?}");
    assert_eq!(problems.len(), 1 + groups(&ws)[0].rows);
    assert!(problems[1].contains("things/r000: its column `data.real`"), "{problems:?}");
}

#[test]
fn bounds_and_counts_that_the_values_break_are_named() {
    let cases: [Case<Head>; 7] = [
        ("data.n", |head| raise(&mut head.form)),
        ("data.at", |head| raise(&mut head.form)),
        ("data.price", |head| raise(&mut head.form)),
        ("data.real", |head| raise(&mut head.form)),
        ("data.text", |head| raise(&mut head.form)),
        ("data.ok", |head| head.nulls = 1),
        ("data.same", |head| head.nulls = 1),
    ];
    for (name, change) in cases {
        let ws = sealed();
        let path = path(&ws, name);
        edit(&ws, |group| change(head(group, path)));
        let problems = problems(&ws);
        let word = format!("`{name}` has other values than its header says");
        assert!(problems.iter().any(|problem| problem.contains(&word)), "{name}: {problems:?}");
    }
}

/// Lets a header say that the greatest value is greater.
fn raise(form: &mut Form) {
    match form {
        Form::Ints { max, .. } | Form::Times { max, .. } | Form::Decimals { max, .. } => *max += 1,
        Form::Doubles { max, .. } => *max += 1.0,
        Form::Codes { max, .. } => *max += 1,
        other => panic!("{other:?} has no bounds"),
    }
}

#[test]
fn a_column_that_a_header_leaves_out_is_named_with_the_records() {
    let ws = sealed();
    let any = path(&ws, "data.n");
    remove(&ws, block(&ws, any));
    edit(&ws, |group| {
        let heads = group.heads.iter().copied().filter(|head| head.path != any).collect();
        *group = Group::new((&group.lo, &group.end), group.as_of, (group.rows, group.bytes), false, heads);
    });
    let found = problems(&ws);
    assert_eq!(found.len(), groups(&ws)[0].rows);
    assert!(found[0].contains("things/r000: its column `data.n`"), "{found:?}");
    edit(&ws, |group| group.is_partial = true);
    assert_eq!(problems(&ws), [""; 0], "a partial group need not have it");
}

#[test]
fn ids_that_are_not_in_order_or_not_the_groups_own_are_named() {
    let swap: fn(&mut Vec<Vec<u8>>) = |ids| ids.swap(0, 1);
    let leave: fn(&mut Vec<Vec<u8>>) = |ids| ids[0] = id("a");
    for change in [swap, leave] {
        let ws = sealed();
        let rows = groups(&ws)[0].rows;
        let mut ids: Vec<Vec<u8>> = (0..rows).map(|n| id(&format!("r{n:03}"))).collect();
        change(&mut ids);
        let value = Ids::of_keys(ids.iter().map(Vec::as_slice)).encode();
        let sum = u32::from_be_bytes(value[1..5].try_into().unwrap());
        put(&ws, &[(block(&ws, IDS), value)]);
        edit(&ws, |group| head(group, IDS).sum = sum);
        finds(&ws, &["from r000 on", "ids are not in order"]);
    }
}

#[test]
fn what_is_left_over_is_named() {
    let ws = sealed();
    let group = &groups(&ws)[0];
    let tail = Tail::default().encode();
    let chunk = Chunk::new(1, [Entry::Text("left")]).encode();
    let text = path(&ws, "data.text");
    for (key, value, words) in [
        (
            column_keys::column_block(NUMBER, VERSION, &group.lo, 1),
            vec![1],
            ["a block of `version`", "left over, of commit 1"],
        ),
        (column_keys::column_block(NUMBER, VERSION, &id("q"), 1), vec![1], ["from q on", "left over"]),
        (column_keys::dictionary_tail(NUMBER, 99, 0), tail.clone(), ["a dictionary is left over", "path"]),
        (column_keys::dictionary_chunk(NUMBER, text, 7, 1), chunk, ["a part of a dictionary", "left over"]),
    ] {
        put(&ws, &[(key.clone(), value)]);
        finds(&ws, &words);
        remove(&ws, key);
    }
    put(&ws, &[(column_keys::dictionary_tail(NUMBER, text, 3), tail)]);
    assert_eq!(problems(&ws), [""; 0], "an epoch that no group names is none the worse");
}

#[test]
fn a_damaged_dictionary_is_named_with_the_columns_that_need_it() {
    let ws = sealed();
    let text = path(&ws, "data.text");
    let (chunks, _) = column_keys::dictionary_chunks(NUMBER, text, 0, 1);
    let tail = column_keys::dictionary_tail(NUMBER, text, 0);
    let whole = get(&ws, &tail).unwrap();
    let told = |ws: &Workspace| {
        let problems = problems(ws);
        assert!(problems[0].contains("things: the dictionary of `data.text` is damaged"), "{problems:?}");
        problems
    };
    flip(&ws, tail.clone());
    told(&ws);
    let mut more = Tail::decode(&whole).unwrap();
    more.entries += 1;
    put(&ws, &[(tail.clone(), more.encode())]);
    assert_eq!(told(&ws).len(), 1);
    put(&ws, &[(tail, whole)]);
    assert_eq!(problems(&ws), [""; 0]);
    flip(&ws, chunks);
    assert_eq!(told(&ws).len(), 1 + groups(&ws).len());
}

#[test]
fn damaged_paths_are_named() {
    let ws = sealed();
    flip(&ws, column_keys::column_paths(NUMBER));
    finds(&ws, &["things: the table of its columns' paths is damaged"]);
}

/// Changes a row.
type OnRecord = fn(&mut RecordRow<'_>);

/// Writes the row of a record behind its group.
fn rewrite(ws: &Workspace, id: &str, data: Option<&str>, change: OnRecord) {
    let bytes = get(ws, &row_key(id)).unwrap();
    let mut row = decode_record(&bytes).unwrap();
    row.data = data.unwrap_or(row.data);
    change(&mut row);
    put(ws, &[(row_key(id), row.encode())]);
}

#[test]
fn a_row_that_says_something_else_than_its_group_is_named_with_the_path() {
    let was = data(5);
    for (name, from, to) in [
        ("data.n", "\"n\":5", "\"n\":6"),
        ("data.n", "\"n\":5", "\"n\":5.5"),
        ("data.n", "\"n\":5", "\"n\":null"),
        ("data.n", "\"n\":5,", ""),
        ("data.n", "\"n\":5", "\"n\":\"5\""),
        ("data.text", "\"t5\"", "\"t50\""),
        ("data.price", "5.25", "5.5"),
        ("data.real", "5.123456789", "5.12345678"),
        ("data.at", "00:00:05Z", "00:00:05.0Z"),
        ("data.at", "00:00:05Z", "00:00:06Z"),
        ("data.ok", "false", "true"),
        ("data.list", "[[1]]", "[1]"),
        ("data.list", "[[1]]", "{}"),
        ("data.deep", "{\"x\":5}", "[[5]]"),
        ("data.deep.x", "{\"x\":5}", "{\"x\":4}"),
        ("data.deep", "{\"x\":5}", "{\"y\":5}"),
        ("data", "\"same\":7", "\"same\":7,\"more\":1"),
        ("data.same", "\"same\":7", "\"same\":8"),
    ] {
        let ws = sealed();
        assert!(was.contains(from), "{from}");
        let now = was.replacen(from, to, 1);
        rewrite(&ws, "r005", Some(&now), |_| ());
        finds(&ws, &["things/r005: its column", &format!("`{name}` does not hold what its row does")]);
    }
}

#[test]
fn fields_of_the_record_itself_are_compared() {
    let cases: [(&str, OnRecord); 5] = [
        ("`version`", |row| row.version += 1),
        ("`created_at`", |row| row.created_ms += 1),
        ("`updated_at`", |row| row.updated_ms += 1),
        ("`external_id`", |row| row.external_id = Some("other")),
        ("`external_source`", |row| row.external_source = Some("crm")),
    ];
    for (word, change) in cases {
        let ws = sealed();
        rewrite(&ws, "r020", None, change);
        let problems = problems(&ws);
        let told = problems.iter().find(|problem| problem.contains("column"));
        assert!(
            told.is_some_and(|problem| problem.contains(word) && problem.contains("things/r020")),
            "{problems:?}"
        );
    }
}

#[test]
fn numbers_that_are_equal_are_the_same_however_they_are_spelled() {
    let ws = sealed();
    let now = data(5).replace("\"n\":5", "\"n\":5.0").replace("5.25", "52.5e-1");
    rewrite(&ws, "r005", Some(&now), |_| ());
    assert_eq!(problems(&ws), [""; 0]);
}

#[test]
fn records_that_only_the_group_or_only_the_rows_have_are_named() {
    let ws = sealed();
    let bytes = get(&ws, &row_key("r007")).unwrap();
    let row = decode_record(&bytes).unwrap();
    let plain = RecordRow { external_id: None, ..row }.encode();
    remove(&ws, row_key("r007"));
    finds(&ws, &["things/r007: its column group has it, but it has no row"]);
    put(&ws, &[(row_key("r007"), bytes.clone()), (row_key("r0070"), plain.clone())]);
    finds(&ws, &["things/r0070: its column group does not have it"]);
    remove(&ws, row_key("r0070"));
    put(&ws, &[(row_key("zz"), plain)]);
    finds(&ws, &["things/zz: it is in no column group and has no dirty entry"]);
}

#[test]
fn a_header_that_is_gone_leaves_its_blocks_and_its_records() {
    let ws = sealed();
    let group = groups(&ws).remove(0);
    remove(&ws, column_keys::column_group(NUMBER, &group.lo));
    let problems = problems(&ws);
    let count = |word: &str| problems.iter().filter(|problem| problem.contains(word)).count();
    assert_eq!(count("is left over"), group.heads.iter().filter(|head| head.has_block()).count());
    assert_eq!(count("no column group and has no dirty entry"), group.rows);
    assert_eq!(range(&ws, ColumnKey::Group.all(NUMBER)).len(), groups(&ws).len());
}
