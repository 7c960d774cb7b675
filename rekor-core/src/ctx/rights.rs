//! Who may do what. One function decides, below every interface; what a request needs stands beside it.

use crate::api::list::{Actor, Role};
use crate::api::workspace::Kind;
use crate::codec::id::shorten;
use crate::ground::error::{Code, Error, Result};

/// What a request needs to be allowed.
///
/// ```
/// use rekor_core::{Request, Right, api::record::{GetRecord, UpsertRecord}};
///
/// assert_eq!((GetRecord::RIGHT, UpsertRecord::RIGHT), (Right::Read, Right::WriteRecords));
/// assert!(Right::ALL.iter().all(|right| right.writes() == (*right != Right::Read)));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// To read anything.
    Read,
    /// To write records and relationships, in any workspace.
    WriteRecords,
    /// To change collections.
    Configure,
    /// To make a workspace.
    CreateWorkspace,
    /// To delete a workspace.
    DeleteWorkspace,
    /// To do what only an operator may: promote, roll back, change settings, back up, restore, make tokens.
    Administer,
}

impl Right {
    /// Every right.
    pub const ALL: [Self; 6] = [
        Self::Read,
        Self::WriteRecords,
        Self::Configure,
        Self::CreateWorkspace,
        Self::DeleteWorkspace,
        Self::Administer,
    ];

    /// Whether a request that needs it may change something.
    #[must_use]
    pub const fn writes(self) -> bool {
        !matches!(self, Self::Read)
    }

    /// Whether it depends on the kind of workspace.
    const fn asks_kind(self) -> bool {
        matches!(self, Self::Configure | Self::DeleteWorkspace)
    }
}

/// Decides whether an actor has a right in the workspace `id`; `kind` is asked only where it matters. `command` is what a
/// person would run for what only one may do.
pub fn allow(
    actor: &Actor,
    right: Right,
    id: &str,
    kind: impl FnOnce() -> Result<Kind>,
    command: impl FnOnce() -> String,
) -> Result<()> {
    match actor.role {
        Role::Operator => Ok(()),
        Role::Reader if right == Right::Read => Ok(()),
        Role::Reader => Err(Error::new(Code::ReadOnly, "a reader cannot write")
            .hint("use a handle or a role that may: `--role agent`, or none for an operator")),
        Role::Agent if right == Right::Administer => Err(human_only(&command())),
        Role::Agent if !right.asks_kind() => Ok(()),
        Role::Agent => match (kind()?, right) {
            (Kind::Preview, _) => Ok(()),
            (Kind::Production, Right::Configure) => Err(preview_required(id)),
            (Kind::Production, _) => Err(human_only(&command())),
        },
    }
}

/// Asks for a person's word, which is more than an operator's role: a program may run as one by mistake.
pub fn word(given: bool, command: impl FnOnce() -> String) -> Result<()> {
    if given {
        return Ok(());
    }
    let command = command();
    Err(Error::new(Code::HumanOnly, "this needs the word of a person, and nobody is there to ask")
        .hint(format!("run `{command}` at a terminal and answer the question, or let a person add --yes")))
}

fn human_only(command: &str) -> Error {
    Error::new(Code::HumanOnly, "only a person may do this").hint(format!("ask one to run `{command}`"))
}

/// The error for a change of collections that an agent tries in production.
fn preview_required(id: &str) -> Error {
    let message = format!("an agent changes collections in a preview, and `{}` is production", shorten(id));
    Error::new(Code::PreviewRequired, message).hint(format!(
        "run `rekor workspaces create-preview {id} --name my-change`, work in `--workspace {id}--my-change`, then ask \
         a person to run `rekor workspaces promote {id} --from {id}--my-change`"
    ))
}
