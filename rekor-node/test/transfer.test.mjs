// Import, export and backup: from files, objects and lines, at once and by promise.
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { pathToFileURL } from "node:url";

import rekor from "rekor";
import { fixture } from "./support.mjs";

function people(test) {
  const made = fixture(test);
  const properties = { name: { type: "string" }, age: { type: "integer" } };
  made.ws.collections.upsert("people", { schema: { properties } });
  return made;
}

const counts = ({ read, created, updated, unchanged, failed }) => [read, created, updated, unchanged, failed];

test("objects and lines are imported from whatever can be iterated", async (t) => {
  const { ws } = people(t);
  const options = { external_id_field: "name" };
  const ada = { name: "ada", age: 36 };
  assert.deepEqual(counts(ws.importRecords("people", [ada, '{"name":"bob"}'], options)), [2, 2, 0, 0, 0]);
  assert.deepEqual(counts(ws.importRecords("people", new Set([ada, { name: "bob", age: 1 }]), options)), [2, 0, 1, 1, 0]);
  const later = async function* () {
    yield { name: "cyd" };
    yield '{"name":"dan"}\n';
  };
  assert.deepEqual(counts(await ws.promises.importRecords("people", later(), options)), [2, 2, 0, 0, 0]);
  assert.deepEqual(counts(await ws.promises.importRecords("people", [ada], options)), [1, 0, 0, 1, 0]);
  assert.throws(() => ws.importRecords("people", later()), { code: "invalid_request" });
  assert.deepEqual(counts(ws.importRecords("people", [])), [0, 0, 0, 0, 0]);
  assert.equal(ws.records.get("people", { external_id: "bob" }).data.age, 1);
});

test("an import of many lines is one import: its numbers are those of the whole", (t) => {
  const { ws } = people(t);
  const many = Array.from({ length: 60_000 }, (_, n) => ({ name: `person ${n}`, age: n }));
  assert.deepEqual(counts(ws.importRecords("people", many)), [60_000, 60_000, 0, 0, 0]);
  many[50_000] = { name: 5 };
  assert.throws(
    () => ws.importRecords("people", many, { external_id_field: "name" }),
    (fault) => fault.code === "validation_failed" && /^line 50001: /.test(fault.message) && /50000 lines before it are stored/.test(fault.hint),
  );
  const { refused, failed } = ws.importRecords("people", many, { external_id_field: "name", skip_bad_lines: true });
  assert.deepEqual([failed, refused.map(({ line, error }) => [line, error.code])], [1, [[50_001, "validation_failed"]]]);
});

test("an item that cannot be written ends the import with its line", async (t) => {
  const { ws } = people(t);
  const items = [{ name: "a" }, { name: "b", age: NaN }];
  const expected = { code: "number_out_of_range", pointer: "/age", message: /^line 2: / };
  assert.throws(() => ws.importRecords("people", items), expected);
  await assert.rejects(ws.promises.importRecords("people", items), expected);
  assert.equal(ws.query("people").data.length, 2, "the lines before it are stored");
  const wrong = [{ name: 1 }, { name: NaN }];
  assert.throws(() => ws.importRecords("people", wrong), { code: "validation_failed" }, "the first fault is told");
});

test("links are made, and those that cannot be are told", (t) => {
  const { ws } = people(t);
  ws.collections.upsert("pets", { schema: {} });
  ws.importRecords("people", [{ name: "ada" }], { external_id_field: "name" });
  const links = [{ field: "owner", rel_type: "owned_by", collection: "people" }];
  const answer = ws.importRecords("pets", [{ owner: "ada" }, { owner: "eve" }], { links });
  assert.deepEqual([answer.unlinked_total, answer.unlinked.map(({ line }) => line)], [1, [2]]);
  assert.equal(ws.relationships.list().data.length, 1);
  const between = { source: "people/@:ada", target: "people/@:ada", type: "knows" };
  assert.equal(ws.importRelationships([between]).created, 1);
  assert.throws(() => ws.importRelationships([{ source: "x" }]), rekor.InvalidError);
});

test("files are written and read, as NDJSON and CSV", async (t) => {
  const { ws, folder } = people(t);
  ws.importRecords("people", [{ name: "ada", age: 36 }, { name: "bob", age: 5 }], { external_id_field: "name" });
  const ndjson = join(folder, "people.ndjson");
  const csv = pathToFileURL(join(folder, "people.csv"));
  assert.deepEqual([ws.exportRecords("people", ndjson), await ws.promises.exportRecords("people", csv)], [2, 2]);
  assert.equal(readFileSync(ndjson, "utf8"), ws.exportRecords("people"));
  assert.match(readFileSync(csv, "utf8"), /^id,external_id,/);
  assert.match(ws.exportRecords("people", { format: "csv" }), /^id,external_id,/);
  ws.collections.upsert("copies", { schema: {} });
  assert.equal(ws.importRecords("copies", ndjson, { whole: true }).created, 2);
  writeFileSync(join(folder, "more.csv"), "name,age\ncyd,7\n");
  assert.equal((await ws.promises.importRecords("people", join(folder, "more.csv"))).created, 1);
  assert.equal(ws.query("people", { filter: { field: "data.age", op: "eq", value: 7 } }).data.length, 1);
  assert.throws(() => ws.exportRecords("none", join(folder, "none.ndjson")), { code: "collection_not_found" });
  assert.deepEqual(readdirSync(folder).filter((name) => name.includes("none") || name.endsWith(".part")), []);
});

test("a backup becomes a workspace again, and replaces no file", async (t) => {
  const { ws, store, folder } = people(t);
  ws.records.upsert("people", { name: "ada" }, { id: "a" });
  const path = join(folder, "w.rekor");
  assert.equal(ws.backup(path).seq, ws.seq());
  assert.throws(() => ws.backup(path), { code: "already_exists" });
  await assert.rejects(ws.promises.backup(path), { code: "already_exists" });
  assert.equal((await store.promises.restore(path, "again")).id, "again");
  assert.equal(store.workspace("again").records.get("people", "a").data.name, "ada");
  assert.throws(() => store.restore(path, "again"), { code: "already_exists" });
  assert.throws(() => store.restore(join(folder, "none"), "x"), { code: "not_found" });
  writeFileSync(path, readFileSync(path).subarray(0, 100));
  assert.throws(() => store.restore(path, "cut"), rekor.RekorError);
  assert.ok(existsSync(path));
});
