//! Tests of what is said about data that does not match.

use super::compiled;
use crate::ground::error::Code;
use crate::ground::limits;

/// Schema of the field, its value; then pointer, keyword, what was expected, and the message.
const VIOLATIONS: &[[&str; 6]] = &[
    [
        r#"{"type":"integer"}"#,
        r#""ten""#,
        "/a",
        "type",
        r#""integer""#,
        "field `a` must be an integer, got \"ten\"",
    ],
    [r#"{"type":["string","null"]}"#, "[1]", "/a", "type", "", "field `a` must be null or a string, got [1]"],
    [
        r#"{"anyOf":[{"type":"string"},{"type":"null"}]}"#,
        "5",
        "/a",
        "anyOf",
        r#"["string","null"]"#,
        "field `a` must be a string or null, got 5",
    ],
    [
        r#"{"anyOf":[{"type":"null"},{"properties":{"b":{"type":"string"}},"type":"object"}]}"#,
        r#"{"b":1}"#,
        "/a/b",
        "type",
        r#""string""#,
        "field `a.b` must be a string, got 1",
    ],
    [
        r#"{"enum":["open","paid"]}"#,
        r#""opne""#,
        "/a",
        "enum",
        r#"["open","paid"]"#,
        "field `a` must be one of \"open\", \"paid\", got \"opne\"",
    ],
    [r#"{"const":1}"#, "2", "/a", "const", "1", "field `a` must be 1, got 2"],
    [r#"{"minimum":1.5}"#, "1", "/a", "minimum", "1.5", "field `a` must be at least 1.5, got 1"],
    [r#"{"exclusiveMaximum":3}"#, "3", "/a", "exclusiveMaximum", "3", "field `a` must be less than 3, got 3"],
    [
        r#"{"multipleOf":0.5}"#,
        "0.7",
        "/a",
        "multipleOf",
        "0.5",
        "field `a` must be a multiple of 0.5, got 0.7",
    ],
    [
        r#"{"minLength":1}"#,
        r#""""#,
        "/a",
        "minLength",
        "1",
        "field `a` must have at least 1 character, got \"\"",
    ],
    [
        r#"{"maxItems":2}"#,
        "[1,2,3]",
        "/a",
        "maxItems",
        "2",
        "field `a` must have at most 2 elements, got [1,2,3]",
    ],
    [
        r#"{"pattern":"^x"}"#,
        r#""y""#,
        "/a",
        "pattern",
        r#""^x""#,
        "field `a` must match the pattern `^x`, got \"y\"",
    ],
    [
        r#"{"format":"date"}"#,
        r#""now""#,
        "/a",
        "format",
        r#""date""#,
        "field `a` must be a valid date, got \"now\"",
    ],
    [
        r#"{"items":{"properties":{"x.y":{"type":"boolean"}}}}"#,
        r#"[{},{"x.y":0}]"#,
        "/a/1/x.y",
        "type",
        r#""boolean""#,
        "field `a.1.x\\.y` must be a boolean, got 0",
    ],
    ["false", "1", "/a", "falseSchema", r#""absent""#, "field `a` is not allowed"],
    [
        r#"{"uniqueItems":true}"#,
        "[1,1]",
        "/a",
        "uniqueItems",
        r#""unique elements""#,
        "field `a` must not hold an element twice, got [1,1]",
    ],
];

#[test]
fn each_violation_says_where_what_was_expected_and_what_came() {
    for &[schema, data, pointer, keyword, expected, message] in VIOLATIONS {
        let compiled = compiled(&format!(r#"{{"properties":{{"a":{schema}}}}}"#)).unwrap();
        let error = compiled.validate(&format!(r#"{{"a":{data}}}"#)).expect_err(schema);
        assert_eq!(error.code(), Code::ValidationFailed);
        assert_eq!((error.pointer(), error.message()), (Some(pointer), message), "{schema}");
        let detail: serde_json::Value = serde_json::from_str(error.detail_list()[0].text()).unwrap();
        assert_eq!(detail["keyword"], keyword, "{schema}");
        assert_eq!(detail["message"], message, "{schema}");
        if !expected.is_empty() {
            assert_eq!(
                detail["expected"],
                serde_json::from_str::<serde_json::Value>(expected).unwrap(),
                "{schema}"
            );
        }
    }
}

#[test]
fn missing_and_undeclared_fields_are_named_with_what_was_meant() {
    let schema = r#"{"properties":{"amount":{"type":"number"},"line":{"type":"object","properties":{"quantity":{}},
        "unevaluatedProperties":false}},"required":["amount"],"additionalProperties":false}"#;
    let compiled = compiled(schema).unwrap();
    let error = compiled.validate("{}").unwrap_err();
    assert_eq!((error.pointer(), error.message()), (Some("/amount"), "field `amount` is required"));

    let open =
        super::compiled(r#"{"properties":{"amount":{"type":["number","null"]}},"required":["amount"]}"#)
            .unwrap();
    let error = open.validate(r#"{"amuont":1}"#).unwrap_err();
    assert_eq!(error.hint_text(), Some("there is `amuont`; did you mean `amount`?"));
    let error = open.validate(r#"{"amount":"12.5"}"#).unwrap_err();
    assert_eq!(error.hint_text(), Some("write 12.5 without quotes"));

    let error = compiled.validate(r#"{"amuont":"ten","other":1,"amount":1}"#).unwrap_err();
    assert_eq!(error.pointer(), Some("/amuont"));
    assert_eq!(error.message(), "field `amuont` is not declared (and 1 more)");
    assert_eq!(error.hint_text(), Some("did you mean `amount`?"));
    assert_eq!(error.detail_list().len(), 2);

    let error = compiled.validate(r#"{"amount":1,"line":{"quantty":1}}"#).unwrap_err();
    assert_eq!(
        (error.pointer(), error.hint_text()),
        (Some("/line/quantty"), Some("did you mean `quantity`?"))
    );
}

#[test]
fn all_violations_are_counted_and_a_hundred_are_listed() {
    let compiled = compiled(r#"{"properties":{"a":{"items":{"type":"string"}}}}"#).unwrap();
    let data = |count: usize| format!("{{\"a\":[{}]}}", vec!["1"; count].join(","));
    for count in [limits::DETAILS_MAX, limits::DETAILS_MAX + 1, 5_000] {
        let error = compiled.validate(&data(count)).unwrap_err();
        assert_eq!(error.detail_list().len(), limits::DETAILS_MAX);
        let json = serde_json::to_value(&error).unwrap();
        assert_eq!(json["details_total"], count);
        assert!(error.message().ends_with(&format!("(and {} more)", count - 1)), "{error}");
    }
}

#[test]
fn long_values_are_cut() {
    let compiled = compiled(r#"{"properties":{"a":{"type":"integer"},"b":{"enum":[1]}}}"#).unwrap();
    for data in [
        format!("{{\"a\":\"{}\"}}", "é".repeat(100_000)),
        format!("{{\"b\":[{}1]}}", "1,".repeat(100_000)),
        format!("{{\"b\":[[{}1]]}}", "1,".repeat(100_000)),
    ] {
        let error = compiled.validate(&data).unwrap_err();
        assert!(error.message().len() < 300, "{error}");
    }
}

#[test]
fn data_with_too_much_wrong_is_refused_without_listing_it() {
    let data = format!("{{\"a\":[{}]}}", vec!["1"; 400_000].join(","));
    let alternatives = vec!["{\"type\":\"string\"}"; 500].join(",");
    for (items, pointer) in [
        (format!("{{\"anyOf\":[{alternatives}]}}"), ""),
        (format!("{{\"oneOf\":[{alternatives}]}}"), ""),
        (format!("{{\"allOf\":[{alternatives}]}}"), "/a/0"),
    ] {
        let compiled = compiled(&format!("{{\"properties\":{{\"a\":{{\"items\":{items}}}}}}}")).unwrap();
        let error = compiled.validate(&data).unwrap_err();
        assert_eq!((error.code(), error.pointer()), (Code::ValidationFailed, Some(pointer)), "{error}");
    }
}

#[test]
fn the_alternative_that_was_meant_is_explained() {
    let compiled = compiled(
        r#"{"properties":{"e":{"oneOf":[
            {"properties":{"t":{"const":"a"},"v":{"type":"string"}},"required":["t","v"]},
            {"properties":{"t":{"const":"b"}},"required":["t"]},
            {"type":"null"}]}}}"#,
    )
    .unwrap();
    for (data, message) in [
        (r#"{"e":{"t":"a","v":1}}"#, "field `e.v` must be a string, got 1"),
        (r#"{"e":{"t":"a"}}"#, "field `e.v` is required"),
        (r#"{"e":{"t":"c"}}"#, "field `e` must match one of 3 alternatives, got {\"t\":\"c\"}"),
    ] {
        assert_eq!(compiled.validate(data).unwrap_err().message(), message, "{data}");
    }
}
