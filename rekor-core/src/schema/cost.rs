//! What checking data against a schema can cost, bounded before the schema is used. Never runs the schema.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::ground::error::{Code, Error, Result};
use crate::ground::limits;
use crate::schema::graph::{Graph, NodeId, Via};
use crate::schema::source::invalid;

/// Subschemas that may be entered inside each other. Each takes about 0.5 KiB of stack, and threads have 2 MiB.
const ENTERED_MAX: u64 = 1_000;
/// Steps that the search for doubling takes at most, so that it is no attack itself.
const DOUBLING_STEPS_MAX: usize = 1_000_000;

/// Refuses a schema that never ends, that costs too much once its references are expanded, or whose cost
/// doubles with each level of the data.
///
/// Answers the cost: the number of subschemas once references are expanded.
pub(super) fn check(graph: &Graph) -> Result<u64> {
    let innermost_first = check_ends(graph)?;
    let cost = check_expanded(graph)?;
    check_depth(graph, &innermost_first)?;
    check_doubling(graph)?;
    Ok(cost)
}

fn steps_in_place(graph: &Graph, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
    graph.node(id).steps.iter().filter(|(via, _)| matches!(via, Via::Same(_))).map(|&(_, to)| to)
}

/// Refuses a schema that applies itself to the same value. Answers all nodes, each after those that it applies
/// to the same value.
fn check_ends(graph: &Graph) -> Result<Vec<NodeId>> {
    #[derive(Clone, Copy, PartialEq)]
    enum State {
        New,
        Open,
        Done,
    }
    let mut states = vec![State::New; graph.nodes.len()];
    let mut innermost_first = Vec::with_capacity(graph.nodes.len());
    let mark = |states: &mut Vec<State>, id: NodeId, state| {
        if let Some(slot) = states.get_mut(id.0) {
            *slot = state;
        }
    };
    for start in (0..graph.nodes.len()).map(NodeId) {
        // The path from the start, each node with the steps that are still to be tried.
        let mut path: Vec<(NodeId, Vec<NodeId>)> = Vec::new();
        let mut enter = (states.get(start.0) == Some(&State::New)).then_some(start);
        loop {
            if let Some(id) = enter.take() {
                mark(&mut states, id, State::Open);
                path.push((id, steps_in_place(graph, id).collect()));
            }
            let Some((at, left)) = path.last_mut() else { break };
            let Some(to) = left.pop() else {
                mark(&mut states, *at, State::Done);
                innermost_first.push(*at);
                path.pop();
                continue;
            };
            match states.get(to.0) {
                Some(State::Open) => {
                    let error = invalid("the schema refers to itself without going down into the data");
                    let hint = "let it recur below `properties` or `items` only";
                    return Err(error.at(graph.place(to)).hint(hint));
                }
                Some(State::New) => enter = Some(to),
                _ => {}
            }
        }
    }
    Ok(innermost_first)
}

/// Bounds how many subschemas are entered inside each other while data is checked: each takes room on the stack
/// of the thread, and running out of it ends the process.
fn check_depth(graph: &Graph, innermost_first: &[NodeId]) -> Result<()> {
    // For each node the longest way from it, with one level of data more in each round.
    let mut shallower: Vec<u64> = vec![0; graph.nodes.len()];
    for _ in 0..=limits::NESTING.max {
        let mut depths: Vec<u64> = vec![0; graph.nodes.len()];
        for &id in innermost_first {
            let inner = graph.node(id).steps.iter().filter_map(|(via, to)| match via {
                Via::Aside => None,
                Via::Same(_) => depths.get(to.0),
                _ => shallower.get(to.0),
            });
            let depth = 1 + inner.copied().max().unwrap_or(0);
            if let Some(slot) = depths.get_mut(id.0) {
                *slot = depth;
            }
        }
        if depths == shallower {
            break;
        }
        shallower = depths;
    }
    let deepest = shallower.first().copied().unwrap_or(0);
    if deepest <= ENTERED_MAX {
        return Ok(());
    }
    let message = format!(
        "checking data can enter {deepest} subschemas inside each other, which is limited to {ENTERED_MAX}"
    );
    let hint =
        "shorten the chains of `$ref`, `allOf`, `anyOf` and `oneOf`, above all where the schema recurs";
    Err(Error::new(Code::SchemaTooComplex, message).at("").hint(hint))
}

/// Bounds the number of subschemas once references are replaced by what they name; one that recurs counts 1.
fn check_expanded(graph: &Graph) -> Result<u64> {
    let mut costs: HashMap<NodeId, u64> = HashMap::new();
    let mut path = vec![NodeId::ROOT];
    while let Some(&at) = path.last() {
        // A node on the path is entered with cost 1, so that what recurs counts 1.
        let entered = costs.insert(at, 1).is_some();
        let inner = || graph.node(at).steps.iter().filter(|(via, _)| *via != Via::Aside).map(|&(_, to)| to);
        if !entered {
            path.extend(inner().filter(|to| !costs.contains_key(to)));
            continue;
        }
        path.pop();
        let cost = inner().fold(1_u64, |sum, to| sum.saturating_add(costs.get(&to).copied().unwrap_or(1)));
        costs.insert(at, cost);
    }
    let total = costs.get(&NodeId::ROOT).copied().unwrap_or(1);
    if total <= limits::SCHEMA_COST.max {
        return Ok(total);
    }
    Err(limits::SCHEMA_COST
        .exceeded(total)
        .at(heaviest(graph, &costs))
        .hint("refer to the same definition from fewer places, or split the collection"))
}

/// The deepest place that is beyond the bound by itself.
fn heaviest(graph: &Graph, costs: &HashMap<NodeId, u64>) -> String {
    let mut at = NodeId::ROOT;
    for _ in 0..limits::SCHEMA_DEPTH.len() {
        let inner = graph.node(at).steps.iter().filter(|(via, _)| *via != Via::Aside).map(|&(_, to)| to);
        let Some(next) =
            inner.filter(|to| costs.get(to).is_some_and(|&cost| cost > limits::SCHEMA_COST.max)).min()
        else {
            break;
        };
        if next == at {
            break;
        }
        at = next;
    }
    graph.place(at)
}

/// Refuses a schema that checks one value more than once by parts of the same recursion: each level of the
/// data would double the work.
fn check_doubling(graph: &Graph) -> Result<()> {
    let components = components(graph);
    let mut steps_left = DOUBLING_STEPS_MAX;
    for start in entries(graph, &components) {
        let Some(&component) = components.get(start.0) else { continue };
        // What the value at `start` meets, with one entry for each way there. Cost has bounded their number.
        let mut met = vec![start];
        let mut next = 0;
        let mut down: Vec<(NodeId, &Via)> = Vec::new();
        while let Some(&at) = met.get(next) {
            next += 1;
            for (via, to) in &graph.node(at).steps {
                if components.get(to.0) != Some(&component) || *via == Via::Aside {
                    continue;
                }
                if matches!(via, Via::Same(_)) {
                    met.push(*to);
                } else {
                    down.push((at, via));
                }
            }
            steps_left -= 1;
            if steps_left == 0 || met.len() as u64 > limits::SCHEMA_COST.max {
                return Err(doubling(graph, start));
            }
        }
        if doubles(graph, &down) {
            return Err(doubling(graph, start));
        }
    }
    Ok(())
}

/// The nodes that a step down within their own recursion leads to: a value enters the recursion there, and
/// meets every other node of it from one of them.
fn entries(graph: &Graph, components: &[usize]) -> BTreeSet<NodeId> {
    let mut entries = BTreeSet::new();
    for from in (0..graph.nodes.len()).map(NodeId) {
        for (via, to) in &graph.node(from).steps {
            let down = !matches!(via, Via::Same(_) | Via::Aside);
            if down && components.get(from.0) == components.get(to.0) {
                entries.insert(*to);
            }
        }
    }
    entries
}

fn doubling(graph: &Graph, at: NodeId) -> Error {
    let message =
        "the schema recurs more than once into the same value, so that its cost doubles with each level";
    Error::new(Code::SchemaTooComplex, message)
        .at(graph.place(at))
        .hint("move what the branches share out of `anyOf`, `oneOf` and `allOf`, so that one place recurs")
}

/// Whether two ways down can lead to the same value.
fn doubles(graph: &Graph, down: &[(NodeId, &Via)]) -> bool {
    // Most ways down go to a property by name; those are told apart quickly.
    let mut names = HashSet::new();
    let mut others: Vec<(NodeId, &Via)> = Vec::new();
    for &(at, via) in down {
        match via {
            Via::Property(name) if !names.insert(name) => return true,
            Via::Property(_) => {}
            _ => others.push((at, via)),
        }
    }
    if others.len() > 1_000 {
        return true;
    }
    let pairs = others.iter().enumerate();
    pairs.clone().any(|(index, a)| others.iter().skip(index + 1).any(|b| meet(graph, *a, *b)))
        || pairs.clone().any(|(_, a)| {
            down.iter().filter(|(_, via)| matches!(via, Via::Property(_))).any(|b| meet(graph, *a, *b))
        })
}

/// Whether two steps down can lead to the same value. Says yes where that is not certain.
fn meet(graph: &Graph, (at, a): (NodeId, &Via), (other, b): (NodeId, &Via)) -> bool {
    use Via::{Contains, Element, Matching, OtherElements, OtherProperties, Property, PropertyNames};
    let element = |via: &Via| matches!(via, Element(_) | OtherElements | Via::UnevaluatedElements | Contains);
    if element(a) != element(b) {
        return false;
    }
    let names = |via: &Via| matches!(via, PropertyNames);
    if names(a) != names(b) {
        return false;
    }
    match (a, b) {
        (Element(a), Element(b)) => a == b,
        (Element(_), OtherElements) | (OtherElements, Element(_)) => at != other,
        (Matching(pattern), Property(name)) | (Property(name), Matching(pattern)) => {
            graph.patterns.matches(pattern, name)
        }
        (Matching(_), OtherProperties) | (OtherProperties, Matching(_)) => at != other,
        (OtherProperties, Property(name)) => !declares(graph, at, name),
        (Property(name), OtherProperties) => !declares(graph, other, name),
        _ => true,
    }
}

fn declares(graph: &Graph, id: NodeId, name: &str) -> bool {
    graph.node(id).steps.iter().any(|(via, _)| matches!(via, Via::Property(declared) if declared == name))
}

/// The strongly connected component of each node (Tarjan, without recursion).
fn components(graph: &Graph) -> Vec<usize> {
    let count = graph.nodes.len();
    let mut order = vec![usize::MAX; count];
    let mut lowest = vec![usize::MAX; count];
    let mut component = vec![usize::MAX; count];
    let (mut stack, mut clock) = (Vec::new(), 0);
    let mut path: Vec<(usize, usize)> = Vec::new();
    let get = |list: &[usize], at: usize| list.get(at).copied().unwrap_or(0);
    let set = |list: &mut [usize], at: usize, value: usize| {
        if let Some(slot) = list.get_mut(at) {
            *slot = value;
        }
    };
    for start in 0..count {
        if get(&order, start) == usize::MAX {
            path.push((start, 0));
        }
        while let Some((at, step)) = path.pop() {
            if step == 0 {
                set(&mut order, at, clock);
                set(&mut lowest, at, clock);
                clock += 1;
                stack.push(at);
            }
            let steps = &graph.node(NodeId(at)).steps;
            if let Some((via, NodeId(back))) = step.checked_sub(1).and_then(|before| steps.get(before))
                && *via != Via::Aside
                && get(&component, *back) == usize::MAX
            {
                let low = get(&lowest, at).min(get(&lowest, *back));
                set(&mut lowest, at, low);
            }
            if let Some((via, NodeId(to))) = steps.get(step) {
                path.push((at, step + 1));
                if *via != Via::Aside && get(&order, *to) == usize::MAX {
                    path.push((*to, 0));
                }
            } else if get(&lowest, at) == get(&order, at) {
                while let Some(member) = stack.pop() {
                    set(&mut component, member, at);
                    if member == at {
                        break;
                    }
                }
            }
        }
    }
    component
}
