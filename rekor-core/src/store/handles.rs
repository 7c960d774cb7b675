//! Handles of others on an open store, who may do no more than whoever makes them.

use std::fmt;

use super::Store;
use crate::api::list::{Actor, Role};

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("actor", &self.actor).finish_non_exhaustive()
    }
}

impl Store {
    /// A handle of an agent, which can never do more than one may: it writes records anywhere, and changes collections in
    /// previews only.
    ///
    /// ```
    /// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
    /// use rekor_core::{Code, Json, api::collection::UpsertCollection};
    ///
    /// let schema = Some(Json::from_text("{}"));
    /// let carriers = UpsertCollection { collection: "carriers".into(), schema, ..Default::default() };
    /// let error = store.as_agent("tidy-bot").workspace("ops")?.run(&carriers).unwrap_err();
    /// assert_eq!(error.code(), Code::PreviewRequired);
    /// assert!(error.hint_text().unwrap().starts_with("run `rekor workspaces create-preview ops"));
    /// # Ok::<(), rekor_core::Error>(())
    /// ```
    #[must_use]
    pub fn as_agent(&self, name: &str) -> Self {
        self.with_actor(Actor { role: Role::Agent, name: name.to_owned(), ..self.actor.clone() })
    }

    /// A handle that only reads.
    ///
    /// ```
    /// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
    /// use rekor_core::{Code, api::record::DeleteRecord};
    ///
    /// let ws = store.as_reader().workspace("ops")?;
    /// let zen = DeleteRecord { collection: "customers".into(), id: Some("zen".into()), ..Default::default() };
    /// assert_eq!(ws.run(&zen).unwrap_err().code(), Code::ReadOnly);
    /// # Ok::<(), rekor_core::Error>(())
    /// ```
    #[must_use]
    pub fn as_reader(&self) -> Self {
        self.with_actor(Actor { role: Role::Reader, ..self.actor.clone() })
    }

    /// A handle whose writes are signed by another actor, who may do no more than this handle may.
    ///
    /// ```
    /// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
    /// use rekor_core::api::{list::Actor, workspace::GetWorkspace};
    ///
    /// let mia = store.with_actor(Actor { name: "mia".into(), reason: Some("a new year".into()), ..Actor::default() });
    /// mia.workspace("ops")?.call("delete_record", r#"{"collection": "invoices", "id": "inv-2"}"#)?;
    /// let last = store.run(&GetWorkspace { id: "ops".into() })?.last_commit.unwrap();
    /// assert_eq!(&last.actor, mia.actor());
    /// # Ok::<(), rekor_core::Error>(())
    /// ```
    #[must_use]
    pub fn with_actor(&self, actor: Actor) -> Self {
        let (asked, role) = (actor.role.and(self.asked), actor.role.and(self.actor.role));
        let name = self.grant.sign(actor.name);
        Self { actor: Actor { role, name, ..actor }, asked, ..self.clone() }
    }

    /// Who works with this handle.
    ///
    /// ```
    /// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
    /// use rekor_core::api::list::Role;
    ///
    /// assert_eq!(store.actor().role, Role::Operator); // of a store that is opened and not protected
    /// assert_eq!(store.as_agent("tidy-bot").actor().name, "tidy-bot");
    /// # Ok::<(), rekor_core::Error>(())
    /// ```
    #[must_use]
    pub const fn actor(&self) -> &Actor {
        &self.actor
    }

    /// A handle whose writes are checked and answered as if they were made, and not made.
    ///
    /// ```
    /// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
    /// use rekor_core::api::workspace::{DeleteWorkspace, ListWorkspaces};
    ///
    /// let delete = DeleteWorkspace { id: "ops".into(), yes: true, ..Default::default() };
    /// assert!(store.dry_run().run(&delete)?.deleted); // it would be
    /// assert_eq!(store.run(&ListWorkspaces {})?.data.len(), 1);
    /// # Ok::<(), rekor_core::Error>(())
    /// ```
    #[must_use]
    pub fn dry_run(&self) -> Self {
        Self { dry: true, ..self.clone() }
    }
}
