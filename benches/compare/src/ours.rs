//! rekor's side.

use std::path::Path;

use rekor_core::api::batch::Batch;
use rekor_core::api::collection::UpsertCollection;
use rekor_core::api::query::Query;
use rekor_core::api::record::{GetRecord, UpsertRecord};
use rekor_core::api::relationship::{Direction, QueryRelationships};
use rekor_core::api::transfer::ImportRecords;
use rekor_core::api::workspace::CreateWorkspace;
use rekor_core::{ImportEvent, Json, OpenOptions, Store, Workspace};

use crate::data::{COLLECTION, Doc, LINK, SCHEMA, SOURCE, WORKSPACE};
use crate::side::{Result, Side};

pub struct Ours {
    store: Store,
    ws: Workspace,
}

impl Ours {
    /// Makes a store with one workspace and the collection.
    pub fn create(path: &Path) -> Result<()> {
        let store = Store::open(path, OpenOptions::default())?;
        store.run(&CreateWorkspace { id: WORKSPACE.into(), ..Default::default() })?;
        let schema = Some(Json::from_text(SCHEMA));
        let upsert = UpsertCollection { collection: COLLECTION.into(), schema, ..Default::default() };
        store.workspace(WORKSPACE)?.run(&upsert)?;
        Ok(store.close()?)
    }

    pub fn open(path: &Path, exclusive: bool) -> Result<Self> {
        let options = OpenOptions { exclusive, cache_bytes: crate::CACHE_BYTES, ..Default::default() };
        let store = Store::open(path, options)?;
        let ws = store.workspace(WORKSPACE)?;
        Ok(Self { store, ws })
    }

    pub fn close(self) -> Result<()> {
        drop(self.ws);
        Ok(self.store.close()?)
    }

    /// A handle for another thread.
    pub fn handle(&self) -> Workspace {
        self.ws.clone()
    }

    fn query(&self, filter: String, sort: Option<&str>, limit: u64) -> Result<u64> {
        let query = Query {
            collection: COLLECTION.into(),
            filter: Some(Json::from_text(filter)),
            sort: sort.map(Json::from_text),
            limit: Some(limit),
            ..Default::default()
        };
        Ok(self.ws.run(&query)?.data.len() as u64)
    }
}

/// Upserts through a handle.
pub fn upsert(ws: &Workspace, doc: &Doc) -> Result<()> {
    ws.run(&UpsertRecord {
        collection: COLLECTION.into(),
        data: Some(Json::from_text(doc.json.as_str())),
        external_id: Some(doc.external_id.clone()),
        external_source: Some(SOURCE.into()),
        ..Default::default()
    })?;
    Ok(())
}

impl Side for Ours {
    fn import(&self, lines: &str) -> Result<()> {
        let request = ImportRecords {
            collection: COLLECTION.into(),
            external_id_field: Some("number".into()),
            external_source: Some(SOURCE.into()),
            ..Default::default()
        };
        self.ws.import_records(&request, &mut lines.as_bytes(), &mut |_: ImportEvent| Ok(()))?;
        Ok(())
    }

    fn link(&self, links: &[(String, String)]) -> Result<()> {
        let mut text = String::new();
        for (source, target) in links {
            text.push_str(&format!(
                "{{\"source\":\"{COLLECTION}/@{SOURCE}:{source}\",\"target\":\"{COLLECTION}/@{SOURCE}:{target}\",\"type\":\"{LINK}\"}}\n"
            ));
        }
        self.ws.import_relationships(&mut text.as_bytes(), true, false, &mut |_: ImportEvent| Ok(()))?;
        Ok(())
    }

    fn upsert(&self, doc: &Doc) -> Result<()> {
        upsert(&self.ws, doc)
    }

    fn batch(&self, docs: &[Doc]) -> Result<()> {
        let steps: Vec<String> = docs
            .iter()
            .map(|doc| {
                format!(
                    r#"{{"type":"upsert_record","collection":"{COLLECTION}","external_source":"{SOURCE}","external_id":"{}","data":{}}}"#,
                    doc.external_id, doc.json
                )
            })
            .collect();
        let operations = Json::from_text(format!("[{}]", steps.join(",")));
        self.ws.run(&Batch { operations })?;
        Ok(())
    }

    fn get(&self, id: &str) -> Result<u64> {
        let get = GetRecord { collection: COLLECTION.into(), id: Some(id.into()), ..Default::default() };
        self.ws.run(&get)?;
        Ok(1)
    }

    fn get_external(&self, external_id: &str) -> Result<String> {
        let get = GetRecord {
            collection: COLLECTION.into(),
            external_id: Some(external_id.into()),
            external_source: Some(SOURCE.into()),
            ..Default::default()
        };
        Ok(self.ws.run(&get)?.id)
    }

    fn equality(&self, customer: &str) -> Result<u64> {
        self.query(format!(r#"{{"field":"data.customer","op":"eq","value":"{customer}"}}"#), None, 1_000)
    }

    fn range(&self, from: f64, to: f64) -> Result<u64> {
        let filter = format!(
            r#"{{"and":[{{"field":"data.amount","op":"gte","value":{from}}},{{"field":"data.amount","op":"lt","value":{to}}}]}}"#
        );
        self.query(filter, Some(r#"{"field":"data.amount","direction":"desc"}"#), 50)
    }

    fn hops(&self, id: &str, depth: u64) -> Result<u64> {
        let request = QueryRelationships {
            collection: COLLECTION.into(),
            id: id.into(),
            rel_type: Some(LINK.into()),
            direction: Direction::Incoming,
            depth: Some(depth),
            limit: Some(1_000),
            ..Default::default()
        };
        Ok(self.ws.run(&request)?.data.len() as u64)
    }
}
