//! The table of what can be asked of a store, as [`OPS`](crate::OPS) is of a workspace.

use serde::de::DeserializeOwned;

use super::{Store, StoreRequest};
use crate::api::call::{CallOptions, Rehearsal, RehearsedChange};
use crate::api::history::Thing;
use crate::api::{preview, token, workspace};
use crate::ctx::once::Once;
use crate::ctx::rights::Right;
use crate::engine::WorkspaceKey;
use crate::ground::error::Result;
use crate::ground::json::Json;
#[cfg(feature = "schemas")]
use crate::ops::reference::{Reference, Shapes};
use crate::ops::{Named, decode, encode, once_only};

/// One row of the table of operations of a store.
///
/// ```
/// use rekor_core::{STORE_OPS, Right};
///
/// let readings = STORE_OPS.iter().filter(|op| op.right == Right::Read).map(|op| op.name);
/// assert!(readings.clone().any(|name| name == "plan_promotion"));
/// assert!(!readings.clone().any(|name| name == "promote"));
/// ```
#[derive(Clone, Copy)]
pub struct StoreOp {
    /// The permanent name.
    pub name: &'static str,
    /// One sentence on what it does.
    pub doc: &'static str,
    /// What the caller needs to be allowed.
    pub right: Right,
    /// Executes a request given as JSON and answers with JSON.
    pub call: fn(&Store, &str, &CallOptions) -> Result<String>,
    /// The shapes of its request and its answer.
    #[cfg(feature = "schemas")]
    pub shapes: fn(&mut Reference) -> Shapes,
}

macro_rules! store_ops {
    ($($name:literal $request:ty, $doc:literal;)+) => {
        $(impl Named for $request {
            const NAME: &'static str = $name;
        })+

        /// Every operation of a store. What they are called from outside comes from here.
        ///
        /// See [`StoreOp`] for an example.
        pub const STORE_OPS: &[StoreOp] = &[$(StoreOp {
            name: $name,
            doc: $doc,
            right: <$request as StoreRequest>::RIGHT,
            call: call::<$request>,
            #[cfg(feature = "schemas")]
            shapes: Reference::shapes::<$request, <$request as StoreRequest>::Answer>,
        },)+];
    };
}

store_ops! {
    "create_workspace" workspace::CreateWorkspace, "Makes a workspace.";
    "get_workspace" workspace::GetWorkspace, "Gets one workspace.";
    "list_workspaces" workspace::ListWorkspaces, "Lists the workspaces.";
    "set_workspace" workspace::SetWorkspace, "Changes the name or the settings of a workspace.";
    "delete_workspace" workspace::DeleteWorkspace, "Deletes a workspace with all that it holds.";
    "create_preview" preview::CreatePreview, "Makes a preview of a production workspace.";
    "plan_promotion" preview::PlanPromotion, "Says what promoting a preview would do.";
    "promote" preview::Promote, "Makes production's collections what a preview's are.";
    "list_promotions" preview::ListPromotions, "Lists the promotions and rollbacks of a workspace.";
    "plan_rollback" preview::PlanRollback, "Says what rolling a promotion back would do.";
    "rollback" preview::Rollback, "Makes what the newest promotion changed what it was before.";
    "create_token" token::CreateToken, "Makes a token, and shows its text for the only time.";
    "list_tokens" token::ListTokens, "Lists the tokens of the store.";
    "revoke_token" token::RevokeToken, "Takes a token back.";
}

fn call<R: StoreRequest + Named + DeserializeOwned>(
    store: &Store,
    request: &str,
    options: &CallOptions,
) -> Result<String> {
    respond(store, &decode::<R>(request)?, options)
}

/// Executes a request and answers in JSON, as the options say.
pub(super) fn respond<R: StoreRequest + Named>(
    store: &Store,
    request: &R,
    options: &CallOptions,
) -> Result<String> {
    match &options.idempotency_key {
        _ if !R::RIGHT.writes() => encode(&store.run(request)?),
        _ if options.dry_run => rehearse(&store.dry_run(), request),
        None => encode(&store.run(request)?),
        Some(key) => {
            store.allow_reach(request.reach())?;
            let once = Once::new(store.actor(), &store.grant, key, R::NAME, &encode(request)?)?;
            let view = || match request.home() {
                Some(id) => Ok(store.workspace(id)?.into_session().view()?.0),
                None => store.shared.engine.view(WorkspaceKey::CATALOG),
            };
            once_only(&once, &view, || {
                encode(&Store { once: Some(once.clone()), ..store.clone() }.run(request)?)
            })
        }
    }
}

fn rehearse<R: StoreRequest>(store: &Store, request: &R) -> Result<String> {
    let answer = Json::from_text(encode(&store.run(request)?)?);
    let change = request.change().map(|(id, action)| RehearsedChange {
        thing: Thing::Workspace,
        collection: None,
        id,
        action,
        version: 0,
        changes: Vec::new(),
    });
    let changes: Vec<_> = change.into_iter().collect();
    encode(&Rehearsal { dry_run: true, answer, changes_total: changes.len() as u64, changes })
}
