//! Tests of comparing schemas: each rule by example, what must not be breaking, and random pairs against data.

mod objects;
mod random;
mod rules;
mod worlds;

use std::sync::Arc;

use super::{Verdict, compare};

/// The verdict on a change in workspaces that have the given collections before and after.
fn verdict_among(old: &str, before: &[(&str, &str)], new: &str, after: &[(&str, &str)]) -> Verdict {
    let find = |collections: &[(&str, &str)], id: &str| {
        collections.iter().find(|(name, _)| *name == id).map(|(_, schema)| Arc::from(*schema))
    };
    compare(old, &|id| find(before, id), new, &|id| find(after, id))
        .unwrap_or_else(|e| panic!("{e}: {old} {new}"))
}

fn verdict(old: &str, new: &str) -> Verdict {
    verdict_among(old, &[], new, &[])
}

/// The rules that the verdict names, sorted, each once.
fn rules_of(verdict: &Verdict) -> String {
    let mut rules: Vec<&str> = verdict.reasons.iter().map(|reason| reason.rule).collect();
    rules.sort_unstable();
    rules.dedup();
    rules.join(" ")
}

/// Checks the rules that changes break; none where they break nothing.
fn check(changes: impl Iterator<Item = (String, String, &'static str)>) {
    let mut wrong = Vec::new();
    for (old, new, rules) in changes {
        let verdict = verdict(&old, &new);
        if rules_of(&verdict) != rules || verdict.breaking == rules.is_empty() {
            wrong.push(format!("{old}\n{new}\nexpected {rules:?}, got {verdict:?}\n"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
