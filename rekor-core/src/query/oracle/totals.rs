//! Aggregates against brute force.

use std::cmp::Ordering;

use super::ask::filter;
use super::naive::{Doc, Key, Named};
use super::world::{Dice, World};
use crate::api::query::Aggregate;
use crate::ground::env::Deadline;
use crate::ground::error::Code;
use crate::ground::json::Json;
use crate::query::aggregate;

const FUNCTIONS: [&str; 6] = ["count", "sum", "avg", "min", "max", "count_distinct"];

pub(super) fn check(dice: &mut Dice, world: &World, at: &str) {
    let filter = filter(dice, world, 1);
    let data: Vec<&Named> = world.fields.iter().filter(|field| field.path.is_some()).collect();
    let mut groups: Vec<&Named> = Vec::new();
    for _ in 0..dice.roll(3) {
        let field = dice.pick(&world.fields);
        if groups.iter().all(|have| have.name != field.name) {
            groups.push(field);
        }
    }
    let totals: Vec<(&str, Option<&Named>)> = (0..=dice.roll(3))
        .map(|_| match *dice.pick(&FUNCTIONS) {
            "count" if dice.one_in(2) => ("count", None),
            // A field that holds only numbers, so that most sums succeed.
            sum @ ("sum" | "avg") if !dice.one_in(6) => (sum, data.last().copied()),
            other => (other, Some(*dice.pick(&data))),
        })
        .collect();
    let by_total = dice.one_in(2);
    let having = dice.one_in(4);
    let request = Aggregate {
        collection: "things".into(),
        aggregations: Some(Json::from_text(format!("[{}]", requests(&totals)))),
        group_by: groups.iter().map(|field| field.name.to_owned()).collect(),
        filter: Some(Json::from_text(filter.text())),
        having: having.then(|| Json::from_text(r#"{"field":"n","op":"gte","value":"2"}"#)),
        sort: by_total.then(|| Json::from_text(r#"[{"field":"t0","direction":"desc"}]"#)),
        ..Aggregate::default()
    };
    let docs: Vec<&Doc> = world.docs.iter().filter(|doc| filter.holds(doc)).collect();
    let wanted = rows(&groups, &totals, &docs).map(|mut rows| {
        rows.retain(|row| !having || row[groups.len()].order(&Key::Int(2)).is_ge());
        let by_group = |a: &[Key], b: &[Key]| keys_order(&a[..groups.len()], &b[..groups.len()]);
        rows.sort_by(|a, b| {
            let first =
                if by_total { b[groups.len() + 1].order(&a[groups.len() + 1]) } else { Ordering::Equal };
            first.then_with(|| by_group(a, b))
        });
        rows
    });
    for (view, collection) in world.ways() {
        let got = aggregate(&world.columns(view), collection, &request, Deadline::never());
        let at = format!("{at}\n{request:?}");
        match (&got, &wanted) {
            (Err(error), None) => assert_eq!(error.code(), Code::NotANumber, "{at}"),
            (Ok(got), Some(wanted)) => {
                assert_eq!(got.rows.len(), wanted.len(), "{at}");
                for (got, wanted) in got.rows.iter().zip(wanted) {
                    for (got, wanted) in got.iter().zip(wanted) {
                        let got: serde_json::Value = serde_json::from_str(got.text()).unwrap();
                        assert!(alike(&got, &wanted.json()), "{got} {wanted:?} {at}");
                    }
                }
            }
            _ => panic!("{got:?} {wanted:?} {at}"),
        }
    }
}

fn requests(totals: &[(&str, Option<&Named>)]) -> String {
    let one = |(n, (function, field)): (usize, &(&str, Option<&Named>))| {
        let field = field
            .map_or(String::new(), |f| format!(r#","field":{}"#, serde_json::to_string(f.name).unwrap()));
        format!(r#"{{"fn":"{function}","alias":"t{n}"{field}}}"#)
    };
    let all: Vec<_> = totals.iter().enumerate().map(one).collect();
    format!(r#"{{"fn":"count","alias":"n"}},{}"#, all.join(","))
}

fn keys_order(a: &[Key], b: &[Key]) -> Ordering {
    a.iter().zip(b).map(|(a, b)| a.order(b)).fold(Ordering::Equal, Ordering::then)
}

/// The rows in no order; `None` when a sum meets what is not a number.
fn rows(groups: &[&Named], totals: &[(&str, Option<&Named>)], docs: &[&Doc]) -> Option<Vec<Vec<Key>>> {
    let mut sorted: Vec<(Vec<Key>, Vec<&Doc>)> = Vec::new();
    if groups.is_empty() {
        sorted.push((Vec::new(), Vec::new()));
    }
    for doc in docs {
        let key: Vec<Key> = groups.iter().map(|field| field.key(doc)).collect();
        match sorted.iter_mut().find(|(have, _)| keys_order(have, &key).is_eq()) {
            Some((_, members)) => members.push(doc),
            None => sorted.push((key, vec![doc])),
        }
    }
    let row = |(mut key, members): (Vec<Key>, Vec<&Doc>)| {
        key.push(Key::Int(members.len() as i128));
        for (function, field) in totals {
            key.push(total(function, *field, &members)?);
        }
        Some(key)
    };
    sorted.into_iter().map(row).collect()
}

fn total(function: &str, field: Option<&Named>, docs: &[&Doc]) -> Option<Key> {
    let Some(field) = field else { return Some(Key::Int(docs.len() as i128)) };
    let mut keys: Vec<Key> =
        docs.iter().map(|doc| field.key(doc)).filter(|key| !matches!(key, Key::Null)).collect();
    let count = Key::Int(keys.len() as i128);
    keys.sort_by(Key::order);
    let float = |key: &Key| match key {
        Key::Int(n) => Some(*n as f64),
        Key::Float(f) => Some(*f),
        _ => None,
    };
    match function {
        "count" => Some(count),
        "min" => Some(keys.first().cloned().unwrap_or(Key::Null)),
        "max" => Some(keys.last().cloned().unwrap_or(Key::Null)),
        "count_distinct" => {
            keys.dedup_by(|a, b| a.order(b).is_eq());
            Some(Key::Int(keys.len() as i128))
        }
        _ => {
            let floats: Vec<f64> = keys.iter().map(float).collect::<Option<_>>()?;
            let ints: Option<i128> =
                keys.iter().map(|k| if let Key::Int(n) = k { Some(n) } else { None }).sum();
            match (function, ints) {
                ("sum", Some(ints)) => Some(Key::Int(ints)),
                ("sum", None) => Some(Key::Float(floats.iter().sum())),
                _ if floats.is_empty() => Some(Key::Null),
                _ => Some(Key::Float(floats.iter().sum::<f64>() / floats.len() as f64)),
            }
        }
    }
}

fn alike(a: &serde_json::Value, b: &serde_json::Value) -> bool {
    match (a.as_f64(), b.as_f64()) {
        (Some(x), Some(y)) => x == y || (x - y).abs() <= 1e-9 * x.abs().max(y.abs()),
        _ => a == b,
    }
}
