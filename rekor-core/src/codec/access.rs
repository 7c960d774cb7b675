//! What the catalog keeps of who may work with the store: the passphrase of a protected one, as a hash, and its tokens,
//! each under a key of its own. A passphrase or the secret of a token is never stored.

use serde::{Deserialize, Serialize};

use crate::api::list::Role;
use crate::api::workspace::Kind;
use crate::codec::keys::Key;

const PROTECTION: u8 = 0x41;
const TOKEN: u8 = 0x42;

/// How a store is protected.
#[derive(Clone, Serialize, Deserialize)]
pub struct ProtectionRow {
    /// The hash of the passphrase, as a PHC string: it says with what it was made.
    pub phc: String,
    /// Since when, in milliseconds since 1970.
    pub since_ms: u64,
}

/// A token.
#[derive(Clone, Serialize, Deserialize)]
pub struct TokenRow {
    /// Its id.
    pub id: String,
    /// The name of whoever works with it.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// The workspaces that it reaches, their previews included; none for all.
    pub workspaces: Option<Vec<String>>,
    /// The collections that it reaches; none for all.
    pub collections: Option<Vec<String>>,
    /// The kinds of workspace that it reaches; none for both.
    pub environments: Option<Vec<Kind>>,
    /// When it ends, in milliseconds since 1970.
    pub expires_ms: Option<u64>,
    /// When it was made, in milliseconds since 1970.
    pub created_ms: u64,
    /// SHA-256 of its secret.
    pub sha256: [u8; 32],
}

/// The store's protection; the catalog has none when it is not protected.
#[must_use]
pub fn protection() -> Vec<u8> {
    vec![PROTECTION]
}

/// A token, by id.
#[must_use]
pub fn token(id: &str) -> Vec<u8> {
    Key::new(TOKEN).raw(id.as_bytes()).0
}

/// All tokens.
#[must_use]
pub fn tokens() -> (Vec<u8>, Vec<u8>) {
    (vec![TOKEN], vec![TOKEN + 1])
}
