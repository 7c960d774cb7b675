// SurrealDB embedded (its engine on SurrealKV), which answers by promise only: held against rekor's promises.
import { join } from "node:path";

import { COLLECTION, externalId } from "./data.mjs";

/** Opens it, or says why it cannot be had. */
export async function openSurreal(folder) {
  try {
    const { createNodeEngines } = await import("@surrealdb/node");
    const { RecordId, Surreal, Table } = await import("surrealdb");
    const db = new Surreal({ engines: createNodeEngines() });
    await db.connect(`surrealkv://${join(folder, "surreal")}`);
    await db.use({ namespace: "bench", database: "bench" });
    await db.query(`DEFINE TABLE ${COLLECTION} SCHEMALESS;
      DEFINE INDEX by_customer ON ${COLLECTION} FIELDS customer;
      DEFINE INDEX by_amount ON ${COLLECTION} FIELDS amount;`);
    return new SurrealSide(db, (n) => new RecordId(COLLECTION, externalId(n)), new Table(COLLECTION));
  } catch (fault) {
    console.error(`@surrealdb/node is left out: ${fault.message.split("\n")[0]}`);
    return undefined;
  }
}

class SurrealSide {
  name = "SurrealDB";

  constructor(db, idOf, table) {
    Object.assign(this, { db, idOf, table });
  }

  async import(docs) {
    for (let at = 0; at < docs.length; at += 4096) {
      const some = docs.slice(at, at + 4096);
      await this.db.insert(this.table, some.map((doc) => ({ ...doc, id: this.idOf(Number(doc.number.slice(4))) })));
    }
  }

  get(n) {
    return this.db.select(this.idOf(n));
  }

  batch(docs) {
    const rows = docs.map((doc) => ({ ...doc, id: this.idOf(Number(doc.number.slice(4))) }));
    return this.db.query("BEGIN; FOR $row IN $rows { UPSERT $row.id CONTENT $row; }; COMMIT;", { rows });
  }

  groups() {
    return this.db.query(`SELECT status, math::sum(amount) AS total, count() AS n FROM ${COLLECTION} GROUP BY status`);
  }

  close() {
    return this.db.close();
  }
}
