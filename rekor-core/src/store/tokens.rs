//! Tokens: made, listed, taken back, and worked with. The secret of one is in the answer that made it and nowhere else.

use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use super::{Store, StoreRequest};
use crate::api::list::{Actor, Deleted, List, Role};
use crate::api::token::{CreateToken, CreatedToken, ListTokens, RevokeToken, Token};
use crate::api::workspace::Kind;
use crate::codec::access::{self, TokenRow};
use crate::codec::collection::{decode, encode};
use crate::codec::id::{check_name, check_workspace_id, shorten};
use crate::codec::time::{Instant, text_from_ms};
use crate::ctx::grant::{find, not_ended, scope_of, unknown};
use crate::ctx::rights::{self, Right};
use crate::ctx::scope::Reach;
use crate::engine::{Seq, WorkspaceKey};
use crate::ground::env;
use crate::ground::error::{Code, Error, Result};
use crate::ground::limits;

/// Characters of a token's id and of its secret, which are 48 and 128 random bits in hex.
const ID_CHARS: usize = 12;
const SECRET_CHARS: usize = 32;

impl Store {
    /// A handle of whoever a token was made for: it does no more than the token allows, nor than this handle was asked for.
    ///
    /// Its writes are signed with the token's name, before that of this handle's actor if it has one: `token/actor`. Each
    /// request asks whether the token still stands: one that was revoked or has ended is `unauthorized`, as is a text that is
    /// no token of this store.
    ///
    /// ```
    /// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
    /// use rekor_core::{Code, api::{list::Role, token::CreateToken}};
    ///
    /// let made = store.run(&CreateToken::new("dashboard", Role::Reader))?;
    /// let dashboard = store.with_token(&made.text)?;
    /// assert_eq!((dashboard.actor().name.as_str(), dashboard.actor().role), ("dashboard", Role::Reader));
    /// assert_eq!(store.with_token("rekor_0_0").err().map(|error| error.code()), Some(Code::Unauthorized));
    /// # Ok::<(), rekor_core::Error>(())
    /// ```
    pub fn with_token(&self, text: &str) -> Result<Self> {
        let (id, secret) = parse(text.trim()).ok_or_else(malformed)?;
        let view = self.shared.engine.view(WorkspaceKey::CATALOG)?;
        let row = find(&*view, id)?.filter(|row| is_equal(&row.sha256, &digest(secret)));
        let row = row.ok_or_else(unknown)?;
        not_ended(&row)?;
        let asked = self.asked.and(row.role);
        let Actor { name, run, reason, .. } = self.actor.clone();
        let grant = self.grant.with(row, Arc::clone(&self.shared.engine), &*view);
        let name = grant.sign(name);
        let actor = Actor { role: asked, name, run, reason };
        Ok(Self { actor, asked, grant, ..self.clone() })
    }

    /// The tokens of the store, by when they were made.
    fn tokens(&self) -> Result<Vec<TokenRow>> {
        let view = self.shared.engine.view(WorkspaceKey::CATALOG)?;
        let (lo, hi) = access::tokens();
        let mut rows = Vec::new();
        view.scan_each(&lo, &hi, false, &mut |_, _, value| {
            rows.push(decode::<TokenRow>(value));
            std::ops::ControlFlow::Continue(())
        })?;
        let mut rows = rows.into_iter().collect::<Result<Vec<_>>>()?;
        rows.sort_by(|a, b| (a.created_ms, &a.id).cmp(&(b.created_ms, &b.id)));
        Ok(rows)
    }
}

impl StoreRequest for CreateToken {
    const RIGHT: Right = Right::Administer;
    type Answer = CreatedToken;
    fn reach(&self) -> Reach<'_> {
        Reach::Within
    }
    fn run(&self, store: &Store) -> Result<Self::Answer> {
        rights::allow(&store.actor, Self::RIGHT, "", || Ok(Kind::Production), || command(self))?;
        if store.once.is_some() {
            // The answer would be kept, and the secret with it.
            return Err(Error::new(Code::InvalidRequest, "making a token takes no idempotency key")
                .at("/idempotency_key")
                .hint("leave it out, and revoke a token that got lost"));
        }
        let mut row = checked(self)?;
        store.grant.allow_giving(&scope_of(&row), row.expires_ms)?;
        limits::TOKENS
            .check(store.tokens()?.len() + 1)
            .map_err(|e| e.hint("list them with `rekor tokens list` and revoke those that nobody needs"))?;
        if store.dry {
            return Ok(CreatedToken { token: about(row), text: String::new() });
        }
        row.id = hex(&env::random_bytes()?, ID_CHARS);
        let secret = hex(&env::random_bytes()?, SECRET_CHARS);
        row.sha256 = digest(&secret);
        if !store.put_key(access::token(&row.id), Seq(0), Some(encode(&row)?), Vec::new())? {
            return Err(Error::new(Code::Busy, "another token has just got the same id").hint("try again"));
        }
        let text = format!("rekor_{}_{secret}", row.id);
        Ok(CreatedToken { token: about(row), text })
    }
}

impl StoreRequest for ListTokens {
    const RIGHT: Right = Right::Read;
    type Answer = List<Token>;
    fn reach(&self) -> Reach<'_> {
        Reach::Within
    }
    fn run(&self, store: &Store) -> Result<Self::Answer> {
        let rows = store.tokens()?.into_iter().filter(|row| store.grant.covers(row));
        Ok(List::whole(rows.map(about).collect()))
    }
}

impl StoreRequest for RevokeToken {
    const RIGHT: Right = Right::Administer;
    type Answer = Deleted;
    fn reach(&self) -> Reach<'_> {
        Reach::Within
    }
    fn run(&self, store: &Store) -> Result<Self::Answer> {
        // Whoever has only the text of a token may take it back by that, and no error repeats it.
        let id = parse(self.id.trim()).map_or(self.id.as_str(), |(id, _)| id);
        let command = || format!("rekor tokens revoke {}", shorten(id));
        rights::allow(&store.actor, Self::RIGHT, "", || Ok(Kind::Production), command)?;
        let view = store.shared.engine.view(WorkspaceKey::CATALOG)?;
        let mut found = None;
        view.get_with(&access::token(id), &mut |value| {
            found = value.map(|(version, bytes)| decode::<TokenRow>(bytes).map(|row| (version, row)));
        })?;
        let (version, row) = found.transpose()?.ok_or_else(|| not_found(id))?;
        drop(view);
        if !store.grant.covers(&row) {
            let message = format!(
                "the token `{}` reaches further than the one that would revoke it",
                shorten(&row.name)
            );
            return Err(Error::new(Code::Unauthorized, message).at("/id").hint("let an operator revoke it"));
        }
        let answer = Deleted::of(&row.id);
        if !store.dry {
            // When somebody else was faster, it is gone all the same.
            store.put_key(access::token(id), version, None, store.kept(&answer)?)?;
        }
        Ok(answer)
    }
}

/// The row of a token that is asked for, without id and secret.
fn checked(request: &CreateToken) -> Result<TokenRow> {
    let CreateToken { name, role, workspaces, collections, environments, expires_at } = request;
    limits::TOKEN_NAME_BYTES.check(name.len()).map_err(|e| e.at("/name"))?;
    if name.trim().is_empty() || name.chars().any(char::is_control) {
        let error = Error::new(Code::InvalidRequest, "a token needs a name, without control characters");
        return Err(error.at("/name").hint("its writes are signed with it: take that of the program"));
    }
    let created_ms = env::now_ms();
    Ok(TokenRow {
        id: String::new(),
        name: name.clone(),
        role: *role,
        workspaces: list(workspaces.as_deref(), "workspaces", |id| check_workspace_id(id))?,
        collections: list(collections.as_deref(), "collections", |id| check_name(id, "collection id"))?,
        environments: list(environments.as_deref(), "environments", |_| Ok(()))?,
        expires_ms: expires_at.as_deref().map(|text| end_of(text, created_ms)).transpose()?,
        created_ms,
        sha256: [0; 32],
    })
}

/// What a part of a token reaches, each name once.
fn list<T: Clone + PartialEq>(
    given: Option<&[T]>,
    part: &str,
    check: impl Fn(&T) -> Result<()>,
) -> Result<Option<Vec<T>>> {
    let Some(given) = given else { return Ok(None) };
    limits::TOKEN_SCOPE.check(given.len()).map_err(|e| e.at(format!("/{part}")))?;
    if given.is_empty() {
        let error = Error::new(Code::InvalidRequest, format!("a token that reaches no {part} is of no use"));
        return Err(error.at(format!("/{part}")).hint(format!("name some, or leave {part} out for all")));
    }
    let mut names: Vec<T> = Vec::new();
    for (n, name) in given.iter().enumerate() {
        check(name).map_err(|e| e.at(format!("/{part}/{n}")))?;
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    Ok(Some(names))
}

/// When a token ends, which lies ahead.
fn end_of(text: &str, now_ms: u64) -> Result<u64> {
    let at = |error: Error| error.at("/expires_at").hint("write a time ahead, as in 2030-01-31T00:00:00Z");
    let instant = Instant::parse(text).ok_or_else(|| {
        at(Error::new(Code::InvalidRequest, format!("`{}` is not an RFC 3339 time", shorten(text))))
    })?;
    let ms = u64::try_from(instant.seconds)
        .ok()
        .and_then(|seconds| seconds.checked_mul(1_000)?.checked_add(u64::from(instant.nanos / 1_000_000)));
    ms.filter(|ms| *ms > now_ms)
        .ok_or_else(|| at(Error::new(Code::InvalidRequest, format!("`{}` has passed", shorten(text)))))
}

fn about(row: TokenRow) -> Token {
    Token {
        id: row.id,
        name: row.name,
        role: row.role,
        workspaces: row.workspaces,
        collections: row.collections,
        environments: row.environments,
        expires_at: row.expires_ms.map(text_from_ms),
        created_at: text_from_ms(row.created_ms),
    }
}

/// The command by which a person makes the token.
fn command(request: &CreateToken) -> String {
    let role = match request.role {
        Role::Operator => "operator",
        Role::Agent => "agent",
        Role::Reader => "reader",
    };
    let name = shorten(&request.name).replace('\'', "");
    let mut command = format!("rekor tokens create --name '{name}' --role {role}");
    let environments = request.environments.as_ref().map(|kinds| {
        let name = |kind: &Kind| if *kind == Kind::Preview { "preview" } else { "production" };
        kinds.iter().map(|kind| name(kind).to_owned()).collect::<Vec<_>>()
    });
    for (flag, names) in [
        ("workspaces", request.workspaces.as_ref()),
        ("collections", request.collections.as_ref()),
        ("environments", environments.as_ref()),
    ] {
        if let Some(names) = names {
            command.push_str(&format!(" --{flag} {}", shorten(&names.join(","))));
        }
    }
    if let Some(end) = &request.expires_at {
        command.push_str(&format!(" --expires-at {}", shorten(end)));
    }
    command
}

/// The id and the secret of a token's text.
fn parse(text: &str) -> Option<(&str, &str)> {
    let (id, secret) = text.strip_prefix("rekor_")?.split_once('_')?;
    let is_hex = |part: &str, chars: usize| {
        part.len() == chars && part.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    };
    (is_hex(id, ID_CHARS) && is_hex(secret, SECRET_CHARS)).then_some((id, secret))
}

fn malformed() -> Error {
    Error::new(Code::Unauthorized, "what was given is not a token")
        .hint("a token is `rekor_`, twelve and thirty-two characters: as `rekor tokens create` showed it")
}

fn not_found(id: &str) -> Error {
    Error::new(Code::NotFound, format!("there is no token `{}`", shorten(id)))
        .at("/id")
        .hint("list them with `rekor tokens list`")
}

fn digest(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// Whether two digests are equal, in a time that does not tell where they differ.
fn is_equal(a: &[u8; 32], b: &[u8; 32]) -> bool {
    a.iter().zip(b).fold(0, |sum, (a, b)| sum | (a ^ b)) == 0
}

fn hex(bytes: &[u8], chars: usize) -> String {
    let text: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    text.chars().take(chars).collect()
}

#[cfg(test)]
mod tests;
