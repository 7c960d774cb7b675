//! How a workspace comes into the catalog, whoever has made its file: the id is looked at first, the entry is the commit
//! point, and what it takes the place of goes afterwards.

use super::{CatalogRow, Store, find};
use crate::api::workspace::Kind;
use crate::codec::id::check_workspace_id;
use crate::engine::{Put, Seq, WorkspaceKey};
use crate::ground::env;
use crate::ground::error::{Code, Error, Result};

/// An id that is free, as the catalog has it.
pub(super) struct Vacancy {
    /// The version of its entry, which is that of a half deleted workspace or of none.
    version: Seq,
    /// The file that a crash left of a deleted workspace.
    leftover: Option<WorkspaceKey>,
}

impl CatalogRow {
    /// The entry of a new production workspace.
    pub(super) fn new(id: &str, name: Option<String>, description: Option<String>) -> Result<Self> {
        let now_ms = env::now_ms();
        Ok(Self {
            id: id.to_owned(),
            file: env::random_bytes()?,
            name: name.unwrap_or_else(|| id.to_owned()),
            description,
            kind: Kind::Production,
            parent: None,
            created_ms: now_ms,
            updated_ms: now_ms,
        })
    }
}

/// Refuses what is no id of a production workspace.
pub(super) fn check_production_id(id: &str) -> Result<()> {
    check_workspace_id(id)?;
    if id.contains("--") {
        return Err(Error::new(Code::InvalidId, "`--` in an id is kept for previews")
            .hint(format!("try `{}`", id.replace("--", "-"))));
    }
    Ok(())
}

impl Store {
    /// Looks whether an id is free.
    pub(super) fn vacancy(&self, id: &str) -> Result<Vacancy> {
        let view = self.shared.engine.view(WorkspaceKey::CATALOG)?;
        match find(&*view, id)? {
            None => Ok(Vacancy { version: Seq(0), leftover: None }),
            Some((version, row)) if self.is_half_deleted(&row)? => {
                Ok(Vacancy { version, leftover: Some(WorkspaceKey(row.file)) })
            }
            Some(_) => Err(already_exists(id)),
        }
    }

    /// Enters a workspace whose file is complete, with what is kept of the answer. When that fails, the file goes.
    pub(super) fn enter(&self, row: &CatalogRow, vacancy: &Vacancy, kept: Vec<Put>) -> Result<()> {
        let key = WorkspaceKey(row.file);
        match self.put_row(&row.id, vacancy.version, Some(row), kept) {
            Ok(true) => {
                if let Some(leftover) = vacancy.leftover {
                    // What a crash left of a deleted workspace; that it is gone already is no fault.
                    let _ = self.shared.engine.remove(leftover);
                }
                Ok(())
            }
            Ok(false) => {
                self.shared.engine.remove(key)?;
                Err(already_exists(&row.id))
            }
            // Whether the entry stands is not known: the file must stay.
            Err(error) if error.code() == Code::CommitUnknown => Err(error),
            Err(error) => {
                self.shared.engine.remove(key)?;
                Err(error)
            }
        }
    }
}

fn already_exists(id: &str) -> Error {
    Error::new(Code::AlreadyExists, format!("there is a workspace `{id}` already"))
        .hint(format!("use it with --workspace {id}, or choose another id"))
}
