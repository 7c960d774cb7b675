//! Idempotency keys: the answer to a write, kept under the caller's key in the commit of that write, so that a caller
//! who does not know whether a write came through can ask again. Kept for a day; failures are never kept.
//!
//! An answer stands in chunks under `slot` (the hash of actor and key), and once more by its time, so that whoever
//! keeps the next one can take away some that are too old.

use std::ops::ControlFlow;

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::api::list::{Actor, Role};
use crate::codec::json;
use crate::codec::keys;
use crate::ctx::Ctx;
use crate::ctx::grant::Grant;
use crate::engine::{Seq, View};
use crate::ground::error::{Code, Error, Result};
use crate::ground::limits::IDEMPOTENCY_KEY_BYTES;

const FORMAT: u8 = 1;
/// Milliseconds that an answer is kept.
const KEPT_MS: u64 = 24 * 60 * 60 * 1_000;
/// Format, time, hash of the request, number of chunks.
const HEAD_BYTES: usize = 1 + 8 + 32 + 2;
/// Bytes of an answer in one value.
const CHUNK_BYTES: usize = 1 << 20;
/// Answers that are too old and go with each new one.
const SWEPT_WITH_ONE: usize = 8;
/// How an answer begins that names its own commit, whose number is not known yet when the answer is kept.
const OWN_SEQ: &str = "{\"seq\":0,";

/// A request that is carried out once, however often it is made.
#[derive(Debug, Clone)]
pub struct Once {
    slot: [u8; 32],
    request: [u8; 32],
}

impl Once {
    /// The request with this name and JSON text, under the key of a caller: an actor with what it may do, so that nobody is
    /// answered what another may see.
    pub fn new(actor: &Actor, grant: &Grant, key: &str, name: &str, request: &str) -> Result<Self> {
        let at = |e: Error| e.at("/idempotency_key");
        IDEMPOTENCY_KEY_BYTES.check(key.len()).map_err(at)?;
        if key.is_empty() || key.chars().any(char::is_control) {
            return Err(at(Error::new(
                Code::InvalidRequest,
                "the idempotency key is empty or not one line of text",
            )
            .hint("make a new one for each thing to be done, such as a UUID")));
        }
        let digest = |parts: &[&str]| -> [u8; 32] {
            let sha = parts.iter().fold(Sha256::new(), |sha, part| {
                sha.chain_update((part.len() as u64).to_be_bytes()).chain_update(part.as_bytes())
            });
            sha.finalize().into()
        };
        let role = match actor.role {
            Role::Operator => "operator",
            Role::Agent => "agent",
            Role::Reader => "reader",
        };
        // White space makes no other request; what is not strict JSON is refused elsewhere.
        let text = json::canonical(request).unwrap_or_else(|_| request.to_owned());
        let slot = digest(&[role, &actor.name, &grant.tokens(), key]);
        Ok(Self { slot, request: digest(&[name, &text]) })
    }

    /// The answer that is kept, if there is one; `idempotency_mismatch` when it is of another request.
    pub fn find(&self, view: &dyn View, now_ms: u64) -> Result<Option<String>> {
        let mut found = None;
        view.get_with(&keys::idempotent(&self.slot, 0), &mut |row| {
            found = row.map(|(seq, bytes)| Head::read(bytes).map(|head| (seq, head)));
        })?;
        let Some((seq, head)) = found.transpose()?.filter(|(_, head)| !head.is_old(now_ms)) else {
            return Ok(None);
        };
        if head.request != self.request {
            return Err(Error::new(
                Code::IdempotencyMismatch,
                "the idempotency key was used with another request",
            )
            .at("/idempotency_key")
            .hint("use a new key for each thing to be done"));
        }
        let mut text = head.text;
        for chunk in 1..head.chunks {
            view.get_with(&keys::idempotent(&self.slot, chunk), &mut |row| {
                text.extend_from_slice(row.map(|(_, bytes)| bytes).unwrap_or_default());
            })?;
        }
        let text = String::from_utf8(text).map_err(|_| damaged())?;
        Ok(Some(match text.strip_prefix(OWN_SEQ) {
            Some(rest) => format!("{{\"seq\":{},{rest}", seq.0),
            None => text,
        }))
    }

    /// Whether this is a key of what is kept under it.
    #[must_use]
    pub fn owns(&self, key: &[u8]) -> bool {
        key.starts_with(&keys::idempotent_slot(&self.slot))
    }

    /// The rows that keep an answer.
    #[must_use]
    pub fn rows(&self, answer: &str, now_ms: u64) -> Vec<(Vec<u8>, Vec<u8>)> {
        let chunks = answer.as_bytes().chunks(CHUNK_BYTES);
        let count = u16::try_from(chunks.len().max(1)).unwrap_or(u16::MAX);
        let mut head = vec![FORMAT];
        head.extend_from_slice(&now_ms.to_be_bytes());
        head.extend_from_slice(&self.request);
        head.extend_from_slice(&count.to_be_bytes());
        let mut rows: Vec<_> = (0_u16..)
            .zip(chunks)
            .map(|(n, chunk)| {
                let value = if n == 0 { [&head, chunk].concat() } else { chunk.to_vec() };
                (keys::idempotent(&self.slot, n), value)
            })
            .collect();
        rows.push((keys::idempotent_since(now_ms, &self.slot), Vec::new()));
        rows
    }
}

/// What stands before an answer.
struct Head {
    time_ms: u64,
    request: [u8; 32],
    chunks: u16,
    /// The beginning of the answer.
    text: Vec<u8>,
}

impl Head {
    fn read(bytes: &[u8]) -> Result<Self> {
        let (head, text) = bytes.split_first_chunk::<HEAD_BYTES>().ok_or_else(damaged)?;
        let (time, rest) =
            head.get(1..).and_then(|rest| rest.split_first_chunk::<8>()).ok_or_else(damaged)?;
        let (request, chunks) = rest.split_first_chunk::<32>().ok_or_else(damaged)?;
        let chunks = chunks.first_chunk::<2>().ok_or_else(damaged)?;
        Ok(Self {
            time_ms: u64::from_be_bytes(*time),
            request: *request,
            chunks: u16::from_be_bytes(*chunks),
            text: text.to_vec(),
        })
    }

    const fn is_old(&self, now_ms: u64) -> bool {
        now_ms.saturating_sub(self.time_ms) >= KEPT_MS
    }
}

/// The keys and versions of a few answers that are too old.
pub fn outdated(view: &dyn View, now_ms: u64) -> Result<Vec<(Vec<u8>, Seq)>> {
    let (lo, hi) = keys::idempotent_before(now_ms.saturating_sub(KEPT_MS));
    let mut slots = Vec::new();
    let mut old = Vec::new();
    view.scan_each(&lo, &hi, false, &mut |key, version, _| {
        old.push((key.to_vec(), version));
        slots.extend(key.last_chunk::<32>().copied());
        if slots.len() < SWEPT_WITH_ONE { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    for slot in slots {
        let (lo, hi) = keys::range(keys::idempotent_slot(&slot));
        let mut chunks = Vec::new();
        let mut is_old = false;
        view.scan_each(&lo, &hi, false, &mut |key, version, value| {
            // A slot may have been used again since; its first chunk says when.
            is_old = is_old || (chunks.is_empty() && Head::read(value).is_ok_and(|head| head.is_old(now_ms)));
            chunks.push((key.to_vec(), version));
            ControlFlow::Continue(())
        })?;
        if is_old {
            old.extend(chunks);
        }
    }
    Ok(old)
}

impl Ctx<'_> {
    /// Ends an operation with its answer, which is kept in the commit if the caller gave an idempotency key.
    pub fn answer<A: Serialize>(&mut self, answer: A) -> Result<A> {
        let Some(once) = self.once.clone() else { return Ok(answer) };
        let text = serde_json::to_string(&answer)
            .map_err(|e| Error::new(Code::Internal, format!("an answer does not encode: {e}")))?;
        // Read through the operation, so that of two that use the key at the same time one runs again.
        let known = self.get(&keys::idempotent(&once.slot, 0))?;
        if known.map(|bytes| Head::read(&bytes)).transpose()?.is_some_and(|head| !head.is_old(self.now_ms)) {
            return Err(
                Error::new(Code::Busy, "the same request was carried out meanwhile").hint("try again")
            );
        }
        for (key, value) in once.rows(&text, self.now_ms) {
            self.put_derived(key, Some(value))?;
        }
        let written = &self.writes;
        let old = outdated(self.view, self.now_ms)?;
        self.delete_if.extend(old.into_iter().filter(|(key, _)| !written.contains_key(key)));
        Ok(answer)
    }
}

fn damaged() -> Error {
    Error::new(Code::CorruptStore, "a kept answer is damaged").hint("run `rekor check`")
}
