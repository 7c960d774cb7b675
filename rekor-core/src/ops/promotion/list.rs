//! The promotions and rollbacks of a workspace.

use std::collections::HashMap;
use std::ops::ControlFlow;

use crate::api::list::List;
use crate::api::preview::Promotion;
use crate::codec::collection::decode;
use crate::codec::keys;
use crate::codec::time::text_from_ms;
use crate::ctx::journal;
use crate::ctx::session::Session;
use crate::engine::View;
use crate::ground::error::Result;
use crate::ops::promotion::apply::PromotionRow;

/// Every promotion and rollback, oldest first.
fn rows(view: &dyn View) -> Result<Vec<(u64, PromotionRow)>> {
    let (lo, hi) = keys::promotions();
    let mut rows = Vec::new();
    let mut failed = Ok(());
    view.scan_each(&lo, &hi, false, &mut |key, _, value| {
        match keys::history_seq(key).and_then(|seq| Ok((seq, decode(value)?))) {
            Ok(row) => rows.push(row),
            Err(error) => failed = Err(error),
        }
        if failed.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    failed.map(|()| rows)
}

/// Which rollback took which promotion back.
fn rolled_back(rows: &[(u64, PromotionRow)]) -> HashMap<u64, u64> {
    rows.iter().filter_map(|(seq, row)| Some((row.rolls_back?, *seq))).collect()
}

/// The newest promotion that is not rolled back.
pub fn newest(view: &dyn View) -> Result<Option<u64>> {
    let rows = rows(view)?;
    let gone = rolled_back(&rows);
    let stands = |(seq, row): &&(u64, PromotionRow)| row.rolls_back.is_none() && !gone.contains_key(seq);
    Ok(rows.iter().rev().find(stands).map(|(seq, _)| *seq))
}

/// Lists the promotions and rollbacks, the newest first.
pub fn promotions(production: &Session) -> Result<List<Promotion>> {
    let (view, _) = production.view()?;
    let rows = rows(&*view)?;
    let gone = rolled_back(&rows);
    let told = rows.into_iter().rev().map(|(id, row)| {
        let entry = journal::entry_at(&*view, id).ok();
        Promotion {
            id,
            at: entry.as_ref().map(|entry| text_from_ms(entry.time_ms)),
            actor: entry.map(|entry| entry.actor),
            from: row.from,
            rolls_back: row.rolls_back,
            rolled_back_by: gone.get(&id).copied(),
            hash: row.hash,
            changes: row.changes,
        }
    });
    Ok(List::whole(told.collect()))
}
