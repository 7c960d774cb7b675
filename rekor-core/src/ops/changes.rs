//! The journal as a list of changes. Reads it in order and ends pages with whole commits.

use std::collections::HashMap;
use std::ops::ControlFlow;

use crate::api::history::{Action, Change, Changes, ListChanges, Thing};
use crate::api::list::Actor;
use crate::codec::keys;
use crate::codec::row::decode_relationship;
use crate::codec::time::Times;
use crate::ctx::config::{self, collection_not_found};
use crate::ctx::grant::Grant;
use crate::ctx::journal::{self, Entry};
use crate::ctx::pruned::Pruned;
use crate::ctx::rights::Right;
use crate::ctx::scope::Touches;
use crate::ctx::session::Session;
use crate::engine::View;
use crate::ground::error::Result;
use crate::ground::limits::{COMMIT_CHANGES, PAGE_ROWS};
use crate::ops::Request;
use crate::query::page::bounded;

/// Changes after which a page ends, also when few of them were asked for.
const LOOKED_AT_MAX: usize = COMMIT_CHANGES.len();

impl Request for ListChanges {
    const RIGHT: Right = Right::Read;
    type Answer = Changes;
    fn touches(&self) -> Touches<'_> {
        self.collection.as_deref().map_or(Touches::Within, Touches::one)
    }
    fn run(&self, session: &Session) -> Result<Self::Answer> {
        let (view, config) = session.view()?;
        let limit = bounded(self.limit, PAGE_ROWS.len(), &PAGE_ROWS, "/limit")?;
        let only = match &self.collection {
            None => None,
            Some(id) => {
                let known = config.collection(&*view, id)?.ok_or_else(|| collection_not_found(id))?;
                Some(known.row.number)
            }
        };
        let mut page = Page {
            view: &*view,
            only,
            grant: session.grant(),
            names: HashMap::new(),
            times: Times::default(),
            entry: None,
            data: Vec::new(),
            looked_at: 0,
        };
        let pruned = Pruned::read(&*view)?;
        if self.since > 0 {
            pruned.tells_since(self.since).map_err(|e| e.at("/since"))?;
        }
        let since = self.since.max(pruned.seq);
        let (mut next_since, mut has_more) = (since, false);
        let mut failed = Ok(());
        let (lo, hi) = keys::journal_since(since);
        view.scan_each(&lo, &hi, false, &mut |key, _, value| {
            let taken = keys::journal_place(key).and_then(|(seq, run)| {
                let is_full = page.data.len() >= limit || page.looked_at >= LOOKED_AT_MAX;
                if run.is_none() && is_full {
                    return Ok(false);
                }
                next_since = seq;
                page.take(seq, run.is_some(), value).map(|()| true)
            });
            match taken {
                Ok(true) => return ControlFlow::Continue(()),
                Ok(false) => has_more = true,
                Err(error) => failed = Err(error),
            }
            ControlFlow::Break(())
        })?;
        failed.map(|()| Changes { data: page.data, next_since, has_more })
    }
}

/// A page as it fills.
struct Page<'p> {
    view: &'p dyn View,
    /// The number of the only collection that is asked for.
    only: Option<u32>,
    grant: &'p Grant,
    names: HashMap<u32, Option<String>>,
    times: Times,
    /// Of the commit that is being read: who, and when as text.
    entry: Option<(Actor, String)>,
    data: Vec<Change>,
    looked_at: usize,
}

impl Page<'_> {
    /// Takes in an entry or a run of changes.
    fn take(&mut self, seq: u64, is_run: bool, value: &[u8]) -> Result<()> {
        if !is_run {
            let Entry { time_ms, actor } = journal::decode_entry(value)?;
            self.entry = Some((actor, self.times.text(time_ms)));
            return Ok(());
        }
        for change in journal::decode_run(value)? {
            self.looked_at += 1;
            let is_other = self.only.is_some_and(|only| only != change.collection);
            if is_other || (self.grant.limits_collections() && !self.lies_within(seq, &change)?) {
                continue;
            }
            let (actor, at) = self.entry.clone().ok_or_else(journal::damaged)?;
            let (thing, collection) = match change.thing {
                keys::Thing::Collection => (Thing::Collection, Some(change.id.to_text())),
                keys::Thing::Record => (Thing::Record, self.name(change.collection)?),
                keys::Thing::Relationship => (Thing::Relationship, None),
                keys::Thing::Workspace => (Thing::Workspace, None),
            };
            let action = match (change.old_version, change.new_version) {
                (_, 0) => Action::Deleted,
                (0, _) => Action::Created,
                _ => Action::Updated,
            };
            let version = if change.new_version == 0 { change.old_version } else { change.new_version };
            let id = change.id.to_text();
            self.data.push(Change { seq, at, actor, thing, collection, id, action, version });
        }
        Ok(())
    }

    /// Whether a change is of collections that the handle reaches: of a relationship, both ends.
    fn lies_within(&mut self, seq: u64, change: &journal::Change) -> Result<bool> {
        let numbers = match change.thing {
            keys::Thing::Collection => return Ok(self.grant.has_collection(&change.id.to_text())),
            keys::Thing::Workspace => return Ok(false),
            keys::Thing::Record => vec![change.collection],
            keys::Thing::Relationship => self.ends(seq, change)?,
        };
        for number in &numbers {
            let name = self.name(*number)?;
            if !name.is_some_and(|name| self.grant.has_collection(&name)) {
                return Ok(false);
            }
        }
        Ok(!numbers.is_empty())
    }

    /// The collections of a relationship's ends; none when it came and went in one commit.
    fn ends(&self, seq: u64, change: &journal::Change) -> Result<Vec<u32>> {
        let row = match &change.before {
            Some(before) => Some(before.clone()),
            None => self.made(seq, change)?,
        };
        let row = row.map(|bytes| decode_relationship(&bytes)).transpose()?;
        Ok(row.map_or_else(Vec::new, |row| vec![row.source.0, row.target.0]))
    }

    /// What a commit made of a relationship: what its next change found there, else what is there now.
    fn made(&self, seq: u64, change: &journal::Change) -> Result<Option<Vec<u8>>> {
        let mut next = None;
        let (_, hi) = keys::history_of(change.thing, change.collection, &change.id);
        let lo = keys::history(change.thing, change.collection, &change.id, seq.saturating_add(1));
        self.view.scan_each(&lo, &hi, false, &mut |key, _, value| {
            next = Some(keys::history_seq(key).and_then(|seq| Ok((seq, journal::history_place(value)?.0))));
            ControlFlow::Break(())
        })?;
        if let Some((seq, n)) = next.transpose()? {
            return Ok(journal::change_at(self.view, seq, n)?.before);
        }
        let mut now = None;
        self.view.get_with(&keys::relationship(&change.id), &mut |row| {
            now = row.map(|(_, bytes)| bytes.to_vec());
        })?;
        Ok(now)
    }

    /// The id of a collection, which is known by its number also when it is gone.
    fn name(&mut self, number: u32) -> Result<Option<String>> {
        if let Some(known) = self.names.get(&number) {
            return Ok(known.clone());
        }
        let name = config::name_of(self.view, number)?;
        self.names.insert(number, name.clone());
        Ok(name)
    }
}
