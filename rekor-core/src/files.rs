//! Backups and exports that go to files, and come from them: what every program that links rekor would write by hand.

use std::fs::File;
use std::io::{BufReader, BufWriter, Error as IoError, ErrorKind, Write as _};
use std::path::Path;

use crate::api::transfer::ExportRecords;
use crate::api::workspace::Workspace as About;
use crate::ground::error::{Code, Error, Result};
use crate::ops::backup::BackupReport;
use crate::store::Store;
use crate::workspace::Workspace;

impl Workspace {
    /// Writes a backup to a file that does not exist yet. What of it was written when it fails is removed.
    ///
    /// `already_exists` where the file does. See [`Workspace::backup`].
    ///
    /// ```
    /// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
    /// use rekor_core::Code;
    ///
    /// let path = dir.path().join("ops.backup");
    /// assert_eq!(ws.backup_to(&path)?.bytes, path.metadata().unwrap().len());
    /// assert_eq!(ws.backup_to(&path).unwrap_err().code(), Code::AlreadyExists);
    /// # Ok::<(), rekor_core::Error>(())
    /// ```
    pub fn backup_to(&self, path: impl AsRef<Path>) -> Result<BackupReport> {
        written(path.as_ref(), |output| self.backup(output))
    }

    /// Writes every record of a collection to a file that does not exist yet, and answers how many there were.
    ///
    /// `already_exists` where the file does. See [`Workspace::export_records`].
    ///
    /// ```
    /// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
    /// use rekor_core::api::transfer::{ExportRecords, Format};
    ///
    /// let path = dir.path().join("customers.csv");
    /// let request = ExportRecords { collection: "customers".into(), format: Format::Csv };
    /// assert_eq!(ws.export_to(&request, &path)?, 2);
    /// assert_eq!(std::fs::read_to_string(&path).unwrap().lines().count(), 3); // with the header
    /// # Ok::<(), rekor_core::Error>(())
    /// ```
    pub fn export_to(&self, request: &ExportRecords, path: impl AsRef<Path>) -> Result<u64> {
        written(path.as_ref(), |output| self.export_records(request, output, &mut |_| Ok(())))
    }
}

impl Store {
    /// Makes a workspace of a backup in a file. See [`Store::restore`].
    ///
    /// ```
    /// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
    /// let path = dir.path().join("ops.backup");
    /// ws.backup_to(&path)?;
    /// assert_eq!(store.restore_from(&path, "ops-again")?.id, "ops-again");
    /// # Ok::<(), rekor_core::Error>(())
    /// ```
    pub fn restore_from(&self, path: impl AsRef<Path>, to: &str) -> Result<About> {
        let path = path.as_ref();
        let file = File::open(path).map_err(|error| unusable(path, &error))?;
        self.restore(&mut BufReader::new(file), to)
    }
}

fn written<T>(path: &Path, work: impl FnOnce(&mut BufWriter<File>) -> Result<T>) -> Result<T> {
    let file = File::create_new(path).map_err(|error| unusable(path, &error))?;
    let mut output = BufWriter::new(file);
    let done = work(&mut output).and_then(|done| {
        let kept = output.flush().and_then(|()| output.get_ref().sync_all());
        kept.map(|()| done).map_err(|error| unusable(path, &error))
    });
    if done.is_err() {
        // The failure is told; that the rest of a file is left would be a second one.
        let _ = std::fs::remove_file(path);
    }
    done
}

fn unusable(path: &Path, error: &IoError) -> Error {
    let code = match error.kind() {
        ErrorKind::NotFound => Code::NotFound,
        ErrorKind::AlreadyExists => Code::AlreadyExists,
        ErrorKind::StorageFull => Code::DiskFull,
        _ => Code::StorageError,
    };
    Error::new(code, format!("the file `{}` cannot be used: {error}", path.display())).at("/path")
}
