//! The built command where no store is needed: help, usage errors, broken input, closed pipes.
#![allow(clippy::unwrap_used, reason = "a test may fail by it")]

use std::io::Read;
use std::process::{Command, Output, Stdio};

fn rekor() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rekor"));
    command.env_clear();
    command
}

fn run(args: &[&str]) -> Output {
    rekor().args(args).stdin(Stdio::null()).output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn help_goes_to_standard_output() {
    for args in [&["--help"][..], &["help"], &["query", "--help"], &["help", "query"]] {
        let output = run(args);
        assert!(output.status.success(), "{args:?}");
        assert!(out(&output).contains("Usage: rekor"), "{args:?}");
        assert!(output.stderr.is_empty());
    }
    assert_eq!(out(&run(&["--version"])), format!("rekor {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn every_topic_of_the_help_is_there() {
    for (topic, word) in
        [("filter", "is_not_null"), ("errors", "busy"), ("exit-codes", "70"), ("limits", "batch")]
    {
        assert!(out(&run(&["help", topic])).contains(word), "{topic}");
    }
    let unknown = run(&["help", "hooks"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(err(&unknown).contains("no command and no topic `hooks`"));
}

#[test]
fn a_usage_error_is_json_when_json_is_asked_for() {
    let plain = run(&["records", "get", "invoices"]);
    assert_eq!(plain.status.code(), Some(2));
    assert!(err(&plain).starts_with("error: "));
    let json = run(&["records", "get", "invoices", "--output", "json"]);
    assert_eq!(json.status.code(), Some(2));
    let text = err(&json);
    assert!(text.starts_with(r#"{"error":{"code":"invalid_request","kind":"invalid","message":""#), "{text}");
    assert_eq!(text.lines().count(), 1);
    assert!(json.stdout.is_empty());
}

#[test]
fn input_that_is_not_json_is_named() {
    let output = run(&["-o", "json", "records", "upsert", "c", "--data", "@/no/such/file"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains(r#""pointer":"/data""#), "{}", err(&output));
    let output = run(&["records", "upsert", "c", "--data", "{'a':1}"]);
    assert!(err(&output).contains("double quotes"), "{}", err(&output));
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let mut child =
        rekor().args(["help", "errors"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let mut text = String::new();
    child.stderr.take().unwrap().read_to_string(&mut text).unwrap();
    assert_eq!(text, "");
}

#[test]
fn completions_and_manual_pages_are_made() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(out(&run(&["completions", shell])).contains("rekor"), "{shell}");
    }
    assert!(out(&run(&["man"])).starts_with(".ie"));
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("man1");
    assert!(run(&["man", "--dir", dir.to_str().unwrap()]).status.success());
    assert!(dir.join("rekor-records-upsert.1").is_file());
}
