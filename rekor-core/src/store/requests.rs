//! What is asked of the store itself: workspaces made, found and deleted.

use super::{CatalogRow, Store, StoreRequest, find};
use crate::api::list::{Deleted, List, Written};
use crate::api::workspace::{
    CreateWorkspace, DeleteWorkspace, GetWorkspace, Kind, ListWorkspaces, Workspace as About,
};
use crate::codec::collection::{Meta, encode};
use crate::codec::id::check_workspace_id;
use crate::codec::keys;
use crate::codec::time::text_from_ms;
use crate::ctx::rights::{self, Right};
use crate::ctx::scope::Reach;
use crate::ctx::session::workspace_not_found;
use crate::engine::{Commit, Put, Seq, WorkspaceKey};
use crate::ground::env;
use crate::ground::error::{Code, Error, Result};

fn about(row: CatalogRow) -> About {
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
    fn run(&self, store: &Store) -> Result<Self::Answer> {
        rights::allow(&store.actor, Self::RIGHT, &self.id, || Ok(Kind::Production), String::new)?;
        let at = |e: Error| e.at("/id");
        check_workspace_id(&self.id).map_err(at)?;
        if self.id.contains("--") {
            return Err(at(Error::new(Code::InvalidId, "`--` in an id is kept for previews")
                .hint(format!("try `{}`", self.id.replace("--", "-")))));
        }
        let view = store.shared.engine.view(WorkspaceKey::CATALOG)?;
        let mut version = Seq(0);
        let mut leftover = None;
        if let Some((seq, row)) = find(&*view, &self.id)? {
            if !store.is_half_deleted(&row)? {
                return Err(already_exists(&self.id));
            }
            version = seq;
            leftover = Some(WorkspaceKey(row.file));
        }
        drop(view);
        let now_ms = env::now_ms();
        let row = CatalogRow {
            id: self.id.clone(),
            file: env::random_bytes()?,
            name: self.name.clone().unwrap_or_else(|| self.id.clone()),
            description: self.description.clone(),
            kind: Kind::Production,
            parent: None,
            created_ms: now_ms,
            updated_ms: now_ms,
        };
        let key = WorkspaceKey(row.file);
        store.shared.engine.create(key, first_commit(&row)?)?;
        match store.put_row(&self.id, version, Some(&row)) {
            Ok(true) => {
                if let Some(leftover) = leftover {
                    // What a crash left of a deleted workspace; that it is gone already is no fault.
                    let _ = store.shared.engine.remove(leftover);
                }
                Ok(Written { thing: about(row), changed: true, warnings: Vec::new() })
            }
            Ok(false) => {
                store.shared.engine.remove(key)?;
                Err(already_exists(&self.id))
            }
            // Whether the entry stands is not known: the file must stay.
            Err(error) if error.code() == Code::CommitUnknown => Err(error),
            Err(error) => {
                store.shared.engine.remove(key)?;
                Err(error)
            }
        }
    }
}

fn already_exists(id: &str) -> Error {
    Error::new(Code::AlreadyExists, format!("there is a workspace `{id}` already"))
        .at("/id")
        .hint(format!("use it with --workspace {id}, or choose another id"))
}

fn first_commit(row: &CatalogRow) -> Result<Commit> {
    let meta = Meta {
        format: keys::FORMAT,
        workspace: row.id.clone(),
        kind: row.kind,
        deleted: false,
        strict_refs: false,
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
    type Answer = About;
    fn reach(&self) -> Reach<'_> {
        Reach::About(&self.id)
    }
    fn run(&self, store: &Store) -> Result<Self::Answer> {
        check_workspace_id(&self.id).map_err(|e| e.at("/id"))?;
        let view = store.shared.engine.view(WorkspaceKey::CATALOG)?;
        let (_, row) = find(&*view, &self.id)?.ok_or_else(|| workspace_not_found(&self.id).at("/id"))?;
        Ok(about(row))
    }
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
    fn run(&self, store: &Store) -> Result<Self::Answer> {
        check_workspace_id(&self.id).map_err(|e| e.at("/id"))?;
        let view = store.shared.engine.view(WorkspaceKey::CATALOG)?;
        let (version, row) =
            find(&*view, &self.id)?.ok_or_else(|| workspace_not_found(&self.id).at("/id"))?;
        let command = || format!("rekor workspaces delete {}", self.id);
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
        for preview in &previews {
            if let Some((version, row)) = find(&*view, &preview.id)? {
                store.delete_one(&row, version)?;
            }
        }
        store.delete_one(&row, version)?;
        Ok(Deleted { id: self.id.clone(), deleted: true, relationships_deleted: None })
    }
}
