//! The methods: one for each operation, on the object of its noun, synchronous or promised by the door that it asks.

use std::fmt::Write as _;

use super::{Field, Operation, Surface, camel, capital, classes, comment, nouns, opening, placed};
use crate::bindings::Type;
use crate::bindings::node::types::{generics, parameter, type_of};

/// The code of all classes.
pub(super) fn code(surface: &Surface) -> String {
    let mut text = opening()
        + "\"use strict\";\n\n/** Whether what stands where an id may stand is the options. */\n\
           const isOptions = (given) => given !== null && typeof given === \"object\";\n";
    let classes = classes(surface);
    for (name, noun, operations) in &classes {
        let doc = match noun {
            &"" => format!("What a {} is asked itself.", handle(name)),
            noun => format!("What has to do with {noun}."),
        };
        let _ = write!(text, "\n{}class {name} {{\n", comment(&doc, ""));
        text += "  #door;\n\n  constructor(door) {\n    this.#door = door;\n";
        if noun.is_empty() {
            text += &members(surface, name == "StoreOperations");
        }
        text += "  }\n";
        for operation in operations {
            text += &method(surface, operation);
        }
        text += "}\n";
    }
    if !classes.iter().any(|(name, _, _)| name == "StoreOperations") {
        let members = members(surface, true);
        let _ = write!(
            text,
            "\n/** What a store is asked itself. */\nclass StoreOperations {{\n  constructor(door) {{\n{members}  }}\n}}\n"
        );
    }
    let mut names: Vec<&str> = classes.iter().map(|(name, _, _)| name.as_str()).collect();
    if !names.contains(&"StoreOperations") {
        names.push("StoreOperations");
    }
    let _ = write!(text, "\nmodule.exports = {{ {} }};\n", names.join(", "));
    text
}

fn handle(class: &str) -> &'static str {
    if class == "StoreOperations" { "store" } else { "workspace" }
}

fn members(surface: &Surface, is_of_store: bool) -> String {
    let nouns = nouns(surface, is_of_store);
    nouns.iter().map(|noun| format!("    this.{noun} = new {}(door);\n", capital(noun))).collect()
}

fn method(surface: &Surface, operation: &Operation) -> String {
    let Operation { name, doc, writes, .. } = operation;
    let verb = if *writes { "write" } else { "read" };
    let (required, optional) = placed(operation);
    let names =
        |fields: &[&Field]| fields.iter().map(|field| field.name.clone()).collect::<Vec<_>>().join(", ");
    let object = |names: &str| if names.is_empty() { "{}".to_owned() } else { format!("{{ {names} }}") };
    let mut body = String::new();
    let mut parameters = required.clone();
    if is_whole(surface, operation) {
        body += &format!("    return this.#door.{verb}(\"{name}\", request);\n");
        return format!("\n{}  {}(request) {{\n{body}  }}\n", comment(doc, "  "), camel(&operation.method));
    }
    if let Some(field) = optional {
        let object = object(&names(&required));
        body += &format!(
            "    if (isOptions({0})) return this.#door.{verb}(\"{name}\", {object}, {0});\n",
            field.name
        );
        parameters.push(field);
    }
    let object = object(&names(&parameters));
    body += &format!("    return this.#door.{verb}(\"{name}\", {object}, options);\n");
    let list = [names(&parameters), "options".to_owned()];
    let list = list.iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join(", ");
    format!("\n{}  {}({list}) {{\n{body}  }}\n", comment(doc, "  "), camel(&operation.method))
}

/// Whether a request has one of several shapes, so that the method takes it whole.
fn is_whole(surface: &Surface, operation: &Operation) -> bool {
    let is_asked = |name: &str| operation.request == Type::Named(name.to_owned());
    let shape = surface.definitions.iter().find(|definition| is_asked(&definition.name));
    shape.is_some_and(|definition| matches!(definition.shape, Type::Union(_)))
}

/// The declarations of all classes, synchronous and promised.
pub(super) fn declarations(surface: &Surface) -> String {
    let mut text = opening();
    text += "import type * as t from \"./types.js\";\n";
    for operation in &surface.operations {
        text += &options(surface, operation);
    }
    let mut classes = classes(surface);
    if !classes.iter().any(|(name, _, _)| name == "StoreOperations") {
        classes.push(("StoreOperations".to_owned(), "", Vec::new()));
    }
    for (name, noun, operations) in &classes {
        for promised in [false, true] {
            let suffix = if promised { "Promises" } else { "" };
            let doc = match (noun, promised) {
                (&"", false) => format!("What a {} is asked itself.", handle(name)),
                (&"", true) => format!("What a {} is asked itself, by promise.", handle(name)),
                (noun, false) => format!("What has to do with {noun}."),
                (noun, true) => format!("What has to do with {noun}, by promise."),
            };
            let _ = write!(text, "\n{}export interface {name}{suffix} {{\n", comment(&doc, ""));
            if noun.is_empty() {
                for noun in nouns(surface, name == "StoreOperations") {
                    let doc = comment(&format!("What has to do with {noun}."), "  ");
                    let _ = writeln!(text, "{doc}  readonly {noun}: {}{suffix};", capital(noun));
                }
            }
            for operation in operations {
                text += &signatures(surface, operation, promised);
            }
            text += "}\n";
        }
    }
    text
}

fn options_name(operation: &Operation) -> String {
    format!("{}Options", operation.name.split('_').map(capital).collect::<String>())
}

fn request_name(operation: &Operation) -> String {
    type_of(&operation.request)
}

/// The type of an operation's options: its request without what comes by position, and how it is carried out.
fn options(surface: &Surface, operation: &Operation) -> String {
    if is_whole(surface, operation) {
        return String::new();
    }
    let (required, _) = placed(operation);
    let placed: Vec<String> = required.iter().map(|field| format!("\"{}\"", field.name)).collect();
    let request = request_name(operation);
    let mut shape =
        if placed.is_empty() { request } else { format!("Omit<{request}, {}>", placed.join(" | ")) };
    if operation.writes {
        shape += " & t.CallOptions";
    }
    let doc = comment(&format!("The options of `{}`.", operation.name), "");
    format!("\n{doc}export type {} = {shape};\n", options_name(operation))
}

/// The signatures of a method: without and with options in place of the id, answered or rehearsed.
fn signatures(surface: &Surface, operation: &Operation, promised: bool) -> String {
    let (required, optional) = placed(operation);
    let answer = type_of(&operation.answer);
    let generic = if generics(&operation.answer) { "<T extends object = t.JsonObject>" } else { "" };
    let answer = if generic.is_empty() { answer } else { format!("{answer}<T>") };
    let answered = |shape: &str| if promised { format!("Promise<{shape}>") } else { shape.to_owned() };
    let name = camel(&operation.method);
    let doc = comment(operation.doc, "  ");
    // A patch is not the whole of what is answered.
    let is_same = !generic.is_empty() && operation.name != "patch_record";
    let required: Vec<String> = required.iter().map(|field| parameter(field, is_same)).collect();
    if is_whole(surface, operation) {
        return format!("{doc}  {name}(request: {}): {};\n", request_name(operation), answered(&answer));
    }
    let options = options_name(operation);
    let mut text = String::new();
    let mut add = |given: &[String], last: String, answer: &str| {
        let list = given.iter().cloned().chain([last]).collect::<Vec<_>>().join(", ");
        let _ = writeln!(text, "{doc}  {name}{generic}({list}): {};", answered(answer));
    };
    let lists: Vec<Vec<String>> = match optional {
        None => vec![required],
        Some(field) => vec![
            required.iter().cloned().chain([format!("{}: {}", field.name, type_of(&field.shape))]).collect(),
            required,
        ],
    };
    for given in &lists {
        if operation.name == "query" {
            add(
                given,
                format!("options: {options} & {{ fields: readonly string[] }}"),
                "t.Page<t.JsonObject>",
            );
            add(given, format!("options?: {options}"), "t.Page<t.RekorRecord<T>>");
            continue;
        }
        if operation.writes {
            add(
                given,
                format!("options: {options} & {{ dry_run: true }}"),
                &format!("t.Rehearsal<{answer}>"),
            );
        }
        add(given, format!("options?: {options}"), &answer);
    }
    text
}
