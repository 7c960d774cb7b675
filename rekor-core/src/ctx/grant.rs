//! The tokens that a handle works with: whether they still stand, and whether what is asked lies within them. Asked on
//! every request, before anything is read. A handle without a token is not limited here; what its role allows is decided
//! in `rights`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::api::workspace::Kind;
use crate::codec::access::{self, TokenRow};
use crate::codec::collection::decode;
use crate::codec::id::shorten;
use crate::codec::time::text_from_ms;
use crate::ctx::scope::{Reach, Scope, Touches};
use crate::engine::{Engine, View, WorkspaceKey};
use crate::ground::env;
use crate::ground::error::{Code, Error, Result};

/// What a handle may reach: what each of its tokens lets it reach. Without one, everything.
#[derive(Clone, Default)]
pub struct Grant {
    held: Vec<Arc<Held>>,
}

/// A token as the handles hold it that were made with it.
struct Held {
    row: TokenRow,
    scope: Scope,
    engine: Arc<dyn Engine>,
    /// The newest state of the catalog in which it was found.
    found_at: AtomicU64,
}

impl Held {
    /// Refuses when the token was revoked or has ended. The catalog is read again only when it has moved.
    fn check(&self) -> Result<()> {
        not_ended(&self.row)?;
        let view = self.engine.view(WorkspaceKey::CATALOG)?;
        let seq = view.seq().0;
        if self.found_at.load(Ordering::Relaxed) == seq {
            return Ok(());
        }
        match find(&*view, &self.row.id)? {
            Some(now) if now.sha256 == self.row.sha256 => {
                self.found_at.store(seq, Ordering::Relaxed);
                Ok(())
            }
            _ => Err(unknown()),
        }
    }

    fn refusal(&self, what: &str) -> Error {
        Error::new(
            Code::Unauthorized,
            format!("the token `{}` does not reach {what}", shorten(&self.row.name)),
        )
        .hint("ask an operator for one that does: `rekor tokens create --name NAME --role ROLE`")
    }
}

impl Grant {
    /// The same, limited by a token of this store too, as it stands in `view` of the catalog.
    #[must_use]
    pub fn with(&self, row: TokenRow, engine: Arc<dyn Engine>, view: &dyn View) -> Self {
        let mut held = self.held.clone();
        let scope = scope_of(&row);
        held.push(Arc::new(Held { row, scope, engine, found_at: AtomicU64::new(view.seq().0) }));
        Self { held }
    }

    /// The name that writes are signed with: that of the token first, so that nobody writes under another's.
    #[must_use]
    pub fn sign(&self, name: String) -> String {
        let Some(own) = self.held.last().map(|held| held.row.name.as_str()) else { return name };
        let rest = name.strip_prefix(own);
        match rest {
            Some(rest) if rest.is_empty() || rest.starts_with('/') => name,
            _ if name.is_empty() => own.to_owned(),
            _ => format!("{own}/{name}"),
        }
    }

    /// The ids of the tokens.
    #[must_use]
    pub fn tokens(&self) -> String {
        self.held.iter().map(|held| held.row.id.as_str()).collect::<Vec<_>>().join(" ")
    }

    /// Whether there is no token.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.held.is_empty()
    }

    /// The earliest end of the tokens, in milliseconds since 1970.
    #[must_use]
    pub fn expires_ms(&self) -> Option<u64> {
        self.held.iter().filter_map(|held| held.row.expires_ms).min()
    }

    /// Refuses when a token was revoked or has ended.
    pub fn check(&self) -> Result<()> {
        self.held.iter().try_for_each(|held| held.check())
    }

    /// Whether a workspace lies within, when its kind is known.
    #[must_use]
    pub fn has_workspace(&self, id: &str, kind: Kind) -> bool {
        self.held.iter().all(|held| held.scope.has_workspace(id) && held.scope.has_environment(kind))
    }

    /// Whether a collection lies within.
    #[must_use]
    pub fn has_collection(&self, id: &str) -> bool {
        self.held.iter().all(|held| held.scope.has_collection(id))
    }

    /// Whether it reaches only some collections.
    #[must_use]
    pub fn limits_collections(&self) -> bool {
        self.held.iter().any(|held| held.scope.collections.is_some())
    }

    /// Refuses a workspace outside. Its kind is asked only where it matters; none when there is no such workspace.
    pub fn allow_workspace(&self, id: &str, kind: impl FnOnce() -> Result<Option<Kind>>) -> Result<()> {
        if let Some(held) = self.held.iter().find(|held| !held.scope.has_workspace(id)) {
            return Err(held.refusal(&format!("the workspace `{}`", shorten(id))));
        }
        if self.held.iter().all(|held| held.scope.environments.is_none()) {
            return Ok(());
        }
        let Some(kind) = kind()? else { return Ok(()) };
        match self.held.iter().find(|held| !held.scope.has_environment(kind)) {
            Some(held) => {
                let kind = if kind == Kind::Preview { "preview" } else { "production" };
                Err(held.refusal(&format!("`{}`, which is a {kind} workspace", shorten(id))))
            }
            None => Ok(()),
        }
    }

    /// Refuses a collection outside, named by the field at `pointer`.
    pub fn allow_collection(&self, id: &str, pointer: &str) -> Result<()> {
        match self.held.iter().find(|held| !held.scope.has_collection(id)) {
            Some(held) => Err(held.refusal(&format!("the collection `{}`", shorten(id))).at(pointer)),
            None => Ok(()),
        }
    }

    /// Refuses a request that touches collections outside.
    pub fn allow_touches(&self, touches: &Touches<'_>) -> Result<()> {
        match touches {
            Touches::Named(named) => {
                named.iter().try_for_each(|(pointer, id)| self.allow_collection(id, pointer))
            }
            Touches::Within => Ok(()),
            Touches::All => match self.held.iter().find(|held| held.scope.collections.is_some()) {
                Some(held) => Err(held.refusal("all collections, which this needs")),
                None => Ok(()),
            },
        }
    }

    /// Refuses a request to the store that reaches outside; `kind` answers that of a workspace which exists.
    pub fn allow_reach(&self, reach: Reach<'_>, kind: impl Fn(&str) -> Result<Option<Kind>>) -> Result<()> {
        match reach {
            Reach::Within => Ok(()),
            Reach::About(id) => self.allow_workspace(id, || kind(id)),
            Reach::New(id, made) => {
                self.allow_workspace(id, || Ok(None))?;
                match self.held.iter().find(|held| !held.scope.has_environment(made)) {
                    Some(held) if made == Kind::Preview => Err(held.refusal("previews")),
                    Some(held) => Err(held.refusal("production workspaces")),
                    None => Ok(()),
                }
            }
            Reach::Whole(id) => {
                self.allow_workspace(id, || kind(id))?;
                self.allow_touches(&Touches::All)
            }
            Reach::All => match self.held.iter().find(|held| !held.scope.is_whole()) {
                Some(held) => Err(held.refusal("the whole store, which this needs")),
                None => Ok(()),
            },
        }
    }

    /// Refuses to give away more than there is here: `what` is said of a token that would end at `expires_ms`.
    pub fn allow_giving(&self, scope: &Scope, expires_ms: Option<u64>) -> Result<()> {
        for held in &self.held {
            let later = |own: u64| expires_ms.is_none_or(|asked| asked > own);
            let wider = match held.scope.wider_part(scope) {
                Some(part) => part,
                None if held.row.expires_ms.is_some_and(later) => "expires_at",
                None => continue,
            };
            let what = if wider == "expires_at" { "would end later" } else { "would reach further" };
            return Err(Error::new(
                Code::Unauthorized,
                format!("it {what} than the token `{}` that makes it", shorten(&held.row.name)),
            )
            .at(format!("/{wider}"))
            .hint(own_part(held, wider)));
        }
        Ok(())
    }

    /// Whether another token lies within these.
    #[must_use]
    pub fn covers(&self, row: &TokenRow) -> bool {
        self.held.iter().all(|held| held.scope.wider_part(&scope_of(row)).is_none())
    }
}

/// What a token gives of a part, as a hint.
fn own_part(held: &Held, part: &str) -> String {
    let list = |names: Option<&Vec<String>>| names.map_or_else(String::new, |names| names.join(","));
    match part {
        "workspaces" => format!("at most `--workspaces {}`", list(held.scope.workspaces.as_ref())),
        "collections" => format!("at most `--collections {}`", list(held.scope.collections.as_ref())),
        "environments" => {
            let kinds = held.scope.environments.iter().flatten();
            let names = kinds.map(|kind| if *kind == Kind::Preview { "preview" } else { "production" });
            format!("at most `--environments {}`", names.collect::<Vec<_>>().join(","))
        }
        _ => {
            let end = held.row.expires_ms.map(text_from_ms).unwrap_or_default();
            format!("at the latest `--expires-at {end}`")
        }
    }
}

/// The parts that a stored token reaches.
#[must_use]
pub fn scope_of(row: &TokenRow) -> Scope {
    Scope {
        workspaces: row.workspaces.clone(),
        collections: row.collections.clone(),
        environments: row.environments.clone(),
    }
}

/// The token with this id.
pub fn find(view: &dyn View, id: &str) -> Result<Option<TokenRow>> {
    let mut found = None;
    view.get_with(&access::token(id), &mut |value| found = value.map(|(_, bytes)| decode(bytes)))?;
    found.transpose()
}

/// Refuses a token that has ended.
pub fn not_ended(row: &TokenRow) -> Result<()> {
    match row.expires_ms {
        Some(at) if env::now_ms() >= at => Err(Error::new(
            Code::Unauthorized,
            format!("the token `{}` ended at {}", shorten(&row.name), text_from_ms(at)),
        )
        .hint("ask an operator for a new one: `rekor tokens create --name NAME --role ROLE`")),
        _ => Ok(()),
    }
}

/// The error for a token that the store does not have; one that was revoked is not told from one that never was.
#[must_use]
pub fn unknown() -> Error {
    Error::new(Code::Unauthorized, "the token is not one of this store, or was revoked")
        .hint("ask an operator for a new one: `rekor tokens create --name NAME --role ROLE`")
}
