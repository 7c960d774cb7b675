//! The lines of a file to import: NDJSON objects, or CSV rows read by the types that the schema
//! declares. A bad line is an error of that line alone.

use std::io::{self, BufRead, Read};

use crate::api::transfer::Format;
use crate::codec::json::{self, Tree};
use crate::codec::scalar::Number;
use crate::ground::error::{Code, Error, Result};
use crate::ground::limits;
use crate::schema::Kind;
use crate::schema::{Field, Shape};

/// Bytes of a line at most: a record and what surrounds it.
const LINE_BYTES: u64 = limits::RECORD_BYTES.max * 8;

/// What a CSV file is followed by. It is a row of its own unless a quote is still open there.
const CSV_END: &str = "\u{0}end of the file\u{0}";
const CSV_END_LINE: &str = "\n\u{0}end of the file\u{0}";

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
    reader: csv::Reader<WithEnd<'r>>,
    header: Vec<String>,
    whole: bool,
    row: csv::StringRecord,
}

impl<'r> Lines<'r> {
    /// Begins to read. `whole` says that each line is a record as an export writes it.
    pub fn new(format: Format, input: &'r mut dyn BufRead, whole: bool) -> Result<Self> {
        match format {
            Format::Ndjson => Ok(Self::Ndjson(input, 0)),
            Format::Csv => CsvLines::new(input, whole).map(|lines| Self::Csv(Box::new(lines))),
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

impl<'r> CsvLines<'r> {
    fn new(input: &'r mut dyn BufRead, whole: bool) -> Result<Self> {
        let input = WithEnd { input, end: CSV_END_LINE.as_bytes(), ended: false };
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(input);
        let mut header: Vec<String> =
            reader.headers().map_err(csv_error)?.iter().map(str::to_owned).collect();
        if header == [CSV_END] {
            header.clear();
        }
        if header.last().is_some_and(|name| name.ends_with(CSV_END)) {
            return Err(open_quote(1));
        }
        let mut sorted = header.clone();
        sorted.sort();
        if let Some(twice) = sorted.windows(2).find(|pair| pair.first() == pair.last()) {
            let name = twice.first().map_or("", String::as_str);
            let message = format!("the header names the column `{name}` twice");
            return Err(Error::new(Code::DuplicateKey, message));
        }
        Ok(Self { reader, header, whole, row: csv::StringRecord::new() })
    }

    fn next(&mut self, shape: &Shape) -> Result<Option<Line>> {
        while let Some(line) = self.next_row(shape)? {
            // A row without any value is an empty line.
            if line.json.is_err() || self.row.iter().any(|cell| !cell.is_empty()) {
                return Ok(Some(line));
            }
        }
        Ok(None)
    }

    fn next_row(&mut self, shape: &Shape) -> Result<Option<Line>> {
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
        if !more || self.row.iter().eq([CSV_END]) {
            return Ok(None);
        }
        let number = self.row.position().map_or(0, csv::Position::line);
        let mut text = self.row.iter().collect::<Vec<_>>().join(",");
        if text.ends_with(CSV_END) {
            text.truncate(text.len() - CSV_END.len());
            return Ok(Some(Line {
                number,
                text: text.trim_end().to_owned(),
                json: Err(open_quote(number)),
            }));
        }
        let blank = self.row.iter().all(str::is_empty);
        let json = if self.row.len() != self.header.len() && !blank {
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
        "TRUE" | "True" if kinds.allows(Kind::Boolean) => Tree::Bool(true),
        "FALSE" | "False" if kinds.allows(Kind::Boolean) => Tree::Bool(false),
        _ if kinds.allows(Kind::Array) || kinds.allows(Kind::Object) => {
            json::canonical(cell).and_then(|t| Tree::from_canonical(&t)).unwrap_or_else(|_| text())
        }
        _ => text(),
    }
}

/// A CSV file followed by [`CSV_END`] on a line of its own. The parser takes a quote that is never closed
/// as text to the end of the file, and does not say so; then the mark is within that text.
struct WithEnd<'r> {
    input: &'r mut dyn BufRead,
    end: &'static [u8],
    ended: bool,
}

impl Read for WithEnd<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if !self.ended {
            let count = self.input.read(buffer)?;
            if count > 0 || buffer.is_empty() {
                return Ok(count);
            }
            self.ended = true;
        }
        self.end.read(buffer)
    }
}

fn open_quote(line: u64) -> Error {
    let message = format!("the CSV row at line {line} opens a quote that is not closed before the file ends");
    Error::new(Code::InvalidRequest, message).hint("close the quote; a quote within a quoted cell is doubled")
}

#[expect(clippy::needless_pass_by_value, reason = "it is passed to map_err")]
fn csv_error(error: csv::Error) -> Error {
    Error::new(Code::InvalidRequest, format!("the CSV cannot be read: {error}"))
}

#[expect(clippy::needless_pass_by_value, reason = "it is passed to map_err")]
fn read_error(error: std::io::Error) -> Error {
    Error::new(Code::StorageError, format!("the input cannot be read: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines of a CSV file: the number of each, and its JSON or why there is none.
    fn read(schema: &str, mut text: &[u8]) -> Result<Vec<(u64, Result<String, String>)>> {
        let shape = Shape::of(schema, &|_| None)?;
        let mut lines = Lines::new(Format::Csv, &mut text, false)?;
        let mut read = Vec::new();
        while let Some(line) = lines.next(&shape)? {
            read.push((line.number, line.json.map_err(|error| error.message().to_owned())));
        }
        Ok(read)
    }

    #[test]
    fn a_quote_that_is_never_closed_is_a_bad_row() {
        for text in ["no,cust\nC,c\nA,\"1\nB,2\n", "no,cust\nC,c\nA,\"1", "no,cust\r\nC,c\r\n\"A,1\"\"\r\n"] {
            let lines = read("{}", text.as_bytes()).unwrap();
            assert_eq!(lines[0], (2, Ok(r#"{"no":"C","cust":"c"}"#.to_owned())), "{text}");
            assert_eq!((lines.len(), lines[1].0), (2, 3), "{text}");
            assert!(lines[1].1.as_ref().unwrap_err().contains("line 3 opens a quote"), "{text}");
        }
        assert!(read("{}", b"no,\"n\nA,1\n").unwrap_err().message().contains("line 1 opens a quote"));
        for whole in ["n\n\"a\nb\"", "n\n\"a\nb\"\n", "n\n\"a\nb\"\n\n", "n\r\n\"a\nb\"\r"] {
            assert_eq!(read("{}", whole.as_bytes()).unwrap(), [(2, Ok(r#"{"n":"a\nb"}"#.to_owned()))]);
        }
        for empty in ["", "\n", "a,b", "a,b\n"] {
            assert_eq!(read("{}", empty.as_bytes()).unwrap(), [], "{empty}");
        }
    }

    #[test]
    fn a_row_has_as_many_cells_as_the_header_or_none_with_a_value() {
        let lines = read("{}", b"a,b\n1,2\n,\n\n1\n\"\"\n1,2,3\n1,\n").unwrap();
        let bad: Vec<&str> =
            lines.iter().filter_map(|(_, json)| json.as_ref().err()).map(String::as_str).collect();
        assert_eq!(bad, ["the row has 1 cells, the header has 2", "the row has 3 cells, the header has 2"]);
        assert_eq!(lines.len(), 4);
    }

    #[test]
    fn a_declared_boolean_is_read_as_spreadsheets_write_it() {
        let schema = r#"{"properties":{"a":{"type":"boolean"},"b":{"type":["boolean","string"]}}}"#;
        let lines = read(schema, b"a,b\nTRUE,TRUE\nFalse,false\nyes,no\n").unwrap();
        let texts: Vec<String> = lines.into_iter().map(|(_, json)| json.unwrap()).collect();
        assert_eq!(
            texts,
            [r#"{"a":true,"b":"TRUE"}"#, r#"{"a":false,"b":false}"#, r#"{"a":"yes","b":"no"}"#]
        );
    }
}
