//! A request answered in JSON, plainly, once for an idempotency key, or as a rehearsal that writes nothing.

use std::sync::Arc;

use crate::api::call::{CallOptions, Rehearsal, RehearsedChange};
use crate::api::history::{Action, Thing};
use crate::codec::collection::{CollectionRow, decode};
use crate::codec::json::Tree;
use crate::codec::keys;
use crate::codec::row::{decode_record, decode_relationship};
use crate::ctx::Became;
use crate::ctx::config;
use crate::ctx::once::Once;
use crate::ctx::session::Session;
use crate::engine::View;
use crate::ground::env;
use crate::ground::error::Result;
use crate::ground::json::Json;
use crate::ground::limits::PAGE_ROWS;
use crate::ops::difference::{Side, difference};
use crate::ops::{Named, Request, encode, execute};

/// Executes a request and answers in JSON.
pub fn respond<R: Request + Named>(session: &Session, request: &R, options: &CallOptions) -> Result<String> {
    match (&options.idempotency_key, options.dry_run) {
        _ if !R::RIGHT.writes() => encode(&execute(session, request)?),
        (_, true) => rehearse(session, request),
        (None, false) => encode(&execute(session, request)?),
        (Some(key), false) => {
            let once = Once::new(session.actor(), session.grant(), key, R::NAME, &encode(request)?)?;
            session.allow(R::RIGHT)?;
            session.allow_touches(|| request.touches())?;
            once_only(&once, &|| Ok(session.view()?.0), || {
                encode(&execute(&session.with_once(once.clone()), request)?)
            })
        }
    }
}

/// Answers what is kept, else carries the work out. If that fails, another may have done the same meanwhile.
pub fn once_only(
    once: &Once,
    view: &dyn Fn() -> Result<Arc<dyn View>>,
    work: impl FnOnce() -> Result<String>,
) -> Result<String> {
    if let Some(kept) = once.find(&*view()?, env::now_ms())? {
        return Ok(kept);
    }
    work().or_else(|error| match once.find(&*view()?, env::now_ms())? {
        Some(kept) => Ok(kept),
        None => Err(error),
    })
}

fn rehearse<R: Request + Named>(session: &Session, request: &R) -> Result<String> {
    let session = session.rehearsing();
    let answer = Json::from_text(encode(&execute(&session, request)?)?);
    encode(&rehearsal(&session, answer)?)
}

/// What a rehearsal came to: the answer, and what would have changed.
fn rehearsal(session: &Session, answer: Json) -> Result<Rehearsal> {
    let (view, _) = session.view()?;
    let mut became = session.rehearsed();
    if session.grant().limits_collections() {
        let mut kept = Vec::new();
        for change in became {
            if lies_within(session, &*view, &change)? {
                kept.push(change);
            }
        }
        became = kept;
    }
    let total = became.len() as u64;
    let changes = became.into_iter().take(PAGE_ROWS.len()).map(|became| told(&*view, &became));
    Ok(Rehearsal { dry_run: true, answer, changes: changes.collect::<Result<_>>()?, changes_total: total })
}

/// Whether what would change belongs to collections that the handle reaches, a relationship with both its ends.
fn lies_within(session: &Session, view: &dyn View, Became { change, after }: &Became) -> Result<bool> {
    let numbers = match change.thing {
        keys::Thing::Collection => return Ok(session.grant().has_collection(&change.id.to_text())),
        keys::Thing::Workspace => return Ok(false),
        keys::Thing::Record => vec![change.collection],
        keys::Thing::Relationship => {
            let row = change.before.as_deref().or(after.as_deref()).map(decode_relationship).transpose()?;
            row.map_or_else(Vec::new, |row| vec![row.source.0, row.target.0])
        }
    };
    for number in &numbers {
        if !config::name_of(view, *number)?.is_some_and(|name| session.grant().has_collection(&name)) {
            return Ok(false);
        }
    }
    Ok(!numbers.is_empty())
}

fn told(view: &dyn View, Became { change, after }: &Became) -> Result<RehearsedChange> {
    let (thing, collection) = match change.thing {
        keys::Thing::Collection => (Thing::Collection, Some(change.id.to_text())),
        keys::Thing::Record => (Thing::Record, config::name_of(view, change.collection)?),
        keys::Thing::Relationship => (Thing::Relationship, None),
        keys::Thing::Workspace => (Thing::Workspace, None),
    };
    let sides =
        [change.before.as_deref(), after.as_deref()].map(|row| row.map(|row| side(change.thing, row)));
    let [before, after] = sides;
    let (before, after) = (before.transpose()?, after.transpose()?);
    Ok(RehearsedChange {
        thing,
        collection,
        id: change.id.to_text(),
        action: match (&before, &after) {
            (_, None) => Action::Deleted,
            (None, _) => Action::Created,
            _ => Action::Updated,
        },
        version: change.new_version.max(change.old_version),
        changes: difference(before.as_ref(), after.as_ref()),
    })
}

/// The parts of a stored row that a difference is made of.
fn side(thing: keys::Thing, row: &[u8]) -> Result<Side> {
    let text = |text: Option<&str>| text.map(Json::from_value);
    Ok(match thing {
        keys::Thing::Record => {
            let row = decode_record(row)?;
            Side {
                plain: vec![
                    ("/external_id", text(row.external_id)),
                    ("/external_source", text(row.external_source)),
                ],
                tree: Some(("/data", Tree::from_canonical(row.data)?)),
            }
        }
        keys::Thing::Relationship => {
            let row = decode_relationship(row)?;
            let data = row.data.as_deref().map(Tree::from_canonical).transpose()?;
            Side { plain: vec![("/type", text(Some(&row.rel_type)))], tree: data.map(|data| ("/data", data)) }
        }
        keys::Thing::Collection => {
            let row: CollectionRow = decode(row)?;
            Side {
                plain: vec![("/name", text(Some(&row.name)))],
                tree: Some(("/schema", Tree::parse(&row.schema)?)),
            }
        }
        keys::Thing::Workspace => Side::default(),
    })
}
