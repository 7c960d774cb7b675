//! Export: every record of a collection, in id order, over successive views, so that a long export does
//! not hold the file's pages. A record that nobody changes meanwhile is given exactly once.

use std::collections::BTreeSet;
use std::io::Write;
use std::ops::ControlFlow;
use std::sync::Arc;

use crate::api::record::Record;
use crate::api::transfer::{ExportRecords, Format};
use crate::codec::id::Id;
use crate::codec::json::Tree;
use crate::codec::keys;
use crate::codec::row::decode_record;
use crate::codec::time::text_from_ms;
use crate::ctx::config::Collection;
use crate::ctx::session::Session;
use crate::ground::error::{Code, Error, Result};
use crate::ground::json::Json;

const PAGE_RECORDS: usize = 1_000;
const PAGE_BYTES: usize = 8 << 20;
const HEAD: [&str; 6] = ["id", "external_id", "external_source", "version", "created_at", "updated_at"];

/// Writes every record to `output` and answers how many there were. `progress` hears the count so far.
pub fn export_records(
    session: &Session,
    request: &ExportRecords,
    output: &mut dyn Write,
    progress: &mut dyn FnMut(u64) -> Result<()>,
) -> Result<u64> {
    let collection = session.read(|ctx| ctx.need_collection(&request.collection))?;
    match request.format {
        Format::Ndjson => for_each_record(session, &collection, progress, &mut |record| {
            let text =
                serde_json::to_string(&record).map_err(|e| Error::new(Code::Internal, e.to_string()))?;
            output.write_all(text.as_bytes()).and_then(|()| output.write_all(b"\n")).map_err(write_error)
        }),
        Format::Csv => export_csv(session, &collection, output, progress),
    }
}

fn export_csv(
    session: &Session,
    collection: &Arc<Collection>,
    output: &mut dyn Write,
    progress: &mut dyn FnMut(u64) -> Result<()>,
) -> Result<u64> {
    let names = column_names(session, collection)?;
    let mut writer = csv::Writer::from_writer(output);
    let header =
        HEAD.iter().map(|name| (*name).to_owned()).chain(names.iter().map(|name| format!("data.{name}")));
    writer.write_record(header).map_err(csv_error)?;
    let count = for_each_record(session, collection, progress, &mut |record| {
        let tree = Tree::from_canonical(record.data.text())?;
        let head = [
            record.id,
            record.external_id.unwrap_or_default(),
            record.external_source.unwrap_or_default(),
            record.version.to_string(),
            record.created_at,
            record.updated_at,
        ];
        let cells = names.iter().map(|name| match tree.get(name) {
            None | Some(Tree::Null) => String::new(),
            Some(Tree::String(text)) => text.clone(),
            Some(other) => other.to_text(),
        });
        writer.write_record(head.into_iter().chain(cells)).map_err(csv_error)
    })?;
    writer.flush().map_err(write_error)?;
    Ok(count)
}

/// The columns below `data`: the schema's properties in its order, then what else the records hold.
fn column_names(session: &Session, collection: &Arc<Collection>) -> Result<Vec<String>> {
    let schema = Tree::parse(&collection.row.schema)?;
    let properties = schema.get("properties").and_then(Tree::as_object).unwrap_or_default();
    let mut names: Vec<String> = properties.iter().map(|(name, _)| name.clone()).collect();
    let mut others = BTreeSet::new();
    for_each_record(session, collection, &mut |_| Ok(()), &mut |record| {
        let tree = Tree::from_canonical(record.data.text())?;
        for (name, _) in tree.as_object().unwrap_or_default() {
            if !names.contains(name) && !others.contains(name) {
                others.insert(name.clone());
            }
        }
        Ok(())
    })?;
    names.extend(others);
    Ok(names)
}

fn for_each_record(
    session: &Session,
    collection: &Arc<Collection>,
    progress: &mut dyn FnMut(u64) -> Result<()>,
    f: &mut dyn FnMut(Record) -> Result<()>,
) -> Result<u64> {
    let (mut lo, hi) = keys::records(collection.row.number);
    let mut count = 0;
    loop {
        let (view, _) = session.view()?;
        let (mut page, mut bytes) = (Vec::new(), 0);
        let mut failed = Ok(());
        view.scan_each(&lo.clone(), &hi, false, &mut |key, _, row| {
            lo = [key, &[0]].concat();
            bytes += row.len();
            match keys::record_id(key).and_then(|id| read(collection, &id, row)) {
                Ok(record) => page.push(record),
                Err(error) => failed = Err(error),
            }
            let more = failed.is_ok() && page.len() < PAGE_RECORDS && bytes < PAGE_BYTES;
            if more { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        failed?;
        // The snapshot is let go before the records are written to a pipe that may be slow.
        drop(view);
        if page.is_empty() {
            return Ok(count);
        }
        for record in page {
            f(record)?;
            count += 1;
        }
        progress(count)?;
    }
}

fn read(collection: &Collection, id: &Id, row: &[u8]) -> Result<Record> {
    let row = decode_record(row)?;
    Ok(Record {
        id: id.to_string(),
        collection: collection.row.id.clone(),
        external_id: row.external_id.map(str::to_owned),
        external_source: row.external_source.map(str::to_owned),
        version: row.version,
        data: Json::from_text(row.data),
        created_at: text_from_ms(row.created_ms),
        updated_at: text_from_ms(row.updated_ms),
    })
}

/// The error of an output that cannot be written; a closed pipe keeps its name, for callers to end quietly.
#[expect(clippy::needless_pass_by_value, reason = "it is passed to map_err")]
pub fn write_error(error: std::io::Error) -> Error {
    let code =
        if error.kind() == std::io::ErrorKind::StorageFull { Code::DiskFull } else { Code::StorageError };
    let message = if error.kind() == std::io::ErrorKind::BrokenPipe {
        "broken pipe".to_owned()
    } else {
        error.to_string()
    };
    Error::new(code, format!("the output cannot be written: {message}"))
}

fn csv_error(error: csv::Error) -> Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => write_error(error),
        other => Error::new(Code::Internal, format!("the CSV cannot be written: {other:?}")),
    }
}
