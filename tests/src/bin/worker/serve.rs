//! Runs what the parent asks for, a line a request: `open WORKSPACE`, then `OPERATION JSON`. Answers a line:
//! the operation's JSON, or `{"error":…}`.

use std::path::Path;

use rekor_core::{Code, Error, Json, OpenOptions, Store, Workspace};

use crate::{hear, tell};

pub(crate) fn run(path: &Path, words: &[String]) {
    let exclusive = words.first().is_some_and(|word| word == "exclusive");
    let options = OpenOptions { exclusive, busy_timeout_ms: 60_000, ..OpenOptions::default() };
    let store = Store::open(path, options).unwrap();
    let mut workspace: Option<Workspace> = None;
    tell("ready");
    loop {
        let line = hear();
        let Some((word, rest)) = line.split_once(' ') else { break };
        let answer = match (word, &workspace) {
            ("open", _) => store.workspace(rest).map(|opened| {
                workspace = Some(opened);
                "{}".to_owned()
            }),
            (_, Some(workspace)) => workspace.call(word, rest),
            (_, None) => Err(Error::new(Code::WorkspaceRequired, "open one first")),
        };
        tell(&answer.unwrap_or_else(|error| format!("{{\"error\":{}}}", Json::from_value(&error).text())));
    }
    store.close().unwrap();
}
