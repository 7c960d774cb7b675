//! The answer on standard output: a table, JSON, a line a thing, or CSV. Everything else goes to stderr.
//! It works on the answer's JSON text, so numbers and the order of keys come out as they are stored.

mod layout;
pub(crate) mod plan;
mod pretty;
mod sheet;
mod table;
mod tree;

use std::io::{self, IsTerminal, Write};

use clap::ValueEnum;
use rekor_core::api::query::AggregateAnswer;
use rekor_core::ground::error::{Code, Error};
use serde::Serialize;

pub(crate) use self::layout::Rows;
use self::sheet::Sheet;
use crate::failure::{Failure, Result};
use crate::notice::{self, note, warn};

/// The form of an answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    // No doc comments here: clap would print the help of every command at twice its length.
    // For the eye; tab-separated lines when no terminal reads it.
    #[default]
    Table,
    // The exact answer.
    Json,
    // A JSON text a line for each thing of a list.
    Ndjson,
    // A header, and a line for each thing of a list.
    Csv,
}

impl Format {
    /// Whether a program reads the errors as well.
    pub(crate) fn is_json(self) -> bool {
        matches!(self, Self::Json | Self::Ndjson)
    }
}

/// Prints answers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Printer {
    pub(crate) format: Format,
    /// Columns of the terminal, when standard output is one.
    width: Option<usize>,
}

impl Printer {
    pub(crate) fn new(format: Format) -> Self {
        let terminal = io::stdout().is_terminal();
        let size = || terminal_size::terminal_size().map_or(100, |(width, _)| usize::from(width.0));
        Self { format, width: terminal.then(size) }
    }

    /// Prints one thing.
    pub(crate) fn one<T: Serialize>(&self, kind: Rows, answer: &T) -> Result<()> {
        let text = json_text(answer)?;
        show_warnings(&text);
        let out = match self.format {
            Format::Json => self.json(&text),
            Format::Ndjson => format!("{text}\n"),
            Format::Csv => csv_text(&Sheet::of(kind, &[&text], false))?,
            Format::Table => match (layout::lay_out_one(&text), self.width) {
                (fields, Some(width)) => table::draw_one(&fields, width),
                (fields, None) => table::lines_of_one(&fields),
            },
        };
        self.write(&out)
    }

    /// Prints text for people, and the answer itself for programs.
    pub(crate) fn text_or_json<T: Serialize>(&self, answer: &T, text: impl FnOnce() -> String) -> Result<()> {
        match self.format {
            Format::Table => self.write(&text()),
            _ => self.one(Rows::Flat, answer),
        }
    }

    /// Prints a list: the array under `key`.
    pub(crate) fn list<T: Serialize>(&self, kind: Rows, key: &str, answer: &T) -> Result<()> {
        let columns: Vec<String> = layout::always(kind).iter().map(|name| (*name).to_owned()).collect();
        self.list_under(&columns, kind, key, answer)
    }

    /// Prints a list of totals, which know their columns.
    pub(crate) fn totals(&self, answer: &AggregateAnswer) -> Result<()> {
        self.list_under(&answer.columns, Rows::Flat, "data", answer)
    }

    /// Prints a list; `columns` are the header of a CSV without rows.
    fn list_under<T: Serialize>(&self, columns: &[String], kind: Rows, key: &str, answer: &T) -> Result<()> {
        let text = json_text(answer)?;
        let things = tree::member(&text, key).and_then(tree::items).unwrap_or_default();
        things.iter().for_each(|thing| show_warnings(thing));
        let out = match self.format {
            Format::Json => return self.write(&self.json(&text)),
            Format::Ndjson => things.iter().map(|thing| format!("{thing}\n")).collect(),
            Format::Csv if things.is_empty() => {
                csv_text(&Sheet { columns: columns.to_vec(), rows: Vec::new() })?
            }
            Format::Csv => csv_text(&Sheet::of(kind, &things, false))?,
            Format::Table => {
                let (out, notice) = self.table(kind, &things);
                self.write(&out)?;
                notice.iter().for_each(|notice| note(notice));
                String::new()
            }
        };
        self.write(&out)?;
        show_meta(&text);
        Ok(())
    }

    /// Writes text as it is, through to the reader of standard output.
    pub(crate) fn write(&self, text: &str) -> Result<()> {
        // Only a table for a terminal has colours; data must not be searched for them.
        let written = if self.format == Format::Table && self.width.is_some() {
            let mut out = anstream::stdout().lock();
            out.write_all(text.as_bytes()).and_then(|()| out.flush())
        } else {
            let mut out = io::stdout().lock();
            out.write_all(text.as_bytes()).and_then(|()| out.flush())
        };
        written.map_err(|error| Failure::writing(&error))
    }

    fn json(&self, text: &str) -> String {
        if self.width.is_some() { format!("{}\n", pretty::pretty(text)) } else { format!("{text}\n") }
    }

    /// The rows as text, and what to say about them.
    fn table(&self, kind: Rows, things: &[&str]) -> (String, Option<String>) {
        if things.is_empty() {
            return (String::new(), Some("nothing found".to_owned()));
        }
        let sheet = Sheet::of(kind, things, true);
        let Some(width) = self.width else {
            return (table::lines(&sheet), None);
        };
        let (text, left_out) = table::draw(&sheet, width);
        let notice = format!("\x1b[2mno room for: {} (-o json shows all)\x1b[0m", left_out.join(", "));
        (text, Some(notice).filter(|_| !left_out.is_empty()))
    }
}

fn json_text<T: Serialize>(answer: &T) -> Result<String> {
    let text = serde_json::to_string(answer)
        .map_err(|error| Error::new(Code::Internal, format!("the answer is not JSON: {error}")))?;
    // A schema is kept as its author broke it into lines; an answer is one line.
    Ok(if text.contains(['\n', '\r']) { pretty::compact(&text) } else { text })
}

fn csv_text(sheet: &Sheet) -> Result<String> {
    let broken = |error: String| Failure::from(Error::new(Code::Internal, error));
    let mut writer = csv::Writer::from_writer(Vec::new());
    if !sheet.columns.is_empty() {
        writer.write_record(&sheet.columns).map_err(|error| broken(error.to_string()))?;
    }
    for row in &sheet.rows {
        writer.write_record(row.iter().map(|cell| &cell.text)).map_err(|error| broken(error.to_string()))?;
    }
    let bytes = writer.into_inner().map_err(|error| broken(error.to_string()))?;
    String::from_utf8(bytes).map_err(|error| broken(error.to_string()))
}

/// Shows an answer's warnings on stderr, save to a program, which has them in the answer.
fn show_warnings(text: &str) {
    if notice::is_json() {
        return;
    }
    for warning in tree::member(text, "warnings").and_then(tree::items).unwrap_or_default() {
        warn(&tree::plain(warning));
    }
}

/// Says on stderr what a page leaves out; to a program, whose rows have no place for it, as it is.
fn show_meta(text: &str) {
    let Some(meta) = tree::member(text, "meta") else { return };
    let says_more = tree::member(meta, "total").is_some() || tree::member(meta, "has_more") == Some("true");
    if notice::is_json() {
        if says_more {
            notice::line(&format!("{{\"meta\":{meta}}}"));
        }
        return;
    }
    if let Some(total) = tree::member(meta, "total") {
        note(&format!("{total} in all"));
    }
    match (tree::member(meta, "has_more"), tree::member(meta, "next_cursor").map(tree::plain)) {
        (Some("true"), Some(cursor)) if !cursor.is_empty() => {
            note(&format!("\x1b[2mmore rows follow: --cursor {cursor}\x1b[0m"));
        }
        (Some("true"), _) => note("\x1b[2mmore rows follow: raise --limit or --offset\x1b[0m"),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn csv_quotes_what_needs_it() {
        let sheet = Sheet::of(Rows::Records, &[r#"{"id":"1","data":{"a":"x,\"y\"","b":1.50}}"#], false);
        assert_eq!(csv_text(&sheet).unwrap(), "id,data.a,data.b\n1,\"x,\"\"y\"\"\",1.50\n");
    }
}
