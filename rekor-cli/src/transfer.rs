//! What the imports share: the file, its fingerprint, what is shown meanwhile, where bad lines go.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek};
use std::path::Path;

use rekor_core::ImportEvent;
use rekor_core::api::transfer::{Format, ImportAnswer};
use rekor_core::ground::error::{Error, Result};
use sha2::{Digest, Sha256};

use crate::failure::{self, count};
use crate::input;
use crate::notice::{self, note, warn};
use crate::progress::Progress;
use crate::rejects::{Gate, Rejects};

/// What an import reads.
pub(crate) struct Source {
    /// The file's name.
    name: String,
    pub(crate) input: Box<dyn BufRead + Send>,
    /// Shows how much of it is read.
    pub(crate) progress: Progress,
    /// SHA-256 of its contents, of a file that an import may resume.
    pub(crate) resume_key: Option<String>,
}

impl Source {
    /// Opens a file, or standard input for `-`, whose import begins at its start.
    pub(crate) fn open(name: &str) -> Result<Self> {
        Self::open_with(name, |_| Ok(None))
    }

    /// Opens a file, or standard input for `-`. The import of a file can resume.
    pub(crate) fn open_resumable(name: &str) -> Result<Self> {
        Self::open_with(name, |file| fingerprint(file).map(Some))
    }

    fn open_with(name: &str, key: impl Fn(&mut File) -> io::Result<Option<String>>) -> Result<Self> {
        if name == "-" {
            input::claim_stdin("file")?;
            return Ok(Self::new(name, io::stdin(), None, None));
        }
        let unreadable = |error: io::Error| input::unreadable("file", name, &error);
        let mut file = File::open(name).map_err(unreadable)?;
        let about = file.metadata().map_err(unreadable)?;
        if about.is_dir() {
            return Err(unreadable(io::Error::from(io::ErrorKind::IsADirectory)));
        }
        // A pipe can be read only once and has no fingerprint to resume by.
        let resume_key = if about.is_file() { key(&mut file).map_err(unreadable)? } else { None };
        let bytes = about.is_file().then_some(about.len());
        Ok(Self::new(name, file, bytes, resume_key))
    }

    /// Opens the file for the lines that are refused, if one is named. One that holds something is replaced
    /// only if `replace` says so.
    pub(crate) fn rejects(&self, errors: Option<&String>, replace: bool) -> Result<Option<Rejects>> {
        let resumable = self.resume_key.is_some();
        errors.map(|name| Rejects::open(name, &self.name, resumable, replace)).transpose()
    }

    fn new(
        name: &str,
        input: impl Read + Send + 'static,
        bytes: Option<u64>,
        resume_key: Option<String>,
    ) -> Self {
        let progress = Progress::of_bytes(bytes);
        let input = Box::new(BufReader::with_capacity(1 << 16, progress.reading(input)));
        Self { name: name.to_owned(), input, progress, resume_key }
    }
}

/// The form of a file: as the flag says, else as its name ends, else a JSON object a line.
pub(crate) fn format_of(flag: Option<Format>, name: &str) -> Format {
    let extension = Path::new(name).extension().and_then(|extension| extension.to_str());
    let by_name = extension.filter(|extension| extension.eq_ignore_ascii_case("csv")).map(|_| Format::Csv);
    flag.or(by_name).unwrap_or_default()
}

/// Reads the name of a format.
pub(crate) fn parse_format(text: &str) -> std::result::Result<Format, String> {
    match text {
        "ndjson" | "jsonl" => Ok(Format::Ndjson),
        "csv" => Ok(Format::Csv),
        _ => Err("the formats are ndjson and csv".to_owned()),
    }
}

/// Links that could not be made and are named one by one; of the others only the number is told.
const UNLINKED_NAMED_MAX: u64 = 10;

/// Watches an import: draws its progress, sets bad lines aside, remembers what is stored.
pub(crate) struct Watch<'a> {
    progress: &'a Progress,
    errors: Option<Rejects>,
    stored: ImportAnswer,
    unlinked: u64,
}

impl<'a> Watch<'a> {
    /// Begins to watch. Bad lines go to the file of `errors`, when there is one.
    pub(crate) fn begin(progress: &'a Progress, errors: Option<Rejects>) -> Self {
        Self { progress, errors, stored: ImportAnswer::default(), unlinked: 0 }
    }

    /// The gate that the input is to be read through.
    pub(crate) fn gate(&self) -> Gate {
        self.errors.as_ref().map(Rejects::gate).unwrap_or_default()
    }

    /// Takes notice of what the import tells.
    pub(crate) fn event(&mut self, event: ImportEvent) -> Result<()> {
        match event {
            ImportEvent::Progress(so_far) => {
                self.progress.say(format!("{} lines", so_far.read));
                self.stored = so_far;
            }
            ImportEvent::Resumed { line } => {
                let words = format!("going on after line {line}, where this import stopped before");
                self.progress.beside(|| note(&words));
                self.errors.iter_mut().for_each(Rejects::resume);
            }
            ImportEvent::Refused { line, text, error } => {
                if let Some(errors) = &mut self.errors {
                    errors.add(line, &text, &error)?;
                }
            }
            ImportEvent::Unlinked { line, target } => {
                self.unlinked += 1;
                if self.unlinked <= UNLINKED_NAMED_MAX {
                    let words = format!("line {line}: not linked, since there is no `{target}`");
                    self.progress.beside(|| warn(&words));
                }
            }
        }
        Ok(())
    }

    /// Ends the watch with a line that says what was done.
    pub(crate) fn end(mut self, outcome: Result<ImportAnswer>) -> failure::Result<ImportAnswer> {
        self.progress.clear();
        if let Some(errors) = &mut self.errors {
            if let Some(refusal) = errors.refusal() {
                return Err(refusal.into());
            }
            // An import that did not begin has nothing to say about what the file holds.
            if outcome.is_ok() || self.stored.read > 0 {
                errors.begin()?;
            }
        }
        if self.unlinked > UNLINKED_NAMED_MAX {
            warn(&format!("{} links in all could not be made", self.unlinked));
        }
        let answer =
            outcome.map_err(|error| with_what_is_stored(without_empty_pointer(error), self.stored.read))?;
        let ImportAnswer { read, created, updated, unchanged, failed } = answer;
        // A program has the numbers in the answer.
        if !notice::is_json() {
            note(&format!(
                "read {}: {created} created, {updated} updated, {unchanged} unchanged, {failed} failed",
                count(read, "line")
            ));
        }
        if let Some(errors) = self.errors.filter(|_| failed > 0) {
            warn(&format!("{} refused: see {}", count(failed, "line"), errors.name));
        }
        Ok(answer)
    }
}

/// Adds what is stored to an error that has no hint of its own; that of a bad line says so itself.
fn with_what_is_stored(error: Error, lines: u64) -> Error {
    if lines == 0 || error.hint_text().is_some() {
        return error;
    }
    error.hint(format!("{} stored so far; the same command goes on after them", count(lines, "line")))
}

/// A bad line that is at fault as a whole is named by its number, and not by a pointer to all of it.
fn without_empty_pointer(error: Error) -> Error {
    if error.pointer() != Some("") {
        return error;
    }
    let mut bare = Error::new(error.code(), error.message()).details(error.detail_list().to_vec());
    if let Some(hint) = error.hint_text() {
        bare = bare.hint(hint);
    }
    error.details_in_all().map_or(bare.clone(), |total| bare.details_total(total))
}

/// SHA-256 of a file in hex; leaves the file at its start.
fn fingerprint(file: &mut File) -> io::Result<String> {
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        let count = file.read(&mut buffer)?;
        let Some(read) = buffer.get(..count).filter(|read| !read.is_empty()) else { break };
        hash.update(read);
    }
    file.rewind()?;
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use rekor_core::ground::error::Code;

    use super::*;

    #[test]
    fn the_form_is_that_of_the_flag_else_of_the_name() {
        assert_eq!(format_of(None, "a/b.CSV"), Format::Csv);
        assert_eq!(format_of(None, "b.ndjson"), Format::Ndjson);
        assert_eq!(format_of(None, "-"), Format::Ndjson);
        assert_eq!(format_of(Some(Format::Csv), "b.ndjson"), Format::Csv);
    }

    #[test]
    fn a_file_has_a_fingerprint_and_is_read_from_its_start() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.ndjson");
        std::fs::write(&path, "abc").unwrap();
        let mut source = Source::open_resumable(path.to_str().unwrap()).unwrap();
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(source.resume_key.as_deref(), Some(expected));
        let mut text = String::new();
        source.input.read_to_string(&mut text).unwrap();
        assert_eq!(text, "abc");
    }

    #[test]
    fn a_bad_line_has_no_empty_pointer() {
        let error = without_empty_pointer(Error::new(Code::InvalidJson, "line 2").at("").hint("mend it"));
        assert_eq!((error.pointer(), error.hint_text()), (None, Some("mend it")));
    }

    #[test]
    fn an_interrupted_import_says_what_it_left() {
        let error = with_what_is_stored(Error::new(Code::Busy, "busy"), 4_096);
        assert!(error.hint_text().unwrap().starts_with("4096 lines stored"));
        let error = with_what_is_stored(Error::new(Code::InvalidJson, "line 9").hint("mend it"), 4_096);
        assert_eq!(error.hint_text(), Some("mend it"));
    }
}
