// Import and export. What is imported is a file, or anything that can be iterated: its lines are written here and handed
// over some at a time while the native half imports those before.
"use strict";

const { fileURLToPath } = require("node:url");
const { encode } = require("./json.cjs");
const { RekorError, errorOf, invalid } = require("./errors.cjs");

/** Characters of lines that are handed over at once. */
const TEXT_LENGTH = 1 << 20;

/** The path of a file, if that is what was given. */
function pathOf(source) {
  if (source instanceof URL) return fileURLToPath(source);
  return typeof source === "string" ? source : undefined;
}

/** The options with the form that the file's name says. */
function withFormat(request, path) {
  return path?.toLowerCase().endsWith(".csv") && request.format === undefined ? { ...request, format: "csv" } : request;
}

/** Writes the next line. A text is a line already. */
function lineOf(item, number) {
  if (typeof item === "string") return item.endsWith("\n") ? item : `${item}\n`;
  try {
    return `${encode(item)}\n`;
  } catch (fault) {
    if (!(fault instanceof RekorError)) throw fault;
    const stored = number === 1 ? "nothing is stored" : "the lines before it are stored";
    throw errorOf({ ...fault.toJSON(), message: `line ${number}: ${fault.message}`, hint: `${fault.hint}; ${stored}` });
  }
}

/** Puts lines together to texts. */
class Texts {
  constructor() {
    this.text = "";
    this.number = 0;
  }

  /** Takes a line, and answers whether the text is long enough to be handed over. */
  add(item) {
    this.number += 1;
    this.text += lineOf(item, this.number);
    return this.text.length >= TEXT_LENGTH;
  }

  take() {
    const text = this.text;
    this.text = "";
    return text;
  }
}

function pushAll(stream, items) {
  const texts = new Texts();
  try {
    for (const item of items) if (texts.add(item) && stream.push(false, texts.take()) === "false") return;
  } finally {
    stream.push(false, texts.take());
  }
}

async function pushAllPromised(stream, items) {
  const texts = new Texts();
  try {
    for await (const item of items) if (texts.add(item) && (await stream.push(true, texts.take())) === "false") return;
  } finally {
    await stream.push(true, texts.take());
  }
}

/** Refuses what cannot be iterated. */
function checkItems(items, isPromise) {
  if (typeof items?.[Symbol.iterator] === "function") return;
  if (typeof items?.[Symbol.asyncIterator] !== "function") {
    throw invalid("what is imported must be a path, or something to iterate over");
  }
  if (!isPromise) throw invalid("an async iterable is imported by promise only", undefined, "use `promises`");
}

/** Imports from a file or from items. `what` is what the handle is asked. */
function importFrom(door, what, request, source) {
  const path = pathOf(source);
  if (path !== undefined) return door.ask(what, encode(withFormat(request, path)), path);
  return door.isPromise ? streamPromised(door, what, request, source) : stream(door, what, request, source);
}

/** Begins an import whose lines are handed over. */
function begin(door, what, request, items) {
  checkItems(items, door.isPromise);
  return door.handle.beginImport(what === "import_records", encode(request));
}

function stream(door, what, request, items) {
  const begun = begin(door, what, request, items);
  let stopped;
  try {
    pushAll(begun, items);
  } catch (fault) {
    stopped = { fault };
  }
  // What the import itself stopped at comes first.
  const answer = door.run(() => begun.finish(false));
  if (stopped) throw stopped.fault;
  return answer;
}

async function streamPromised(door, what, request, items) {
  const begun = begin(door, what, request, items);
  let stopped;
  try {
    await pushAllPromised(begun, items);
  } catch (fault) {
    stopped = { fault };
  }
  const answer = await door.run(() => begun.finish(true));
  if (stopped) throw stopped.fault;
  return answer;
}

/** Exports to a file, or as one text without one. */
function exportTo(door, request, target) {
  const path = pathOf(target);
  const read = path === undefined ? (text) => text : door.decode;
  return door.ask("export_records", encode(withFormat(request, path)), path, read);
}

module.exports = { importFrom, exportTo, pathOf };
