//! The table of what can be asked of a store, as [`OPS`](crate::OPS) is of a workspace.

use serde::de::DeserializeOwned;

use super::{Store, StoreRequest};
use crate::api::{token, workspace};
use crate::ctx::rights::Right;
use crate::ground::error::Result;
use crate::ops::{Named, decode, encode};

/// One row of the table of operations of a store.
#[derive(Clone, Copy)]
pub struct StoreOp {
    /// The permanent name.
    pub name: &'static str,
    /// One sentence on what it does.
    pub doc: &'static str,
    /// What the caller needs to be allowed.
    pub right: Right,
    /// Executes a request given as JSON and answers with JSON.
    pub call: fn(&Store, &str) -> Result<String>,
}

macro_rules! store_ops {
    ($($name:literal $request:ty, $doc:literal;)+) => {
        $(impl Named for $request {
            const NAME: &'static str = $name;
        })+

        /// Every operation of a store. What they are called from outside comes from here.
        pub const STORE_OPS: &[StoreOp] = &[$(StoreOp {
            name: $name,
            doc: $doc,
            right: <$request as StoreRequest>::RIGHT,
            call: call::<$request>,
        },)+];
    };
}

store_ops! {
    "create_workspace" workspace::CreateWorkspace, "Makes a workspace.";
    "get_workspace" workspace::GetWorkspace, "Gets one workspace.";
    "list_workspaces" workspace::ListWorkspaces, "Lists the workspaces.";
    "delete_workspace" workspace::DeleteWorkspace, "Deletes a workspace with all that it holds.";
    "create_token" token::CreateToken, "Makes a token, and shows its text for the only time.";
    "list_tokens" token::ListTokens, "Lists the tokens of the store.";
    "revoke_token" token::RevokeToken, "Takes a token back.";
}

fn call<R: StoreRequest + DeserializeOwned>(store: &Store, request: &str) -> Result<String> {
    encode(&store.run(&decode::<R>(request)?)?)
}
