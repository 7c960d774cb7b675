//! A handle on a store, as Node holds it.

use std::fs::File;
use std::io::BufReader;

use napi_derive::napi;
use rekor_core::Store;

use crate::file;
use crate::work::{Answer, Output, decode, encode, needed, start, start_with, unknown};
use crate::workspace::WorkspaceHandle;

/// A handle on a store.
#[napi]
pub struct StoreHandle(Store);

impl From<Store> for Output {
    fn from(store: Store) -> Self {
        Self::Store(StoreHandle(store))
    }
}

#[napi]
impl StoreHandle {
    /// Executes an operation of the table.
    #[napi]
    pub fn call(
        &self,
        promise: bool,
        name: String,
        request: String,
        options: Option<String>,
    ) -> napi::Result<Answer> {
        let work = move |store: &Store| {
            let options = options.map_or_else(|| Ok(Default::default()), |text| decode(&text))?;
            store.call_with(&name, &request, &options).map(Output::Text)
        };
        start_with(promise, &self.0, work)
    }

    /// Does what is no operation of the table.
    #[napi]
    pub fn ask(
        &self,
        promise: bool,
        what: String,
        first: Option<String>,
        second: Option<String>,
    ) -> napi::Result<Answer> {
        let store = self.0.clone();
        start(promise, move || {
            Ok(match what.as_str() {
                "workspace" => Output::Workspace(WorkspaceHandle::from(match first {
                    Some(id) => store.workspace(&id)?,
                    None => store.only_workspace()?,
                })),
                "as_agent" => store.as_agent(&needed(first)?).into(),
                "as_reader" => store.as_reader().into(),
                "with_actor" => store.with_actor(decode(&needed(first)?)?).into(),
                "with_token" => store.with_token(&needed(first)?)?.into(),
                "actor" => encode(store.actor())?,
                "protect" => encode(&store.protect(&needed(first)?, second.as_deref())?)?,
                "unprotect" => encode(&store.unprotect(&needed(first)?)?)?,
                "unlock" => store.unlock(&needed(first)?)?.into(),
                "is_protected" => encode(&store.is_protected()?)?,
                "is_locked" => encode(&store.is_locked())?,
                "restore" => {
                    let path = needed(first)?;
                    let backup = File::open(&path).map_err(|fault| file::unusable(&path, &fault))?;
                    encode(&store.restore(&mut BufReader::new(backup), &needed(second)?)?)?
                }
                "close" => encode(&store.close()?)?,
                _ => return Err(unknown(&what)),
            })
        })
    }
}
