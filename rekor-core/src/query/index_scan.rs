//! Which entries of one declared index a query reads: fields that equal something, then one range, and whether
//! the entries come in the order asked for. Pure.
//!
//! Entries with equal leading fields form a run. Within a run that only the id tells apart, records come in
//! id order; any other run must be put in order by its reader, but runs follow each other in the order asked for.

use crate::codec::collection::Index;
use crate::codec::id::Id;
use crate::codec::keys::{self, put_id};
use crate::codec::scalar::Scalar;
use crate::codec::scalar_key::{put_bound, put_index, text_place};
use crate::query::fields::Field;
use crate::query::filter::Test;
use crate::query::order::Order;
use crate::query::plan::{Ask, Needed};
use crate::query::span::{Span, excludes_null, intersect, is_exact, spans};

/// Key ranges that an index scan reads at most; more values than that make a range of them.
const RANGES_MAX: usize = 1_024;

/// The entries of an index to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexScan {
    /// Which of the collection's indexes.
    pub index: usize,
    /// How many fields it has.
    pub fields: usize,
    /// Whether the id is the value and not in the key.
    pub unique: bool,
    /// The paths, as people write them.
    pub names: Vec<String>,
    /// Key ranges in order and apart.
    pub ranges: Vec<(Vec<u8>, Vec<u8>)>,
    /// Leading fields that equal something, and whether the next one is in a range.
    narrowed: (usize, bool),
    /// Set when runs come in the order asked for.
    pub run: Option<Run>,
    /// Whether the ranges hold the records that the filter allows and no others.
    pub settles: bool,
}

/// How the runs of a sorted scan are made up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// The leading fields whose equality makes a run.
    pub fields: usize,
    /// Whether the runs are read from the last one.
    pub rev: bool,
    /// The start that all keys share: the fields that equal one value.
    pub start: Vec<u8>,
    /// Which parts of the order the fields after that are.
    pub parts: Vec<usize>,
}

/// Where a sorted scan goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Resume {
    /// The run that the last record was in.
    pub(super) run: (Vec<u8>, Vec<u8>),
    /// Where in it to go on.
    pub(super) at: Vec<u8>,
}

impl IndexScan {
    /// The scan of an index that serves a query, if it narrows it or gives its order.
    pub(super) fn plan(at: usize, index: &Index, ask: &Ask<'_>, needed: &[Needed<'_>]) -> Option<Self> {
        let fields = index.paths.len();
        let fits = |field: &Field| match field {
            Field::Data(path) => index.paths.iter().position(|have| have == path),
            _ => None,
        };
        // An index made for another reading of the field cannot serve this one.
        let read_alike = |need: &&Needed<'_>| {
            fits(need.field).is_none_or(|at| index.instants.get(at) == Some(&need.typing.date_time))
        };
        if !needed.iter().all(|need| read_alike(&need)) {
            return None;
        }
        let tests_of =
            |at: usize| needed.iter().filter(move |need| fits(need.field) == Some(at)).map(|need| need.test);
        if index.unique && !(0..fields).all(|at| tests_of(at).any(excludes_null)) {
            return None;
        }
        let place = text_place(fields);
        let narrow = Narrow::new(keys::index(index.number), fields, |at| {
            let date_time = index.instants.get(at).copied().unwrap_or(false);
            spans_of_all(tests_of(at), place, date_time)
        });
        let run = ask.order.and_then(|order| narrow.run(order, ask, index));
        let narrowed = (narrow.points, narrow.ranged);
        let ordered_for_nothing =
            run.is_some() && ask.early_end && ask.order.is_some_and(|o| !o.parts.is_empty());
        if narrowed == (0, false) && !ordered_for_nothing {
            return None;
        }
        let settles = ask.has_only_tests() && !narrow.widened && {
            let covered = narrow.points + usize::from(narrow.ranged);
            needed
                .iter()
                .all(|need| fits(need.field).is_some_and(|at| at < covered) && is_exact(need.test, place))
        };
        let names = index.paths.iter().map(|path| format!("data.{}", dotted(path))).collect();
        let (unique, ranges) = (index.unique, narrow.ranges);
        Some(Self { index: at, fields, unique, names, ranges, narrowed, run, settles })
    }

    /// How good it looks: more equal fields, then a range, then an order for nothing, then fewer fields.
    pub(super) fn worth(&self) -> usize {
        let (points, ranged) = self.narrowed;
        let whole = usize::from(self.unique && points == self.fields) * 1_000;
        whole
            + points * 40
            + usize::from(ranged) * 20
            + usize::from(self.run.is_some()) * 10
            + 9_usize.saturating_sub(self.fields)
    }

    /// How many leading fields equal something, and whether the next one is in a range.
    pub(super) const fn narrowed(&self) -> (usize, bool) {
        self.narrowed
    }

    /// Whether runs come in the order asked for.
    pub(super) const fn sorted(&self) -> bool {
        self.run.is_some()
    }

    pub(super) fn reason(&self) -> String {
        let (points, ranged) = self.narrowed;
        let mut why = Vec::new();
        if points > 0 {
            why.push(format!("{points} of its fields equal what the filter names"));
        }
        if ranged {
            why.push("the filter bounds a range of it".to_owned());
        }
        if self.run.is_some() {
            why.push("it gives the order".to_owned());
        }
        why.join(", ")
    }

    /// Where to go on after the record whose values in the order are `values`.
    pub(super) fn resume(&self, values: &[Scalar<'_>], id: &Id) -> Option<Resume> {
        let run = self.run.as_ref()?;
        let place = text_place(self.fields);
        let mut start = run.start.clone();
        for value in run.parts.iter().map(|part| values.get(*part)) {
            let value = value?;
            if put_index(&mut Vec::new(), value, place) {
                let (mut lo, mut hi) = (start.clone(), start);
                put_bound(&mut lo, value, place, false);
                put_bound(&mut hi, value, place, true);
                return Some(Resume { at: lo.clone(), run: (lo, hi) });
            }
            put_index(&mut start, value, place);
        }
        let mut at = start.clone();
        if run.fields == self.fields && !self.unique {
            put_id(&mut at, id);
        }
        Some(Resume { run: keys::range(start), at })
    }
}

/// The spans that all tests of one field allow; `None` when none narrows it.
fn spans_of_all<'t>(
    tests: impl Iterator<Item = &'t Test>,
    place: usize,
    date_time: bool,
) -> Option<Vec<Span>> {
    tests.filter_map(|test| spans(test, place, date_time)).reduce(|a, b| intersect(&a, &b))
}

/// How far the tests narrow an index.
struct Narrow {
    ranges: Vec<(Vec<u8>, Vec<u8>)>,
    /// Leading fields that equal something, and those of them that equal one thing only.
    points: usize,
    single: usize,
    ranged: bool,
    /// Whether a range was drawn around several spans.
    widened: bool,
    /// The key up to the last field that equals one thing only.
    start: Vec<u8>,
}

impl Narrow {
    fn new(root: Vec<u8>, fields: usize, spans_of: impl Fn(usize) -> Option<Vec<Span>>) -> Self {
        let (mut starts, mut points, mut single, mut start) = (vec![root.clone()], 0, 0, root);
        let join = |start: &[u8], rest: &[u8]| [start, rest].concat();
        for at in 0..fields {
            let Some(spans) = spans_of(at) else { break };
            let product = starts.len().saturating_mul(spans.len());
            if !spans.iter().all(|span| span.point) || product > RANGES_MAX {
                // Too many values of a later field are read as the range around them.
                let widened = product > RANGES_MAX && starts.len() > 1;
                let spans = if widened { around(&spans) } else { spans };
                let ranges = starts.iter().flat_map(|start| {
                    spans.iter().map(move |span| (join(start, &span.lo), join(start, &span.hi)))
                });
                return Self { ranges: ranges.collect(), points, single, ranged: true, widened, start };
            }
            starts =
                starts.iter().flat_map(|start| spans.iter().map(move |span| join(start, &span.lo))).collect();
            points += 1;
            if let ([only], true) = (starts.as_slice(), single == at) {
                (single, start) = (at + 1, only.clone());
            }
        }
        let ranges = starts.into_iter().map(keys::range).collect();
        Self { ranges, points, single, ranged: false, widened: false, start }
    }

    /// How the entries stand in the order asked for, if they do.
    fn run(&self, order: &Order, ask: &Ask<'_>, index: &Index) -> Option<Run> {
        let fields = index.paths.len();
        let mut parts = Vec::new();
        let mut rev = None;
        for (at, part) in order.parts.iter().enumerate() {
            let (field, typing) = ask.slots.field(part.slot)?;
            if *field == Field::Id {
                // After the id nothing is left to order; descending ids stand in no index.
                if part.descending {
                    return None;
                }
                break;
            }
            let Field::Data(path) = field else { return None };
            if index.paths.iter().take(self.single).any(|have| have == path) {
                continue;
            }
            let next = self.single + parts.len();
            let alike = index.instants.get(next) == Some(&typing.date_time);
            if index.paths.get(next) != Some(path) || !alike || rev.is_some_and(|rev| rev != part.descending)
            {
                return None;
            }
            rev = Some(part.descending);
            parts.push(at);
        }
        // In id order only when nothing but the id tells the entries apart.
        if parts.is_empty() && self.single < fields {
            return None;
        }
        Some(Run {
            fields: self.single + parts.len(),
            rev: rev == Some(true),
            start: self.start.clone(),
            parts,
        })
    }
}

/// One span around several that stand in order.
fn around(spans: &[Span]) -> Vec<Span> {
    match (spans.first(), spans.last()) {
        (Some(first), Some(last)) => vec![Span { lo: first.lo.clone(), hi: last.hi.clone(), point: false }],
        _ => Vec::new(),
    }
}

/// A path as people write it.
fn dotted(path: &[String]) -> String {
    let segments = path.iter().map(|segment| segment.replace('\\', "\\\\").replace('.', "\\."));
    segments.collect::<Vec<_>>().join(".")
}
