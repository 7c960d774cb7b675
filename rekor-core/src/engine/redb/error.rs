//! Turns the errors and panics of redb and of the file system into codes that tell a caller what to
//! do. No type of redb leaves this folder.

use std::any::Any;
use std::io::ErrorKind;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use crate::ground::error::{Code, Error, Result};

/// Any error of redb.
pub(super) type Fault = ::redb::Error;

/// The error for a fault of redb on the file at `path`.
pub(super) fn of_fault(fault: &Fault, path: &Path) -> Error {
    match fault {
        Fault::Io(io) => of_io("use", path, io),
        Fault::Corrupted(why) => damaged(path, why),
        Fault::DatabaseAlreadyOpen | Fault::WouldBlock => busy(path),
        Fault::LockProtocolMismatch => busy(path)
            .hint("another version of rekor has the store open: close it, or use the same version for both"),
        Fault::UpgradeRequired(_)
        | Fault::TableDoesNotExist(_)
        | Fault::TableTypeMismatch { .. }
        | Fault::TableIsMultimap(_)
        | Fault::TypeDefinitionChanged { .. } => foreign(path, &fault.to_string()),
        Fault::Unsupported => Error::new(
            Code::StorageError,
            format!("the file system of `{}` cannot lock ranges of a file", path.display()),
        )
        .hint("open the store in exclusive mode, or keep it on a local disk"),
        Fault::RepairAborted => Error::new(
            Code::StorageError,
            format!("`{}` was not closed and needs a repair before it can be read", path.display()),
        )
        .hint("open the store once for writing"),
        other => Error::new(Code::StorageError, format!("cannot use `{}`: {other}", path.display())),
    }
}

/// The error for a failed operation of the file system.
pub(super) fn of_io(doing: &str, path: &Path, io: &std::io::Error) -> Error {
    let text = |code| Error::new(code, format!("cannot {doing} `{}`: {io}", path.display()));
    match io.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            text(Code::DiskFull).hint("free some space on the disk and try again; nothing was lost")
        }
        ErrorKind::ReadOnlyFilesystem => {
            text(Code::ReadOnly).hint("the disk is mounted read-only: use a command that only reads")
        }
        ErrorKind::PermissionDenied => {
            text(Code::StorageError).hint("give this user the right to read and write the store's directory")
        }
        // redb reads only inside the length that the file's own header names.
        ErrorKind::UnexpectedEof | ErrorKind::InvalidData => damaged(path, &io.to_string()),
        ErrorKind::TimedOut => busy(path),
        _ => text(Code::StorageError),
    }
}

/// The store was busy for longer than the timeout.
pub(super) fn busy(path: &Path) -> Error {
    Error::new(Code::Busy, format!("another writer kept `{}` for too long", path.display()))
        .hint("try again, or raise the busy timeout")
}

/// The file holds what redb or rekor cannot have written.
pub(super) fn damaged(path: &Path, why: &str) -> Error {
    Error::new(Code::CorruptStore, format!("`{}` is damaged: {why}", path.display()))
        .hint("restore the file from a backup; do not write to it")
}

/// The file is of another program or of another version of rekor.
pub(super) fn foreign(path: &Path, why: &str) -> Error {
    Error::new(Code::UnsupportedFormat, format!("`{}` is not a store of this version: {why}", path.display()))
        .hint("use a newer version of rekor, or check the path")
}

/// Runs code of redb, which may panic on a damaged file, and answers a panic as damage.
pub(super) fn guarded<T>(path: &Path, run: impl FnOnce() -> Result<T>) -> Result<T> {
    // What a panic may leave half done is inside redb, and its handle is dropped after an error.
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| Err(of_panic(&*panic, path)))
}

/// The error for a panic of redb, which only a file that it has not written brings about.
pub(super) fn of_panic(panic: &(dyn Any + Send), path: &Path) -> Error {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("it cannot be read");
    damaged(path, text.lines().next().unwrap_or(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_fault_has_the_code_that_says_what_to_do() {
        let io = |kind: ErrorKind| of_io("write", Path::new("x"), &kind.into()).code();
        for kind in [ErrorKind::StorageFull, ErrorKind::QuotaExceeded, ErrorKind::FileTooLarge] {
            assert_eq!(io(kind), Code::DiskFull);
        }
        for number in [libc::ENOSPC, libc::EDQUOT, libc::EFBIG] {
            let error = std::io::Error::from_raw_os_error(number);
            assert_eq!(of_fault(&Fault::Io(error), Path::new("x")).code(), Code::DiskFull);
        }
        assert_eq!(io(ErrorKind::ReadOnlyFilesystem), Code::ReadOnly);
        assert_eq!(io(ErrorKind::PermissionDenied), Code::StorageError);
        assert_eq!(io(ErrorKind::InvalidData), Code::CorruptStore);
        assert_eq!(io(ErrorKind::TimedOut), Code::Busy);
        assert_eq!(io(ErrorKind::Other), Code::StorageError);
        assert_eq!(of_fault(&Fault::WouldBlock, Path::new("x")).code(), Code::Busy);
        assert_eq!(of_fault(&Fault::PreviousIo, Path::new("x")).code(), Code::StorageError);
        assert_eq!(of_fault(&Fault::Corrupted("torn".into()), Path::new("x")).code(), Code::CorruptStore);
    }

    #[test]
    fn a_panic_of_redb_is_damage() {
        let error = guarded::<()>(Path::new("x"), || panic!("page {} is torn\nat", 7)).unwrap_err();
        assert_eq!((error.code(), error.message()), (Code::CorruptStore, "`x` is damaged: page 7 is torn"));
    }
}
