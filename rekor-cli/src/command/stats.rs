//! `rekor stats`.

use rekor_core::api::stats::{GetStats, Stats};

use crate::failure::{Result, count};
use crate::notice::note;
use crate::output::{Format, Rows};
use crate::session::Session;

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  rekor stats --workspace ops\n\nReads all of the workspace. Bytes are those of what is \
                        stored; the file has more, of which `rekor compact` gives back what is unused."
)]
pub(crate) struct Args {}

pub(crate) fn run(session: &Session, _args: &Args) -> Result<()> {
    let stats: Stats = session.read(&GetStats {})?;
    session.out.list(Rows::Flat, "collections", &stats)?;
    if session.out.format == Format::Table {
        note(&format!(
            "{} in {} bytes, {} in {} bytes of journal, {} of deleted collections in {} bytes; {} bytes on disk",
            count(stats.relationships, "relationship"),
            stats.relationship_bytes,
            count(stats.commits, "commit"),
            stats.journal_bytes,
            count(stats.retired_records, "record"),
            stats.retired_bytes,
            stats.file_bytes
        ));
    }
    Ok(())
}
