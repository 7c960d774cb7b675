//! Queries answered as columns, value by value against the documents: the order of the rows, the types, what is null.

use super::naive::{Doc, Key, Named, Value, id_key, key_of, number};
use super::world::Dice;

use crate::api::query::Query;
use crate::codec::time::Instant;
use crate::columns::reader::Columns;
use crate::ctx::config::Collection;
use crate::ground::env::Deadline;
use crate::query::table::{Part, Values, table};

/// Checks a table of the fields against those of the documents that the query finds, in their order.
pub(super) fn check(
    dice: &mut Dice,
    (columns, collection): (&Columns<'_>, &Collection),
    query: &Query,
    fields: &[Named],
    wanted: &[&Doc],
    at: &str,
) {
    let mut chosen: Vec<&Named> = fields.iter().filter(|_| dice.one_in(2)).collect();
    chosen.truncate(5);
    if chosen.is_empty() {
        chosen.extend(fields.first());
    }
    let offset = dice.roll(20).min(wanted.len());
    let limit = dice.one_in(2).then(|| dice.roll(wanted.len() + 1));
    let query = Query {
        fields: chosen.iter().map(|field| field.name.to_owned()).collect(),
        limit: limit.map(|limit| limit as u64),
        offset: Some(offset as u64),
        count: false,
        ..query.clone()
    };
    let table = table(columns, collection, &query, Deadline::never()).unwrap();
    assert_eq!(table.columns, query.fields);
    let end = limit.map_or(wanted.len(), |limit| wanted.len().min(offset + limit));
    let mut docs = wanted[offset..end].iter();
    for parts in &table.chunks {
        let kind = |part: &Part| std::mem::discriminant(&part.values);
        assert!(parts.iter().map(kind).eq(table.types.iter().map(kind)), "types {at}");
        for row in 0..parts[0].rows {
            let doc = docs.next().unwrap_or_else(|| panic!("too many rows {at}"));
            for (field, part) in chosen.iter().zip(parts) {
                let (found, wanted) = (cell(field, part, row), field.key(doc));
                assert!(
                    found.order(&wanted).is_eq(),
                    "{} of {}: {found:?} {wanted:?} {at}",
                    field.name,
                    doc.id
                );
            }
        }
    }
    assert!(docs.next().is_none(), "too few rows {at}");
}

fn cell(field: &Named, part: &Part, row: usize) -> Key {
    if part.present.as_ref().is_some_and(|present| present[row] == 0) {
        return Key::Null;
    }
    let text = |text: &str| match field.name {
        "id" => id_key(text),
        _ => key_of(Some(&Value::Text(text.to_owned())), field.date_time()),
    };
    match &part.values {
        Values::Nulls => Key::Null,
        Values::Bools(values) => Key::Bool(values[row] == 1),
        Values::Ints(values) => number(&values[row].to_string()),
        Values::Wides(values) => number(&values[row].to_string()),
        Values::Doubles(values) => number(&format!("{:e}", values[row])),
        Values::Micros(values) => Key::Time(Instant::from_units(values[row], 6)),
        Values::Texts(texts) => text(texts.get(row)),
        Values::Jsons(texts) => match texts.get(row) {
            json if json.starts_with('"') => text(&serde_json::from_str::<String>(json).unwrap()),
            json if json.starts_with('[') => Key::Array(json.to_owned()),
            json if json.starts_with('{') => Key::Object(json.to_owned()),
            "true" => Key::Bool(true),
            "false" => Key::Bool(false),
            json => number(json),
        },
    }
}
