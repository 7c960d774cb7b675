//! What differs between a thing before and after a change, field by field.

use crate::api::history::FieldChange;
use crate::codec::json::{Tree, pointer_push};
use crate::ground::json::Json;

/// A thing as it is compared: plain fields under their pointers, and a document, compared deeply.
#[derive(Debug, Default)]
pub struct Side {
    /// Fields that are compared as a whole.
    pub plain: Vec<(&'static str, Option<Json>)>,
    /// The document and its pointer.
    pub tree: Option<(&'static str, Tree)>,
}

/// The fields that differ. Objects are compared field by field, everything else as a whole.
#[must_use]
pub fn difference(before: Option<&Side>, after: Option<&Side>) -> Vec<FieldChange> {
    let mut changes = Vec::new();
    let names = before.or(after).map(|side| side.plain.iter().map(|(name, _)| *name).collect::<Vec<_>>());
    for name in names.unwrap_or_default() {
        let value = |side: Option<&Side>| {
            side.and_then(|side| side.plain.iter().find(|(known, _)| *known == name)?.1.clone())
        };
        let (before, after) = (value(before), value(after));
        if before != after {
            changes.push(FieldChange { pointer: name.to_owned(), before, after });
        }
    }
    let tree =
        |side: Option<&'_ Side>| side.and_then(|side| side.tree.as_ref()).map(|(_, tree)| tree.clone());
    let pointer = [before, after].into_iter().flatten().find_map(|side| Some(side.tree.as_ref()?.0));
    compare(pointer.unwrap_or_default(), tree(before).as_ref(), tree(after).as_ref(), &mut changes);
    changes
}

/// Adds what differs between two documents.
pub fn compare(pointer: &str, before: Option<&Tree>, after: Option<&Tree>, changes: &mut Vec<FieldChange>) {
    if before == after {
        return;
    }
    if let (Some(Tree::Object(old)), Some(Tree::Object(new))) = (before, after) {
        let names =
            old.iter().chain(new.iter().filter(|(name, _)| !old.iter().any(|(have, _)| have == name)));
        for (name, _) in names {
            let get = |tree: Option<&Tree>| tree.and_then(|tree| tree.get(name)).cloned();
            let mut inner = pointer.to_owned();
            pointer_push(&mut inner, name);
            compare(&inner, get(before).as_ref(), get(after).as_ref(), changes);
        }
        return;
    }
    let json = |tree: Option<&Tree>| tree.map(|tree| Json::from_text(tree.to_text()));
    changes.push(FieldChange { pointer: pointer.to_owned(), before: json(before), after: json(after) });
}
