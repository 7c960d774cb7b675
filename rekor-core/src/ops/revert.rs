//! One record taken back to an earlier state: to a version, or to what it was before it was deleted. What is written is a new
//! version, checked by the schema of now.

use crate::api::list::Written;
use crate::api::record::Record;
use crate::api::undo::{RestoreRecord, RevertRecord};
use crate::codec::id::{ExternalKey, Id};
use crate::codec::keys::{self, Thing};
use crate::codec::row::decode_record;
use crate::ctx::config::Collection;
use crate::ctx::journal;
use crate::ctx::pruned::Pruned;
use crate::ctx::rights::Right;
use crate::ctx::scope::Touches;
use crate::ctx::session::Session;
use crate::ctx::{Ctx, RecordImage};
use crate::engine::View;
use crate::ground::error::{Code, Error, Result};
use crate::ops::Request;
use crate::ops::records::{self, Which};

impl Request for RevertRecord {
    const RIGHT: Right = Right::WriteRecords;
    type Answer = Written<Record>;
    fn touches(&self) -> Touches<'_> {
        Touches::one(&self.collection)
    }
    fn run(&self, session: &Session) -> Result<Self::Answer> {
        session.answer(|ctx| revert(ctx, self))
    }
}

impl Request for RestoreRecord {
    const RIGHT: Right = Right::WriteRecords;
    type Answer = Written<Record>;
    fn touches(&self) -> Touches<'_> {
        Touches::one(&self.collection)
    }
    fn run(&self, session: &Session) -> Result<Self::Answer> {
        session.answer(|ctx| restore(ctx, self))
    }
}

fn revert(ctx: &mut Ctx<'_>, request: &RevertRecord) -> Result<Written<Record>> {
    let collection = ctx.need_collection(&request.collection)?;
    let which = records::which(
        request.id.as_deref(),
        request.external_id.as_deref(),
        request.external_source.as_deref(),
    )?;
    let known = match &which {
        Which::Id(id) => Some(id.clone()),
        Which::External(key) => ctx.external(&collection, key)?,
    };
    let id = known.ok_or_else(|| records::not_found(&collection, &which))?;
    let now = ctx.record(&collection, &id)?;
    records::check_version(&collection, Some(&id), now.as_ref(), request.if_version)?;
    if now.as_ref().is_some_and(|now| now.version == request.to) {
        return put(ctx, &collection, &id, None);
    }
    let then = version_of(ctx.view(), collection.row.number, &id, request.to)?;
    let then = then.ok_or_else(|| {
        let missing = records::not_found(&collection, &which);
        let known = now.is_some();
        let message =
            format!("the record `{id}` has no version {} in what is kept of its history", request.to);
        let error = if known { Error::new(Code::NotFound, message).at("/to") } else { missing };
        error.hint(format!("its versions are listed by `rekor records history {} {id}`", collection.row.id))
    })?;
    put(ctx, &collection, &id, Some(&then))
}

fn restore(ctx: &mut Ctx<'_>, request: &RestoreRecord) -> Result<Written<Record>> {
    let collection = ctx.need_collection(&request.collection)?;
    let id = Id::parse(&request.id).map_err(|e| e.at("/id"))?;
    if ctx.record(&collection, &id)?.is_some() {
        return put(ctx, &collection, &id, None);
    }
    let (lo, hi) = keys::history_of(Thing::Record, collection.row.number, &id);
    let last = ctx.scan(&lo, &hi, true, 1)?;
    let seq = last.first().map(|entry| keys::history_seq(&entry.key)).transpose()?;
    let pruned = Pruned::read(ctx.view())?;
    let seq = seq
        .filter(|seq| *seq > pruned.seq)
        .ok_or_else(|| records::not_found(&collection, &Which::Id(id.clone())))?;
    let then = states_in(ctx.view(), seq, collection.row.number, &id)?.pop();
    let mut answer = put(ctx, &collection, &id, then.as_deref())?;
    let links = journal::changes_of(ctx.view(), seq)?;
    let gone = links.iter().filter(|change| change.thing == Thing::Relationship && change.new_version == 0);
    let gone = gone.count();
    if gone > 0 {
        answer.warnings.push(format!(
            "{gone} relationships were deleted in the same commit: to have all of it back, take this back and run \
             `rekor undo --batch {seq}`"
        ));
    }
    Ok(answer)
}

/// Writes a stored row as the record's newest version; without one, answers what is there.
fn put(ctx: &mut Ctx<'_>, collection: &Collection, id: &Id, row: Option<&[u8]>) -> Result<Written<Record>> {
    let old = ctx.record(collection, id)?;
    let changed = row.is_some();
    let state = match row {
        None => old,
        Some(row) => {
            let image = image_of(collection, row)?;
            let first = if old.is_some() { 1 } else { ctx.first_version(collection, id)? };
            if old.as_ref().is_some_and(|o| *o.data == *image.data.text() && o.external == image.external) {
                let thing = old.map(|old| records::record_of(collection, id, old));
                return thing
                    .map(|thing| Written { thing, changed: false, warnings: vec![] })
                    .ok_or_else(none);
            }
            ctx.put_record(collection, id, old.as_ref(), Some(&image), first)?
        }
    };
    let thing = records::record_of(collection, id, state.ok_or_else(none)?);
    Ok(Written { thing, changed, warnings: Vec::new() })
}

fn none() -> Error {
    Error::new(Code::Internal, "a record that was written has no state")
}

/// What a stored row of before says, checked by the schema of now.
pub fn image_of(collection: &Collection, row: &[u8]) -> Result<RecordImage> {
    let row = decode_record(row)?;
    let external =
        row.external_id.map(|id| ExternalKey { source: row.external_source.map(Into::into), id: id.into() });
    let data = collection.compiled()?.checked(row.data).map_err(|e| {
        let hint = format!(
            "the schema of `{}` has changed since: change it back first, or write the record anew",
            collection.row.id
        );
        e.under("/data").hint(hint)
    })?;
    Ok(RecordImage { external, data, created_ms: Some(row.created_ms) })
}

/// The states of a record that its changes in one commit found, oldest first: rows as they were stored.
fn states_in(view: &dyn View, seq: u64, number: u32, id: &Id) -> Result<Vec<Vec<u8>>> {
    let changes = journal::changes_of(view, seq)?.into_iter();
    let own = changes.filter(|c| c.thing == Thing::Record && c.collection == number && c.id == *id);
    Ok(own.filter_map(|change| change.before).collect())
}

/// The stored row of a version: what the change after it found.
fn version_of(view: &dyn View, number: u32, id: &Id, version: u64) -> Result<Option<Vec<u8>>> {
    let pruned = Pruned::read(view)?;
    let (lo, hi) = keys::history_of(Thing::Record, number, id);
    let mut seqs = Vec::new();
    let mut failed = Ok(());
    view.scan_each(&lo, &hi, false, &mut |key, _, value| {
        let place = keys::history_seq(key).and_then(|seq| Ok((seq, journal::history_place(value)?.1)));
        match place {
            // What a version was is told by the first commit that has a later one, or that deleted it.
            Ok((seq, after)) if after >= version && seq > pruned.seq => seqs.push(seq),
            Ok(_) => {}
            Err(error) => failed = Err(error),
        }
        if failed.is_ok() && seqs.len() < 3 {
            std::ops::ControlFlow::Continue(())
        } else {
            std::ops::ControlFlow::Break(())
        }
    })?;
    failed?;
    for seq in seqs {
        for row in states_in(view, seq, number, id)? {
            if decode_record(&row)?.version == version {
                return Ok(Some(row));
            }
        }
    }
    Ok(None)
}
