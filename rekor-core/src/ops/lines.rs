//! The lines of a file to import: NDJSON objects, or CSV rows read by the types that the schema
//! declares. A bad line is an error of that line alone.

use std::io::BufRead;

use crate::api::transfer::Format;
use crate::codec::json::{self, Tree};
use crate::codec::scalar::Number;
use crate::ground::error::{Code, Error, Result};
use crate::ground::limits;
use crate::schema::Kind;
use crate::schema::{Field, Shape};

/// Bytes of a line at most: a record and what surrounds it.
const LINE_BYTES: u64 = limits::RECORD_BYTES.max * 8;

/// One line of a file.
pub struct Line {
    /// Its number, from 1.
    pub number: u64,
    /// Its text, as read.
    pub text: String,
    /// It as JSON.
    pub json: Result<String>,
}

/// Reads a file line by line.
pub enum Lines<'r> {
    /// One JSON object a line; empty lines are passed over.
    Ndjson(&'r mut dyn BufRead, u64),
    /// A header and rows.
    Csv(Box<CsvLines<'r>>),
}

/// The state of reading a CSV file.
pub struct CsvLines<'r> {
    reader: csv::Reader<&'r mut dyn BufRead>,
    header: Vec<String>,
    whole: bool,
    row: csv::StringRecord,
}

impl<'r> Lines<'r> {
    /// Begins to read. `whole` says that each line is a record as an export writes it.
    pub fn new(format: Format, input: &'r mut dyn BufRead, whole: bool) -> Result<Self> {
        match format {
            Format::Ndjson => Ok(Self::Ndjson(input, 0)),
            Format::Csv => {
                let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(input);
                let header =
                    reader.headers().map_err(csv_error)?.iter().map(str::to_owned).collect::<Vec<_>>();
                let mut sorted = header.clone();
                sorted.sort();
                if let Some(twice) = sorted.windows(2).find(|pair| pair.first() == pair.last()) {
                    let name = twice.first().map_or("", String::as_str);
                    return Err(Error::new(
                        Code::DuplicateKey,
                        format!("the header names the column `{name}` twice"),
                    ));
                }
                Ok(Self::Csv(Box::new(CsvLines { reader, header, whole, row: csv::StringRecord::new() })))
            }
        }
    }

    /// The next line; none at the end of the file.
    pub fn next(&mut self, shape: &Shape) -> Result<Option<Line>> {
        match self {
            Self::Ndjson(input, number) => next_ndjson(*input, number),
            Self::Csv(csv) => csv.next(shape),
        }
    }
}

fn next_ndjson(input: &mut dyn BufRead, number: &mut u64) -> Result<Option<Line>> {
    loop {
        let mut bytes = Vec::new();
        let read =
            std::io::Read::take(&mut *input, LINE_BYTES).read_until(b'\n', &mut bytes).map_err(read_error)?;
        if read == 0 {
            return Ok(None);
        }
        *number += 1;
        if bytes.len() as u64 >= LINE_BYTES && bytes.last() != Some(&b'\n') {
            return Err(Error::new(
                Code::LimitExceeded,
                format!("line {number} is longer than {LINE_BYTES} bytes"),
            ));
        }
        let text = match String::from_utf8(bytes) {
            Ok(text) => text.trim().to_owned(),
            Err(error) => {
                let json = Err(Error::new(Code::InvalidJson, "the line is not UTF-8"));
                let text = String::from_utf8_lossy(error.as_bytes()).trim().to_owned();
                return Ok(Some(Line { number: *number, text, json }));
            }
        };
        if !text.is_empty() {
            return Ok(Some(Line { number: *number, json: Ok(text.clone()), text }));
        }
    }
}

impl CsvLines<'_> {
    fn next(&mut self, shape: &Shape) -> Result<Option<Line>> {
        let more = match self.reader.read_record(&mut self.row) {
            Ok(more) => more,
            Err(error) => {
                let number = error.position().map_or(0, csv::Position::line);
                return match error.kind() {
                    csv::ErrorKind::Io(_) => Err(csv_error(error)),
                    _ => Ok(Some(Line { number, text: String::new(), json: Err(csv_error(error)) })),
                };
            }
        };
        if !more {
            return Ok(None);
        }
        let number = self.row.position().map_or(0, csv::Position::line);
        let text = self.row.iter().collect::<Vec<_>>().join(",");
        let json = if self.row.len() > self.header.len() {
            let message =
                format!("the row has {} cells, the header has {}", self.row.len(), self.header.len());
            Err(Error::new(Code::InvalidRequest, message))
        } else {
            Ok(self.object(shape).to_text())
        };
        Ok(Some(Line { number, text, json }))
    }

    fn object(&self, shape: &Shape) -> Tree {
        let mut head = Vec::new();
        let mut data = Vec::new();
        for (name, cell) in self.header.iter().zip(&self.row) {
            if cell.is_empty() {
                continue;
            }
            match name.strip_prefix("data.") {
                _ if !self.whole => data.push((name.clone(), value_of(shape, name, cell))),
                Some(name) => data.push((name.to_owned(), value_of(shape, name, cell))),
                None => head.push((name.clone(), Tree::String(cell.to_owned()))),
            }
        }
        if !self.whole {
            return Tree::Object(data);
        }
        head.push(("data".to_owned(), Tree::Object(data)));
        Tree::Object(head)
    }
}

/// A cell as the type that the schema declares; text where it cannot be read as that, so that the
/// schema's own check says what is wrong.
fn value_of(shape: &Shape, name: &str, cell: &str) -> Tree {
    let text = || Tree::String(cell.to_owned());
    let Field::Known(declared) = shape.field(&[name]) else { return text() };
    let kinds = declared.kinds;
    let numeric = kinds.allows(Kind::Integer) || kinds.allows(Kind::Number);
    if numeric && Number::parse(cell).is_some() {
        return Tree::Number(cell.into());
    }
    match cell {
        "true" if kinds.allows(Kind::Boolean) => Tree::Bool(true),
        "false" if kinds.allows(Kind::Boolean) => Tree::Bool(false),
        _ if kinds.allows(Kind::String) => text(),
        _ if kinds.allows(Kind::Array) || kinds.allows(Kind::Object) => {
            json::canonical(cell).and_then(|t| Tree::from_canonical(&t)).unwrap_or_else(|_| text())
        }
        _ => text(),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is passed to map_err")]
fn csv_error(error: csv::Error) -> Error {
    Error::new(Code::InvalidRequest, format!("the CSV cannot be read: {error}"))
}

#[expect(clippy::needless_pass_by_value, reason = "it is passed to map_err")]
fn read_error(error: std::io::Error) -> Error {
    Error::new(Code::StorageError, format!("the input cannot be read: {error}"))
}
