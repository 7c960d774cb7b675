// What goes in comes out: integers of any size, every text, and a clear no to what JSON cannot say.
import assert from "node:assert/strict";
import test from "node:test";
import vm from "node:vm";

import rekor from "rekor";
import { fixture, json } from "./support.mjs";

function notes(test, options) {
  const { store, ws } = fixture(test, options);
  ws.collections.upsert("notes", { schema: {} });
  return { store, ws, keep: (data) => ws.records.get("notes", ws.records.upsert("notes", data).id).data };
}

const BOUNDS = [-(2n ** 63n), 2n ** 64n - 1n, 2n ** 53n + 1n, -(2n ** 53n) - 1n, 2n ** 63n];

test("integers are kept to the last digit, and read as bigint where asked for", (t) => {
  const { ws, keep } = notes(t, { bigint: true });
  for (const n of BOUNDS) {
    const { id } = ws.records.upsert("notes", { n, list: [n], "a b": { n } });
    assert.deepEqual(ws.records.get("notes", id).data, { n, list: [n], "a b": { n } });
    const filter = { field: "data.n", op: "eq", value: n };
    assert.deepEqual(ws.query("notes", { filter }).data.map((row) => row.id), [id]);
    assert.match(ws.exportRecords("notes"), new RegExp(`"n":${n}\\b`));
  }
  assert.deepEqual(keep({ n: 5n, m: 2n ** 53n - 1n }), { n: 5, m: Number.MAX_SAFE_INTEGER });
  assert.deepEqual(keep({ n: 1e300, m: 0.1, k: -0 }), { n: 1e300, m: 0.1, k: 0 });
});

test("without that they are numbers, and stored exactly all the same", (t) => {
  const { ws } = notes(t);
  const { id, data } = ws.records.upsert("notes", { n: 2n ** 64n - 1n });
  assert.equal(data.n, Number(2n ** 64n - 1n));
  assert.match(ws.exportRecords("notes"), /18446744073709551615/);
  assert.equal(typeof ws.records.get("notes", id).version, "number");
});

test("an integer beyond the bounds is refused with its place", (t) => {
  const { ws } = notes(t);
  for (const n of [2n ** 64n, -(2n ** 63n) - 1n]) {
    assert.throws(() => ws.records.upsert("notes", { a: [n] }), { code: "number_out_of_range", pointer: "/data/a/0" });
  }
});

test("what JSON would lose in silence is refused with its place", (t) => {
  const { ws } = notes(t);
  const refused = [
    [NaN, "number_out_of_range"],
    [-Infinity, "number_out_of_range"],
    [new Map(), "invalid_request"],
    [new Set([1]), "invalid_request"],
    [() => 1, "invalid_request"],
    [Symbol("x"), "invalid_request"],
    [new Date(NaN), "invalid_request"],
    [new Uint8Array(2), "invalid_request"],
    [/x/, "invalid_request"],
    [Promise.resolve(), "invalid_request"],
    [new Number(NaN), "number_out_of_range"],
  ];
  for (const [value, code] of refused) {
    for (const data of [{ "a/b": { c: value } }, { "a/b": { c: value }, n: 1n }]) {
      assert.throws(
        () => ws.records.upsert("notes", data),
        (fault) => fault.code === code && fault.pointer === "/data/a~1b/c" && fault.hint.length > 0,
        `${String(value)}: ${code}`,
      );
    }
  }
  assert.throws(() => ws.records.upsert("notes", { list: [1, undefined] }), { pointer: "/data/list/1" });
  assert.throws(() => ws.query("notes", { limit: NaN }), { code: "number_out_of_range", pointer: "/limit" });
  assert.equal(ws.query("notes").data.length, 0);
});

test("cycles and what is nested too deep are refused, and the same object twice is not", (t) => {
  const { ws, keep } = notes(t);
  const cycle = { a: {} };
  cycle.a.b = [cycle];
  assert.throws(() => ws.records.upsert("notes", cycle), { code: "invalid_request", pointer: "/data/a/b/0" });
  let deep = 1;
  for (let level = 0; level < 5000; level += 1) deep = [deep];
  assert.throws(() => ws.records.upsert("notes", { deep }), { code: "too_deep" });
  const twice = { x: 1 };
  assert.deepEqual(keep({ a: twice, b: twice }), { a: twice, b: twice });
});

test("what has a form in JSON is written in it", (t) => {
  const { keep } = notes(t);
  class Point {
    constructor(x) {
      this.x = x;
    }
  }
  const day = new Date(0);
  const given = { day, left: undefined, point: new Point(1), money: { toJSON: () => ({ cents: 5n }) }, box: new String("s") };
  assert.deepEqual(keep(given), { day: "1970-01-01T00:00:00.000Z", point: { x: 1 }, money: { cents: 5 }, box: "s" });
  assert.deepEqual(keep(Object.assign(Object.create(null), { a: 1 })), { a: 1 });
  assert.deepEqual(keep(vm.runInNewContext("({ a: [1, { b: null }] })")), { a: [1, { b: null }] });
  assert.deepEqual(keep(JSON.parse('{"__proto__":{"a":1}}')), JSON.parse('{"__proto__":{"a":1}}'));
});

test("texts come out as they went in, those that look like numbers too", (t) => {
  const { keep } = notes(t, { bigint: true });
  const data = {
    digits: "12345678901234567890",
    quoted: '"12345678901234567890" \\',
    mixed: 'a\\"9007199254740993,\n\u0000\u2028😀',
    "9007199254740993": 9007199254740993n,
    "k\\\"9007199254740993": [9007199254740993n, "9007199254740993"],
  };
  assert.deepEqual(keep(data), data);
  assert.throws(() => keep({ lone: "\ud800" }), rekor.RekorError);
});

test("random values survive the way there and back", () => {
  let seed = 7;
  const random = (below) => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return Math.floor((seed / 2147483648) * below);
  };
  const leaves = [
    () => random(2 ** 31) - 2 ** 30,
    () => (BigInt(random(2 ** 30)) << 33n) + 2n ** 53n,
    () => -(BigInt(random(2 ** 30)) << 32n) - 2n ** 53n,
    () => random(1000) / 7,
    () => [null, true, false, "", "\\", '"', "9007199254740993", "1e400"][random(8)],
  ];
  const value = (depth) => {
    if (depth === 0 || random(3) === 0) return leaves[random(leaves.length)]();
    if (random(2)) return Array.from({ length: random(5) }, () => value(depth - 1));
    return Object.fromEntries(Array.from({ length: random(5) }, (_, at) => [`k"${at}`, value(depth - 1)]));
  };
  for (let round = 0; round < 3000; round += 1) {
    const given = value(5);
    assert.deepEqual(json.decodeExactly(json.encode(given)), given);
  }
});

test("a text of many escapes is read", () => {
  const text = `{"a":"${'\\"'.repeat(1 << 20)}","n":9007199254740993}`;
  assert.equal(json.decodeExactly(text).n, 9007199254740993n);
});
