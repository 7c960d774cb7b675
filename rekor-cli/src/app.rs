//! One run of the command line: parse, run, report. A usage error is an error like any other.

use std::backtrace::Backtrace;
use std::ffi::OsString;
use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use clap::Parser;
use clap::error::ErrorKind;
use rekor_core::ground::error::{Code, Error};

use crate::args::Cli;
use crate::command;
use crate::failure::Failure;
use crate::notice::{self, note, warn};
use crate::output::Format;
use crate::session::Session;

/// What the last panic said.
static LAST_PANIC: Mutex<String> = Mutex::new(String::new());

/// Whether the command has done what it was to do and said so.
static ANSWERED: AtomicBool = AtomicBool::new(false);

/// Runs the command line and answers its exit code.
pub fn run(args: Vec<OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(&args) {
        Ok(cli) => cli,
        Err(error) => return ExitCode::from(usage(&error, &args)),
    };
    let as_json = cli.global.output.is_json();
    if as_json {
        notice::speak_json();
    }
    let session = Session::new(cli.global);
    keep_panics(as_json, args.clone());
    let outcome = panic::catch_unwind(AssertUnwindSafe(|| {
        let outcome = command::run(&session, &cli.command);
        ANSWERED.store(outcome.is_ok(), Ordering::Relaxed);
        session.end();
        outcome
    }));
    match outcome {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(failure)) => end(&failure, as_json, &args),
        Err(_) => {
            note(&LAST_PANIC.lock().unwrap_or_else(PoisonError::into_inner));
            let error = Error::new(Code::Internal, "a fault in rekor itself; what is committed is safe")
                .hint("please report it with the command and the lines above");
            end(&error.into(), as_json, &args)
        }
    }
}

/// What a panic says that no `catch_unwind` gets to see: the one of a destructor while another panic unwinds.
const UNCAUGHT: &str = "panic in a destructor during cleanup";

/// Keeps what panics say until it is known that nobody catches them: over a damaged file some are caught in
/// rekor-core and become an error that says more. One that would end the process at once, as redb's does where the list
/// of a file's free pages is damaged, is reported here.
fn keep_panics(as_json: bool, args: Vec<OsString>) {
    panic::set_hook(Box::new(move |panic| {
        if panic.payload().downcast_ref::<&str>() == Some(&UNCAUGHT) {
            let message = "a file of the store is damaged";
            let hint = "run `rekor check`, then restore a backup";
            if ANSWERED.load(Ordering::Relaxed) {
                warn(&format!("{message}: {hint}"));
                std::process::exit(0);
            }
            let failure = Failure::from(Error::new(Code::CorruptStore, message).hint(hint));
            failure.report(as_json, &args);
            std::process::exit(failure.exit_code().into());
        }
        let text = format!("{panic}\n{}", Backtrace::capture());
        *LAST_PANIC.lock().unwrap_or_else(PoisonError::into_inner) = text;
    }));
}

fn end(failure: &Failure, as_json: bool, args: &[OsString]) -> ExitCode {
    failure.report(as_json, args);
    ExitCode::from(failure.exit_code())
}

/// Shows help, the version or a usage error; the two first are no errors.
fn usage(error: &clap::Error, args: &[OsString]) -> u8 {
    let help = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    if help || !asks_for_json(args) {
        // Whoever closed the pipe has read enough.
        let _ = error.print();
        return if help { 0 } else { Code::InvalidRequest.kind().exit_code() };
    }
    let failure = Failure::from(usage_error(&error.render().to_string()));
    failure.report(true, args);
    failure.exit_code()
}

/// Clap's text as an error: the first paragraph is the message, the rest the hint.
fn usage_error(text: &str) -> Error {
    let text = text.strip_prefix("error: ").unwrap_or(text);
    let flat = |part: &str| part.split_whitespace().collect::<Vec<_>>().join(" ");
    let (message, rest) = text.split_once("\n\n").unwrap_or((text, ""));
    let error = Error::new(Code::InvalidRequest, flat(message));
    let hint = flat(rest.split("\n\nFor more information").next().unwrap_or_default());
    if hint.is_empty() { error } else { error.hint(hint) }
}

/// Whether the arguments, which do not parse, ask for JSON.
fn asks_for_json(args: &[OsString]) -> bool {
    let json = |value: &str| matches!(value, "json" | "ndjson").then_some(Format::Json);
    let mut words = args.iter().filter_map(|arg| arg.to_str()).take_while(|word| *word != "--").peekable();
    while let Some(word) = words.next() {
        let joined = word.strip_prefix("--output=").or_else(|| word.strip_prefix("-o"));
        let apart = matches!(word, "--output" | "-o").then(|| words.peek().copied()).flatten();
        let value = joined.map(|value| value.trim_start_matches('=')).into_iter().chain(apart);
        if value.into_iter().any(|value| json(value).is_some()) {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asks(line: &str) -> bool {
        asks_for_json(&line.split(' ').map(OsString::from).collect::<Vec<_>>())
    }

    #[test]
    fn json_is_asked_for_however_it_is_spelled() {
        for line in ["rekor x --output json", "rekor -o json", "rekor -ojson", "rekor --output=ndjson y"] {
            assert!(asks(line), "{line}");
        }
        for line in ["rekor x", "rekor --output table", "rekor -- --output json", "rekor -o"] {
            assert!(!asks(line), "{line}");
        }
    }

    #[test]
    fn a_usage_error_has_a_message_and_a_hint() {
        let error = Cli::try_parse_from(["rekor", "xyzzy", "list"]).unwrap_err();
        let error = usage_error(&error.render().to_string());
        assert_eq!(error.message(), "unrecognized subcommand 'xyzzy'");
        assert!(error.hint_text().unwrap().starts_with("Usage: rekor"));
        assert_eq!(error.kind().exit_code(), 2);
    }
}
