//! Batches: up to 100 operations in order in one commit. A later operation sees the earlier ones; an
//! error names its operation and nothing is written.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::api::batch::{Batch, BatchAnswer, Operation, OperationAnswer};
use crate::api::collection::{DeleteCollection, UpsertCollection};
use crate::api::record::{DeleteRecord, PatchRecord, UpsertRecord};
use crate::api::relationship::{DeleteRelationship, UpsertRelationship};
use crate::codec::json;
use crate::ctx::Ctx;
use crate::ctx::rights::Right;
use crate::ctx::scope::Touches;
use crate::ctx::session::Session;
use crate::engine::Seq;
use crate::ground::error::{Code, Error, Result};
use crate::ground::json::Json;
use crate::ground::limits;
use crate::ops::request_text::wrong_shape;
use crate::ops::{Request, collections, records, relationships, sweep};

impl Request for Batch {
    const RIGHT: Right = Right::WriteRecords;
    type Answer = BatchAnswer;
    fn touches(&self) -> Touches<'_> {
        Touches::Within
    }
    fn run(&self, session: &Session) -> Result<Self::Answer> {
        let operations = read(&self.operations)?;
        for (n, operation) in operations.iter().enumerate() {
            let allowed = session.allow(right_of(operation));
            allowed
                .and_then(|()| session.allow_touches(|| touches_of(operation)))
                .map_err(|e| e.under(&place(n)))?;
        }
        let configures = operations.iter().any(|operation| right_of(operation) == Right::Configure);
        let (answer, seq) = session.write(|ctx| {
            let results = run_all(ctx, &operations)?;
            // The number of the commit is known when it is made.
            let seq = ctx.changes_anything().then_some(0);
            ctx.answer(BatchAnswer { seq, results })
        })?;
        if configures {
            sweep::sweep_indexes(session);
        }
        Ok(BatchAnswer { seq: answer.seq.and(seq.map(|Seq(seq)| seq)), ..answer })
    }
}

const TYPES: &str = "upsert_record, patch_record, delete_record, upsert_relationship, delete_relationship, \
                     upsert_collection, delete_collection";

/// What an operation needs, as the request of its own.
const fn right_of(operation: &Operation) -> Right {
    match operation {
        Operation::UpsertRecord(..) => UpsertRecord::RIGHT,
        Operation::PatchRecord(_) => PatchRecord::RIGHT,
        Operation::DeleteRecord(_) => DeleteRecord::RIGHT,
        Operation::UpsertRelationship(_) => UpsertRelationship::RIGHT,
        Operation::DeleteRelationship(_) => DeleteRelationship::RIGHT,
        Operation::UpsertCollection(_) => UpsertCollection::RIGHT,
        Operation::DeleteCollection(_) => DeleteCollection::RIGHT,
    }
}

/// The collections that an operation names, as the request of its own.
fn touches_of(operation: &Operation) -> Touches<'_> {
    match operation {
        Operation::UpsertRecord(request, _) => request.touches(),
        Operation::PatchRecord(request) => request.touches(),
        Operation::DeleteRecord(request) => request.touches(),
        Operation::UpsertRelationship(request) => request.touches(),
        Operation::DeleteRelationship(request) => request.touches(),
        Operation::UpsertCollection(request) => request.touches(),
        Operation::DeleteCollection(request) => request.touches(),
    }
}

/// Reads the operations of a batch.
fn read(text: &Json) -> Result<Vec<Operation>> {
    limits::BATCH_BYTES.check(text.text().len()).map_err(|e| e.at("/operations"))?;
    // The strict reading first, so that a duplicate key or a bad number is named with its place.
    let canonical = json::canonical_around(text.text(), 2).map_err(|e| e.under("/operations"))?;
    let steps: Vec<&RawValue> = serde_json::from_str(&canonical).map_err(|_| {
        Error::new(Code::InvalidRequest, "operations must be a list")
            .at("/operations")
            .hint("write [{\"type\":…}, …]")
    })?;
    limits::BATCH_OPERATIONS.check(steps.len()).map_err(|e| {
        e.at(format!("/operations/{}", limits::BATCH_OPERATIONS.max)).hint("split it into several batches")
    })?;
    steps.iter().enumerate().map(|(n, raw)| read_one(raw.get()).map_err(|e| e.under(&place(n)))).collect()
}

fn place(n: usize) -> String {
    format!("/operations/{n}")
}

fn read_one(text: &str) -> Result<Operation> {
    let mut fields: Vec<(String, &RawValue)> = Vec::new();
    let map: std::collections::BTreeMap<String, &RawValue> = serde_json::from_str(text)
        .map_err(|_| Error::new(Code::InvalidRequest, "an operation must be an object").at(""))?;
    let mut kind = None;
    let mut name = None;
    for (key, value) in map {
        match key.as_str() {
            "type" => kind = Some(text_field(&key, value)?),
            "ref" => name = Some(text_field(&key, value)?),
            _ => fields.push((key, value)),
        }
    }
    let kind = kind.ok_or_else(|| {
        Error::new(Code::InvalidRequest, "an operation needs a `type`")
            .at("/type")
            .hint(format!("one of {TYPES}"))
    })?;
    if name.is_some() && kind != "upsert_record" {
        return Err(Error::new(Code::InvalidRequest, "only `upsert_record` takes a `ref`").at("/ref"));
    }
    let mut body = String::from("{");
    for (n, (key, value)) in fields.into_iter().enumerate() {
        if n > 0 {
            body.push(',');
        }
        json::write_string(&key, &mut body);
        body.push(':');
        body.push_str(value.get());
    }
    body.push('}');
    Ok(match kind.as_str() {
        "upsert_record" => Operation::UpsertRecord(shape::<UpsertRecord>(&body)?, name),
        "patch_record" => Operation::PatchRecord(shape(&body)?),
        "delete_record" => Operation::DeleteRecord(shape(&body)?),
        "upsert_relationship" => Operation::UpsertRelationship(shape(&body)?),
        "delete_relationship" => Operation::DeleteRelationship(shape(&body)?),
        "upsert_collection" => Operation::UpsertCollection(shape(&body)?),
        "delete_collection" => Operation::DeleteCollection(shape(&body)?),
        other => {
            return Err(Error::new(
                Code::InvalidRequest,
                format!("there is no operation `{}`", crate::codec::id::shorten(other)),
            )
            .at("/type")
            .hint(format!("one of {TYPES}")));
        }
    })
}

fn text_field(key: &str, value: &RawValue) -> Result<String> {
    serde_json::from_str(value.get()).map_err(|_| {
        Error::new(Code::InvalidRequest, format!("`{key}` must be a string")).at(format!("/{key}"))
    })
}

/// Reads the body of an operation.
fn shape<'t, T: Deserialize<'t>>(body: &'t str) -> Result<T> {
    serde_json::from_str(body).map_err(|e| {
        wrong_shape(body, &e, "").hint("the fields of each operation are listed by `rekor batch --help`")
    })
}

fn run_all(ctx: &mut Ctx<'_>, operations: &[Operation]) -> Result<Vec<OperationAnswer>> {
    let mut names: HashMap<String, String> = HashMap::new();
    let mut results = Vec::with_capacity(operations.len());
    for (n, operation) in operations.iter().enumerate() {
        let answer = resolve(operation, &names).and_then(|operation| {
            let answer = run_one(ctx, &operation)?;
            if let (Operation::UpsertRecord(_, Some(name)), OperationAnswer::Record(made)) =
                (&operation, &answer)
                && names.insert(name.clone(), made.thing.id.clone()).is_some()
            {
                return Err(
                    Error::new(Code::InvalidRequest, format!("the ref `{name}` is used twice")).at("/ref")
                );
            }
            Ok(answer)
        });
        results.push(answer.map_err(|e| e.under(&place(n)))?);
    }
    Ok(results)
}

/// The operation with every `"$name"` of an id replaced by the id of that record.
fn resolve(operation: &Operation, names: &HashMap<String, String>) -> Result<Operation> {
    let mut operation = operation.clone();
    let replace = |place: &str, id: &mut String| -> Result<()> {
        if let Some(name) = id.strip_prefix('$') {
            *id = names.get(name).cloned().ok_or_else(|| {
                Error::new(Code::InvalidRequest, format!("no earlier operation has the ref `{name}`"))
                    .at(format!("/{place}"))
                    .hint("set \"ref\" on an `upsert_record` before this operation")
            })?;
        }
        Ok(())
    };
    match &mut operation {
        Operation::UpsertRecord(r, _) => r.id.as_mut().map(|id| replace("id", id)).transpose()?,
        Operation::PatchRecord(r) => r.id.as_mut().map(|id| replace("id", id)).transpose()?,
        Operation::DeleteRecord(r) => r.id.as_mut().map(|id| replace("id", id)).transpose()?,
        Operation::UpsertRelationship(r) => {
            replace("source_id", &mut r.source_id)?;
            Some(replace("target_id", &mut r.target_id)?)
        }
        _ => None,
    };
    Ok(operation)
}

fn run_one(ctx: &mut Ctx<'_>, operation: &Operation) -> Result<OperationAnswer> {
    Ok(match operation {
        Operation::UpsertRecord(request, _) => OperationAnswer::Record(records::upsert(ctx, request)?),
        Operation::PatchRecord(request) => OperationAnswer::Record(records::patch(ctx, request)?),
        Operation::DeleteRecord(request) => OperationAnswer::Deleted(records::delete(ctx, request)?),
        Operation::UpsertRelationship(request) => {
            OperationAnswer::Relationship(relationships::upsert(ctx, request)?)
        }
        Operation::DeleteRelationship(request) => {
            OperationAnswer::Deleted(relationships::delete(ctx, request)?)
        }
        Operation::UpsertCollection(request) => {
            OperationAnswer::Collection(collections::upsert(ctx, request)?)
        }
        Operation::DeleteCollection(request) => OperationAnswer::Deleted(collections::delete(ctx, request)?),
    })
}
