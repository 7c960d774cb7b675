//! Every command line of the two documents, verbatim through a shell: see `tests/documents/README.md`.

use std::fs;

use crate::sandbox::{Answer, Sandbox, write};

/// A command and what it must print.
#[derive(Default)]
struct Line {
    command: String,
    prints: Vec<String>,
}

/// The sections of a document in order: their names and command lines.
fn sections(document: &str) -> Vec<(String, Vec<Line>)> {
    let path = crate::root().join("tests/documents").join(document);
    let text = fs::read_to_string(path).unwrap();
    let mut sections: Vec<(String, Vec<Line>)> = Vec::new();
    let mut is_open = false;
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("== ") {
            assert!(!is_open, "a section ends within a command");
            sections.push((name.to_owned(), Vec::new()));
            continue;
        }
        let lines = &mut sections.last_mut().unwrap().1;
        if is_open {
            let command = &mut lines.last_mut().unwrap().command;
            *command = format!("{command}\n{line}");
        } else if let Some(text) = line.strip_prefix("=> ") {
            lines.last_mut().unwrap().prints.push(text.to_owned());
            continue;
        } else {
            assert!(line.starts_with("rekor "), "{line}");
            lines.push(Line { command: line.to_owned(), prints: Vec::new() });
        }
        let command = &lines.last().unwrap().command;
        is_open = command.ends_with('\\') || command.matches('\'').count() % 2 == 1;
    }
    sections
}

/// A line of the reference with real things in the place of `<…>`, with or without its `[options]`.
fn filled(command: &str, with_options: bool) -> String {
    let mut text = String::new();
    let mut rest = command;
    while let Some((before, option)) = rest.split_once(" [--") {
        let (option, after) = option.split_once(']').unwrap();
        text += before;
        if with_options {
            text += &format!(" --{option}");
        }
        rest = after;
    }
    text += rest;
    let id = match command.split(' ').collect::<Vec<_>>()[1..3] {
        ["workspaces", "get"] => "w",
        ["workspaces", _] => "spare",
        ["collections", "get"] => "invoices",
        ["collections", _] => "extra",
        ["relationships", "upsert"] => "rel_2",
        ["relationships", _] => "rel_1",
        ["records", "delete"] => "rec_gone",
        _ => "rec_1",
    };
    let schema_or_data = if with_options { "@file.json" } else { "'{\"amount\":1}'" };
    let own = if with_options { "parallel" } else { "made" };
    let pairs = [
        ("--external-id <id>", "--external-id ext_1"),
        ("--filter <json>", r#"--filter '{"field":"data.amount","op":"gte","value":1}'"#),
        ("--sort <json>", r#"--sort '{"field":"data.amount","direction":"asc"}'"#),
        ("--schema <json|@file>", "--schema '{\"type\":\"object\"}'"),
        ("--source <col/id>", "--source invoices/rec_1"),
        ("--target <col/id>", "--target customers/c_1"),
        ("outgoing|incoming|both", "both"),
        ("<json|@file>", schema_or_data),
        ("<json>", "'{\"since\":2026}'"),
        ("<id>", id),
        ("<uuid>", "01961a3b-0000-7000-8000-000000000001"),
        ("<ws>", "w"),
        ("<name>", "'Some name'"),
        ("<desc>", "'Some words'"),
        ("<collection>", "invoices"),
        ("<src>", "billing"),
        ("<n>", "3"),
        ("<f1,f2>", "data.customer,data.amount"),
        ("<type>", own),
        ("<url>", "https://example.com/x"),
    ];
    pairs.iter().fold(text, |text, (placeholder, value)| text.replace(placeholder, value))
}

fn run(sandbox: &Sandbox, line: &Line, command: &str) -> Answer {
    // What needs the word of a person is run at a terminal and answered yes.
    let asks = ["workspaces delete", "workspaces promote"].iter().any(|verb| command.contains(verb));
    let answer = if asks { sandbox.terminal(command, "y\n") } else { sandbox.shell(command) };
    let answer = answer.ok();
    for text in &line.prints {
        assert!(answer.out.contains(text), "{command}\nshould print {text}\n{}", answer.out);
    }
    assert!(!answer.out.is_empty(), "{command}\nprints nothing");
    answer
}

/// Runs every section of a document, and answers how many commands of it were run.
fn document_runs(document: &str) -> usize {
    let sandbox = Sandbox::new();
    write(&sandbox.path("file.json"), r#"{"amount":2,"type":"object"}"#);
    let mut count = 0;
    for (section, lines) in sections(document) {
        for line in &lines {
            match section.as_str() {
                "prepare" => drop(run(&sandbox, line, &line.command)),
                "examples" => drop(run(&sandbox, line, &line.command)),
                "reference" => reference_line_runs(&sandbox, line),
                "later" => is_unknown(&sandbox, &filled(&line.command, false)),
                _ => panic!("no section `{section}`"),
            }
            count += usize::from(section != "prepare");
        }
    }
    assert_eq!(sandbox.rekor(&["check", "--workspace", document_workspace(document)]).ok().code, 0);
    count
}

fn document_workspace(document: &str) -> &str {
    if document.starts_with("cli") { "w" } else { "my-workspace" }
}

/// Runs a line of the reference without and with its options, and in JSON, which must be JSON.
fn reference_line_runs(sandbox: &Sandbox, line: &Line) {
    let bare = filled(&line.command, false);
    run(sandbox, line, &bare);
    let full = filled(&line.command, true);
    if full != bare && !bare.contains("workspaces create") {
        run(sandbox, line, &full);
    }
    let destroys = bare.contains(" delete ") || bare.contains(" create ");
    if !destroys && !full.contains("--output") {
        sandbox.shell(&format!("{full} --output json")).json();
    }
}

fn is_unknown(sandbox: &Sandbox, command: &str) {
    let answer = sandbox.shell(command);
    let (code, words) = (2, "unrecognized subcommand");
    assert_eq!(
        answer.code, code,
        "{command}\nis no longer unknown: move it up in tests/documents\n{}",
        answer.err
    );
    assert!(answer.err.contains(words), "{command}\n{}", answer.err);
}

#[test]
fn every_command_line_of_the_command_reference_runs_as_it_is_printed() {
    assert_eq!(document_runs("cli-reference.txt"), 8 + 19 + 20);
}

#[test]
fn every_command_line_of_the_product_page_runs_as_it_is_printed() {
    assert_eq!(document_runs("product-page.txt"), 7 + 10);
}
