//! What has become of a record, read from the journal: the state before each change is stored, the state after it is that
//! before the next one, or the record as it is.

use std::ops::ControlFlow;

use crate::api::history::{Action, RecordChange, RecordHistory};
use crate::api::list::{List, Meta};
use crate::api::record::Record;
use crate::codec::id::{Id, shorten};
use crate::codec::json::Tree;
use crate::codec::keys::{self, Thing};
use crate::codec::row::decode_record;
use crate::codec::time::{Instant, Times, text_from_ms};
use crate::ctx::config::Collection;
use crate::ctx::journal;
use crate::ctx::past_view::PastView;
use crate::ctx::pruned::Pruned;
use crate::ctx::rights::Right;
use crate::ctx::scope::Touches;
use crate::ctx::session::Session;
use crate::engine::{Seq, View};
use crate::ground::env::Deadline;
use crate::ground::error::{Code, Error, Result};
use crate::ground::json::Json;
use crate::ground::limits::{PAGE_ROWS, PAGE_ROWS_DEFAULT, QUERY_MS};
use crate::ops::Request;
use crate::ops::difference::{Side, difference};
use crate::ops::former;
use crate::ops::records::{Which, id_of, not_found, which};
use crate::query::page::bounded;
use crate::query::{cursor, show};

impl Request for RecordHistory {
    const RIGHT: Right = Right::Read;
    type Answer = List<RecordChange>;
    fn touches(&self) -> Touches<'_> {
        Touches::one(&self.collection)
    }
    fn run(&self, session: &Session) -> Result<Self::Answer> {
        let (view, config) = session.view()?;
        let collection = former::known_at(&*view, &config, &self.collection, None)?;
        let which = which(self.id.as_deref(), self.external_id.as_deref(), self.external_source.as_deref())?;
        let id = id_of(&*view, &collection, &which)?.ok_or_else(|| not_found(&collection, &which))?;
        let past = Past { view: &*view, collection: &collection, id: &id };
        let limit = bounded(self.limit, PAGE_ROWS_DEFAULT, &PAGE_ROWS, "/limit")?;
        let bound_to = format!("record_history {} {id}", collection.row.number);
        let until = match &self.cursor {
            None => None,
            Some(text) => cursor::open_text(text, &bound_to)?.parse().ok(),
        };
        let mut commits = past.commits(until, limit + 1)?;
        if commits.is_empty() && until.is_none() && past.after(None)?.is_none() {
            return Err(not_found(&collection, &which));
        }
        let has_more = commits.len() > limit;
        commits.truncate(limit);
        let next_cursor = commits
            .last()
            .filter(|_| has_more)
            .map(|last| cursor::seal_text(&last.seq.to_string(), &bound_to));
        let data = past.changes(until, &commits, self.diff)?;
        let meta = Meta { limit: Some(limit as u64), has_more, next_cursor, ..Meta::default() };
        Ok(List { data, meta })
    }
}

/// A record as it was after a commit.
pub fn record_at(view: &dyn View, collection: &Collection, which: &Which, seq: u64) -> Result<Record> {
    let id = match which {
        Which::Id(id) => Some(id.clone()),
        // Whose the external key was then, which may be nobody's now, or another's.
        Which::External(_) => {
            let deadline = Deadline::after_ms(QUERY_MS.max);
            let then = PastView::new(view, collection.row.number, Seq(seq), deadline)?;
            id_of(&then, collection, which)?
        }
    };
    let id = id.ok_or_else(|| not_found(collection, which))?;
    let past = Past { view, collection, id: &id };
    past.at(seq)?.ok_or_else(|| {
        not_found(collection, which).hint(format!(
            "it was not there then: `rekor records history {} {id}` tells when",
            collection.row.id
        ))
    })
}

/// The commit that is meant: a number, or the last one of a time.
pub fn seq_of(view: &dyn View, at: &str) -> Result<u64> {
    let pruned = Pruned::read(view)?;
    if let Ok(seq) = at.parse() {
        return pruned.tells_since(seq).map(|()| seq).map_err(|e| e.at("/at"));
    }
    let Some(time) = Instant::parse(at) else {
        let error = Error::new(Code::InvalidRequest, format!("`{}` is no commit and no time", shorten(at)));
        return Err(error.at("/at").hint("give a commit's number, or a time as in 2026-01-31T12:00:00Z"));
    };
    if time < Instant::from_ms(pruned.time_ms) && pruned.seq > 0 {
        return Err(pruned.gone().at("/at"));
    }
    // The first commit that is later; times never fall from one commit to the next.
    let (mut low, mut high) = (pruned.seq.saturating_add(1), view.seq().0.saturating_add(1));
    while low < high {
        let middle = low.midpoint(high);
        match journal::first_entry_since(view, middle)? {
            Some((seq, entry)) if Instant::from_ms(entry.time_ms) <= time => low = seq.saturating_add(1),
            _ => high = middle,
        }
    }
    Ok(low.saturating_sub(1))
}

/// A commit that changed the record.
struct Commit {
    seq: u64,
    /// The number of the record's first change in it.
    first: u32,
    /// The version of the record after it; when deleted, the last that it had.
    version: u64,
}

/// What the journal knows of one record.
struct Past<'p> {
    view: &'p dyn View,
    collection: &'p Collection,
    id: &'p Id,
}

impl Past<'_> {
    /// The last commits that changed the record, those before `until` if that is given, the newest first.
    fn commits(&self, until: Option<u64>, most: usize) -> Result<Vec<Commit>> {
        let number = self.collection.row.number;
        let since = Pruned::read(self.view)?.seq.saturating_add(1);
        let lo = keys::history(Thing::Record, number, self.id, since);
        let (_, mut hi) = keys::history_of(Thing::Record, number, self.id);
        if let Some(until) = until {
            hi = keys::history(Thing::Record, number, self.id, until);
        }
        let mut commits = Vec::new();
        let mut failed = Ok(());
        self.view.scan_each(&lo, &hi, true, &mut |key, _, value| {
            let read = || -> Result<Commit> {
                let (first, version) = journal::history_place(value)?;
                Ok(Commit { seq: keys::history_seq(key)?, first, version })
            };
            match read() {
                Ok(commit) => commits.push(commit),
                Err(error) => failed = Err(error),
            }
            if failed.is_ok() && commits.len() < most {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        })?;
        failed.map(|()| commits)
    }

    /// The record before a commit that changed it.
    fn before(&self, commit: &Commit) -> Result<Option<Record>> {
        let before = journal::change_at(self.view, commit.seq, commit.first)?.before;
        before.map(|bytes| self.record(&bytes)).transpose()
    }

    fn record(&self, bytes: &[u8]) -> Result<Record> {
        Ok(show::record(&self.collection.row.id, self.id, &decode_record(bytes)?, &mut Times::default()))
    }

    /// The record as it was after a commit: what it was before the next one that changed it.
    fn at(&self, seq: u64) -> Result<Option<Record>> {
        let number = self.collection.row.number;
        let (_, hi) = keys::history_of(Thing::Record, number, self.id);
        let lo = keys::history(Thing::Record, number, self.id, seq.saturating_add(1));
        let mut next = None;
        self.view.scan_each(&lo, &hi, false, &mut |key, _, _| {
            next = Some(keys::history_seq(key));
            ControlFlow::Break(())
        })?;
        self.after(next.transpose()?)
    }

    /// The record after the newest commit before `until`.
    fn after(&self, until: Option<u64>) -> Result<Option<Record>> {
        let number = self.collection.row.number;
        let mut stored = None;
        let Some(until) = until else {
            self.view.get_with(&keys::record(number, self.id), &mut |row| {
                stored = row.map(|(_, bytes)| self.record(bytes));
            })?;
            return stored.transpose();
        };
        let mut place = Ok(None);
        self.view.get_with(&keys::history(Thing::Record, number, self.id, until), &mut |row| {
            place = row.map(|(_, value)| journal::history_place(value)).transpose();
        })?;
        match place? {
            Some((first, version)) => self.before(&Commit { seq: until, first, version }),
            None => Ok(None),
        }
    }

    fn changes(&self, until: Option<u64>, commits: &[Commit], diff: bool) -> Result<Vec<RecordChange>> {
        let mut after = self.after(until)?;
        let mut changes = Vec::with_capacity(commits.len());
        for commit in commits {
            let before = self.before(commit)?;
            let entry = journal::entry_at(self.view, commit.seq)?;
            let action = match (&before, &after) {
                (None, Some(_)) => Action::Created,
                (Some(_), Some(_)) => Action::Updated,
                (_, None) => Action::Deleted,
            };
            let sides = (before.as_ref().map(side).transpose()?, after.as_ref().map(side).transpose()?);
            let fields = diff.then(|| difference(sides.0.as_ref(), sides.1.as_ref()));
            changes.push(RecordChange {
                seq: commit.seq,
                at: text_from_ms(entry.time_ms),
                action,
                version: commit.version,
                actor: entry.actor,
                record: std::mem::replace(&mut after, before),
                changes: fields,
            });
        }
        Ok(changes)
    }
}

/// The parts of a record that are compared.
fn side(record: &Record) -> Result<Side> {
    let text = |text: &Option<String>| text.as_ref().map(Json::from_value);
    Ok(Side {
        plain: vec![
            ("/external_id", text(&record.external_id)),
            ("/external_source", text(&record.external_source)),
        ],
        tree: Some(("/data", Tree::from_canonical(record.data.text())?)),
    })
}
