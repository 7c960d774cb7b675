//! rekor's side of the questions, through its public requests alone: whether it reads rows or columns is its own
//! affair, and is only noted.

use std::io::BufReader;
use std::path::Path;
use std::time::{Duration, Instant};

use rekor_core::api::batch::Batch;
use rekor_core::api::collection::UpsertCollection;
use rekor_core::api::query::{Aggregate, Explain, Row};
use rekor_core::api::transfer::ImportRecords;
use rekor_core::api::workspace::CreateWorkspace;
use rekor_core::{Code, ImportEvent, Json, OpenOptions, Store, Workspace};
use serde_json::Value;

use crate::columns::answer::Answer;
use crate::columns::orders::{self, COLLECTION};
use crate::columns::questions::Ask;
use crate::data::{Doc, SOURCE, WORKSPACE};
use crate::report::thousands;
use crate::side::Result;

const SETTLE_MOST: Duration = Duration::from_secs(600);
/// Maintenance that has done nothing for so long has had its turn.
const SETTLE_IDLE: Duration = Duration::from_secs(10);

/// A store as a user opens it: shared, with the cache that it has unless it is told otherwise.
pub struct Rekor {
    store: Store,
    ws: Workspace,
}

impl Rekor {
    /// Makes a store with one workspace and the collection.
    pub fn create(path: &Path, indexed: bool) -> Result<()> {
        let store = Store::open(path, OpenOptions::default())?;
        store.run(&CreateWorkspace { id: WORKSPACE.into(), ..Default::default() })?;
        let schema = Some(Json::from_text(orders::schema(indexed)));
        let upsert = UpsertCollection { collection: COLLECTION.into(), schema, ..Default::default() };
        store.workspace(WORKSPACE)?.run(&upsert)?;
        Ok(store.close()?)
    }

    pub fn open(path: &Path) -> Result<Self> {
        let store = Store::open(path, OpenOptions::default())?;
        let ws = store.workspace(WORKSPACE)?;
        Ok(Self { store, ws })
    }

    pub fn close(self) -> Result<()> {
        drop(self.ws);
        Ok(self.store.close()?)
    }

    /// Makes or replaces the orders that have a line.
    pub fn import(&self, lines: &Path) -> Result<()> {
        let request = ImportRecords {
            collection: COLLECTION.into(),
            external_id_field: Some("number".into()),
            external_source: Some(SOURCE.into()),
            ..Default::default()
        };
        let mut input = BufReader::new(std::fs::File::open(lines)?);
        self.ws.import_records(&request, &mut input, &mut |_: ImportEvent| Ok(()))?;
        Ok(())
    }

    /// Makes or replaces orders in one durable transaction.
    pub fn batch(&self, docs: &[Doc]) -> Result<()> {
        let steps: Vec<String> = docs
            .iter()
            .map(|doc| {
                format!(
                    r#"{{"type":"upsert_record","collection":"{COLLECTION}","external_source":"{SOURCE}","external_id":"{}","data":{}}}"#,
                    doc.external_id, doc.json
                )
            })
            .collect();
        self.ws.run(&Batch { operations: Json::from_text(format!("[{}]", steps.join(","))) })?;
        Ok(())
    }

    pub fn ask(&self, ask: &Ask) -> Result<Answer> {
        let rows: Result<Vec<Vec<Value>>> = match ask {
            Ask::Totals(request) => {
                self.ws.run(request)?.rows.iter().map(|row| row.iter().map(parse).collect()).collect()
            }
            Ask::Rows(request, columns) => {
                self.ws.run(request)?.data.iter().map(|row| cells(row, columns)).collect()
            }
        };
        rows.map(Answer)
    }

    /// Seconds of one question, its answer handed out whole.
    pub fn time(&self, ask: &Ask) -> Result<f64> {
        let start = Instant::now();
        match ask {
            Ask::Totals(request) => drop(std::hint::black_box(self.ws.run(request)?)),
            Ask::Rows(request, _) => drop(std::hint::black_box(self.ws.run(request)?)),
        }
        Ok(start.elapsed().as_secs_f64())
    }

    /// How rekor goes about a question, and past how many rows that are not sealed.
    pub fn access(&self, ask: &Ask) -> Result<String> {
        let explained = self.explained(ask)?;
        let access = explained["access"].as_str().unwrap_or_default();
        Ok(match unsettled(&explained) {
            Some(rows) => format!("{access}, {} unsealed", thousands(rows)),
            None => access.to_owned(),
        })
    }

    fn explained(&self, ask: &Ask) -> Result<Value> {
        let explain = match ask {
            Ask::Totals(request) => Explain::Aggregate(request.clone()),
            Ask::Rows(request, _) => Explain::Query(request.clone()),
        };
        Ok(serde_json::to_value(self.ws.run(&explain)?)?)
    }

    /// Rows that a scan must still look at apart, as far as the explanation tells.
    fn unsettled(&self) -> Result<Option<u64>> {
        let count = Json::from_text(r#"[{"fn":"count","alias":"n"}]"#);
        let all =
            Aggregate { collection: COLLECTION.into(), aggregations: Some(count), ..Aggregate::default() };
        Ok(affordable(self.explained(&Ask::Totals(all)))?.and_then(|explained| unsettled(&explained)))
    }
}

/// Nothing when rekor found a question too expensive, which falls short but ends no run.
pub fn affordable<T>(done: Result<T>) -> Result<Option<T>> {
    match done {
        Ok(done) => Ok(Some(done)),
        Err(error) => match error.downcast_ref::<rekor_core::Error>() {
            Some(refused) if refused.code() == Code::QueryTooExpensive => Ok(None),
            _ => Err(error),
        },
    }
}

/// The rows that a scan took from beside the groups, which maintenance has yet to seal. None when it was no scan.
fn unsettled(explained: &Value) -> Option<u64> {
    explained["columns"]["dirty_rows"].as_u64()
}

/// Lets maintenance have its turn: opens the store, and waits until there is next to nothing left to seal or
/// until nothing happens any more. Answers the seconds that it took.
pub fn settle(path: &Path, records: u64) -> Result<f64> {
    let start = Instant::now();
    let rekor = Rekor::open(path)?;
    let mut least = u64::MAX;
    let mut moved = Instant::now();
    while let Some(left) = rekor.unsettled()? {
        if left < least {
            (least, moved) = (left, Instant::now());
        }
        if left <= records / 1_000 || moved.elapsed() > SETTLE_IDLE || start.elapsed() > SETTLE_MOST {
            break;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    rekor.close()?;
    Ok(start.elapsed().as_secs_f64())
}

/// Copies the directory of a closed store.
pub fn copy(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let (inner, copied) = (entry.path(), to.join(entry.file_name()));
        if entry.metadata()?.is_dir() {
            copy(&inner, &copied)?;
        } else {
            std::fs::copy(&inner, &copied)?;
        }
    }
    Ok(())
}

fn parse(json: &Json) -> Result<Value> {
    Ok(serde_json::from_str(json.text())?)
}

/// The fields of a record in the order of the columns.
fn cells(row: &Row, columns: &[&str]) -> Result<Vec<Value>> {
    let mut data = match row {
        Row::Record(record) => parse(&record.data)?,
        Row::Fields(json) => parse(json)?["data"].take(),
    };
    Ok(columns.iter().map(|column| data[*column].take()).collect())
}
