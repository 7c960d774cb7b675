//! Answers as columns of one type each: what the packages of other languages hand to data frames. The rows are those of the
//! query or the aggregate, in the same order; a column scan hands over its arrays as they are.

mod part;
mod sink;

use crate::api::query::{Aggregate, AggregateAnswer, Query};
use crate::codec::json::Tree;
use crate::codec::scalar::Scalar;
use crate::columns::reader::Columns;
use crate::ctx::config::Collection;
use crate::ground::env::Deadline;
use crate::ground::error::{Code, Error, Result};
use crate::query::fields::Typing;
use crate::query::order::Order;
use crate::query::page::bounded_offset;
use crate::query::request::filter_of;
use crate::query::scan::{Scan, Span};
use crate::query::tuple::{Names as _, Slots};

pub use part::{Part, Texts, Values};
use part::{Rank, joined};
use sink::{Gathered, TableSink};

/// The fields of a record that stand before those of its data.
const OWN: [&str; 6] = ["id", "external_id", "external_source", "version", "created_at", "updated_at"];
/// Rows of a chunk that was put in order row by row.
const CHUNK_ROWS: usize = 1 << 16;

/// An answer as columns.
///
/// ```
/// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
/// use rekor_core::Values;
///
/// let request = r#"{"collection": "invoices", "aggregations": [{"fn": "count", "alias": "n"}],
///                   "group_by": ["data.status"], "sort": {"field": "n", "direction": "desc"}}"#;
/// let table = ws.table("aggregate", request)?;
/// assert_eq!(table.columns, ["data.status", "n"]);
/// assert!(matches!(table.types[1].values, Values::Ints(_)));
/// let [status, n] = &table.chunks[0][..] else { panic!("a part for each column") };
/// let Values::Texts(status) = &status.values else { panic!("texts") };
/// assert_eq!((status.get(0), status.get(1)), ("open", "paid"));
/// assert_eq!((n.rows, &n.values), (2, &Values::Ints(vec![2, 1])));
/// # Ok::<(), rekor_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// The names of the columns.
    pub columns: Vec<String>,
    /// For each column a part without rows, which says what type all parts of the column have.
    pub types: Vec<Part>,
    /// Runs of rows, each with one part for each column.
    pub chunks: Vec<Vec<Part>>,
}

/// All records that a query finds, as columns: those of `fields`, or the record's own and the properties that its schema
/// declares. `limit` counts all rows, and there are no pages.
pub fn table(
    columns: &Columns<'_>,
    collection: &Collection,
    request: &Query,
    deadline: Deadline,
) -> Result<Table> {
    if request.cursor.is_some() {
        let error = Error::new(Code::InvalidRequest, "a table is whole, so it has no cursor");
        return Err(error.at("/cursor").hint("leave it out"));
    }
    let names = names(collection, request)?;
    let groups = columns.groups()?;
    // Without groups there may be no dirty entries either, as in a view of the past.
    let by_rows: Collection;
    let collection = if groups.is_empty() {
        by_rows = collection.by_rows()?;
        &by_rows
    } else {
        collection
    };
    let slots = &mut Slots::new(collection.shape()?);
    let filter = filter_of(request.filter.as_ref(), request.external_source.as_deref(), slots)?;
    let order = Order::parse(request.sort.as_ref().map(|sort| sort.text()), slots)?;
    let mut wanted = Vec::with_capacity(names.len());
    for (n, name) in names.iter().enumerate() {
        wanted.push(slots.slot(name, &format!("/fields/{n}"))?.slot);
    }
    let scan = Scan::new(*columns, groups, collection, slots, &filter, deadline)?;
    let mut found = if order.parts.is_empty() { gather(&scan, slots, &wanted, None)? } else { None };
    if found.is_none() {
        found = gather(&scan, slots, &wanted, Some(&order))?;
    }
    let (mut gathered, keys) = found.unwrap_or_default();
    let types = wanted.iter().map(|slot| slots.field(*slot).map_or(Typing::default(), |(_, typing)| *typing));
    let types = alike(&mut gathered, types);
    let mut chunks = match keys {
        Some(keys) => in_order(&gathered, &keys),
        None => gathered.into_iter().map(|gathered| gathered.parts).collect(),
    };
    cut(&mut chunks, bounded_offset(request.offset)?, request.limit);
    Ok(Table { columns: names, types, chunks })
}

/// What a scan has found, and the order keys of all rows where they tell its order.
type Found = (Vec<Gathered>, Option<Vec<Texts>>);

/// What a scan finds, with the keys of all rows where it is not in order by itself. Without an order to put it in it is that of
/// ids; none if that is not the order in which blocks and rows follow each other.
fn gather(
    scan: &Scan<'_>,
    slots: &Slots<'_>,
    wanted: &[usize],
    order: Option<&Order>,
) -> Result<Option<Found>> {
    let (sink, _) = scan.run(Span::default(), || TableSink::new(slots, wanted, order))?;
    let TableSink { mut gathered, single, mut keys, single_keys, .. } = sink;
    if single.rows > 0 {
        gathered.push(single);
        keys.push(single_keys);
    }
    if order.is_some() {
        return Ok(Some((gathered, Some(keys))));
    }
    gathered.sort_unstable_by(|a, b| a.first.cmp(&b.first));
    let follow = |pair: &[Gathered]| matches!(pair, [a, b] if a.last < b.first);
    let in_order = gathered.iter().all(|gathered| !gathered.is_mixed) && gathered.windows(2).all(follow);
    Ok(in_order.then_some((gathered, None)))
}

/// The rows of an aggregate as columns. Averages are numbers, though all of them may be whole.
pub fn of_aggregate(request: &Aggregate, answer: &AggregateAnswer) -> Result<Table> {
    let asked = request.aggregations.as_ref().map(|asked| Tree::parse(asked.text())).transpose()?;
    let asked = match &asked {
        Some(Tree::Array(list)) => list.as_slice(),
        one => one.as_slice(),
    };
    let text = |tree: &Tree, key| tree.get(key).and_then(Tree::as_str).map(str::to_owned);
    let averages = asked.iter().filter(|total| text(total, "fn").as_deref() == Some("avg"));
    let averages: Vec<_> = averages.filter_map(|total| text(total, "alias")).collect();
    let mut gathered = Gathered { parts: vec![Part::default(); answer.columns.len()], ..Gathered::default() };
    for row in &answer.rows {
        for (value, part) in row.iter().zip(&mut gathered.parts) {
            match Tree::parse(value.text()) {
                Ok(tree) => part.push(&Scalar::of_tree(&tree, false)?, tree.as_str().map(Into::into)),
                // A sum of integers that no type holds stays as it is written.
                Err(_) => part.push(&Scalar::Array(value.text().into()), None),
            }
        }
        gathered.rows += 1;
    }
    let mut gathered = vec![gathered];
    let typing = |name| if averages.contains(name) { Typing::number() } else { Typing::default() };
    let types = alike(&mut gathered, answer.columns.iter().map(typing));
    let chunks = gathered.into_iter().map(|gathered| gathered.parts).collect();
    Ok(Table { columns: answer.columns.clone(), types, chunks })
}

fn names(collection: &Collection, request: &Query) -> Result<Vec<String>> {
    if !request.fields.is_empty() {
        return Ok(request.fields.clone());
    }
    let schema = Tree::parse(&collection.row.schema)?;
    let properties = schema.get("properties").and_then(Tree::as_object).unwrap_or_default();
    let dotted =
        properties.iter().map(|(name, _)| format!("data.{}", name.replace('\\', "\\\\").replace('.', "\\.")));
    Ok(OWN.iter().map(|name| (*name).to_owned()).chain(dotted).collect())
}

/// Makes all parts of a column of one type, and answers these types.
fn alike(gathered: &mut [Gathered], typings: impl Iterator<Item = Typing>) -> Vec<Part> {
    let mut types = Vec::new();
    for (at, typing) in typings.enumerate() {
        let parts = || gathered.iter().filter_map(|gathered| gathered.parts.get(at));
        let is_time = typing.date_time && parts().all(Part::is_micros);
        let mut parts: Vec<&mut Part> =
            gathered.iter_mut().filter_map(|gathered| gathered.parts.get_mut(at)).collect();
        if is_time {
            parts.iter_mut().for_each(|part| part.make(Rank::Micros));
        } else {
            parts.iter_mut().for_each(|part| part.spell());
        }
        let fits = |target| match target {
            Rank::Wides => !parts.iter().any(|part| part.has_negative()),
            _ => parts.iter().all(|part| part.is_exact()),
        };
        let found = parts.iter().fold(Rank::Nulls, |rank, part| joined(rank, part.rank(), fits));
        // A column of numbers that happen to be whole stays one of numbers, if none of them is too large for that.
        let target = match (found, Rank::declared(typing)) {
            (Rank::Nulls, declared) => declared,
            (Rank::Ints, Rank::Doubles) if parts.iter().all(|part| part.is_exact()) => Rank::Doubles,
            (found, _) => found,
        };
        let mut kind = Part::default();
        kind.make(target);
        parts.into_iter().for_each(|part| part.make(target));
        types.push(kind);
    }
    types
}

/// The rows in the order of their keys, in chunks.
fn in_order(gathered: &[Gathered], keys: &[Texts]) -> Vec<Vec<Part>> {
    let mut places: Vec<(&[u8], (u32, u32))> = Vec::new();
    for (chunk, keys) in (0_u32..).zip(keys) {
        places
            .extend((0_u32..).take(keys.ends.len()).map(|row| (keys.get_bytes(row as usize), (chunk, row))));
    }
    // Stable: it is quick where runs are in order already, as groups are.
    places.sort_by(|a, b| a.0.cmp(b.0));
    let places: Vec<(u32, u32)> = places.into_iter().map(|(_, place)| place).collect();
    let columns = gathered.first().map_or(0, |gathered| gathered.parts.len());
    let column =
        |at: usize| gathered.iter().filter_map(|gathered| gathered.parts.get(at)).collect::<Vec<_>>();
    let columns: Vec<Vec<&Part>> = (0..columns).map(column).collect();
    places
        .chunks(CHUNK_ROWS)
        .map(|places| columns.iter().map(|parts| Part::take(parts, places)).collect())
        .collect()
}

/// Leaves rows out before and after those asked for.
fn cut(chunks: &mut Vec<Vec<Part>>, offset: usize, limit: Option<u64>) {
    let mut skip = offset;
    let mut left = limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
    if skip == 0 && left == usize::MAX {
        return;
    }
    let mut kept = Vec::new();
    for parts in std::mem::take(chunks) {
        let rows = parts.first().map_or(0, |part| part.rows);
        let from = skip.min(rows);
        let to = from.saturating_add(left).min(rows);
        (skip, left) = (skip - from, left - (to - from));
        if from == 0 && to == rows {
            kept.push(parts);
        } else if from < to {
            let range = u32::try_from(from).unwrap_or(u32::MAX)..u32::try_from(to).unwrap_or(u32::MAX);
            let places: Vec<(u32, u32)> = range.map(|row| (0, row)).collect();
            kept.push(parts.iter().map(|part| Part::take(&[part], &places)).collect());
        }
    }
    *chunks = kept;
}
