//! Handles of others on an open store, who may do no more than whoever makes them.

use super::Store;
use crate::api::list::{Actor, Role};

impl Store {
    /// A handle of an agent, which can never do more than one may: it writes records anywhere, and changes collections in
    /// previews only.
    #[must_use]
    pub fn as_agent(&self, name: &str) -> Self {
        self.with_actor(Actor { role: Role::Agent, name: name.to_owned(), ..self.actor.clone() })
    }

    /// A handle that only reads.
    #[must_use]
    pub fn as_reader(&self) -> Self {
        self.with_actor(Actor { role: Role::Reader, ..self.actor.clone() })
    }

    /// A handle whose writes are signed by another actor, who may do no more than this handle may.
    #[must_use]
    pub fn with_actor(&self, actor: Actor) -> Self {
        let (asked, role) = (actor.role.and(self.asked), actor.role.and(self.actor.role));
        let name = self.grant.sign(actor.name);
        Self { actor: Actor { role, name, ..actor }, asked, ..self.clone() }
    }

    /// Who works with this handle.
    #[must_use]
    pub const fn actor(&self) -> &Actor {
        &self.actor
    }

    /// A handle whose writes are checked and answered as if they were made, and not made.
    #[must_use]
    pub fn dry_run(&self) -> Self {
        Self { dry: true, ..self.clone() }
    }
}
