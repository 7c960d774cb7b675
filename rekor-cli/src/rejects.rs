//! The file that `--errors` names: the lines that an import refused. It must never cost anyone a file: not
//! the input itself, and not one that holds something else.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, BufRead, Read, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rekor_core::ground::error::{Code, Error, Result};
use serde::Serialize;

use crate::input;

/// The file of the lines that were refused.
pub(crate) struct Rejects {
    pub(crate) name: String,
    file: File,
    /// Whether what the file held before stays, as when an import resumes.
    kept: bool,
    gate: Gate,
}

impl Rejects {
    /// Opens the file for an import of `input_name`. One that holds something is taken only with `replace`,
    /// or when the import resumes: until that is known, the gate before the input is shut.
    pub(crate) fn open(name: &str, input_name: &str, resumable: bool, replace: bool) -> Result<Self> {
        let unusable = |error: io::Error| input::unreadable("errors", name, &error);
        if is_same_file(Path::new(name), &path_of_input(input_name)) {
            return Err(Error::new(Code::InvalidRequest, format!("`{name}` is the file to import"))
                .at("/errors")
                .hint("name another file: the lines that are refused are written to it"));
        }
        let held = std::fs::metadata(name).is_ok_and(|about| about.is_file() && about.len() > 0);
        if held && !replace && !resumable {
            return Err(taken(name));
        }
        let file = OpenOptions::new().append(true).create(true).open(name).map_err(unusable)?;
        Ok(Self { name: name.to_owned(), file, kept: false, gate: Gate::new(held && !replace) })
    }

    /// The gate that the input is read through.
    pub(crate) fn gate(&self) -> Gate {
        self.gate.clone()
    }

    /// The import resumes: what the file holds is of its first part and stays.
    pub(crate) fn resume(&mut self) {
        self.kept = true;
        self.gate.open();
    }

    /// Why the import could not begin, where that is because of this file.
    pub(crate) fn refusal(&self) -> Option<Error> {
        self.gate.has_held().then(|| taken(&self.name))
    }

    /// Writes a line that was refused, and why.
    pub(crate) fn add(&mut self, line: u64, text: &str, error: &Error) -> Result<()> {
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
    pub(crate) fn begin(&mut self) -> Result<()> {
        let regular = self.file.metadata().is_ok_and(|about| about.is_file());
        if !self.kept && regular && !self.gate.is_shut() {
            self.file.set_len(0).map_err(|error| input::unreadable("errors", &self.name, &error))?;
        }
        self.kept = true;
        Ok(())
    }
}

/// Stands before the input until it is known that the import may write its bad lines. Whether it resumes is
/// known only once it has begun, and it says so before it reads.
#[derive(Clone, Default)]
pub(crate) struct Gate {
    shut: Arc<AtomicBool>,
    held: Arc<AtomicBool>,
}

impl Gate {
    fn new(shut: bool) -> Self {
        Self { shut: Arc::new(AtomicBool::new(shut)), held: Arc::default() }
    }

    fn open(&self) {
        self.shut.store(false, Ordering::Release);
    }

    fn is_shut(&self) -> bool {
        self.shut.load(Ordering::Acquire)
    }

    fn has_held(&self) -> bool {
        self.held.load(Ordering::Acquire)
    }

    fn pass(&self) -> io::Result<()> {
        if !self.is_shut() {
            return Ok(());
        }
        self.held.store(true, Ordering::Release);
        Err(io::Error::other("the file of `--errors` holds something else"))
    }
}

/// An input behind a gate.
pub(crate) struct Gated<R> {
    pub(crate) input: R,
    pub(crate) gate: Gate,
}

impl<R: Read> Read for Gated<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.gate.pass()?;
        self.input.read(buffer)
    }
}

impl<R: BufRead> BufRead for Gated<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.gate.pass()?;
        self.input.fill_buf()
    }

    fn consume(&mut self, bytes: usize) {
        self.input.consume(bytes);
    }
}

fn taken(name: &str) -> Error {
    Error::new(Code::AlreadyExists, format!("`{name}` exists and is not empty"))
        .at("/errors")
        .hint("name another file, or pass --yes to replace what it holds")
}

/// The file behind the name of an input; standard input may be one as well.
fn path_of_input(name: &str) -> std::path::PathBuf {
    Path::new(if name == "-" { "/dev/stdin" } else { name }).to_owned()
}

/// Whether two names lead to one file, through links of either sort. Devices do not count: what is written
/// to one destroys nothing.
fn is_same_file(one: &Path, other: &Path) -> bool {
    let (Ok(about), Ok(about_other)) = (std::fs::metadata(one), std::fs::metadata(other)) else {
        return false;
    };
    about.is_file() && (is_same_inode(&about, &about_other) || is_same_path(one, other))
}

#[cfg(unix)]
fn is_same_inode(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

#[cfg(not(unix))]
fn is_same_inode(_: &Metadata, _: &Metadata) -> bool {
    false
}

fn is_same_path(one: &Path, other: &Path) -> bool {
    match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder_with(text: &str) -> (tempfile::TempDir, String) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("errors");
        std::fs::write(&path, text).unwrap();
        (folder, path.to_str().unwrap().to_owned())
    }

    #[test]
    fn bad_lines_of_an_earlier_import_are_kept_only_when_it_resumes() {
        let (_folder, name) = folder_with("");
        let error = Error::new(Code::InvalidJson, "no JSON");
        for (resumes, expected) in [(false, 1), (true, 2), (false, 1)] {
            let mut rejects = Rejects::open(&name, "none", true, !resumes).unwrap();
            if resumes {
                rejects.resume();
            }
            rejects.add(7, "{\"", &error).unwrap();
            rejects.begin().unwrap();
            assert_eq!(std::fs::read_to_string(&name).unwrap().lines().count(), expected);
        }
        Rejects::open(&name, "none", true, true).unwrap().begin().unwrap();
        assert_eq!(std::fs::read_to_string(&name).unwrap(), "");
    }

    #[test]
    fn a_file_with_something_else_stays_and_the_input_is_not_read() {
        let (_folder, name) = folder_with("mine");
        let error = Rejects::open(&name, "none", false, false).err().unwrap();
        assert_eq!((error.code(), error.pointer()), (Code::AlreadyExists, Some("/errors")));
        let mut rejects = Rejects::open(&name, "none", true, false).unwrap();
        assert!(rejects.refusal().is_none());
        let mut text = String::new();
        assert!(Gated { input: &b"x"[..], gate: rejects.gate() }.read_to_string(&mut text).is_err());
        assert!(rejects.refusal().is_some());
        rejects.begin().unwrap();
        assert_eq!(std::fs::read_to_string(&name).unwrap(), "mine");
    }

    #[test]
    #[cfg(unix)]
    fn the_input_is_known_through_links_of_either_sort() {
        let (folder, name) = folder_with("input");
        let (soft, hard) = (folder.path().join("soft"), folder.path().join("hard"));
        std::os::unix::fs::symlink(&name, &soft).unwrap();
        std::fs::hard_link(&name, &hard).unwrap();
        for other in [Path::new(&name), &soft, &hard] {
            let error = Rejects::open(other.to_str().unwrap(), &name, true, true).err().unwrap();
            assert_eq!((error.code(), error.pointer()), (Code::InvalidRequest, Some("/errors")));
        }
        assert!(!is_same_file(Path::new("/dev/null"), Path::new("/dev/null")));
    }
}
