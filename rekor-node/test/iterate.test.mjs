// Iterators read page by page and hold nothing, while others write.
import assert from "node:assert/strict";
import test from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { fixture } from "./support.mjs";

function numbered(test, count) {
  const { ws } = fixture(test);
  ws.collections.upsert("notes", { schema: {} });
  ws.importRecords("notes", Array.from({ length: count }, (_, n) => ({ n })));
  return ws;
}

async function collect(items) {
  const found = [];
  for await (const item of items) found.push(item);
  return found;
}

test("records come one after another, at once and by promise", async (t) => {
  const ws = numbered(t, 1203);
  const all = [...ws.iterate("notes")];
  assert.equal(new Set(all.map((record) => record.id)).size, 1203);
  assert.deepEqual(await collect(ws.promises.iterate("notes", { page_rows: 100 })), all);
  const sort = { field: "data.n", direction: "desc" };
  const some = [...ws.iterate("notes", { sort, limit: 7, page_rows: 3, offset: 2 })];
  assert.deepEqual(some.map((record) => record.data.n), [1200, 1199, 1198, 1197, 1196, 1195, 1194]);
  assert.deepEqual([...ws.iterate("notes", { limit: 0 })], []);
  assert.throws(() => ws.iterate("notes", { page_rows: 0 }).next(), { code: "invalid_request", pointer: "/page_rows" });
  assert.throws(() => ws.iterate("none").next(), { code: "collection_not_found" });
});

test("pages have the rows that were asked for", async (t) => {
  const ws = numbered(t, 25);
  const pages = await collect(ws.pages("notes", { limit: 10, fields: ["data.n"], count: true }));
  assert.deepEqual(pages.map((page) => page.data.length), [10, 10, 5]);
  assert.equal(pages[0].meta.total, 25);
});

test("a record that nobody changes is given once while others write", async (t) => {
  const ws = numbered(t, 600);
  const stable = new Set([...ws.iterate("notes")].map((record) => record.id));
  const seen = [];
  let written = 0;
  for (const record of ws.iterate("notes", { page_rows: 50 })) {
    seen.push(record.id);
    ws.records.upsert("notes", { n: -1 }, { id: `z${written}` });
    written += 1;
    if (written > 900) break;
  }
  const kept = seen.filter((id) => stable.has(id));
  assert.deepEqual([kept.length, new Set(kept).size], [600, 600]);
  assert.equal(ws.compact().bytes_after > 0, true, "no iterator holds the file");
});

test("changes come in order, and those to come when they are followed", async (t) => {
  const ws = numbered(t, 3);
  const all = await collect(ws.changes());
  assert.deepEqual(all.map((change) => change.thing), ["collection", "record", "record", "record"]);
  assert.equal((await collect(ws.changes({ since: ws.seq() }))).length, 0);
  const followed = ws.changes({ since: ws.seq(), follow: true, poll_ms: 5, collection: "notes" });
  const first = followed.next();
  await sleep(20);
  ws.records.upsert("notes", {}, { id: "late" });
  assert.equal((await first).value.id, "late");
  const waiting = followed.next();
  await sleep(20);
  assert.deepEqual(await followed.return("end"), { value: "end", done: true });
  assert.equal((await waiting).done, true);
});

test("a signal ends what is followed with its reason", async (t) => {
  const ws = numbered(t, 1);
  const ends = new AbortController();
  const seen = [];
  const done = (async () => {
    for await (const change of ws.changes({ follow: true, poll_ms: 5, signal: ends.signal })) seen.push(change.id);
  })();
  await sleep(30);
  ends.abort(new Error("enough"));
  await assert.rejects(done, /enough/);
  assert.equal(seen.length, 2);
});
