// Values to JSON text and back, without loss. What JSON.stringify would drop or change in silence is refused with its place;
// integers that a number cannot hold cross as BigInt. A plain value takes the fast way: one walk, then JSON.stringify.
"use strict";

const { randomUUID } = require("node:crypto");
const { invalid } = require("./errors.cjs");

/** Depth from which on a value is either a cycle or beyond what the core takes. */
const DEPTH_MAX = 200;

/** Stands before the digits of an integer while it is a text. Made anew in each process, so that no data can hold it. */
const MARK = `rekor:${randomUUID()}:`;
const MARKED = new RegExp(`"${MARK}(-?\\d+)"`, "g");

const isPlainObject = (value) => {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || Object.getPrototypeOf(prototype) === null;
};

/** Whether JSON.stringify alone keeps all of a value. What it would not keep needs a closer look. */
function isPlain(value, depth) {
  switch (typeof value) {
    case "string":
    case "boolean":
      return true;
    case "number":
      return Number.isFinite(value);
    case "object":
      break;
    default:
      return false;
  }
  if (value === null) return true;
  if (depth > DEPTH_MAX) return false;
  // JSON.stringify writes a date well unless it is none.
  if (value instanceof Date) return !Number.isNaN(value.getTime());
  if (typeof value.toJSON === "function") return false;
  if (Array.isArray(value)) {
    for (let at = 0; at < value.length; at += 1) if (!isPlain(value[at], depth + 1)) return false;
    return true;
  }
  if (!isPlainObject(value)) return false;
  for (const key in value) {
    const item = value[key];
    if (typeof item === "string" || item === undefined) continue;
    if (!isPlain(item, depth + 1)) return false;
  }
  return true;
}

const escape = (key) => String(key).replaceAll("~", "~0").replaceAll("/", "~1");

/** Copies a value as JSON will have it, big integers marked; throws at what JSON has no place for. */
function copy(value, pointer, above) {
  switch (typeof value) {
    case "string":
    case "boolean":
    case "undefined":
      return value;
    case "bigint":
      return MARK + value;
    case "number":
      if (Number.isFinite(value)) return value;
      throw invalid(`${value} is not a number that JSON has`, pointer, "write null, or a text", "number_out_of_range");
    case "object":
      return value === null ? null : copyObject(value, pointer, above);
    default:
      throw invalid(`a ${typeof value} cannot be stored`, pointer, "leave it out, or write a text");
  }
}

function copyObject(value, pointer, above) {
  if (above.includes(value)) {
    throw invalid("the value holds itself", pointer, "store what it refers to as a record, and its id here");
  }
  if (above.length > DEPTH_MAX) {
    throw invalid("the value is nested too deep", pointer, "nest at most 64 levels", "too_deep");
  }
  const inside = [...above, value];
  if (typeof value.toJSON === "function") {
    const given = value.toJSON();
    if (value instanceof Date && given === null) throw invalid("the date is not valid", pointer, "write null, or a date");
    return copy(given, pointer, inside);
  }
  if (Array.isArray(value)) {
    return Array.from(value, (item, at) => {
      if (item !== undefined) return copy(item, `${pointer}/${at}`, inside);
      throw invalid("an array cannot hold undefined", `${pointer}/${at}`, "write null where nothing is");
    });
  }
  const boxed = value.valueOf();
  if (typeof boxed !== "object") return copy(boxed, pointer, inside);
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  if (!isPlainObject(value) && tag !== "Object" && tag !== "Module") {
    const hint = { Map: "write Object.fromEntries(map)", Set: "write [...set]" }[tag] ?? "write an object, an array or a text";
    throw invalid(`a ${tag} cannot be stored`, pointer, hint);
  }
  const made = Object.create(null);
  for (const key of Object.keys(value)) made[key] = copy(value[key], `${pointer}/${escape(key)}`, inside);
  return made;
}

/** Writes a value as JSON text. */
function encode(value) {
  if (isPlain(value, 0)) return JSON.stringify(value);
  return JSON.stringify(copy(value, "", [])).replace(MARKED, "$1");
}

/** The tokens of a JSON text that may hold digits: texts whole, so that what is in them is passed over. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g;
/** Found in every text with a long number. It may be found in one without, which then is only read more slowly. */
const LONG_NUMBER = /[:,[\s]-?\d{16}/;

function mark(token) {
  if (token.length < 16 || token[0] === '"' || !/^-?\d+$/.test(token)) return token;
  return Number.isSafeInteger(Number(token)) ? token : `"${MARK}${token}"`;
}

const unmark = (_, value) =>
  typeof value === "string" && value.startsWith(MARK) ? BigInt(value.slice(MARK.length)) : value;

/** Reads JSON text, integers that a number cannot hold as BigInt. */
function decodeExactly(text) {
  if (text.startsWith("{") && !LONG_NUMBER.test(text)) return JSON.parse(text);
  const marked = text.replace(TOKEN, mark);
  return marked === text ? JSON.parse(text) : JSON.parse(marked, unmark);
}

module.exports = { encode, decodeExactly };
