// Several processes, threads and the command on one store at the same time; closing, and ending in the middle.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import test from "node:test";
import { Worker } from "node:worker_threads";

import rekor from "rekor";
import { command, fixture, require, run, runNode } from "./support.mjs";

const count = (ws) => ws.aggregate("notes", [{ fn: "count", alias: "n" }]).data[0].n;

function notes(test) {
  const made = fixture(test, { busy_timeout_ms: 60_000 });
  made.ws.collections.upsert("notes", { schema: {} });
  return made;
}

const writer = (rounds) => `
  const store = rekor.open(process.env.STORE, { busy_timeout_ms: 60_000 });
  const ws = store.workspace("w");
  for (let n = 0; n < ${rounds}; n += 1) {
    ws.records.upsert("notes", { n, by: process.pid });
    for (;;) {
      const { version, data } = ws.records.get("notes", "shared");
      try {
        ws.records.upsert("notes", { n: data.n + 1 }, { id: "shared", if_version: version });
        break;
      } catch (error) {
        if (!(error instanceof rekor.ConflictError)) throw error;
      }
    }
  }
  store.close();
  console.log("done");`;

test("several processes and the command write to one store, and nothing is lost", async (t) => {
  const { ws, path } = notes(t);
  ws.records.upsert("notes", { n: 0 }, { id: "shared" });
  assert.ok(command && existsSync(command), "the command is there");
  const cli = (...words) => run(command, [...words, "--store", path, "--workspace", "w", "--output", "json"]);
  const env = { STORE: path };
  const told = await Promise.all([
    ...Array.from({ length: 3 }, () => runNode(writer(25), { env })),
    (async () => {
      let last;
      for (let n = 0; n < 8; n += 1) last = await cli("records", "upsert", "notes", "--data", `{"by":"cli","n":${n}}`);
      return last;
    })(),
    (async () => {
      for (let n = 0; n < 25; n += 1) await ws.promises.records.upsert("notes", { n, by: "main" });
      return { code: 0 };
    })(),
  ]);
  for (const { code, err } of told) assert.equal(code, 0, err);
  assert.equal(count(ws), 3 * 25 + 8 + 25 + 1);
  assert.equal(ws.records.get("notes", "shared").data.n, 75);
  assert.deepEqual(ws.check().problems, []);
  const asked = await cli("records", "get", "notes", "shared");
  assert.deepEqual(JSON.parse(asked.out), ws.records.get("notes", "shared"), "the command says the same");
});

test("worker threads share a store, each with an opening of its own", async (t) => {
  const { ws, path } = notes(t);
  const code = `
    const rekor = require("rekor");
    const { workerData, parentPort } = require("node:worker_threads");
    (async () => {
      const store = rekor.open(workerData, { busy_timeout_ms: 60_000 });
      const ws = store.workspace("w");
      for (let n = 0; n < 20; n += 1) {
        ws.records.upsert("notes", { n });
        await ws.promises.records.upsert("notes", { n });
      }
      store.close();
      parentPort.postMessage("done");
    })();`;
  const ended = Array.from({ length: 3 }, () => new Promise((resolve, reject) => {
    const worker = new Worker(code, { eval: true, workerData: path });
    worker.on("error", reject);
    worker.on("exit", resolve);
  }));
  assert.deepEqual(await Promise.all(ended), [0, 0, 0]);
  assert.equal(count(ws), 120);
});

test("a thread that is ended in the middle leaves the process and the store whole", async (t) => {
  const { ws, path } = notes(t);
  const code = `
    const rekor = require("rekor");
    const { workerData, parentPort } = require("node:worker_threads");
    const ws = rekor.open(workerData).workspace("w");
    const go = async () => { for (;;) await Promise.all(Array.from({ length: 8 }, () => ws.promises.records.upsert("notes", {}))); };
    go();
    parentPort.postMessage("writing");`;
  for (let round = 0; round < 3; round += 1) {
    const worker = new Worker(code, { eval: true, workerData: path });
    await new Promise((resolve) => worker.once("message", resolve));
    await worker.terminate();
  }
  ws.records.upsert("notes", {});
  assert.deepEqual(ws.check().problems, []);
});

test("a process that ends with promises pending does not hang, and what was answered is stored", async (t) => {
  const { ws, path } = notes(t);
  const ending = (last) => `
    const ws = rekor.open(process.env.STORE).workspace("w");
    let stored = 0;
    const all = Array.from({ length: 400 }, () => ws.promises.records.upsert("notes", {}).then(() => (stored += 1)));
    all[0].then(() => { console.log(stored); ${last} });`;
  for (const last of ["process.exit(0)", "process.kill(process.pid, 'SIGKILL')"]) {
    const before = count(ws);
    const { code, signal, out, err } = await runNode(ending(last), { env: { STORE: path } });
    assert.ok(code === 0 || signal === "SIGKILL", `${code} ${signal} ${err}`);
    assert.ok(count(ws) >= before + Number(out));
  }
  const left = await runNode(`rekor.open(process.env.STORE).workspace("w").promises.records.upsert("notes", {});`, { env: { STORE: path } });
  assert.equal(left.code, 0, left.err);
  assert.deepEqual(ws.check().problems, []);
});

test("a store that is closed says so, whatever is asked of it", async (t) => {
  const { store, ws, path } = notes(t);
  const opened = rekor.open(path);
  const inner = opened.workspace("w");
  const pending = Array.from({ length: 20 }, () => inner.promises.records.upsert("notes", {}));
  const walk = inner.iterate("notes");
  opened.close();
  for (const { status, reason } of await Promise.allSettled(pending)) {
    assert.ok(status === "fulfilled" || reason instanceof rekor.UnavailableError, String(reason));
  }
  const closed = { code: "storage_error", message: /the store is closed/ };
  for (const ask of [
    () => inner.records.get("notes", "a"),
    () => inner.records.upsert("notes", {}),
    () => inner.seq(),
    () => inner.check(),
    () => inner.importRecords("notes", [{}]),
    () => walk.next(),
    () => opened.workspace("w"),
    () => opened.workspaces.list(),
  ]) {
    assert.throws(ask, closed, String(ask));
  }
  await assert.rejects(inner.promises.batch([]).then(() => inner.promises.seq()), rekor.RekorError);
  assert.equal(opened.close(), undefined, "closing twice is closing once");
  assert.equal(store.workspace("w").id, ws.id, "another opening goes on");
  if (Symbol.dispose) rekor.open(path)[Symbol.dispose]();
  if (Symbol.asyncDispose) await rekor.open(path)[Symbol.asyncDispose]();
});

test("the main thread is free while a promise is worked on", async (t) => {
  const { ws } = notes(t);
  ws.importRecords("notes", Array.from({ length: 20_000 }, (_, n) => ({ n, text: `text ${n}` })));
  let ticks = 0;
  const ticking = setInterval(() => (ticks += 1), 1);
  await Promise.all(Array.from({ length: 6 }, () => ws.promises.query("notes", { filter: { field: "data.text", op: "like", value: "%9%" }, limit: 1, count: true })));
  clearInterval(ticking);
  assert.ok(ticks > 0);
});

test("an exclusive opening keeps others out, who hear who it is", async (t) => {
  const { store, path } = notes(t);
  store.close();
  const alone = rekor.open(path, { exclusive: true });
  alone.workspace("w").records.upsert("notes", {}, { id: "a" });
  const { out } = await runNode(
    `try { rekor.open(process.env.STORE, { busy_timeout_ms: 50 }).workspace("w").records.get("notes", "a"); } catch (error) { console.log(error.name, error.code); }`,
    { env: { STORE: path } },
  );
  assert.equal(out.trim(), "UnavailableError busy");
  alone.close();
  const reader = rekor.open(path, { read_only: true });
  assert.equal(reader.workspace("w").records.get("notes", "a").id, "a");
  assert.throws(() => reader.workspace("w").records.upsert("notes", {}), { code: "read_only" });
  reader.close();
  assert.throws(() => rekor.open(`${path}-none`, { read_only: true }), rekor.RekorError);
  assert.throws(() => rekor.open(path, { cache: 1 }), { code: "invalid_request" });
  assert.throws(() => rekor.open(undefined), { code: "invalid_request" });
});

test("nothing is installed by script or from elsewhere", () => {
  const about = require("rekor/package.json");
  assert.deepEqual([about.dependencies, about.optionalDependencies, about.scripts.install], [undefined, undefined, undefined]);
});
