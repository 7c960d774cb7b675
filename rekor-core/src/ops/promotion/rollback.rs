//! What rolling the newest promotion back would do: each collection that it changed is to be what it was before, which the
//! journal tells, if it still is what the promotion made of it.

use std::ops::ControlFlow;

use crate::api::history::Action;
use crate::api::preview::PromotionConflict;
use crate::codec::collection::{CollectionRow, decode};
use crate::codec::keys::{self, Thing};
use crate::ctx::Ctx;
use crate::ctx::journal::{self, Change};
use crate::ctx::pruned::Pruned;
use crate::ground::error::{Code, Error, Result};
use crate::ops::promotion::apply::PromotionRow;
use crate::ops::promotion::base::{Base, fingerprint};
use crate::ops::promotion::list::newest;
use crate::ops::promotion::plan::{Origin, Proposal, Target};

/// What rolling a promotion back would do to production, which `ctx` is a view of.
pub fn of_rollback(ctx: &mut Ctx<'_>, promotion: u64, prune: bool) -> Result<Proposal> {
    let row = find(ctx, promotion)?;
    Pruned::read(ctx.view())?.tells_since(promotion.saturating_sub(1)).map_err(|e| e.at("/promotion"))?;
    let (mut targets, mut conflicts) = (Vec::new(), Vec::new());
    for change in journal::changes_of(ctx.view(), promotion)? {
        if change.thing != Thing::Collection {
            continue;
        }
        let id = change.id.to_text();
        let before: Option<CollectionRow> = change.before.as_deref().map(decode).transpose()?;
        let now = ctx.collection_row(&id)?;
        let same = now.as_ref().map_or(change.new_version == 0, |now| now.number == change.collection);
        let untouched = same && is_as_left(ctx, promotion, &change, now.as_ref())?;
        let action = |is: bool| if is { Action::Updated } else { Action::Deleted };
        if !untouched {
            conflicts.push(PromotionConflict {
                collection: id,
                production: action(now.is_some()),
                preview: action(before.is_some()),
            });
            continue;
        }
        let revived = match (&now, &before) {
            (None, Some(before)) => Some((before.number, before.version)),
            _ => None,
        };
        let then = before.map(|row| (row.name, row.schema));
        targets.push(Target { id, now, then, revived });
    }
    let made = targets.iter().filter(|target| target.then.is_none()).map(|target| target.id.as_str());
    let made: Vec<&str> = made.collect();
    if !prune && !made.is_empty() {
        return Err(Error::new(
            Code::BreakingChange,
            format!("the promotion made {}, which a rollback removes with all records", made.join(", ")),
        )
        .at("/prune")
        .hint("add --prune to remove whole collections"));
    }
    targets.sort_by(|a, b| a.id.cmp(&b.id));
    let base = Base::read(ctx, &row.file)?;
    let next_base = base.as_ref().filter(|base| **base != row.base).map(|_| row.base.clone());
    let origin = Origin::Rollback { promotion, file: row.file };
    Ok(Proposal { origin, targets, conflicts, prune, base: base.unwrap_or_default(), next_base })
}

/// Whether a collection is what the promotion made of it: not changed since, or changed back.
fn is_as_left(ctx: &Ctx<'_>, promotion: u64, change: &Change, now: Option<&CollectionRow>) -> Result<bool> {
    let (_, hi) = keys::history_of(Thing::Collection, change.collection, &change.id);
    let lo = keys::history(Thing::Collection, change.collection, &change.id, promotion.saturating_add(1));
    let mut later = None;
    ctx.view().scan_each(&lo, &hi, false, &mut |key, _, value| {
        later = Some(keys::history_seq(key).and_then(|seq| Ok((seq, journal::history_place(value)?.0))));
        ControlFlow::Break(())
    })?;
    let Some((seq, n)) = later.transpose()? else { return Ok(true) };
    let left = journal::change_at(ctx.view(), seq, n)?.before;
    let left: Option<CollectionRow> = left.as_deref().map(decode).transpose()?;
    let print = |row: Option<&CollectionRow>| row.map(|row| fingerprint(&row.name, &row.schema)).transpose();
    Ok(print(left.as_ref())? == print(now)?)
}

fn find(ctx: &Ctx<'_>, promotion: u64) -> Result<PromotionRow> {
    let mut found = None;
    ctx.view()
        .get_with(&keys::promotion(promotion), &mut |row| found = row.map(|(_, bytes)| decode(bytes)))?;
    let row: PromotionRow =
        found.transpose()?.filter(|row: &PromotionRow| row.rolls_back.is_none()).ok_or_else(|| {
            Error::new(Code::NotFound, format!("there is no promotion {promotion}"))
                .at("/promotion")
                .hint(format!("list them with `rekor workspaces promotions {}`", ctx.meta().workspace))
        })?;
    match newest(ctx.view())? {
        Some(newest) if newest == promotion => Ok(row),
        Some(newest) => Err(Error::new(
            Code::UndoConflict,
            format!("the promotion {promotion} is not the newest that stands: {newest} is"),
        )
        .at("/promotion")
        .hint(format!("roll {newest} back first"))),
        None => {
            Err(Error::new(Code::UndoConflict, format!("the promotion {promotion} is rolled back already"))
                .at("/promotion"))
        }
    }
}
