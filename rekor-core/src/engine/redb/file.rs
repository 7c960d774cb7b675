//! The files of a store: where they lie, how they come to be and how they go. redb's own creation is
//! not safe against a power cut, so a file is made under another name and published when complete.

use std::fs::{self, File, OpenOptions};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use super::cell::missing;
use super::error::of_io;
use crate::engine::WorkspaceKey;
use crate::ground::env;
use crate::ground::error::{Code, Error, Result};

const CATALOG: &str = "catalog.redb";
const WORKSPACES: &str = "workspaces";
const EXTENSION: &str = "redb";
/// What unfinished files begin with.
const UNFINISHED: &str = ".new-";
/// After this long an unfinished file is the rest of a crash. Removing one that is still being made
/// would only make its creation fail.
pub(super) const UNFINISHED_MS_MAX: u64 = 3_600_000;

/// The file of a key space.
pub(super) fn path(dir: &Path, ws: WorkspaceKey) -> PathBuf {
    if ws == WorkspaceKey::CATALOG {
        return dir.join(CATALOG);
    }
    dir.join(WORKSPACES).join(format!("{ws}.{EXTENSION}"))
}

/// Makes the directories of a store, for this user alone.
pub(super) fn make_dirs(dir: &Path) -> Result<()> {
    let workspaces = dir.join(WORKSPACES);
    if workspaces.is_dir() {
        return Ok(());
    }
    if fs::metadata(dir).is_ok_and(|found| !found.is_dir()) {
        return Err(not_a_directory(dir));
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(&workspaces).map_err(|e| of_io("make the directory", &workspaces, &e))?;
    sync_dir(dir)?;
    dir.parent().filter(|parent| !parent.as_os_str().is_empty()).map_or(Ok(()), sync_dir)
}

/// Refuses a path where no store is.
pub(super) fn expect_store(dir: &Path) -> Result<()> {
    match fs::metadata(path(dir, WorkspaceKey::CATALOG)) {
        Ok(found) if found.is_file() => Ok(()),
        Ok(_) => Err(not_a_directory(dir)),
        Err(e) if e.kind() == ErrorKind::NotADirectory => Err(not_a_directory(dir)),
        Err(e) if e.kind() == ErrorKind::NotFound => {
            Err(Error::new(Code::NotFound, format!("there is no store at `{}`", dir.display()))
                .hint("check the path, or run a command that writes, which makes the store"))
        }
        Err(e) => Err(of_io("read", dir, &e)),
    }
}

fn not_a_directory(dir: &Path) -> Error {
    Error::new(Code::StorageError, format!("`{}` is not the directory of a store", dir.display()))
        .hint("a store is a directory: give the path of one, or of one to make")
}

/// Makes an empty file beside `target` that only this user may read; it is published later.
pub(super) fn begin(target: &Path) -> Result<(PathBuf, File)> {
    let name = u128::from_be_bytes(env::random_bytes()?);
    let draft = target.with_file_name(format!("{UNFINISHED}{name:032x}"));
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(&draft).map_err(|e| of_io("make the file", &draft, &e))?;
    Ok((draft, file))
}

/// Gives the finished `draft` its name, unless another file has it: then `false`. A link never
/// replaces, so of two processes that start on a fresh store both end up with the same file.
pub(super) fn publish(draft: &Path, target: &Path) -> Result<bool> {
    sync(draft)?;
    let published = match fs::hard_link(draft, target) {
        Ok(()) => true,
        Err(e) if e.kind() == ErrorKind::AlreadyExists => false,
        Err(e) => {
            let error = of_io("publish", target, &e);
            return Err(match e.kind() {
                ErrorKind::Unsupported | ErrorKind::PermissionDenied => {
                    error.hint("the file system must know hard links: keep the store on a local disk")
                }
                _ => error,
            });
        }
    };
    discard(draft);
    target.parent().map_or(Ok(()), sync_dir)?;
    Ok(published)
}

/// Removes an unfinished file. What cannot be removed now is harmless and goes later.
pub(super) fn discard(draft: &Path) {
    let _ = fs::remove_file(draft);
}

/// Removes what crashed creations left behind longer than `age_ms` ago.
pub(super) fn sweep(dir: &Path, age_ms: u64) {
    for folder in [dir.to_path_buf(), dir.join(WORKSPACES)] {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let unfinished = entry.file_name().to_str().is_some_and(|name| name.starts_with(UNFINISHED));
            if unfinished && age_of(&entry).is_some_and(|age| age >= age_ms) {
                discard(&entry.path());
            }
        }
    }
}

fn age_of(entry: &fs::DirEntry) -> Option<u64> {
    let since = entry.metadata().ok()?.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(env::now_ms().saturating_sub(u64::try_from(since.as_millis()).ok()?))
}

/// The key spaces that have a file, the catalog left out.
pub(super) fn list(dir: &Path) -> Result<Vec<WorkspaceKey>> {
    let folder = dir.join(WORKSPACES);
    let entries = match fs::read_dir(&folder) {
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        other => other.map_err(|e| of_io("list", &folder, &e))?,
    };
    let mut keys = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|e| of_io("list", &folder, &e))?;
        keys.extend(entry.file_name().to_str().and_then(key_of));
    }
    Ok(keys)
}

fn key_of(name: &str) -> Option<WorkspaceKey> {
    let digits = name.strip_suffix(EXTENSION)?.strip_suffix('.')?;
    let canonical = digits.len() == 32 && digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    Some(WorkspaceKey(u128::from_str_radix(canonical.then_some(digits)?, 16).ok()?.to_be_bytes()))
}

/// Bytes of the file of a key space.
pub(super) fn size(target: &Path) -> Result<u64> {
    match fs::metadata(target) {
        Err(e) if e.kind() == ErrorKind::NotFound => Err(missing(target)),
        other => Ok(other.map_err(|e| of_io("read", target, &e))?.len()),
    }
}

/// Removes the file of a key space; `false` when there is none.
pub(super) fn remove(target: &Path) -> Result<bool> {
    match fs::remove_file(target) {
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(false),
        other => other.map_err(|e| of_io("remove", target, &e))?,
    }
    target.parent().map_or(Ok(()), sync_dir)?;
    Ok(true)
}

fn sync(file: &Path) -> Result<()> {
    let opened = OpenOptions::new().read(true).write(true).open(file);
    opened.and_then(|file| file.sync_all()).map_err(|e| of_io("write", file, &e))
}

/// Makes the names in a directory durable. Windows does so by itself and knows no such call.
fn sync_dir(dir: &Path) -> Result<()> {
    if cfg!(windows) {
        return Ok(());
    }
    File::open(dir).and_then(|dir| dir.sync_all()).map_err(|e| of_io("write the directory", dir, &e))
}
