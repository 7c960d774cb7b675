//! How much a workspace holds: the few numbers that are quick to find, and all that takes a walk through everything.

use std::ops::ControlFlow;

use crate::api::query::Aggregate;
use crate::api::stats::{CollectionStats, GetStats, Stats};
use crate::api::workspace::LastCommit;
use crate::codec::collection::{CollectionRow, decode};
use crate::codec::column_keys::{self, ColumnKey};
use crate::codec::id::Id;
use crate::codec::keys::{self, EdgeSide, Thing};
use crate::codec::row::decode_relationship;
use crate::codec::time::text_from_ms;
use crate::ctx::config::Config;
use crate::ctx::journal;
use crate::ctx::rights::Right;
use crate::ctx::session::Session;
use crate::engine::View;
use crate::ground::env::Deadline;
use crate::ground::error::{Code, Error, Result};
use crate::ground::json::Json;
use crate::ops::Request;
use crate::query;

/// What is said of a workspace beside what the catalog knows.
pub struct Summary {
    /// How many collections it has.
    pub collections: u64,
    /// How many records; from columns where that is quicker.
    pub records: u64,
    /// How many relationships.
    pub relationships: u64,
    /// The newest commit.
    pub seq: u64,
    /// The last that changed something.
    pub last_commit: Option<LastCommit>,
}

/// Counts what a snapshot holds.
pub fn summary(session: &Session, view: &dyn View, config: &Config) -> Result<Summary> {
    let rows = collections(view)?;
    let mut records = 0;
    for row in &rows {
        records += count(session, view, config, &row.id)?;
    }
    let last_commit = journal::last_entry(view)?.map(|(seq, entry)| LastCommit {
        seq,
        at: text_from_ms(entry.time_ms),
        actor: entry.actor,
    });
    let relationships = relationships(view, config, rows.len())?;
    Ok(Summary { collections: rows.len() as u64, records, relationships, seq: view.seq().0, last_commit })
}

/// The records of a collection, as an aggregate counts them.
fn count(session: &Session, view: &dyn View, config: &Config, id: &str) -> Result<u64> {
    let Some(collection) = config.collection(view, id)? else { return Ok(0) };
    let aggregations = Some(Json::from_text(r#"{"fn":"count","alias":"count"}"#));
    let request = Aggregate { collection: id.to_owned(), aggregations, ..Aggregate::default() };
    let answer =
        query::aggregate(&session.columns(view, &collection), &collection, &request, Deadline::never())?;
    let number = answer.rows.first().and_then(|row| row.first()?.text().parse().ok());
    number.ok_or_else(|| Error::new(Code::Internal, "a count was not answered with a number"))
}

/// The relationships whose ends' collections are there.
fn relationships(view: &dyn View, config: &Config, live: usize) -> Result<u64> {
    let all_live = measure(view, &like(keys::number(0)))?.rows == live as u64;
    let mut count = 0;
    walk(view, &keys::relationships(), &mut |_, value| {
        let is_live = |number| Ok::<_, Error>(config.numbered(view, number)?.is_some());
        if all_live {
            count += 1;
        } else {
            let row = decode_relationship(value)?;
            count += u64::from(is_live(row.source.0)? && is_live(row.target.0)?);
        }
        Ok(())
    })?;
    Ok(count)
}

fn collections(view: &dyn View) -> Result<Vec<CollectionRow>> {
    let mut rows = Vec::new();
    walk(view, &keys::collections(), &mut |_, value| {
        rows.push(decode(value)?);
        Ok(())
    })?;
    Ok(rows)
}

impl Request for GetStats {
    const RIGHT: Right = Right::Read;
    type Answer = Stats;
    fn run(&self, session: &Session) -> Result<Self::Answer> {
        let (view, _) = session.view()?;
        let view = &*view;
        let mut stats = Stats {
            workspace: session.id().to_owned(),
            seq: view.seq().0,
            file_bytes: session.engine().size(session.key())?,
            ..Stats::default()
        };
        let mut live = Size::default();
        for row in collections(view)? {
            let (records, collection) = of_collection(view, &row)?;
            live.add(records);
            stats.collections.push(collection);
        }
        let all = measure(view, &like(keys::records(0).0))?;
        stats.retired_records = all.rows.saturating_sub(live.rows);
        stats.retired_bytes = all.bytes.saturating_sub(live.bytes);
        let relationships = measure(view, &keys::relationships())?;
        stats.relationships = relationships.rows;
        stats.relationship_bytes = relationships.bytes;
        for side in [EdgeSide::Out, EdgeSide::In] {
            stats.relationship_bytes += measure(view, &keys::all_edges(side))?.bytes;
        }
        walk(view, &keys::journal_since(0), &mut |key, value| {
            stats.commits += u64::from(keys::journal_place(key)?.1.is_none());
            stats.journal_bytes += (key.len() + value.len()) as u64;
            Ok(())
        })?;
        let history = keys::history(Thing::Record, 0, &Id::trusted(""), 0);
        for range in [like(history), like(keys::run(""))] {
            stats.journal_bytes += measure(view, &range)?.bytes;
        }
        Ok(stats)
    }
}

fn of_collection(view: &dyn View, row: &CollectionRow) -> Result<(Size, CollectionStats)> {
    let records = measure(view, &keys::records(row.number))?;
    let (mut indexes, mut columns) = (Size::default(), Size::default());
    for index in &row.indexes {
        indexes.add(measure(view, &keys::range(keys::index(index.number)))?);
    }
    for kind in ColumnKey::ALL {
        columns.add(measure(view, &kind.all(row.number))?);
    }
    let dirty = measure(view, &column_keys::dirties(row.number))?;
    columns.add(dirty);
    let stats = CollectionStats {
        collection: row.id.clone(),
        records: records.rows,
        bytes: records.bytes,
        indexes: row.indexes.len() as u64,
        index_bytes: indexes.bytes,
        column_groups: measure(view, &ColumnKey::Group.all(row.number))?.rows,
        column_bytes: columns.bytes,
        dirty_records: dirty.rows,
    };
    Ok((records, stats))
}

/// How many rows, and the bytes of their keys and values.
#[derive(Debug, Clone, Copy, Default)]
struct Size {
    rows: u64,
    bytes: u64,
}

impl Size {
    const fn add(&mut self, other: Self) {
        self.rows += other.rows;
        self.bytes += other.bytes;
    }
}

type Range = (Vec<u8>, Vec<u8>);

/// All keys of the kind of this one.
fn like(key: Vec<u8>) -> Range {
    keys::range(key.into_iter().take(1).collect())
}

fn measure(view: &dyn View, range: &Range) -> Result<Size> {
    let mut size = Size::default();
    walk(view, range, &mut |key, value| {
        size.add(Size { rows: 1, bytes: (key.len() + value.len()) as u64 });
        Ok(())
    })?;
    Ok(size)
}

/// Hears of a key and its value.
type OnPair<'f> = dyn FnMut(&[u8], &[u8]) -> Result<()> + 'f;

fn walk(view: &dyn View, (lo, hi): &Range, f: &mut OnPair<'_>) -> Result<()> {
    let mut failed = Ok(());
    view.scan_each(lo, hi, false, &mut |key, _, value| {
        failed = f(key, value);
        if failed.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    failed
}
