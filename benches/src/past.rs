//! What the record of everything costs: previews, plans over stored records, the list of changes, one record's history.

use rekor_core::api::collection::UpsertCollection;
use rekor_core::api::history::{ListChanges, RecordHistory};
use rekor_core::api::preview::{CreatePreview, PlanPromotion};
use rekor_core::api::transfer::ImportRecords;
use rekor_core::api::workspace::{CreateWorkspace, DeleteWorkspace};
use rekor_core::{Code, Error, Json, OpenOptions, Result, Store, Workspace};

use crate::timer::Timer;
use crate::{SCHEMA, collection, document, upsert};

/// Collections of the workspace that previews are made of.
const COLLECTIONS: u64 = 1_000;
/// Records that a promotion checks.
const RECORDS: u64 = 300_000;

/// Runs all of them.
pub(crate) fn run(timer: &Timer) -> Result<()> {
    println!("\n{:44} {:>12}", "on disk, shared", "each");
    let dir = tempfile::tempdir().map_err(|e| Error::new(Code::StorageError, e.to_string()))?;
    let store = Store::open(dir.path().join("store"), OpenOptions::default())?;
    previews(timer, &store)?;
    if timer.wants("plan, changes and history") {
        records(timer, &store)?;
    }
    store.close()
}

fn previews(timer: &Timer, store: &Store) -> Result<()> {
    let name = "preview of 1,000 collections";
    if !timer.wants(name) {
        return Ok(());
    }
    store.run(&CreateWorkspace { id: "many".into(), ..Default::default() })?;
    let ws = store.workspace("many")?;
    for n in 0..COLLECTIONS {
        ws.run(&collection(&format!("c{n}"), SCHEMA))?;
    }
    timer.run(name, |k| {
        let made = store.run(&CreatePreview {
            workspace: "many".into(),
            name: format!("p{k}"),
            ..Default::default()
        })?;
        store.run(&DeleteWorkspace { id: made.thing.id, ..Default::default() }).map(|_| ())
    })
}

fn import(ws: &Workspace, records: u64) -> Result<()> {
    let mut lines = Vec::new();
    for n in 0..records {
        lines.extend_from_slice(document(n, 0).text().as_bytes());
        lines.push(b'\n');
    }
    let request = ImportRecords { collection: "invoices".into(), ..Default::default() };
    ws.import_records(&request, &mut lines.as_slice(), &mut |_| Ok(())).map(|_| ())
}

fn records(timer: &Timer, store: &Store) -> Result<()> {
    store.run(&CreateWorkspace { id: "few".into(), ..Default::default() })?;
    let few = store.workspace("few")?;
    store.run(&CreateWorkspace { id: "full".into(), ..Default::default() })?;
    let full = store.workspace("full")?;
    for ws in [&few, &full] {
        ws.run(&collection("invoices", SCHEMA))?;
        for revision in 0..10 {
            ws.run(&upsert(1, revision))?;
        }
    }
    import(&full, RECORDS)?;
    store.run(&CreatePreview { workspace: "full".into(), name: "p".into(), ..Default::default() })?;
    let wider = SCHEMA.replacen("40", "50", 1);
    store.workspace("full--p")?.run(&UpsertCollection {
        collection: "invoices".into(),
        schema: Some(Json::from_text(wider)),
        ..Default::default()
    })?;
    timer.each("plan, changes and history: records checked", RECORDS, || {
        let plan = store.run(&PlanPromotion {
            workspace: "full".into(),
            from: "full--p".into(),
            ..Default::default()
        })?;
        let checked: u64 = plan.records.iter().map(|one| one.checked).sum();
        if checked < RECORDS { Err(Error::new(Code::Internal, "not all were checked")) } else { Ok(()) }
    })?;
    timer.each("plan, changes and history: changes listed", RECORDS, || changes(&full))?;
    for (name, ws) in [("few", &few), ("300,000", &full)] {
        timer.run(&format!("plan, changes and history of one of {name}"), |_| {
            let id = Some("inv-1".to_owned());
            ws.run(&RecordHistory { collection: "invoices".into(), id, ..Default::default() }).map(|_| ())
        })?;
    }
    Ok(())
}

fn changes(ws: &Workspace) -> Result<()> {
    let mut since = 0;
    loop {
        let page = ws.run(&ListChanges { since, ..Default::default() })?;
        since = page.next_since;
        if !page.has_more {
            return Ok(());
        }
    }
}
