//! Bulk import: lines are read and checked on one thread while the chunk before them is committed on
//! another. Each commit holds up to 3,800 lines and how far the import has come, so that resuming after
//! a stop is exactly once.

use std::io::BufRead;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::api::transfer::{ImportAnswer, ImportRecords};
use crate::codec::collection::{decode, encode};
use crate::codec::id::{ExternalKey, Id};
use crate::codec::keys;
use crate::ctx::Ctx;
use crate::ctx::config::{self, Collection};
use crate::ctx::scope::Touches;
use crate::ctx::session::Session;
use crate::ground::error::{Code, Error, Kind, Result};
use crate::ground::limits;
use crate::ops::import_links::{Links, Plucked, write_relationships};
use crate::ops::lines::{Line, Lines};
use crate::ops::maintain;
use crate::ops::records::{self, Outcome};
use crate::schema::{Compiled, Validated};

/// Bytes of lines after which a chunk ends, well below what one commit may hold.
const CHUNK_BYTES: usize = 16 << 20;

/// What an import tells while it runs.
///
/// See [`Workspace::import_records`](crate::Workspace::import_records) for an example.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportEvent {
    /// A chunk is committed.
    Progress(ImportAnswer),
    /// A line was refused.
    Refused {
        /// Its number.
        line: u64,
        /// Its text.
        text: String,
        /// Why.
        error: Error,
    },
    /// The import goes on after this line, where an earlier one stopped.
    Resumed {
        /// Its number.
        line: u64,
    },
    /// A link could not be made, since no record has the external id.
    Unlinked {
        /// The line.
        line: u64,
        /// The external key that no record has.
        target: String,
    },
}

/// Hears what an import tells.
pub type Listener<'a> = dyn FnMut(ImportEvent) -> Result<()> + 'a;

/// A checked line.
struct Ready {
    id: Option<Id>,
    external: Option<ExternalKey>,
    data: Validated,
    targets: Vec<Option<ExternalKey>>,
}

/// A line as the reading thread leaves it.
struct Read {
    number: u64,
    text: String,
    ready: Result<Ready>,
}

/// How far an import has come, kept in each of its commits.
#[derive(Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Progress {
    line: u64,
    done: ImportAnswer,
}

/// Imports records from lines.
pub fn import_records(
    session: &Session,
    request: &ImportRecords,
    input: &mut (dyn BufRead + Send),
    listen: &mut Listener<'_>,
) -> Result<ImportAnswer> {
    let collection = session.read(|ctx| ctx.need_collection(&request.collection))?;
    let links = Links::new(session, &collection, request)?;
    let key = request.resume_key.as_ref().map(|_| keys::import(collection.row.number, &identity(request)));
    let mut progress = match &key {
        None => Progress::default(),
        Some(key) => session.read(|ctx| ctx.get(key)?.map(|b| decode(&b)).transpose())?.unwrap_or_default(),
    };
    if progress.line > 0 {
        listen(ImportEvent::Resumed { line: progress.line })?;
    }
    let after = progress.line;
    std::thread::scope(|scope| {
        let (send, receive) = sync_channel::<Result<Vec<Read>>>(1);
        let (collection_for_reader, links_for_reader) = (&collection, &links);
        scope.spawn(move || read_all(collection_for_reader, request, links_for_reader, input, after, &send));
        let number = collection.row.number;
        let writer = Writer { session, request, links: &links, number, key: key.as_deref() };
        write_all(&writer, &receive, &mut progress, listen)
    })?;
    if let Some(key) = &key {
        // The file is done: a later import of the same file starts from its first line.
        session.write(|ctx| ctx.put_derived(key.clone(), None))?;
    }
    Ok(progress.done)
}

/// The collections that an import names: its own, and those that it links to.
pub fn touches(request: &ImportRecords) -> Touches<'_> {
    let links = request.links.iter().enumerate();
    let links = links.map(|(n, rule)| (format!("/links/{n}").into(), rule.collection.as_str()));
    Touches::Named(
        std::iter::once(("/collection".into(), request.collection.as_str())).chain(links).collect(),
    )
}

/// What tells an import from every other: the file and everything that the request says of its records.
fn identity(request: &ImportRecords) -> String {
    let records = ImportRecords { skip_bad_lines: false, ..request.clone() };
    let text = serde_json::to_string(&records).unwrap_or_default();
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Reads and checks all lines after `after`, and sends them in chunks. Ends early when nobody listens.
fn read_all(
    collection: &Arc<Collection>,
    request: &ImportRecords,
    links: &Links,
    input: &mut dyn BufRead,
    after: u64,
    send: &SyncSender<Result<Vec<Read>>>,
) {
    let chunks = || -> Result<()> {
        let compiled = collection.compiled()?;
        let shape = collection.shape()?;
        let mut lines = Lines::new(request.format, input, request.whole)?;
        let (mut chunk, mut bytes) = (Vec::new(), 0);
        while let Some(line) = lines.next(shape)? {
            if line.number <= after {
                continue;
            }
            bytes += line.text.len();
            chunk.push(check_line(&compiled, request, links, line));
            if chunk.len() >= limits::IMPORT_COMMIT_LINES || bytes >= CHUNK_BYTES {
                bytes = 0;
                if send.send(Ok(std::mem::take(&mut chunk))).is_err() {
                    return Ok(());
                }
            }
        }
        let _ = send.send(Ok(chunk));
        Ok(())
    };
    let mut chunks = chunks;
    if let Err(error) = chunks() {
        let _ = send.send(Err(error));
    }
}

fn check_line(compiled: &Compiled, request: &ImportRecords, links: &Links, line: Line) -> Read {
    let ready = line.json.and_then(|json| {
        let Plucked { id, external, data, targets } = links.pluck(request, &json)?;
        limits::RECORD_BYTES.check(data.len())?;
        Ok(Ready { id, external, data: compiled.checked(data)?, targets })
    });
    // The text is only needed to report the line.
    let text = if ready.is_err() || request.skip_bad_lines { line.text } else { String::new() };
    Read { number: line.number, text, ready }
}

struct Writer<'a> {
    session: &'a Session,
    request: &'a ImportRecords,
    links: &'a Links,
    /// The number of the collection when the import began.
    number: u32,
    key: Option<&'a [u8]>,
}

/// What one try at committing a chunk did.
#[derive(Default)]
struct Done {
    progress: Progress,
    refused: Vec<(u64, String, Error)>,
    unlinked: Vec<(u64, String)>,
    /// How many lines of the chunk are done with.
    lines: usize,
}

fn write_all(
    writer: &Writer<'_>,
    chunks: &Receiver<Result<Vec<Read>>>,
    progress: &mut Progress,
    listen: &mut Listener<'_>,
) -> Result<()> {
    let mut round = maintain::Round::default();
    for chunk in chunks {
        let chunk = chunk?;
        let mut rest = chunk.as_slice();
        while !rest.is_empty() {
            let (done, _) = writer.session.write(|ctx| write_chunk(ctx, writer, rest, progress))?;
            rest = rest.get(done.lines..).unwrap_or_default();
            if done.progress.done.updated > progress.done.updated && !writer.session.is_rehearsing() {
                // Groups of changed records are sealed as it goes; those of new ones are in the commit itself.
                // A step that fails is left to maintenance.
                let _ = maintain::step(writer.session, &mut round);
            }
            *progress = done.progress;
            report(writer, done, progress, listen)?;
        }
    }
    Ok(())
}

/// Tells what a commit did, or stops at its bad line.
fn report(writer: &Writer<'_>, done: Done, progress: &Progress, listen: &mut Listener<'_>) -> Result<()> {
    for (line, target) in done.unlinked {
        listen(ImportEvent::Unlinked { line, target })?;
    }
    for (line, text, error) in done.refused {
        if !writer.request.skip_bad_lines {
            return Err(stopped(line, &error, &progress.done));
        }
        listen(ImportEvent::Refused { line, text, error })?;
    }
    listen(ImportEvent::Progress(progress.done))
}

/// The error that ends an import at a bad line.
fn stopped(line: u64, error: &Error, done: &ImportAnswer) -> Error {
    let kept = done.created + done.updated + done.unchanged;
    let hint = error.hint_text().map_or_else(String::new, |hint| format!("{hint}; "));
    let stored = match kept {
        0 => "nothing is stored".to_owned(),
        1 => "the line before it is stored".to_owned(),
        many => format!("the {many} lines before it are stored"),
    };
    let mut stopped = Error::new(error.code(), format!("line {line}: {}", error.message()))
        .hint(format!(
            "{hint}{stored}: correct the line and import from it on (with external ids, the whole file again), \
             or add --errors FILE to pass bad lines over"
        ))
        .details(error.detail_list().to_vec());
    // A line that is no JSON has no place within it.
    if let Some(pointer) = error.pointer() {
        stopped = stopped.at(pointer);
    }
    error.details_in_all().map_or(stopped.clone(), |total| stopped.details_total(total))
}

fn write_chunk(ctx: &mut Ctx<'_>, writer: &Writer<'_>, chunk: &[Read], before: &Progress) -> Result<Done> {
    let collection = ctx.need_collection(&writer.request.collection)?;
    if collection.row.number != writer.number {
        return Err(config::collection_not_found(&writer.request.collection)
            .hint("it was deleted and made again meanwhile: import the file again"));
    }
    if let Some(key) = writer.key {
        let known: Option<Progress> = ctx.get(key)?.map(|bytes| decode(&bytes)).transpose()?;
        if known.unwrap_or_default() != *before {
            return Err(Error::new(Code::Busy, "another process imports the same file in the same way")
                .hint("let it end; what it has stored stays"));
        }
    }
    let compiled = collection.compiled()?;
    let mut done = Done { progress: *before, ..Done::default() };
    for read in chunk {
        if ctx.is_half_full() {
            break;
        }
        let stored = match &read.ready {
            Ok(ready) => store_line(ctx, writer, &collection, &compiled, ready, read.number, &mut done),
            Err(error) => Err(error.clone()),
        };
        match stored {
            Ok(Outcome::Created) => done.progress.done.created += 1,
            Ok(Outcome::Updated) => done.progress.done.updated += 1,
            Ok(Outcome::Unchanged) => done.progress.done.unchanged += 1,
            Err(error) if !is_of_the_line(&error) && read.ready.is_ok() => return Err(error),
            Err(error) => {
                done.refused.push((read.number, read.text.clone(), error));
                if !writer.request.skip_bad_lines {
                    break;
                }
                done.progress.done.failed += 1;
            }
        }
        done.lines += 1;
        done.progress.done.read += 1;
        done.progress.line = read.number;
    }
    if let Some(key) = writer.key
        && done.progress.line > before.line
    {
        ctx.put_derived(key.to_vec(), Some(encode(&done.progress)?))?;
    }
    Ok(done)
}

/// Whether an error is the fault of one line, and not of the store or of what one commit may hold.
#[must_use]
pub fn is_of_the_line(error: &Error) -> bool {
    matches!(error.kind(), Kind::Invalid | Kind::Conflict | Kind::NotFound)
}

fn store_line(
    ctx: &mut Ctx<'_>,
    writer: &Writer<'_>,
    collection: &Collection,
    compiled: &Arc<Compiled>,
    ready: &Ready,
    line: u64,
    done: &mut Done,
) -> Result<Outcome> {
    // The schema may have changed since the line was checked.
    let data = ready.data.clone().recheck(compiled)?;
    let (id, _, outcome) =
        records::store(ctx, collection, ready.id.clone(), ready.external.clone(), None, data)?;
    for (link, target) in writer.links.rules().iter().zip(&ready.targets) {
        let Some(target) = target else { continue };
        if !link.make(ctx, (collection.row.number, &id), target)? {
            done.unlinked.push((line, format!("{}/{target}", link.collection())));
        }
    }
    Ok(outcome)
}

/// Imports relationships from NDJSON lines of `{"source","target","type","data"}`.
pub fn import_relationships(
    session: &Session,
    input: &mut dyn BufRead,
    strict: bool,
    skip_bad_lines: bool,
    listen: &mut Listener<'_>,
) -> Result<ImportAnswer> {
    let shape = crate::schema::Shape::of("{}", &|_| None)?;
    let mut lines = Lines::new(crate::api::transfer::Format::Ndjson, input, false)?;
    let mut answer = ImportAnswer::default();
    loop {
        let (mut chunk, mut bytes) = (Vec::new(), 0);
        while chunk.len() < limits::IMPORT_COMMIT_LINES && bytes < CHUNK_BYTES {
            let Some(line) = lines.next(&shape)? else { break };
            bytes += line.text.len();
            chunk.push(line);
        }
        if chunk.is_empty() {
            return Ok(answer);
        }
        let mut rest = chunk.as_slice();
        while !rest.is_empty() {
            let (done, _) =
                session.write(|ctx| write_relationships(ctx, rest, strict, skip_bad_lines, answer))?;
            answer = done.answer;
            rest = rest.get(done.lines..).unwrap_or_default();
            for (line, text, error) in done.refused {
                if !skip_bad_lines {
                    return Err(stopped(line, &error, &answer));
                }
                listen(ImportEvent::Refused { line, text, error })?;
            }
            listen(ImportEvent::Progress(answer))?;
        }
    }
}

/// The error for a line that is not an object.
#[must_use]
pub fn not_an_object() -> Error {
    Error::new(Code::InvalidRequest, "the line is not a JSON object").hint("write one object a line")
}
