//! What production's collections were when a preview was made of them. It lies in production's own key space, so that a
//! promotion moves it in its own commit. A fingerprint of name and schema is all that a comparison needs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::codec::collection::{CollectionRow, decode, encode};
use crate::codec::json::Tree;
use crate::codec::keys;
use crate::ctx::Ctx;
use crate::ctx::session::Session;
use crate::ground::error::Result;

/// Fingerprints of collections, by id.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Base {
    /// The collections.
    pub collections: BTreeMap<String, String>,
}

impl Base {
    /// The fingerprints of these collections.
    pub fn of(rows: &[CollectionRow]) -> Result<Self> {
        let prints = rows.iter().map(|row| Ok((row.id.clone(), fingerprint(&row.name, &row.schema)?)));
        Ok(Self { collections: prints.collect::<Result<_>>()? })
    }

    /// Reads the base of a preview, as the operation sees it.
    pub fn read(ctx: &mut Ctx<'_>, preview: &[u8; 16]) -> Result<Option<Self>> {
        ctx.get(&keys::base(preview))?.map(|bytes| decode(&bytes)).transpose()
    }

    /// Stores it as the base of a preview.
    pub fn write(&self, ctx: &mut Ctx<'_>, preview: &[u8; 16]) -> Result<()> {
        ctx.put_derived(keys::base(preview), Some(encode(self)?))
    }
}

/// What tells a collection from any other configuration of it: the same schema is the same however it is spaced, and in
/// whatever order its keys stand.
pub fn fingerprint(name: &str, schema: &str) -> Result<String> {
    let sha = Sha256::new_with_prefix(name.as_bytes()).chain_update([0]);
    Ok(hex(&sha.chain_update(sorted(Tree::parse(schema)?).to_text().as_bytes()).finalize()))
}

/// The value with the keys of each object in order.
fn sorted(tree: Tree) -> Tree {
    match tree {
        Tree::Array(items) => Tree::Array(items.into_iter().map(sorted).collect()),
        Tree::Object(mut members) => {
            members.sort_by(|(one, _), (other, _)| one.cmp(other));
            Tree::Object(members.into_iter().map(|(name, value)| (name, sorted(value))).collect())
        }
        other => other,
    }
}

/// The first 16 bytes of a digest, in hexadecimal.
#[must_use]
pub fn hex(digest: &[u8]) -> String {
    digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// Stores `base` for a preview that was made of these collections; `false` when they are others by now.
pub fn store_base(production: &Session, preview: &[u8; 16], base: &Base) -> Result<bool> {
    let (stored, _) = production.write(|ctx| {
        let same = Base::of(&ctx.collection_rows()?)? == *base;
        if same {
            base.write(ctx, preview)?;
        }
        Ok(same)
    })?;
    Ok(stored)
}
