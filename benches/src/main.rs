//! Micro benches of rekor-core, one operation at a time.
//!
//! What commits nothing runs on the engine in memory, so the figures are those of the code above it:
//! reading JSON, validating, rows, indexes. That engine copies all it holds at a commit, so what commits
//! runs on the disk, which decides those figures. `cargo run --release -p rekor-benches -- [NAME…]` runs the benches
//! whose name holds one of the words. The comparison with SQLite is in `benches/compare`.
#![allow(clippy::print_stdout, reason = "the table is what this program is for")]

use std::sync::Arc;

use rekor_core::api::batch::Batch;
use rekor_core::api::collection::UpsertCollection;
use rekor_core::api::query::{Aggregate, Query};
use rekor_core::api::record::{GetRecord, PatchRecord, UpsertRecord};
use rekor_core::api::relationship::{Direction, QueryRelationships, UpsertRelationship};
use rekor_core::api::transfer::ImportRecords;
use rekor_core::api::workspace::CreateWorkspace;
use rekor_core::engine::memory::MemoryEngine;
use rekor_core::{Code, Error, Json, OpenOptions, Result, Store, Workspace};

mod past;
mod timer;

use timer::Timer;

const RECORDS: u64 = 2_000;

const SCHEMA: &str = r#"{
  "properties": {
    "number": {"type": "string", "maxLength": 40},
    "customer": {"type": "string", "x-index": true},
    "amount": {"type": "number", "minimum": 0, "x-index": true},
    "status": {"enum": ["draft", "issued", "paid", "void"]},
    "issued": {"type": "string", "format": "date-time"},
    "tags": {"type": "array", "items": {"type": "string"}},
    "contact": {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}
  },
  "required": ["number", "customer", "amount"]
}"#;

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let timer = Timer::new(words);
    println!("{:44} {:>12}", "in memory", "an operation");
    let store = Store::on_engine(Arc::new(MemoryEngine::new()));
    let ws = made(&store)?;
    fill(&ws)?;
    reads(&timer, &ws)?;
    queries(&timer, &ws)?;
    checks(&timer, &ws)?;
    store.close()?;

    println!("\n{:44} {:>12}", "on disk, exclusive", "an operation");
    let dir = tempfile::tempdir().map_err(|e| Error::new(Code::StorageError, e.to_string()))?;
    let options = OpenOptions { exclusive: true, ..Default::default() };
    let store = Store::open(dir.path().join("store"), options)?;
    let ws = made(&store)?;
    commits(&timer, &ws)?;
    store.close()?;
    past::run(&timer)
}

fn made(store: &Store) -> Result<Workspace> {
    store.run(&CreateWorkspace { id: "bench".into(), ..Default::default() })?;
    let ws = store.workspace("bench")?;
    ws.run(&collection("invoices", SCHEMA))?;
    ws.run(&collection("open", "{}"))?;
    Ok(ws)
}

fn document(n: u64, revision: u64) -> Json {
    Json::from_text(format!(
        r#"{{"number":"inv-{n:08}","customer":"customer-{:04}","amount":{}.{:02},"status":"paid","issued":"2025-03-{:02}T10:00:00Z","tags":["net30","export"],"contact":{{"name":"Ada Okafor","email":"ada@example.com"}},"revision":{revision}}}"#,
        n % (RECORDS / 50),
        n * 7_919 % 100_000,
        n % 100,
        n % 28 + 1,
    ))
}

fn upsert(n: u64, revision: u64) -> UpsertRecord {
    UpsertRecord {
        collection: "invoices".into(),
        data: Some(document(n, revision)),
        id: Some(format!("inv-{n}")),
        external_id: Some(format!("ext-{n}")),
        ..Default::default()
    }
}

fn collection(id: &str, schema: &str) -> UpsertCollection {
    UpsertCollection { collection: id.into(), schema: Some(Json::from_text(schema)), ..Default::default() }
}

fn fill(ws: &Workspace) -> Result<()> {
    for n in 0..RECORDS {
        ws.run(&upsert(n, 0))?;
    }
    for n in 1..RECORDS / 10 {
        ws.run(&UpsertRelationship {
            rel_type: "part_of".into(),
            source_collection: "invoices".into(),
            source_id: format!("inv-{n}"),
            target_collection: "invoices".into(),
            target_id: format!("inv-{}", n / 10),
            ..Default::default()
        })?;
    }
    Ok(())
}

fn reads(timer: &Timer, ws: &Workspace) -> Result<()> {
    timer.run("get by id", |k| {
        let id = Some(format!("inv-{}", k * 31 % RECORDS));
        ws.run(&GetRecord { collection: "invoices".into(), id, ..Default::default() }).map(|_| ())
    })?;
    timer.run("get by external id", |k| {
        let external_id = Some(format!("ext-{}", k * 31 % RECORDS));
        ws.run(&GetRecord { collection: "invoices".into(), external_id, ..Default::default() }).map(|_| ())
    })?;
    timer.run("get by id, JSON to JSON", |k| {
        let request = format!(r#"{{"collection":"invoices","id":"inv-{}"}}"#, k * 31 % RECORDS);
        ws.call("get_record", &request).map(|_| ())
    })?;
    timer.run("one hop, 10 rows", |k| hops(ws, k, 1))?;
    timer.run("two hops, 110 rows", |_| hops(ws, 0, 2))
}

fn hops(ws: &Workspace, k: u64, depth: u64) -> Result<()> {
    let request = QueryRelationships {
        collection: "invoices".into(),
        id: format!("inv-{}", 1 + k % (RECORDS / 100 - 1)),
        direction: Direction::Incoming,
        depth: Some(depth),
        limit: Some(1_000),
        ..Default::default()
    };
    ws.run(&request).map(|_| ())
}

fn query(ws: &Workspace, filter: String, sort: Option<&str>) -> Result<()> {
    let query = Query {
        collection: "invoices".into(),
        filter: Some(Json::from_text(filter)),
        sort: sort.map(Json::from_text),
        ..Default::default()
    };
    ws.run(&query).map(|_| ())
}

fn queries(timer: &Timer, ws: &Workspace) -> Result<()> {
    timer.run("query: indexed equality, 50 rows", |k| {
        let customer = k * 31 % (RECORDS / 50);
        query(ws, format!(r#"{{"field":"data.customer","op":"eq","value":"customer-{customer:04}"}}"#), None)
    })?;
    timer.run("query: indexed range, sorted, 50 rows", |k| {
        let from = k * 31 % 90_000;
        let filter = format!(r#"{{"field":"data.amount","op":"gte","value":{from}}}"#);
        query(ws, filter, Some(r#"{"field":"data.amount"}"#))
    })?;
    timer.run("query: 2,000 rows looked at, 1 found", |k| {
        let filter = format!(r#"{{"field":"data.number","op":"eq","value":"inv-{:08}"}}"#, k % RECORDS);
        query(ws, filter, None)
    })?;
    timer.run("aggregate: 2,000 rows in 40 groups", |_| {
        let request = Aggregate {
            collection: "invoices".into(),
            aggregations: Some(Json::from_text(r#"[{"fn":"sum","field":"data.amount","alias":"sum"}]"#)),
            group_by: vec!["data.customer".into()],
            ..Default::default()
        };
        ws.run(&request).map(|_| ())
    })
}

fn checks(timer: &Timer, ws: &Workspace) -> Result<()> {
    timer.run("upsert of equal data (canonical, validated)", |k| {
        ws.run(&upsert(k * 31 % RECORDS, 0)).map(|_| ())
    })?;
    timer.run("upsert refused by the schema", |k| {
        let mut request = upsert(k % RECORDS, 0);
        request.data = Some(Json::from_text(r#"{"number":1,"customer":"c","amount":-1}"#));
        match ws.run(&request) {
            Err(error) if error.code() == Code::ValidationFailed => Ok(()),
            other => other.map(|_| ()),
        }
    })
}

fn commits(timer: &Timer, ws: &Workspace) -> Result<()> {
    // Each version of the schema is another text, so that nothing can be answered from what is known.
    timer.run("schema: compile and store", |k| {
        let schema = SCHEMA.replacen("40", &(40 + k).to_string(), 1);
        ws.run(&collection("schemas", &schema)).map(|_| ())
    })?;
    timer.run("upsert without a schema to check", |k| {
        let mut request = upsert(k % RECORDS, k);
        request.collection = "open".into();
        ws.run(&request).map(|_| ())
    })?;
    timer.run("upsert of a change, two indexes", |k| ws.run(&upsert(k * 31 % RECORDS, k + 1)).map(|_| ()))?;
    ws.run(&upsert(0, 0))?;
    let lines: String = (0..7_600).map(|n| format!("{}\n", document(n, 0).text())).collect();
    timer.run("import of 7,600 lines", |_| {
        let request = ImportRecords { collection: "invoices".into(), ..Default::default() };
        ws.import_records(&request, &mut lines.as_bytes(), &mut |_| Ok(())).map(|_| ())
    })?;
    timer.run("patch of one field", |k| {
        let data = Some(Json::from_text(format!(r#"{{"revision":{k}}}"#)));
        let id = Some("inv-0".to_owned());
        let patch = PatchRecord { collection: "invoices".into(), data, id, ..Default::default() };
        ws.run(&patch).map(|_| ())
    })?;
    timer.run("batch of 100 upserts", |k| {
        let steps: Vec<String> = (0..100)
            .map(|n| {
                let data = document(n, k + 1_000_000);
                format!(
                    r#"{{"type":"upsert_record","collection":"invoices","id":"inv-{n}","data":{}}}"#,
                    data.text()
                )
            })
            .collect();
        ws.run(&Batch { operations: Json::from_text(format!("[{}]", steps.join(","))) }).map(|_| ())
    })
}
