//! Tests of schemas that are made to be slow or endless: each is refused before it is ever run.

use std::fmt::Write as _;

use super::{compiled, compiled_among, refusal};
use crate::ground::error::Code;
use crate::ground::limits;

fn defs(count: usize, each: impl Fn(usize) -> String) -> String {
    let all: Vec<String> = (0..count).map(|n| format!("\"d{n}\":{}", each(n))).collect();
    format!("{{\"properties\":{{\"a\":{{\"$ref\":\"#/$defs/d0\"}}}},\"$defs\":{{{}}}}}", all.join(","))
}

#[test]
fn doubling_through_references_is_too_complex() {
    for keyword in ["anyOf", "allOf", "oneOf"] {
        let schema = defs(41, |n| match n {
            40 => "{\"type\":\"string\"}".to_owned(),
            _ => format!(
                "{{\"{keyword}\":[{{\"$ref\":\"#/$defs/d{0}\"}},{{\"$ref\":\"#/$defs/d{0}\"}}]}}",
                n + 1
            ),
        });
        assert_eq!(refusal(&schema).code(), Code::SchemaTooComplex);
    }
    let down = defs(41, |n| match n {
        40 => "{\"type\":\"string\"}".to_owned(),
        _ => format!(
            "{{\"properties\":{{\"x\":{{\"$ref\":\"#/$defs/d{0}\"}}}},\"patternProperties\":{{\"\":{{\"$ref\":\"#/$defs/d{0}\"}}}}}}",
            n + 1
        ),
    });
    assert_eq!(refusal(&down).code(), Code::SchemaTooComplex);
}

#[test]
fn the_expanded_cost_is_allowed_up_to_its_limit() {
    // The root, one `allOf` whose entries are a schema each.
    let with =
        |count: u64| format!("{{\"allOf\":[{}]}}", vec!["{}"; usize::try_from(count).unwrap()].join(","));
    assert!(compiled(&with(limits::SCHEMA_COST.max - 1)).is_ok());
    let error = refusal(&with(limits::SCHEMA_COST.max));
    assert_eq!(error.code(), Code::SchemaTooComplex);
    assert!(error.message().contains("10000") && error.message().contains("10001"), "{error}");
}

#[test]
fn a_schema_that_never_ends_is_invalid() {
    for schema in [
        r##"{"$ref":"#"}"##,
        r##"{"allOf":[{"$ref":"#"}]}"##,
        r##"{"properties":{"a":{"$ref":"#/properties/a"}}}"##,
        r##"{"properties":{"a":{"$ref":"#/$defs/x"}},"$defs":{"x":{"anyOf":[{"$ref":"#/$defs/y"}]},"y":{"not":{"$ref":"#/$defs/x"}}}}"##,
        r##"{"if":true,"then":{"$ref":"#"}}"##,
        r##"{"dependentSchemas":{"a":{"$ref":"#"}}}"##,
    ] {
        let error = refusal(schema);
        assert_eq!(error.code(), Code::InvalidSchema, "{schema}: {error}");
        assert!(error.message().contains("refers to itself"), "{schema}: {error}");
    }
    let own = r#"{"$ref":"rekor:collection/own"}"#;
    let error = compiled_among(own, &[("own", own)]).map(|_| ()).unwrap_err();
    assert_eq!(error.code(), Code::InvalidSchema, "{error}");
}

#[test]
fn recursion_down_into_the_data_is_fine_unless_it_doubles() {
    for (schema, fine) in [
        (r##"{"properties":{"left":{"$ref":"#"},"right":{"$ref":"#"}}}"##, true),
        (r##"{"properties":{"children":{"type":"array","items":{"$ref":"#"}}}}"##, true),
        (r##"{"properties":{"a":{"anyOf":[{"$ref":"#"},{"type":"null"}]}}}"##, true),
        (r##"{"properties":{"a":{"prefixItems":[{"$ref":"#"}],"items":{"$ref":"#"}}}}"##, true),
        (
            r##"{"properties":{"a":{"$ref":"#"}},"patternProperties":{"^x-":{"$ref":"#"}},"additionalProperties":{"$ref":"#"}}"##,
            true,
        ),
        (
            r##"{"anyOf":[{"properties":{"and":{"items":{"$ref":"#"}}}},{"properties":{"not":{"$ref":"#"}}}]}"##,
            true,
        ),
        (
            r##"{"$dynamicAnchor":"n","allOf":[{"$ref":"#/$defs/tree"}],"unevaluatedProperties":false,"$defs":{"tree":
            {"$id":"u:t","$dynamicAnchor":"n","properties":{"c":{"items":{"$dynamicRef":"#n"}}}}}}"##,
            true,
        ),
        (r##"{"properties":{"a":{"anyOf":[{"$ref":"#"},{"$ref":"#"}]}}}"##, false),
        (
            r##"{"properties":{"a":{"allOf":[{"$ref":"#/$defs/x"},{"$ref":"#/$defs/y"}]}},
            "$defs":{"x":{"$ref":"#"},"y":{"$ref":"#"}}}"##,
            false,
        ),
        (r##"{"anyOf":[{"properties":{"a":{"$ref":"#"}}},{"properties":{"a":{"$ref":"#"}}}]}"##, false),
        (r##"{"properties":{"a":{"items":{"$ref":"#"},"contains":{"$ref":"#"}}}}"##, false),
        (r##"{"properties":{"ab":{"$ref":"#"}},"patternProperties":{"^a":{"$ref":"#"}}}"##, false),
        (r##"{"properties":{"a":{"if":{"$ref":"#"},"then":{"$ref":"#"}}}}"##, false),
    ] {
        match compiled(schema) {
            Ok(_) => assert!(fine, "accepted: {schema}"),
            Err(error) => {
                assert!(!fine, "{schema}: {error}");
                assert_eq!(error.code(), Code::SchemaTooComplex, "{schema}: {error}");
                assert!(error.hint_text().is_some());
            }
        }
    }
}

#[test]
fn patterns_must_be_small_and_linear() {
    for (pattern, words) in [
        (r"(?:\\w{100}){100}", "compiles to more than"),
        (r"((a{1000}){1000}){1000}", "compiles to more than"),
        (r"(?=a)b", "linear time"),
        (r"(?<!a)b", "linear time"),
        (r"(a)\\1", "linear time"),
        (r"(", "not a regular expression"),
        (r"[z-a]", "not a regular expression"),
    ] {
        for (schema, pointer) in [
            (
                format!(r#"{{"properties":{{"a":{{"pattern":"{pattern}"}}}}}}"#),
                "/properties/a/pattern".to_owned(),
            ),
            (
                format!(r#"{{"patternProperties":{{"{pattern}":{{}}}}}}"#),
                format!("/patternProperties/{}", pattern.replace("\\\\", "\\")),
            ),
        ] {
            let error = refusal(&schema);
            assert_eq!(
                (error.code(), error.pointer()),
                (Code::BadPattern, Some(pointer.as_str())),
                "{error}"
            );
            assert!(error.message().contains(words), "{pattern}: {error}");
        }
    }
    assert_eq!(
        refusal(r#"{"$defs":{"a":{"pattern":"(?=a)b"}}}"#).hint_text(),
        Some("look-around and back-references are not supported")
    );
    let of = |bytes: usize| format!(r#"{{"properties":{{"a":{{"pattern":"{}"}}}}}}"#, "a".repeat(bytes));
    assert!(compiled(&of(limits::PATTERN_BYTES.len())).is_ok());
    assert_eq!(refusal(&of(limits::PATTERN_BYTES.len() + 1)).code(), Code::BadPattern);
    let slow = compiled(r#"{"properties":{"a":{"pattern":"^(a+)+$"}}}"#).unwrap();
    assert!(slow.validate(&format!("{{\"a\":\"{}!\"}}", "a".repeat(100_000))).is_err());
    let mut many = String::from("{\"patternProperties\":{");
    for n in 0..20_000 {
        let _ = write!(many, "\"{n}\":1,");
    }
    many.push_str("\"x\":1}}");
    assert_eq!(refusal(&many).code(), Code::SchemaTooComplex);
}

#[test]
fn sizes_are_allowed_up_to_their_limits() {
    let empty = r#"{"description":""}"#;
    let sized = |bytes: usize| format!(r#"{{"description":"{}"}}"#, "a".repeat(bytes - empty.len()));
    assert!(compiled(&sized(limits::SCHEMA_BYTES.len())).is_ok());
    assert_eq!(refusal(&sized(limits::SCHEMA_BYTES.len() + 1)).code(), Code::LimitExceeded);

    let nested = |levels: usize| format!("{}{{}}{}", "{\"not\":".repeat(levels - 1), "}".repeat(levels - 1));
    assert!(compiled(&nested(limits::SCHEMA_DEPTH.len())).is_ok());
    assert_eq!(refusal(&nested(limits::SCHEMA_DEPTH.len() + 1)).code(), Code::SchemaTooComplex);
    assert_eq!(refusal(&nested(10_000)).code(), Code::SchemaTooComplex);

    let values = |count: usize| {
        let values: Vec<String> = (0..count).map(|n| n.to_string()).collect();
        format!(r#"{{"properties":{{"a":{{"enum":[{}]}}}}}}"#, values.join(","))
    };
    assert!(compiled(&values(limits::ENUM_VALUES.len())).is_ok());
    let error = refusal(&values(limits::ENUM_VALUES.len() + 1));
    assert_eq!((error.code(), error.pointer()), (Code::SchemaTooComplex, Some("/properties/a/enum")));
}

/// A recursion that passes `chain` definitions, each twice, on every level of the data.
fn chained(chain: usize) -> String {
    defs(chain, |n| {
        if n + 1 < chain {
            return format!("{{\"anyOf\":[{{\"$ref\":\"#/$defs/d{}\"}},{{\"type\":\"null\"}}]}}", n + 1);
        }
        "{\"type\":[\"object\",\"string\"],\"required\":[\"z\"],\"properties\":{\"a\":{\"$ref\":\"#/$defs/d0\"}}}".to_owned()
    })
}

#[test]
fn no_schema_uses_up_the_stack() {
    for chain in [7, 16, 64, 1_000] {
        assert_eq!(compiled(&chained(chain)).is_ok(), chain == 7, "{chain}");
    }
    let long = |count: usize| {
        defs(count, |n| {
            if n + 1 == count { "true".to_owned() } else { format!("{{\"$ref\":\"#/$defs/d{}\"}}", n + 1) }
        })
    };
    let unevaluated = r##"{"$dynamicAnchor":"n","$ref":"#/$defs/t","unevaluatedProperties":false,"$defs":{"t":{"$id":"u:t",
        "$dynamicAnchor":"n","required":["z"],"properties":{"a":{"if":{"type":"null"},"else":{"allOf":[{"$dynamicRef":"#n"}]}}}}}}"##;
    let deep = format!("{}\"x\"{}", "{\"a\":".repeat(64), "}".repeat(64));
    let schemas = [
        chained(7),
        long(990),
        unevaluated.to_owned(),
        format!("{}{{}}{}", "{\"not\":".repeat(63), "}".repeat(63)),
    ];
    let run = move || {
        for schema in schemas {
            let compiled = compiled(&schema).unwrap_or_else(|e| panic!("{e}: {schema:.300}"));
            let _ = compiled.validate(&deep);
            let _ = compiled.shape().field(&["a"; 64]);
        }
    };
    std::thread::Builder::new().stack_size(1 << 20).spawn(run).unwrap().join().unwrap();
}
