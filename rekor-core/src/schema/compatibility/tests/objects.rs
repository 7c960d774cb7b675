//! The rules of objects, references and drafts: each by an example that breaks and, mostly, one that does not.

use super::check;

/// Whole schemas.
const ROOT: &[(&str, &str, &str)] = &[
    (r#"{"properties": {"a": {}}}"#, r#"{"properties": {"a": {}}, "required": ["a"]}"#, "required_added"),
    (r#"{"required": ["a", "b"]}"#, r#"{"required": ["b"]}"#, ""),
    (r#"{}"#, r#"{"type": "object"}"#, ""),
    // Added optional properties are not judged, at any depth and behind references.
    (r#"{"properties": {"a": {}}}"#, r#"{"properties": {"a": {}, "b": {"type": "string"}}}"#, ""),
    (
        r#"{"properties": {"a": {"type": "object"}}}"#,
        r#"{"properties": {"a": {"type": "object", "properties": {"b": {"minimum": 1}}}}}"#,
        "",
    ),
    (
        r#"{"properties": {"l": {"items": {"type": "object"}}}}"#,
        r#"{"properties": {"l": {"items": {"type": "object", "properties": {"b": {"minimum": 1}}}}}}"#,
        "",
    ),
    (
        r##"{"properties": {"a": {"$ref": "#/$defs/x"}}, "$defs": {"x": {"type": "object"}}}"##,
        r##"{"properties": {"a": {"$ref": "#/$defs/x"}}, "$defs": {"x": {"type": "object", "properties": {"n": {"const": 1}}}}}"##,
        "",
    ),
    (
        r#"{"allOf": [{"properties": {"a": {}}}]}"#,
        r#"{"allOf": [{"properties": {"a": {}, "b": {"const": 1}}}]}"#,
        "",
    ),
    // Unless they are required, forbidden, or were restricted before.
    (r#"{}"#, r#"{"properties": {"b": {"type": "string"}}, "required": ["b"]}"#, "required_added"),
    (r#"{}"#, r#"{"properties": {"b": false}}"#, "forbidden"),
    (
        r#"{"additionalProperties": {"type": "number"}}"#,
        r#"{"properties": {"b": {"type": "integer"}}}"#,
        "type_narrowed",
    ),
    (
        r#"{"patternProperties": {"^b": {"type": "number"}}}"#,
        r#"{"properties": {"b": {"type": "integer"}}, "patternProperties": {"^b": {"type": "number"}}}"#,
        "type_narrowed",
    ),
    (
        r#"{"additionalProperties": false}"#,
        r#"{"properties": {"b": {"type": "string"}}, "additionalProperties": false}"#,
        "",
    ),
    // Removed properties.
    (r#"{"properties": {"a": {"type": "string"}, "b": {}}}"#, r#"{"properties": {"b": {}}}"#, ""),
    (
        r#"{"properties": {"a": {"type": "string"}, "b": {}}, "additionalProperties": false}"#,
        r#"{"properties": {"b": {}}, "additionalProperties": false}"#,
        "property_removed",
    ),
    (
        r#"{"properties": {"a": {"type": "string"}}, "additionalProperties": false}"#,
        r#"{"additionalProperties": {"type": "string"}}"#,
        "",
    ),
    // Closing.
    (
        r#"{"properties": {"a": {}}}"#,
        r#"{"properties": {"a": {}}, "additionalProperties": false}"#,
        "additional_properties_closed",
    ),
    (
        r#"{"additionalProperties": true}"#,
        r#"{"additionalProperties": {"type": "string"}}"#,
        "additional_properties_closed",
    ),
    (
        r#"{"additionalProperties": {"type": "integer"}}"#,
        r#"{"additionalProperties": {"type": "number"}}"#,
        "",
    ),
    (
        r#"{"additionalProperties": {"type": "number"}}"#,
        r#"{"additionalProperties": {"type": "integer"}}"#,
        "type_narrowed",
    ),
    (r#"{"additionalProperties": false}"#, r#"{}"#, ""),
    (
        r#"{"properties": {"a": {}}}"#,
        r#"{"properties": {"a": {}}, "unevaluatedProperties": false}"#,
        "unevaluated_properties_closed",
    ),
    (
        r#"{"allOf": [{"properties": {"a": {}}}], "unevaluatedProperties": false}"#,
        r#"{"allOf": [{"properties": {"a": {}, "b": {}}}], "unevaluatedProperties": false}"#,
        "",
    ),
    (
        r#"{"allOf": [{"properties": {"a": {}, "b": {}}}], "unevaluatedProperties": false}"#,
        r#"{"allOf": [{"properties": {"a": {}}}], "unevaluatedProperties": false}"#,
        "property_removed",
    ),
    (
        r#"{"properties": {"a": {}}, "additionalProperties": false}"#,
        r#"{"properties": {"a": {}}, "unevaluatedProperties": false}"#,
        "",
    ),
    (r#"{}"#, r#"{"patternProperties": {"^x": {"type": "string"}}}"#, "pattern_property_added"),
    (
        r#"{"patternProperties": {"^x": {"type": "integer"}}}"#,
        r#"{"patternProperties": {"^x": {"type": "number"}}}"#,
        "",
    ),
    (
        r#"{"patternProperties": {"^x": {"type": "number"}}}"#,
        r#"{"patternProperties": {"^x": {"type": "integer"}}}"#,
        "type_narrowed",
    ),
    (
        r#"{"properties": {"xa": {"type": "string"}}, "additionalProperties": false}"#,
        r#"{"patternProperties": {"^x": {"type": "string"}}}"#,
        "",
    ),
    // Names and numbers of properties.
    (r#"{}"#, r#"{"propertyNames": {"maxLength": 5}}"#, "property_names_added"),
    (r#"{"propertyNames": {"maxLength": 5}}"#, r#"{"propertyNames": {"maxLength": 6}}"#, ""),
    (
        r#"{"propertyNames": {"maxLength": 5}}"#,
        r#"{"propertyNames": {"maxLength": 4}}"#,
        "max_length_narrowed",
    ),
    (r#"{}"#, r#"{"minProperties": 1}"#, "min_properties_added"),
    (r#"{"required": ["a"]}"#, r#"{"required": ["a"], "minProperties": 1}"#, ""),
    (r#"{"maxProperties": 3}"#, r#"{"maxProperties": 2}"#, "max_properties_narrowed"),
    (r#"{}"#, r#"{"dependentRequired": {"a": ["b"]}}"#, "dependent_required_added"),
    (r#"{"required": ["b"]}"#, r#"{"dependentRequired": {"a": ["b"]}}"#, ""),
    (r#"{}"#, r#"{"dependentSchemas": {"a": {"required": ["b"]}}}"#, "dependent_schema_added"),
    (
        r#"{"dependentSchemas": {"a": {"required": ["b", "c"]}}}"#,
        r#"{"dependentSchemas": {"a": {"required": ["b"]}}}"#,
        "",
    ),
    // Moving parts changes nothing.
    (
        r##"{"properties": {"a": {"$ref": "#/$defs/x"}}, "$defs": {"x": {"type": "string"}}}"##,
        r#"{"properties": {"a": {"type": "string"}}}"#,
        "",
    ),
    (
        r##"{"properties": {"a": {"type": "string"}}}"##,
        r##"{"properties": {"a": {"$ref": "#/$defs/y"}}, "$defs": {"y": {"type": "string"}}}"##,
        "",
    ),
    (
        r#"{"required": ["a"], "properties": {"a": {"type": "string"}}}"#,
        r#"{"allOf": [{"required": ["a"]}, {"properties": {"a": {"type": "string"}}}]}"#,
        "",
    ),
    (r##"{"$ref": "#/$defs/r", "$defs": {"r": {"required": ["a"]}}}"##, r#"{"required": ["a"]}"#, ""),
    // Schemas that recur.
    (
        r##"{"properties": {"next": {"$ref": "#"}, "n": {"type": "integer"}}}"##,
        r##"{"properties": {"next": {"$ref": "#"}, "n": {"type": "number"}}}"##,
        "",
    ),
    (
        r##"{"properties": {"next": {"$ref": "#"}, "n": {"type": "number"}}}"##,
        r##"{"properties": {"next": {"$ref": "#"}, "n": {"type": "integer"}}}"##,
        "type_narrowed",
    ),
    (
        r##"{"properties": {"n": {"$ref": "#n"}}, "$defs": {"n": {"$anchor": "n", "type": "number"}}}"##,
        r##"{"properties": {"n": {"$ref": "#n"}}, "$defs": {"n": {"$anchor": "n", "type": "integer"}}}"##,
        "type_narrowed",
    ),
    // A union that is told apart by a tag is no puzzle.
    (
        r#"{"properties": {"a": {"oneOf": [{"type": "object", "required": ["k"], "properties": {"k": {"const": "x"}}}, {"type": "object", "required": ["k"], "properties": {"k": {"const": "y"}}}]}}}"#,
        r#"{"properties": {"a": {"oneOf": [{"type": "object", "required": ["k"], "properties": {"k": {"const": "x"}, "more": {"type": "string"}}}, {"type": "object", "required": ["k"], "properties": {"k": {"const": "y"}}}]}}}"#,
        "",
    ),
    // Drafts.
    (
        r#"{"$schema": "http://json-schema.org/draft-07/schema#", "properties": {"a": {"items": [{"type": "integer"}], "additionalItems": false}}}"#,
        r#"{"properties": {"a": {"prefixItems": [{"type": "number"}], "items": false}}}"#,
        "",
    ),
    (
        r#"{"$schema": "http://json-schema.org/draft-07/schema#", "dependentRequired": {"a": ["b"]}}"#,
        r#"{"dependentRequired": {"a": ["b"]}}"#,
        "dependent_required_added",
    ),
    (
        r##"{"$schema": "http://json-schema.org/draft-07/schema#", "$ref": "#/definitions/x", "required": ["a"], "definitions": {"x": {}}}"##,
        r##"{"$schema": "http://json-schema.org/draft-07/schema#", "$ref": "#/definitions/x", "required": ["b"], "definitions": {"x": {}}}"##,
        "",
    ),
    (
        r#"{"$schema": "http://json-schema.org/draft-07/schema#"}"#,
        r#"{"$schema": "http://json-schema.org/draft-07/schema#", "dependencies": {"a": ["b"]}}"#,
        "dependent_required_added",
    ),
    (
        r##"{"properties": {"a": {"$dynamicRef": "#x"}}, "$defs": {"x": {"$dynamicAnchor": "x"}}}"##,
        r##"{"properties": {"a": {"$dynamicRef": "#x"}, "b": {}}, "$defs": {"x": {"$dynamicAnchor": "x"}}}"##,
        "dynamic_reference",
    ),
    // What only an alternative or an empty pattern let through was let through.
    (
        r#"{"patternProperties": {".": true}, "unevaluatedProperties": {"type": "string"}}"#,
        r#"{"unevaluatedProperties": {"type": "string"}}"#,
        "unevaluated_properties_closed",
    ),
    (
        r#"{"anyOf": [{"properties": {"ab": true}}, {}], "unevaluatedProperties": {"type": "string"}}"#,
        r#"{"anyOf": [{}], "unevaluatedProperties": {"type": "string"}}"#,
        "type_narrowed",
    ),
    (
        r#"{"anyOf": [{"properties": {"a": {"type": "string"}}}, {}]}"#,
        r#"{"anyOf": [{}], "properties": {"a": {"type": "integer"}}}"#,
        "type_narrowed",
    ),
];

#[test]
fn each_rule_of_objects_finds_what_it_is_for_and_no_more() {
    check(ROOT.iter().map(|(old, new, rules)| ((*old).to_owned(), (*new).to_owned(), *rules)));
}
