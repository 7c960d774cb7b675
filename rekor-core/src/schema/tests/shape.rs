//! Tests of what a schema says of paths.

use super::compiled_among;
use crate::schema::{Field, Kind, nearest};

const SCHEMA: &str = r##"{
  "properties": {
    "amount": {"type": "number"}, "count": {"type": ["integer", "null"]}, "due": {"type": "string", "format": "date-time"},
    "paid": {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]},
    "mixed": {"anyOf": [{"type": "string"}, {"type": "integer"}]},
    "status": {"enum": ["open", "paid"]}, "any": {}, "never": false,
    "tags": {"type": "array", "items": {"type": "string"}},
    "pair": {"type": "array", "prefixItems": [{"type": "string"}], "items": false},
    "customer": {"$ref": "#/$defs/customer"},
    "address": {"$ref": "rekor:collection/address"},
    "parent": {"$ref": "#"},
    "a.b": {"type": "object", "properties": {"c": {"type": "boolean"}}, "additionalProperties": false},
    "map": {"type": "object", "additionalProperties": {"type": "integer"}},
    "shut": {"type": "object", "allOf": [{"properties": {"x": {"type": "string"}}}], "properties": {"y": {}},
             "unevaluatedProperties": false},
    "either": {"oneOf": [{"properties": {"x": {"type": "string"}}, "additionalProperties": false},
                         {"properties": {"y": {"type": "string"}}, "additionalProperties": false}], "type": "object"},
    "branch": {"type": "object", "if": {"required": ["k"]}, "then": {"properties": {"k": {"type": "string"}}},
               "else": {"properties": {"k": false}}}
  },
  "patternProperties": {"^x_": {"type": "string"}},
  "additionalProperties": false,
  "$defs": {"customer": {"type": "object", "properties": {"name": {"type": "string"}, "email": {"type": "string"}}}}
}"##;

/// A path and what is said of it.
const PATHS: &[(&str, &str)] = &[
    ("amount", "number"),
    ("count", "integer null"),
    ("due", "string instant"),
    ("paid", "string null instant"),
    ("mixed", "integer string"),
    ("status", "string"),
    ("any", "any"),
    ("any/deeper/0", "open"),
    ("tags", "array"),
    ("tags/0", "string"),
    ("tags/x", "impossible"),
    ("tags/00", "impossible"),
    ("pair/0", "string"),
    ("pair/1", "impossible"),
    ("customer/name", "string"),
    ("customer/nmae", "open"),
    ("customer/name/x", "impossible"),
    ("address/city", "string"),
    ("address/ctiy", "impossible address.city"),
    ("parent/parent/amount", "number"),
    ("parent/parent/amuont", "impossible parent.parent.amount"),
    ("a.b/c", "boolean"),
    ("a.b/d", "impossible a\\.b.c"),
    ("map/anything", "integer"),
    ("shut/x", "string"),
    ("shut/y", "any"),
    ("shut/z", "impossible shut.x"),
    ("either/x", "string"),
    ("either/z", "impossible either.x"),
    ("branch/k", "string"),
    ("x_own", "string"),
    ("never", "impossible"),
    ("amuont", "impossible amount"),
    ("custmer/name", "impossible customer.name"),
    ("unlike", "impossible"),
    ("amount/x", "impossible"),
    ("amount/0", "impossible"),
];

#[test]
fn a_path_is_impossible_known_or_open() {
    let address = r#"{"properties":{"city":{"type":"string"}},"additionalProperties":false}"#;
    let compiled = compiled_among(SCHEMA, &[("address", address)]).unwrap();
    for &(path, said) in PATHS {
        let segments: Vec<&str> = path.split('/').collect();
        let answer = match compiled.shape().field(&segments) {
            Field::Open => "open".to_owned(),
            Field::Impossible { nearest } => {
                format!("impossible {}", nearest.unwrap_or_default()).trim().to_owned()
            }
            Field::Known(declared) if declared.kinds.is_any() => "any".to_owned(),
            Field::Known(declared) => {
                let kinds = [
                    Kind::Integer,
                    Kind::Number,
                    Kind::Boolean,
                    Kind::String,
                    Kind::Array,
                    Kind::Object,
                    Kind::Null,
                ];
                let number = declared.kinds.allows(Kind::Number);
                let names = kinds.into_iter().filter(|&kind| declared.kinds.allows(kind));
                let names = names.filter(|&kind| !(number && kind == Kind::Integer)).map(Kind::name);
                names.chain(declared.date_time.then_some("instant")).collect::<Vec<_>>().join(" ")
            }
        };
        assert_eq!(answer, said, "{path}");
    }
    let silent = r##"{"$schema":"http://json-schema.org/draft-07/schema#","definitions":{"n":{"type":"string"}},
        "properties":{"a":{"$ref":"#/definitions/n","type":"integer","format":"date-time"}}}"##;
    let silent = compiled_among(silent, &[]).unwrap();
    let Field::Known(declared) = silent.shape().field(&["a"]) else { panic!("it is declared") };
    assert!(declared.kinds.only(Kind::String) && !declared.date_time);
    assert_eq!(compiled.shape().names(&["customer"]), ["email", "name"]);
    assert!(matches!(compiled.shape().field(&vec!["parent"; 10_000]), Field::Open));
}

#[test]
fn the_nearest_name_is_similar() {
    for (name, candidates, found) in [
        ("amuont", &["amount", "count"][..], Some("amount")),
        ("Amount", &["amount"], Some("amount")),
        ("custmer_name", &["customer_name", "customer"], Some("customer_name")),
        ("id", &["amount", "ids"], Some("ids")),
        ("x", &["amount"], None),
        ("größe", &["grösse", "größen"], Some("größen")),
        ("", &["amount"], None),
    ] {
        assert_eq!(nearest(name, candidates.iter().copied()), found, "{name}");
    }
}
