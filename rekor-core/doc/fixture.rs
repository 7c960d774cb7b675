// What the examples in the documentation begin with: a store in a directory of its own, and its workspace `ops` with two
// customers, their three invoices and who each is billed to. They include this file, so it is one expression.
{
    use rekor_core::api::{batch::Batch, workspace::CreateWorkspace};
    use rekor_core::{Json, OpenOptions, Store};

    let dir = tempfile::tempdir().expect("a directory for the example");
    let store = Store::open(dir.path().join("store"), OpenOptions::default())?;
    store.run(&CreateWorkspace { id: "ops".into(), ..Default::default() })?;
    let ws = store.workspace("ops")?;
    let operations = Json::from_text(
        r#"[
        {"type": "upsert_collection", "collection": "customers",
         "schema": {"properties": {"name": {"type": "string"}}, "required": ["name"]}},
        {"type": "upsert_collection", "collection": "invoices",
         "schema": {"properties": {"amount": {"type": "number"}, "status": {"enum": ["open", "paid"]}},
                    "required": ["amount"]}},
        {"type": "upsert_record", "collection": "customers", "id": "acme", "data": {"name": "Acme"}},
        {"type": "upsert_record", "collection": "customers", "id": "zen", "data": {"name": "Zen"}},
        {"type": "upsert_record", "collection": "invoices", "id": "inv-1",
         "external_source": "billing", "external_id": "b-17", "data": {"amount": 120.50, "status": "open"}},
        {"type": "upsert_record", "collection": "invoices", "id": "inv-2", "data": {"amount": 80, "status": "paid"}},
        {"type": "upsert_record", "collection": "invoices", "id": "inv-3", "data": {"amount": 40, "status": "open"}},
        {"type": "upsert_relationship", "rel_type": "billed_to", "id": "bill-1", "source_collection": "invoices",
         "source_id": "inv-1", "target_collection": "customers", "target_id": "acme"},
        {"type": "upsert_relationship", "rel_type": "billed_to", "id": "bill-2", "source_collection": "invoices",
         "source_id": "inv-2", "target_collection": "customers", "target_id": "acme"},
        {"type": "upsert_relationship", "rel_type": "billed_to", "id": "bill-3", "source_collection": "invoices",
         "source_id": "inv-3", "target_collection": "customers", "target_id": "zen"}
    ]"#,
    );
    ws.run(&Batch { operations })?;
    (dir, store, ws)
}
