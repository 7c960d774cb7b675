//! A file that has its name only when it is complete. What is written of it before lies beside it under another name, and
//! nothing is replaced unless the caller says so.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use rekor_core::ground::env;
use rekor_core::ground::error::{Code, Error, Result};

use crate::input;

/// A file that is being written.
pub(crate) struct Draft {
    /// The name as the caller gave it.
    name: String,
    target: PathBuf,
    replace: bool,
    /// Made with the first byte, so that what fails before leaves nothing.
    open: Option<(PathBuf, BufWriter<File>)>,
    /// Why it could not be made.
    unusable: Option<Error>,
    /// Bytes written so far.
    written: u64,
    progress: Box<dyn Fn(u64)>,
}

impl Draft {
    /// A file to be. `replace` says whether one of this name goes; `progress` hears how many bytes are written.
    pub(crate) fn of(name: &str, replace: bool, progress: impl Fn(u64) + 'static) -> Result<Self> {
        let target = Path::new(name);
        if fs::metadata(target).is_ok_and(|about| !about.is_file()) || target.file_name().is_none() {
            return Err(Error::new(Code::InvalidRequest, format!("`{name}` is not the name of a file"))
                .at("/file")
                .hint("name a file, which need not be there yet"));
        }
        // A link stays, and what it leads to is replaced.
        let target = fs::canonicalize(target).unwrap_or_else(|_| target.to_owned());
        let progress = Box::new(progress);
        Ok(Self { name: name.to_owned(), target, replace, open: None, unusable: None, written: 0, progress })
    }

    /// What the caller is told: whoever wrote knows only that the output failed.
    pub(crate) fn failure(&mut self, error: Error) -> Error {
        self.unusable.take().unwrap_or(error)
    }

    /// Makes it durable and gives it its name.
    pub(crate) fn publish(mut self) -> Result<()> {
        let Some((path, writer)) = self.open.take() else {
            return Err(Error::new(Code::Internal, "a file without a byte cannot be published"));
        };
        let outcome = writer
            .into_inner()
            .map_err(io::IntoInnerError::into_error)
            .and_then(|file| file.sync_all())
            .and_then(|()| name_it(&path, &self.target, self.replace));
        if outcome.is_err() {
            let _ = fs::remove_file(&path);
        }
        outcome.map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => {
                Error::new(Code::AlreadyExists, format!("`{}` was made meanwhile", self.name)).at("/file")
            }
            io::ErrorKind::StorageFull => Error::new(Code::DiskFull, format!("`{}`: {error}", self.name)),
            _ => Error::new(Code::StorageError, format!("`{}` cannot be written: {error}", self.name)),
        })
    }

    fn writer(&mut self) -> io::Result<&mut BufWriter<File>> {
        if self.open.is_none() {
            let made = begin(&self.target).inspect_err(|error| {
                self.unusable = Some(input::unreadable("file", &self.name, error));
            })?;
            self.open = Some(made);
        }
        self.open.as_mut().map(|(_, writer)| writer).ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.writer()?.write(bytes)?;
        self.written += count as u64;
        (self.progress)(self.written);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer()?.flush()
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if let Some((path, writer)) = self.open.take() {
            // What is in its buffer need not be written any more.
            drop(writer.into_parts());
            let _ = fs::remove_file(path);
        }
    }
}

/// Makes an empty file beside the target that only this user may read.
fn begin(target: &Path) -> io::Result<(PathBuf, BufWriter<File>)> {
    let random = env::random_bytes().map_err(|error| io::Error::other(error.message().to_owned()))?;
    let mut name = std::ffi::OsString::from(".");
    name.push(target.file_name().unwrap_or_default());
    name.push(format!(".{:08x}.part", u128::from_be_bytes(random) >> 96));
    let path = target.with_file_name(name);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    Ok((path.clone(), BufWriter::with_capacity(1 << 16, options.open(path)?)))
}

fn name_it(path: &Path, target: &Path, replace: bool) -> io::Result<()> {
    if replace {
        fs::rename(path, target)?;
    } else {
        match fs::hard_link(path, target) {
            Ok(()) => drop(fs::remove_file(path)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(error),
            // A file system without links, as of a stick: then there is a moment in which another could be replaced.
            Err(_) if target.exists() => return Err(io::ErrorKind::AlreadyExists.into()),
            Err(_) => fs::rename(path, target)?,
        }
    }
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty());
    if cfg!(unix) { File::open(folder.unwrap_or_else(|| Path::new(".")))?.sync_all() } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_has_its_name_when_it_is_complete_and_replaces_none_unasked() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let name = path.to_str().unwrap();
        let draft = |replace, text: &[u8]| {
            let mut draft = Draft::of(name, replace, |_| ()).unwrap();
            draft.write_all(text).unwrap();
            draft
        };
        drop(draft(false, b"given up"));
        assert_eq!(names(folder.path()), [""; 0]);
        let open = draft(false, b"one");
        assert!(!path.exists());
        open.publish().unwrap();
        assert_eq!(draft(false, b"two").publish().unwrap_err().code(), Code::AlreadyExists);
        assert_eq!(fs::read(&path).unwrap(), b"one");
        draft(true, b"three").publish().unwrap();
        assert_eq!((fs::read(&path).unwrap(), names(folder.path())), (b"three".to_vec(), vec!["a".into()]));
    }

    #[test]
    fn what_is_no_file_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        for name in [folder.path().to_str().unwrap(), "/dev/null", "..", ""] {
            let refused = Draft::of(name, true, |_| ()).err().unwrap();
            assert_eq!((refused.code(), refused.pointer()), (Code::InvalidRequest, Some("/file")), "{name}");
        }
        let path = folder.path().join("none/a");
        let mut draft = Draft::of(path.to_str().unwrap(), false, |_| ()).unwrap();
        let error = draft.write_all(b"x").unwrap_err();
        let told = draft.failure(Error::new(Code::StorageError, error.to_string()));
        assert!(told.message().starts_with("no such directory"), "{}", told.message());
    }
}
