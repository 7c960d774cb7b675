//! Tests of the hints for indexes, and of the report on records that a new schema refuses.

use crate::ground::error::{Code, Error};
use crate::ground::limits;
use crate::schema::{Incompatible, dotted, index_hints};

fn read(schema: &str) -> Result<Vec<String>, Error> {
    let hints = index_hints(schema, &|_| None)?;
    let shown = hints.iter().map(|hint| {
        let paths: Vec<String> = hint.paths.iter().map(dotted).collect();
        format!("{}{}", paths.join(","), if hint.unique { " unique" } else { "" })
    });
    Ok(shown.collect())
}

#[test]
fn hints_are_read_once_each_in_the_order_of_paths() {
    for (schema, hints) in [
        ("{}", &[][..]),
        (
            r#"{"properties":{"b":{"type":"string","x-index":true},"a":{"x-unique":true}}}"#,
            &["a unique", "b"],
        ),
        (r#"{"properties":{"a":{"x-index":true,"x-unique":true}},"x-indexes":[["data.a"]]}"#, &["a unique"]),
        (r#"{"properties":{"a":{"x-index":false,"x-unique":false}}}"#, &[]),
        (r#"{"properties":{"o":{"properties":{"x.y":{"x-index":true}}}}}"#, &["o.x\\.y"]),
        (
            r#"{"x-indexes":[["data.b","data.o.x\\.y"],["data.a"]],"properties":{"a":{"x-index":true}}}"#,
            &["a", "b,o.x\\.y"],
        ),
        (r#"{"properties":{"x-index":{"type":"string"},"a":{"enum":[{"x-index":1}]}}}"#, &[]),
    ] {
        assert_eq!(read(schema).unwrap_or_else(|e| panic!("{schema}: {e}")), hints, "{schema}");
    }
}

#[test]
fn a_hint_that_cannot_be_followed_is_refused() {
    let many = |count: usize| {
        let all: Vec<String> = (0..count).map(|n| format!("\"p{n}\":{{\"x-index\":true}}")).collect();
        format!("{{\"properties\":{{{}}}}}", all.join(","))
    };
    assert_eq!(read(&many(64)).unwrap().len(), 64);
    let nine: Vec<String> = (0..9).map(|n| format!("\"data.f{n}\"")).collect();
    let nine = nine.join(",");
    assert!(read(&format!("{{\"x-indexes\":[[{}]]}}", nine.replace(",\"data.f8\"", ""))).is_ok());
    for (schema, pointer) in [
        (many(65), ""),
        (format!("{{\"x-indexes\":[[{nine}]]}}"), "/x-indexes/0"),
        (r#"{"properties":{"a":{"x-index":"yes"}}}"#.to_owned(), "/properties/a/x-index"),
        (r#"{"properties":{"a":{"type":"object","x-index":true}}}"#.to_owned(), "/properties/a/x-index"),
        (
            r#"{"properties":{"a":{"type":["array","null"],"x-unique":true}}}"#.to_owned(),
            "/properties/a/x-unique",
        ),
        (r#"{"properties":{"a":{"items":{"x-index":true}}}}"#.to_owned(), "/properties/a/items"),
        (r#"{"$defs":{"a":{"x-unique":true}}}"#.to_owned(), "/$defs/a"),
        (r#"{"x-index":true}"#.to_owned(), "/x-index"),
        (r#"{"x-indexes":{}}"#.to_owned(), "/x-indexes"),
        (r#"{"x-indexes":[[]]}"#.to_owned(), "/x-indexes/0"),
        (r#"{"x-indexes":["data.a"]}"#.to_owned(), "/x-indexes/0"),
        (r#"{"x-indexes":[["a"]]}"#.to_owned(), "/x-indexes/0/0"),
        (r#"{"x-indexes":[["data."]]}"#.to_owned(), "/x-indexes/0/0"),
        (r#"{"x-indexes":[["data.a","data.a"]]}"#.to_owned(), "/x-indexes/0/1"),
        (r#"{"x-indexes":[["data.a"],["data.a"]]}"#.to_owned(), "/x-indexes/1"),
        (
            r#"{"properties":{"ab":{}},"additionalProperties":false,"x-indexes":[["data.ac"]]}"#.to_owned(),
            "/x-indexes/0/0",
        ),
    ] {
        let error = read(&schema).expect_err(&schema);
        assert_eq!(
            (error.code(), error.pointer()),
            (Code::InvalidSchema, Some(pointer)),
            "{schema}: {error}"
        );
        assert!(error.hint_text().is_some(), "{schema}: {error}");
    }
}

#[test]
fn records_that_a_new_schema_refuses_are_counted_and_the_first_named() {
    let mut report = Incompatible::default();
    assert!(report.error().is_none());
    for n in 0..250 {
        report.add(
            "c",
            &format!("r{n}"),
            &Error::new(Code::ValidationFailed, "field `a` is required").at("/a"),
        );
    }
    let error = report.error().unwrap();
    assert_eq!(error.code(), Code::SchemaIncompatible);
    assert!(
        error.message().starts_with("250 records do not match the new schema; the first is `c/r0`"),
        "{error}"
    );
    assert_eq!(error.detail_list().len(), limits::DETAILS_MAX);
    assert_eq!(serde_json::to_value(&error).unwrap()["details_total"], 250);
    assert_eq!(
        error.detail_list()[0].text(),
        r#"{"collection":"c","id":"r0","pointer":"/data/a","message":"field `a` is required"}"#
    );
}
