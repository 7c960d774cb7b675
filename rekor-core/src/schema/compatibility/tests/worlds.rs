//! Schemas that refer to collections, which each side has its own of; and schemas that are large or hostile.

use serde_json::{Value, json};

use super::{rules_of, verdict, verdict_among};
use crate::ground::error::Code;
use crate::schema::compatibility::compare;

const REFERRING: &str = r#"{"properties": {"by": {"$ref": "rekor:collection/people"}}}"#;

#[test]
fn a_collection_that_is_referred_to_is_compared_through() {
    let old = r#"{"properties": {"name": {"type": "string"}, "boss": {"$ref": "rekor:collection/people"}}}"#;
    for (new, rules) in [
        (
            r#"{"properties": {"name": {"type": ["string", "null"]}, "boss": {"$ref": "rekor:collection/people"}}}"#,
            "",
        ),
        (
            r##"{"properties": {"name": {"type": "string"}, "boss": {"$ref": "#"}, "age": {"type": "integer"}}}"##,
            "",
        ),
        (r#"{"properties": {"name": {"type": "string", "maxLength": 9}}}"#, "max_length_added"),
        (r#"{"properties": {"name": {"type": "string"}}, "required": ["name"]}"#, "required_added"),
    ] {
        let verdict = verdict_among(REFERRING, &[("people", old)], REFERRING, &[("people", new)]);
        assert_eq!(
            (rules_of(&verdict).as_str(), verdict.breaking),
            (rules, !rules.is_empty()),
            "{new}: {verdict:?}"
        );
        for reason in &verdict.reasons {
            assert_eq!(reason.pointer, "/properties/by/$ref");
            assert!(reason.message.ends_with(" (in collection `people`)"), "{}", reason.message);
        }
    }
}

#[test]
fn a_collection_may_be_written_out() {
    let people = [("people", r#"{"properties": {"name": {"type": "string"}}}"#)];
    let inline = r#"{"properties": {"by": {"type": "object", "properties": {"name": {"type": "string"}}}}}"#;
    assert!(!verdict_among(REFERRING, &people, inline, &[]).breaking);
    assert!(!verdict_among(inline, &[], REFERRING, &people).breaking);
}

#[test]
fn what_is_shared_is_judged_at_each_place() {
    // `b` is new for `open`, and was declared for `told`, where it is narrowed.
    let old = r#"{"properties": {"open": {"type": "object"}, "told": {"type": "object", "properties": {"b": {"type": "number"}}}}}"#;
    let new = |kind: &str| {
        format!(
            r##"{{"properties": {{"open": {{"$ref": "#/$defs/s"}}, "told": {{"$ref": "#/$defs/s"}}}},
                "$defs": {{"s": {{"type": "object", "properties": {{"b": {{"type": "{kind}"}}}}}}}}}}"##
        )
    };
    assert!(!verdict(old, &new("number")).breaking);
    assert_eq!(rules_of(&verdict(old, &new("integer"))), "type_narrowed");
}

#[test]
fn a_schema_that_cannot_be_read_is_an_error() {
    let error = compare(REFERRING, &|_| None, "{}", &|_| None).unwrap_err();
    assert_eq!(error.code(), Code::CollectionNotFound);
    assert!(compare("{}", &|_| None, "[", &|_| None).is_err());
}

/// Schemas that are large in several ways.
fn large() -> Vec<(&'static str, Value)> {
    let property = |index: usize| (format!("p{index:04}"), json!({"type": "string", "maxLength": index + 1}));
    let properties: Value = (0..1_000).map(property).collect();
    let names: Vec<String> = (0..9_000).map(|index| format!("value {index}")).collect();
    let branch = |index: usize| json!({"type": "object", "required": [format!("k{index}")], "properties": {format!("k{index}"): {"minimum": index}}});
    let wide: Vec<Value> = (0..300).map(branch).collect();
    let mut deep = json!({"type": "string"});
    for _ in 0..25 {
        deep = json!({"properties": {"d": deep}});
    }
    let mut doubling = json!({"type": "integer", "minimum": 1});
    for level in 0..8 {
        doubling = json!({"oneOf": [doubling, {"type": "object", "minProperties": level, "properties": {"l": doubling}}]});
    }
    let mut chain = serde_json::Map::new();
    for index in 0..200 {
        let next =
            json!({"type": "object", "properties": {"n": {"$ref": format!("#/$defs/c{}", index + 1)}}});
        chain.insert(format!("c{index}"), next);
    }
    chain.insert("c200".to_owned(), json!({"minimum": 1}));
    let all_of: Vec<Value> = (0..12)
        .map(|i| json!({"anyOf": [{"required": [format!("a{i}")]}, {"required": [format!("b{i}")]}]}))
        .collect();
    vec![
        ("properties", json!({ "properties": properties })),
        ("enum", json!({"properties": {"a": {"enum": names}}})),
        ("any_of", json!({"properties": {"a": {"anyOf": wide}}})),
        ("one_of", json!({"properties": {"a": {"oneOf": wide}}})),
        ("deep", deep),
        ("doubling", json!({"properties": {"a": doubling}})),
        ("chain", json!({"properties": {"a": {"$ref": "#/$defs/c0"}}, "$defs": chain})),
        ("all_of", json!({"allOf": all_of})),
    ]
}

/// The schema with every number below `minimum` and `maxLength` made one less, which narrows one of the two.
fn shifted(value: &Value, keyword: &str) -> Value {
    match value {
        Value::Object(members) => {
            let each = members.iter().map(|(name, member)| {
                let number = (name == keyword).then(|| member.as_u64()).flatten();
                let member = number.map_or_else(|| shifted(member, keyword), |n| json!(n + 5));
                (name.clone(), member)
            });
            Value::Object(each.collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(|item| shifted(item, keyword)).collect()),
        other => other.clone(),
    }
}

#[test]
fn large_schemas_are_decided_too() {
    for (name, schema) in large() {
        let text = schema.to_string();
        assert!(!verdict(&text, &text).breaking, "{name}");
        let mut more = schema.clone();
        more["properties"]["added"] = json!({"type": "string"});
        assert!(!verdict(&text, &more.to_string()).breaking, "{name} with a property more");
        more["required"] = json!(["added"]);
        assert!(verdict(&text, &more.to_string()).breaking, "{name} with a required property more");
        for keyword in ["minimum", "maxLength"] {
            let other = shifted(&schema, keyword);
            let expected = other != schema && keyword == "minimum";
            assert_eq!(
                verdict(&text, &other.to_string()).breaking,
                expected,
                "{name} with another {keyword}"
            );
        }
    }
}
