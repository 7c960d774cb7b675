//! `rekor records export`.

use std::fs::File;
use std::io::{self, BufWriter, Write};

use rekor_core::api::transfer::{ExportRecords, Format};
use rekor_core::ground::error::{Code, Error};

use crate::failure::{self, Failure, Result};
use crate::input;
use crate::notice::note;
use crate::output;
use crate::progress::Progress;
use crate::session::{Access, Session};
use crate::transfer::{format_of, parse_format};

const EXAMPLES: &str = "\
Examples:
  rekor records export invoices --file invoices.ndjson
  rekor records export invoices --format csv | head";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The collection
    collection: String,
    /// ndjson or csv; as the file's name ends unless given
    #[arg(long, value_name = "FORMAT", value_parser = parse_format)]
    format: Option<Format>,
    /// The file; standard output unless given, or for -
    #[arg(long, value_name = "FILE", default_value = "-", hide_default_value = true)]
    file: String,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<()> {
    if session.out.format == output::Format::Json && args.format.is_none() && args.file == "-" {
        return Err(Error::new(Code::InvalidRequest, "an export is ndjson or csv, and not one JSON text")
            .at("/output")
            .hint("pass -o ndjson: a JSON object a line; or `rekor query`, whose JSON is a page of records")
            .into());
    }
    if args.file != "-" {
        session.confirm_replacing("file", &args.file)?;
    }
    let by_output = (session.out.format == output::Format::Csv).then_some(Format::Csv);
    let format = format_of(args.format.or(by_output), &args.file);
    let request = ExportRecords { collection: args.collection.clone(), format };
    let mut output = Output::to(&args.file);
    let count = session.workspace(Access::Read, |workspace| {
        let progress = Progress::of_records();
        let written = workspace.export_records(&request, &mut output, &mut |records| {
            progress.at(records);
            Ok(())
        });
        written.map_err(|error| output.failure(error))
    })?;
    output.flush().map_err(|error| output.failure(write_error(&error)))?;
    if args.file != "-" {
        note(&format!("wrote {} to {}", failure::count(count, "record"), args.file));
    }
    Ok(())
}

/// Where the records go. The file is made with the first byte, so that an export which fails before
/// leaves an older one as it is. It remembers that the reader went away, which is no error.
struct Output {
    name: String,
    writer: Option<BufWriter<Box<dyn Write>>>,
    unusable: Option<Error>,
    closed: bool,
}

impl Output {
    fn to(name: &str) -> Self {
        Self { name: name.to_owned(), writer: None, unusable: None, closed: false }
    }

    /// What the caller is told: the core knows only that the output failed.
    fn failure(&mut self, error: Error) -> Failure {
        if self.closed { Failure::ClosedPipe } else { self.unusable.take().unwrap_or(error).into() }
    }

    fn with<T>(&mut self, act: impl FnOnce(&mut dyn Write) -> io::Result<T>) -> io::Result<T> {
        let writer = match self.writer.take() {
            Some(writer) => writer,
            None => BufWriter::with_capacity(1 << 16, self.open()?),
        };
        let outcome = act(self.writer.insert(writer));
        self.closed |= outcome.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::BrokenPipe);
        outcome
    }

    fn open(&mut self) -> io::Result<Box<dyn Write>> {
        if self.name == "-" {
            return Ok(Box::new(io::stdout().lock()));
        }
        match File::create(&self.name) {
            Ok(file) => Ok(Box::new(file)),
            Err(error) => {
                self.unusable = Some(input::unreadable("file", &self.name, &error));
                Err(error)
            }
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.with(|writer| writer.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.with(|writer| writer.flush())
    }
}

fn write_error(error: &io::Error) -> Error {
    let code = if error.kind() == io::ErrorKind::StorageFull { Code::DiskFull } else { Code::StorageError };
    Error::new(code, format!("the records cannot be written: {error}"))
}
