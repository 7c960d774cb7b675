//! The rules: a walk through both schemas side by side that finds what the new one could refuse.
//!
//! The question at each place is whether a new subschema holds wherever some old ones hold together. Old
//! subschemas that hold together are those behind `$ref` and `allOf`, and, inside an alternative, its branch; so
//! moving keywords between them changes nothing. What is met again on the way is taken to hold, which is right for
//! schemas that recur, as long as nothing that leads there fails.
//!
//! Silence must mean that nothing is refused: what no rule understands is a finding. Never runs a schema.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use crate::schema::compatibility::objects::{Names, Objects};
use crate::schema::compatibility::side::{self, Side};
use crate::schema::compatibility::words::label;
use crate::schema::compatibility::{Reason, arrays, choices, objects, values};
use crate::schema::graph::{NodeId, Same, Via};
use crate::schema::outcome::{Kind, Kinds};

/// Places that are compared at most, patterns tried and pairs of branches included.
const STEPS_MAX: u64 = 30_000;
/// Alternatives that are tried inside each other.
const TRIALS_DEPTH_MAX: usize = 24;
/// Findings that are kept.
const REASONS_MAX: usize = 1_000;

/// A question: does `new` hold wherever all of `olds` do?
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Pair {
    pub(super) olds: Vec<NodeId>,
    pub(super) new: NodeId,
}

/// What one place says: what it refuses, and the questions that it leads to.
#[derive(Default)]
pub(super) struct Findings {
    pub(super) reasons: Vec<Reason>,
    pub(super) next: Vec<Pair>,
}

/// A property of a new object schema.
pub(super) type Property = (NodeId, String);

/// The walk.
pub(super) struct Rules<'s> {
    pub(super) old: &'s Side<'s>,
    pub(super) new: &'s Side<'s>,
    pub(super) steps_left: u64,
    /// What was met, in order, so that a trial that fails can be taken back.
    seen: HashSet<Pair>,
    met: Vec<Pair>,
    failed: HashSet<Pair>,
    depth: usize,
    /// The names of members that each old node and its alternatives have, once asked for.
    names: HashMap<NodeId, Rc<Names<'s>>>,
    /// Properties that are new on an open object, and those that the old schema has something to say of.
    pub(super) added: Vec<Property>,
    pub(super) constrained: Vec<Property>,
}

/// What the walk found.
pub(super) struct Found {
    pub(super) reasons: Vec<Reason>,
    /// The properties that are new wherever their object is met.
    pub(super) added: HashSet<Property>,
    /// Whether these are all properties that were passed over.
    pub(super) complete: bool,
    #[cfg(test)]
    pub(super) passed_over: Vec<Property>,
}

impl<'s> Rules<'s> {
    /// Compares both schemas from their roots.
    pub(super) fn run(old: &'s Side<'s>, new: &'s Side<'s>) -> Found {
        let mut rules = Self {
            old,
            new,
            steps_left: STEPS_MAX,
            seen: HashSet::new(),
            met: Vec::new(),
            failed: HashSet::new(),
            depth: 0,
            names: HashMap::new(),
            added: Vec::new(),
            constrained: Vec::new(),
        };
        let root = rules.pair(&[NodeId::ROOT], NodeId::ROOT);
        let mut reasons = Vec::new();
        rules.holds(root, Some(&mut reasons));
        if rules.steps_left == 0 {
            let message = "the schemas are too large to compare, and are not proven to take the same data";
            reasons.push(Reason::new("", "too_large_to_compare", message));
        }
        let mut told = HashSet::new();
        reasons.retain(|reason: &Reason| told.insert((reason.pointer.clone(), reason.rule)));
        reasons.sort_by(|a, b| (&a.pointer, a.rule).cmp(&(&b.pointer, b.rule)));
        let (added, complete) = rules.added_everywhere();
        Found {
            reasons,
            added,
            complete,
            #[cfg(test)]
            passed_over: rules.added,
        }
    }

    /// The question of some old nodes, with all that hold besides them, and a new one.
    pub(super) fn pair(&self, olds: &[NodeId], new: NodeId) -> Pair {
        Pair { olds: self.old.conjuncts(olds), new }
    }

    /// Whether a pair holds, and all that it leads to. Goes on after a failure only to tell all reasons.
    fn holds(&mut self, start: Pair, mut reasons: Option<&mut Vec<Reason>>) -> bool {
        let (mut queue, mut holds) = (vec![start], true);
        while let Some(pair) = queue.pop() {
            if self.old.kinds(&pair.olds) == Kinds::NONE || !self.seen.insert(pair.clone()) {
                continue;
            }
            self.met.push(pair.clone());
            self.steps_left = self.steps_left.saturating_sub(1 + pair.olds.len() as u64 / 8);
            if self.steps_left == 0 {
                return false;
            }
            let mut found = Findings::default();
            self.place(&pair, reasons.is_none(), &mut found);
            queue.append(&mut found.next);
            if found.reasons.is_empty() {
                continue;
            }
            holds = false;
            let Some(reasons) = reasons.as_deref_mut() else { return false };
            if reasons.len() < REASONS_MAX {
                reasons.append(&mut found.reasons);
            }
        }
        holds
    }

    /// Whether a pair holds, without telling why not.
    pub(super) fn trial(&mut self, pair: Pair) -> bool {
        if self.depth >= TRIALS_DEPTH_MAX || self.failed.contains(&pair) {
            return false;
        }
        let (met, added, constrained) = (self.met.len(), self.added.len(), self.constrained.len());
        self.depth += 1;
        let holds = self.holds(pair.clone(), None);
        self.depth -= 1;
        if !holds {
            // What was taken to hold on the way may rest on what failed.
            for pair in self.met.drain(met..) {
                self.seen.remove(&pair);
            }
            self.added.truncate(added);
            self.constrained.truncate(constrained);
            self.failed.insert(pair);
        }
        holds
    }

    /// The names of members that an old node and its alternatives have.
    pub(super) fn names(&mut self, old: NodeId) -> Rc<Names<'s>> {
        let side = self.old;
        Rc::clone(self.names.entry(old).or_insert_with(|| Rc::new(Names::of(side, old))))
    }

    /// Whether an old and a new node say the same, annotations aside.
    pub(super) fn same(&mut self, old: NodeId, new: NodeId) -> bool {
        side::same(self.old, self.new, (old, new), &mut self.steps_left)
    }

    /// Looks at one place; `quick` leaves off at the first finding.
    fn place(&mut self, pair: &Pair, quick: bool, found: &mut Findings) {
        if self.new.is_false(pair.new) {
            found.reasons.push(self.reason(pair.new, &[], "forbidden", "no longer takes any value"));
            return;
        }
        // A reference of draft 7 silences what stands beside it, and has nothing to compare then.
        found.next.extend(self.new.besides(pair.new).map(|new| Pair { olds: pair.olds.clone(), new }));
        let kinds = self.old.kinds(&pair.olds);
        let may_be = |kind: Kind| kinds.and(Kinds::one(kind)) != Kinds::NONE;
        values::compare(self, pair, kinds, found);
        let done = |found: &Findings| quick && !found.reasons.is_empty();
        if may_be(Kind::Object) && !done(found) {
            objects::required(self, pair, found);
            if !done(found) {
                Objects::new(self, pair).compare(found);
            }
        }
        if may_be(Kind::Array) && !done(found) {
            arrays::compare(self, pair, found);
        }
        if !done(found) {
            choices::compare(self, pair, found);
        }
    }

    /// A finding at a keyword of a new node; `said` goes on after the name of the place.
    pub(super) fn reason(&self, new: NodeId, segments: &[&str], rule: &'static str, said: &str) -> Reason {
        let mut message = format!("{} {said}", label(&self.new.graph.node(new).pointer));
        if let Some(collection) = self.new.collection(new) {
            message.push_str(&format!(" (in collection `{collection}`)"));
        }
        Reason { pointer: self.new.pointer(new, segments), rule, message }
    }

    /// The added properties whose objects are met only where they are new, and whether these are all.
    fn added_everywhere(&self) -> (HashSet<Property>, bool) {
        let constrained: HashSet<&Property> = self.constrained.iter().collect();
        let apart = self.met_apart();
        let all: HashSet<&Property> = self.added.iter().collect();
        let kept: HashSet<Property> = all
            .iter()
            .filter(|property| !constrained.contains(*property) && !apart.contains(&property.0))
            .map(|property| Property::clone(property))
            .collect();
        let complete = kept.len() == all.len();
        (kept, complete)
    }

    /// The new nodes that data can also meet on ways that were not compared, as below a `not`.
    fn met_apart(&self) -> HashSet<NodeId> {
        let compared: HashSet<NodeId> = self.met.iter().map(|pair| pair.new).collect();
        let added: HashSet<(NodeId, &str)> =
            self.added.iter().map(|(id, name)| (*id, name.as_str())).collect();
        let mut apart = HashSet::new();
        let mut queue: Vec<NodeId> = Vec::new();
        for &id in &compared.iter().copied().collect::<BTreeSet<_>>() {
            for (via, to) in &self.new.graph.node(id).steps {
                let is_added = matches!(via, Via::Property(name) if added.contains(&(id, name)));
                // A node below `not` or `if` is apart even if it is compared elsewhere.
                let negative = matches!(via, Via::Same(Same::Maybe | Same::If));
                if *via != Via::Aside && !is_added && (negative || !compared.contains(to)) {
                    queue.push(*to);
                }
            }
        }
        while let Some(id) = queue.pop() {
            if apart.insert(id) {
                let steps = self.new.graph.node(id).steps.iter();
                queue.extend(steps.filter(|(via, _)| *via != Via::Aside).map(|&(_, to)| to));
            }
        }
        apart
    }
}
