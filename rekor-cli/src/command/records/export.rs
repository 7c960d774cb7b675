//! `rekor records export`.

use std::fs::File;
use std::io::{self, BufWriter, Write};

use rekor_core::api::transfer::{ExportRecords, Format};
use rekor_core::ground::error::Error;

use crate::failure::{self, Failure, Result, say};
use crate::input;
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
    let by_output = (session.out.format == output::Format::Csv).then_some(Format::Csv);
    let format = format_of(args.format.or(by_output), &args.file);
    let request = ExportRecords { collection: args.collection.clone(), format };
    let mut output = Output::open(&args.file)?;
    let count = session.workspace(Access::Read, |workspace| {
        let progress = Progress::of_records();
        let written = workspace.export_records(&request, &mut output, &mut |records| {
            progress.at(records);
            Ok(())
        });
        written.map_err(|error| output.failure(error))
    })?;
    output.flush().map_err(|error| Failure::writing(&error))?;
    if args.file != "-" {
        say(&format!("wrote {} to {}", failure::count(count, "record"), args.file));
    }
    Ok(())
}

/// Where the records go. It remembers that the reader went away, which is no error.
struct Output {
    writer: BufWriter<Box<dyn Write>>,
    closed: bool,
}

impl Output {
    fn open(name: &str) -> Result<Self> {
        let writer: Box<dyn Write> = match name {
            "-" => Box::new(io::stdout().lock()),
            _ => Box::new(File::create(name).map_err(|error| input::unreadable("file", name, &error))?),
        };
        Ok(Self { writer: BufWriter::with_capacity(1 << 16, writer), closed: false })
    }

    fn failure(&self, error: Error) -> Failure {
        if self.closed { Failure::ClosedPipe } else { error.into() }
    }

    fn note<T>(&mut self, outcome: io::Result<T>) -> io::Result<T> {
        self.closed |= outcome.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::BrokenPipe);
        outcome
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let outcome = self.writer.write(bytes);
        self.note(outcome)
    }

    fn flush(&mut self) -> io::Result<()> {
        let outcome = self.writer.flush();
        self.note(outcome)
    }
}
