//! Previews of production workspaces: made, planned, promoted and rolled back. Finds the two workspaces; what is done to them
//! stands in `ops::promotion`.

use super::requests::about;
use super::{CatalogRow, Store, StoreRequest, find};
use crate::api::history::Action;
use crate::api::list::{List, Written};
use crate::api::preview::{
    CreatePreview, ListPromotions, PlanPromotion, PlanRollback, Promote, Promoted, Promotion, PromotionPlan,
    Rollback,
};
use crate::api::workspace::{Kind, Workspace as About};
use crate::codec::id::{check_workspace_id, slugify};
use crate::codec::keys;
use crate::ctx::Ctx;
use crate::ctx::journal;
use crate::ctx::rights::{self, Right};
use crate::ctx::scope::Reach;
use crate::ctx::session::{Session, workspace_not_found};
use crate::engine::WorkspaceKey;
use crate::ground::env;
use crate::ground::error::{Code, Error, Result};
use crate::ops::copy::{self, Copy};
use crate::ops::promotion::{self, Base, Consent, Preview, Proposal};

/// Times that a preview is made anew because production's collections change while it is.
const TRIES_MAX: usize = 10;

impl Store {
    /// A workspace's entry in the catalog.
    fn entry(&self, id: &str, at: &str) -> Result<CatalogRow> {
        check_workspace_id(id).map_err(|e| e.at(at))?;
        let view = self.shared.engine.view(WorkspaceKey::CATALOG)?;
        find(&*view, id)?.map(|(_, row)| row).ok_or_else(|| workspace_not_found(id).at(at))
    }

    /// A production workspace.
    fn production(&self, id: &str) -> Result<Session> {
        let row = self.entry(id, "/workspace")?;
        if row.kind == Kind::Production {
            return Ok(self.workspace(id)?.into_session());
        }
        let parent = row.parent.unwrap_or_default();
        Err(Error::new(Code::InvalidRequest, format!("`{id}` is a preview"))
            .at("/workspace")
            .hint(format!("name the production workspace that it is of: `{parent}`")))
    }

    /// A preview of a production workspace, as it is now.
    fn preview(&self, of: &str, id: &str) -> Result<Preview> {
        let row = self.entry(id, "/from")?;
        if row.parent.as_deref() != Some(of) {
            return Err(Error::new(Code::InvalidRequest, format!("`{id}` is not a preview of `{of}`"))
                .at("/from")
                .hint("`rekor workspaces list` names the parent of each preview"));
        }
        let rows = self.workspace(id)?.into_session().read(|ctx| ctx.collection_rows())?;
        Ok(Preview { id: id.to_owned(), file: row.file, rows })
    }

    /// Removes the base of a preview that is gone. Nothing depends on it being done.
    pub(super) fn forget_base(&self, production: &str, file: &[u8; 16]) {
        if let Ok(production) = self.workspace(production) {
            let _ = production.into_session().write(|ctx| ctx.put_derived(keys::base(file), None));
        }
    }

    /// Carries a promotion or rollback out. Its answer is kept in the same commit.
    fn carry_out(
        &self,
        workspace: &str,
        consent: Consent,
        propose: &dyn Fn(&mut Ctx<'_>) -> Result<Proposal>,
    ) -> Result<Promoted> {
        let command = || consent.command_now();
        rights::allow(&self.actor, Right::Administer, workspace, || Ok(Kind::Production), command)?;
        let mut production = self.production(workspace)?;
        if let Some(once) = &self.once {
            production = production.with_once(once.clone());
        }
        promotion::carry_out(&production, propose, &Consent { yes: consent.yes || self.dry, ..consent })
    }
}

impl StoreRequest for CreatePreview {
    const RIGHT: Right = Right::CreateWorkspace;
    type Answer = Written<About>;
    fn reach(&self) -> Reach<'_> {
        // With the records, all of production is read.
        if self.with_data {
            Reach::Whole(&self.workspace)
        } else {
            Reach::New(&self.workspace, Kind::Preview)
        }
    }
    fn change(&self) -> Option<(String, Action)> {
        Some((format!("{}--{}", self.workspace, slugify(&self.name)), Action::Created))
    }
    fn run(&self, store: &Store) -> Result<Self::Answer> {
        rights::allow(&store.actor, Self::RIGHT, &self.workspace, || Ok(Kind::Production), String::new)?;
        let production = store.production(&self.workspace)?;
        let at = |e: Error| e.at("/name");
        let slug = slugify(&self.name);
        if slug.is_empty() {
            return Err(at(Error::new(Code::InvalidId, "nothing of the name is left for an id")
                .hint("give a name with letters or digits, such as `add-invoices`")));
        }
        let id = format!("{}--{slug}", self.workspace);
        check_workspace_id(&id).map_err(at)?;
        let vacancy = store.vacancy(&id).map_err(at)?;
        for _ in 0..TRIES_MAX {
            let row = CatalogRow {
                kind: Kind::Preview,
                parent: Some(self.workspace.clone()),
                ..CatalogRow::new(&id, Some(self.name.clone()), self.description.clone())?
            };
            let answer = Written { thing: about(row.clone()), changed: true, warnings: Vec::new() };
            if store.dry {
                return Ok(answer);
            }
            let base = self.copy(store, &production, &row)?;
            match promotion::store_base(&production, &row.file, &base) {
                Ok(true) => {
                    store.enter(&row, &vacancy, store.kept(&answer)?).map_err(at)?;
                    return Ok(answer);
                }
                Ok(false) => store.shared.engine.remove(WorkspaceKey(row.file))?,
                Err(error) => {
                    store.shared.engine.remove(WorkspaceKey(row.file))?;
                    return Err(error);
                }
            }
        }
        Err(Error::new(Code::Busy, "the collections of production keep changing").hint("try again"))
    }
}

impl CreatePreview {
    /// Makes the file of the preview, and answers what it was made of.
    fn copy(&self, store: &Store, production: &Session, row: &CatalogRow) -> Result<Base> {
        let (view, _) = production.view()?;
        let time_ms = journal::last_entry(&*view)?.map_or_else(env::now_ms, |(_, entry)| entry.time_ms);
        let key = WorkspaceKey(row.file);
        if self.with_data {
            store.shared.engine.create_from(key, view.seq(), time_ms, &mut Copy::new(&*view, &row.id)?)?;
        } else {
            let rows = copy::configuration(&*view, &row.id)?;
            store.shared.engine.create_from(key, view.seq(), time_ms, &mut rows.into_iter().map(Ok))?;
        }
        let copied = production.read_at(&*view, |ctx| ctx.collection_rows())?;
        Base::of(&copied)
    }
}

impl StoreRequest for PlanPromotion {
    const RIGHT: Right = Right::Read;
    type Answer = PromotionPlan;
    fn reach(&self) -> Reach<'_> {
        Reach::Whole(&self.workspace)
    }
    fn run(&self, store: &Store) -> Result<Self::Answer> {
        let production = store.production(&self.workspace)?;
        let preview = store.preview(&self.workspace, &self.from)?;
        let proposal = production.read(|ctx| promotion::of_preview(ctx, &preview, self.prune))?;
        proposal.plan(&production)
    }
}

impl StoreRequest for Promote {
    const RIGHT: Right = Right::Administer;
    type Answer = Promoted;
    fn reach(&self) -> Reach<'_> {
        Reach::Whole(&self.workspace)
    }
    fn change(&self) -> Option<(String, Action)> {
        Some((self.workspace.clone(), Action::Updated))
    }
    fn home(&self) -> Option<&str> {
        Some(&self.workspace)
    }
    fn run(&self, store: &Store) -> Result<Self::Answer> {
        let prune = if self.prune { " --prune" } else { "" };
        let consent = Consent {
            expect: self.expect.clone(),
            yes: self.yes,
            allow_breaking: self.allow_breaking,
            command: format!("rekor workspaces promote {} --from {}{prune}", self.workspace, self.from),
        };
        store.carry_out(&self.workspace, consent, &|ctx| {
            // Read anew each time, so that what is applied is what the preview is at that moment.
            let preview = store.preview(&self.workspace, &self.from)?;
            promotion::of_preview(ctx, &preview, self.prune)
        })
    }
}

impl StoreRequest for PlanRollback {
    const RIGHT: Right = Right::Read;
    type Answer = PromotionPlan;
    fn reach(&self) -> Reach<'_> {
        Reach::Whole(&self.workspace)
    }
    fn run(&self, store: &Store) -> Result<Self::Answer> {
        let production = store.production(&self.workspace)?;
        let proposal = production.read(|ctx| promotion::of_rollback(ctx, self.promotion, self.prune))?;
        proposal.plan(&production)
    }
}

impl StoreRequest for Rollback {
    const RIGHT: Right = Right::Administer;
    type Answer = Promoted;
    fn reach(&self) -> Reach<'_> {
        Reach::Whole(&self.workspace)
    }
    fn change(&self) -> Option<(String, Action)> {
        Some((self.workspace.clone(), Action::Updated))
    }
    fn home(&self) -> Option<&str> {
        Some(&self.workspace)
    }
    fn run(&self, store: &Store) -> Result<Self::Answer> {
        let prune = if self.prune { " --prune" } else { "" };
        let consent = Consent {
            expect: self.expect.clone(),
            yes: self.yes,
            allow_breaking: self.allow_breaking,
            command: format!(
                "rekor workspaces rollback {} --promotion {}{prune}",
                self.workspace, self.promotion
            ),
        };
        store.carry_out(&self.workspace, consent, &|ctx| {
            promotion::of_rollback(ctx, self.promotion, self.prune)
        })
    }
}

impl StoreRequest for ListPromotions {
    const RIGHT: Right = Right::Read;
    type Answer = List<Promotion>;
    fn reach(&self) -> Reach<'_> {
        Reach::Whole(&self.workspace)
    }
    fn run(&self, store: &Store) -> Result<Self::Answer> {
        promotion::promotions(&store.production(&self.workspace)?)
    }
}
