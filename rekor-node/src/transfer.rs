//! What imports read, and what they tell beside their answer.

use std::fs::File;
use std::io::{BufRead, BufReader};

use rekor_core::api::transfer::ImportAnswer;
use rekor_core::{Code, Error, ImportEvent, Result, Workspace};
use serde::{Deserialize, Serialize};

use crate::file::{self, Draft};
use crate::work::{Output, decode, encode};

/// Lines of each kind that are told one by one.
const LINES_TOLD_MAX: usize = 100;

/// What an import tells beside its answer.
#[derive(Default, Serialize)]
pub struct Heard {
    #[serde(flatten)]
    answer: ImportAnswer,
    refused: Vec<Refused>,
    unlinked: Vec<Unlinked>,
    unlinked_total: u64,
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

#[derive(Serialize)]
struct Refused {
    line: u64,
    text: String,
    error: Error,
}

#[derive(Serialize)]
struct Unlinked {
    line: u64,
    target: String,
}

impl Heard {
    /// Takes notice of an event.
    pub fn hear(&mut self, event: ImportEvent) -> Result<()> {
        match event {
            ImportEvent::Refused { line, text, error } if self.refused.len() < LINES_TOLD_MAX => {
                self.refused.push(Refused { line, text, error });
            }
            ImportEvent::Unlinked { line, target } => {
                self.unlinked_total += 1;
                if self.unlinked.len() < LINES_TOLD_MAX {
                    self.unlinked.push(Unlinked { line, target });
                }
            }
            _ => {}
        }
        Ok(())
    }
}

/// Imports records from lines.
pub fn records(workspace: &Workspace, request: &str, input: &mut (dyn BufRead + Send)) -> Result<Output> {
    let mut heard = Heard::default();
    let answer = workspace.import_records(&decode(request)?, input, &mut |event| heard.hear(event))?;
    encode(&Heard { answer, ..heard })
}

/// Imports relationships from lines.
pub fn relationships(
    workspace: &Workspace,
    request: &str,
    input: &mut (dyn BufRead + Send),
) -> Result<Output> {
    let ImportRelationships { strict, skip_bad_lines } = decode(request)?;
    let mut heard = Heard::default();
    let listen = &mut |event| heard.hear(event);
    let answer = workspace.import_relationships(input, strict, skip_bad_lines, listen)?;
    encode(&Heard { answer, ..heard })
}

/// The lines of a file.
pub fn open(path: &str) -> Result<BufReader<File>> {
    let file = File::open(path).map_err(|fault| file::unusable(path, &fault))?;
    Ok(BufReader::with_capacity(1 << 16, file))
}

/// Exports records to a file and answers how many, or as a text of lines without one.
pub fn export(workspace: &Workspace, request: &str, path: Option<String>) -> Result<Output> {
    let request = decode(request)?;
    let Some(path) = path else {
        let mut lines = Vec::new();
        workspace.export_records(&request, &mut lines, &mut |_| Ok(()))?;
        let text = String::from_utf8(lines);
        return text.map(Output::Text).map_err(|fault| Error::new(Code::Internal, fault.to_string()));
    };
    let mut draft = Draft::begin(&path)?;
    let count = workspace.export_records(&request, &mut draft, &mut |_| Ok(()))?;
    draft.publish(true)?;
    encode(&count)
}
