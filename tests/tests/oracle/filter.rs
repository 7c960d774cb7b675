//! Whether a record passes a filter, by the words of the contract.

use serde_json::Value;

use super::generate::World;
use super::value::{Word, at};

pub(super) fn passes(filter: &Value, record: &Value, world: &World) -> bool {
    let all = |list: &Value| list.as_array().unwrap().iter().all(|part| passes(part, record, world));
    if let Some(list) = filter.get("and") {
        return all(list);
    }
    if let Some(list) = filter.get("or") {
        return list.as_array().unwrap().iter().any(|part| passes(part, record, world));
    }
    if let Some(part) = filter.get("not") {
        return !passes(part, record, world);
    }
    let field = filter["field"].as_str().unwrap();
    let (found, value) = (at(record, field), &filter["value"]);
    let word = world.word(field, found);
    let equals = |value: &Value| word != Word::Null && meanings(world, field, value).contains(&word);
    let any_equals = || value.as_array().unwrap().iter().any(equals);
    let compares = |test: fn(&Word, &Word) -> bool| {
        let same = |meant: &Word| meant.class() == word.class() && test(&word, meant);
        word != Word::Null && meanings(world, field, value).iter().any(same)
    };
    match filter["op"].as_str().unwrap() {
        "eq" => equals(value),
        "neq" => !equals(value),
        "in" => any_equals(),
        "not_in" => !any_equals(),
        "gt" => compares(|a, b| a > b),
        "gte" => compares(|a, b| a >= b),
        "lt" => compares(|a, b| a < b),
        "lte" => compares(|a, b| a <= b),
        "is_null" => word == Word::Null,
        "is_not_null" => word != Word::Null,
        "like" => found.and_then(Value::as_str).is_some_and(|text| like(value.as_str().unwrap(), text)),
        "ilike" => found
            .and_then(Value::as_str)
            .is_some_and(|text| like(&value.as_str().unwrap().to_lowercase(), &text.to_lowercase())),
        "has" => has(found, value),
        op => panic!("no operator {op}"),
    }
}

/// What a value stands for when it is compared with a field.
fn meanings(world: &World, field: &str, value: &Value) -> Vec<Word> {
    let itself = world.word(field, Some(value));
    let Some(text) = value.as_str() else { return vec![itself] };
    let number = serde_json::from_str::<Value>(text)
        .ok()
        .filter(Value::is_number)
        .map(|number| Word::of(Some(&number), false));
    match world.declared(field) {
        Some("string" | "date-time") => vec![itself],
        Some("integer" | "number") => vec![number.unwrap_or(itself)],
        Some("boolean") => vec![text.parse().map_or(itself, Word::Bool)],
        _ => std::iter::once(itself).chain(number).collect(),
    }
}

fn has(found: Option<&Value>, value: &Value) -> bool {
    match found {
        Some(Value::Array(list)) => {
            let spelled = value
                .as_str()
                .and_then(|text| serde_json::from_str::<Value>(text).ok())
                .filter(Value::is_number);
            list.iter().any(|element| {
                let element = Word::of(Some(element), false);
                std::iter::once(value).chain(&spelled).any(|value| Word::of(Some(value), false) == element)
            })
        }
        Some(Value::Object(map)) => value.as_str().is_some_and(|key| map.contains_key(key)),
        _ => false,
    }
}

/// `%` any run, `_` one character, `\` makes the next one plain: by the definition, not fast.
fn like(pattern: &str, text: &str) -> bool {
    let mut letters = pattern.chars();
    let Some(first) = letters.next() else { return text.is_empty() };
    let mut rest = text.chars();
    match first {
        '%' => {
            let after = letters.as_str();
            like(after, text)
                || text.char_indices().any(|(at, letter)| like(after, &text[at + letter.len_utf8()..]))
        }
        '_' => rest.next().is_some() && like(letters.as_str(), rest.as_str()),
        '\\' => {
            let plain = letters.next().unwrap();
            rest.next() == Some(plain) && like(letters.as_str(), rest.as_str())
        }
        plain => rest.next() == Some(plain) && like(letters.as_str(), rest.as_str()),
    }
}
