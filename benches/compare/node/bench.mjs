// rekor in Node side by side with better-sqlite3: the same data, in the same run, in turns, medians. Prints a table of ratios of
// speed: above 1 rekor is faster.
//
//   cd rekor-node && npm run pack && cd ../benches/compare/node
//   npm install && npm install --no-save ../../../rekor-node/rekor-*.tgz
//   (cd node_modules/better-sqlite3 && npx node-gyp rebuild --release)   where npm has not built it
//   node bench.mjs [--records N] [--big N] [--rounds N] [--only WORD] [--json FILE]
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";

import { doc } from "./data.mjs";
import { Lite, Rekor, load } from "./sides.mjs";
import { openSurreal } from "./surreal.mjs";

const { values } = parseArgs({
  options: {
    records: { type: "string", default: "100000" },
    big: { type: "string", default: "1000000" },
    rounds: { type: "string", default: "9" },
    only: { type: "string", default: "" },
    json: { type: "string" },
    dir: { type: "string", default: tmpdir() },
  },
});
const [records, big, rounds] = [values.records, values.big, values.rounds].map(Number);
const wanted = (name) => name.includes(values.only);
const rekor = await load("rekor");
const Database = await load("better-sqlite3");
if (rekor === undefined) process.exit(1);
const { encode, decodeExactly } = createRequire(import.meta.url)(
  join(dirname(createRequire(import.meta.url).resolve("rekor")), "json.cjs"),
);

const rows = [];
const median = (times) => times.toSorted((a, b) => a - b)[times.length >> 1];
const seconds = () => Number(process.hrtime.bigint()) / 1e9;

/** Times each side in turns, `count` calls a turn, and notes the median of the ratios to the last side. */
function compare(name, count, sides, target = {}) {
  if (!wanted(name)) return;
  const times = sides.map(() => []);
  for (let round = 0; round <= rounds; round += 1) {
    sides.forEach(({ work }, at) => {
      const before = seconds();
      for (let call = 0; call < count; call += 1) work(round * count + call);
      // The first turn warms up.
      if (round > 0) times[at].push((seconds() - before) / count);
    });
  }
  const peer = times.at(-1);
  sides.slice(0, -1).forEach((side, at) => {
    const ratios = times[at].map((time, round) => peer[round] / time);
    rows.push({ name: `${name}: ${side.name}`, rekor: median(times[at]), peer: median(peer), ratio: median(ratios), target: target[at] });
  });
}

/** Times one call of each side. */
function once(name, sides, target) {
  const [ours, peer] = sides.map(({ work }) => {
    const before = seconds();
    work();
    return seconds() - before;
  });
  rows.push({ name, rekor: ours, peer, ratio: peer / ours, target });
}

function makeDocs(from, to, revision = 0) {
  return Array.from({ length: to - from }, (_, at) => doc(from + at, revision, records));
}

/** What the `k`th batch writes: half new records, half changes of stored ones. */
function batchOf(k) {
  return Array.from({ length: 100 }, (_, at) => {
    const n = k * 100 + at;
    return n % 2 === 0 ? doc(records + n, 0, records) : doc((n * 7919) % records, k + 1, records);
  });
}

function converting() {
  const given = doc(7, 0, records);
  const record = { id: "0", collection: "invoices", external_id: "7", external_source: "b", version: 1, data: given, created_at: "", updated_at: "" };
  const text = JSON.stringify(record);
  const sides = (ours, theirs) => [{ name: "rekor", work: ours }, { work: theirs }];
  compare("read a record, against JSON.parse", 50_000, sides(() => JSON.parse(text), () => JSON.parse(text)), [1 / 1.3]);
  compare("read a record with bigint, against JSON.parse", 50_000, sides(() => decodeExactly(text), () => JSON.parse(text)), [1 / 1.3]);
  compare("write a record, against JSON.stringify", 50_000, sides(() => encode(record), () => JSON.stringify(record)), [1 / 1.3]);
}

function small(folder) {
  const docs = makeDocs(0, records);
  const ours = new Rekor(rekor, folder, { exclusive: true });
  const lite = Database && new Lite(Database, folder);
  const sides = (work) => [ours, ...(lite ? [lite] : [])].map((side) => ({ name: side.name, work: work(side) }));
  once(`import of ${records} objects`, sides((side) => () => side.import(docs)));
  getting(ours, lite, 1);
  const batches = Array.from({ length: (rounds + 1) * 20 }, (_, k) => batchOf(k));
  compare("batch of 100 upserts", 20, sides((side) => (k) => side.batch(batches[k])), [0.3]);
  ours.close();
  const shared = new Rekor(rekor, folder, { exclusive: false });
  getting(shared, lite, 0.7);
  // Batches of their own: the same once more would change nothing.
  const more = batches.map((_, k) => batchOf(batches.length + k));
  const pair = [shared, ...(lite ? [lite] : [])].map((side) => ({ name: side.name, work: (k) => side.batch(more[k]) }));
  compare("batch of 100 upserts", 20, pair, [0.3]);
  shared.close();
  lite?.close();
}

function getting(ours, lite, target) {
  const sides = [ours, ...(lite ? [lite] : [])];
  const ids = new Map(sides.map((side) => [side, side.ids(20_000)]));
  const byId = (side) => (call) => side.get(ids.get(side)[(call * 7919) % 20_000]);
  const byExternal = (side) => (call) => side.getExternal((call * 7919) % records);
  compare("get by id", 20_000, sides.map((side) => ({ name: side.name, work: byId(side) })), [target]);
  compare("get by external id", 20_000, sides.map((side) => ({ name: side.name, work: byExternal(side) })), [target]);
}

function large(folder) {
  if (!wanted(`group by over ${big} records`)) return;
  const ours = new Rekor(rekor, folder, { exclusive: true });
  const lite = Database && new Lite(Database, folder);
  const sides = [ours, ...(lite ? [lite] : [])];
  for (let from = 0; from < big; from += 100_000) {
    const docs = makeDocs(from, Math.min(big, from + 100_000));
    for (const side of sides) side.import(docs);
  }
  const answers = sides.map((side) => JSON.stringify(side.groups()));
  if (answers.some((answer) => answer !== answers[0])) throw new Error(`the answers differ: ${answers.join(" ")}`);
  const works = sides.map((side) => ({ name: side.name, work: () => side.groups() }));
  const count = 1;
  compare(`group by over ${big} records`, count, works);
  for (const side of sides) side.close();
}

/** The same against SurrealDB, by promise on both sides; fewer calls, since it takes longer. */
async function promised(folder) {
  if (!wanted("SurrealDB")) return;
  const surreal = await openSurreal(folder);
  if (surreal === undefined) return;
  const ours = new Rekor(rekor, folder, { exclusive: true });
  const docs = makeDocs(0, 20_000);
  ours.import(docs);
  await surreal.import(docs);
  const ids = ours.ids(20_000);
  const { promises } = ours.ws;
  const batches = Array.from({ length: rounds + 1 }, (_, k) => batchOf(k));
  const pairs = [
    ["get by id", 500, (n) => promises.records.get("invoices", ids[n % 20_000]), (n) => surreal.get(n % 20_000)],
    ["batch of 100 upserts", 1, (k) => promises.batch(ours.operations(batches[k])), (k) => surreal.batch(batches[k])],
    ["group by over 20,000", 1, () => promises.aggregate("invoices", ...ours.totals()), () => surreal.groups()],
  ];
  for (const [name, count, mine, peer] of pairs) {
    const times = [[], []];
    for (let round = 0; round <= rounds; round += 1) {
      for (const [at, work] of [mine, peer].entries()) {
        const before = seconds();
        for (let call = 0; call < count; call += 1) await work(round * count + call);
        if (round > 0) times[at].push((seconds() - before) / count);
      }
    }
    const ratio = median(times[0].map((time, round) => times[1][round] / time));
    rows.push({ name: `${name}, by promise: against SurrealDB`, rekor: median(times[0]), peer: median(times[1]), ratio });
  }
  ours.close();
  await surreal.close();
}

async function inFolder(work) {
  const folder = mkdtempSync(join(values.dir, "rekor-bench-"));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function show(time) {
  if (time < 1e-3) return `${(time * 1e6).toFixed(2)} µs`;
  return time < 1 ? `${(time * 1e3).toFixed(2)} ms` : `${time.toFixed(2)} s`;
}

converting();
await inFolder(small);
await inFolder(large);
await inFolder(promised);
console.log(`node ${process.version}, ${cpus().length} cores, ${records} records; medians of ${rounds} turns\n`);
console.log("| what | rekor : peer | ratio | target |\n|---|--:|--:|--:|");
for (const { name, rekor: ours, peer, ratio, target } of rows) {
  const short = target !== undefined && ratio < target ? `**${ratio.toFixed(2)}**` : ratio.toFixed(2);
  console.log(`| ${name} | ${show(ours)} : ${show(peer)} | ${short} | ${target === undefined ? "–" : `≥ ${target.toFixed(2)}`} |`);
}
if (values.json) writeFileSync(values.json, `${JSON.stringify(rows, null, 2)}\n`);
// The engine of SurrealDB keeps the process alive.
process.exit(0);
