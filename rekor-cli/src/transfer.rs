//! What the imports share: the file, its fingerprint, what is shown meanwhile, where bad lines go.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, Write};
use std::path::Path;

use rekor_core::api::transfer::{Format, ImportAnswer};
use rekor_core::ground::error::{Error, Result};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::door::ImportEvent;
use crate::failure::{self, say, warn};
use crate::input;
use crate::progress::Progress;

/// What an import reads.
pub(crate) struct Source {
    pub(crate) input: Box<dyn BufRead>,
    /// How long it is, of a file.
    bytes: Option<u64>,
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
            return Ok(Self { input: Box::new(BufReader::new(io::stdin())), bytes: None, resume_key: None });
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
        Ok(Self { input: Box::new(BufReader::with_capacity(1 << 16, file)), bytes, resume_key })
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

/// Watches an import: draws its progress, sets bad lines aside, remembers what is stored.
pub(crate) struct Watch {
    progress: Progress,
    errors: Option<Rejects>,
    stored: ImportAnswer,
    resumes: bool,
}

impl Watch {
    /// Begins to watch. Bad lines go to the file `errors`, when one is named.
    pub(crate) fn begin(source: &Source, errors: Option<&String>) -> Result<Self> {
        Ok(Self {
            progress: Progress::of_bytes(source.bytes),
            errors: errors.map(|name| Rejects::open(name)).transpose()?,
            stored: ImportAnswer::default(),
            resumes: source.resume_key.is_some(),
        })
    }

    /// Takes notice of what the import tells.
    pub(crate) fn event(&mut self, event: ImportEvent) -> Result<()> {
        match event {
            ImportEvent::Progress(so_far, bytes) => {
                self.progress.at(bytes);
                self.progress.say(format!("{} lines", so_far.read));
                self.stored = so_far;
                Ok(())
            }
            ImportEvent::Resumed { line } => {
                say(&format!("going on after line {line}, where this import stopped before"));
                self.errors.iter_mut().for_each(|errors| errors.kept = true);
                Ok(())
            }
            ImportEvent::Refused { line, text, error } => match &mut self.errors {
                Some(errors) => errors.add(line, &text, &error),
                None => Ok(()),
            },
        }
    }

    /// Ends the watch with a line that says what was done.
    pub(crate) fn end(mut self, outcome: Result<ImportAnswer>) -> failure::Result<ImportAnswer> {
        drop(self.progress);
        if let Some(errors) = &mut self.errors {
            errors.finish()?;
        }
        match outcome {
            Ok(answer) => {
                let ImportAnswer { read, created, updated, unchanged, failed } = answer;
                say(&format!(
                    "read {read} lines: {created} created, {updated} updated, {unchanged} unchanged, {failed} failed"
                ));
                if let Some(errors) = self.errors.filter(|_| failed > 0) {
                    warn(&format!("{failed} lines were refused: see {}", errors.name));
                }
                Ok(answer)
            }
            Err(error) => Err(with_what_is_stored(error, self.stored.read, self.resumes).into()),
        }
    }
}

/// Adds to the error of a stopped import what it left and how to go on.
fn with_what_is_stored(error: Error, lines: u64, resumes: bool) -> Error {
    let mut hints: Vec<String> = error.hint_text().map(ToOwned::to_owned).into_iter().collect();
    hints.push(match (lines, resumes) {
        (0, _) => "nothing was stored; --errors FILE sets bad lines aside and goes on".to_owned(),
        (_, true) => format!(
            "the first {lines} lines are stored and stay; the same command with --errors FILE goes on \
             after them and sets bad lines aside (a changed file is read from its start)"
        ),
        (_, false) => format!("the first {lines} lines are stored and stay"),
    });
    error.hint(hints.join("\n"))
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

/// The file of the lines that were refused.
struct Rejects {
    name: String,
    file: File,
    /// Whether what the file held before stays, as when an import resumes.
    kept: bool,
}

impl Rejects {
    fn open(name: &str) -> Result<Self> {
        let file = OpenOptions::new().append(true).create(true).open(name);
        let file = file.map_err(|error| input::unreadable("errors", name, &error))?;
        Ok(Self { name: name.to_owned(), file, kept: false })
    }

    fn add(&mut self, line: u64, text: &str, error: &Error) -> Result<()> {
        #[derive(Serialize)]
        struct Reject<'a> {
            line: u64,
            text: &'a str,
            error: &'a Error,
        }
        self.begin()?;
        let mut bytes = serde_json::to_vec(&Reject { line, text, error }).unwrap_or_default();
        bytes.push(b'\n');
        self.file.write_all(&bytes).map_err(|error| input::unreadable("errors", &self.name, &error))
    }

    /// Empties a file that an earlier import left; a device cannot be emptied and need not be.
    fn begin(&mut self) -> Result<()> {
        let regular = self.file.metadata().is_ok_and(|about| about.is_file());
        if !self.kept && regular {
            self.file.set_len(0).map_err(|error| input::unreadable("errors", &self.name, &error))?;
        }
        self.kept = true;
        Ok(())
    }

    fn finish(&mut self) -> Result<()> {
        self.begin()
    }
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
    fn bad_lines_of_an_earlier_import_are_kept_only_when_it_resumes() {
        let folder = tempfile::tempdir().unwrap();
        let name = folder.path().join("errors").to_str().unwrap().to_owned();
        let error = Error::new(Code::InvalidJson, "no JSON");
        for (kept, expected) in [(false, 1), (true, 2), (false, 1)] {
            let mut rejects = Rejects::open(&name).unwrap();
            rejects.kept = kept;
            rejects.add(7, "{\"", &error).unwrap();
            rejects.finish().unwrap();
            assert_eq!(std::fs::read_to_string(&name).unwrap().lines().count(), expected);
        }
        Rejects::open(&name).unwrap().finish().unwrap();
        assert_eq!(std::fs::read_to_string(&name).unwrap(), "");
    }

    #[test]
    fn a_stopped_import_says_what_it_left() {
        let stopped = |lines, resumes| {
            let error =
                with_what_is_stored(Error::new(Code::InvalidJson, "line 9").hint("mend it"), lines, resumes);
            error.hint_text().unwrap_or_default().to_owned()
        };
        assert!(stopped(0, true).contains("nothing was stored"));
        assert!(stopped(4_096, true).starts_with("mend it\nthe first 4096 lines are stored"));
        assert!(stopped(8, false).ends_with("the first 8 lines are stored and stay"));
    }
}
