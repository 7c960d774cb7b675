//! Random filters and sorts.

use super::naive::{Filter, Named, Value};
use super::world::{Dice, TIMES, World, text, value};
use crate::ground::json::Json;

/// One field of a sort.
pub(super) struct Sort {
    pub(super) field: Named,
    pub(super) descending: bool,
}

impl Sort {
    pub(super) fn json(sorts: &[Self]) -> Option<Json> {
        let part = |sort: &Self| {
            let name = serde_json::to_string(sort.field.name).unwrap();
            let direction = if sort.descending { r#","direction":"desc""# } else { "" };
            format!(r#"{{"field":{name}{direction}}}"#)
        };
        let parts: Vec<_> = sorts.iter().map(part).collect();
        (!parts.is_empty()).then(|| Json::from_text(format!("[{}]", parts.join(","))))
    }
}

/// Some fields to sort by; often those of an index.
pub(super) fn sorts(dice: &mut Dice, world: &World) -> Vec<Sort> {
    let descending = dice.one_in(2);
    let indexes = &world.indexed.row.indexes;
    if !indexes.is_empty() && dice.one_in(2) {
        let index = dice.pick(indexes);
        let skip = dice.roll(2);
        let paths = index.paths.iter().skip(skip).take(1 + dice.roll(3));
        let named = |path: &Vec<String>| {
            world
                .fields
                .iter()
                .find(|f| f.path.as_ref().is_some_and(|have| have.iter().eq(path.iter())))
                .unwrap()
        };
        return paths.map(|path| Sort { field: named(path).clone(), descending }).collect();
    }
    let fields = (0..dice.roll(3)).map(|_| dice.pick(&world.fields).clone()).collect::<Vec<_>>();
    fields.into_iter().map(|field| Sort { field, descending: dice.one_in(2) }).collect()
}

/// A filter, most often a few tests that all must hold, so that indexes come to use.
pub(super) fn filter(dice: &mut Dice, world: &World, depth: usize) -> Filter {
    let list = |dice: &mut Dice| (0..dice.roll(4)).map(|_| filter(dice, world, depth + 1)).collect();
    match dice.roll(10) {
        0..=3 if depth < 3 => Filter::And(list(dice)),
        4 if depth < 3 => Filter::Or(list(dice)),
        5 if depth < 3 => Filter::Not(Box::new(filter(dice, world, depth + 1))),
        _ => leaf(dice, world),
    }
}

fn leaf(dice: &mut Dice, world: &World) -> Filter {
    const OPS: [&str; 17] = [
        "eq",
        "eq",
        "eq",
        "neq",
        "gt",
        "gte",
        "gt",
        "lt",
        "lte",
        "in",
        "in",
        "not_in",
        "like",
        "ilike",
        "is_null",
        "is_not_null",
        "has",
    ];
    let field = dice.pick(&world.fields).clone();
    let op = *dice.pick(&OPS);
    let value = match op {
        "in" | "not_in" => Value::Array((0..dice.roll(5)).map(|_| operand(dice, world, &field)).collect()),
        "like" | "ilike" => Value::Text(pattern(dice, world, &field)),
        "has" => value(dice, 0),
        _ => operand(dice, world, &field),
    };
    let value = if op == "has" && value == Value::Null { Value::Text("x".into()) } else { value };
    Filter::Leaf(field, op, value)
}

/// A value to compare a field with: often one that is stored.
fn operand(dice: &mut Dice, world: &World, field: &Named) -> Value {
    let doc = dice.pick(&world.docs).clone();
    let meta = |text: Option<String>| text.map_or(Value::Text("none".into()), Value::Text);
    let found = match field.name {
        "id" if dice.one_in(8) => Value::Text(text(dice)),
        "id" => Value::Text(doc.id),
        "external_id" => meta(doc.external_id),
        "external_source" => meta(doc.external_source),
        "version" => Value::Text(doc.version.to_string()),
        "created_at" => Value::Text((*dice.pick(&TIMES[..4])).to_owned()),
        _ if dice.one_in(3) => value(dice, 0),
        _ => field.value(&doc).cloned().unwrap_or_else(|| value(dice, 0)),
    };
    if found == Value::Null { Value::Number("1".into()) } else { found }
}

fn pattern(dice: &mut Dice, world: &World, field: &Named) -> String {
    let from = match operand(dice, world, field) {
        Value::Text(text) => text,
        _ => text(dice),
    };
    // The brute force takes exponential time in the number of runs.
    let mut letters: Vec<String> = from
        .chars()
        .map(|c| match c {
            '%' | '_' | '\\' => String::new(),
            c if dice.one_in(12) => {
                if c == 'x' {
                    "x".into()
                } else {
                    "_".into()
                }
            }
            c => c.to_string(),
        })
        .collect();
    if dice.one_in(2) {
        letters.truncate(dice.roll(letters.len() + 1));
        letters.push("%".into());
    }
    if dice.one_in(4) {
        letters.insert(0, "%".into());
    }
    let mut pattern = letters.concat();
    while pattern.len() > 1_024 {
        pattern.pop();
    }
    pattern
}
