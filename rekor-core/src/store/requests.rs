//! What is asked of the store itself: workspaces made, found and deleted.

use super::entrance::check_production_id;
use super::{CatalogRow, Store, StoreRequest, find, settings};
use crate::api::history::Action;
use crate::api::list::{Deleted, List, Written};
use crate::api::workspace::{
    CreateWorkspace, DeleteWorkspace, GetWorkspace, Kind, ListWorkspaces, Workspace as About,
    WorkspaceDetails,
};
use crate::codec::collection::{Meta, encode};
use crate::codec::id::check_workspace_id;
use crate::codec::keys;
use crate::codec::time::text_from_ms;
use crate::ctx::rights::{self, Right};
use crate::ctx::scope::Reach;
use crate::ctx::session::workspace_not_found;
use crate::engine::{Commit, Put, WorkspaceKey};
use crate::ground::env;
use crate::ground::error::{Code, Error, Result};
use crate::ops::stats;

/// A workspace's JSON.
pub(super) fn about(row: CatalogRow) -> About {
    About {
        id: row.id,
        name: row.name,
        description: row.description,
        kind: row.kind,
        parent: row.parent,
        created_at: text_from_ms(row.created_ms),
        updated_at: text_from_ms(row.updated_ms),
    }
}

impl StoreRequest for CreateWorkspace {
    const RIGHT: Right = Right::CreateWorkspace;
    type Answer = Written<About>;
    fn reach(&self) -> Reach<'_> {
        Reach::New(&self.id, Kind::Production)
    }
    fn change(&self) -> Option<(String, Action)> {
        Some((self.id.clone(), Action::Created))
    }
    fn run(&self, store: &Store) -> Result<Self::Answer> {
        rights::allow(&store.actor, Self::RIGHT, &self.id, || Ok(Kind::Production), String::new)?;
        let at = |e: Error| e.at("/id");
        check_production_id(&self.id).map_err(at)?;
        let vacancy = store.vacancy(&self.id).map_err(at)?;
        let row = CatalogRow::new(&self.id, self.name.clone(), self.description.clone())?;
        let answer = Written { thing: about(row.clone()), changed: true, warnings: Vec::new() };
        if store.dry {
            return Ok(answer);
        }
        store.shared.engine.create(WorkspaceKey(row.file), first_commit(&row)?)?;
        store.enter(&row, &vacancy, store.kept(&answer)?).map_err(at)?;
        Ok(answer)
    }
}

fn first_commit(row: &CatalogRow) -> Result<Commit> {
    let meta = Meta {
        format: keys::FORMAT,
        workspace: row.id.clone(),
        kind: row.kind,
        deleted: false,
        strict_refs: false,
        history_days: None,
        next_collection: 1,
        next_index: 1,
        collections: 0,
        dropped_indexes: Vec::new(),
        revision: 1,
    };
    let put = Put::plain(keys::meta(), encode(&meta)?);
    Ok(Commit { id: env::random_bytes()?, time_ms: row.created_ms, puts: vec![put], ..Commit::default() })
}

impl StoreRequest for GetWorkspace {
    const RIGHT: Right = Right::Read;
    type Answer = WorkspaceDetails;
    fn reach(&self) -> Reach<'_> {
        Reach::About(&self.id)
    }
    fn run(&self, store: &Store) -> Result<Self::Answer> {
        check_workspace_id(&self.id).map_err(|e| e.at("/id"))?;
        let view = store.shared.engine.view(WorkspaceKey::CATALOG)?;
        let (_, row) = find(&*view, &self.id)?.ok_or_else(|| workspace_not_found(&self.id).at("/id"))?;
        drop(view);
        details(store, row)
    }
}

/// A workspace and what it holds.
fn details(store: &Store, row: CatalogRow) -> Result<WorkspaceDetails> {
    let mut previews: Vec<String> =
        store.rows()?.into_iter().filter(|p| p.parent.as_ref() == Some(&row.id)).map(|p| p.id).collect();
    previews.sort();
    let workspace = store.workspace(&row.id)?;
    let session = workspace.session();
    let (view, config) = session.view()?;
    let summary = stats::summary(session, &*view, &config)?;
    Ok(WorkspaceDetails {
        workspace: about(row),
        collections: summary.collections,
        records: summary.records,
        relationships: summary.relationships,
        previews,
        size_bytes: session.engine().size(session.key())?,
        format: config.meta.format,
        seq: summary.seq,
        last_commit: summary.last_commit,
        history: settings::history_text(config.meta.history_days),
        strict_refs: config.meta.strict_refs,
    })
}

impl StoreRequest for ListWorkspaces {
    const RIGHT: Right = Right::Read;
    type Answer = List<About>;
    fn reach(&self) -> Reach<'_> {
        Reach::Within
    }
    fn run(&self, store: &Store) -> Result<Self::Answer> {
        let rows = store.rows()?.into_iter().filter(|row| store.grant.has_workspace(&row.id, row.kind));
        Ok(List::whole(rows.map(about).collect()))
    }
}

impl StoreRequest for DeleteWorkspace {
    const RIGHT: Right = Right::DeleteWorkspace;
    type Answer = Deleted;
    fn reach(&self) -> Reach<'_> {
        Reach::Whole(&self.id)
    }
    fn change(&self) -> Option<(String, Action)> {
        Some((self.id.clone(), Action::Deleted))
    }
    fn run(&self, store: &Store) -> Result<Self::Answer> {
        check_workspace_id(&self.id).map_err(|e| e.at("/id"))?;
        let view = store.shared.engine.view(WorkspaceKey::CATALOG)?;
        let (version, row) =
            find(&*view, &self.id)?.ok_or_else(|| workspace_not_found(&self.id).at("/id"))?;
        let with = if self.with_previews { " --with-previews" } else { "" };
        let command = || format!("rekor workspaces delete {}{with}", self.id);
        rights::allow(&store.actor, Self::RIGHT, &self.id, || Ok(row.kind), command)?;
        if row.kind == Kind::Production {
            rights::word(self.yes, command)?;
        }
        let previews: Vec<CatalogRow> =
            store.rows()?.into_iter().filter(|other| other.parent.as_ref() == Some(&self.id)).collect();
        if !previews.is_empty() && !self.with_previews {
            let ids: Vec<&str> = previews.iter().map(|row| row.id.as_str()).collect();
            return Err(Error::new(
                Code::InvalidRequest,
                format!("the workspace `{}` has the previews {}", self.id, ids.join(", ")),
            )
            .at("/id")
            .hint("add --with-previews to delete them too"));
        }
        for preview in &previews {
            store.grant.allow_workspace(&preview.id, || Ok(Some(preview.kind)))?;
        }
        let answer = Deleted::of(&self.id);
        if store.dry {
            return Ok(answer);
        }
        for preview in &previews {
            if let Some((version, row)) = find(&*view, &preview.id)? {
                store.delete_one(&row, version, Vec::new())?;
            }
        }
        store.delete_one(&row, version, store.kept(&answer)?)?;
        if let Some(parent) = &row.parent {
            store.forget_base(parent, &row.file);
        }
        Ok(answer)
    }
}
