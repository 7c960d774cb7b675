//! Backup: one snapshot of a workspace as a stream of its rows, while others write. It must never hold more of it in memory
//! than a frame.

use std::io::{self, Write};
use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};

use crate::codec::backup::{Header, Writer};
use crate::codec::collection::decode;
use crate::codec::keys;
use crate::codec::time::text_from_ms;
use crate::ctx::journal;
use crate::ctx::session::{Session, workspace_not_found};
use crate::engine::WorkspaceKey;
use crate::ground::error::Result;
use crate::ops::export::write_error;

/// What a backup holds.
///
/// See [`Workspace::backup`](crate::Workspace::backup) for an example.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BackupReport {
    /// The workspace.
    pub workspace: String,
    /// The newest commit that it holds.
    pub seq: u64,
    /// When the last change that it holds was made; null when there was none.
    pub at: Option<String>,
    /// Its rows: records, relationships, what is derived from them, and history.
    pub rows: u64,
    /// Its bytes.
    pub bytes: u64,
}

/// What the catalog says of a workspace and its own rows do not.
#[derive(Deserialize)]
struct Named {
    name: String,
    description: Option<String>,
}

/// Writes a backup of the newest commit.
pub fn backup(session: &Session, output: &mut dyn Write) -> Result<BackupReport> {
    let Named { name, description } = named(session)?;
    let (view, config) = session.view()?;
    let last = journal::last_entry(&*view)?;
    let header = Header {
        rekor: env!("CARGO_PKG_VERSION").to_owned(),
        workspace: session.id().to_owned(),
        name,
        description,
        kind: config.meta.kind,
        seq: view.seq().0,
        time_ms: last.as_ref().map_or(0, |(_, entry)| entry.time_ms),
        key_format: config.meta.format,
    };
    let mut writer = Writer::begin(output, &header).map_err(write_error)?;
    let mut written: io::Result<()> = Ok(());
    view.scan_each(&[], &[0xFF], false, &mut |key, version, value| {
        written = writer.row(key, version, value);
        if written.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    let (rows, bytes) = written.and_then(|()| writer.finish()).map_err(write_error)?;
    let at = last.map(|(_, entry)| text_from_ms(entry.time_ms));
    Ok(BackupReport { workspace: header.workspace, seq: header.seq, at, rows, bytes })
}

fn named(session: &Session) -> Result<Named> {
    let mut found = None;
    let view = session.engine().view(WorkspaceKey::CATALOG)?;
    view.get_with(&keys::catalog(session.id()), &mut |row| {
        found = row.map(|(_, bytes)| decode::<Named>(bytes));
    })?;
    found.unwrap_or_else(|| Err(workspace_not_found(session.id())))
}
