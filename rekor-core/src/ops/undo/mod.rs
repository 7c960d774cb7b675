//! Commits taken back: each thing that they changed is again what it was before the first of them. All of it or nothing, and
//! nothing where anybody has changed one of the things since.

mod conflicts;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use conflicts::{Conflicts, says, stored_at};

use crate::api::list::Actor;
use crate::api::undo::{Undo, Undone};
use crate::codec::collection::{CollectionRow, decode};
use crate::codec::id::{Id, shorten};
use crate::codec::keys::{self, EdgeSide, Thing};
use crate::codec::row::{RelationshipRow, decode_relationship};
use crate::ctx::pruned::Pruned;
use crate::ctx::rights::Right;
use crate::ctx::session::Session;
use crate::ctx::{Ctx, config, journal};
use crate::engine::{Seq, View};
use crate::ground::error::{Code, Error, Result};
use crate::ground::limits::{self, COMMIT_CHANGES};
use crate::ops::configure::{self, Draft, Plans, too_many_records};
use crate::ops::{Request, evolve, leftovers, revert, sweep};

impl Request for Undo {
    const RIGHT: Right = Right::WriteRecords;
    type Answer = Undone;
    fn run(&self, session: &Session) -> Result<Self::Answer> {
        // The commit that takes a run back is none of that run's.
        let actor = session.actor();
        let own = self.run.is_some() && actor.run == self.run;
        let session = if own { &session.with_actor(Actor { run: None, ..actor.clone() }) } else { session };
        sweep_deleted(session, self)?;
        let (answer, seq) = session.write(|ctx| {
            let commits = commits(ctx.view(), self)?;
            let taken = Taken::of(ctx.view(), commits)?;
            if !taken.collections.is_empty() {
                session.allow(Right::Configure)?;
            }
            let answer = taken.take_back(ctx)?;
            ctx.answer(answer)
        })?;
        sweep::sweep_indexes(session);
        Ok(Undone { seq: answer.seq.and(seq.map(|Seq(seq)| seq)), ..answer })
    }
}

/// Removes what is left of the columns of collections that the commits deleted and that are to come back.
fn sweep_deleted(session: &Session, request: &Undo) -> Result<()> {
    if session.is_rehearsing() {
        return Ok(());
    }
    let (view, config) = session.view()?;
    for ((number, _), before) in Taken::of(&*view, commits(&*view, request)?)?.collections {
        if before.row.is_some() && config.numbered(&*view, number)?.is_none() {
            leftovers::remove_leftovers(session, number)?;
        }
    }
    Ok(())
}

/// The commits that a request names, oldest first.
fn commits(view: &dyn View, request: &Undo) -> Result<BTreeSet<u64>> {
    match (request.batch, &request.run) {
        (Some(seq), None) => {
            let mut known = false;
            view.get_with(&keys::journal_entry(seq), &mut |entry| known = entry.is_some())?;
            let missing = || {
                Error::new(Code::NotFound, format!("the journal has no commit {seq}"))
                    .at("/batch")
                    .hint("`rekor changes` lists the commits by their `seq`")
            };
            if known {
                Pruned::read(view)?.tells_since(seq.saturating_sub(1)).map_err(|e| e.at("/batch"))?;
                return Ok(BTreeSet::from([seq]));
            }
            Err(missing())
        }
        (None, Some(run)) => {
            let (lo, hi) = keys::runs(run);
            let mut commits = BTreeSet::new();
            let mut failed = Ok(());
            view.scan_each(&lo, &hi, false, &mut |key, _, _| {
                match keys::history_seq(key) {
                    Ok(seq) => drop(commits.insert(seq)),
                    Err(error) => failed = Err(error),
                }
                if commits.len() <= COMMIT_CHANGES.len() {
                    ControlFlow::Continue(())
                } else {
                    ControlFlow::Break(())
                }
            })?;
            failed?;
            if commits.is_empty() {
                return Err(Error::new(
                    Code::NotFound,
                    format!("no commit belongs to the run `{}`", shorten(run)),
                )
                .at("/run")
                .hint("`rekor changes` names the run of each commit under `actor`"));
            }
            let first = commits.first().map_or(0, |seq| seq.saturating_sub(1));
            Pruned::read(view)?.tells_since(first).map_err(|e| e.at("/run"))?;
            Ok(commits)
        }
        _ => Err(Error::new(Code::InvalidRequest, "name one commit or one run to take back")
            .hint("give --batch SEQ or --run ID")),
    }
}

/// The error for a commit that a rollback takes back, which needs a person and knows of previews.
fn promotion(seq: u64) -> Error {
    Error::new(Code::InvalidRequest, format!("the commit {seq} is a promotion or a rollback"))
        .at("/batch")
        .hint(format!(
            "a person rolls a promotion back: `rekor workspaces rollback <workspace> --promotion {seq}`"
        ))
}

/// The error for a commit that changed what people choose for the workspace.
fn settings(seq: u64) -> Error {
    Error::new(Code::InvalidRequest, format!("the commit {seq} changed settings of the workspace"))
        .at("/batch")
        .hint("set them back: `rekor workspaces set`")
}

/// What a thing was before the commits.
struct Before {
    row: Option<Vec<u8>>,
    first: u64,
}

/// What commits changed, by thing.
struct Taken {
    commits: BTreeSet<u64>,
    collections: BTreeMap<(u32, Id), Before>,
    records: BTreeMap<(u32, Id), Before>,
    relationships: BTreeMap<Id, Before>,
}

impl Taken {
    fn of(view: &dyn View, commits: BTreeSet<u64>) -> Result<Self> {
        let mut taken = Self {
            commits,
            collections: BTreeMap::new(),
            records: BTreeMap::new(),
            relationships: BTreeMap::new(),
        };
        let too_many = |e: Error| e.hint("take the commits of the run back one by one, the newest first");
        let (mut things, mut bytes) = (0, 0);
        for seq in taken.commits.clone() {
            let mut promoted = false;
            view.get_with(&keys::promotion(seq), &mut |row| promoted = row.is_some())?;
            if promoted {
                return Err(promotion(seq));
            }
            for change in journal::changes_of(view, seq)? {
                bytes += change.before.as_ref().map_or(0, Vec::len);
                let before = Before { row: change.before, first: seq };
                let key = (change.collection, change.id);
                match change.thing {
                    Thing::Collection => drop(taken.collections.entry(key).or_insert(before)),
                    Thing::Record => drop(taken.records.entry(key).or_insert(before)),
                    Thing::Relationship => drop(taken.relationships.entry(key.1).or_insert(before)),
                    Thing::Workspace => return Err(settings(seq)),
                }
                things += 1;
                COMMIT_CHANGES.check(things).map_err(too_many)?;
                limits::COMMIT_BYTES.check(bytes).map_err(too_many)?;
            }
        }
        Ok(taken)
    }

    fn take_back(&self, ctx: &mut Ctx<'_>) -> Result<Undone> {
        self.check_later(ctx.view())?;
        let removed = self.restore_collections(ctx)?;
        let (mut records, mut relationships) = (0, 0);
        for (id, before) in &self.relationships {
            if before.row.is_none()
                && let Some(now) = ctx.relationship(id)?
            {
                ctx.put_relationship(id, Some(&now), None)?;
                relationships += 1;
            }
        }
        for ((number, id), before) in &self.records {
            records += u64::from(self.restore_record(ctx, *number, id, before)?);
        }
        for (id, before) in &self.relationships {
            if let Some(row) = &before.row {
                relationships += u64::from(restore_relationship(ctx, id, &decode_relationship(row)?)?);
            }
        }
        let collections = (self.collections.len()) as u64;
        if !removed.is_empty() {
            remove_collections(ctx, removed)?;
        }
        let commits = self.commits.len() as u64;
        let seq = ctx.changes_anything().then_some(0);
        Ok(Undone { seq, commits, records, relationships, collections })
    }

    /// Refuses when another commit has changed one of the things since.
    fn check_later(&self, view: &dyn View) -> Result<()> {
        let collections =
            self.collections.iter().map(|((n, id), before)| (Thing::Collection, *n, id, before));
        let records = self.records.iter().map(|((n, id), before)| (Thing::Record, *n, id, before));
        let relationships =
            self.relationships.iter().map(|(id, before)| (Thing::Relationship, 0, id, before));
        let mut conflicts = Conflicts::default();
        for (thing, number, id, before) in collections.chain(records).chain(relationships) {
            let later = self.later(view, thing, number, id, before.first)?;
            if let Some(seq) = later {
                conflicts.add(view, thing, number, id, seq)?;
            }
        }
        conflicts.finish()
    }

    /// The commit of another that has changed a thing since, unless the thing is again what these commits made of it.
    fn later(&self, view: &dyn View, thing: Thing, number: u32, id: &Id, first: u64) -> Result<Option<u64>> {
        let (_, hi) = keys::history_of(thing, number, id);
        let lo = keys::history(thing, number, id, first);
        let (mut other, mut between) = (None, false);
        let mut failed = Ok(());
        view.scan_each(&lo, &hi, false, &mut |key, _, value| {
            let place = keys::history_seq(key).and_then(|seq| Ok((seq, journal::history_place(value)?.0)));
            match place {
                Ok((seq, _)) if self.commits.contains(&seq) => between = other.is_some(),
                Ok(place) => other = other.or(Some(place)),
                Err(error) => failed = Err(error),
            }
            if failed.is_ok() && !between { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        failed?;
        let Some((seq, n)) = other else { return Ok(None) };
        if between {
            return Ok(Some(seq));
        }
        let left = journal::change_at(view, seq, n)?.before;
        let mut now = None;
        view.get_with(&stored_at(thing, number, id), &mut |row| now = row.map(|(_, row)| row.to_vec()))?;
        let same = says(thing, left.as_deref())? == says(thing, now.as_deref())?;
        Ok(Some(seq).filter(|_| !same))
    }

    /// Brings collections back that were deleted and schemas that were changed; answers the collections that are to go.
    fn restore_collections(&self, ctx: &mut Ctx<'_>) -> Result<Vec<CollectionRow>> {
        let (mut drafts, mut removed) = (Vec::new(), Vec::new());
        for ((number, id), before) in &self.collections {
            let name = id.to_text();
            let now = ctx.collection_row(&name)?;
            let then: Option<CollectionRow> = before.row.as_deref().map(decode).transpose()?;
            match (now, then) {
                (Some(now), Some(_)) if now.number != *number => {
                    return Err(Error::new(
                        Code::UndoConflict,
                        format!("there is another collection `{name}` now"),
                    )
                    .hint("delete that one first"));
                }
                (Some(now), None) if now.number == *number => removed.push(now),
                (_, None) => {}
                (now, Some(then)) => {
                    let revived = now.is_none().then_some((*number, then.version));
                    drafts.push(Draft { old: now, id: name, name: then.name, schema: then.schema, revived });
                }
            }
        }
        let plans = configure::complete(ctx, drafts, Vec::new())?;
        if !evolve::fits_one_commit(ctx, &plans)? {
            return Err(too_many_records("change the schemas back by themselves first".to_owned()));
        }
        evolve::apply(ctx, &plans).map_err(|e| match e.code() {
            Code::SchemaIncompatible => e.at("/batch").hint("change those records first"),
            _ => e,
        })?;
        Ok(removed)
    }

    /// Makes a record what it was; answers whether that changes it.
    fn restore_record(&self, ctx: &mut Ctx<'_>, number: u32, id: &Id, before: &Before) -> Result<bool> {
        let Some(collection) = ctx.numbered(number)? else {
            let name = config::name_of(ctx.view(), number)?.unwrap_or_default();
            return Err(Error::new(
                Code::UndoConflict,
                format!("the collection `{name}` of the record `{id}` was deleted since"),
            )
            .hint("take that deletion back first"));
        };
        let old = ctx.record(&collection, id)?;
        let Some(row) = &before.row else {
            let Some(old) = old else { return Ok(false) };
            self.check_unlinked(ctx, number, id, before.first)?;
            ctx.put_record(&collection, id, Some(&old), None, 1)?;
            return Ok(true);
        };
        let image = revert::image_of(&collection, row)?;
        if old.as_ref().is_some_and(|old| *old.data == *image.data.text() && old.external == image.external) {
            return Ok(false);
        }
        let first = if old.is_some() { 1 } else { ctx.first_version(&collection, id)? };
        ctx.put_record(&collection, id, old.as_ref(), Some(&image), first)?;
        Ok(true)
    }

    /// Refuses to take away a record that somebody has linked since it was made. Links that were there before it dangle again.
    fn check_unlinked(&self, ctx: &mut Ctx<'_>, number: u32, id: &Id, first: u64) -> Result<()> {
        for side in [EdgeSide::Out, EdgeSide::In] {
            let (lo, hi) = keys::edges(side, (number, id), None);
            for entry in ctx.scan(&lo, &hi, false, COMMIT_CHANGES.len())? {
                let link = keys::edge_of(side, (number, id), &entry.key)?.relationship;
                let since = entry.version.0 > first && !self.commits.contains(&entry.version.0);
                if since && ctx.relationship(&link)?.is_some() {
                    let mut conflicts = Conflicts::default();
                    conflicts.add(ctx.view(), Thing::Relationship, 0, &link, entry.version.0)?;
                    return conflicts.finish();
                }
            }
        }
        Ok(())
    }
}

/// Makes a relationship what it was; answers whether that changes it.
fn restore_relationship(ctx: &mut Ctx<'_>, id: &Id, then: &RelationshipRow) -> Result<bool> {
    for (number, end) in [&then.source, &then.target] {
        if ctx.numbered(*number)?.is_none() {
            let name = config::name_of(ctx.view(), *number)?.unwrap_or_default();
            let message =
                format!("the collection `{name}` of `{end}`, which `{id}` links, was deleted since");
            return Err(Error::new(Code::UndoConflict, message).hint("take that deletion back first"));
        }
    }
    let now = ctx.relationship(id)?;
    if now.as_ref().is_some_and(|now| now.row.data == then.data) {
        return Ok(false);
    }
    let version = now.as_ref().map_or(then.version, |now| now.row.version) + 1;
    let row = RelationshipRow { version, updated_ms: ctx.now_ms.max(then.updated_ms), ..then.clone() };
    ctx.put_relationship(id, now.as_ref(), Some(&row))?;
    Ok(true)
}

/// Takes collections away that the commits had made; they must be empty by now.
fn remove_collections(ctx: &mut Ctx<'_>, removed: Vec<CollectionRow>) -> Result<()> {
    for row in &removed {
        if configure::has_record(ctx, row.number)? {
            return Err(Error::new(
                Code::UndoConflict,
                format!("the collection `{}`, which would go, has records that others made since", row.id),
            )
            .hint(format!("delete them first, or keep the collection: `rekor query {}`", row.id)));
        }
    }
    let plans = Plans { removed, next_index: ctx.meta().next_index, ..Plans::default() };
    configure::check_unused(ctx, &plans)?;
    evolve::apply(ctx, &plans)
}
