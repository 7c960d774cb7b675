//! A file that has its name only when it is complete, so that an export or a backup that fails leaves nothing behind.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use rekor_core::ground::env;
use rekor_core::{Code, Error, Result};

/// A file that is being written, under another name beside its own.
pub struct Draft {
    name: String,
    part: PathBuf,
    writer: BufWriter<File>,
}

impl Draft {
    /// Begins a file that only this user may read.
    pub fn begin(name: &str) -> Result<Self> {
        let part =
            PathBuf::from(format!("{name}.{:08x}.part", u128::from_be_bytes(env::random_bytes()?) >> 96));
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&part).map_err(|fault| unusable(name, &fault))?;
        Ok(Self { name: name.to_owned(), part, writer: BufWriter::with_capacity(1 << 16, file) })
    }

    /// Makes it durable and gives it its name. `replace` says whether a file of this name goes.
    pub fn publish(mut self, replace: bool) -> Result<()> {
        let stored = self.writer.flush().and_then(|()| self.writer.get_ref().sync_all());
        let named = stored.and_then(|()| match replace {
            true => fs::rename(&self.part, &self.name),
            false => fs::hard_link(&self.part, &self.name),
        });
        named.map_err(|fault| unusable(&self.name, &fault))
    }
}

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.part);
    }
}

/// The error for a file that cannot be used.
pub fn unusable(name: &str, fault: &io::Error) -> Error {
    let code = match fault.kind() {
        io::ErrorKind::NotFound => Code::NotFound,
        io::ErrorKind::AlreadyExists => Code::AlreadyExists,
        io::ErrorKind::StorageFull => Code::DiskFull,
        _ => Code::StorageError,
    };
    Error::new(code, format!("`{name}`: {fault}")).at("/path")
}
