//! Writes the files of the npm package that follow from the tables: the methods, and the types for TypeScript.

mod methods;
mod types;

use super::{Field, Operation, Surface, surface};
use crate::docs::{Document, MADE_BY};

/// Every file, in the order of the package.
#[must_use]
pub fn files() -> Vec<Document> {
    let surface = surface();
    vec![
        Document { path: "rekor-node/lib/operations.cjs", text: methods::code(&surface) },
        Document { path: "rekor-node/lib/operations.d.ts", text: methods::declarations(&surface) },
        Document { path: "rekor-node/lib/types.d.ts", text: types::declarations(&surface) },
    ]
}

/// The first line of each file.
fn opening() -> String {
    format!("// {MADE_BY} Change the table in the code.\n")
}

/// A comment above what it is of, at an indent.
fn comment(doc: &str, indent: &str) -> String {
    let mut lines = doc.lines().map(str::trim_end).filter(|line| !line.is_empty()).peekable();
    let Some(first) = lines.next() else { return String::new() };
    if lines.peek().is_none() {
        return format!("{indent}/** {first} */\n");
    }
    let rest: String = lines.map(|line| format!("{indent} * {line}\n")).collect();
    format!("{indent}/**\n{indent} * {first}\n{rest}{indent} */\n")
}

/// A name in snake case as JavaScript writes methods.
fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    first + &words.map(capital).collect::<String>()
}

/// A word with a capital.
fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().to_string() + letters.as_str())
}

/// The objects that have methods, with the operations of each: the nouns, then the handles themselves.
fn classes(surface: &Surface) -> Vec<(String, &'static str, Vec<&Operation>)> {
    let mut found: Vec<(String, &'static str, Vec<&Operation>)> = Vec::new();
    for operation in &surface.operations {
        let name = match operation.noun {
            Some(noun) => capital(noun),
            None if operation.is_of_store => "StoreOperations".to_owned(),
            None => "WorkspaceOperations".to_owned(),
        };
        match found.iter_mut().find(|(other, _, _)| *other == name) {
            Some((_, _, operations)) => operations.push(operation),
            None => found.push((name, operation.noun.unwrap_or_default(), vec![operation])),
        }
    }
    found
}

/// The nouns of a store or of a workspace.
fn nouns(surface: &Surface, is_of_store: bool) -> Vec<&'static str> {
    let mut found: Vec<&'static str> = Vec::new();
    for operation in surface.operations.iter().filter(|operation| operation.is_of_store == is_of_store) {
        found.extend(operation.noun.filter(|noun| !found.contains(noun)));
    }
    found
}

/// The parameters by position: those that must be given, then the one that may be left out.
fn placed(operation: &Operation) -> (Vec<&Field>, Option<&Field>) {
    let (placed, _) = operation.parameters();
    let optional = placed.iter().copied().find(|field| !field.is_required);
    (placed.into_iter().filter(|field| field.is_required).collect(), optional)
}
