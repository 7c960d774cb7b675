// Made by `cargo run -p rekor-tests --bin gen-docs`. Change the table in the code.

/** A JSON value. Integers that a number cannot hold are bigint: written always, read where the store was opened with `bigint`. */
export type JsonValue = string | number | bigint | boolean | null | JsonValue[] | JsonObject;

/** A JSON object. */
export interface JsonObject {
  [key: string]: JsonValue;
}

/** A page of things. */
export interface Page<Row> {
  /** The things, in order. */
  data: Row[];
  /** Where this page stands. */
  meta: Meta;
}

/** How a write is carried out. */
export interface CallOptions {
  /** The same request under the same key is carried out once within 24 hours, and answered as it was then. */
  idempotency_key?: string | null;
  /** Whether the request is checked, and answered with a rehearsal, and nothing is written. */
  dry_run?: boolean;
}

/** What became of a thing. */
export type Action = "created" | "updated" | "deleted";

/** Who writes, and why: kept in the journal with every commit. */
export interface Actor {
  /** `operator`, `agent` or `reader`. */
  role: Role;
  /** The name of the person or agent. */
  name: string;
  /** Why it is made. */
  reason?: string | null;
  /** The run that the write belongs to. */
  run?: string | null;
}

/** Computes totals over the records of one collection. */
export interface Aggregate {
  /** The collection. */
  collection: string;
  /** A list of `{"fn","field","alias"}`; `fn` is count, sum, avg, min, max or count_distinct. */
  aggregations: Aggregation[];
  /** The records as they were after this commit, given by its number, or at this time (RFC 3339). They are read row by row. */
  at?: string | null;
  /** Only records of this external source. */
  external_source?: string | null;
  /** Which records to look at. */
  filter?: Filter | null;
  /** The fields to group by; none gives one row. */
  group_by?: string[] | null;
  /** A filter on aliases and group fields. */
  having?: Filter | null;
  /** Rows at most; all unless given. */
  limit?: number | null;
  /** Rows to leave out first, at most 10,000. */
  offset?: number | null;
  /** Sorts by aliases and group fields. */
  sort?: Sort | null;
}

/** The answer to an aggregate: flat rows, keys in the order of the columns. */
export interface AggregateAnswer {
  data: JsonObject[];
  meta: Meta;
}

/** A total. */
export interface Aggregation {
  /** What is computed. */
  fn: AggregateFunction;
  /** The name of its column. */
  alias?: string | null;
  /** Of which field; `count` without one counts records. */
  field?: string | null;
}

/** Runs operations in order, in one transaction. */
export interface Batch {
  /** A list of `{"type": …, …}`. */
  operations: BatchOperation[];
}

/** The answer to a batch. */
export interface BatchAnswer {
  /** The sequence number of the commit; null when nothing changed. */
  seq: number | null;
  /** One answer per operation. */
  results: OperationAnswer[];
}

/** One operation of a batch. */
export type BatchOperation = { type: "upsert_record"; collection: string; data: JsonObject; external_id?: string | null; external_source?: string | null; id?: string | null; if_version?: number | null; ref?: string | null } | { type: "patch_record"; collection: string; data: JsonObject; external_id?: string | null; external_source?: string | null; id?: string | null; if_version?: number | null } | { type: "delete_record"; collection: string; external_id?: string | null; external_source?: string | null; id?: string | null; if_version?: number | null } | { type: "upsert_relationship"; rel_type: string; source_collection: string; source_id: string; target_collection: string; target_id: string; data?: JsonObject | null; id?: string | null; if_version?: number | null; strict?: boolean | null } | { type: "delete_relationship"; id: string; if_version?: number | null } | { type: "upsert_collection"; collection: string; allow_breaking?: boolean | null; if_version?: number | null; name?: string | null; schema?: JsonObject | null; yes?: boolean | null } | { type: "delete_collection"; collection: string; if_version?: number | null; with_records?: boolean | null };

/** Why a schema is breaking. */
export interface BreakingReason {
  /** Where in the schema, as a JSON pointer (RFC 6901). */
  pointer: string;
  /** Which rule, by its permanent name. */
  rule: string;
  /** What it means, in plain words. */
  message: string;
}

/** One change of one thing. */
export interface Change {
  /** The commit. */
  seq: number;
  /** When it was made. */
  at: string;
  /** Who made it, and why. */
  actor: Actor;
  /** What kind of thing was changed. */
  thing: Thing;
  /** The collection that the thing is, or that it belongs to; null for relationships. */
  collection: string | null;
  /** Its id. */
  id: string;
  /** What became of it. */
  action: Action;
  /** Its version after the change; when deleted, the last that it had. */
  version: number;
}

/** A page of changes. */
export interface Changes {
  /** The changes, in the order in which they were made. */
  data: Change[];
  /** What to pass as `since` to go on. */
  next_since: number;
  /** Whether there are commits after those that were looked at. */
  has_more: boolean;
}

/** The stored records of a collection, checked by the schema that is to be theirs. */
export interface CheckedRecords {
  /** The collection. */
  collection: string;
  /** How many records there are. */
  checked: number;
  /** How many of them do not match. */
  failing: number;
  /** The first that does not. */
  first: FailingRecord | null;
}

/** A collection. */
export interface Collection {
  /** `[A-Za-z_][A-Za-z0-9_-]{0,62}`. */
  id: string;
  /** What people call it. */
  name: string;
  /** The JSON Schema, as it was given. */
  schema: JsonObject;
  /** Starts at 1 and rises with every change of the schema. */
  version: number;
  /** When it was made. */
  created_at: string;
  /** When it last changed. */
  updated_at: string;
}

/** A page of things: `{"data": [...], "meta": {...}}`. */
export interface CollectionList {
  /** The things, in order. */
  data: Collection[];
  /** Where this page stands. */
  meta: Meta;
}

/** How much a collection holds. */
export interface CollectionStats {
  /** The collection. */
  collection: string;
  /** Its records. */
  records: number;
  /** Bytes of its records. */
  bytes: number;
  /** Its declared indexes. */
  indexes: number;
  /** Bytes of its declared indexes. */
  index_bytes: number;
  /** Its column groups. */
  column_groups: number;
  /** Bytes of its columns. */
  column_bytes: number;
  /** Records that were written since their group was sealed. */
  dirty_records: number;
}

/** What a column scan read. */
export interface ColumnsRead {
  /** Groups of which columns were read. */
  groups_read: number;
  /** Groups that were ruled out without reading their columns. */
  groups_skipped: number;
  /** Records that were changed since their group was sealed, or are in none yet. */
  dirty_rows: number;
  /** Records whose rows had to be read. */
  rows_read: number;
}

/** Compares a field with a value. */
export interface Comparison {
  /** `data.<path>`, or a field of the record itself. */
  field: string;
  /** How. */
  op: Operator;
  /** With what; `is_null` and `is_not_null` need none. */
  value?: JsonValue | null;
}

/**
 * Makes a preview of a production workspace: a workspace `<parent>--<slug>` with the same collections.
 * `already_exists` when its id is taken, `invalid_id` when nothing of the name is left for a slug.
 */
export interface CreatePreview {
  /** The production workspace. */
  workspace: string;
  /** What the preview is called; its slug is made from it: `Add invoices!` becomes `add-invoices`. */
  name: string;
  /** What it is for. */
  description?: string | null;
  /** Whether it gets a copy of the records and relationships too. */
  with_data?: boolean | null;
}

/**
 * Makes a token, and shows its text for the only time.
 * Only an operator makes tokens; a handle that itself works with a token makes none that reach further.
 */
export interface CreateToken {
  /** The name that its writes are signed with. */
  name: string;
  /** What it may do: `operator`, `agent` or `reader`. */
  role: Role;
  /** The collections that it reaches; all when left out. */
  collections?: string[] | null;
  /** The kinds of workspace that it reaches, `production` or `preview`; both when left out. */
  environments?: WorkspaceKind[] | null;
  /** When it ends (RFC 3339); never when left out. */
  expires_at?: string | null;
  /** The workspaces that it reaches, their previews included; all when left out. */
  workspaces?: string[] | null;
}

/** Makes a workspace. */
export interface CreateWorkspace {
  /** The id to give it. */
  id: string;
  /** What it is for. */
  description?: string | null;
  /** What people call it; the id when left out. */
  name?: string | null;
}

/** The answer to `CreateToken`. */
export interface CreatedToken {
  /** Its id, which is no secret. */
  id: string;
  /** The name that its writes are signed with. */
  name: string;
  /** What it may do. */
  role: Role;
  /** The workspaces that it reaches, their previews included; null for all. */
  workspaces: string[] | null;
  /** The collections that it reaches; null for all. */
  collections: string[] | null;
  /** The kinds of workspace that it reaches; null for both. */
  environments: WorkspaceKind[] | null;
  /** When it ends; null for never. */
  expires_at: string | null;
  /** When it was made. */
  created_at: string;
  /** What to give to the program: `rekor_<id>_<secret>`. It cannot be shown again. */
  token: string;
}

/** Deletes a collection. */
export interface DeleteCollection {
  /** Its id. */
  collection: string;
  /** The version that the collection must have. */
  if_version?: number | null;
  /** Whether its records and their relationships go with it; without this, having some is an error. */
  with_records?: boolean | null;
}

/** Deletes a record and every relationship that touches it. */
export interface DeleteRecord {
  /** The collection. */
  collection: string;
  /** Its key in another system. */
  external_id?: string | null;
  /** The other system. */
  external_source?: string | null;
  /** The record's id. */
  id?: string | null;
  /** The version that the record must have. */
  if_version?: number | null;
}

/** Deletes one relationship. */
export interface DeleteRelationship {
  /** Its id. */
  id: string;
  /** The version that it must have. */
  if_version?: number | null;
}

/** Deletes the relationships that touch one record, in steps, so that there is no limit to them. */
export interface DeleteTouching {
  /** The record's collection. */
  collection: string;
  /** The record's id. */
  id: string;
}

/** Deletes a workspace with all that it holds. */
export interface DeleteWorkspace {
  /** Its id. */
  id: string;
  /** Whether its previews go with it; without this, having some is an error. */
  with_previews?: boolean | null;
  /** That a person has agreed: without it, deleting a production workspace is `human_only`. */
  yes?: boolean | null;
}

/** The answer to a delete. */
export interface Deleted {
  /** The id of what was deleted. */
  id: string;
  /** Always true; a missing thing is an error. */
  deleted: boolean;
  /** How many relationships went with a record. */
  relationships_deleted?: number | null;
  /** What the caller should know although the delete went through. */
  warnings?: string[] | null;
}

/** The answer to `DeleteTouching`. */
export interface DeletedTouching {
  /** How many relationships were deleted. */
  relationships_deleted: number;
}

/** Which way a relationship is followed. */
export type Direction = "outgoing" | "incoming" | "both";

/** One end of a relationship. */
export interface End {
  /** The collection of the record. */
  collection: string;
  /** The record's id. */
  id: string;
}

/** Says how a query is carried out: runs it and prints the plan in place of the rows. */
export type Explain = { query: Query } | { aggregate: Aggregate };

/** How a query is or would be carried out. */
export interface Explanation {
  /** `id`, `external_id`, `index`, `column_scan` or `row_scan`. */
  access: string;
  /** The fields of the index used. */
  index: string[] | null;
  /** Why this way. */
  reason: string;
  /** Whether the access path already gives the order asked for. */
  sorted_by_access: boolean;
  /** Rows or index entries looked at. */
  rows_examined: number;
  /** Rows that matched. */
  rows_matched: number;
  /** What a column scan read. */
  columns?: ColumnsRead | null;
}

/** A record that a new schema refuses. */
export interface FailingRecord {
  /** Its id. */
  id: string;
  /** Where in it. */
  pointer: string;
  /** Why. */
  message: string;
}

/** One field before and after a change. Objects are compared field by field, everything else as a whole. */
export interface FieldChange {
  /** Which field, as a JSON pointer (RFC 6901) into the record. */
  pointer: string;
  /** What it became; left out when it is gone. */
  after?: JsonValue | null;
  /** What it was; left out when it was not there. */
  before?: JsonValue | null;
}

/** What records are kept. */
export type Filter = Comparison | { and: Filter[] } | { or: Filter[] } | { not: Filter };

/** What is computed. */
export type AggregateFunction = "count" | "count_distinct" | "sum" | "avg" | "min" | "max";

/** Gets one collection. */
export interface GetCollection {
  /** Its id. */
  collection: string;
}

/** Gets one record, by `id` or by `external_id`. */
export interface GetRecord {
  /** The collection. */
  collection: string;
  /** The record as it was after this commit, given by its number, or at this time (RFC 3339): a deleted one by its id. */
  at?: string | null;
  /** Its key in another system. */
  external_id?: string | null;
  /** The other system. */
  external_source?: string | null;
  /** The record's id. */
  id?: string | null;
}

/** Gets one relationship. */
export interface GetRelationship {
  /** Its id. */
  id: string;
}

/** Counts what a workspace holds. It reads all of it. */
export type GetStats = JsonObject;

/** Gets one workspace, with how much it holds. */
export interface GetWorkspace {
  /** Its id. */
  id: string;
}

/** One row of a traversal. */
export interface Hop {
  /** The relationship that was followed. */
  relationship: Relationship;
  /** `outgoing` or `incoming`, seen from the start. */
  direction: Direction;
  /** How many steps from the start. */
  depth: number;
  /** The record at the far end: whole, or the fields asked for; null when it does not exist. */
  record: HopRecord | null;
}

/** A page of things: `{"data": [...], "meta": {...}}`. */
export interface HopList {
  /** The things, in order. */
  data: Hop[];
  /** Where this page stands. */
  meta: Meta;
}

/** The record at the far end of a `Hop`. */
export type HopRecord = RekorRecord | JsonObject;

/** What an import did. */
export interface ImportAnswer {
  /** Lines read, those before a resumed stop included. */
  read: number;
  /** Records made. */
  created: number;
  /** Records changed. */
  updated: number;
  /** Records that were already so. */
  unchanged: number;
  /** Lines refused. */
  failed: number;
}

/** Production or preview. */
export type WorkspaceKind = "production" | "preview";

/** A commit of a workspace. */
export interface LastCommit {
  /** Its number. */
  seq: number;
  /** When it was made. */
  at: string;
  /** Who made it, and why. */
  actor: Actor;
}

/** Makes each imported record a link to the record whose external id a field holds. */
export interface LinkRule {
  /** The path of the field below `data`, as in `carrier` or `route.origin`. */
  field: string;
  /** The type of the relationships. */
  rel_type: string;
  /** The collection that they lead to. */
  collection: string;
  /** The external source of the records that they lead to. */
  external_source?: string | null;
}

/** Lists what was changed, the oldest first: whole commits, so that a reader can go on after any of them. */
export interface ListChanges {
  /** Only changes of this collection and of its records. */
  collection?: string | null;
  /** Changes after which a page ends with the commit that it has come to: 1,000 unless given. */
  limit?: number | null;
  /** Only commits after this one; 0 for all. */
  since?: number | null;
}

/** Lists the collections of the workspace, by id. */
export type ListCollections = JsonObject;

/** Lists the promotions and rollbacks of a workspace, the newest first. */
export interface ListPromotions {
  /** The production workspace. */
  workspace: string;
}

/** Lists relationships, by id. */
export interface ListRelationships {
  /** Where the last page ended. */
  cursor?: string | null;
  /** Rows of a page: 50 unless given, at most 1,000. */
  limit?: number | null;
  /** Only those of this type. */
  rel_type?: string | null;
}

/** Lists the tokens of the store, by when they were made; those that have ended stay until they are revoked. */
export type ListTokens = JsonObject;

/** Lists the workspaces of the store, by id. */
export type ListWorkspaces = JsonObject;

/** Where a page stands in its list. */
export interface Meta {
  /** Rows at most. */
  limit: number | null;
  /** Rows left out before this page. */
  offset: number;
  /** Whether rows follow this page. */
  has_more: boolean;
  /** What to pass as `cursor` to get the next page. */
  next_cursor: string | null;
  /** How many rows there are in all, when it was asked for. */
  total?: number | null;
}

/** The answer to one operation. */
export type OperationAnswer = WrittenRecord | WrittenRelationship | WrittenCollection | Deleted;

/** How a field is compared. */
export type Operator = "eq" | "neq" | "gt" | "gte" | "lt" | "lte" | "in" | "not_in" | "like" | "ilike" | "is_null" | "is_not_null" | "has";

/** Merges a JSON merge patch (RFC 7396) into a record's data. */
export interface PatchRecord {
  /** The collection. */
  collection: string;
  /** The patch: `null` removes a key. */
  data: JsonObject;
  /** Its key in another system. */
  external_id?: string | null;
  /** The other system. */
  external_source?: string | null;
  /** The record's id. */
  id?: string | null;
  /** The version that the record must have. */
  if_version?: number | null;
}

/** Says what promoting a preview would do, and whether it may. */
export interface PlanPromotion {
  /** The production workspace. */
  workspace: string;
  /** The preview. */
  from: string;
  /** Whether collections that the preview no longer has are removed. */
  prune?: boolean | null;
}

/** Says what rolling a promotion back would do, and whether it may. */
export interface PlanRollback {
  /** The production workspace. */
  workspace: string;
  /** The promotion: the newest that is not rolled back. */
  promotion: number;
  /** Whether collections that the promotion made are removed. */
  prune?: boolean | null;
}

/** What becomes of one collection. */
export interface PlannedChange {
  /** Its id. */
  collection: string;
  /** Whether it is made, changed or removed. */
  action: Action;
  /** Whether it would be removed and is kept, since `prune` was not asked for. */
  kept: boolean;
  /** How many records go with it; null unless it is removed. */
  records_removed: number | null;
  /** Its name and schema, field by field. */
  changes: FieldChange[];
  /** Whether its new schema refuses something that its old one accepted. */
  breaking: boolean;
  /** How that was decided: `algebra` is a proof, `rules` errs on the side of breaking; null where there was nothing to ask. */
  decided_by: string | null;
  /** What is refused now. */
  reasons: BreakingReason[];
}

/**
 * Makes production's collections what the preview's are, in one commit.
 * What only production has changed since the preview was made stays; what both have changed is `promote_conflict`. A change
 * that refuses what was accepted, or that a stored record fails, is `breaking_change`.
 */
export interface Promote {
  /** The production workspace. */
  workspace: string;
  /** The preview. */
  from: string;
  /** Whether to go ahead although the plan is breaking. */
  allow_breaking?: boolean | null;
  /** The hash of the plan that was reviewed; any other plan is `preview_changed`. */
  expect?: string | null;
  /** Whether collections that the preview no longer has are removed, with their records. */
  prune?: boolean | null;
  /** That a person has agreed: without it and without `expect`, it is `human_only`. */
  yes?: boolean | null;
}

/** What a promotion or rollback did. */
export interface Promoted {
  /** The sequence number of its commit, which is also its id; null when nothing changed. */
  seq: number | null;
  /** What was applied. */
  plan: PromotionPlan;
}

/** What a promotion did to one collection. */
export interface PromotedChange {
  /** Its id. */
  collection: string;
  /** Whether it was made, changed or removed. */
  action: Action;
}

/** A promotion or a rollback. */
export interface Promotion {
  /** Its id: the sequence number of its commit. */
  id: number;
  /** When it was made; null when the journal no longer tells. */
  at: string | null;
  /** Who made it, and why. */
  actor: Actor | null;
  /** The preview that was promoted; null for a rollback. */
  from: string | null;
  /** The promotion that was rolled back; null for a promotion. */
  rolls_back: number | null;
  /** The rollback that took it back, if one did. */
  rolled_back_by: number | null;
  /** The hash of the plan. */
  hash: string;
  /** What became of which collection. */
  changes: PromotedChange[];
}

/** A collection that production and preview have both changed. */
export interface PromotionConflict {
  /** Its id. */
  collection: string;
  /** What production did. */
  production: Action;
  /** What the preview did. */
  preview: Action;
}

/** A page of things: `{"data": [...], "meta": {...}}`. */
export interface PromotionList {
  /** The things, in order. */
  data: Promotion[];
  /** Where this page stands. */
  meta: Meta;
}

/** What a promotion or rollback does. The same plan is shown by every surface. */
export interface PromotionPlan {
  /** The production workspace. */
  workspace: string;
  /** The preview that is promoted; null for a rollback. */
  from: string | null;
  /** The promotion that is rolled back; null for a promotion. */
  promotion: number | null;
  /** What this plan is, and nothing else: to pass as `expect`. */
  hash: string;
  /** Whether it needs `allow_breaking`. */
  breaking: boolean;
  /** The collections that become others, by id. */
  changes: PlannedChange[];
  /** The collections that both sides have changed since the preview was made: none of the plan can be applied. */
  conflicts: PromotionConflict[];
  /** The stored records that were checked, by collection. */
  records: CheckedRecords[];
}

/** Finds records of one collection. */
export interface Query {
  /** The collection. */
  collection: string;
  /** The records as they were after this commit, given by its number, or at this time (RFC 3339). They are read row by row. */
  at?: string | null;
  /** Whether to say how many records match in all. */
  count?: boolean | null;
  /** Where the last page ended. */
  cursor?: string | null;
  /** Only records of this external source. */
  external_source?: string | null;
  /** Only these fields of each record. */
  fields?: string[] | null;
  /** `{"field","op","value"}`, `{"and":[…]}`, `{"or":[…]}` or `{"not":…}`. */
  filter?: Filter | null;
  /** Rows of a page: 50 unless given, at most 1,000. */
  limit?: number | null;
  /** Rows to leave out first, at most 10,000. */
  offset?: number | null;
  /** `{"field","direction"}` or a list of these; by id when left out. */
  sort?: Sort | null;
}

/** Follows relationships from one record, breadth first. */
export interface QueryRelationships {
  /** The collection of the record to start from. */
  collection: string;
  /** The id of the record to start from. */
  id: string;
  /** Where the last page ended. */
  cursor?: string | null;
  /** Steps at most: 1 unless given, at most 10. */
  depth?: number | null;
  /** Which way to follow them; both unless given. */
  direction?: Direction | null;
  /** Only these fields of the records found. */
  fields?: string[] | null;
  /** Rows of a page: 50 unless given, at most 1,000. */
  limit?: number | null;
  /** Only relationships of this type. */
  rel_type?: string | null;
}

/** A record. */
export interface RekorRecord<T extends object = JsonObject> {
  /** A UUIDv7 that rekor made, or the caller's own `[A-Za-z0-9_.:-]{1,128}`. */
  id: string;
  /** The collection that it belongs to. */
  collection: string;
  /** The caller's key for it in some other system, unique together with the source. */
  external_id: string | null;
  /** The other system. */
  external_source: string | null;
  /** Starts at 1 and rises with every change. */
  version: number;
  /** The document, as it was given. */
  data: T;
  /** When it was made. */
  created_at: string;
  /** When it last changed. */
  updated_at: string;
}

/** What one commit did to a record. */
export interface RecordChange<T extends object = JsonObject> {
  /** The commit. */
  seq: number;
  /** When it was made. */
  at: string;
  /** What became of the record. */
  action: Action;
  /** Its version after the commit; when deleted, the last that it had. */
  version: number;
  /** Who made it, and why. */
  actor: Actor;
  /** The record after the commit; null when deleted. */
  record: RekorRecord<T> | null;
  /** The fields that the commit changed, if they were asked for. */
  changes?: FieldChange[] | null;
}

/** A page of things: `{"data": [...], "meta": {...}}`. */
export interface RecordChangeList<T extends object = JsonObject> {
  /** The things, in order. */
  data: RecordChange<T>[];
  /** Where this page stands. */
  meta: Meta;
}

/** Lists the changes of one record, the newest first. One that was deleted is named by its id. */
export interface RecordHistory {
  /** The collection. */
  collection: string;
  /** The `next_cursor` of the page before. */
  cursor?: string | null;
  /** Whether each change says which fields it changed. */
  diff?: boolean | null;
  /** Its key in another system. */
  external_id?: string | null;
  /** The other system. */
  external_source?: string | null;
  /** The record's id. */
  id?: string | null;
  /** Changes of a page, 50 unless given. */
  limit?: number | null;
}

/** What a write would have come to. */
export interface Rehearsal<Answer = JsonValue> {
  /** Always true. */
  dry_run: boolean;
  /** What the write would have been answered with; ids that rekor makes and times would be others. */
  answer: Answer;
  /** What would have changed, at most 1,000 things. */
  changes: RehearsedChange[];
  /** How many things would have changed in all. */
  changes_total: number;
}

/** What a write would have done to one thing. */
export interface RehearsedChange {
  /** What kind of thing. */
  thing: Thing;
  /** The collection that the thing is, or that it belongs to; null for relationships. */
  collection: string | null;
  /** Its id. */
  id: string;
  /** What would have become of it. */
  action: Action;
  /** The version that it would have; when deleted, the last that it has. */
  version: number;
  /** The fields that would have changed. */
  changes: FieldChange[];
}

/** A relationship. */
export interface Relationship {
  /** Made from (source, type, target) unless the caller gave one. */
  id: string;
  /** Its type. */
  type: string;
  /** Where it starts. */
  source: End;
  /** Where it leads. */
  target: End;
  /** Starts at 1 and rises with every change. */
  version: number;
  /** Its own document, or null. */
  data: JsonObject | null;
  /** When it was made. */
  created_at: string;
  /** When it last changed. */
  updated_at: string;
}

/** A page of things: `{"data": [...], "meta": {...}}`. */
export interface RelationshipList {
  /** The things, in order. */
  data: Relationship[];
  /** Where this page stands. */
  meta: Meta;
}

/** Makes a deleted record again as it last was. Its relationships come back with `Undo` of the commit that deleted it. */
export interface RestoreRecord {
  /** The collection. */
  collection: string;
  /** The record's id. */
  id: string;
}

/** Writes an earlier version of a record as its newest one. One that was deleted is named by its id, and made again. */
export interface RevertRecord {
  /** The collection. */
  collection: string;
  /** The version whose data and external key it gets. */
  to: number;
  /** Its key in another system. */
  external_id?: string | null;
  /** The other system. */
  external_source?: string | null;
  /** The record's id. */
  id?: string | null;
  /** The version that the record must have now, 0 for none. */
  if_version?: number | null;
}

/** Takes a token back: handles that work with it are refused from their next request on. */
export interface RevokeToken {
  /** Its id, or its text. */
  id: string;
}

/** What a caller may do, the most first. */
export type Role = "operator" | "agent" | "reader";

/** Makes what the newest promotion changed what it was before, by the rules of `Promote`. */
export interface Rollback {
  /** The production workspace. */
  workspace: string;
  /** The promotion: the newest that is not rolled back. */
  promotion: number;
  /** Whether to go ahead although the plan is breaking. */
  allow_breaking?: boolean | null;
  /** The hash of the plan that was reviewed; any other plan is `preview_changed`. */
  expect?: string | null;
  /** Whether collections that the promotion made are removed, with their records. */
  prune?: boolean | null;
  /** That a person has agreed: without it and without `expect`, it is `human_only`. */
  yes?: boolean | null;
}

/** A row of a query's answer. */
export type Row<T extends object = JsonObject> = RekorRecord<T> | JsonObject;

/** A page of things: `{"data": [...], "meta": {...}}`. */
export interface RowList<T extends object = JsonObject> {
  /** The things, in order. */
  data: Row<T>[];
  /** Where this page stands. */
  meta: Meta;
}

/** Changes the name or the settings of a workspace; what is left out stays. */
export interface SetWorkspace {
  /** Its id. */
  id: string;
  /** What it is for; empty for nothing. */
  description?: string | null;
  /** How long history is kept: `all`, or days, as in `30d`. The last hour is kept in any case. */
  history?: string | null;
  /** What people call it. */
  name?: string | null;
  /** Whether a relationship to a missing record is an error. */
  strict_refs?: boolean | null;
}

/** What rows are sorted by. */
export type Sort = SortField | SortField[];

/** Which way rows are sorted. */
export type SortDirection = "asc" | "desc";

/** A field that rows are sorted by. */
export interface SortField {
  /** `data.<path>`, or a field of the record itself. */
  field: string;
  /** Which way; ascending unless given. */
  direction?: SortDirection | null;
}

/**
 * How much a workspace holds. Bytes are those of keys and values; the file has more, of which `compact` gives back what is
 * unused.
 */
export interface Stats {
  /** The workspace. */
  workspace: string;
  /** The commit that this was counted at. */
  seq: number;
  /** Bytes of the file. */
  file_bytes: number;
  /** Its collections, by id. */
  collections: CollectionStats[];
  /** Relationships, those of deleted collections included until history lets them go. */
  relationships: number;
  /** Bytes of relationships, seen from both ends. */
  relationship_bytes: number;
  /** Commits of which the journal tells. */
  commits: number;
  /** Bytes of the journal and of what leads into it. */
  journal_bytes: number;
  /** Records of deleted collections, which the journal still needs. */
  retired_records: number;
  /** Bytes of such records. */
  retired_bytes: number;
}

/** What can be changed. */
export type Thing = "collection" | "record" | "relationship" | "workspace";

/** A token, without its secret. */
export interface Token {
  /** Its id, which is no secret. */
  id: string;
  /** The name that its writes are signed with. */
  name: string;
  /** What it may do. */
  role: Role;
  /** The workspaces that it reaches, their previews included; null for all. */
  workspaces: string[] | null;
  /** The collections that it reaches; null for all. */
  collections: string[] | null;
  /** The kinds of workspace that it reaches; null for both. */
  environments: WorkspaceKind[] | null;
  /** When it ends; null for never. */
  expires_at: string | null;
  /** When it was made. */
  created_at: string;
}

/** A page of things: `{"data": [...], "meta": {...}}`. */
export interface TokenList {
  /** The things, in order. */
  data: Token[];
  /** Where this page stands. */
  meta: Meta;
}

/**
 * Takes back what one commit did, or all commits of a run: everything is then what it was before, or nothing changes.
 * `undo_conflict` where anything later has changed one of the things.
 */
export interface Undo {
  /** The number of a commit. */
  batch?: number | null;
  /** Or the name of a run. */
  run?: string | null;
}

/** What was taken back. */
export interface Undone {
  /** The sequence number of the commit that took it back; null when nothing changed. */
  seq: number | null;
  /** How many commits were taken back. */
  commits: number;
  /** How many records are again what they were. */
  records: number;
  /** How many relationships are. */
  relationships: number;
  /** How many collections are. */
  collections: number;
}

/** Makes a collection or changes one. */
export interface UpsertCollection {
  /** Its id. */
  collection: string;
  /** Whether to go ahead although stored records do not fit. */
  allow_breaking?: boolean | null;
  /** The version that the collection must have, 0 for none. */
  if_version?: number | null;
  /** What people call it; kept when left out, the id for a new one. */
  name?: string | null;
  /** The JSON Schema; kept when left out, required for a new one. */
  schema?: JsonObject | null;
  /** That a person has agreed: without it, `allow_breaking` in production is `human_only`. */
  yes?: boolean | null;
}

/**
 * Makes a record or replaces the data of one.
 * Which record: `id`, else (`external_source`, `external_id`), else a new one.
 */
export interface UpsertRecord {
  /** The collection. */
  collection: string;
  /** The whole document. */
  data: JsonObject;
  /** Its key in another system: 1 to 512 bytes. */
  external_id?: string | null;
  /** The other system: 1 to 64 bytes. */
  external_source?: string | null;
  /** The record's id. */
  id?: string | null;
  /** The version that the record must have, 0 for none. */
  if_version?: number | null;
}

/** Links two records, or changes the data of a link. */
export interface UpsertRelationship {
  /** The type: `[A-Za-z_][A-Za-z0-9_-]{0,62}`. */
  rel_type: string;
  /** The collection where it starts. */
  source_collection: string;
  /** The record where it starts: an id, or `@source:external_id` (`@:external_id` without a source). */
  source_id: string;
  /** The collection where it leads. */
  target_collection: string;
  /** The record where it leads, written like `source_id`. */
  target_id: string;
  /** Its own document; kept when left out. */
  data?: JsonObject | null;
  /** An id of its own; parallel links need one. */
  id?: string | null;
  /** The version that it must have, 0 for none. */
  if_version?: number | null;
  /** Whether a missing end is an error and not a warning. */
  strict?: boolean | null;
}

/** A workspace. */
export interface RekorWorkspace {
  /** `[a-z0-9][a-z0-9_-]{0,62}`, without `--`; a preview's is `<parent>--<slug>`. */
  id: string;
  /** What people call it. */
  name: string;
  /** What it is for. */
  description: string | null;
  /** Production or preview. */
  kind: WorkspaceKind;
  /** The production workspace of a preview. */
  parent: string | null;
  /** When it was made. */
  created_at: string;
  /** When its name or description last changed. */
  updated_at: string;
}

/** A workspace and what it holds. */
export interface WorkspaceDetails {
  /** `[a-z0-9][a-z0-9_-]{0,62}`, without `--`; a preview's is `<parent>--<slug>`. */
  id: string;
  /** What people call it. */
  name: string;
  /** What it is for. */
  description: string | null;
  /** Production or preview. */
  kind: WorkspaceKind;
  /** The production workspace of a preview. */
  parent: string | null;
  /** When it was made. */
  created_at: string;
  /** When its name or description last changed. */
  updated_at: string;
  /** How many collections it has. */
  collections: number;
  /** How many records. */
  records: number;
  /** How many relationships. */
  relationships: number;
  /** The ids of its previews. */
  previews: string[];
  /** Bytes of its file. */
  size_bytes: number;
  /** The layout of what is stored. */
  format: number;
  /** The number of the newest commit. */
  seq: number;
  /** The last commit that changed something; null when there was none. */
  last_commit: LastCommit | null;
  /** How long history is kept: `all`, or days, as in `30d`. */
  history: string;
  /** Whether a relationship to a missing record is an error. */
  strict_refs: boolean;
}

/** A page of things: `{"data": [...], "meta": {...}}`. */
export interface WorkspaceList {
  /** The things, in order. */
  data: RekorWorkspace[];
  /** Where this page stands. */
  meta: Meta;
}

/** The answer to a write: the thing, then whether it changed. */
export interface WrittenCollection {
  /** `[A-Za-z_][A-Za-z0-9_-]{0,62}`. */
  id: string;
  /** What people call it. */
  name: string;
  /** The JSON Schema, as it was given. */
  schema: JsonObject;
  /** Starts at 1 and rises with every change of the schema. */
  version: number;
  /** When it was made. */
  created_at: string;
  /** When it last changed. */
  updated_at: string;
  /** Whether the write changed anything. */
  changed: boolean;
  /** What the caller should know although the write went through. */
  warnings?: string[] | null;
}

/** The answer to a write: the thing, then whether it changed. */
export interface WrittenRecord<T extends object = JsonObject> {
  /** A UUIDv7 that rekor made, or the caller's own `[A-Za-z0-9_.:-]{1,128}`. */
  id: string;
  /** The collection that it belongs to. */
  collection: string;
  /** The caller's key for it in some other system, unique together with the source. */
  external_id: string | null;
  /** The other system. */
  external_source: string | null;
  /** Starts at 1 and rises with every change. */
  version: number;
  /** The document, as it was given. */
  data: T;
  /** When it was made. */
  created_at: string;
  /** When it last changed. */
  updated_at: string;
  /** Whether the write changed anything. */
  changed: boolean;
  /** What the caller should know although the write went through. */
  warnings?: string[] | null;
}

/** The answer to a write: the thing, then whether it changed. */
export interface WrittenRelationship {
  /** Made from (source, type, target) unless the caller gave one. */
  id: string;
  /** Its type. */
  type: string;
  /** Where it starts. */
  source: End;
  /** Where it leads. */
  target: End;
  /** Starts at 1 and rises with every change. */
  version: number;
  /** Its own document, or null. */
  data: JsonObject | null;
  /** When it was made. */
  created_at: string;
  /** When it last changed. */
  updated_at: string;
  /** Whether the write changed anything. */
  changed: boolean;
  /** What the caller should know although the write went through. */
  warnings?: string[] | null;
}

/** The answer to a write: the thing, then whether it changed. */
export interface WrittenWorkspace {
  /** `[a-z0-9][a-z0-9_-]{0,62}`, without `--`; a preview's is `<parent>--<slug>`. */
  id: string;
  /** What people call it. */
  name: string;
  /** What it is for. */
  description: string | null;
  /** Production or preview. */
  kind: WorkspaceKind;
  /** The production workspace of a preview. */
  parent: string | null;
  /** When it was made. */
  created_at: string;
  /** When its name or description last changed. */
  updated_at: string;
  /** Whether the write changed anything. */
  changed: boolean;
  /** What the caller should know although the write went through. */
  warnings?: string[] | null;
}

/** The answer to a write: the thing, then whether it changed. */
export interface WrittenWorkspaceSettings {
  /** `[a-z0-9][a-z0-9_-]{0,62}`, without `--`; a preview's is `<parent>--<slug>`. */
  id: string;
  /** What people call it. */
  name: string;
  /** What it is for. */
  description: string | null;
  /** Production or preview. */
  kind: WorkspaceKind;
  /** The production workspace of a preview. */
  parent: string | null;
  /** When it was made. */
  created_at: string;
  /** When its name or description last changed. */
  updated_at: string;
  /** How long history is kept: `all`, or days, as in `30d`. */
  history: string;
  /** Whether a relationship to a missing record is an error. */
  strict_refs: boolean;
  /** Whether the write changed anything. */
  changed: boolean;
  /** What the caller should know although the write went through. */
  warnings?: string[] | null;
}
