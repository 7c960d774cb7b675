//! Writes the Python package's mirror of the tables: methods with their documentation, stubs with their types, and the types of
//! requests and answers as typed dicts.

use std::fmt::Write as _;

use super::{Definition, Field, Operation, Surface, Type};
use crate::docs::MADE_BY;

/// What the package writes by hand, around what the table has.
const BY_HAND: [&str; 4] = ["query", "aggregate", "batch", "list_changes"];
/// Names of fields that Python reads as keywords.
const KEYWORDS: [&str; 10] = ["and", "as", "class", "from", "if", "import", "in", "is", "not", "or"];

/// Whether a class is awaited, and whether it is a stub.
#[derive(Clone, Copy)]
struct Form {
    awaited: bool,
    is_stub: bool,
}

/// The methods, as `_operations.py`, or their stubs, as `_operations.pyi`.
#[must_use]
pub fn operations(surface: &Surface, is_stub: bool) -> String {
    let mut text = format!("# {MADE_BY} Change the table in the code.\n");
    if is_stub {
        text += "from collections.abc import Awaitable, Callable, Mapping, Sequence\n";
        text += "from datetime import datetime\nfrom typing import Any, Literal, overload\n\nfrom rekor import types as t\n\n";
        text += "def options(idempotency_key: str | None, dry_run: bool) -> dict[str, Any] | None: ...\n";
    } else {
        text += "\"\"\"The operations of a store and of a workspace, as methods by noun.\"\"\"\n\n\n";
        text += "def options(idempotency_key, dry_run):\n    \"\"\"How a write is carried out; None for plainly.\"\"\"\n";
        text += "    if idempotency_key is None and not dry_run:\n        return None\n";
        text += "    return {\"idempotency_key\": idempotency_key, \"dry_run\": dry_run}\n";
    }
    for awaited in [false, true] {
        let form = Form { awaited, is_stub };
        for noun in ["workspaces", "tokens", "collections", "records", "relationships"] {
            let own = surface.operations.iter().filter(|op| op.noun == Some(noun));
            class(&mut text, form, &title(noun), &format!("The {noun}"), own);
        }
        let rest = |op: &&Operation| op.noun.is_none() && !op.is_of_store && !BY_HAND.contains(&op.name);
        let own = surface.operations.iter().filter(rest);
        class(&mut text, form, "WorkspaceOperations", "What a workspace does as a whole", own);
    }
    steps(&mut text, surface, is_stub);
    text
}

fn title(noun: &str) -> String {
    let (first, rest) = noun.split_at(1);
    first.to_uppercase() + rest
}

fn class<'o>(
    text: &mut String,
    form: Form,
    name: &str,
    doc: &str,
    operations: impl Iterator<Item = &'o Operation>,
) {
    let prefix = if form.awaited { "Async" } else { "" };
    let awaited = if form.awaited { ", awaited" } else { "" };
    let _ = write!(text, "\n\nclass {prefix}{name}:\n");
    if form.is_stub {
        let answer = if form.awaited { "Awaitable[Any]" } else { "Any" };
        let _ = writeln!(text, "    def __init__(self, call: Callable[..., {answer}]) -> None: ...");
    } else {
        let _ = write!(
            text,
            "    \"\"\"{doc}{awaited}.\"\"\"\n\n    def __init__(self, call):\n        self._call = call\n"
        );
    }
    for operation in operations {
        if form.is_stub { stubs(text, form, operation) } else { method(text, form, operation) }
    }
}

/// The name of a field where Python would read it as a keyword.
fn argument(name: &str) -> String {
    if KEYWORDS.contains(&name) { format!("{name}_") } else { name.to_owned() }
}

/// The arguments that a request is made of: by position, and by name. What has several shapes is given as it is.
fn arguments(operation: &Operation) -> (Vec<&Field>, Vec<&Field>) {
    operation.parameters()
}

fn method(text: &mut String, form: Form, operation: &Operation) {
    let (placed, named) = arguments(operation);
    let is_whole = is_given_whole(operation);
    let mut signature = vec!["self".to_owned()];
    if is_whole {
        signature.push("request".to_owned());
    }
    let default = |field: &Field| match &field.default {
        Some(value) if value.is_array() => "()".to_owned(),
        Some(value) => literal(value),
        None => "None".to_owned(),
    };
    for field in &placed {
        let unless = if field.is_required { String::new() } else { format!("={}", default(field)) };
        signature.push(argument(&field.name) + &unless);
    }
    if !named.is_empty() || operation.writes {
        signature.push("*".to_owned());
    }
    signature.extend(named.iter().map(|field| format!("{}={}", argument(&field.name), default(field))));
    if operation.writes {
        signature.extend(["idempotency_key=None".to_owned(), "dry_run=False".to_owned()]);
    }
    let (define, wait) = if form.awaited { ("async def", "await ") } else { ("def", "") };
    let _ = write!(text, "\n    {define} {}({}):\n", operation.method, signature.join(", "));
    document(text, operation, &placed, &named);
    let fields: Vec<_> =
        placed.iter().chain(&named).map(|f| format!("\"{}\": {}", f.name, argument(&f.name))).collect();
    let request = if is_whole { "request".to_owned() } else { format!("{{{}}}", fields.join(", ")) };
    let options = if operation.writes { ", options(idempotency_key, dry_run)" } else { "" };
    let _ = writeln!(text, "        return {wait}self._call(\"{}\", {request}{options})", operation.name);
}

fn is_given_whole(operation: &Operation) -> bool {
    operation.fields.is_empty() && operation.name == "explain"
}

fn document(text: &mut String, operation: &Operation, placed: &[&Field], named: &[&Field]) {
    let _ = write!(text, "        \"\"\"{}", operation.doc);
    let fields: Vec<_> = placed.iter().chain(named).filter(|field| !field.doc.is_empty()).collect();
    if !fields.is_empty() {
        text.push_str("\n\n        Args:\n");
        for field in fields {
            let _ =
                writeln!(text, "            {}: {}", argument(&field.name), field.doc.replace('\\', "\\\\"));
        }
        if operation.writes {
            text.push_str("            idempotency_key: Done once within 24 hours under this key, and answered as it was then.\n");
            text.push_str("            dry_run: Checks it, answers a `Rehearsal`, and writes nothing.\n");
        }
        text.push_str("        ");
    }
    text.push_str("\"\"\"\n");
}

fn literal(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Bool(true) => "True".to_owned(),
        serde_json::Value::Bool(false) => "False".to_owned(),
        other => other.to_string(),
    }
}

fn stubs(text: &mut String, form: Form, operation: &Operation) {
    let answer = type_of(&operation.answer, "t.");
    if !operation.writes {
        stub(text, form, operation, "", &answer);
        return;
    }
    let either = format!("{answer} | t.Rehearsal");
    let forms = [("Literal[False] = False", &*answer), ("Literal[True]", "t.Rehearsal"), ("bool", &*either)];
    for (dry_run, answer) in forms {
        text.push_str("    @overload\n");
        stub(text, form, operation, dry_run, answer);
    }
}

fn stub(text: &mut String, form: Form, operation: &Operation, dry_run: &str, answer: &str) {
    let (placed, named) = arguments(operation);
    let mut signature = vec!["self".to_owned()];
    if is_given_whole(operation) {
        signature.push(format!("request: {}", type_of(&operation.request, "t.")));
    }
    let typed = |field: &Field| {
        // The number of a commit or a time: the handle makes a text of either.
        let shape =
            if field.name == "at" { "str | int | datetime".to_owned() } else { parameter_of(&field.shape) };
        match (&field.default, field.is_required) {
            (_, true) => format!("{}: {shape}", argument(&field.name)),
            (Some(value), _) if value.is_array() => format!("{}: {shape} = ()", argument(&field.name)),
            (Some(value), _) => format!("{}: {shape} = {}", argument(&field.name), literal(value)),
            (None, _) => format!("{}: {shape} | None = None", argument(&field.name)),
        }
    };
    signature.extend(placed.iter().map(|field| typed(field)));
    if !named.is_empty() || operation.writes {
        signature.push("*".to_owned());
    }
    signature.extend(named.iter().map(|field| typed(field)));
    if operation.writes {
        signature.push("idempotency_key: str | None = None".to_owned());
        signature.push(format!("dry_run: {dry_run}"));
    }
    let define = if form.awaited { "async def" } else { "def" };
    let _ = writeln!(text, "    {define} {}({}) -> {answer}: ...", operation.method, signature.join(", "));
}

/// The type of a parameter: any sequence or mapping does.
fn parameter_of(shape: &Type) -> String {
    match shape {
        Type::List(item) => format!("Sequence[{}]", parameter_of(item)),
        Type::Object => "Mapping[str, Any]".to_owned(),
        Type::Named(name) if name == "Filter" => "t.Filter | Mapping[str, Any]".to_owned(),
        Type::Named(name) if name == "Sort" => {
            "t.Sort | Mapping[str, Any] | Sequence[Mapping[str, Any]]".to_owned()
        }
        Type::Union(choices) => choices.iter().map(parameter_of).collect::<Vec<_>>().join(" | "),
        other => type_of(other, "t."),
    }
}

fn type_of(shape: &Type, module: &str) -> String {
    match shape {
        Type::Any => "Any".to_owned(),
        Type::Null => "None".to_owned(),
        Type::Bool => "bool".to_owned(),
        Type::Integer => "int".to_owned(),
        Type::Number => "float".to_owned(),
        Type::Text => "str".to_owned(),
        Type::OneOf(texts) => {
            format!(
                "Literal[{}]",
                texts.iter().map(|text| format!("\"{text}\"")).collect::<Vec<_>>().join(", ")
            )
        }
        Type::List(item) => format!("list[{}]", type_of(item, module)),
        Type::Object => "dict[str, Any]".to_owned(),
        Type::Struct(fields) => panic!("a shape without a name: {fields:?}"),
        Type::Named(name) => format!("{module}{name}"),
        Type::Union(choices) if choices.contains(&Type::Object) => "dict[str, Any]".to_owned(),
        Type::Union(choices) => {
            choices.iter().map(|choice| type_of(choice, module)).collect::<Vec<_>>().join(" | ")
        }
    }
}

/// The class that gathers the operations of a batch.
fn steps(text: &mut String, surface: &Surface, is_stub: bool) {
    let Some(Definition { shape: Type::Union(choices), .. }) =
        surface.definitions.iter().find(|definition| definition.name == "BatchOperation")
    else {
        panic!("a batch has operations");
    };
    text.push_str("\n\nclass BatchOperations:\n");
    if is_stub {
        text.push_str("    operations: list[dict[str, Any]]\n    def __init__(self) -> None: ...\n");
    } else {
        text.push_str("    \"\"\"The operations of a batch, in order.\"\"\"\n\n    def __init__(self):\n        self.operations = []\n\n");
        text.push_str("    def _add(self, operation):\n        given = {key: value for key, value in operation.items() if value is not None}\n");
        text.push_str("        self.operations.append(given)\n");
    }
    for choice in choices {
        let Type::Struct(fields) = choice else { panic!("an operation of a batch is an object: {choice:?}") };
        let Some(Type::OneOf(names)) = fields.first().map(|field| &field.shape) else {
            panic!("no type: {fields:?}")
        };
        let name = &names[0];
        let of_table = surface.operations.iter().find(|operation| operation.name == name);
        let mut operation = of_table.unwrap_or_else(|| panic!("no operation `{name}`")).clone();
        operation.writes = false;
        let more =
            fields.iter().skip(1).filter(|field| operation.fields.iter().all(|own| own.name != field.name));
        let more: Vec<Field> = more.cloned().collect();
        operation.fields.extend(more);
        operation.method.clone_from(name);
        if is_stub {
            stub(text, Form { awaited: false, is_stub }, &operation, "", "None");
        } else {
            step(text, &operation);
        }
    }
}

fn step(text: &mut String, operation: &Operation) {
    let mut whole = String::new();
    method(&mut whole, Form { awaited: false, is_stub: false }, operation);
    let call = format!("return self._call(\"{}\", {{", operation.name);
    let added = format!("self._add({{\"type\": \"{}\", ", operation.name);
    text.push_str(&whole.replace(&call, &added));
}

/// The types of requests and answers, as `types.py`.
#[must_use]
pub fn types(surface: &Surface) -> String {
    let mut text = format!(
        "# {MADE_BY} Change the table in the code.\n\"\"\"The types of requests and answers.\"\"\"\n\n"
    );
    text += "from __future__ import annotations\n\nfrom typing import Any, Literal, NotRequired, TypedDict, Union\n";
    // What refers to a type as it is made comes after it.
    let (structs, others): (Vec<_>, Vec<_>) =
        surface.definitions.iter().partition(|definition| matches!(definition.shape, Type::Struct(_)));
    for definition in structs {
        let Type::Struct(fields) = &definition.shape else { continue };
        typed_dict(&mut text, &definition.name, &definition.doc, fields);
    }
    for definition in others {
        alias(&mut text, definition);
    }
    text
}

fn typed_dict(text: &mut String, name: &str, doc: &str, fields: &[Field]) {
    let typed = |field: &Field| {
        let shape = type_of(&field.shape, "");
        if field.is_required { shape } else { format!("NotRequired[{shape}]") }
    };
    if fields.iter().any(|field| KEYWORDS.contains(&field.name.as_str())) {
        let fields: Vec<_> = fields
            .iter()
            .map(|f| format!("    \"{}\": \"{}\",\n", f.name, typed(f).replace('"', "'")))
            .collect();
        let _ = write!(text, "\n{name} = TypedDict(\"{name}\", {{\n{}}})\n", fields.concat());
        return;
    }
    let _ = write!(text, "\n\nclass {name}(TypedDict):\n    \"\"\"{}\"\"\"\n\n", prose(doc));
    for field in fields {
        let _ = writeln!(text, "    {}: {}", field.name, typed(field));
    }
}

/// What a description says before its example in Rust, on one line.
fn prose(doc: &str) -> String {
    let said = doc.split("```").next().unwrap_or_default().replace("[`", "`").replace("`]", "`");
    said.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn alias(text: &mut String, definition: &Definition) {
    let name = &definition.name;
    let choices = match &definition.shape {
        Type::Union(choices) => choices.clone(),
        other => vec![other.clone()],
    };
    let mut names = Vec::new();
    for (n, choice) in choices.iter().enumerate() {
        match choice {
            Type::Struct(fields) => {
                let part = format!("{name}{}", n + 1);
                typed_dict(text, &part, &definition.doc, fields);
                names.push(part);
            }
            other => names.push(type_of(other, "")),
        }
    }
    let quoted =
        names.iter().map(|name| format!("\"{}\"", name.replace('"', "'"))).collect::<Vec<_>>().join(", ");
    let value = match &definition.shape {
        Type::Union(choices) if choices.contains(&Type::Object) => "dict[str, Any]".to_owned(),
        Type::Union(_) => format!("Union[{quoted}]"),
        other => type_of(other, ""),
    };
    let _ = writeln!(text, "\n{name} = {value}");
}
