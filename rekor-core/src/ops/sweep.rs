//! Removing what no collection has any more: the keys of dropped indexes. Nothing depends on it being done.

use std::ops::ControlFlow;

use crate::codec::keys;
use crate::ctx::session::Session;
use crate::ground::error::Result;

/// Removes the keys of indexes that no collection has any more, in bounded steps.
///
/// What was committed before stands, whatever comes of this: what is left is swept the next time.
pub fn sweep_indexes(session: &Session) {
    if !session.is_rehearsing() {
        let _ = sweep(session);
    }
}

fn sweep(session: &Session) -> Result<()> {
    const STEP_KEYS: usize = 20_000;
    loop {
        let (_, config) = session.view()?;
        let Some(number) = config.meta.dropped_indexes.first().copied() else { return Ok(()) };
        session.write_free(|ctx| {
            let (lo, hi) = keys::range(keys::index(number));
            let mut keys = Vec::new();
            ctx.view().scan_each(&lo, &hi, false, &mut |key, _, _| {
                keys.push(key.to_vec());
                if keys.len() < STEP_KEYS { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            })?;
            let last_step = keys.len() < STEP_KEYS;
            for key in keys {
                ctx.put_derived(key, None)?;
            }
            if last_step {
                ctx.edit_meta(|meta| meta.dropped_indexes.retain(|dropped| *dropped != number))?;
            }
            Ok(())
        })?;
    }
}
