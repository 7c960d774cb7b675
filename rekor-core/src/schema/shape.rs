//! What a schema says of a path in the data, for queries and indexes: that it cannot exist, what it is, or
//! nothing. Says that a field is impossible only when no record that matches can have it.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;

use crate::ground::error::Result;
use crate::schema::graph::{Graph, NodeId, Same, Via};
use crate::schema::nearest::nearest;
use crate::schema::outcome::{Declared, Kind, Kinds, Outcome};
use crate::schema::source::read_all;
use crate::schema::{Resolve, cost, walk};

/// Segments of a path that are looked at; nothing is said of what lies deeper than data can.
const PATH_SEGMENTS_MAX: usize = 64;

/// What a schema says of one path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Field {
    /// No record that matches the schema can have it.
    Impossible {
        /// The path that was probably meant, dotted, without the `data.` before it.
        nearest: Option<String>,
    },
    /// The schema declares it.
    Known(Declared),
    /// The schema says nothing of it.
    Open,
}

/// What a schema says of all paths.
pub struct Shape {
    graph: Graph,
}

impl Shape {
    /// Reads a schema for its shape alone, as an upsert accepted it earlier.
    pub fn of(schema_text: &str, resolve: &Resolve<'_>) -> Result<Self> {
        let graph = walk::Walk::run(&read_all(schema_text, resolve)?)?;
        cost::check(&graph)?;
        Ok(Self::new(graph))
    }

    pub(super) fn new(graph: Graph) -> Self {
        Self { graph }
    }

    pub(super) fn references(&self) -> &[String] {
        &self.graph.references
    }

    pub(super) fn graph(&self) -> &Graph {
        &self.graph
    }

    /// What the schema says of the value at `path`, whose segments are keys or the indexes of elements.
    #[must_use]
    pub fn field<S: AsRef<str>>(&self, path: &[S]) -> Field {
        let path: Vec<&str> = path.iter().map(AsRef::as_ref).collect();
        if path.len() > PATH_SEGMENTS_MAX {
            return Field::Open;
        }
        match self.outcome(&path) {
            Outcome::Open => Field::Open,
            Outcome::Known(declared) => Field::Known(declared),
            Outcome::Impossible => Field::Impossible { nearest: self.meant(&path) },
        }
    }

    /// The names that the schema declares at `path`, sorted.
    #[must_use]
    pub fn names<S: AsRef<str>>(&self, path: &[S]) -> Vec<String> {
        let mut at = BTreeSet::from([NodeId::ROOT]);
        for segment in path.iter().map(AsRef::as_ref).take(PATH_SEGMENTS_MAX) {
            at = self.below(&at, segment);
        }
        let mut names = BTreeSet::new();
        for id in at.into_iter().flat_map(|id| self.graph.in_place(id)) {
            for (via, to) in &self.graph.node(id).steps {
                if let Via::Property(name) = via
                    && self.graph.node(*to).constant != Some(false)
                {
                    names.insert(name.clone());
                }
            }
        }
        names.into_iter().collect()
    }

    fn below(&self, from: &BTreeSet<NodeId>, segment: &str) -> BTreeSet<NodeId> {
        let mut found = BTreeSet::new();
        for id in from.iter().flat_map(|&id| self.graph.in_place(id)) {
            for (via, to) in &self.graph.node(id).steps {
                let leads = match via {
                    Via::Property(name) => name == segment,
                    Via::Matching(pattern) => self.graph.patterns.matches(pattern, segment),
                    Via::Element(index) => segment == index.to_string(),
                    Via::OtherProperties => true,
                    Via::OtherElements => is_index(segment),
                    _ => false,
                };
                if leads {
                    found.insert(*to);
                }
            }
        }
        found
    }

    fn outcome(&self, path: &[&str]) -> Outcome {
        Question { graph: &self.graph, path, answers: HashMap::new() }.ask(NodeId::ROOT, 0)
    }

    /// The path nearest to one that is impossible: its first impossible segment replaced.
    fn meant(&self, path: &[&str]) -> Option<String> {
        let possible = |end: &usize| self.outcome(path.get(..*end).unwrap_or(path)) == Outcome::Impossible;
        let wrong = (1..=path.len()).find(possible)?;
        let (segment, before) = path.get(..wrong)?.split_last()?;
        let names = self.names(before);
        let others = names.iter().map(String::as_str).filter(|name| name != segment);
        let name = nearest(segment, others)?;
        let after = path.get(wrong..).unwrap_or_default();
        let replaced: Vec<&str> = before.iter().copied().chain([name]).chain(after.iter().copied()).collect();
        let whole = self.outcome(&replaced) != Outcome::Impossible;
        let shown = if whole { replaced.as_slice() } else { replaced.get(..wrong).unwrap_or_default() };
        Some(dotted(shown))
    }
}

/// Joins the segments of a path with dots; a dot or backslash in a segment is escaped by a backslash.
///
/// For example `address` and `geo.lat` become `address.geo\.lat`.
pub fn dotted<S: AsRef<str>>(segments: impl IntoIterator<Item = S>) -> String {
    let mut path = String::new();
    for (index, segment) in segments.into_iter().enumerate() {
        let segment = segment.as_ref().replace('\\', "\\\\").replace('.', "\\.");
        let dot = if index == 0 { "" } else { "." };
        // Writing to a string cannot fail.
        let _ = write!(path, "{dot}{segment}");
    }
    path
}

fn is_index(segment: &str) -> bool {
    segment == "0" || (segment.parse::<usize>().is_ok() && !segment.starts_with(['0', '+']))
}

/// One path that is asked about; each schema answers once for each rest of it.
struct Question<'a> {
    graph: &'a Graph,
    path: &'a [&'a str],
    answers: HashMap<(NodeId, usize), Outcome>,
}

impl Question<'_> {
    /// What the schema `id` says of the rest of the path, once the first `gone` segments are gone.
    fn ask(&mut self, id: NodeId, gone: usize) -> Outcome {
        if let Some(&answer) = self.answers.get(&(id, gone)) {
            return answer;
        }
        self.answers.insert((id, gone), Outcome::Open);
        let node = self.graph.node(id);
        let mut answer = match (node.constant, self.path.get(gone)) {
            (Some(false), _) => Outcome::Impossible,
            (Some(true), None) => Outcome::Known(Declared { kinds: Kinds::ANY, date_time: false }),
            (Some(true), Some(_)) => Outcome::Open,
            (None, None) => Outcome::Known(Declared { kinds: node.kinds, date_time: node.date_time }),
            (None, Some(segment)) => self.below(id, segment, gone),
        };
        answer = self.in_place(id, gone, answer);
        self.answers.insert((id, gone), answer);
        answer
    }

    /// Adds what the schemas that `id` applies to the same value say.
    fn in_place(&mut self, id: NodeId, gone: usize, own: Outcome) -> Outcome {
        let (mut answer, mut either, mut then, mut otherwise, mut with_if) = (own, None, None, None, false);
        for (via, to) in &self.graph.node(id).steps {
            let Via::Same(same) = via else { continue };
            match same {
                Same::Reference | Same::AllOf => answer = answer.and(self.ask(*to, gone)),
                // `anyOf` and `oneOf` side by side count as one list, which only makes the answer less certain.
                Same::OneOrMore => {
                    let said = self.ask(*to, gone);
                    either = Some(either.map_or(said, |before: Outcome| before.or(said)));
                }
                Same::If => with_if = true,
                Same::Then => then = Some(self.ask(*to, gone)),
                Same::Else => otherwise = Some(self.ask(*to, gone)),
                Same::Maybe => {}
            }
        }
        if let Some(either) = either {
            answer = answer.and(either);
        }
        if with_if {
            answer = answer.and(then.unwrap_or(Outcome::Open).or(otherwise.unwrap_or(Outcome::Open)));
        }
        answer
    }

    /// What a schema object says of a member or element and of what is under it.
    fn below(&mut self, id: NodeId, segment: &str, gone: usize) -> Outcome {
        let kinds = self.graph.node(id).kinds;
        let mut answer = Outcome::Impossible;
        if kinds.allows(Kind::Object) {
            answer = answer.or(self.member(id, segment, gone));
        }
        if kinds.allows(Kind::Array) && is_index(segment) {
            answer = answer.or(self.element(id, segment, gone));
        }
        answer
    }

    fn member(&mut self, id: NodeId, segment: &str, gone: usize) -> Outcome {
        let mut answer = Outcome::Open;
        let mut named = false;
        let steps = &self.graph.node(id).steps;
        for (via, to) in steps {
            let leads = match via {
                Via::Property(name) => name == segment,
                Via::Matching(pattern) => self.graph.patterns.matches(pattern, segment),
                _ => false,
            };
            if leads {
                named = true;
                answer = answer.and(self.ask(*to, gone + 1));
            }
        }
        for (via, to) in steps {
            let applies = match via {
                Via::OtherProperties => !named,
                Via::UnevaluatedProperties => !named && !self.may_evaluate(id, segment),
                _ => false,
            };
            if applies && self.graph.node(*to).constant != Some(true) {
                answer = answer.and(self.ask(*to, gone + 1));
            }
        }
        answer
    }

    /// Whether a schema that applies to the same object may look at the member, so that it is not unevaluated.
    fn may_evaluate(&self, id: NodeId, segment: &str) -> bool {
        self.graph.in_place(id).into_iter().any(|at| {
            self.graph.node(at).steps.iter().any(|(via, _)| match via {
                Via::Property(name) => name == segment,
                Via::Matching(pattern) => self.graph.patterns.matches(pattern, segment),
                Via::OtherProperties => true,
                Via::UnevaluatedProperties => at != id,
                _ => false,
            })
        })
    }

    fn element(&mut self, id: NodeId, segment: &str, gone: usize) -> Outcome {
        let steps = &self.graph.node(id).steps;
        let at = |via: &Via| matches!(via, Via::Element(index) if segment == index.to_string());
        let step = steps.iter().find(|(via, _)| at(via));
        let step = step.or_else(|| steps.iter().find(|(via, _)| *via == Via::OtherElements));
        match step {
            Some(&(_, to)) if self.graph.node(to).constant != Some(true) => self.ask(to, gone + 1),
            _ => Outcome::Open,
        }
    }
}
