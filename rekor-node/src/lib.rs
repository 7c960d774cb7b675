//! The native half of the npm package: JSON text in, JSON text or a handle out. What a call means is decided in rekor-core,
//! what values look like in `lib/`; nothing here may do either.

#![allow(clippy::needless_pass_by_value, reason = "arguments of Node arrive as values")]

mod file;
mod store;
mod stream;
mod transfer;
mod work;
mod workspace;

use napi_derive::napi;
use rekor_core::{OPS, OpenOptions, Right, STORE_OPS, Store};
use serde::Deserialize;

use work::{Answer, decode, encode, start};

/// The options of `open` as JSON has them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Options {
    exclusive: Option<bool>,
    read_only: Option<bool>,
    cache_bytes: Option<usize>,
    busy_timeout_ms: Option<u64>,
    maintenance: Option<bool>,
}

impl From<Options> for OpenOptions {
    fn from(given: Options) -> Self {
        let default = Self::default();
        Self {
            exclusive: given.exclusive.unwrap_or(default.exclusive),
            read_only: given.read_only.unwrap_or(default.read_only),
            cache_bytes: given.cache_bytes.unwrap_or(default.cache_bytes),
            busy_timeout_ms: given.busy_timeout_ms.unwrap_or(default.busy_timeout_ms),
            maintenance: given.maintenance.unwrap_or(default.maintenance),
        }
    }
}

/// Opens the store in a directory.
#[napi]
pub fn open(path: String, options: String, promise: bool) -> napi::Result<Answer> {
    start(promise, move || {
        let options: Options = decode(&options)?;
        Ok(Store::open(path, options.into())?.into())
    })
}

/// The tables of operations: name, whether it is of a store, whether it writes.
#[napi]
pub fn operations() -> napi::Result<Answer> {
    let row = |name, is_of_store, right: Right| (name, is_of_store, right.writes());
    let of_workspaces = OPS.iter().map(|op| row(op.name, false, op.right));
    let of_stores = STORE_OPS.iter().map(|op| row(op.name, true, op.right));
    let rows: Vec<_> = of_workspaces.chain(of_stores).collect();
    start(false, move || encode(&rows))
}
