//! The rules of one value, its elements and its alternatives: each by an example that breaks and, mostly, one that does not.

use super::{check, rules_of, verdict};
use crate::schema::compatibility::DecidedBy;

/// A schema whose property `a` is the given one.
fn within(schema: &str) -> String {
    format!("{{\"properties\": {{\"a\": {schema}}}}}")
}

/// What a property was, what it became, and the rules that it breaks; none when it breaks nothing.
const PROPERTY: &[(&str, &str, &str)] = &[
    // Annotations and unknown words.
    (r#"{}"#, r#"{"title": "A", "description": "b", "default": 1, "examples": [1], "x-index": true}"#, ""),
    (r#"{"type": "string", "format": "nonsense"}"#, r#"{"type": "string", "format": "other-nonsense"}"#, ""),
    (r#"{"type": "string"}"#, r#"{"type": "string", "format": "nonsense"}"#, ""),
    (r#"{"type": "string"}"#, r#"{"type": "string", "contentMediaType": "application/json"}"#, ""),
    // Kinds.
    (r#"{}"#, r#"{"type": "string"}"#, "type_narrowed"),
    (r#"{"type": "string"}"#, r#"{"type": ["string", "null"]}"#, ""),
    (r#"{"type": ["string", "null"]}"#, r#"{"type": "string"}"#, "type_narrowed"),
    (r#"{"type": "integer"}"#, r#"{"type": "number"}"#, ""),
    (r#"{"type": "number"}"#, r#"{"type": "integer"}"#, "type_narrowed"),
    (r#"{"enum": ["a", "b"]}"#, r#"{"type": "string"}"#, ""),
    (r#"{"enum": [1, 2.0]}"#, r#"{"type": "integer"}"#, ""),
    (r#"{"type": "string"}"#, "false", "forbidden"),
    ("false", r#"{"type": "string"}"#, ""),
    ("true", "{}", ""),
    // Listed values.
    (r#"{"enum": [1, 2, 3]}"#, r#"{"enum": [3, 2, 1, 4]}"#, ""),
    (r#"{"enum": [1, 2, 3]}"#, r#"{"enum": [1, 2]}"#, "enum_narrowed"),
    (r#"{"enum": [1, {"b": 1, "a": [2]}]}"#, r#"{"enum": [1.0, {"a": [2.0], "b": 1}]}"#, ""),
    (r#"{"type": "string"}"#, r#"{"enum": ["a"]}"#, "enum_added"),
    (r#"{"const": 1}"#, r#"{"const": 2}"#, "const_changed"),
    (r#"{"const": 1}"#, r#"{"enum": [1, 2]}"#, ""),
    (r#"{"enum": [1]}"#, r#"{"const": 1}"#, ""),
    (r#"{"type": "boolean"}"#, r#"{"enum": [true, false]}"#, ""),
    (r#"{"enum": ["a", 1], "type": "string"}"#, r#"{"const": "a"}"#, ""),
    // Numbers.
    (r#"{"minimum": 1}"#, r#"{"minimum": 1.0}"#, ""),
    (r#"{"minimum": 1}"#, r#"{"minimum": 0}"#, ""),
    (r#"{"minimum": 1}"#, r#"{"minimum": 1.5}"#, "minimum_narrowed"),
    (r#"{"type": "number"}"#, r#"{"type": "number", "minimum": 0}"#, "minimum_added"),
    (r#"{"minimum": 1}"#, r#"{"exclusiveMinimum": 1}"#, "minimum_narrowed"),
    (r#"{"exclusiveMinimum": 1}"#, r#"{"minimum": 1}"#, ""),
    (r#"{"type": "integer", "minimum": 1}"#, r#"{"type": "integer", "exclusiveMinimum": 0}"#, ""),
    (r#"{"maximum": 9007199254740993}"#, r#"{"maximum": 9007199254740992}"#, "maximum_narrowed"),
    (r#"{"type": "integer"}"#, r#"{"type": "integer", "exclusiveMaximum": 10}"#, "maximum_added"),
    (r#"{"maximum": 10}"#, r#"{"exclusiveMaximum": 11}"#, ""),
    (r#"{"type": "string", "maxLength": 3}"#, r#"{"type": "string", "minimum": 3, "maxLength": 3}"#, ""),
    (r#"{"multipleOf": 10}"#, r#"{"multipleOf": 5}"#, ""),
    (r#"{"multipleOf": 5}"#, r#"{"multipleOf": 10}"#, "multiple_of_changed"),
    (r#"{"type": "number"}"#, r#"{"type": "number", "multipleOf": 0.01}"#, "multiple_of_added"),
    // Texts.
    (r#"{"type": "string"}"#, r#"{"type": "string", "minLength": 0}"#, ""),
    (r#"{"type": "string"}"#, r#"{"type": "string", "minLength": 1}"#, "min_length_added"),
    (r#"{"minLength": 1}"#, r#"{"minLength": 2}"#, "min_length_narrowed"),
    (r#"{"maxLength": 10}"#, r#"{"maxLength": 20}"#, ""),
    (r#"{"maxLength": 10}"#, r#"{"maxLength": 5}"#, "max_length_narrowed"),
    (r#"{"type": "string"}"#, r#"{"type": "string", "maxLength": 5}"#, "max_length_added"),
    (r#"{"type": "string"}"#, r#"{"type": "string", "pattern": "^a"}"#, "pattern_added"),
    (r#"{"pattern": "^ab"}"#, r#"{"pattern": "^a"}"#, "pattern_changed"),
    (r#"{"pattern": "^ab"}"#, r#"{}"#, ""),
    (r#"{"type": "string"}"#, r#"{"type": "string", "format": "date"}"#, "format_added"),
    (r#"{"type": "string", "format": "date"}"#, r#"{"type": "string", "format": "email"}"#, "format_changed"),
    (r#"{"type": "string", "format": "date"}"#, r#"{"type": "string"}"#, ""),
    // Arrays.
    (r#"{"type": "array"}"#, r#"{"type": "array", "minItems": 1}"#, "min_items_added"),
    (r#"{"minItems": 2}"#, r#"{"minItems": 3}"#, "min_items_narrowed"),
    (r#"{"maxItems": 2}"#, r#"{"maxItems": 1}"#, "max_items_narrowed"),
    (r#"{"type": "array"}"#, r#"{"type": "array", "maxItems": 1}"#, "max_items_added"),
    (r#"{"type": "array"}"#, r#"{"type": "array", "uniqueItems": true}"#, "unique_items_added"),
    (r#"{"uniqueItems": true}"#, r#"{"uniqueItems": false}"#, ""),
    (r#"{"items": {"type": "integer"}}"#, r#"{"items": {"type": "number"}}"#, ""),
    (r#"{"items": {"type": "number"}}"#, r#"{"items": {"type": "integer"}}"#, "type_narrowed"),
    (r#"{"type": "array"}"#, r#"{"type": "array", "items": {"type": "integer"}}"#, "type_narrowed"),
    (r#"{"prefixItems": [{}]}"#, r#"{"prefixItems": [{}], "items": false}"#, "items_closed"),
    (r#"{"prefixItems": [{}], "items": false}"#, r#"{"prefixItems": [{}, {}], "items": false}"#, ""),
    (
        r#"{"type": "array", "items": {"type": "integer"}}"#,
        r#"{"type": "array", "prefixItems": [{"type": "integer"}]}"#,
        "",
    ),
    (r#"{"type": "array"}"#, r#"{"type": "array", "contains": {"const": 1}}"#, "contains_added"),
    (r#"{"contains": {"const": 1}}"#, r#"{"contains": {"enum": [1, 2]}}"#, ""),
    (r#"{"contains": {"enum": [1, 2]}}"#, r#"{"contains": {"const": 1}}"#, "contains_narrowed"),
    (r#"{"contains": {"const": 1}}"#, r#"{"contains": {"const": 1}, "minContains": 2}"#, "contains_narrowed"),
    (r#"{"contains": {"const": 1}}"#, r#"{"contains": {"const": 1}, "maxContains": 2}"#, "contains_narrowed"),
    (
        r#"{"contains": {"const": 1}, "maxContains": 2}"#,
        r#"{"contains": {"const": 1}, "maxContains": 3}"#,
        "",
    ),
    (
        r#"{"type": "array", "unevaluatedItems": {}}"#,
        r#"{"type": "array", "unevaluatedItems": false}"#,
        "items_closed",
    ),
    // Alternatives.
    (r#"{"type": "string"}"#, r#"{"anyOf": [{"type": "string"}, {"type": "null"}]}"#, ""),
    (
        r#"{"anyOf": [{"type": "string"}, {"type": "null"}]}"#,
        r#"{"anyOf": [{"type": "null"}, {"type": "string"}]}"#,
        "",
    ),
    (
        r#"{"anyOf": [{"type": "string"}, {"type": "null"}]}"#,
        r#"{"anyOf": [{"type": "string", "maxLength": 5}, {"type": "null"}]}"#,
        "max_length_added",
    ),
    (
        r#"{"anyOf": [{"type": "string"}, {"type": "null"}]}"#,
        r#"{"anyOf": [{"type": "string"}]}"#,
        "any_of_narrowed",
    ),
    (r#"{"type": ["string", "null"]}"#, r#"{"anyOf": [{"type": "string"}, {"type": "null"}]}"#, ""),
    (r#"{}"#, r#"{"anyOf": [{"type": "string"}, {"type": "null"}]}"#, "any_of_added"),
    (r#"{"type": "string"}"#, r#"{"oneOf": [{"type": "string"}, {"type": "null"}]}"#, ""),
    (
        r#"{"oneOf": [{"type": "string"}, {"type": "null"}]}"#,
        r#"{"oneOf": [{"type": "string"}, {"type": "null"}, {"type": "integer"}]}"#,
        "",
    ),
    (
        r#"{"oneOf": [{"minimum": 1}, {"maximum": 2}]}"#,
        r#"{"oneOf": [{"minimum": 0}, {"maximum": 2}]}"#,
        "one_of_changed",
    ),
    (r#"{}"#, r#"{"oneOf": [{"minimum": 1}, {"maximum": 2}]}"#, "one_of_added"),
    (r#"{"not": {"const": 1, "title": "x"}}"#, r#"{"not": {"const": 1}}"#, ""),
    (r#"{"not": {"const": 1}}"#, r#"{"not": {"const": 2}}"#, "not_changed"),
    (r#"{}"#, r#"{"not": {"const": 2}}"#, "not_added"),
    (
        r#"{"if": {"type": "string"}, "then": {"minLength": 2}}"#,
        r#"{"if": {"type": "string"}, "then": {"minLength": 1}}"#,
        "",
    ),
    (
        r#"{"if": {"type": "string"}, "then": {"minLength": 1}}"#,
        r#"{"if": {"type": "string"}, "then": {"minLength": 2}}"#,
        "min_length_narrowed",
    ),
    (
        r#"{"if": {"type": "string"}}"#,
        r#"{"if": {"type": "string"}, "else": {"minimum": 2}}"#,
        "condition_changed",
    ),
    (r#"{}"#, r#"{"if": {"type": "string"}, "then": {"minLength": 2}}"#, "condition_added"),
];

#[test]
fn each_rule_of_values_finds_what_it_is_for_and_no_more() {
    check(PROPERTY.iter().map(|(old, new, rules)| (within(old), within(new), *rules)));
}

#[test]
fn reasons_say_where_and_what_in_plain_words() {
    let old = r#"{"properties": {"address": {"properties": {"city": {}, "zip": {"type": ["string", "null"]}}}, "z": {}}, "additionalProperties": false}"#;
    let new = r#"{"properties": {"address": {"properties": {"city": {}, "zip": {"type": "string"}}, "required": ["city"]}}, "additionalProperties": false}"#;
    let verdict = verdict(old, new);
    let told: Vec<(&str, &str, &str)> =
        verdict.reasons.iter().map(|r| (r.pointer.as_str(), r.rule, r.message.as_str())).collect();
    assert_eq!(
        told,
        [
            (
                "/properties/address/properties/zip/type",
                "type_narrowed",
                "`address.zip` no longer takes null"
            ),
            ("/properties/address/required/0", "required_added", "`address` must have `city` now"),
            ("/properties/z", "property_removed", "the data no longer takes the property `z`"),
        ]
    );
    assert_eq!(verdict.decided_by, DecidedBy::Algebra);
}

#[test]
fn where_the_algebra_is_undecided_the_rules_decide() {
    let change = |from: &str, to: &str| {
        let schema = |pattern: &str| {
            format!(r#"{{"properties": {{"a": {{"type": "string", "pattern": "{pattern}"}}}}}}"#)
        };
        verdict(&schema(from), &schema(to))
    };
    let verdict = change("^[a-f]{3}x*$", "^[a-z]{3}x*$");
    assert_eq!(
        (verdict.breaking, verdict.decided_by, rules_of(&verdict).as_str()),
        (true, DecidedBy::Rules, "pattern_changed")
    );
}
