//! Tests of what a schema may be and where references may lead.

use super::{compiled, compiled_among, refusal};
use crate::ground::error::Code;

#[test]
fn a_schema_that_cannot_be_used_is_refused_with_its_place() {
    for (schema, code, pointer) in [
        ("true", Code::InvalidSchema, ""),
        ("[]", Code::InvalidSchema, ""),
        ("{", Code::InvalidJson, ""),
        (r#"{"type":"object","properties":{"a":{},"a":{}}}"#, Code::DuplicateKey, "/properties/a"),
        (r#"{"type":"array"}"#, Code::InvalidSchema, "/type"),
        (r#"{"type":["string","null"]}"#, Code::InvalidSchema, "/type"),
        (r#"{"properties":{"a":{"type":"strnig"}}}"#, Code::InvalidSchema, "/properties/a/type"),
        (r#"{"properties":{"a":{"minimum":"1"}}}"#, Code::InvalidSchema, "/properties/a/minimum"),
        (r#"{"properties":{"a":5}}"#, Code::InvalidSchema, "/properties/a"),
        (r#"{"required":"a"}"#, Code::InvalidSchema, "/required"),
        (r#"{"required":["a","a"]}"#, Code::InvalidSchema, "/required"),
        (r#"{"$schema":"http://json-schema.org/draft-04/schema#"}"#, Code::InvalidSchema, "/$schema"),
        (r#"{"$schema":"https://example.com/mine"}"#, Code::InvalidSchema, "/$schema"),
        (r#"{"$schema":7}"#, Code::InvalidSchema, "/$schema"),
        (
            r#"{"$defs":{"a":{"$schema":"http://json-schema.org/draft-07/schema#"}}}"#,
            Code::InvalidSchema,
            "/$defs/a/$schema",
        ),
        (r##"{"properties":{"a":{"$ref":"#/$defs/x"}}}"##, Code::InvalidSchema, "/properties/a/$ref"),
        (r##"{"properties":{"a":{"$ref":"#here"}}}"##, Code::InvalidSchema, "/properties/a/$ref"),
        (r##"{"properties":{"a":{"$ref":"#/$defs"}},"$defs":{"b":3}}"##, Code::InvalidSchema, "/$defs/b"),
        (
            r#"{"$defs":{"a":{"$dynamicRef":"rekor:collection/b"}}}"#,
            Code::InvalidSchema,
            "/$defs/a/$dynamicRef",
        ),
        (r#"{"properties":{"a":{"$ref":""}}}"#, Code::InvalidSchema, "/properties/a/$ref"),
        (r#"{"$id":"rekor:collection/b"}"#, Code::InvalidSchema, "/$id"),
        (
            r#"{"$defs":{"a":{"$id":"u:x"},"b":{"$id":"u:x","type":"null"}}}"#,
            Code::InvalidSchema,
            "/$defs/b/$id",
        ),
        (
            r#"{"properties":{"a":{"$ref":"rekor:collection/nobody"}}}"#,
            Code::CollectionNotFound,
            "/properties/a/$ref",
        ),
    ] {
        let error = refusal(schema);
        assert_eq!((error.code(), error.pointer()), (code, Some(pointer)), "{schema}: {error}");
        assert!(error.hint_text().is_some(), "{schema}: {error}");
    }
    let error = refusal(r#"{"properties":{"a":{"type":"strnig"}}}"#);
    assert!(error.message().starts_with("`type` must be one of \"array\""), "{error}");
    assert_eq!(error.hint_text(), Some("did you mean \"string\"?"));
}

#[test]
fn no_reference_leaves_the_workspace() {
    for reference in [
        "http://example.com/a.json",
        "https://json-schema.org/draft/2020-12/schema",
        "http://json-schema.org/draft-07/schema#",
        "file:///etc/passwd",
        "//example.com/a",
        "/etc/passwd",
        "other.json",
        "other.json#/a",
        "collection/b",
        "rekor:/collection/b",
        "urn:x:y",
        "rekor:schema",
        "schema",
        "?",
        "json-schema:///",
    ] {
        for (schema, pointer) in [
            (format!(r#"{{"properties":{{"a":{{"$ref":"{reference}"}}}}}}"#), "/properties/a/$ref"),
            (format!(r#"{{"$defs":{{"a":{{"$dynamicRef":"{reference}"}}}}}}"#), "/$defs/a/$dynamicRef"),
        ] {
            let error = refusal(&schema);
            assert_eq!(
                (error.code(), error.pointer()),
                (Code::RemoteRef, Some(pointer)),
                "{schema}: {error}"
            );
        }
    }
}

/// A schema, data that matches, and data that does not.
const REFERENCES: &[(&str, &str, &str)] = &[
    (
        r##"{"properties":{"a":{"$ref":"#/$defs/a"}},"$defs":{"a":{"type":"string"}}}"##,
        r#"{"a":"x"}"#,
        r#"{"a":1}"#,
    ),
    (
        r##"{"properties":{"a":{"$ref":"#/$defs/a%20b~1c"}},"$defs":{"a b/c":{"type":"string"}}}"##,
        r#"{"a":"x"}"#,
        r#"{"a":1}"#,
    ),
    (
        r##"{"properties":{"a":{"$ref":"#/x-parts/a"}},"x-parts":{"a":{"type":"string"}}}"##,
        r#"{"a":"x"}"#,
        r#"{"a":1}"#,
    ),
    (
        r##"{"properties":{"a":{"$ref":"#s"}},"$defs":{"a":{"$anchor":"s","type":"string"}}}"##,
        r#"{"a":"x"}"#,
        r#"{"a":1}"#,
    ),
    (
        r##"{"$id":"https://x.example/me","properties":{"a":{"$ref":"part#/$defs/n"}},
            "$defs":{"p":{"$id":"part","$defs":{"n":{"type":"integer"}}}}}"##,
        r#"{"a":1}"#,
        r#"{"a":"1"}"#,
    ),
    (
        r##"{"$id":"me.json","properties":{"a":{"$ref":"#"}},"additionalProperties":false}"##,
        r#"{"a":{"a":{}}}"#,
        r#"{"a":{"b":{}}}"#,
    ),
    (
        r##"{"$schema":"https://json-schema.org/draft/2019-09/schema","$recursiveAnchor":true,
            "properties":{"a":{"$recursiveRef":"#"}},"additionalProperties":false}"##,
        r#"{"a":{"a":{}}}"#,
        r#"{"a":{"b":{}}}"#,
    ),
    (
        r#"{"properties":{"a":{"$ref":"rekor:collection/address"}}}"#,
        r#"{"a":{"city":"x"}}"#,
        r#"{"a":{"city":1}}"#,
    ),
    (
        r#"{"properties":{"a":{"$ref":"rekor:collection/address"}}}"#,
        r#"{"a":{"city":"x"}}"#,
        r#"{"a":"text"}"#,
    ),
    (
        r##"{"properties":{"a":{"$ref":"rekor:collection/address#/$defs/zip"}}}"##,
        r#"{"a":"12"}"#,
        r#"{"a":"x"}"#,
    ),
    (r##"{"properties":{"a":{"$ref":"rekor:collection/address#zip"}}}"##, r#"{"a":"12"}"#, r#"{"a":"x"}"#),
    (r#"{"properties":{"a":{"$ref":"rekor:collection/old"}}}"#, r#"{"a":{"n":1}}"#, r#"{"a":{"n":"1"}}"#),
    (
        r##"{"$schema":"http://json-schema.org/draft-07/schema#","properties":{"a":{"$ref":"rekor:collection/address"}}}"##,
        r#"{"a":{"city":"x"}}"#,
        r#"{"a":{}}"#,
    ),
];

#[test]
fn references_inside_the_document_and_to_collections_hold() {
    let address = r##"{"$id":"address.json","properties":{"city":{"$ref":"#/$defs/name"}},"required":["city"],
        "$defs":{"name":{"type":"string"},"zip":{"$anchor":"zip","type":"string","pattern":"^[0-9]+$"}}}"##;
    let old = r##"{"$schema":"http://json-schema.org/draft-07/schema#","$id":"https://x.example/old",
        "properties":{"n":{"$ref":"#/definitions/n","type":"string"}},"definitions":{"n":{"type":"integer"}}}"##;
    let collections = [("address", address), ("old", old)];
    for &(schema, good, bad) in REFERENCES {
        let compiled = compiled_among(schema, &collections).unwrap_or_else(|e| panic!("{schema}: {e}"));
        assert!(compiled.validate(good).is_ok(), "{schema}: {good}");
        assert!(compiled.validate(bad).is_err(), "{schema}: {bad}");
    }
    let two =
        r#"{"properties":{"b":{"$ref":"rekor:collection/old"},"a":{"$ref":"rekor:collection/address#zip"}}}"#;
    assert_eq!(compiled_among(two, &collections).unwrap().references(), ["address", "old"]);
}

#[test]
fn collections_may_refer_to_each_other() {
    let a = r#"{"$id":"https://x.example/a","properties":{"b":{"$ref":"rekor:collection/b"},"n":{"type":"integer"}}}"#;
    let b = r#"{"properties":{"a":{"$ref":"rekor:collection/a"}},"required":["x"]}"#;
    let both = compiled_among(a, &[("a", a), ("b", b)]).unwrap();
    assert_eq!(both.references(), ["b"]);
    assert!(both.validate(r#"{"b":{"x":1,"a":{"n":1,"b":{"x":0}}}}"#).is_ok());
    assert_eq!(both.validate(r#"{"b":{"x":1,"a":{"n":1,"b":{}}}}"#).unwrap_err().pointer(), Some("/b/a/b/x"));
    let missing =
        compiled_among(a, &[("a", a), ("b", r#"{"$ref":"rekor:collection/c"}"#)]).map(|_| ()).unwrap_err();
    assert_eq!((missing.code(), missing.pointer()), (Code::CollectionNotFound, Some("/properties/b/$ref")));
}

#[test]
fn data_is_checked_as_the_draft_says_and_formats_are_asserted() {
    for (schema, data, valid) in [
        ("{}", "{}", true),
        ("{}", "[]", false),
        ("{}", "null", false),
        (r#"{"properties":{"a":{"format":"date-time"}}}"#, r#"{"a":"2026-01-31T09:30:00Z"}"#, true),
        (r#"{"properties":{"a":{"format":"date-time"}}}"#, r#"{"a":"yesterday"}"#, false),
        (r#"{"properties":{"a":{"format":"email"}}}"#, r#"{"a":"no"}"#, false),
        (r#"{"properties":{"a":{"format":"made-up"}}}"#, r#"{"a":"anything"}"#, true),
        (r#"{"properties":{"a":{"type":"integer"}}}"#, r#"{"a":18446744073709551615}"#, true),
        (r#"{"properties":{"a":{"maximum":9007199254740992}}}"#, r#"{"a":9007199254740993}"#, false),
        (r#"{"properties":{"a":{"const":1.0}}}"#, r#"{"a":1}"#, true),
        (r#"{"properties":{"a":{"pattern":"^\\d+$"}}}"#, r#"{"a":"12"}"#, true),
        (
            r#"{"$schema":"http://json-schema.org/draft-07/schema#","properties":{"a":{"items":[{"type":"string"}]}}}"#,
            r#"{"a":[1]}"#,
            false,
        ),
        (r#"{"properties":{"a":{"uniqueItems":true}}}"#, r#"{"a":[1,1.0]}"#, false),
        (r#"{"dependentRequired":{"a":["b"]}}"#, r#"{"a":1}"#, false),
    ] {
        let compiled = compiled(schema).unwrap_or_else(|e| panic!("{schema}: {e}"));
        assert_eq!(compiled.validate(data).is_ok(), valid, "{schema}: {data}");
    }
}
