// The sides of the comparison: each stores the same records and answers the same objects.
import { join } from "node:path";

import { COLLECTION, SCHEMA, SOURCE, WORKSPACE, externalId } from "./data.mjs";

/** Opens a side, or says why it cannot be had. */
export async function load(name) {
  try {
    return (await import(name)).default;
  } catch (fault) {
    console.error(`${name} is left out: ${fault.message.split("\n")[0]}`);
    return undefined;
  }
}

/** rekor, alone on its store or beside others. */
export class Rekor {
  constructor(rekor, folder, { exclusive }) {
    this.name = exclusive ? "rekor, exclusive" : "rekor, shared";
    this.store = rekor.open(join(folder, "rekor"), { exclusive });
    if (this.store.workspaces.list().data.length === 0) {
      this.store.workspaces.create(WORKSPACE);
      this.store.workspace(WORKSPACE).collections.upsert(COLLECTION, { schema: SCHEMA });
    }
    this.ws = this.store.workspace(WORKSPACE);
    this.records = this.ws.records;
  }

  import(docs) {
    const { created } = this.ws.importRecords(COLLECTION, docs, { external_id_field: "number", external_source: SOURCE });
    if (created !== docs.length) throw new Error(`${created} of ${docs.length} were imported`);
  }

  ids(count) {
    return Array.from(this.ws.iterate(COLLECTION, { limit: count, page_rows: 1000 }), (record) => record.id);
  }

  get(id) {
    return this.records.get(COLLECTION, id);
  }

  getExternal(n) {
    return this.records.get(COLLECTION, { external_id: externalId(n), external_source: SOURCE });
  }

  operations(docs) {
    const to = { type: "upsert_record", collection: COLLECTION, external_source: SOURCE };
    return docs.map((data) => ({ ...to, external_id: data.number, data }));
  }

  batch(docs) {
    return this.ws.batch(this.operations(docs));
  }

  totals() {
    const sum = { fn: "sum", field: "data.amount", alias: "total" };
    return [[sum, { fn: "count", alias: "n" }], { group_by: ["data.status"], sort: { field: "data.status" } }];
  }

  groups() {
    const { data } = this.ws.aggregate(COLLECTION, ...this.totals());
    return data.map((row) => [row["data.status"], Math.round(row.total * 100), row.n]);
  }

  close() {
    this.store.close();
  }
}

const TABLE = `
  CREATE TABLE IF NOT EXISTS records (
    id TEXT PRIMARY KEY, collection TEXT NOT NULL, external_id TEXT, external_source TEXT,
    version INTEGER NOT NULL, data TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL
  );
  CREATE UNIQUE INDEX IF NOT EXISTS by_external ON records (external_source, external_id);
  CREATE INDEX IF NOT EXISTS by_customer ON records (json_extract(data, '$.customer'));
  CREATE INDEX IF NOT EXISTS by_amount ON records (json_extract(data, '$.amount'));`;

const UPSERT = `
  INSERT INTO records VALUES (?, '${COLLECTION}', ?, '${SOURCE}', 1, ?, ?, ?)
  ON CONFLICT (external_source, external_id) DO UPDATE
  SET data = excluded.data, version = version + 1, updated_at = excluded.updated_at
  RETURNING id, external_id, external_source, version, created_at, updated_at`;

/** SQLite through better-sqlite3: WAL, every commit flushed, the same indexes, JSON as text. */
export class Lite {
  #made = 0;

  constructor(Database, folder) {
    this.name = "better-sqlite3";
    this.db = new Database(join(folder, "lite.db"));
    for (const pragma of ["journal_mode = WAL", "synchronous = FULL", "cache_size = -262144"]) this.db.pragma(pragma);
    this.db.exec(TABLE);
    this.byId = this.db.prepare("SELECT * FROM records WHERE id = ?");
    this.byExternal = this.db.prepare("SELECT * FROM records WHERE external_source = ? AND external_id = ?");
    this.upsert = this.db.prepare(UPSERT);
    this.totals = this.db.prepare(`
      SELECT json_extract(data, '$.status') AS status, sum(json_extract(data, '$.amount')) AS total, count(*) AS n
      FROM records GROUP BY 1 ORDER BY 1`);
    this.insertAll = this.db.transaction((docs) => docs.map((data) => this.#insert(data)));
  }

  #insert(data) {
    this.#made += 1;
    const now = new Date().toISOString();
    const id = `${Date.now().toString(16).padStart(12, "0")}-${this.#made.toString(16).padStart(23, "0")}`;
    return { ...this.upsert.get(id, data.number, JSON.stringify(data), now, now), data };
  }

  import(docs) {
    for (let at = 0; at < docs.length; at += 4096) this.insertAll(docs.slice(at, at + 4096));
  }

  ids(count) {
    return this.db.prepare("SELECT id FROM records ORDER BY id LIMIT ?").all(count).map((row) => row.id);
  }

  get(id) {
    const row = this.byId.get(id);
    row.data = JSON.parse(row.data);
    return row;
  }

  getExternal(n) {
    const row = this.byExternal.get(SOURCE, externalId(n));
    row.data = JSON.parse(row.data);
    return row;
  }

  batch(docs) {
    return this.insertAll(docs);
  }

  groups() {
    return this.totals.all().map((row) => [row.status, Math.round(row.total * 100), row.n]);
  }

  close() {
    this.db.close();
  }
}
