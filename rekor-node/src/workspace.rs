//! A handle on a workspace, as Node holds it.

use napi_derive::napi;
use rekor_core::api::list::Actor;
use rekor_core::{Result, Workspace};
use serde::Deserialize;

use crate::file::Draft;
use crate::transfer;
use crate::work::{Answer, Output, decode, encode, start};

/// A handle on a workspace.
#[napi]
pub struct WorkspaceHandle {
    workspace: Workspace,
}

/// How relationships are imported.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ImportRelationships {
    #[serde(default)]
    strict: bool,
    #[serde(default)]
    skip_bad_lines: bool,
}

impl WorkspaceHandle {
    pub(crate) const fn new(workspace: Workspace) -> Self {
        Self { workspace }
    }

    fn start(
        &self,
        promise: bool,
        work: impl FnOnce(Workspace) -> Result<Output> + Send + 'static,
    ) -> napi::Result<Answer> {
        let workspace = self.workspace.clone();
        start(promise, move || work(workspace))
    }
}

#[napi]
impl WorkspaceHandle {
    /// Executes an operation of the table.
    #[napi]
    pub fn call(
        &self,
        promise: bool,
        name: String,
        request: String,
        options: Option<String>,
    ) -> napi::Result<Answer> {
        self.start(promise, move |workspace| {
            let options = options.map_or_else(|| Ok(Default::default()), |text| decode(&text))?;
            workspace.call_with(&name, &request, &options).map(Output::Text)
        })
    }

    /// The workspace's id.
    #[napi]
    pub fn id(&self) -> String {
        self.workspace.id().to_owned()
    }

    /// A handle whose writes are signed by another actor.
    #[napi]
    pub fn with_actor(&self, actor: String) -> napi::Result<Answer> {
        self.start(false, move |workspace| {
            let actor: Actor = decode(&actor)?;
            Ok(Output::Workspace(Self::new(workspace.with_actor(actor))))
        })
    }

    /// Imports records from a text of lines, or from a file.
    #[napi]
    pub fn import_records(
        &self,
        promise: bool,
        request: String,
        text: Option<String>,
        path: Option<String>,
    ) -> napi::Result<Answer> {
        self.start(promise, move |workspace| {
            let mut input = transfer::input(text, path)?;
            let mut heard = transfer::Heard::default();
            let answer =
                workspace.import_records(&decode(&request)?, &mut *input, &mut |event| heard.hear(event))?;
            encode(&heard.with(answer))
        })
    }

    /// Imports relationships from a text of lines, or from a file.
    #[napi]
    pub fn import_relationships(
        &self,
        promise: bool,
        request: String,
        text: Option<String>,
        path: Option<String>,
    ) -> napi::Result<Answer> {
        self.start(promise, move |workspace| {
            let ImportRelationships { strict, skip_bad_lines } = decode(&request)?;
            let mut input = transfer::input(text, path)?;
            let mut heard = transfer::Heard::default();
            let answer =
                workspace.import_relationships(&mut *input, strict, skip_bad_lines, &mut |event| {
                    heard.hear(event)
                })?;
            encode(&heard.with(answer))
        })
    }

    /// Exports records to a file and answers how many, or as a text of lines without one.
    #[napi]
    pub fn export_records(
        &self,
        promise: bool,
        request: String,
        path: Option<String>,
    ) -> napi::Result<Answer> {
        self.start(promise, move |workspace| {
            let request = decode(&request)?;
            let Some(path) = path else {
                let mut lines = Vec::new();
                workspace.export_records(&request, &mut lines, &mut |_| Ok(()))?;
                return transfer::text(lines);
            };
            let mut draft = Draft::begin(&path)?;
            let count = workspace.export_records(&request, &mut draft, &mut |_| Ok(()))?;
            draft.publish(true)?;
            encode(&count)
        })
    }

    /// Writes a backup to a file that is not there yet.
    #[napi]
    pub fn backup(&self, promise: bool, path: String) -> napi::Result<Answer> {
        self.start(promise, move |workspace| {
            let mut draft = Draft::begin(&path)?;
            let report = workspace.backup(&mut draft)?;
            draft.publish(false)?;
            encode(&report)
        })
    }

    /// Verifies the workspace.
    #[napi]
    pub fn check(&self, promise: bool) -> napi::Result<Answer> {
        self.start(promise, |workspace| encode(&workspace.check()?))
    }

    /// Gives unused space back.
    #[napi]
    pub fn compact(&self, promise: bool) -> napi::Result<Answer> {
        self.start(promise, |workspace| encode(&workspace.compact()?))
    }

    /// Does one step of keeping columns in shape.
    #[napi]
    pub fn maintain(&self, promise: bool) -> napi::Result<Answer> {
        self.start(promise, |workspace| encode(&workspace.maintain()?))
    }

    /// The number of the newest commit.
    #[napi]
    pub fn seq(&self, promise: bool) -> napi::Result<Answer> {
        self.start(promise, |workspace| encode(&workspace.seq()?))
    }
}
