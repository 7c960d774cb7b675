//! Restore: a workspace made of a backup. Its file is complete, and every byte of the backup verified, before the catalog
//! names it; what fails or is killed before leaves no workspace.

use std::io::Read;

use super::entrance::check_production_id;
use super::requests::about;
use super::{CatalogRow, Store};
use crate::api::workspace::{Kind, Workspace as About};
use crate::codec::backup::{Reader, damaged, stays_behind};
use crate::codec::collection::{Meta, decode, encode};
use crate::codec::keys;
use crate::ctx::rights::{self, Right};
use crate::ctx::scope::{Reach, Touches};
use crate::engine::{Entry, Seq, WorkspaceKey};
use crate::ground::error::{Code, Error, Result};

impl Store {
    /// Makes the workspace `to` of what [`Workspace::backup`](crate::Workspace::backup) has written: with its history, its
    /// versions and its sequence numbers, as a production workspace of its own.
    ///
    /// `already_exists` when there is such a workspace, `unsupported_format` for what is no backup, `corrupt_store` for
    /// one that is damaged or cut short. Only an operator may.
    ///
    /// ```
    /// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
    /// let mut backup = Vec::new();
    /// let report = ws.backup(&mut backup)?;
    /// store.restore(&mut backup.as_slice(), "ops-again")?;
    /// assert_eq!(store.workspace("ops-again")?.seq()?, report.seq);
    /// # Ok::<(), rekor_core::Error>(())
    /// ```
    pub fn restore(&self, input: &mut dyn Read, to: &str) -> Result<About> {
        self.allow_reach(Reach::New(to, Kind::Production))?;
        self.grant.allow_touches(&Touches::All)?;
        let command = || format!("rekor restore FILE --to {to}");
        rights::allow(&self.actor, Right::Administer, to, || Ok(Kind::Production), command)?;
        let at = |e: Error| e.at("/to");
        check_production_id(to).map_err(at)?;
        let vacancy = self.vacancy(to).map_err(at)?;
        let reader = Reader::begin(input)?;
        let header = reader.header.clone();
        if header.key_format > keys::FORMAT {
            let text = format!(
                "the backup has rows of the format {}, this rekor reads {}",
                header.key_format,
                keys::FORMAT
            );
            return Err(Error::new(Code::UnsupportedFormat, text)
                .hint(format!("use rekor {}, which made it, or a newer one", header.rekor)));
        }
        let row = CatalogRow::new(to, Some(header.name), header.description)?;
        let mut rows = Moved { rows: reader, to, has_meta: false };
        if self.dry {
            // Every byte is verified all the same.
            rows.try_for_each(|row| row.map(drop))?;
            return Ok(about(row));
        }
        self.shared.engine.create_from(WorkspaceKey(row.file), Seq(header.seq), header.time_ms, &mut rows)?;
        self.enter(&row, &vacancy, Vec::new()).map_err(at)?;
        Ok(about(row))
    }
}

/// The rows of a backup as those of another workspace.
struct Moved<'r> {
    rows: Reader<'r>,
    to: &'r str,
    has_meta: bool,
}

impl Moved<'_> {
    fn moved(&mut self, mut row: Entry) -> Result<Entry> {
        if row.key == keys::meta() {
            let meta: Meta = decode(&row.value)?;
            let workspace = self.to.to_owned();
            row.value = encode(&Meta { workspace, kind: Kind::Production, deleted: false, ..meta })?;
            self.has_meta = true;
        }
        Ok(row)
    }
}

impl Iterator for Moved<'_> {
    type Item = Result<Entry>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.rows.next() {
                Some(Ok(row)) if stays_behind(&row.key) => {}
                Some(Ok(row)) => return Some(self.moved(row)),
                Some(Err(error)) => return Some(Err(error)),
                None if !std::mem::replace(&mut self.has_meta, true) => {
                    return Some(Err(damaged("it has no settings of a workspace")));
                }
                None => return None,
            }
        }
    }
}
