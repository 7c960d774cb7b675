//! `rekor help`: of a command, or of a topic. The tables are those of rekor-core.

use std::fmt::Write as _;

use clap::{Command, CommandFactory};
use rekor_core::ground::error::{Code, Error, Kind};
use rekor_core::ground::limits;

use crate::args::Cli;
use crate::failure::Result;
use crate::session::Session;

const TOPICS: &str = "Topics: filter, errors, exit-codes, limits";

const FILTER: &str = r#"A filter is one condition, or conditions put together, nested freely:

  {"field": "data.status", "op": "eq", "value": "issued"}
  {"and": [...]}   {"or": [...]}   {"not": ...}

Fields: data.<path> (dots go down; data.tags.0 is an element; \. is a dot in a key), and
id, external_id, external_source, version, created_at, updated_at.

  eq neq            equal or not: 1 equals 1.0; missing and null are the same
  gt gte lt lte     ordered: numbers by value, strings by code point, date-time fields by instant
  in not_in         one of a list, or none of it
  like ilike        % is any run, _ one character, \ escapes; ilike ignores case
  is_null           missing or null; no value needed
  is_not_null       neither
  has               the array has this element, or the object this key

Values of different types never compare. A field that the schema says cannot exist is an error.
"#;

#[derive(Debug, clap::Args)]
#[command(after_help = TOPICS)]
pub(crate) struct Args {
    /// A command, as in `records upsert`, or a topic
    #[arg(value_name = "COMMAND|TOPIC")]
    words: Vec<String>,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<()> {
    let words: Vec<&str> = args.words.iter().map(String::as_str).collect();
    let text = match words.as_slice() {
        ["filter" | "filters"] => FILTER.to_owned(),
        ["errors"] => errors(),
        ["exit-codes"] => exit_codes(),
        ["limits"] => limits(),
        words => command(words)?,
    };
    session.out.write(&text)
}

fn command(words: &[&str]) -> Result<String> {
    let mut root = Cli::command();
    root.build();
    let mut found: &mut Command = &mut root;
    for word in words {
        found = found.find_subcommand_mut(word).ok_or_else(|| {
            Error::new(Code::InvalidRequest, format!("no command and no topic `{}`", words.join(" ")))
                .hint(format!("`rekor help` lists the commands; {}", TOPICS.to_lowercase()))
        })?;
    }
    let help = found.render_help();
    Ok(if anstream::AutoStream::choice(&std::io::stdout()) == anstream::ColorChoice::Never {
        help.to_string()
    } else {
        help.ansi().to_string()
    })
}

fn exit_codes() -> String {
    let mut text = "exit  kind          meaning\n   0                it went well\n".to_owned();
    text.push_str("   1                the question at the terminal was answered no\n");
    for kind in Kind::ALL {
        let codes: Vec<&str> =
            Code::ALL.iter().filter(|code| code.kind() == kind).map(|code| code.name()).collect();
        let _ = writeln!(text, "{:>4}  {:<12}  {}", kind.exit_code(), kind.name(), meaning(kind));
        for line in wrap(&codes, 76) {
            let _ = writeln!(text, "                    {line}");
        }
    }
    text.push_str("\nAn error means that nothing changed, save commit_unknown. `rekor help errors` explains each code.\n");
    text
}

fn meaning(kind: Kind) -> &'static str {
    match kind {
        Kind::Invalid => "the request is wrong and will be wrong again",
        Kind::NotFound => "what the request names is not there",
        Kind::Conflict => "the state of the store forbids the request",
        Kind::Denied => "you may not do this",
        Kind::Limit => "the request is larger than a limit",
        Kind::Unavailable => "the store cannot answer now; trying again may help",
        Kind::Corrupt => "the stored bytes are damaged or of an unknown format",
        Kind::Internal => "a fault of rekor itself; please report it",
    }
}

fn errors() -> String {
    let mut text = String::new();
    for code in Code::ALL {
        let _ = writeln!(text, "{:<22}  {:>2}  {}", code.name(), code.kind().exit_code(), code.doc());
    }
    text
}

fn limits() -> String {
    let mut text = String::new();
    for limit in limits::ALL {
        let _ = writeln!(text, "{:<22}  {:>10} {:<13} {}", limit.name, limit.max, limit.unit, limit.doc);
    }
    text
}

/// Words in lines of at most `width` characters.
fn wrap(words: &[&str], width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words {
        match lines.last_mut() {
            Some(line) if line.len() + 1 + word.len() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push((*word).to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_and_limit_is_in_the_help() {
        for code in Code::ALL {
            assert!(errors().contains(code.name()) && exit_codes().contains(code.name()), "{code}");
        }
        for limit in limits::ALL {
            assert!(limits().contains(limit.name));
        }
    }

    #[test]
    fn the_help_of_any_command_is_found() {
        assert!(command(&["records", "upsert"]).unwrap().contains("rekor records upsert"));
        assert!(command(&[]).unwrap().contains("Usage: rekor"));
        assert!(command(&["hooks"]).is_err());
    }
}
