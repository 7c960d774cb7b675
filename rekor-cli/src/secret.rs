//! Where tokens and passphrases come from: a file, the environment, a file descriptor, a terminal without echo. Never an
//! argument, which every process of the machine can read. What was read is overwritten when it is let go.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::path::Path;

use rekor_core::ground::error::{Code, Error, Result};
use rekor_core::ground::limits;
use zeroize::Zeroizing;

use crate::args::Global;
use crate::input::unreadable;
use crate::notice::warn;
use crate::settings;

/// A text that is overwritten when it is let go.
pub(crate) type Secret = Zeroizing<String>;

/// Bytes of a file with a token that are read at most.
const TOKEN_BYTES_MAX: u64 = 1 << 10;

/// The token to work with: that of `--token-file`, else that of `REKOR_TOKEN`.
pub(crate) fn token(global: &Global) -> Result<Option<Secret>> {
    let Some(path) = &global.token_file else { return Ok(settings::token().map(Zeroizing::new)) };
    let flagged = |error: io::Error| unreadable("token_file", &path.to_string_lossy(), &error);
    let file = File::open(path).map_err(flagged)?;
    if is_open_to_others(&file) {
        warn(&format!("`{}` can be read by others: `chmod 600` it", path.display()));
    }
    let mut text = Zeroizing::new(String::new());
    file.take(TOKEN_BYTES_MAX).read_to_string(&mut text).map_err(flagged)?;
    Ok(Some(text))
}

#[cfg(unix)]
fn is_open_to_others(file: &File) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    file.metadata().is_ok_and(|about| about.is_file() && about.permissions().mode() & 0o044 != 0)
}

#[cfg(not(unix))]
fn is_open_to_others(_file: &File) -> bool {
    false
}

/// The passphrases that a run is given: lines of `--passphrase-fd`, one after the other, or what a person types.
#[derive(Default)]
pub(crate) struct Passphrases {
    fd: Option<u32>,
    file: RefCell<Option<File>>,
}

impl Passphrases {
    pub(crate) fn new(fd: Option<u32>) -> Self {
        Self { fd, file: RefCell::default() }
    }

    /// Whether they are lines of a file descriptor.
    pub(crate) fn are_given(&self) -> bool {
        self.fd.is_some()
    }

    /// The next one, or none where nobody is there to type it.
    pub(crate) fn next(&self, prompt: &str) -> Result<Option<Secret>> {
        if let Some(fd) = self.fd {
            return self.line(fd).map(Some);
        }
        if !(io::stdin().is_terminal() && io::stderr().is_terminal()) {
            return Ok(None);
        }
        let typed = rpassword::prompt_password(format!("{prompt}: ")).map_err(|error| {
            Error::new(Code::InvalidRequest, format!("the terminal gives no passphrase: {error}"))
        })?;
        Ok(Some(Zeroizing::new(typed)))
    }

    /// A new one: what a person types, twice.
    pub(crate) fn new_one(&self) -> Result<Option<Secret>> {
        let first = self.next("new passphrase")?;
        if let Some(first) = first.as_ref().filter(|_| self.fd.is_none())
            && self.next("the same again")?.is_none_or(|again| again != *first)
        {
            return Err(Error::new(Code::InvalidRequest, "the two passphrases are not the same"));
        }
        Ok(first)
    }

    /// The next line of the file descriptor. It is read byte by byte, so that what follows is left to others.
    fn line(&self, fd: u32) -> Result<Secret> {
        let bad = |message: String| {
            Error::new(Code::InvalidRequest, message)
                .at("/passphrase_fd")
                .hint("as in `rekor … --passphrase-fd 3 3<file`")
        };
        let unread = |error: io::Error| bad(format!("the file descriptor {fd} cannot be read: {error}"));
        let mut place = self.file.borrow_mut();
        let file = match &mut *place {
            Some(file) => file,
            empty => empty.insert(File::open(Path::new("/dev/fd").join(fd.to_string())).map_err(unread)?),
        };
        let mut line = Zeroizing::new(Vec::with_capacity(limits::PASSPHRASE_BYTES.len() + 1));
        let mut byte = [0];
        while line.len() <= limits::PASSPHRASE_BYTES.len() && file.read(&mut byte).map_err(unread)? == 1 {
            if byte == *b"\n" {
                break;
            }
            line.extend_from_slice(&byte);
        }
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        if line.is_empty() {
            return Err(bad(format!("the file descriptor {fd} has no passphrase, or no further one")));
        }
        let text = std::str::from_utf8(&line).map_err(|_| bad("the passphrase is not UTF-8".to_owned()))?;
        Ok(Zeroizing::new(text.to_owned()))
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn the_lines_of_a_file_descriptor_are_passphrases_in_order() {
        use std::io::{Seek as _, Write as _};
        use std::os::fd::AsRawFd as _;
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"the first one\r\nthe second").unwrap();
        file.rewind().unwrap();
        let passphrases = Passphrases::new(u32::try_from(file.as_raw_fd()).ok());
        assert!(passphrases.are_given());
        assert_eq!(passphrases.next("").unwrap().unwrap().as_str(), "the first one");
        assert_eq!(passphrases.new_one().unwrap().unwrap().as_str(), "the second");
        assert_eq!(passphrases.next("").unwrap_err().pointer(), Some("/passphrase_fd"));
    }
}
