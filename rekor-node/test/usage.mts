// What TypeScript must accept and refuse, as ESM. It is checked and never run.
import rekor, { open, promises, NotFoundError, RekorError } from "rekor";
import type { JsonValue, Page, RekorRecord, Store, UpsertRecordOptions, Workspace } from "rekor";

interface Note {
  title: string;
  pinned?: boolean;
}

const store: Store = open("store", { exclusive: true, bigint: true });
const same: Store = rekor.open(new URL("file:///store"));
const ws: Workspace = store.workspace("ops");

const options: UpsertRecordOptions = { id: "a", external_id: "x", if_version: 0, idempotency_key: "k" };
const note: Note = { title: "x" };
const made = ws.records.upsert("notes", note, options);
const title: string = made.data.title;
const changed: boolean = made.changed;
const rehearsed = ws.records.upsert("notes", note, { dry_run: true });
const would: string = rehearsed.answer.data.title;
const read: RekorRecord<Note> = ws.records.get<Note>("notes", "a");
const external = ws.records.get<Note>("notes", { external_id: "x" });
const anything: JsonValue | undefined = ws.records.get("notes", "a").data["title"];
const promised: Promise<RekorRecord<Note>> = ws.promises.records.get<Note>("notes", "a");
const page: Page<RekorRecord<Note>> = ws.query<Note>("notes", { filter: { field: "data.title", op: "eq", value: "x" } });
const rows = ws.query("notes", { fields: ["data.title"], sort: [{ field: "data.title", direction: "desc" }] });
const cell: JsonValue | undefined = rows.data[0]?.["id"];
const totals = ws.aggregate("notes", [{ fn: "count", alias: "n" }], { group_by: ["data.title"] }).data;
const answers = ws.batch([
  { type: "upsert_record", collection: "notes", data: { title: "y" }, ref: "a" },
  { type: "delete_record", collection: "notes", id: "$a" },
]).results.length;
ws.relationships.upsert("about", "notes", "a", "notes", "b", { strict: true });
ws.explain({ query: { collection: "notes" } }).rows_examined.toFixed();
for (const record of ws.iterate<Note>("notes", { limit: 10, page_rows: 5 })) record.data.title.trim();
const patched = ws.records.patch<Note>("notes", { pinned: true }, { id: "a" });
const big: object = { n: 2n ** 63n };
ws.importRecords("notes", [big, '{"title":"z"}'], { skip_bad_lines: true }).refused.length.toFixed();
const text: string = ws.exportRecords("notes");
const count: number = ws.exportRecords("notes", "notes.csv", { format: "csv" });

async function server(signal: AbortSignal): Promise<void> {
  const opened = await promises.open("store");
  const inner = await opened.workspace();
  for await (const each of inner.pages<Note>("notes")) each.data[0]?.data.title.trim();
  for await (const record of inner.iterate<Note>("notes")) record.data.title.trim();
  for await (const change of ws.changes({ follow: true, signal })) change.thing satisfies "collection" | "record" | "relationship" | "workspace";
  await inner.records.upsert("notes", note);
  await opened.close();
}

try {
  store.asAgent("bot").withActor({ run: "r" }).workspaces.promote("ops", "ops--next", { yes: true, expect: "h" });
} catch (error) {
  if (error instanceof NotFoundError) error.hint?.trim();
  if (error instanceof RekorError) error.code.trim();
}

// @ts-expect-error: names are those of the contract
ws.records.upsert("notes", note, { externalId: "x" });
// @ts-expect-error: a record is named by a text
ws.records.get("notes", 1);
// @ts-expect-error: there is no such operator
ws.query("notes", { filter: { field: "data.title", op: "is", value: 1 } });
// @ts-expect-error: data is an object
ws.records.upsert("notes", "x");
// @ts-expect-error: an async iterable is imported by promise
ws.importRecords("notes", server.prototype as AsyncIterable<object>);

export { anything, answers, cell, changed, count, external, page, patched, promised, read, same, server, text, title, totals, would };
