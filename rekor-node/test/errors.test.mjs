// Errors say what, where and what next, and each kind has its class.
import assert from "node:assert/strict";
import test from "node:test";

import rekor from "rekor";
import { fixture } from "./support.mjs";

test("an error has everything that the core says", (t) => {
  const { ws } = fixture(t);
  ws.collections.upsert("notes", { schema: { required: ["title"], properties: { n: { type: "integer" } } } });
  assert.throws(
    () => ws.records.upsert("notes", { n: "x" }),
    (fault) => {
      assert.ok(fault instanceof rekor.InvalidError && fault instanceof rekor.RekorError && fault instanceof Error);
      assert.deepEqual([fault.name, fault.code, fault.kind], ["InvalidError", "validation_failed", "invalid"]);
      assert.deepEqual([fault.details.length, fault.detailsTotal], [2, 2]);
      assert.ok(fault.details.every((detail) => detail.pointer && detail.keyword && detail.message));
      assert.match(fault.stack, /errors\.test\.mjs/);
      assert.equal(JSON.parse(JSON.stringify(fault)).code, "validation_failed");
      return true;
    },
  );
});

test("each kind has its class", (t) => {
  const { store, ws } = fixture(t);
  ws.collections.upsert("notes", { schema: {} });
  ws.records.upsert("notes", {}, { id: "a" });
  const thrown = [
    [rekor.InvalidError, () => ws.query("notes", { limit: -1 })],
    [rekor.NotFoundError, () => ws.records.get("notes", "b")],
    [rekor.ConflictError, () => ws.records.upsert("notes", {}, { id: "a", if_version: 7 })],
    [rekor.DeniedError, () => store.asReader().workspace("w").records.delete("notes", "a")],
    [rekor.LimitError, () => ws.batch(Array(101).fill({ type: "delete_record", collection: "notes", id: "a" }))],
  ];
  for (const [Kind, ask] of thrown) assert.throws(ask, (fault) => fault.constructor === Kind, Kind.name);
  const { details } = (() => {
    try {
      return ws.records.upsert("notes", {}, { id: "a", if_version: 7 });
    } catch (fault) {
      return fault;
    }
  })();
  assert.equal(details[0].version, 1, "a version conflict brings the record as it is");
});

test("a fault of the caller's own code stays what it is", (t) => {
  const { ws } = fixture(t);
  ws.collections.upsert("notes", { schema: {} });
  const own = new TypeError("own");
  const lines = function* () {
    yield { n: 1 };
    throw own;
  };
  assert.throws(() => ws.importRecords("notes", lines()), (fault) => fault === own);
  const toJSON = () => {
    throw own;
  };
  assert.throws(() => ws.records.upsert("notes", { toJSON }), (fault) => fault === own);
});

test("a platform without a library is named", async () => {
  const { createRequire } = await import("node:module");
  const { dirname, join } = await import("node:path");
  const require = createRequire(import.meta.url);
  const { PLATFORMS, platformName } = require(join(dirname(require.resolve("rekor")), "platform.cjs"));
  assert.ok(PLATFORMS.includes(platformName()));
  const gnu = () => false;
  const musl = () => true;
  assert.deepEqual(
    [platformName("linux", "arm64", musl), platformName("linux", "x64", gnu), platformName("win32", "arm64"), platformName("darwin", "x64")],
    ["linux-arm64-musl", "linux-x64-gnu", "win32-arm64-msvc", "darwin-x64"],
  );
});
