//! A handle on a workspace, as Node holds it.

use napi_derive::napi;
use rekor_core::Workspace;

use crate::file::Draft;
use crate::stream::ImportStream;
use crate::transfer;
use crate::work::{Answer, Output, decode, encode, needed, start, start_with, unknown};

/// A handle on a workspace.
#[napi]
pub struct WorkspaceHandle(Workspace);

impl From<Workspace> for WorkspaceHandle {
    fn from(workspace: Workspace) -> Self {
        Self(workspace)
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
        let work = move |workspace: &Workspace| {
            let options = options.map_or_else(|| Ok(Default::default()), |text| decode(&text))?;
            workspace.call_with(&name, &request, &options).map(Output::Text)
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
        let workspace = self.0.clone();
        start(promise, move || match what.as_str() {
            "id" => encode(&workspace.id()),
            "with_actor" => Ok(Output::Workspace(Self(workspace.with_actor(decode(&needed(first)?)?)))),
            "import_records" => {
                transfer::records(&workspace, &needed(first)?, &mut transfer::open(&needed(second)?)?)
            }
            "import_relationships" => {
                transfer::relationships(&workspace, &needed(first)?, &mut transfer::open(&needed(second)?)?)
            }
            "export_records" => transfer::export(&workspace, &needed(first)?, second),
            "backup" => {
                let mut draft = Draft::begin(&needed(first)?)?;
                let report = workspace.backup(&mut draft)?;
                draft.publish(false)?;
                encode(&report)
            }
            "check" => encode(&workspace.check()?),
            "compact" => encode(&workspace.compact()?),
            "maintain" => encode(&workspace.maintain()?),
            "seq" => encode(&workspace.seq()?),
            _ => Err(unknown(&what)),
        })
    }

    /// Begins an import whose lines are handed over.
    #[napi]
    pub fn begin_import(&self, are_records: bool, request: String) -> ImportStream {
        let workspace = self.0.clone();
        ImportStream::begin(move |input| match are_records {
            true => transfer::records(&workspace, &request, input),
            false => transfer::relationships(&workspace, &request, input),
        })
    }
}
