//! A protected store: without the operator's passphrase, or a token, a handle on it is an agent's.
//!
//! This holds back whoever comes through rekor. A process that may write the files of the store can do without it.

use super::{Store, passphrase};
use crate::api::list::Actor;
use crate::api::workspace::Kind;
use crate::codec::access::{self, ProtectionRow};
use crate::codec::collection::{decode, encode};
use crate::ctx::rights::{self, Right};
use crate::engine::{Engine, Seq, WorkspaceKey};
use crate::ground::env;
use crate::ground::error::{Code, Error, Result};

impl Store {
    /// Protects the store with a passphrase, or changes it, for which the `current` one is needed.
    ///
    /// From then on [`Store::open`] gives the handle of an agent, and [`Store::unlock`] that of an operator. Handles that are
    /// open already keep what they have. The passphrase is kept as an Argon2id hash.
    ///
    /// Whoever may write the files of the store can take the protection away. It keeps agents that use rekor from what is
    /// left to people; what keeps programs from the files is the operating system, or a server in front of them.
    ///
    /// ```
    /// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
    /// use rekor_core::{Code, OpenOptions, Store, api::list::Role};
    ///
    /// # let path = dir.path().join("store");
    /// store.protect("correct horse battery", None)?;
    /// # store.close()?;
    /// let store = Store::open(&path, OpenOptions::default())?;
    /// assert_eq!(store.actor().role, Role::Agent);
    /// assert_eq!(store.unlock("a guess").err().map(|error| error.code()), Some(Code::Unauthorized));
    /// assert_eq!(store.unlock("correct horse battery")?.actor().role, Role::Operator);
    /// # Ok::<(), rekor_core::Error>(())
    /// ```
    pub fn protect(&self, passphrase: &str, current: Option<&str>) -> Result<()> {
        self.allow_protecting()?;
        let version = match self.protection()? {
            None => Seq(0),
            Some((version, row)) => {
                passphrase::verify(current.ok_or_else(needed)?, &row.phc)?;
                version
            }
        };
        passphrase::check(passphrase)?;
        let row = ProtectionRow { phc: passphrase::hash(passphrase)?, since_ms: env::now_ms() };
        self.put_protection(version, Some(encode(&row)?))
    }

    /// Takes the protection away, for which the current passphrase is needed. Answers whether there was one.
    ///
    /// ```
    /// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
    /// store.protect("correct horse battery", None)?;
    /// assert!(store.unprotect("correct horse battery")?);
    /// assert!(!store.unprotect("correct horse battery")?); // there was none any more
    /// # Ok::<(), rekor_core::Error>(())
    /// ```
    pub fn unprotect(&self, current: &str) -> Result<bool> {
        self.allow_protecting()?;
        let Some((version, row)) = self.protection()? else { return Ok(false) };
        passphrase::verify(current, &row.phc)?;
        self.put_protection(version, None)?;
        Ok(true)
    }

    /// The handle that this one would be if the store were not protected, else `unauthorized`.
    ///
    /// ```
    /// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
    /// # use rekor_core::{OpenOptions, Store};
    /// # store.protect("correct horse battery", None)?;
    /// # store.close()?;
    /// let store = Store::open(dir.path().join("store"), OpenOptions::default())?;
    /// assert!(store.is_locked());
    /// let operator = store.unlock("correct horse battery")?;
    /// assert!(!operator.is_locked() && store.is_locked()); // the handle that asked stays what it was
    /// # Ok::<(), rekor_core::Error>(())
    /// ```
    pub fn unlock(&self, passphrase: &str) -> Result<Self> {
        if let Some((_, row)) = self.protection()? {
            passphrase::verify(passphrase, &row.phc)?;
        }
        let actor = Actor { role: self.asked, ..self.actor.clone() };
        Ok(Self { actor, ..self.clone() })
    }

    /// Whether the store is protected.
    ///
    /// ```
    /// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
    /// assert!(!store.is_protected()?);
    /// store.protect("correct horse battery", None)?;
    /// assert!(store.is_protected()?);
    /// # Ok::<(), rekor_core::Error>(())
    /// ```
    pub fn is_protected(&self) -> Result<bool> {
        is_there(&*self.shared.engine)
    }

    /// Whether the handle may do less than it was asked for because the store is protected.
    ///
    /// ```
    /// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
    /// store.protect("correct horse battery", None)?;
    /// assert!(!store.is_locked()); // this handle was there before
    /// # use rekor_core::{OpenOptions, Store};
    /// # store.close()?;
    /// let store = Store::open(dir.path().join("store"), OpenOptions::default())?;
    /// assert!(store.is_locked());
    /// # Ok::<(), rekor_core::Error>(())
    /// ```
    #[must_use]
    pub fn is_locked(&self) -> bool {
        self.actor.role != self.asked
    }

    /// Refuses whoever may not change how the store is protected: agents, readers and tokens. A passphrase is changed by who
    /// knows it, so a handle that only is locked may.
    ///
    /// ```
    /// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
    /// use rekor_core::Code;
    ///
    /// assert!(store.allow_protecting().is_ok()); // so it is worth asking for a passphrase
    /// let error = store.as_agent("tidy-bot").allow_protecting().unwrap_err();
    /// assert_eq!(error.code(), Code::HumanOnly);
    /// # Ok::<(), rekor_core::Error>(())
    /// ```
    pub fn allow_protecting(&self) -> Result<()> {
        if !self.grant.is_none() {
            return Err(Error::new(Code::Unauthorized, "a token cannot change how the store is protected")
                .hint("let an operator run `rekor protect` without a token"));
        }
        let actor = Actor { role: self.asked, ..Actor::default() };
        let command = || "rekor protect".to_owned();
        rights::allow(&actor, Right::Administer, "", || Ok(Kind::Production), command)
    }

    fn protection(&self) -> Result<Option<(Seq, ProtectionRow)>> {
        let view = self.shared.engine.view(WorkspaceKey::CATALOG)?;
        let mut found = None;
        view.get_with(&access::protection(), &mut |value| {
            found = value.map(|(version, bytes)| decode(bytes).map(|row| (version, row)));
        })?;
        found.transpose()
    }

    fn put_protection(&self, version: Seq, value: Option<Vec<u8>>) -> Result<()> {
        if self.dry || self.put_key(access::protection(), version, value, Vec::new())? {
            return Ok(());
        }
        Err(Error::new(Code::Busy, "somebody else changed how the store is protected")
            .hint("look, and try again"))
    }
}

/// Whether the store on an engine is protected.
pub(super) fn is_there(engine: &dyn Engine) -> Result<bool> {
    let mut found = false;
    engine
        .view(WorkspaceKey::CATALOG)?
        .get_with(&access::protection(), &mut |value| found = value.is_some())?;
    Ok(found)
}

fn needed() -> Error {
    Error::new(Code::Unauthorized, "the store is protected, and the current passphrase is needed")
        .at("/current")
        .hint("give it at the terminal, or with --passphrase-fd")
}

#[cfg(test)]
mod tests;
