//! The rules of keywords that choose: `anyOf`, `oneOf`, `not`, `if`, `dependentSchemas`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::schema::compatibility::rules::{Findings, Pair, Rules};
use crate::schema::compatibility::side::Side;
use crate::schema::graph::NodeId;
use crate::schema::outcome::{Kind, Kinds};

/// Compares the keywords that choose.
pub(super) fn compare(rules: &mut Rules<'_>, pair: &Pair, found: &mut Findings) {
    let any_of = rules.new.list(pair.new, "anyOf");
    if !any_of.is_empty() {
        alternatives(rules, pair, ("anyOf", &any_of), found);
    }
    let one_of = rules.new.list(pair.new, "oneOf");
    if !one_of.is_empty() && !same_choice(rules, pair, &one_of) {
        if are_disjoint(rules, &one_of) {
            alternatives(rules, pair, ("oneOf", &one_of), found);
        } else {
            let before = pair.olds.iter().any(|&id| rules.old.heard(id, "oneOf").is_some());
            let rule = if before { "one_of_changed" } else { "one_of_added" };
            let said = "must match exactly one of other schemas now";
            found.reasons.push(rules.reason(pair.new, &["oneOf"], rule, said));
        }
    }
    negation(rules, pair, found);
    condition(rules, pair, found);
    dependent(rules, pair, found);
}

/// The pair of some more old nodes and another new one.
fn narrower(rules: &Rules<'_>, pair: &Pair, more: NodeId, new: NodeId) -> Pair {
    let mut olds = pair.olds.clone();
    olds.push(more);
    rules.pair(&olds, new)
}

/// Branches of which one must hold: one that always does, or one for each branch that there was.
fn alternatives(
    rules: &mut Rules<'_>,
    pair: &Pair,
    (keyword, branches): (&'static str, &[NodeId]),
    found: &mut Findings,
) {
    if branches.iter().any(|&new| rules.trial(Pair { olds: pair.olds.clone(), new })) {
        return;
    }
    let mut told: Option<Vec<(usize, NodeId)>> = None;
    for &id in &pair.olds {
        for before in ["anyOf", "oneOf"] {
            let old = rules.old.list(id, before);
            if old.is_empty() {
                continue;
            }
            let failing: Vec<(usize, NodeId)> = old
                .iter()
                .enumerate()
                .filter(|&(index, &branch)| !taken(rules, pair, branch, index, branches))
                .map(|(index, &branch)| (index, branch))
                .collect();
            if failing.is_empty() {
                return;
            }
            told.get_or_insert(failing);
        }
    }
    let (added, narrowed) = match keyword {
        "anyOf" => ("any_of_added", "any_of_narrowed"),
        _ => ("one_of_added", "one_of_changed"),
    };
    let Some(failing) = told else {
        let said = "must match one of some schemas now";
        found.reasons.push(rules.reason(pair.new, &[keyword], added, said));
        return;
    };
    for (index, branch) in failing {
        match branches.get(index) {
            // What the branch at the same place refuses tells more.
            Some(&new) => found.next.push(narrower(rules, pair, branch, new)),
            None => {
                let said = format!("no longer takes alternative {index}");
                found.reasons.push(rules.reason(pair.new, &[keyword], narrowed, &said));
            }
        }
    }
}

/// Whether some new branch holds where an old one does; the one at the same place is the likeliest.
fn taken(rules: &mut Rules<'_>, pair: &Pair, old: NodeId, index: usize, branches: &[NodeId]) -> bool {
    let likeliest = branches.get(index).copied();
    let others = branches.iter().copied().enumerate().filter(|&(other, _)| other != index).map(|(_, id)| id);
    likeliest.into_iter().chain(others).any(|new| {
        if rules.steps_left == 0 {
            return false;
        }
        let asked = narrower(rules, pair, old, new);
        rules.trial(asked)
    })
}

fn same_choice(rules: &mut Rules<'_>, pair: &Pair, branches: &[NodeId]) -> bool {
    pair.olds.iter().any(|&id| {
        let old = rules.old.list(id, "oneOf");
        old.len() == branches.len() && old.iter().zip(branches).all(|(&a, &b)| rules.same(a, b))
    })
}

/// What tells branches apart: the kinds they take, and the texts that a required property may have.
struct Telling {
    kinds: Kinds,
    tags: BTreeMap<String, BTreeSet<String>>,
}

/// Whether no value can match two of the branches, so that exactly one is the same as any.
fn are_disjoint(rules: &mut Rules<'_>, branches: &[NodeId]) -> bool {
    let telling: Vec<Telling> = branches.iter().map(|&id| tell(rules.new, id)).collect();
    let pairs = (telling.len() as u64).saturating_pow(2);
    rules.steps_left = rules.steps_left.saturating_sub(pairs / 16);
    let apart = |a: &Telling, b: &Telling| {
        let objects = |side: &Telling| side.kinds.and(Kinds::one(Kind::Object)) == side.kinds;
        let tagged = || {
            a.tags
                .iter()
                .any(|(name, texts)| b.tags.get(name).is_some_and(|others| texts.is_disjoint(others)))
        };
        a.kinds.and(b.kinds) == Kinds::NONE || (objects(a) && objects(b) && tagged())
    };
    pairs < 1_000_000
        && telling.iter().enumerate().all(|(index, a)| telling.iter().skip(index + 1).all(|b| apart(a, b)))
}

fn tell(side: &Side<'_>, id: NodeId) -> Telling {
    let all = side.conjuncts(&[id]);
    let lists = all.iter().filter_map(|&at| side.heard(at, "required")?.as_array());
    let required: BTreeSet<&str> = lists.flatten().filter_map(Value::as_str).collect();
    let mut tags = BTreeMap::new();
    for (name, child) in all.iter().flat_map(|&at| side.named(at, "properties")) {
        if required.contains(name)
            && let Some(texts) = texts_of(side, child)
        {
            tags.insert(name.to_owned(), texts);
        }
    }
    Telling { kinds: side.kinds(&all), tags }
}

/// The texts that a schema lists, if it lists nothing else.
fn texts_of(side: &Side<'_>, id: NodeId) -> Option<BTreeSet<String>> {
    let listed = match (side.heard(id, "const"), side.heard(id, "enum")) {
        (Some(value), _) => std::slice::from_ref(value),
        (None, Some(Value::Array(values))) => values.as_slice(),
        _ => return None,
    };
    listed.iter().map(|value| value.as_str().map(str::to_owned)).collect()
}

fn negation(rules: &mut Rules<'_>, pair: &Pair, found: &mut Findings) {
    let Some(child) = rules.new.one(pair.new, "not") else { return };
    if rules.new.is_false(child) {
        return;
    }
    let before: Vec<NodeId> = pair.olds.iter().filter_map(|&id| rules.old.one(id, "not")).collect();
    if !before.iter().any(|&old| rules.same(old, child)) {
        let rule = if before.is_empty() { "not_added" } else { "not_changed" };
        found.reasons.push(rules.reason(pair.new, &["not"], rule, "refuses other values now"));
    }
}

fn condition(rules: &mut Rules<'_>, pair: &Pair, found: &mut Findings) {
    let new = rules.new;
    let Some(test) = new.one(pair.new, "if") else { return };
    let branches: Vec<(&str, NodeId)> = ["then", "else"]
        .into_iter()
        .filter_map(|keyword| Some((keyword, new.one(pair.new, keyword)?)))
        .collect();
    let before: Vec<(NodeId, NodeId)> =
        pair.olds.iter().filter_map(|&id| Some((id, rules.old.one(id, "if")?))).collect();
    let mut told = Vec::new();
    for (keyword, child) in branches {
        if new.is_trivial(child) || rules.trial(Pair { olds: pair.olds.clone(), new: child }) {
            continue;
        }
        let same = before.iter().copied().find(|&(_, old)| rules.same(old, test));
        match same.and_then(|(id, _)| rules.old.one(id, keyword)) {
            Some(old) => found.next.push(narrower(rules, pair, old, child)),
            None => told.push(keyword),
        }
    }
    for keyword in told {
        let rule = if before.is_empty() { "condition_added" } else { "condition_changed" };
        let said = format!("has another `{keyword}` now");
        found.reasons.push(rules.reason(pair.new, &[keyword], rule, &said));
    }
}

/// `dependentSchemas`, and the schemas in `dependencies`.
fn dependent(rules: &mut Rules<'_>, pair: &Pair, found: &mut Findings) {
    for keyword in ["dependentSchemas", "dependencies"] {
        for (name, child) in rules.new.named(pair.new, keyword) {
            if rules.new.is_trivial(child) || rules.trial(Pair { olds: pair.olds.clone(), new: child }) {
                continue;
            }
            let old = pair.olds.iter().find_map(|&id| rules.old.member(id, keyword, name));
            match old {
                Some(old) => found.next.push(narrower(rules, pair, old, child)),
                None => {
                    let said = format!("must match a schema now where it has `{name}`");
                    let segments = [keyword, name];
                    let reason = rules.reason(pair.new, &segments, "dependent_schema_added", &said);
                    found.reasons.push(reason);
                }
            }
        }
    }
}
