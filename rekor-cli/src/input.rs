//! Values that come inline, from a file or from standard input. Only their form is looked at here: UTF-8,
//! and JSON as such. What they say is rekor-core's to judge.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use rekor_core::ground::error::{Code, Error, Result};
use rekor_core::ground::json::Json;
use serde_json::value::RawValue;

/// Bytes that are read for one argument at most: four times the largest that any request takes.
const INPUT_BYTES_MAX: u64 = 16 << 20;

/// Reads the value of a JSON flag: inline JSON, `@file`, or `@-` for standard input.
pub(crate) fn read_json(flag: &str, value: &str) -> Result<Json> {
    let text = match value.strip_prefix('@') {
        Some(name) => read_named(flag, name)?,
        None => value.to_owned(),
    };
    match serde_json::from_str::<&RawValue>(&text) {
        Ok(_) => Ok(Json::from_text(text.trim())),
        Err(error) => Err(not_json(flag, value, &text, &error)),
    }
}

/// Reads the value of a JSON flag that may be left out.
pub(crate) fn read_optional_json(flag: &str, value: Option<&String>) -> Result<Option<Json>> {
    value.map(|value| read_json(flag, value)).transpose()
}

/// Says that this flag reads standard input, which only one can.
pub(crate) fn claim_stdin(flag: &str) -> Result<()> {
    static CLAIMED: AtomicBool = AtomicBool::new(false);
    if CLAIMED.swap(true, Ordering::Relaxed) {
        return Err(wrong(flag, Code::InvalidRequest, "standard input can be read only once")
            .hint("put one of the values in a file and pass it as `@file`"));
    }
    Ok(())
}

/// The error of a file that a flag names.
pub(crate) fn unreadable(flag: &str, name: &str, error: &io::Error) -> Error {
    let (message, hint) = match (error.kind(), missing_folder(name)) {
        (io::ErrorKind::NotFound, Some(folder)) => {
            (format!("no such directory `{}`", folder.display()), "make it first, or check the path")
        }
        (io::ErrorKind::NotFound, None) => {
            (format!("no file `{name}`"), "check the path; it counts from the working directory")
        }
        (io::ErrorKind::IsADirectory, _) => (format!("`{name}` is a directory"), "name a file in it"),
        (io::ErrorKind::PermissionDenied, _) => {
            (format!("`{name}` may not be opened"), "its permissions or those of its directory forbid it")
        }
        _ => return wrong(flag, Code::InvalidRequest, format!("`{name}` cannot be used: {error}")),
    };
    wrong(flag, Code::InvalidRequest, message).hint(hint)
}

/// The directory that a file is to be in, when there is none.
fn missing_folder(name: &str) -> Option<&Path> {
    let folder = Path::new(name).parent()?;
    (!folder.as_os_str().is_empty() && !folder.is_dir()).then_some(folder)
}

fn read_named(flag: &str, name: &str) -> Result<String> {
    if name.is_empty() {
        return Err(wrong(flag, Code::InvalidRequest, "`@` names no file")
            .hint("write `@path/to/file.json`, or `@-` for standard input"));
    }
    let mut bytes = Vec::new();
    let read = if name == "-" {
        claim_stdin(flag)?;
        io::stdin().lock().take(INPUT_BYTES_MAX + 1).read_to_end(&mut bytes)
    } else {
        File::open(name).and_then(|file| file.take(INPUT_BYTES_MAX + 1).read_to_end(&mut bytes))
    };
    read.map_err(|error| unreadable(flag, name, &error))?;
    if bytes.len() as u64 > INPUT_BYTES_MAX {
        return Err(wrong(flag, Code::LimitExceeded, format!("`@{name}` is larger than any request may be")));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        wrong(flag, Code::InvalidJson, format!("`@{name}` is not UTF-8 from byte {at} on"))
    })?;
    Ok(text.strip_prefix('\u{feff}').map_or_else(|| text.clone(), ToOwned::to_owned))
}

fn not_json(flag: &str, value: &str, text: &str, error: &serde_json::Error) -> Error {
    let (what, hint) = match value.strip_prefix('@') {
        Some(name) => (format!("`@{name}`"), "the file must hold one JSON value"),
        None if text.is_empty() => (format!("the value of `--{flag}`"), "it is empty: pass JSON or `@file`"),
        None if text.contains('\'') => {
            (format!("the value of `--{flag}`"), "JSON strings and keys take double quotes")
        }
        None => (
            format!("the value of `--{flag}`"),
            "put JSON in single quotes so that the shell leaves it alone, or pass `@file` or `@-`",
        ),
    };
    wrong(flag, Code::InvalidJson, format!("{what} is not JSON: {error}")).hint(hint)
}

fn wrong(flag: &str, code: Code, message: impl Into<String>) -> Error {
    Error::new(code, message).at(format!("/{}", flag.replace('-', "_")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(value: &str) -> Error {
        read_json("data", value).unwrap_err()
    }

    #[test]
    fn inline_json_is_kept_as_it_is_written() {
        let json = read_json("data", r#" {"b":1.50,"a":1e2, "b2":[ ]} "#).unwrap();
        assert_eq!(json.text(), r#"{"b":1.50,"a":1e2, "b2":[ ]}"#);
    }

    #[test]
    fn a_file_may_hold_the_value() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        std::fs::write(&path, "\u{feff}{\"a\":1}\n").unwrap();
        assert_eq!(read_json("data", &format!("@{}", path.display())).unwrap().text(), r#"{"a":1}"#);
    }

    #[test]
    fn what_is_not_json_is_an_error_at_the_flag() {
        for value in ["", "{", "{'a':1}", "hello", "{} {}"] {
            let error = failure(value);
            assert_eq!((error.code(), error.pointer()), (Code::InvalidJson, Some("/data")), "{value}");
            assert!(error.hint_text().is_some());
        }
    }

    #[test]
    fn files_that_cannot_be_read_are_named() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(failure("@/no/such/file").message(), "no such directory `/no/such`");
        assert_eq!(failure("@nofile").message(), "no file `nofile`");
        assert!(failure(&format!("@{}", folder.path().display())).message().contains("is a directory"));
        for value in ["@/no/such/file", "@nofile", "@.", "@"] {
            assert!(failure(value).hint_text().is_some(), "{value}");
        }
        assert!(failure("@").message().contains("names no file"));
        let path = folder.path().join("rubbish");
        std::fs::write(&path, [b'{', 0xff, 0xfe]).unwrap();
        let error = failure(&format!("@{}", path.display()));
        assert_eq!(error.code(), Code::InvalidJson);
        assert!(error.message().contains("not UTF-8 from byte 1"));
    }
}
