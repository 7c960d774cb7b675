//! The rules of keywords that look at the members of an object. A property that only the new schema declares, on an
//! object that was open, is passed over and noted.

use std::collections::BTreeSet;
use std::rc::Rc;

use serde_json::Value;

use crate::schema::compatibility::Reason;
use crate::schema::compatibility::rules::{Findings, Pair, Rules};
use crate::schema::compatibility::side::Side;
use crate::schema::graph::NodeId;
use crate::schema::outcome::Kinds;
use crate::schema::violation::short;

/// A schema for the members that some names and patterns leave over.
struct Closing {
    names: BTreeSet<String>,
    patterns: BTreeSet<String>,
    rest: NodeId,
    keyword: &'static str,
}

impl Closing {
    fn covers(&self, side: &Side<'_>, name: &str) -> bool {
        self.names.contains(name) || self.patterns.iter().any(|p| side.graph.patterns.matches(p, name))
    }
}

/// The names that a schema has for the members of an object, also in alternatives.
pub(super) struct Names<'s> {
    declared: BTreeSet<&'s str>,
    /// Patterns; what they hold may not apply.
    patterns: BTreeSet<&'s str>,
}

impl<'s> Names<'s> {
    pub(super) fn of(side: &Side<'s>, id: NodeId) -> Self {
        let here = side.graph.in_place(id);
        let all = |keyword| here.iter().flat_map(move |&id| side.named(id, keyword)).map(|(name, _)| name);
        Self { declared: all("properties").collect(), patterns: all("patternProperties").collect() }
    }
}

/// The members of one pair.
pub(super) struct Objects<'r, 's> {
    rules: &'r mut Rules<'s>,
    pair: &'r Pair,
    /// The names and patterns that the old nodes have.
    names: Vec<Rc<Names<'s>>>,
    /// The patterns that hold for sure.
    patterns: Vec<(&'s str, NodeId)>,
    /// What the old nodes say of members that they do not name.
    closings: Vec<Closing>,
}

impl<'r, 's> Objects<'r, 's> {
    pub(super) fn new(rules: &'r mut Rules<'s>, pair: &'r Pair) -> Self {
        let old: &'s Side<'s> = rules.old;
        let closings = pair.olds.iter().flat_map(|&id| {
            let unevaluated = unevaluated(old, id, &old.graph.in_place(id));
            [additional(old, id), unevaluated].into_iter().flatten()
        });
        let closings = closings.filter(|closing| !old.is_trivial(closing.rest)).collect();
        let patterns = pair.olds.iter().flat_map(|&id| old.named(id, "patternProperties")).collect();
        let names = pair.olds.iter().map(|&id| rules.names(id)).collect();
        Self { rules, pair, names, patterns, closings }
    }

    pub(super) fn compare(&mut self, found: &mut Findings) {
        self.dependent(found);
        self.names(found);
        let new = self.pair.new;
        for (name, child) in self.rules.new.named(new, "properties") {
            self.property(name, child, found);
        }
        for (pattern, child) in self.rules.new.named(new, "patternProperties") {
            if !self.rules.new.is_trivial(child) {
                self.matching(pattern, child, found);
            }
        }
        let side = self.rules.new;
        let besides = side.conjuncts(&[new]);
        for closing in [additional(side, new), unevaluated(side, new, &besides)].into_iter().flatten() {
            if !side.is_trivial(closing.rest) {
                self.others(&closing, found);
            }
        }
    }

    fn is_declared(&self, name: &str) -> bool {
        self.names.iter().any(|names| names.declared.contains(name))
    }

    /// The names that the old schema declares, also in alternatives.
    fn declared(&self) -> BTreeSet<&'s str> {
        self.names.iter().flat_map(|names| names.declared.iter().copied()).collect()
    }

    /// The old nodes that hold for the member of a name; none where the object was open.
    fn old_at(&mut self, name: &str) -> Vec<NodeId> {
        let old = self.rules.old;
        self.rules.steps_left = self.rules.steps_left.saturating_sub(self.patterns.len() as u64 / 8);
        let mut at: Vec<NodeId> =
            self.pair.olds.iter().filter_map(|&id| old.member(id, "properties", name)).collect();
        let matches = |pattern: &str| old.graph.patterns.matches(pattern, name);
        let patterns = self.patterns.iter().filter(|&&(_, id)| !old.is_trivial(id));
        at.extend(patterns.filter(|(pattern, _)| matches(pattern)).map(|&(_, id)| id));
        at.extend(
            self.closings.iter().filter(|closing| !closing.covers(old, name)).map(|closing| closing.rest),
        );
        at
    }

    fn is_impossible(&self, at: &[NodeId]) -> bool {
        let old = self.rules.old;
        old.kinds(&old.conjuncts(at)) == Kinds::NONE
    }

    fn ask(&self, olds: &[NodeId], new: NodeId, found: &mut Findings) {
        found.next.push(self.rules.pair(olds, new));
    }

    fn property(&mut self, name: &str, child: NodeId, found: &mut Findings) {
        let at = self.old_at(name);
        let place = (self.pair.new, name.to_owned());
        if at.is_empty() && !self.is_declared(name) && !self.rules.new.is_false(child) {
            self.rules.added.push(place);
            return;
        }
        self.rules.constrained.push(place);
        self.ask(&at, child, found);
    }

    /// `dependentRequired`, and the lists of names in `dependencies`.
    fn dependent(&self, found: &mut Findings) {
        let (old, new) = (self.rules.old, self.rules.new);
        for keyword in ["dependentRequired", "dependencies"] {
            let Some(Value::Object(members)) = new.heard(self.pair.new, keyword) else { continue };
            for (name, needs) in members {
                let olds = self.pair.olds.iter();
                let same = olds.clone().filter_map(|&id| old.heard(id, keyword)?.get(name));
                let always = olds.filter_map(|&id| old.heard(id, "required"));
                let before: BTreeSet<&str> = same.chain(always).flat_map(texts).collect();
                for need in texts(needs).filter(|need| !before.contains(need)) {
                    let said = format!("must have `{}` now where it has `{}`", short(need), short(name));
                    let segments = [keyword, name];
                    found.reasons.push(self.rules.reason(
                        self.pair.new,
                        &segments,
                        "dependent_required_added",
                        &said,
                    ));
                }
            }
        }
    }

    fn names(&self, found: &mut Findings) {
        let Some(child) = self.rules.new.one(self.pair.new, "propertyNames") else { return };
        if self.rules.new.is_trivial(child) {
            return;
        }
        let olds = self.pair.olds.iter();
        let before: Vec<NodeId> = olds.filter_map(|&id| self.rules.old.one(id, "propertyNames")).collect();
        if before.is_empty() {
            let said = "restricts the names of properties now";
            found.reasons.push(self.rules.reason(
                self.pair.new,
                &["propertyNames"],
                "property_names_added",
                said,
            ));
        } else {
            self.ask(&before, child, found);
        }
    }

    /// The members whose names match a pattern.
    fn matching(&mut self, pattern: &str, child: NodeId, found: &mut Findings) {
        let new = self.rules.new;
        for name in self.declared() {
            self.rules.steps_left = self.rules.steps_left.saturating_sub(1);
            if new.graph.patterns.matches(pattern, name) {
                let at = self.old_at(name);
                self.ask(&at, child, found);
            }
        }
        let old = self.rules.old;
        let equal = self.pair.olds.iter().filter_map(|&id| old.member(id, "patternProperties", pattern));
        let equal: Vec<NodeId> = equal.collect();
        if !equal.is_empty() {
            self.ask(&equal, child, found);
            return;
        }
        let segments = ["patternProperties", pattern];
        let said = format!("restricts properties that match `{}` now", short(pattern));
        let reason = self.rules.reason(self.pair.new, &segments, "pattern_property_added", &said);
        self.unnamed(child, &BTreeSet::new(), reason, found);
    }

    /// The members that a closing of the new node leaves over.
    fn others(&mut self, closing: &Closing, found: &mut Findings) {
        let new = self.rules.new;
        let closed = new.is_false(closing.rest);
        for name in self.declared() {
            self.rules.steps_left = self.rules.steps_left.saturating_sub(1);
            if closing.covers(new, name) {
                continue;
            }
            let at = self.old_at(name);
            if closed && !self.is_impossible(&at) {
                found.reasons.push(self.removed(name));
            } else {
                self.ask(&at, closing.rest, found);
            }
        }
        let said = match closed {
            true => "no longer takes other properties",
            false => "restricts other properties now",
        };
        let rule = match closing.keyword {
            "additionalProperties" => "additional_properties_closed",
            _ => "unevaluated_properties_closed",
        };
        let reason = self.rules.reason(self.pair.new, &[closing.keyword], rule, said);
        self.unnamed(closing.rest, &closing.patterns, reason, found);
    }

    /// Members that no old node names, those under the patterns `except` left out.
    fn unnamed(&self, new: NodeId, except: &BTreeSet<String>, reason: Reason, found: &mut Findings) {
        let closed = self.rules.new.is_false(new);
        // Names that match a pattern may have no more than that pattern's schema, if even that.
        let maybe: BTreeSet<&str> =
            self.names.iter().flat_map(|names| names.patterns.iter().copied()).collect();
        let patterns = maybe.into_iter().filter(|pattern| !except.contains(*pattern)).map(|pattern| {
            self.patterns.iter().filter(|(other, _)| *other == pattern).map(|&(_, id)| id).collect()
        });
        let mut groups: Vec<Vec<NodeId>> = patterns.collect();
        groups.push(self.closings.iter().map(|closing| closing.rest).collect());
        let mut told = false;
        for group in groups {
            let pair = self.rules.pair(&group, new);
            if self.rules.old.kinds(&pair.olds) == Kinds::NONE {
                continue;
            }
            if closed || pair.olds.is_empty() {
                told = true;
            } else {
                found.next.push(pair);
            }
        }
        if told {
            found.reasons.push(reason);
        }
    }

    /// The finding of a property that only the old schema has, where the new one takes no other.
    fn removed(&self, name: &str) -> Reason {
        let old = self.rules.old;
        let mut reason = self.rules.reason(
            self.pair.new,
            &[],
            "property_removed",
            &format!("no longer takes the property `{}`", short(name)),
        );
        let declaring = self.pair.olds.iter().find(|&&id| old.member(id, "properties", name).is_some());
        if let Some(&declaring) = declaring {
            reason.pointer = old.pointer(declaring, &["properties", name]);
        }
        reason
    }
}

/// Compares the names that must be there.
pub(super) fn required(rules: &Rules<'_>, pair: &Pair, found: &mut Findings) {
    let Some(names) = rules.new.heard(pair.new, "required") else { return };
    let lists = pair.olds.iter().filter_map(|&id| rules.old.heard(id, "required"));
    let before: BTreeSet<&str> = lists.flat_map(texts).collect();
    for (index, name) in texts(names).enumerate() {
        if !before.contains(name) {
            let said = format!("must have `{}` now", short(name));
            let segments = ["required", &index.to_string()];
            found.reasons.push(rules.reason(pair.new, &segments, "required_added", &said));
        }
    }
}

fn texts(value: &Value) -> impl Iterator<Item = &str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str)
}

/// What `additionalProperties` of a node closes.
fn additional(side: &Side<'_>, id: NodeId) -> Option<Closing> {
    let keyword = "additionalProperties";
    let rest = side.one(id, keyword)?;
    let keys = |keyword| side.named(id, keyword).into_iter().map(|(name, _)| name.to_owned()).collect();
    Some(Closing { names: keys("properties"), patterns: keys("patternProperties"), rest, keyword })
}

/// What `unevaluatedProperties` of a node closes, when the nodes `among` are those that evaluate members.
///
/// For the old side these are all that might, for the new side those that certainly do: so what is taken to be
/// open before and closed after is never too little.
fn unevaluated(side: &Side<'_>, id: NodeId, among: &[NodeId]) -> Option<Closing> {
    let keyword = "unevaluatedProperties";
    let rest = side.one(id, keyword)?;
    let evaluates_all = |other: NodeId| {
        side.heard(other, "additionalProperties").is_some()
            || (other != id && side.heard(other, keyword).is_some())
    };
    if among.iter().any(|&other| evaluates_all(other)) {
        return None;
    }
    let keys = |keyword| {
        let each = among.iter().flat_map(move |&other| side.named(other, keyword));
        each.map(|(name, _)| name.to_owned()).collect()
    };
    Some(Closing { names: keys("properties"), patterns: keys("patternProperties"), rest, keyword })
}
