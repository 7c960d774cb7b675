//! What imports read, and what they tell beside their answer.

use std::fs::File;
use std::io::{BufRead, BufReader, Cursor};

use rekor_core::api::transfer::ImportAnswer;
use rekor_core::{Code, Error, ImportEvent, Result};
use serde::Serialize;

use crate::file;
use crate::work::Output;

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

    /// All of it with the answer.
    pub fn with(self, answer: ImportAnswer) -> Self {
        Self { answer, ..self }
    }
}

/// The lines of a text or of a file.
pub fn input(text: Option<String>, path: Option<String>) -> Result<Box<dyn BufRead + Send>> {
    let Some(path) = path else { return Ok(Box::new(Cursor::new(text.unwrap_or_default()))) };
    let file = File::open(&path).map_err(|fault| file::unusable(&path, &fault))?;
    Ok(Box::new(BufReader::with_capacity(1 << 16, file)))
}

/// Lines as one text.
pub fn text(lines: Vec<u8>) -> Result<Output> {
    let text = String::from_utf8(lines);
    text.map(Output::Text).map_err(|fault| Error::new(Code::Internal, fault.to_string()))
}
