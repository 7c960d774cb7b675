//! What ends a command early, and what the caller sees of it: the exit code and the text on stderr.
//! Nothing here decides what went wrong; that is rekor-core's `Error`.

use std::ffi::OsString;
use std::io;

use rekor_core::ground::error::{Code, Error};
use rekor_core::ground::json::Json;
use serde::Serialize;

use crate::notice::{self, note};
use crate::pointers;

/// The result of a command.
pub(crate) type Result<T> = std::result::Result<T, Failure>;

/// Why a command ended early.
#[derive(Debug)]
pub(crate) enum Failure {
    /// An error to show.
    Error(Error),
    /// The person at the terminal answered no.
    Declined,
    /// Whoever read standard output has gone away: nothing is wrong.
    ClosedPipe,
    /// The answer was printed and is itself bad news, as of a store with damage.
    Found(Code),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl Failure {
    /// A failure to write to standard output.
    pub(crate) fn writing(error: &io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::ClosedPipe;
        }
        let code = match error.kind() {
            io::ErrorKind::StorageFull => Code::DiskFull,
            _ => Code::StorageError,
        };
        Self::Error(Error::new(code, format!("standard output cannot be written: {error}")))
    }

    /// The exit code, as `rekor help exit-codes` lists them.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Error(error) => error.kind().exit_code(),
            Self::Declined => 1,
            Self::ClosedPipe => 0,
            Self::Found(code) => code.kind().exit_code(),
        }
    }

    /// Writes what the person or program that called with `args` needs to know to stderr.
    pub(crate) fn report(&self, as_json: bool, args: &[OsString]) {
        match self {
            Self::Error(error) if as_json => report_json(error),
            Self::Error(error) => report_text(error, args),
            Self::Declined => note("nothing was changed"),
            Self::ClosedPipe | Self::Found(_) => {}
        }
    }
}

/// An error whose hint is a command with a word in the place of a name that only the caller knows.
pub(crate) fn naming(error: Error, word: &str, name: &str) -> Error {
    match error.hint_text().filter(|_| error.code() == Code::HumanOnly) {
        Some(hint) => Error::new(error.code(), error.message()).hint(hint.replace(word, name)),
        None => error,
    }
}

/// A number of things in words.
pub(crate) fn count(number: u64, thing: &str) -> String {
    if number == 1 { format!("1 {thing}") } else { format!("{number} {thing}s") }
}

fn report_json(error: &Error) {
    #[derive(Serialize)]
    struct Envelope<'a> {
        error: &'a Error,
    }
    notice::line(Json::from_value(&Envelope { error }).text());
}

fn report_text(error: &Error, args: &[OsString]) {
    let mut lines = vec![format!("\x1b[1;31merror:\x1b[0m {}", error.message())];
    if let Some(pointer) = error.pointer().filter(|pointer| !pointer.is_empty()) {
        // The pointer of a bad line leads into that line.
        let of_a_line = error.message().starts_with("line ");
        let words = if of_a_line { pointer.to_owned() } else { pointers::in_words(args, pointer) };
        lines.push(format!("   \x1b[2mat:\x1b[0m {words}"));
    }
    for detail in details_in_words(error) {
        lines.push(format!("    \x1b[2m-\x1b[0m {detail}"));
    }
    if let Some(total) = details_total(error) {
        lines.push(format!("    \x1b[2m…\x1b[0m {total} in all"));
    }
    for hint in error.hint_text().unwrap_or_default().lines() {
        lines.push(format!(" \x1b[1;36mhint:\x1b[0m {hint}"));
    }
    lines.push(format!(" \x1b[2mcode: {}\x1b[0m", error.code()));
    notice::line(&lines.join("\n"));
}

/// How many details there are in all, when not all are listed.
fn details_total(error: &Error) -> Option<u64> {
    #[derive(serde::Deserialize)]
    struct Total {
        details_total: Option<u64>,
    }
    let total = serde_json::from_str::<Total>(Json::from_value(error).text()).ok()?.details_total?;
    (total > error.detail_list().len() as u64).then_some(total)
}

/// A detail of an error: what is wrong with a value, or with a stored record.
#[derive(Default, serde::Deserialize)]
#[serde(default)]
struct Detail {
    id: Option<String>,
    other_id: Option<String>,
    pointer: Option<String>,
    message: Option<String>,
    fields: Vec<String>,
}

/// The details, each once; none where the only one says what the message says already.
fn details_in_words(error: &Error) -> Vec<String> {
    if let [only] = error.detail_list() {
        let Detail { id, other_id, message, fields, .. } = detail_of(only);
        let says = |text: &Option<String>| text.as_ref().is_some_and(|text| error.message().ends_with(text));
        let names =
            |id: &Option<String>| id.as_ref().is_some_and(|id| error.message().contains(&format!("`{id}`")));
        let repeated = match &message {
            Some(_) => says(&message) && id.is_none(),
            None => names(&id) && other_id.is_none() && !fields.is_empty(),
        };
        if repeated {
            return Vec::new();
        }
    }
    let mut lines: Vec<String> = Vec::new();
    for line in error.detail_list().iter().map(detail_line) {
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines
}

fn detail_of(detail: &Json) -> Detail {
    serde_json::from_str(detail.text()).unwrap_or_default()
}

/// A detail in words where it has a message or names fields, else as it is.
fn detail_line(detail: &Json) -> String {
    let Detail { id, other_id, pointer, message, fields } = detail_of(detail);
    let ids = [id, other_id].into_iter().flatten().collect::<Vec<_>>().join(" and ");
    let what = match message {
        Some(message) => message,
        None if !fields.is_empty() => fields.join(", "),
        None => return detail.text().to_owned(),
    };
    let place = [ids, pointer.unwrap_or_default()].join(" ");
    match place.trim() {
        "" => what,
        place => format!("{place}: {what}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closed_pipe_is_no_failure() {
        let failure = Failure::writing(&io::Error::from(io::ErrorKind::BrokenPipe));
        assert_eq!(failure.exit_code(), 0);
    }

    #[test]
    fn the_exit_code_is_that_of_the_kind() {
        assert_eq!(Failure::from(Error::new(Code::Busy, "x")).exit_code(), 7);
        assert_eq!(Failure::Found(Code::CorruptStore).exit_code(), 8);
    }

    #[test]
    fn a_violation_is_shown_in_words_and_any_other_detail_as_it_is() {
        let violation =
            Json::from_text(r#"{"pointer":"/data/a","keyword":"type","message":"must be a number"}"#);
        assert_eq!(detail_line(&violation), "/data/a: must be a number");
        assert_eq!(detail_line(&Json::from_text(r#"{"id":"r1"}"#)), r#"{"id":"r1"}"#);
        let record = Json::from_text(r#"{"id":"r2","pointer":"/a","message":"must be a number"}"#);
        assert_eq!(detail_line(&record), "r2 /a: must be a number");
        let pair = Json::from_text(r#"{"fields":["data.a"],"id":"r1","other_id":"r2"}"#);
        assert_eq!(detail_line(&pair), "r1 and r2: data.a");
    }

    #[test]
    fn a_detail_is_shown_once_and_not_after_a_message_that_says_it() {
        let words = |message: &str, details: &[&str]| {
            let details = details.iter().map(|text| Json::from_text(*text)).collect();
            details_in_words(&Error::new(Code::ValidationFailed, message).details(details))
        };
        let value = r#"{"pointer":"/a","message":"bad"}"#;
        assert!(words("bad", &[value]).is_empty());
        assert_eq!(words("bad (and 1 more)", &[value, value]), ["/a: bad"]);
        let record = r#"{"id":"r","pointer":"/a","message":"bad"}"#;
        assert_eq!(words("record `r` does not match: bad", &[record]), ["r /a: bad"]);
        assert!(words("the record `r` has it", &[r#"{"fields":["data.a"],"id":"r"}"#]).is_empty());
    }
}
