//! The rules of keywords that look at the elements of an array.

use serde_json::Value;

use crate::codec::number::Number;
use crate::schema::compatibility::rules::{Findings, Pair, Rules};
use crate::schema::compatibility::side::Side;
use crate::schema::compatibility::values::number;
use crate::schema::graph::NodeId;
use crate::schema::outcome::Kinds;

/// What a node says of elements: the first ones by index, then all others.
struct Tuple {
    first: Vec<NodeId>,
    rest: Option<NodeId>,
}

/// Elements beyond some index, by `unevaluatedItems`.
struct Closing {
    from: usize,
    rest: NodeId,
}

/// Compares the keywords of elements.
pub(super) fn compare(rules: &mut Rules<'_>, pair: &Pair, found: &mut Findings) {
    elements(rules, pair, found);
    unique(rules, pair, found);
    contains(rules, pair, found);
}

fn tuple(side: &Side<'_>, id: NodeId) -> Tuple {
    let mut first = side.list(id, "prefixItems");
    first.extend(side.list(id, "items"));
    Tuple { first, rest: side.one(id, "items").or_else(|| side.one(id, "additionalItems")) }
}

/// What `unevaluatedItems` of a node closes, when the nodes `among` are those that evaluate elements: all that might
/// on the old side, those that certainly do on the new one.
fn unevaluated(side: &Side<'_>, id: NodeId, among: &[NodeId], is_old: bool) -> Option<Closing> {
    let rest = side.one(id, "unevaluatedItems")?;
    let mut from = 0;
    for &other in among {
        let tuple = tuple(side, other);
        let nested = other != id && side.one(other, "unevaluatedItems").is_some();
        if tuple.rest.is_some() || nested || (is_old && side.heard(other, "contains").is_some()) {
            return None;
        }
        from = from.max(tuple.first.len());
    }
    Some(Closing { from, rest })
}

fn elements(rules: &Rules<'_>, pair: &Pair, found: &mut Findings) {
    let (old, new) = (rules.old, rules.new);
    let tuples: Vec<Tuple> = pair.olds.iter().map(|&id| tuple(old, id)).collect();
    let closings = pair.olds.iter().filter_map(|&id| unevaluated(old, id, &old.graph.in_place(id), true));
    let closings: Vec<Closing> = closings.collect();
    let most = pair.olds.iter().filter_map(|&id| number(old.heard(id, "maxItems"))).min();
    let lengths = tuples.iter().map(|tuple| tuple.first.len()).chain(closings.iter().map(|c| c.from));
    let beyond = lengths.max().unwrap_or(0);
    let old_at = |index: usize| -> Vec<NodeId> {
        let declared = tuples.iter().filter_map(|tuple| tuple.first.get(index).copied().or(tuple.rest));
        let closed = closings.iter().filter(|closing| index >= closing.from).map(|closing| closing.rest);
        declared.chain(closed).collect()
    };
    let mut ask = |index: usize, child: NodeId| {
        // Elements that the old schema had no room for need no look.
        if most.is_none_or(|most| most > Number::Integer(index as i128)) {
            ask_at(rules, &old_at(index), child, found);
        }
    };
    let here = tuple(new, pair.new);
    for (index, &child) in here.first.iter().enumerate() {
        ask(index, child);
    }
    let after = unevaluated(new, pair.new, &new.conjuncts(&[pair.new]), false);
    let rest = here.rest.map(|rest| Closing { from: here.first.len(), rest });
    for closing in [rest, after].into_iter().flatten() {
        for index in closing.from..beyond.max(closing.from) + 1 {
            ask(index, closing.rest);
        }
    }
}

fn ask_at(rules: &Rules<'_>, at: &[NodeId], child: NodeId, found: &mut Findings) {
    if rules.new.is_trivial(child) {
        return;
    }
    let pair = rules.pair(at, child);
    if rules.new.is_false(child) {
        if rules.old.kinds(&pair.olds) != Kinds::NONE {
            let said = "are no longer taken";
            found.reasons.push(rules.reason(child, &[], "items_closed", said));
        }
    } else {
        found.next.push(pair);
    }
}

fn unique(rules: &Rules<'_>, pair: &Pair, found: &mut Findings) {
    let is_true = |value: Option<&Value>| value.and_then(Value::as_bool) == Some(true);
    if is_true(rules.new.heard(pair.new, "uniqueItems"))
        && !pair.olds.iter().any(|&id| is_true(rules.old.heard(id, "uniqueItems")))
    {
        let said = "must not repeat elements now";
        found.reasons.push(rules.reason(pair.new, &["uniqueItems"], "unique_items_added", said));
    }
}

fn contains(rules: &mut Rules<'_>, pair: &Pair, found: &mut Findings) {
    let (old, new) = (rules.old, rules.new);
    let Some(child) = new.one(pair.new, "contains") else { return };
    let least = |side: &Side<'_>, id| number(side.heard(id, "minContains")).unwrap_or(Number::Integer(1));
    let most = number(new.heard(pair.new, "maxContains"));
    let needed = least(new, pair.new);
    if needed <= Number::Integer(0) && most.is_none() {
        return;
    }
    let before: Vec<(NodeId, NodeId)> =
        pair.olds.iter().filter_map(|&id| Some((id, old.one(id, "contains")?))).collect();
    for &(id, schema) in &before {
        let enough = needed <= Number::Integer(0) || least(old, id) >= needed;
        let holds = match most {
            None => {
                enough && {
                    let asked = rules.pair(&[schema], child);
                    rules.trial(asked)
                }
            }
            // Counting those that match at most needs the same ones to match.
            Some(most) => {
                let before = number(old.heard(id, "maxContains"));
                enough && before.is_some_and(|before| before <= most) && rules.same(schema, child)
            }
        };
        if holds {
            return;
        }
    }
    let rule = if before.is_empty() { "contains_added" } else { "contains_narrowed" };
    let said = "needs other elements now";
    found.reasons.push(rules.reason(pair.new, &["contains"], rule, said));
}
