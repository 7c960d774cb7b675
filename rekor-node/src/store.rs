//! A handle on a store, as Node holds it.

use std::fs::File;
use std::io::BufReader;

use napi_derive::napi;
use rekor_core::api::list::Actor;
use rekor_core::{Result, Store};

use crate::file;
use crate::work::{Answer, Output, decode, encode, start};
use crate::workspace::WorkspaceHandle;

/// A handle on a store.
#[napi]
pub struct StoreHandle {
    store: Store,
}

impl StoreHandle {
    pub(crate) const fn new(store: Store) -> Self {
        Self { store }
    }

    fn start(
        &self,
        promise: bool,
        work: impl FnOnce(Store) -> Result<Output> + Send + 'static,
    ) -> napi::Result<Answer> {
        let store = self.store.clone();
        start(promise, move || work(store))
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
        self.start(promise, move |store| {
            let options = options.map_or_else(|| Ok(Default::default()), |text| decode(&text))?;
            store.call_with(&name, &request, &options).map(Output::Text)
        })
    }

    /// A handle on a workspace: the only production workspace without a name.
    #[napi]
    pub fn workspace(&self, promise: bool, id: Option<String>) -> napi::Result<Answer> {
        self.start(promise, move |store| {
            let found = id.map_or_else(|| store.only_workspace(), |id| store.workspace(&id));
            Ok(Output::Workspace(WorkspaceHandle::new(found?)))
        })
    }

    /// A handle of an agent.
    #[napi]
    pub fn as_agent(&self, name: String) -> Self {
        Self::new(self.store.as_agent(&name))
    }

    /// A handle that only reads.
    #[napi]
    pub fn as_reader(&self) -> Self {
        Self::new(self.store.as_reader())
    }

    /// A handle whose writes are signed by another actor.
    #[napi]
    pub fn with_actor(&self, actor: String) -> napi::Result<Answer> {
        self.start(false, move |store| {
            let actor: Actor = decode(&actor)?;
            Ok(Output::Store(Self::new(store.with_actor(actor))))
        })
    }

    /// A handle of whoever a token was made for.
    #[napi]
    pub fn with_token(&self, promise: bool, text: String) -> napi::Result<Answer> {
        self.start(promise, move |store| Ok(Output::Store(Self::new(store.with_token(&text)?))))
    }

    /// The actor, as JSON.
    #[napi]
    pub fn actor(&self) -> napi::Result<Answer> {
        self.start(false, |store| encode(store.actor()))
    }

    /// Protects the store with a passphrase.
    #[napi]
    pub fn protect(
        &self,
        promise: bool,
        passphrase: String,
        current: Option<String>,
    ) -> napi::Result<Answer> {
        self.start(promise, move |store| {
            store.protect(&passphrase, current.as_deref()).map(|()| Output::Done)
        })
    }

    /// Takes the protection away.
    #[napi]
    pub fn unprotect(&self, promise: bool, current: String) -> napi::Result<Answer> {
        self.start(promise, move |store| encode(&store.unprotect(&current)?))
    }

    /// The handle that this one would be without the protection.
    #[napi]
    pub fn unlock(&self, promise: bool, passphrase: String) -> napi::Result<Answer> {
        self.start(promise, move |store| Ok(Output::Store(Self::new(store.unlock(&passphrase)?))))
    }

    /// Whether the store is protected.
    #[napi]
    pub fn is_protected(&self, promise: bool) -> napi::Result<Answer> {
        self.start(promise, |store| encode(&store.is_protected()?))
    }

    /// Whether the handle may do less than it would without the protection.
    #[napi]
    pub fn is_locked(&self) -> bool {
        self.store.is_locked()
    }

    /// Makes a workspace of a backup.
    #[napi]
    pub fn restore(&self, promise: bool, path: String, to: String) -> napi::Result<Answer> {
        self.start(promise, move |store| {
            let backup = File::open(&path).map_err(|fault| file::unusable(&path, &fault))?;
            encode(&store.restore(&mut BufReader::new(backup), &to)?)
        })
    }

    /// Closes the store for every handle of this opening.
    #[napi]
    pub fn close(&self, promise: bool) -> napi::Result<Answer> {
        self.start(promise, |store| store.close().map(|()| Output::Done))
    }
}
