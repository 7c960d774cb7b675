//! Who may do what. One function decides, below every interface; what a request needs stands beside it.

use crate::api::list::{Actor, Role};
use crate::api::workspace::Kind;
use crate::codec::id::shorten;
use crate::ground::error::{Code, Error, Result};

/// What a request needs to be allowed.
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
}

impl Right {
    /// Every right.
    pub const ALL: [Self; 5] =
        [Self::Read, Self::WriteRecords, Self::Configure, Self::CreateWorkspace, Self::DeleteWorkspace];

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

/// Decides whether an actor has a right in the workspace `id`; `kind` is asked only where it matters.
pub fn allow(actor: &Actor, right: Right, id: &str, kind: impl FnOnce() -> Result<Kind>) -> Result<()> {
    match actor.role {
        Role::Operator => Ok(()),
        Role::Reader if right == Right::Read => Ok(()),
        Role::Reader => Err(Error::new(Code::ReadOnly, "a reader cannot write")
            .hint("use a handle or a role that may: `--role agent`, or none for an operator")),
        Role::Agent if !right.asks_kind() => Ok(()),
        Role::Agent => match (kind()?, right) {
            (Kind::Preview, _) => Ok(()),
            (Kind::Production, Right::Configure) => Err(preview_required(id)),
            (Kind::Production, _) => Err(Error::new(
                Code::HumanOnly,
                format!("only a person may delete the workspace `{}`", shorten(id)),
            )
            .hint(format!("ask one to run `rekor workspaces delete {id}`"))),
        },
    }
}

/// The error for a change of collections that an agent tries in production.
fn preview_required(id: &str) -> Error {
    let message = format!("an agent changes collections in a preview, and `{}` is production", shorten(id));
    Error::new(Code::PreviewRequired, message).hint(format!(
        "run `rekor workspaces create-preview {id} --name my-change`, work in `--workspace {id}--my-change`, then ask \
         a person to run `rekor workspaces promote {id} --from {id}--my-change`"
    ))
}
