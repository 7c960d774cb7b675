//! The types: one for each request and each answer, under the names of the contract.

use std::fmt::Write as _;

use super::{Surface, comment, opening};
use crate::bindings::{Definition, Field, Type};

/// What every file of types begins with.
const PRELUDE: &str = r#"
/** A JSON value. Integers that a number cannot hold are bigint: written always, read where the store was opened with `bigint`. */
export type JsonValue = string | number | bigint | boolean | null | JsonValue[] | JsonObject;

/** A JSON object. */
export interface JsonObject {
  [key: string]: JsonValue;
}

/** A page of things. */
export interface Page<Row> {
  /** The things, in order. */
  data: Row[];
  /** Where this page stands. */
  meta: Meta;
}

/** How a write is carried out. */
export interface CallOptions {
  /** The same request under the same key is carried out once within 24 hours, and answered as it was then. */
  idempotency_key?: string | null;
  /** Whether the request is checked, and answered with a rehearsal, and nothing is written. */
  dry_run?: boolean;
}
"#;

/// Answers that hold records, and so say what their data is.
const HOLD_RECORDS: [&str; 7] =
    ["Record", "WrittenRecord", "Row", "RowList", "RecordChange", "RecordChangeList", "Rehearsal"];

/// Whether a type says what the data of records is.
pub(super) fn generics(shape: &Type) -> bool {
    matches!(shape, Type::Named(name) if HOLD_RECORDS.contains(&name.as_str()))
}

/// The name of a definition: those that TypeScript or the package has for something else are written out.
fn name_of(name: &str) -> &str {
    match name {
        "Record" => "RekorRecord",
        "Workspace" => "RekorWorkspace",
        "Kind" => "WorkspaceKind",
        "Function" => "AggregateFunction",
        name => name,
    }
}

/// All types.
pub(super) fn declarations(surface: &Surface) -> String {
    let mut text = opening() + PRELUDE;
    for definition in surface.definitions.iter().filter(|definition| definition.name != "CallOptions") {
        text += &declaration(definition);
    }
    text
}

fn declaration(definition: &Definition) -> String {
    let Definition { name, doc, shape } = definition;
    let parameter = match name.as_str() {
        "Rehearsal" => "<Answer = JsonValue>",
        name if HOLD_RECORDS.contains(&name) => "<T extends object = JsonObject>",
        _ => "",
    };
    let mut text = format!("\n{}", comment(&doc.replace("[`", "`").replace("`]", "`"), ""));
    let named = name_of(name);
    match shape {
        Type::Struct(fields) => {
            let _ = writeln!(text, "export interface {named}{parameter} {{");
            for field in fields {
                let shape = match (name.as_str(), field.name.as_str()) {
                    ("Record" | "WrittenRecord", "data") => "T".to_owned(),
                    ("Rehearsal", "answer") => "Answer".to_owned(),
                    _ if !parameter.is_empty() => within(&field.shape, "T"),
                    _ => within(&field.shape, ""),
                };
                let _ = writeln!(text, "{}  {};", comment(&field.doc, "  "), member(field, &shape));
            }
            text += "}\n";
        }
        shape => {
            let given = if parameter.is_empty() { "" } else { "T" };
            let _ = writeln!(text, "export type {named}{parameter} = {};", within(shape, given));
        }
    }
    text
}

/// A key of an object: what may be left out may be null as well.
fn member(field: &Field, shape: &str) -> String {
    if field.is_required {
        return format!("{}: {shape}", field.name);
    }
    format!("{}?: {shape} | null", field.name)
}

/// A type as operations.d.ts names it, with the prefix of the module for what is defined there.
pub(super) fn type_of(shape: &Type) -> String {
    print(shape, "t.", "")
}

/// A type within types.d.ts.
fn within(shape: &Type, parameter: &str) -> String {
    print(shape, "", parameter)
}

fn print(shape: &Type, module: &str, parameter: &str) -> String {
    match shape {
        Type::Any => format!("{module}JsonValue"),
        Type::Null => "null".to_owned(),
        Type::Bool => "boolean".to_owned(),
        Type::Integer | Type::Number => "number".to_owned(),
        Type::Text => "string".to_owned(),
        Type::OneOf(texts) => texts.iter().map(|text| format!("\"{text}\"")).collect::<Vec<_>>().join(" | "),
        Type::List(items) => {
            let items_text = print(items, module, parameter);
            if matches!(**items, Type::Union(_) | Type::OneOf(_)) {
                format!("({items_text})[]")
            } else {
                format!("{items_text}[]")
            }
        }
        Type::Object => format!("{module}JsonObject"),
        Type::Struct(fields) => {
            let members: Vec<String> =
                fields.iter().map(|field| member(field, &print(&field.shape, module, parameter))).collect();
            format!("{{ {} }}", members.join("; "))
        }
        Type::Named(name) => {
            let given = if generics(shape) && !parameter.is_empty() {
                format!("<{parameter}>")
            } else {
                String::new()
            };
            format!("{module}{}{given}", name_of(name))
        }
        Type::Union(choices) => {
            choices.iter().map(|choice| print(choice, module, parameter)).collect::<Vec<_>>().join(" | ")
        }
    }
}

/// A parameter of a method. What is stored may be any object, which an interface of the caller's is and `JsonObject` is not.
pub(super) fn parameter(field: &Field, is_generic: bool) -> String {
    let shape = match &field.shape {
        Type::Object if is_generic => "T".to_owned(),
        Type::Object => "object".to_owned(),
        shape => type_of(shape),
    };
    format!("{}: {shape}", field.name)
}
