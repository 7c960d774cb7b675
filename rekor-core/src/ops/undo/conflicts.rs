//! What others have changed since the commits that are taken back, and what tells that a thing has changed.

use std::collections::HashSet;

use crate::codec::collection::{CollectionRow, decode};
use crate::codec::id::Id;
use crate::codec::keys::{self, Thing};
use crate::codec::row::{decode_record, decode_relationship};
use crate::ctx::{config, journal};
use crate::engine::View;
use crate::ground::error::{Code, Error, Result};
use crate::ground::json::Json;
use crate::ground::limits;

/// The key under which a thing stands.
pub fn stored_at(thing: Thing, number: u32, id: &Id) -> Vec<u8> {
    match thing {
        Thing::Collection => keys::collection(&id.to_text()),
        Thing::Record => keys::record(number, id),
        Thing::Relationship => keys::relationship(id),
        Thing::Workspace => keys::meta(),
    }
}

/// What a stored row says of its thing, without versions and times; none when the thing is not there.
pub fn says(thing: Thing, row: Option<&[u8]>) -> Result<Option<[String; 3]>> {
    let Some(row) = row else { return Ok(None) };
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    Ok(Some(match thing {
        Thing::Record => {
            let row = decode_record(row)?;
            [text(row.external_id), text(row.external_source), text(Some(row.data))]
        }
        Thing::Relationship => {
            [text(decode_relationship(row)?.data.as_deref()), String::new(), String::new()]
        }
        Thing::Collection | Thing::Workspace => {
            let row: CollectionRow = decode(row)?;
            [row.number.to_string(), row.name, row.schema]
        }
    }))
}

/// Things that others have changed since, and who.
#[derive(Default)]
pub struct Conflicts {
    total: u64,
    first: Vec<Json>,
    commits: HashSet<u64>,
}

impl Conflicts {
    /// Adds a thing that a commit has changed.
    pub fn add(&mut self, view: &dyn View, thing: Thing, number: u32, id: &Id, seq: u64) -> Result<()> {
        self.total += 1;
        self.commits.insert(seq);
        if self.first.len() >= limits::DETAILS_MAX {
            return Ok(());
        }
        let (thing, collection) = match thing {
            Thing::Record => ("record", config::name_of(view, number)?),
            Thing::Collection => ("collection", Some(id.to_text())),
            Thing::Relationship => ("relationship", None),
            Thing::Workspace => ("workspace", None),
        };
        let actor = journal::entry_at(view, seq).ok().map(|entry| entry.actor);
        let detail = serde_json::json!({
            "thing": thing, "collection": collection, "id": id.to_text(), "seq": seq, "actor": actor
        });
        self.first.push(Json::from_value(&detail));
        Ok(())
    }

    /// Answers `undo_conflict` when there are any.
    pub fn finish(self) -> Result<()> {
        if self.total == 0 {
            return Ok(());
        }
        let mut commits: Vec<_> = self.commits.into_iter().collect();
        commits.sort_unstable();
        let listed: Vec<String> = commits.iter().take(5).map(u64::to_string).collect();
        let things = if self.total == 1 {
            "a thing that it".to_owned()
        } else {
            format!("{} things that it", self.total)
        };
        let more = if commits.len() > listed.len() { " and others" } else { "" };
        Err(Error::new(
            Code::UndoConflict,
            format!("{things} would take back was changed later, by commit {}{more}", listed.join(", ")),
        )
        .hint("take back the later commits first, or revert single records: `rekor records revert`")
        .details(self.first)
        .details_total(self.total))
    }
}
