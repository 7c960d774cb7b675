//! Tokens: what gives a program a part of an operator's reach, until it ends or is taken back.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::api::list::Role;
use crate::api::workspace::Kind;

/// A token, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Token {
    /// Its id, which is no secret.
    pub id: String,
    /// The name that its writes are signed with.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// The workspaces that it reaches, their previews included; null for all.
    pub workspaces: Option<Vec<String>>,
    /// The collections that it reaches; null for all.
    pub collections: Option<Vec<String>>,
    /// The kinds of workspace that it reaches; null for both.
    pub environments: Option<Vec<Kind>>,
    /// When it ends; null for never.
    pub expires_at: Option<String>,
    /// When it was made.
    pub created_at: String,
}

/// Makes a token, and shows its text for the only time.
///
/// Only an operator makes tokens; a handle that itself works with a token makes none that reach further.
///
/// ```
/// # use rekor_core::{Code, OpenOptions, Store, api::workspace::CreateWorkspace};
/// # use rekor_core::api::{list::Role, token::CreateToken, workspace::ListWorkspaces};
/// # fn main() -> rekor_core::Result<()> {
/// # let dir = tempfile::tempdir().map_err(|e| rekor_core::Error::new(rekor_core::Code::StorageError, e.to_string()))?;
/// # let store = Store::open(dir.path().join("store"), OpenOptions::default())?;
/// # for id in ["ops", "books"] {
/// #     store.run(&CreateWorkspace { id: id.into(), ..Default::default() })?;
/// # }
/// let made = store.run(&CreateToken {
///     workspaces: Some(vec!["ops".into()]),
///     ..CreateToken::new("tidy-bot", Role::Agent)
/// })?;
/// let agent = store.with_token(&made.text)?;
/// assert_eq!(agent.run(&ListWorkspaces {})?.data.len(), 1);
/// assert_eq!(agent.workspace("books").err().map(|error| error.code()), Some(Code::Unauthorized));
/// # store.close()
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateToken {
    /// The name that its writes are signed with.
    pub name: String,
    /// What it may do: `operator`, `agent` or `reader`.
    pub role: Role,
    /// The workspaces that it reaches, their previews included; all when left out.
    #[serde(default)]
    pub workspaces: Option<Vec<String>>,
    /// The collections that it reaches; all when left out.
    #[serde(default)]
    pub collections: Option<Vec<String>>,
    /// The kinds of workspace that it reaches, `production` or `preview`; both when left out.
    #[serde(default)]
    pub environments: Option<Vec<Kind>>,
    /// When it ends (RFC 3339); never when left out.
    #[serde(default)]
    pub expires_at: Option<String>,
}

impl CreateToken {
    /// One that reaches everything and does not end.
    #[must_use]
    pub fn new(name: &str, role: Role) -> Self {
        let name = name.to_owned();
        Self { name, role, workspaces: None, collections: None, environments: None, expires_at: None }
    }
}

/// The answer to [`CreateToken`].
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct CreatedToken {
    /// The token.
    #[serde(flatten)]
    pub token: Token,
    /// What to give to the program: `rekor_<id>_<secret>`. It cannot be shown again.
    #[serde(rename = "token")]
    pub text: String,
}

// The text must not get into logs by way of `{:?}`.
impl fmt::Debug for CreatedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CreatedToken").field("token", &self.token).finish_non_exhaustive()
    }
}

/// Lists the tokens of the store, by when they were made; those that have ended stay until they are revoked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ListTokens {}

/// Takes a token back: handles that work with it are refused from their next request on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RevokeToken {
    /// Its id, or its text.
    pub id: String,
}
