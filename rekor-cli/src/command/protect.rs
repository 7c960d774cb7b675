//! `rekor protect`.

use rekor_core::{Code, Error};
use serde::Serialize;

use crate::failure::Result;
use crate::notice::note;
use crate::output::Rows;
use crate::session::{Access, Session};

const AFTER: &str = "\
From then on every command is an agent's, until the passphrase is typed at a terminal, where it is asked for, or given
with --passphrase-fd. A token has its own role. Whoever may write the files of the store can do without the passphrase.

With --passphrase-fd the first line is the current passphrase where there is one, the next line the new one.

Examples:
  rekor protect
  rekor protect --passphrase-fd 3 3<passphrase.txt
  rekor workspaces delete scratch --yes --passphrase-fd 3 3<passphrase.txt
  rekor protect --remove";

#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub(crate) struct Args {
    /// Takes the protection away
    #[arg(long)]
    remove: bool,
}

#[derive(Serialize)]
struct Answer {
    protected: bool,
    changed: bool,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<()> {
    session.without_key("protecting a store")?;
    let answer = session.store(Access::Write, |store| {
        let store = if session.is_dry_run() { &store.dry_run() } else { store };
        store.allow_protecting()?;
        let current = if store.is_protected()? { Some(session.current_passphrase()?) } else { None };
        let current = current.as_ref().map(|secret| secret.as_str());
        if args.remove {
            let changed = current.map_or(Ok(false), |current| store.unprotect(current))?;
            return Ok(Answer { protected: false, changed });
        }
        if let Some(current) = current {
            // Before a new one is typed twice.
            store.unlock(current)?;
        }
        let new = session.passphrases.new_one()?.ok_or_else(nobody)?;
        store.protect(&new, current)?;
        Ok(Answer { protected: true, changed: true })
    })?;
    session.out.one(Rows::Flat, &answer)?;
    if session.is_dry_run() {
        note("dry run: nothing was written");
    }
    Ok(())
}

/// The error where a passphrase is needed and nobody is there to type it.
pub(crate) fn nobody() -> Error {
    Error::new(Code::Unauthorized, "a passphrase is needed, and nobody is there to type it")
        .at("/passphrase_fd")
        .hint("run it at a terminal, or pass `--passphrase-fd 3 3<file`")
}
