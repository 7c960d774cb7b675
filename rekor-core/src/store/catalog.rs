//! How the catalog is written: a key at a time, on the version of it that was read, with what is kept of the answer.

use serde::Serialize;

use super::{CatalogRow, Store};
use crate::codec::collection::encode;
use crate::codec::keys;
use crate::ctx::once;
use crate::ctx::session::commit_error;
use crate::engine::{Check, Commit, CommitError, Put, Seq, WorkspaceKey};
use crate::ground::env;
use crate::ground::error::Result;

impl Store {
    /// The rows that keep an answer if the caller gave an idempotency key.
    pub(super) fn kept<A: Serialize>(&self, answer: &A) -> Result<Vec<Put>> {
        let Some(once) = &self.once else { return Ok(Vec::new()) };
        let rows = once.rows(&crate::ops::encode(answer)?, env::now_ms());
        Ok(rows.into_iter().map(|(key, value)| Put::plain(key, value)).collect())
    }

    /// Writes or removes a catalog entry that still has the given version, with what is kept of the answer; `false` when it
    /// has not.
    pub(super) fn put_row(
        &self,
        id: &str,
        version: Seq,
        row: Option<&CatalogRow>,
        kept: Vec<Put>,
    ) -> Result<bool> {
        self.put_key(keys::catalog(id), version, row.map(encode).transpose()?, kept)
    }

    /// Writes or removes a key of the catalog, as [`Self::put_row`] does.
    pub(super) fn put_key(
        &self,
        key: Vec<u8>,
        version: Seq,
        value: Option<Vec<u8>>,
        kept: Vec<Put>,
    ) -> Result<bool> {
        let mut commit =
            Commit { id: env::random_bytes()?, time_ms: env::now_ms(), puts: kept, ..Commit::default() };
        if let Some(once) = &self.once {
            let view = self.shared.engine.view(WorkspaceKey::CATALOG)?;
            commit.delete_if = once::outdated(&*view, commit.time_ms)?;
            commit.delete_if.retain(|(key, _)| !once.owns(key));
        }
        commit.checks.push(Check::Same(key.clone(), version));
        match value {
            Some(value) => commit.puts.push(Put::plain(key, value)),
            None => commit.deletes.push(key),
        }
        match self.shared.engine.commit(WorkspaceKey::CATALOG, commit) {
            Ok(_) => Ok(true),
            Err(CommitError::Conflict) => Ok(false),
            Err(error) => Err(commit_error(error)),
        }
    }
}
