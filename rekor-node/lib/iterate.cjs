// Iterators: page by page by cursor, so that nothing is held between pages and others go on writing.
"use strict";

const { setTimeout: sleep } = require("node:timers/promises");
const { invalid } = require("./errors.cjs");

const PAGE_ROWS = 500;
const POLL_MS = 250;

/** What the next page is asked with. */
const goOn = ({ offset, ...request }, page) => ({ ...request, cursor: page.meta.next_cursor });

/** Divides the options of an iterator from those of its pages: `limit` counts all rows, `page_rows` those read at a time. */
function paging(collection, options) {
  const { limit = Infinity, page_rows: rows = PAGE_ROWS, ...request } = options ?? {};
  if (typeof limit !== "number" || !(limit >= 0)) throw invalid("`limit` must be a number of rows", "/limit");
  if (!Number.isInteger(rows) || rows < 1) throw invalid("`page_rows` must be a number of rows", "/page_rows");
  return { limit, request: { ...request, collection, limit: Math.max(1, Math.min(limit, rows)) } };
}

/** The records of a query, one after another. */
function* iterate(door, collection, options) {
  let { limit, request } = paging(collection, options);
  while (limit > 0) {
    const page = door.read("query", { ...request });
    for (const row of page.data) {
      yield row;
      limit -= 1;
      if (limit <= 0) return;
    }
    if (!page.meta.has_more) return;
    request = goOn(request, page);
  }
}

/** The same, read by promise. */
async function* iteratePromised(door, collection, options) {
  let { limit, request } = paging(collection, options);
  while (limit > 0) {
    const page = await door.read("query", { ...request });
    for (const row of page.data) {
      yield row;
      limit -= 1;
      if (limit <= 0) return;
    }
    if (!page.meta.has_more) return;
    request = goOn(request, page);
  }
}

/** The pages of a query: `limit` rows each. */
async function* pages(door, collection, options) {
  let request = { ...options, collection };
  for (;;) {
    const page = await door.read("query", { ...request });
    yield page;
    if (!page.meta.has_more) return;
    request = goOn(request, page);
  }
}

async function* follow(door, options, ended) {
  const { follow: goesOn = false, poll_ms: pollMs = POLL_MS, signal, ...request } = options ?? {};
  const either = signal ? AbortSignal.any([signal, ended]) : ended;
  try {
    for (;;) {
      either.throwIfAborted();
      const page = await door.read("list_changes", { ...request });
      yield* page.data;
      request.since = page.next_since;
      if (page.has_more) continue;
      if (!goesOn) return;
      await sleep(pollMs, undefined, { signal: either });
    }
  } catch (fault) {
    if (signal?.aborted) throw signal.reason;
    if (!ended.aborted) throw fault;
  }
}

/** The changes of a workspace, one after another; those to come too with `follow`, until `return()` or the signal ends it. */
function changes(door, options) {
  const end = new AbortController();
  const found = follow(door, options, end.signal);
  return {
    next: () => found.next(),
    return: (value) => {
      end.abort();
      return found.return(value);
    },
    throw: (fault) => {
      end.abort();
      return found.throw(fault);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

module.exports = { iterate, iteratePromised, pages, changes };
