// The cases that every language runs: tests/cases says what they mean.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";

import rekor from "rekor";
import { fixture, json, root } from "./support.mjs";

const ofStore = new Set(rekor.operations().filter((row) => row.is_of_store).map((row) => row.name));
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** Fails unless what is expected is a part of what came. */
function matches(expected, got, place) {
  if (expected === "$any" && got !== null && got !== undefined) return;
  if (isObject(expected) && isObject(got)) {
    for (const key of Object.keys(expected)) matches(expected[key], got[key] ?? null, `${place}/${key}`);
  } else if (Array.isArray(expected) && Array.isArray(got) && expected.length === got.length) {
    expected.forEach((item, at) => matches(item, got[at], `${place}/${at}`));
  } else {
    assert.deepEqual(got, expected, `at ${place}`);
  }
}

function pointed(value, pointer) {
  const keys = pointer.split("/").slice(1).map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
  return keys.reduce((found, key) => found?.[key], value);
}

/** The texts of all requests of a file in order, spelled as they are there. */
function requestTexts(text) {
  const found = [];
  for (const { index, 0: key } of text.matchAll(/"request"\s*:\s*/g)) {
    const tokens = /"[^"\\]*(?:\\.[^"\\]*)*"|[{[]|[}\]]/g;
    tokens.lastIndex = index + key.length;
    let depth = 0;
    do {
      const token = tokens.exec(text)[0];
      depth += /^[{[]/.test(token) ? 1 : /^[}\]]/.test(token) ? -1 : 0;
    } while (depth > 0);
    found.push(text.slice(index + key.length, tokens.lastIndex));
  }
  return found;
}

/** Puts what earlier steps saved where their names stand. */
function fillText(text, saved) {
  let filled = text;
  for (const [name, kept] of saved) {
    filled = filled.replaceAll(`\${${name}}`, kept).replaceAll(`"$number:${name}"`, kept);
  }
  return filled;
}

const fill = (value, saved) => json.decodeExactly(fillText(json.encode(value), saved));

/** Runs a step by `ask`, which may answer by promise. */
async function runStep(step, saved, ask) {
  let answer;
  let error;
  try {
    answer = await ask(step);
  } catch (fault) {
    if (!(fault instanceof rekor.RekorError)) throw fault;
    error = fault;
  }
  if (step.error) {
    assert.ok(error, `expected ${json.encode(step.error)}, got ${answer && json.encode(answer)}`);
    matches(step.error, json.decodeExactly(json.encode(error.toJSON())), "");
    return;
  }
  if (error) throw error;
  if (step.expect !== undefined) matches(fill(step.expect, saved), answer, "");
  for (const [name, pointer] of Object.entries(step.save ?? {})) {
    const value = pointed(answer, pointer);
    assert.ok(["string", "number", "bigint"].includes(typeof value), `no text and no number at ${pointer}`);
    saved.set(name, String(value));
  }
}

const asObject = (step, saved) => fill(step.request, saved);
const asText = (step, saved) => fillText(step.text, saved);
// No object of JavaScript has a key twice.
const canBeObject = (step) => step.error?.code !== "duplicate_key";

const flavours = [
  ["at once", (store) => store, asObject, canBeObject],
  ["by promise", (store) => store.promises, asObject, canBeObject],
  ["as text", (store) => store, asText, () => true],
];

for (const file of readdirSync(join(root, "tests/cases"))) {
  const text = readFileSync(join(root, "tests/cases", file), "utf8");
  const cases = json.decodeExactly(text);
  const texts = requestTexts(text);
  for (const { steps } of cases) for (const step of steps) step.text = texts.shift();
  assert.equal(texts.length, 0, "every request has its text");
  for (const { name, steps } of cases) {
    for (const [flavour, of, write, fits] of flavours) {
      test(`${file}: ${name}, ${flavour}`, async (t) => {
        const store = of(fixture(t, { bigint: true }).store);
        const saved = new Map();
        const ask = async (step) => {
          const handle = ofStore.has(step.op) ? store : await store.workspace(step.workspace ?? "w");
          return handle.call(step.op, write(step, saved), step.options);
        };
        for (const step of steps.filter(fits)) await runStep(step, saved, ask);
      });
    }
  }
}

test("the cases are found", () => assert.ok(readdirSync(join(root, "tests/cases")).length >= 9));
