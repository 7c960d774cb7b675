//! The command lines of the two documents, as they are printed there, must be understood.

use clap::Parser;

use crate::args::{Cli, Command};

const LINES: [&str; 2] =
    [include_str!("../tests/cli-reference.txt"), include_str!("../tests/product-page.txt")];

/// Splits a text into commands of words as a shell does: quotes, and lines joined by a backslash.
fn commands(text: &str) -> Vec<Vec<String>> {
    let (mut commands, mut words, mut word) = (Vec::new(), Vec::new(), None::<String>);
    let mut chars = text.chars();
    let mut quote = None;
    while let Some(c) = chars.next() {
        match c {
            _ if quote == Some(c) => quote = None,
            _ if quote.is_some() => word.get_or_insert_default().push(c),
            '\'' | '"' => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            '\\' => assert_eq!(chars.next(), Some('\n')),
            ' ' => words.extend(word.take()),
            '\n' => {
                words.extend(word.take());
                commands.push(std::mem::take(&mut words));
            }
            _ => word.get_or_insert_default().push(c),
        }
    }
    assert!(words.is_empty() && quote.is_none(), "the text ends within a command");
    commands
}

/// A command of the reference with examples in the place of `<name>`, with or without `[options]`.
fn filled(words: &[String], with_options: bool) -> Vec<String> {
    let mut out = Vec::new();
    let mut optional = false;
    for word in words {
        optional |= word.starts_with("[-");
        if with_options || !optional {
            let bare = if optional { word.trim_matches(['[', ']']) } else { word };
            out.push(match bare {
                "<json>" | "<json|@file>" => "{}".to_owned(),
                "<n>" => "7".to_owned(),
                "<col/id>" => "invoices/rec_1".to_owned(),
                "<f1,f2>" => "data.a,data.b".to_owned(),
                "outgoing|incoming|both" => "incoming".to_owned(),
                _ => bare.trim_matches(['<', '>']).to_owned(),
            });
        }
        optional &= !word.ends_with(']');
    }
    out
}

fn parsed(words: &[String]) -> Cli {
    Cli::try_parse_from(words).unwrap_or_else(|error| panic!("{}\n{error}", words.join(" ")))
}

#[test]
fn every_command_line_of_the_documents_parses() {
    let lines: Vec<Vec<String>> = LINES.iter().flat_map(|text| commands(text)).collect();
    assert!(lines.len() >= 30, "only {} lines", lines.len());
    for words in &lines {
        parsed(&filled(words, true));
        parsed(&filled(words, false));
    }
}

#[test]
fn global_flags_may_come_first_or_last() {
    for line in [
        "rekor -w ops -o json query invoices\n",
        "rekor query invoices -w ops -o json\n",
        "rekor query --workspace ops invoices --output json\n",
        "rekor query invoices --workspace=ops -ojson\n",
    ] {
        let cli = parsed(&commands(line)[0]);
        assert_eq!(cli.global.workspace.as_deref(), Some("ops"), "{line}");
        assert!(cli.global.output.is_json());
        assert!(matches!(cli.command, Command::Query(_)));
    }
}

#[test]
fn flags_that_contradict_each_other_are_refused() {
    for line in [
        "rekor records get c\n",
        "rekor records get c id --external-id x\n",
        "rekor records get c id --source s\n",
        "rekor query c --group-by data.a\n",
        "rekor query c --cursor x --offset 3\n",
        "rekor query c --aggregate --fields data.a\n",
        "rekor relationships delete\n",
        "rekor relationships delete id --touching a/b\n",
        "rekor records upsert c --data --id x\n",
        "rekor hooks list\n",
    ] {
        assert!(Cli::try_parse_from(&commands(line)[0]).is_err(), "{line}");
    }
}
