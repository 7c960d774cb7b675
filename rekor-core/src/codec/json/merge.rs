//! The merge of RFC 7396. Keeps the order of the target's keys and appends new ones; never adds a null to
//! an object.

use std::collections::HashMap;

use crate::codec::json::Tree;

/// Merges `patch` into `target` by RFC 7396: objects are merged member by member, null removes a member, and
/// anything else replaces what was there. Keys keep their place; new ones come last.
#[must_use]
pub fn merge_patch(target: Tree, patch: Tree) -> Tree {
    let Tree::Object(changes) = patch else { return patch };
    let members = if let Tree::Object(members) = target { members } else { Vec::new() };
    let places: HashMap<String, usize> =
        members.iter().enumerate().map(|(place, (key, _))| (key.clone(), place)).collect();
    let mut merged: Vec<(String, Option<Tree>)> =
        members.into_iter().map(|(key, value)| (key, Some(value))).collect();
    for (key, change) in changes {
        let slot = places.get(&key).and_then(|&place| merged.get_mut(place));
        match (slot, change) {
            (Some(slot), Tree::Null) => slot.1 = None,
            (Some(slot), change) => slot.1 = slot.1.take().map(|old| merge_patch(old, change)),
            (None, Tree::Null) => {}
            (None, change) => merged.push((key, Some(merge_patch(Tree::Null, change)))),
        }
    }
    Tree::Object(merged.into_iter().filter_map(|(key, value)| Some((key, value?))).collect())
}
