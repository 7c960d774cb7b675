//! The rules of keywords that look at one value: kinds, listed values, bounds, texts. Numbers are compared by
//! their values, exactly.

use std::collections::HashSet;

use serde_json::Value;

use crate::codec::number::Number;
use crate::schema::compatibility::rules::{Findings, Pair, Rules};
use crate::schema::outcome::{Kind, Kinds};
use crate::schema::violation::short;

/// A keyword whose number grows or shrinks what is taken.
struct Bound {
    keyword: &'static str,
    kind: Kind,
    /// Whether what is above the number is refused.
    upper: bool,
    added: &'static str,
    narrowed: &'static str,
}

const fn bound(
    keyword: &'static str,
    kind: Kind,
    upper: bool,
    added: &'static str,
    narrowed: &'static str,
) -> Bound {
    Bound { keyword, kind, upper, added, narrowed }
}

/// The bounds of sizes; those of numbers are looked at together.
const SIZES: [Bound; 6] = [
    bound("minLength", Kind::String, false, "min_length_added", "min_length_narrowed"),
    bound("maxLength", Kind::String, true, "max_length_added", "max_length_narrowed"),
    bound("minItems", Kind::Array, false, "min_items_added", "min_items_narrowed"),
    bound("maxItems", Kind::Array, true, "max_items_added", "max_items_narrowed"),
    bound("minProperties", Kind::Object, false, "min_properties_added", "min_properties_narrowed"),
    bound("maxProperties", Kind::Object, true, "max_properties_added", "max_properties_narrowed"),
];

const KINDS: [Kind; 7] =
    [Kind::Null, Kind::Boolean, Kind::Integer, Kind::Number, Kind::String, Kind::Array, Kind::Object];

/// Compares the keywords of one value.
pub(super) fn compare(rules: &Rules<'_>, pair: &Pair, kinds: Kinds, found: &mut Findings) {
    kind(rules, pair, kinds, found);
    listed(rules, pair, kinds, found);
    let may_be = |kind: Kind| kinds.and(Kinds::one(kind)) != Kinds::NONE;
    for bound in SIZES.iter().filter(|bound| may_be(bound.kind)) {
        size(rules, pair, bound, found);
    }
    if may_be(Kind::Number) {
        numbers(rules, pair, found);
    }
    if may_be(Kind::String) {
        for (keyword, added, changed) in [
            ("pattern", "pattern_added", "pattern_changed"),
            ("format", "format_added", "format_changed"),
            ("contentEncoding", "content_encoding_added", "content_encoding_changed"),
            ("contentMediaType", "content_media_type_added", "content_media_type_changed"),
        ] {
            text(rules, pair, (keyword, added, changed), found);
        }
    }
}

fn kind(rules: &Rules<'_>, pair: &Pair, old: Kinds, found: &mut Findings) {
    let Some(value) = rules.new.heard(pair.new, "type") else { return };
    let new = kinds_by("type", value);
    if old.and(new) == old {
        return;
    }
    let gone = KINDS.into_iter().filter(|kind| {
        let one = Kinds::one(*kind);
        old.and(one) == one && new.and(one) != one && !(*kind == Kind::Integer && old.allows(Kind::Number))
    });
    let gone: Vec<&str> = gone.map(Kind::name).collect();
    let said = match gone.as_slice() {
        [] => "takes fewer types".to_owned(),
        gone => format!("no longer takes {}", gone.join(", ")),
    };
    found.reasons.push(rules.reason(pair.new, &["type"], "type_narrowed", &said));
}

/// What one keyword says of kinds.
fn kinds_by(keyword: &str, value: &Value) -> Kinds {
    Kinds::of_schema(&std::iter::once((keyword.to_owned(), value.clone())).collect())
}

/// The values that a node lists, in a form that is equal for equal values.
fn listed_by(value: Option<&Value>, keyword: &str) -> Option<Vec<(String, Kinds)>> {
    let entry = |value: &Value| (key(value), kinds_by("const", value));
    match (keyword, value?) {
        ("const", value) => Some(vec![entry(value)]),
        (_, Value::Array(values)) => Some(values.iter().map(entry).collect()),
        _ => None,
    }
}

fn listed(rules: &Rules<'_>, pair: &Pair, kinds: Kinds, found: &mut Findings) {
    const RULES: [(&str, &str, &str); 2] =
        [("enum", "enum_added", "enum_narrowed"), ("const", "const_added", "const_changed")];
    let mut old: Option<Vec<(String, Kinds)>> = None;
    for (keyword, added, narrowed) in RULES {
        let Some(new) = listed_by(rules.new.heard(pair.new, keyword), keyword) else { continue };
        let old = old.get_or_insert_with(|| old_values(rules, pair, kinds));
        let taken: HashSet<&str> = new.iter().map(|(key, _)| key.as_str()).collect();
        let gone = old.iter().find(|(key, _)| !taken.contains(key.as_str()));
        let reason = match (old.is_empty(), gone) {
            (true, _) => rules.reason(pair.new, &[keyword], added, "takes only listed values now"),
            (false, Some((key, _))) => {
                let said = format!("no longer takes {}", short(key));
                rules.reason(pair.new, &[keyword], narrowed, &said)
            }
            (false, None) => continue,
        };
        found.reasons.push(reason);
    }
}

/// The values that the old nodes list, if any does: those of one of them that all others list too.
fn old_values(rules: &Rules<'_>, pair: &Pair, kinds: Kinds) -> Vec<(String, Kinds)> {
    let mut common: Option<Vec<(String, Kinds)>> = None;
    for &old in &pair.olds {
        for keyword in ["enum", "const"] {
            let Some(values) = listed_by(rules.old.heard(old, keyword), keyword) else { continue };
            let others: HashSet<&str> = values.iter().map(|(key, _)| key.as_str()).collect();
            match &mut common {
                None => common = Some(values),
                Some(common) => common.retain(|(key, _)| others.contains(key.as_str())),
            }
        }
    }
    common.unwrap_or_default().into_iter().filter(|(_, kind)| kinds.and(*kind) == *kind).collect()
}

/// The text of a value, the same for values that JSON Schema calls equal.
fn key(value: &Value) -> String {
    match value {
        Value::Number(number) => match Number::parse(&number.to_string()) {
            Some(number) => number.to_text(),
            None => number.to_string(),
        },
        Value::Array(items) => format!("[{}]", items.iter().map(key).collect::<Vec<_>>().join(",")),
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|(name, _)| *name);
            let each = members
                .into_iter()
                .map(|(name, member)| format!("{}:{}", Value::from(name.as_str()), key(member)));
            format!("{{{}}}", each.collect::<Vec<_>>().join(","))
        }
        other => other.to_string(),
    }
}

/// A keyword's number; `None` when there is none.
pub(super) fn number(value: Option<&Value>) -> Option<Number> {
    value?.as_number().and_then(|number| Number::parse(&number.to_string()))
}

/// The numbers that the old nodes have for a keyword.
fn olds(rules: &Rules<'_>, pair: &Pair, keyword: &str) -> Vec<Number> {
    pair.olds.iter().filter_map(|&old| number(rules.old.heard(old, keyword))).collect()
}

fn size(rules: &Rules<'_>, pair: &Pair, bound: &Bound, found: &mut Findings) {
    let Some(new) = number(rules.new.heard(pair.new, bound.keyword)) else { return };
    let old = olds(rules, pair, bound.keyword);
    let zero = !bound.upper && new <= Number::Integer(0);
    if zero || old.iter().any(|&old| if bound.upper { old <= new } else { old >= new }) {
        return;
    }
    let rule = if old.is_empty() { bound.added } else { bound.narrowed };
    let said = format!("has `{}` {} now", bound.keyword, new.to_text());
    found.reasons.push(rules.reason(pair.new, &[bound.keyword], rule, &said));
}

fn numbers(rules: &Rules<'_>, pair: &Pair, found: &mut Findings) {
    for (inclusive, exclusive, upper, rule) in [
        ("minimum", "exclusiveMinimum", false, ["minimum_added", "minimum_narrowed"]),
        ("maximum", "exclusiveMaximum", true, ["maximum_added", "maximum_narrowed"]),
    ] {
        let old: Vec<(Number, bool)> = [(inclusive, false), (exclusive, true)]
            .into_iter()
            .flat_map(|(keyword, open)| {
                olds(rules, pair, keyword).into_iter().map(move |number| (number, open))
            })
            .collect();
        for (keyword, open) in [(inclusive, false), (exclusive, true)] {
            let Some(new) = number(rules.new.heard(pair.new, keyword)) else { continue };
            let within = |&(old, old_open): &(Number, bool)| {
                let inside = if upper { old < new } else { old > new };
                inside || (old == new && (old_open || !open))
            };
            if old.iter().any(within) {
                continue;
            }
            let [added, narrowed] = rule;
            let said = format!("has `{keyword}` {} now", new.to_text());
            let rule = if old.is_empty() { added } else { narrowed };
            found.reasons.push(rules.reason(pair.new, &[keyword], rule, &said));
        }
    }
    multiple(rules, pair, found);
}

fn multiple(rules: &Rules<'_>, pair: &Pair, found: &mut Findings) {
    let Some(new) = number(rules.new.heard(pair.new, "multipleOf")) else { return };
    let old = olds(rules, pair, "multipleOf");
    let within = |&old: &Number| match (old, new) {
        (Number::Integer(old), Number::Integer(new)) => new != 0 && old % new == 0,
        _ => old == new,
    };
    if old.iter().any(within) {
        return;
    }
    let rule = if old.is_empty() { "multiple_of_added" } else { "multiple_of_changed" };
    let said = format!("must be a multiple of {} now", new.to_text());
    found.reasons.push(rules.reason(pair.new, &["multipleOf"], rule, &said));
}

fn text(
    rules: &Rules<'_>,
    pair: &Pair,
    (keyword, added, changed): (&str, &'static str, &'static str),
    found: &mut Findings,
) {
    let Some(new) = rules.new.heard(pair.new, keyword) else { return };
    let mut old = pair.olds.iter().filter_map(|&old| rules.old.heard(old, keyword)).peekable();
    let rule = if old.peek().is_none() { added } else { changed };
    if !old.any(|old| old == new) {
        let said = format!("has {keyword} `{}` now", short(new.as_str().unwrap_or_default()));
        found.reasons.push(rules.reason(pair.new, &[keyword], rule, &said));
    }
}
