//! What deleted collections leave behind: their columns and dirty entries, which maintenance removes, and which must be gone
//! before a deleted collection comes back.

use std::ops::ControlFlow;

use crate::codec::column_keys::{self, ColumnKey};
use crate::ctx::session::Session;
use crate::engine::{Seq, View};
use crate::ground::error::Result;

/// Keys that one step removes at most.
const STEP_KEYS: usize = if cfg!(test) { 16 } else { 16_384 };

/// The ranges of a collection's columns and dirty entries.
fn spans(collection: u32) -> impl Iterator<Item = (Vec<u8>, Vec<u8>)> {
    let of = move |kind: Option<ColumnKey>| match kind {
        Some(kind) => kind.all(collection),
        None => column_keys::dirties(collection),
    };
    ColumnKey::ALL.map(Some).into_iter().chain([None]).map(of)
}

/// Whether anything is left of the columns of a deleted collection.
pub fn has_leftovers(view: &dyn View, collection: u32) -> Result<bool> {
    for (lo, hi) in spans(collection) {
        if first_collection(view, &lo, &hi)?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Removes all that is left of the columns of a deleted collection.
pub fn remove_leftovers(session: &Session, collection: u32) -> Result<()> {
    loop {
        let (view, _) = session.view()?;
        let Some(span) = spans(collection)
            .map(|span| Ok(first_collection(&*view, &span.0, &span.1)?.map(|_| span)))
            .find_map(Result::transpose)
            .transpose()?
        else {
            return Ok(());
        };
        sweep_span(session, &*view, &span)?;
    }
}

/// Removes some of what is left of the columns of collections that are gone.
pub fn sweep_retired(session: &Session, view: &dyn View, live: &[(u32, String)]) -> Result<bool> {
    for kind in ColumnKey::ALL.map(Some).into_iter().chain([None]) {
        let span =
            |collection| kind.map_or_else(|| column_keys::dirties(collection), |kind| kind.all(collection));
        let mut number = 0;
        while let Some(next) = first_collection(view, &span(number).0, &span(u32::MAX).1)? {
            if live.binary_search_by_key(&next, |(live, _)| *live).is_err() {
                return sweep_span(session, view, &span(next));
            }
            number = next + 1;
        }
    }
    Ok(false)
}

/// The collection of the first key of a range of column keys.
fn first_collection(view: &dyn View, lo: &[u8], hi: &[u8]) -> Result<Option<u32>> {
    let mut number = None;
    view.scan_each(lo, hi, false, &mut |key, _, _| {
        number = column_keys::collection_of(key);
        ControlFlow::Break(())
    })?;
    Ok(number)
}

fn sweep_span(session: &Session, view: &dyn View, (lo, hi): &(Vec<u8>, Vec<u8>)) -> Result<bool> {
    let mut found = Vec::new();
    view.scan_each(lo, hi, false, &mut |key, version, _| {
        found.push((key.to_vec(), version));
        if found.len() < STEP_KEYS { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    remove(session, &found)
}

/// Removes keys that still have these versions; `false` when another writer was in the way.
pub fn remove(session: &Session, entries: &[(Vec<u8>, Seq)]) -> Result<bool> {
    let done = session.write_once(|ctx| {
        entries.iter().for_each(|(key, version)| ctx.drop_if(key.clone(), *version));
        Ok(())
    })?;
    Ok(done.is_some())
}
