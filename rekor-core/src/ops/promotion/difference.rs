//! The three-way comparison of base, production and preview: which collections become others, and which both have changed.

use std::collections::{BTreeMap, BTreeSet};

use crate::api::history::Action;
use crate::api::preview::PromotionConflict;
use crate::codec::collection::CollectionRow;
use crate::ctx::Ctx;
use crate::ground::error::{Code, Error, Result};
use crate::ops::promotion::base::{Base, fingerprint};
use crate::ops::promotion::plan::{Origin, Proposal, Target};

/// A preview as it is compared.
#[derive(Debug, Clone)]
pub struct Preview {
    /// Its id.
    pub id: String,
    /// The name of its file, under which production keeps the base.
    pub file: [u8; 16],
    /// Its collections.
    pub rows: Vec<CollectionRow>,
}

/// What promoting a preview would do to production, which `ctx` is a view of.
pub fn of_preview(ctx: &mut Ctx<'_>, preview: &Preview, prune: bool) -> Result<Proposal> {
    let base = Base::read(ctx, &preview.file)?.ok_or_else(|| {
        Error::new(
            Code::InvalidRequest,
            format!("`{}` is not a preview of `{}`", preview.id, ctx.meta().workspace),
        )
        .at("/from")
        .hint("`rekor workspaces list` names the parent of each preview")
    })?;
    let by_id = |rows: Vec<CollectionRow>| -> BTreeMap<String, CollectionRow> {
        rows.into_iter().map(|row| (row.id.clone(), row)).collect()
    };
    let (mut production, mut wanted) = (by_id(ctx.collection_rows()?), by_id(preview.rows.clone()));
    let ids: BTreeSet<String> =
        base.collections.keys().chain(production.keys()).chain(wanted.keys()).cloned().collect();
    let mut targets = Vec::new();
    let mut conflicts = Vec::new();
    let mut next = base.clone();
    for id in ids {
        let was = base.collections.get(&id).cloned();
        let (now, then) = (production.remove(&id), wanted.remove(&id));
        let print = |row: &Option<CollectionRow>| -> Result<Option<String>> {
            row.as_ref().map(|row| fingerprint(&row.name, &row.schema)).transpose()
        };
        let (is, wants) = (print(&now)?, print(&then)?);
        if wants == was {
            continue;
        }
        if wants != is && is != was {
            conflicts.push(PromotionConflict {
                production: action(was.is_some(), is.is_some()),
                preview: action(was.is_some(), wants.is_some()),
                collection: id,
            });
            continue;
        }
        // The same change on both sides is none, save that the next comparison starts from it.
        let target =
            Target { id: id.clone(), then: then.map(|row| (row.name, row.schema)), now, revived: None };
        let kept = target.then.is_none() && target.now.is_some() && !prune;
        if !kept {
            match wants.clone() {
                Some(print) => next.collections.insert(id, print),
                None => next.collections.remove(&id),
            };
        }
        if wants != is {
            targets.push(target);
        }
    }
    let origin = Origin::Preview { id: preview.id.clone(), file: preview.file };
    Ok(Proposal {
        origin,
        targets,
        conflicts,
        prune,
        base: base.clone(),
        next_base: (next != base).then_some(next),
    })
}

fn action(was: bool, is: bool) -> Action {
    match (was, is) {
        (_, false) => Action::Deleted,
        (false, true) => Action::Created,
        (true, true) => Action::Updated,
    }
}
