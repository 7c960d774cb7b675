// The types of the package: what is written by hand. Those of operations, requests and answers are made from the tables.
/// <reference lib="esnext.disposable" />
import type * as o from "./operations.js";
import type * as t from "./types.js";

export type * from "./types.js";
export type * from "./operations.js";

/** An error as the core writes it. */
export interface ErrorParts {
  code: string;
  kind: Kind;
  message: string;
  pointer?: string;
  hint?: string;
  details?: t.JsonValue[];
  details_total?: number;
}

/** The kinds of errors: each has its class. */
export type Kind = "invalid" | "not_found" | "conflict" | "denied" | "limit" | "unavailable" | "corrupt" | "internal";

/** What callers or disks did wrong: a code, plain words, the place and the next step. */
export class RekorError extends Error {
  constructor(parts: ErrorParts);
  /** What went wrong, as a permanent name: docs/errors.md lists them. */
  readonly code: string;
  /** The group of the code. */
  readonly kind: Kind;
  /** Where in the request, as a JSON pointer, if one value is at fault. */
  readonly pointer?: string;
  /** The next step, if there is one. */
  readonly hint?: string;
  /** What a program can read, at most 100. */
  readonly details: any[];
  /** How many details there are in all. */
  readonly detailsTotal: number;
  /** The error as the core writes it. */
  toJSON(): ErrorParts;
}

/** The request is wrong and will be wrong again. */
export class InvalidError extends RekorError {}
/** What the request names is not there. */
export class NotFoundError extends RekorError {}
/** The state of the store forbids the request. */
export class ConflictError extends RekorError {}
/** The caller may not do this. */
export class DeniedError extends RekorError {}
/** The request is larger than a limit. */
export class LimitError extends RekorError {}
/** The store cannot answer now; trying again may help. */
export class UnavailableError extends RekorError {}
/** The stored bytes are damaged or of an unknown format. */
export class CorruptError extends RekorError {}
/** A fault of rekor itself. */
export class InternalError extends RekorError {}

/** Opens the store in a directory, which is made on first use unless `read_only` is set. */
export function open(path: string | URL, options?: OpenOptions): Store;

/** The same by promise. */
export const promises: {
  /** Opens the store in a directory; its methods answer by promise. */
  open(path: string | URL, options?: OpenOptions): Promise<StorePromises>;
};

/** The tables of operations, as the native half has them. */
export function operations(): { name: string; is_of_store: boolean; writes: boolean }[];

/** The version of the package. */
export const version: string;

/** How a store is opened. */
export interface OpenOptions {
  /** Whether this process has the store to itself; commits are faster, other processes wait. */
  exclusive?: boolean;
  /** Whether writes are refused; opening is faster, and the store must exist. */
  read_only?: boolean;
  /** Bytes of pages that are kept in memory. */
  cache_bytes?: number;
  /** Milliseconds that a busy store is waited for. */
  busy_timeout_ms?: number;
  /** Whether a thread keeps columns in shape after writes; without it, `maintain` does a step of that work. */
  maintenance?: boolean;
  /** Whether integers that a number cannot hold are read as bigint. They can always be written as such. */
  bigint?: boolean;
}

/** Who writes, and why. What is left out stays as it is, and a role is never made greater. */
export interface ActorOptions {
  role?: t.Role;
  name?: string;
  run?: string | null;
  reason?: string | null;
}

/** The options of an iterator over records. */
export type IterateOptions = Omit<o.QueryOptions, "limit" | "cursor" | "count"> & {
  /** Records at most; all unless given. */
  limit?: number;
  /** Records read at a time: 500 unless given, at most 1,000. */
  page_rows?: number;
};

/** The options of an iterator over pages. */
export type PagesOptions = o.QueryOptions;

/** The options of an iterator over changes. */
export type ChangesOptions = o.ListChangesOptions & {
  /** Whether to wait for changes to come. */
  follow?: boolean;
  /** Milliseconds between looks at a workspace in which nothing happens: 250 unless given. */
  poll_ms?: number;
  /** Ends the iterator with its reason. */
  signal?: AbortSignal;
};

/** The form of a file of records. */
export type Format = "ndjson" | "csv";

/** How to import records. */
export interface ImportRecordsOptions {
  /** The form of the lines: as the name of the file says unless given. */
  format?: Format;
  /** The field of each line that holds the external id; several, joined with `|`, when separated by commas. */
  external_id_field?: string;
  /** The external source of all records. */
  external_source?: string;
  /** Links to make for each record. */
  links?: t.LinkRule[];
  /** Whether each line is a record as an export writes it, and not only its data. */
  whole?: boolean;
  /** Whether a bad line is reported and skipped, and does not end the import. */
  skip_bad_lines?: boolean;
  /** SHA-256 of the file in hex, when it is one that an import may resume. */
  resume_key?: string;
}

/** How to import relationships. */
export interface ImportRelationshipsOptions {
  /** Whether an end that is not there is an error. */
  strict?: boolean;
  /** Whether a bad line is reported and skipped, and does not end the import. */
  skip_bad_lines?: boolean;
}

/** What an import did, and of which lines it has to tell something. */
export interface Imported extends t.ImportAnswer {
  /** The lines that were refused, at most 100. */
  refused: { line: number; text: string; error: ErrorParts }[];
  /** The lines of which a link could not be made, at most 100. */
  unlinked: { line: number; target: string }[];
  /** How many lines there are of which a link could not be made. */
  unlinked_total: number;
}

/** What a backup holds. */
export interface BackupReport {
  workspace: string;
  /** The newest commit that it holds. */
  seq: number;
  /** When the last change that it holds was made; null when there was none. */
  at: string | null;
  rows: number;
  bytes: number;
}

/** What a check found. */
export interface CheckReport {
  workspace: string;
  collections: number;
  records: number;
  relationships: number;
  keys: number;
  bytes: number;
  file_bytes: number;
  /** Whether the engine found damage that it could repair. */
  repaired: boolean;
  /** The first problems, in plain words; none when all is well. */
  problems: string[];
  problems_total: number;
}

/** What a compaction came to. */
export interface CompactReport {
  bytes_before: number;
  bytes_after: number;
}

/** What can be imported at once: the path of a file, or objects or lines to iterate over. */
export type Source = string | URL | Iterable<object | string>;

/** What can be imported by promise. */
export type AsyncSource = Source | AsyncIterable<object | string>;

/** What a workspace has in both forms. */
interface WorkspaceHandle {
  /** The workspace's id. */
  readonly id: string;
  /** The pages of a query, `limit` rows each. */
  pages(collection: string, options: PagesOptions & { fields: readonly string[] }): AsyncGenerator<t.Page<t.JsonObject>, void>;
  pages<T extends object = t.JsonObject>(collection: string, options?: PagesOptions): AsyncGenerator<t.Page<t.RekorRecord<T>>, void>;
  /** The changes of the workspace, one after another; with `follow` those to come too. */
  changes(options?: ChangesOptions): AsyncIterableIterator<t.Change>;
}

/** One atomic unit of collections, records and relationships. Its methods answer at once; those of `promises` by promise. */
export interface Workspace extends o.WorkspaceOperations, WorkspaceHandle {
  /** The same workspace, every method of it answering by promise, off the main thread. */
  readonly promises: WorkspacePromises;
  /** Executes the operation `name` of the table on a request: an object, or the text of one in JSON. */
  call<Answer = any>(name: string, request?: object | string, options?: t.CallOptions): Answer;
  /** The same workspace, its writes signed by another actor. */
  withActor(actor: ActorOptions): Workspace;
  /** The records that a query finds, one after another, read page by page. */
  iterate(collection: string, options: IterateOptions & { fields: readonly string[] }): Generator<t.JsonObject, void>;
  iterate<T extends object = t.JsonObject>(collection: string, options?: IterateOptions): Generator<t.RekorRecord<T>, void>;
  /** Imports records. */
  importRecords(collection: string, source: Source, options?: ImportRecordsOptions): Imported;
  /** Imports relationships: `{ source, target, type, data }` each. */
  importRelationships(source: Source, options?: ImportRelationshipsOptions): Imported;
  /** Exports records to a file and answers how many. */
  exportRecords(collection: string, path: string | URL, options?: { format?: Format }): number;
  /** Exports records as one text of lines. */
  exportRecords(collection: string, options?: { format?: Format }): string;
  /** Writes a backup to a file that is not there yet. */
  backup(path: string | URL): BackupReport;
  /** Verifies every byte of the workspace, and every row against what is derived from it. */
  check(): CheckReport;
  /** Gives the space that the workspace's file no longer uses back to the disk. */
  compact(): CompactReport;
  /** Does one step of keeping columns in shape; false when there was nothing to do. */
  maintain(): boolean;
  /** The number of the newest commit. */
  seq(): number;
}

/** A workspace whose methods answer by promise, off the main thread. */
export interface WorkspacePromises extends o.WorkspaceOperationsPromises, WorkspaceHandle {
  /** The same object. */
  readonly promises: WorkspacePromises;
  /** Executes the operation `name` of the table on a request: an object, or the text of one in JSON. */
  call<Answer = any>(name: string, request?: object | string, options?: t.CallOptions): Promise<Answer>;
  /** The same workspace, its writes signed by another actor. */
  withActor(actor: ActorOptions): WorkspacePromises;
  /** The records that a query finds, one after another, read page by page. */
  iterate(collection: string, options: IterateOptions & { fields: readonly string[] }): AsyncGenerator<t.JsonObject, void>;
  iterate<T extends object = t.JsonObject>(collection: string, options?: IterateOptions): AsyncGenerator<t.RekorRecord<T>, void>;
  /** Imports records. */
  importRecords(collection: string, source: AsyncSource, options?: ImportRecordsOptions): Promise<Imported>;
  /** Imports relationships: `{ source, target, type, data }` each. */
  importRelationships(source: AsyncSource, options?: ImportRelationshipsOptions): Promise<Imported>;
  /** Exports records to a file and answers how many. */
  exportRecords(collection: string, path: string | URL, options?: { format?: Format }): Promise<number>;
  /** Exports records as one text of lines. */
  exportRecords(collection: string, options?: { format?: Format }): Promise<string>;
  /** Writes a backup to a file that is not there yet. */
  backup(path: string | URL): Promise<BackupReport>;
  /** Verifies every byte of the workspace, and every row against what is derived from it. */
  check(): Promise<CheckReport>;
  /** Gives the space that the workspace's file no longer uses back to the disk. */
  compact(): Promise<CompactReport>;
  /** Does one step of keeping columns in shape; false when there was nothing to do. */
  maintain(): Promise<boolean>;
  /** The number of the newest commit. */
  seq(): Promise<number>;
}

/** What a store has in both forms. */
interface StoreHandle<Self> {
  /** Who works with this handle. */
  readonly actor: t.Actor;
  /** Whether the handle may do less than it was asked for because the store is protected. */
  readonly isLocked: boolean;
  /** A handle of an agent, which can never do more than one may. */
  asAgent(name: string): Self;
  /** A handle that only reads. */
  asReader(): Self;
  /** A handle whose writes are signed by another actor. */
  withActor(actor: ActorOptions): Self;
}

/** A directory of workspaces, for one actor. Its methods answer at once; those of `promises` by promise. */
export interface Store extends o.StoreOperations, StoreHandle<Store>, Disposable, AsyncDisposable {
  /** The same store, every method of it answering by promise, off the main thread. */
  readonly promises: StorePromises;
  /** Executes the operation `name` of the table on a request: an object, or the text of one in JSON. */
  call<Answer = any>(name: string, request?: object | string, options?: t.CallOptions): Answer;
  /** A handle on a workspace; on the only production workspace that there is without an id. */
  workspace(id?: string): Workspace;
  /** A handle of whoever a token was made for. */
  withToken(text: string): Store;
  /** Protects the store: without the passphrase everybody is an agent from then on. Takes the current one to change it. */
  protect(passphrase: string, current?: string): void;
  /** Takes the protection away. Answers whether there was one. */
  unprotect(current: string): boolean;
  /** The handle that this one would be if the store were not protected. */
  unlock(passphrase: string): Store;
  /** Whether the store is protected. */
  isProtected(): boolean;
  /** Makes a workspace of a backup. */
  restore(path: string | URL, to: string): t.RekorWorkspace;
  /** Closes the store, for every handle of this opening. */
  close(): void;
}

/** A store whose methods answer by promise, off the main thread. */
export interface StorePromises extends o.StoreOperationsPromises, StoreHandle<StorePromises>, Disposable, AsyncDisposable {
  /** The same object. */
  readonly promises: StorePromises;
  /** Executes the operation `name` of the table on a request: an object, or the text of one in JSON. */
  call<Answer = any>(name: string, request?: object | string, options?: t.CallOptions): Promise<Answer>;
  /** A handle on a workspace; on the only production workspace that there is without an id. */
  workspace(id?: string): Promise<WorkspacePromises>;
  /** A handle of whoever a token was made for. */
  withToken(text: string): Promise<StorePromises>;
  /** Protects the store: without the passphrase everybody is an agent from then on. Takes the current one to change it. */
  protect(passphrase: string, current?: string): Promise<void>;
  /** Takes the protection away. Answers whether there was one. */
  unprotect(current: string): Promise<boolean>;
  /** The handle that this one would be if the store were not protected. */
  unlock(passphrase: string): Promise<StorePromises>;
  /** Whether the store is protected. */
  isProtected(): Promise<boolean>;
  /** Makes a workspace of a backup. */
  restore(path: string | URL, to: string): Promise<t.RekorWorkspace>;
  /** Closes the store, for every handle of this opening. */
  close(): Promise<void>;
}
