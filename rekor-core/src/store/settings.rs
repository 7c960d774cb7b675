//! What people choose for a workspace: its name and description, which stand in the catalog, and the settings that writes depend
//! on, which stand in its own file.

use serde::Serialize;

use super::requests::about;
use super::{CatalogRow, Store, StoreRequest, find};
use crate::api::history::Action;
use crate::api::list::Written;
use crate::api::workspace::{SetWorkspace, WorkspaceSettings};
use crate::codec::collection::Meta;
use crate::codec::id::{check_workspace_id, shorten};
use crate::ctx::rights::{self, Right};
use crate::ctx::scope::Reach;
use crate::ctx::session::{Session, workspace_not_found};
use crate::engine::WorkspaceKey;
use crate::ground::env;
use crate::ground::error::{Code, Error, Result};

/// Days of history that can be asked for.
const HISTORY_DAYS_MAX: u32 = 36_500;
/// Times that a change of the catalog's entry is tried again when others change it too.
const TRIES: u32 = 10;

impl StoreRequest for SetWorkspace {
    const RIGHT: Right = Right::Administer;
    type Answer = Written<WorkspaceSettings>;
    fn reach(&self) -> Reach<'_> {
        Reach::Whole(&self.id)
    }
    fn change(&self) -> Option<(String, Action)> {
        Some((self.id.clone(), Action::Updated))
    }
    fn run(&self, store: &Store) -> Result<Self::Answer> {
        check_workspace_id(&self.id).map_err(|e| e.at("/id"))?;
        let session = store.workspace(&self.id).map_err(|e| match e.code() {
            Code::WorkspaceNotFound => e.at("/id"),
            _ => e,
        })?;
        if self.name.as_ref().is_some_and(|name| name.trim().is_empty()) {
            return Err(Error::new(Code::InvalidRequest, "the name is empty").at("/name"));
        }
        let session = session.into_session();
        let kind = || Ok(session.view()?.1.meta.kind);
        rights::allow(&store.actor, Self::RIGHT, &self.id, kind, || command(self))?;
        let history = self.history.as_deref().map(parse_history).transpose()?;
        let (settings, set) = choose(&session, self, history)?;
        let answer = |row: CatalogRow, named| Written {
            thing: WorkspaceSettings {
                workspace: about(row),
                history: history_text(settings.history_days),
                strict_refs: settings.strict_refs,
            },
            changed: set || named,
            warnings: Vec::new(),
        };
        name(store, self, &answer)
    }
}

/// What a person would run.
fn command(request: &SetWorkspace) -> String {
    let mut words = format!("rekor workspaces set {}", request.id);
    let texts =
        [("name", &request.name), ("description", &request.description), ("history", &request.history)];
    for (flag, value) in texts {
        match value {
            Some(value) if flag == "history" => words += &format!(" --history {value}"),
            Some(value) => words += &format!(" --{flag} '{}'", value.replace('\'', "'\\''")),
            None => {}
        }
    }
    if let Some(strict) = request.strict_refs {
        words += &format!(" --strict-refs {strict}");
    }
    words
}

fn choose(session: &Session, request: &SetWorkspace, history: Option<Option<u32>>) -> Result<(Meta, bool)> {
    let (chosen, _) = session.write(|ctx| {
        let history_days = history.unwrap_or(ctx.meta().history_days);
        let strict_refs = request.strict_refs.unwrap_or(ctx.meta().strict_refs);
        let is_new = (history_days, strict_refs) != (ctx.meta().history_days, ctx.meta().strict_refs);
        if is_new {
            ctx.choose(|meta| (meta.history_days, meta.strict_refs) = (history_days, strict_refs))?;
        }
        Ok((ctx.meta().clone(), is_new))
    })?;
    Ok(chosen)
}

/// Changes the catalog's entry, with what is kept of the answer; `answer` is told whether it was another.
fn name<A: Serialize>(
    store: &Store,
    request: &SetWorkspace,
    answer: &dyn Fn(CatalogRow, bool) -> A,
) -> Result<A> {
    for _ in 0..TRIES {
        let view = store.shared.engine.view(WorkspaceKey::CATALOG)?;
        let (version, row) =
            find(&*view, &request.id)?.ok_or_else(|| workspace_not_found(&request.id).at("/id"))?;
        drop(view);
        let mut new = row.clone();
        if let Some(name) = &request.name {
            new.name.clone_from(name);
        }
        if let Some(description) = &request.description {
            new.description = Some(description.clone()).filter(|text| !text.is_empty());
        }
        let named = (&new.name, &new.description) != (&row.name, &row.description);
        if named {
            new.updated_ms = env::now_ms().max(row.updated_ms);
        }
        let told = answer(new.clone(), named);
        let kept = store.kept(&told)?;
        let is_done = store.dry || !named && kept.is_empty();
        if is_done || store.put_row(&request.id, version, Some(&new), kept)? {
            return Ok(told);
        }
    }
    Err(Error::new(Code::Busy, "others kept changing the workspace").hint("try again"))
}

/// How long history is kept, as it is asked for.
pub(super) fn history_text(days: Option<u32>) -> String {
    days.map_or_else(|| "all".to_owned(), |days| format!("{days}d"))
}

fn parse_history(text: &str) -> Result<Option<u32>> {
    if text == "all" {
        return Ok(None);
    }
    let digits = text.strip_suffix('d').filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()));
    let days = digits.and_then(|digits| digits.parse().ok()).filter(|days| *days <= HISTORY_DAYS_MAX);
    days.map(Some).ok_or_else(|| {
        Error::new(Code::InvalidRequest, format!("`{}` does not say how long history is kept", shorten(text)))
            .at("/history")
            .hint(format!("write `all`, or days from 0d to {HISTORY_DAYS_MAX}d, as in `30d`"))
    })
}
