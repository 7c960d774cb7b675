// Every operation of the tables is a method, and both forms of every method say the same.
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import test from "node:test";

import rekor, * as named from "rekor";
import { fixture, require } from "./support.mjs";

/** The operations that the methods of a handle ask its door for. */
function askedOf(handle, heard) {
  const objects = [[Object.getPrototypeOf(Object.getPrototypeOf(handle)), handle]];
  for (const noun of Object.values(handle)) objects.push([Object.getPrototypeOf(noun), noun]);
  heard.length = 0;
  for (const [prototype, object] of objects) {
    const methods = Object.getOwnPropertyNames(prototype).filter((name) => name !== "constructor");
    for (const method of methods) object[method]("a", "b", "c", "d", "e");
  }
  return heard;
}

test("every operation of the tables is a method", () => {
  const { WorkspaceOperations, StoreOperations } = require(join(dirname(require.resolve("rekor")), "operations.cjs"));
  const heard = [];
  const door = {
    read: (name) => heard.push(`reads ${name}`),
    write: (name) => heard.push(`writes ${name}`),
  };
  for (const [Operations, isOfStore] of [[WorkspaceOperations, false], [StoreOperations, true]]) {
    const Handle = class extends Operations {};
    const wanted = rekor.operations().filter((row) => row.is_of_store === isOfStore);
    const named = wanted.map(({ name, writes }) => `${writes ? "writes" : "reads"} ${name}`);
    assert.deepEqual(askedOf(new Handle(door), heard).sort(), named.sort());
  }
  assert.ok(rekor.operations().length >= 38);
});

test("what only reads takes nothing on how a write is carried out", (t) => {
  const { ws } = fixture(t);
  ws.collections.upsert("notes", { schema: {} });
  const reads = [() => ws.query("notes", { dry_run: true }), () => ws.listChanges({ idempotency_key: "k" })];
  for (const ask of reads) assert.throws(ask, { code: "invalid_request" });
});

test("import and require give the same objects", () => {
  const required = require("rekor");
  assert.deepEqual(Object.keys(required).sort(), Object.keys(named).filter((key) => key !== "default").sort());
  for (const key of Object.keys(required)) assert.equal(named[key], required[key], key);
  assert.equal(rekor, required);
  assert.equal(rekor.version, require("rekor/package.json").version);
});

test("both forms of a handle have the same methods", (t) => {
  const { store, ws } = fixture(t);
  for (const handle of [store, ws]) {
    assert.equal(Object.getPrototypeOf(handle), Object.getPrototypeOf(handle.promises));
    assert.deepEqual(Object.keys(handle), Object.keys(handle.promises));
    assert.equal(handle.promises, handle.promises.promises);
  }
});

test("both forms answer the same, and await works on either", async (t) => {
  const { store, ws } = fixture(t);
  ws.collections.upsert("notes", { schema: { properties: { n: { type: "integer" } } } });
  const made = await ws.promises.records.upsert("notes", { n: 1 }, { id: "a", external_id: "x" });
  assert.equal(made.changed, true);
  assert.equal((await ws.records.upsert("notes", { n: 1 }, { id: "a" })).changed, false);
  const asked = [
    (at) => at.records.get("notes", "a"),
    (at) => at.records.get("notes", { external_id: "x" }),
    (at) => at.records.get("notes", undefined, { external_id: "x" }),
    (at) => at.records.history("notes", "a"),
    (at) => at.query("notes", { filter: { field: "data.n", op: "eq", value: 1 }, count: true }),
    (at) => at.aggregate("notes", [{ fn: "sum", field: "data.n", alias: "n" }]),
    (at) => at.explain({ query: { collection: "notes" } }),
    (at) => at.listChanges(),
    (at) => at.collections.list(),
    (at) => at.call("get_record", { collection: "notes", id: "a" }),
    async (at) => (await at.records.upsert("notes", { n: 2 }, { id: "a", dry_run: true })).answer.data,
    (at) => at.seq(),
    (at) => at.exportRecords("notes"),
  ];
  for (const ask of asked) assert.deepEqual(await ask(ws.promises), await ask(ws), String(ask));
  assert.deepEqual(await store.promises.workspaces.list(), store.workspaces.list());
  assert.equal((await store.promises.workspace("w")).id, "w");
  assert.equal(store.workspace().id, "w");
});

test("both forms fail with the same error, and a promise never throws at once", async (t) => {
  const { ws } = fixture(t);
  const wrong = [
    (at) => at.records.get("notes", "a"),
    (at) => at.query("notes", { limit: -1 }),
    (at) => at.query("notes", "x"),
    (at) => at.query("notes", { collection: "twice" }),
    (at) => at.records.upsert("notes", { n: NaN }),
    (at) => at.records.upsert("notes", {}, { external: 1 }),
    (at) => at.batch([{ type: "none" }]),
    (at) => at.call("no_such_operation"),
    (at) => at.call("query", "{"),
    (at) => at.backup(),
    (at) => at.importRecords("notes", 5),
    (at) => at.importRecords("notes", [], "x"),
    (at) => at.importRecords("notes", [], { links: NaN }),
    (at) => at.exportRecords("notes", { format: "xml" }),
    (at) => at.records.upsert("notes", {}, "x"),
    (at) => at.importRecords("notes", "/no/such/file"),
    (at) => at.exportRecords("notes", "/no/such/folder/file"),
  ];
  for (const ask of wrong) {
    const promised = ask(ws.promises);
    const late = await promised.then(() => undefined, (fault) => fault);
    assert.ok(late instanceof rekor.RekorError, `${ask}: ${late}`);
    assert.throws(() => ask(ws), (fault) => {
      assert.deepEqual(fault.toJSON(), late.toJSON());
      return fault.constructor === late.constructor;
    });
  }
});

test("an operation under an idempotency key is carried out once, and a rehearsal not at all", (t) => {
  const { ws } = fixture(t);
  ws.collections.upsert("notes", { schema: {} });
  const first = ws.records.upsert("notes", {}, { idempotency_key: "k" });
  assert.deepEqual(ws.records.upsert("notes", {}, { idempotency_key: "k" }), first);
  const before = ws.seq();
  const rehearsed = ws.records.delete("notes", first.id, { dry_run: true });
  assert.deepEqual([rehearsed.dry_run, rehearsed.answer.deleted, ws.seq()], [true, true, before]);
  assert.equal(ws.records.delete("notes", { id: first.id, if_version: 1 }).deleted, true);
});
