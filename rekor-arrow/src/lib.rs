//! Answers of rekor as [Apache Arrow](https://arrow.apache.org/docs/format/Columnar.html), for the packages of other languages
//! and for Rust programs that work with data frames. Numbers and times are handed over without a copy.
//!
//! ```
//! use rekor_core::{OpenOptions, Store, api::workspace::CreateWorkspace};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let dir = tempfile::tempdir()?;
//! let store = Store::open(dir.path().join("store"), OpenOptions::default())?;
//! store.run(&CreateWorkspace { id: "ops".into(), ..Default::default() })?;
//! let ws = store.workspace("ops")?;
//! ws.call("upsert_collection", r#"{"collection":"notes","schema":{"properties":{"n":{"type":"integer"}}}}"#)?;
//! ws.call("upsert_record", r#"{"collection":"notes","data":{"n":5}}"#)?;
//! let (schema, batches) = rekor_arrow::batches(ws.table("query", r#"{"collection":"notes","fields":["data.n"]}"#)?)?;
//! assert_eq!(schema.field(0).data_type(), &rekor_arrow::DataType::Int64);
//! assert_eq!(batches[0].num_rows(), 1);
//! # store.close()?;
//! # Ok(())
//! # }
//! ```

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::builder::BooleanBufferBuilder;
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{
    ArrayRef, BooleanArray, Float64Array, Int64Array, NullArray, RecordBatch, RecordBatchIterator,
    RecordBatchOptions, StringArray, TimestampMicrosecondArray, UInt64Array,
};
use arrow_buffer::{BooleanBuffer, Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::{ArrowError, Field, Schema, SchemaRef, TimeUnit};
use rekor_core::{Part, Table, Texts, Values};

pub use arrow_schema::DataType;

/// A table as Arrow's record batches.
///
/// Integers are `int64`, or `uint64` where some are beyond 2^63 - 1; numbers `float64`; times of declared date-times
/// `timestamp[us, UTC]`; booleans `bool`; texts `utf8`. Values of several types, arrays and objects are their JSON
/// texts, as `utf8` with the extension type `arrow.json`.
///
/// ```
/// # use rekor_core::{OpenOptions, Store, api::workspace::CreateWorkspace};
/// # let dir = tempfile::tempdir()?;
/// # let store = Store::open(dir.path().join("store"), OpenOptions::default())?;
/// # store.run(&CreateWorkspace { id: "ops".into(), ..Default::default() })?;
/// # let ws = store.workspace("ops")?;
/// # ws.call("upsert_collection", r#"{"collection": "invoices", "schema": {}}"#)?;
/// # for status in ["open", "paid", "open"] {
/// #     ws.call("upsert_record", &format!(r#"{{"collection": "invoices", "data": {{"status": "{status}"}}}}"#))?;
/// # }
/// let request = r#"{"collection": "invoices", "aggregations": [{"fn": "count", "alias": "n"}],
///                   "group_by": ["data.status"]}"#;
/// let (schema, batches) = rekor_arrow::batches(ws.table("aggregate", request)?)?;
/// assert_eq!(schema.fields().iter().map(|field| field.name()).collect::<Vec<_>>(), ["data.status", "n"]);
/// assert_eq!(batches[0].num_rows(), 2); // open and paid
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// When a chunk of the table holds more than 2 GiB of text in one column.
pub fn batches(table: Table) -> Result<(SchemaRef, Vec<RecordBatch>), ArrowError> {
    let fields = table.columns.iter().zip(&table.types).map(|(name, part)| field(name, part));
    let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
    let batches = table.chunks.into_iter().map(|parts| {
        let rows = parts.first().map_or(0, |part| part.rows);
        let columns = parts.into_iter().map(array).collect::<Result<Vec<_>, _>>()?;
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        RecordBatch::try_new_with_options(Arc::clone(&schema), columns, &options)
    });
    let batches = batches.collect::<Result<_, _>>()?;
    Ok((schema, batches))
}

/// A table as a stream of the [C interface](https://arrow.apache.org/docs/format/CStreamInterface.html).
///
/// ```
/// # use rekor_core::{OpenOptions, Store, api::workspace::CreateWorkspace};
/// # let dir = tempfile::tempdir()?;
/// # let store = Store::open(dir.path().join("store"), OpenOptions::default())?;
/// # store.run(&CreateWorkspace { id: "ops".into(), ..Default::default() })?;
/// # let ws = store.workspace("ops")?;
/// # ws.call("upsert_collection", r#"{"collection": "invoices", "schema": {}}"#)?;
/// # ws.call("upsert_record", r#"{"collection": "invoices", "data": {"amount": 120.5}}"#)?;
/// use arrow_array::ffi_stream::ArrowArrayStreamReader;
///
/// let stream = rekor_arrow::stream(ws.table("query", r#"{"collection": "invoices"}"#)?)?;
/// let mut reader = ArrowArrayStreamReader::try_new(stream)?; // or that of another language
/// assert_eq!(reader.next().unwrap()?.num_rows(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// Those of [`batches`].
pub fn stream(table: Table) -> Result<FFI_ArrowArrayStream, ArrowError> {
    let (schema, batches) = batches(table)?;
    let reader = RecordBatchIterator::new(batches.into_iter().map(Ok), schema);
    Ok(FFI_ArrowArrayStream::new(Box::new(reader)))
}

fn field(name: &str, part: &Part) -> Field {
    let kind = match &part.values {
        Values::Nulls => DataType::Null,
        Values::Bools(_) => DataType::Boolean,
        Values::Ints(_) => DataType::Int64,
        Values::Wides(_) => DataType::UInt64,
        Values::Doubles(_) => DataType::Float64,
        Values::Micros(_) => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        Values::Texts(_) | Values::Jsons(_) => DataType::Utf8,
    };
    let field = Field::new(name, kind, true);
    match &part.values {
        Values::Jsons(_) => {
            let extension = [("ARROW:extension:name", "arrow.json"), ("ARROW:extension:metadata", "")];
            let extension = extension.map(|(key, value)| (key.to_owned(), value.to_owned()));
            field.with_metadata(HashMap::from(extension))
        }
        _ => field,
    }
}

fn array(part: Part) -> Result<ArrayRef, ArrowError> {
    let nulls = part.present.as_deref().map(|present| NullBuffer::new(bits(present)));
    Ok(match part.values {
        Values::Nulls => Arc::new(NullArray::new(part.rows)),
        Values::Bools(values) => Arc::new(BooleanArray::new(bits(&values), nulls)),
        Values::Ints(values) => Arc::new(Int64Array::try_new(values.into(), nulls)?),
        Values::Wides(values) => Arc::new(UInt64Array::try_new(values.into(), nulls)?),
        Values::Doubles(values) => Arc::new(Float64Array::try_new(values.into(), nulls)?),
        Values::Micros(values) => {
            Arc::new(TimestampMicrosecondArray::try_new(values.into(), nulls)?.with_timezone("UTC"))
        }
        Values::Texts(texts) | Values::Jsons(texts) => Arc::new(strings(texts, nulls)?),
    })
}

fn strings(Texts { ends, bytes }: Texts, nulls: Option<NullBuffer>) -> Result<StringArray, ArrowError> {
    let offsets = std::iter::once(Ok(0)).chain(ends.iter().map(|end| i32::try_from(*end)));
    let offsets = offsets.collect::<Result<Vec<i32>, _>>();
    let offsets = offsets.map_err(|_| ArrowError::OffsetOverflowError(bytes.len()))?;
    StringArray::try_new(OffsetBuffer::new(ScalarBuffer::from(offsets)), Buffer::from_vec(bytes), nulls)
}

fn bits(bytes: &[u8]) -> BooleanBuffer {
    let mut bits = BooleanBufferBuilder::new(bytes.len());
    bytes.iter().for_each(|byte| bits.append(*byte == 1));
    bits.finish()
}
