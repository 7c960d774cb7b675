//! Tokens: what gives a program a part of an operator's reach, until it ends or is taken back.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::api::list::Role;
use crate::api::workspace::Kind;

/// A token, without its secret.
///
/// See [`ListTokens`] for an example.
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
/// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
/// use rekor_core::api::{list::Role, token::CreateToken, workspace::{CreateWorkspace, ListWorkspaces}};
/// use rekor_core::Code;
///
/// store.run(&CreateWorkspace { id: "books".into(), ..Default::default() })?;
/// let made = store.run(&CreateToken {
///     workspaces: Some(vec!["ops".into()]),
///     ..CreateToken::new("tidy-bot", Role::Agent)
/// })?;
/// let agent = store.with_token(&made.text)?;
/// assert_eq!(agent.run(&ListWorkspaces {})?.data.len(), 1);
/// assert_eq!(agent.workspace("books").err().map(|error| error.code()), Some(Code::Unauthorized));
/// # Ok::<(), rekor_core::Error>(())
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
    ///
    /// ```
    /// use rekor_core::api::{list::Role, token::CreateToken};
    ///
    /// let reader = CreateToken::new("dashboard", Role::Reader);
    /// assert_eq!((reader.workspaces, reader.expires_at), (None, None));
    /// ```
    #[must_use]
    pub fn new(name: &str, role: Role) -> Self {
        let name = name.to_owned();
        Self { name, role, workspaces: None, collections: None, environments: None, expires_at: None }
    }
}

/// The answer to [`CreateToken`].
///
/// See [`CreateToken`] for an example.
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
///
/// ```
/// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
/// use rekor_core::api::{list::Role, token::{CreateToken, ListTokens}};
///
/// store.run(&CreateToken::new("dashboard", Role::Reader))?;
/// let tokens = store.run(&ListTokens {})?;
/// assert_eq!((tokens.data[0].name.as_str(), tokens.data[0].role), ("dashboard", Role::Reader));
/// # Ok::<(), rekor_core::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ListTokens {}

/// Takes a token back: handles that work with it are refused from their next request on.
///
/// ```
/// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
/// use rekor_core::{Code, api::{list::Role, token::{CreateToken, RevokeToken}}};
///
/// let made = store.run(&CreateToken::new("dashboard", Role::Reader))?;
/// let dashboard = store.with_token(&made.text)?;
/// store.run(&RevokeToken { id: made.token.id })?;
/// assert_eq!(dashboard.workspace("ops").err().map(|error| error.code()), Some(Code::Unauthorized));
/// # Ok::<(), rekor_core::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RevokeToken {
    /// Its id, or its text.
    pub id: String,
}
