// Made by `cargo run -p rekor-tests --bin gen-docs`. Change the table in the code.
import type * as t from "./types.js";

/** The options of `upsert_collection`. */
export type UpsertCollectionOptions = Omit<t.UpsertCollection, "collection"> & t.CallOptions;

/** The options of `get_collection`. */
export type GetCollectionOptions = Omit<t.GetCollection, "collection">;

/** The options of `list_collections`. */
export type ListCollectionsOptions = t.ListCollections;

/** The options of `delete_collection`. */
export type DeleteCollectionOptions = Omit<t.DeleteCollection, "collection"> & t.CallOptions;

/** The options of `upsert_record`. */
export type UpsertRecordOptions = Omit<t.UpsertRecord, "collection" | "data"> & t.CallOptions;

/** The options of `get_record`. */
export type GetRecordOptions = Omit<t.GetRecord, "collection">;

/** The options of `patch_record`. */
export type PatchRecordOptions = Omit<t.PatchRecord, "collection" | "data"> & t.CallOptions;

/** The options of `delete_record`. */
export type DeleteRecordOptions = Omit<t.DeleteRecord, "collection"> & t.CallOptions;

/** The options of `record_history`. */
export type RecordHistoryOptions = Omit<t.RecordHistory, "collection">;

/** The options of `revert_record`. */
export type RevertRecordOptions = Omit<t.RevertRecord, "collection" | "to"> & t.CallOptions;

/** The options of `restore_record`. */
export type RestoreRecordOptions = Omit<t.RestoreRecord, "collection" | "id"> & t.CallOptions;

/** The options of `upsert_relationship`. */
export type UpsertRelationshipOptions = Omit<t.UpsertRelationship, "rel_type" | "source_collection" | "source_id" | "target_collection" | "target_id"> & t.CallOptions;

/** The options of `get_relationship`. */
export type GetRelationshipOptions = Omit<t.GetRelationship, "id">;

/** The options of `list_relationships`. */
export type ListRelationshipsOptions = t.ListRelationships;

/** The options of `delete_relationship`. */
export type DeleteRelationshipOptions = Omit<t.DeleteRelationship, "id"> & t.CallOptions;

/** The options of `delete_touching`. */
export type DeleteTouchingOptions = Omit<t.DeleteTouching, "collection" | "id"> & t.CallOptions;

/** The options of `query_relationships`. */
export type QueryRelationshipsOptions = Omit<t.QueryRelationships, "collection" | "id">;

/** The options of `list_changes`. */
export type ListChangesOptions = t.ListChanges;

/** The options of `undo`. */
export type UndoOptions = t.Undo & t.CallOptions;

/** The options of `query`. */
export type QueryOptions = Omit<t.Query, "collection">;

/** The options of `aggregate`. */
export type AggregateOptions = Omit<t.Aggregate, "collection" | "aggregations">;

/** The options of `get_stats`. */
export type GetStatsOptions = t.GetStats;

/** The options of `batch`. */
export type BatchOptions = Omit<t.Batch, "operations"> & t.CallOptions;

/** The options of `create_workspace`. */
export type CreateWorkspaceOptions = Omit<t.CreateWorkspace, "id"> & t.CallOptions;

/** The options of `get_workspace`. */
export type GetWorkspaceOptions = Omit<t.GetWorkspace, "id">;

/** The options of `list_workspaces`. */
export type ListWorkspacesOptions = t.ListWorkspaces;

/** The options of `set_workspace`. */
export type SetWorkspaceOptions = Omit<t.SetWorkspace, "id"> & t.CallOptions;

/** The options of `delete_workspace`. */
export type DeleteWorkspaceOptions = Omit<t.DeleteWorkspace, "id"> & t.CallOptions;

/** The options of `create_preview`. */
export type CreatePreviewOptions = Omit<t.CreatePreview, "workspace" | "name"> & t.CallOptions;

/** The options of `plan_promotion`. */
export type PlanPromotionOptions = Omit<t.PlanPromotion, "workspace" | "from">;

/** The options of `promote`. */
export type PromoteOptions = Omit<t.Promote, "workspace" | "from"> & t.CallOptions;

/** The options of `list_promotions`. */
export type ListPromotionsOptions = Omit<t.ListPromotions, "workspace">;

/** The options of `plan_rollback`. */
export type PlanRollbackOptions = Omit<t.PlanRollback, "workspace" | "promotion">;

/** The options of `rollback`. */
export type RollbackOptions = Omit<t.Rollback, "workspace" | "promotion"> & t.CallOptions;

/** The options of `create_token`. */
export type CreateTokenOptions = Omit<t.CreateToken, "name" | "role"> & t.CallOptions;

/** The options of `list_tokens`. */
export type ListTokensOptions = t.ListTokens;

/** The options of `revoke_token`. */
export type RevokeTokenOptions = Omit<t.RevokeToken, "id"> & t.CallOptions;

/** What has to do with collections. */
export interface Collections {
  /** Makes a collection or changes one. */
  upsert(collection: string, options: UpsertCollectionOptions & { dry_run: true }): t.Rehearsal<t.WrittenCollection>;
  /** Makes a collection or changes one. */
  upsert(collection: string, options?: UpsertCollectionOptions): t.WrittenCollection;
  /** Gets one collection. */
  get(collection: string, options?: GetCollectionOptions): t.Collection;
  /** Lists the collections. */
  list(options?: ListCollectionsOptions): t.CollectionList;
  /** Deletes a collection. */
  delete(collection: string, options: DeleteCollectionOptions & { dry_run: true }): t.Rehearsal<t.Deleted>;
  /** Deletes a collection. */
  delete(collection: string, options?: DeleteCollectionOptions): t.Deleted;
}

/** What has to do with collections, by promise. */
export interface CollectionsPromises {
  /** Makes a collection or changes one. */
  upsert(collection: string, options: UpsertCollectionOptions & { dry_run: true }): Promise<t.Rehearsal<t.WrittenCollection>>;
  /** Makes a collection or changes one. */
  upsert(collection: string, options?: UpsertCollectionOptions): Promise<t.WrittenCollection>;
  /** Gets one collection. */
  get(collection: string, options?: GetCollectionOptions): Promise<t.Collection>;
  /** Lists the collections. */
  list(options?: ListCollectionsOptions): Promise<t.CollectionList>;
  /** Deletes a collection. */
  delete(collection: string, options: DeleteCollectionOptions & { dry_run: true }): Promise<t.Rehearsal<t.Deleted>>;
  /** Deletes a collection. */
  delete(collection: string, options?: DeleteCollectionOptions): Promise<t.Deleted>;
}

/** What has to do with records. */
export interface Records {
  /** Makes a record or replaces the data of one. */
  upsert<T extends object = t.JsonObject>(collection: string, data: T, options: UpsertRecordOptions & { dry_run: true }): t.Rehearsal<t.WrittenRecord<T>>;
  /** Makes a record or replaces the data of one. */
  upsert<T extends object = t.JsonObject>(collection: string, data: T, options?: UpsertRecordOptions): t.WrittenRecord<T>;
  /** Gets one record. */
  get<T extends object = t.JsonObject>(collection: string, id: string, options?: GetRecordOptions): t.RekorRecord<T>;
  /** Gets one record. */
  get<T extends object = t.JsonObject>(collection: string, options?: GetRecordOptions): t.RekorRecord<T>;
  /** Merges a patch into a record's data. */
  patch<T extends object = t.JsonObject>(collection: string, data: object, options: PatchRecordOptions & { dry_run: true }): t.Rehearsal<t.WrittenRecord<T>>;
  /** Merges a patch into a record's data. */
  patch<T extends object = t.JsonObject>(collection: string, data: object, options?: PatchRecordOptions): t.WrittenRecord<T>;
  /** Deletes a record and every relationship that touches it. */
  delete(collection: string, id: string, options: DeleteRecordOptions & { dry_run: true }): t.Rehearsal<t.Deleted>;
  /** Deletes a record and every relationship that touches it. */
  delete(collection: string, id: string, options?: DeleteRecordOptions): t.Deleted;
  /** Deletes a record and every relationship that touches it. */
  delete(collection: string, options: DeleteRecordOptions & { dry_run: true }): t.Rehearsal<t.Deleted>;
  /** Deletes a record and every relationship that touches it. */
  delete(collection: string, options?: DeleteRecordOptions): t.Deleted;
  /** Lists the changes of one record. */
  history<T extends object = t.JsonObject>(collection: string, id: string, options?: RecordHistoryOptions): t.RecordChangeList<T>;
  /** Lists the changes of one record. */
  history<T extends object = t.JsonObject>(collection: string, options?: RecordHistoryOptions): t.RecordChangeList<T>;
  /** Writes an earlier version of a record as its newest one. */
  revert<T extends object = t.JsonObject>(collection: string, to: number, id: string, options: RevertRecordOptions & { dry_run: true }): t.Rehearsal<t.WrittenRecord<T>>;
  /** Writes an earlier version of a record as its newest one. */
  revert<T extends object = t.JsonObject>(collection: string, to: number, id: string, options?: RevertRecordOptions): t.WrittenRecord<T>;
  /** Writes an earlier version of a record as its newest one. */
  revert<T extends object = t.JsonObject>(collection: string, to: number, options: RevertRecordOptions & { dry_run: true }): t.Rehearsal<t.WrittenRecord<T>>;
  /** Writes an earlier version of a record as its newest one. */
  revert<T extends object = t.JsonObject>(collection: string, to: number, options?: RevertRecordOptions): t.WrittenRecord<T>;
  /** Makes a deleted record again as it last was. */
  restore<T extends object = t.JsonObject>(collection: string, id: string, options: RestoreRecordOptions & { dry_run: true }): t.Rehearsal<t.WrittenRecord<T>>;
  /** Makes a deleted record again as it last was. */
  restore<T extends object = t.JsonObject>(collection: string, id: string, options?: RestoreRecordOptions): t.WrittenRecord<T>;
}

/** What has to do with records, by promise. */
export interface RecordsPromises {
  /** Makes a record or replaces the data of one. */
  upsert<T extends object = t.JsonObject>(collection: string, data: T, options: UpsertRecordOptions & { dry_run: true }): Promise<t.Rehearsal<t.WrittenRecord<T>>>;
  /** Makes a record or replaces the data of one. */
  upsert<T extends object = t.JsonObject>(collection: string, data: T, options?: UpsertRecordOptions): Promise<t.WrittenRecord<T>>;
  /** Gets one record. */
  get<T extends object = t.JsonObject>(collection: string, id: string, options?: GetRecordOptions): Promise<t.RekorRecord<T>>;
  /** Gets one record. */
  get<T extends object = t.JsonObject>(collection: string, options?: GetRecordOptions): Promise<t.RekorRecord<T>>;
  /** Merges a patch into a record's data. */
  patch<T extends object = t.JsonObject>(collection: string, data: object, options: PatchRecordOptions & { dry_run: true }): Promise<t.Rehearsal<t.WrittenRecord<T>>>;
  /** Merges a patch into a record's data. */
  patch<T extends object = t.JsonObject>(collection: string, data: object, options?: PatchRecordOptions): Promise<t.WrittenRecord<T>>;
  /** Deletes a record and every relationship that touches it. */
  delete(collection: string, id: string, options: DeleteRecordOptions & { dry_run: true }): Promise<t.Rehearsal<t.Deleted>>;
  /** Deletes a record and every relationship that touches it. */
  delete(collection: string, id: string, options?: DeleteRecordOptions): Promise<t.Deleted>;
  /** Deletes a record and every relationship that touches it. */
  delete(collection: string, options: DeleteRecordOptions & { dry_run: true }): Promise<t.Rehearsal<t.Deleted>>;
  /** Deletes a record and every relationship that touches it. */
  delete(collection: string, options?: DeleteRecordOptions): Promise<t.Deleted>;
  /** Lists the changes of one record. */
  history<T extends object = t.JsonObject>(collection: string, id: string, options?: RecordHistoryOptions): Promise<t.RecordChangeList<T>>;
  /** Lists the changes of one record. */
  history<T extends object = t.JsonObject>(collection: string, options?: RecordHistoryOptions): Promise<t.RecordChangeList<T>>;
  /** Writes an earlier version of a record as its newest one. */
  revert<T extends object = t.JsonObject>(collection: string, to: number, id: string, options: RevertRecordOptions & { dry_run: true }): Promise<t.Rehearsal<t.WrittenRecord<T>>>;
  /** Writes an earlier version of a record as its newest one. */
  revert<T extends object = t.JsonObject>(collection: string, to: number, id: string, options?: RevertRecordOptions): Promise<t.WrittenRecord<T>>;
  /** Writes an earlier version of a record as its newest one. */
  revert<T extends object = t.JsonObject>(collection: string, to: number, options: RevertRecordOptions & { dry_run: true }): Promise<t.Rehearsal<t.WrittenRecord<T>>>;
  /** Writes an earlier version of a record as its newest one. */
  revert<T extends object = t.JsonObject>(collection: string, to: number, options?: RevertRecordOptions): Promise<t.WrittenRecord<T>>;
  /** Makes a deleted record again as it last was. */
  restore<T extends object = t.JsonObject>(collection: string, id: string, options: RestoreRecordOptions & { dry_run: true }): Promise<t.Rehearsal<t.WrittenRecord<T>>>;
  /** Makes a deleted record again as it last was. */
  restore<T extends object = t.JsonObject>(collection: string, id: string, options?: RestoreRecordOptions): Promise<t.WrittenRecord<T>>;
}

/** What has to do with relationships. */
export interface Relationships {
  /** Links two records. */
  upsert(rel_type: string, source_collection: string, source_id: string, target_collection: string, target_id: string, options: UpsertRelationshipOptions & { dry_run: true }): t.Rehearsal<t.WrittenRelationship>;
  /** Links two records. */
  upsert(rel_type: string, source_collection: string, source_id: string, target_collection: string, target_id: string, options?: UpsertRelationshipOptions): t.WrittenRelationship;
  /** Gets one relationship. */
  get(id: string, options?: GetRelationshipOptions): t.Relationship;
  /** Lists relationships. */
  list(options?: ListRelationshipsOptions): t.RelationshipList;
  /** Deletes one relationship. */
  delete(id: string, options: DeleteRelationshipOptions & { dry_run: true }): t.Rehearsal<t.Deleted>;
  /** Deletes one relationship. */
  delete(id: string, options?: DeleteRelationshipOptions): t.Deleted;
  /** Deletes the relationships that touch one record. */
  deleteTouching(collection: string, id: string, options: DeleteTouchingOptions & { dry_run: true }): t.Rehearsal<t.DeletedTouching>;
  /** Deletes the relationships that touch one record. */
  deleteTouching(collection: string, id: string, options?: DeleteTouchingOptions): t.DeletedTouching;
  /** Follows relationships from one record. */
  query(collection: string, id: string, options?: QueryRelationshipsOptions): t.HopList;
}

/** What has to do with relationships, by promise. */
export interface RelationshipsPromises {
  /** Links two records. */
  upsert(rel_type: string, source_collection: string, source_id: string, target_collection: string, target_id: string, options: UpsertRelationshipOptions & { dry_run: true }): Promise<t.Rehearsal<t.WrittenRelationship>>;
  /** Links two records. */
  upsert(rel_type: string, source_collection: string, source_id: string, target_collection: string, target_id: string, options?: UpsertRelationshipOptions): Promise<t.WrittenRelationship>;
  /** Gets one relationship. */
  get(id: string, options?: GetRelationshipOptions): Promise<t.Relationship>;
  /** Lists relationships. */
  list(options?: ListRelationshipsOptions): Promise<t.RelationshipList>;
  /** Deletes one relationship. */
  delete(id: string, options: DeleteRelationshipOptions & { dry_run: true }): Promise<t.Rehearsal<t.Deleted>>;
  /** Deletes one relationship. */
  delete(id: string, options?: DeleteRelationshipOptions): Promise<t.Deleted>;
  /** Deletes the relationships that touch one record. */
  deleteTouching(collection: string, id: string, options: DeleteTouchingOptions & { dry_run: true }): Promise<t.Rehearsal<t.DeletedTouching>>;
  /** Deletes the relationships that touch one record. */
  deleteTouching(collection: string, id: string, options?: DeleteTouchingOptions): Promise<t.DeletedTouching>;
  /** Follows relationships from one record. */
  query(collection: string, id: string, options?: QueryRelationshipsOptions): Promise<t.HopList>;
}

/** What a workspace is asked itself. */
export interface WorkspaceOperations {
  /** What has to do with collections. */
  readonly collections: Collections;
  /** What has to do with records. */
  readonly records: Records;
  /** What has to do with relationships. */
  readonly relationships: Relationships;
  /** Lists what was changed, commit by commit. */
  listChanges(options?: ListChangesOptions): t.Changes;
  /** Takes back what one commit did, or all commits of a run. */
  undo(options: UndoOptions & { dry_run: true }): t.Rehearsal<t.Undone>;
  /** Takes back what one commit did, or all commits of a run. */
  undo(options?: UndoOptions): t.Undone;
  /** Finds records of one collection. */
  query<T extends object = t.JsonObject>(collection: string, options: QueryOptions & { fields: readonly string[] }): t.Page<t.JsonObject>;
  /** Finds records of one collection. */
  query<T extends object = t.JsonObject>(collection: string, options?: QueryOptions): t.Page<t.RekorRecord<T>>;
  /** Computes totals over the records of one collection. */
  aggregate(collection: string, aggregations: t.Aggregation[], options?: AggregateOptions): t.AggregateAnswer;
  /** Says how a query is carried out. */
  explain(request: t.Explain): t.Explanation;
  /** Counts what the workspace holds. */
  getStats(options?: GetStatsOptions): t.Stats;
  /** Runs operations in order, all or nothing. */
  batch(operations: t.BatchOperation[], options: BatchOptions & { dry_run: true }): t.Rehearsal<t.BatchAnswer>;
  /** Runs operations in order, all or nothing. */
  batch(operations: t.BatchOperation[], options?: BatchOptions): t.BatchAnswer;
}

/** What a workspace is asked itself, by promise. */
export interface WorkspaceOperationsPromises {
  /** What has to do with collections. */
  readonly collections: CollectionsPromises;
  /** What has to do with records. */
  readonly records: RecordsPromises;
  /** What has to do with relationships. */
  readonly relationships: RelationshipsPromises;
  /** Lists what was changed, commit by commit. */
  listChanges(options?: ListChangesOptions): Promise<t.Changes>;
  /** Takes back what one commit did, or all commits of a run. */
  undo(options: UndoOptions & { dry_run: true }): Promise<t.Rehearsal<t.Undone>>;
  /** Takes back what one commit did, or all commits of a run. */
  undo(options?: UndoOptions): Promise<t.Undone>;
  /** Finds records of one collection. */
  query<T extends object = t.JsonObject>(collection: string, options: QueryOptions & { fields: readonly string[] }): Promise<t.Page<t.JsonObject>>;
  /** Finds records of one collection. */
  query<T extends object = t.JsonObject>(collection: string, options?: QueryOptions): Promise<t.Page<t.RekorRecord<T>>>;
  /** Computes totals over the records of one collection. */
  aggregate(collection: string, aggregations: t.Aggregation[], options?: AggregateOptions): Promise<t.AggregateAnswer>;
  /** Says how a query is carried out. */
  explain(request: t.Explain): Promise<t.Explanation>;
  /** Counts what the workspace holds. */
  getStats(options?: GetStatsOptions): Promise<t.Stats>;
  /** Runs operations in order, all or nothing. */
  batch(operations: t.BatchOperation[], options: BatchOptions & { dry_run: true }): Promise<t.Rehearsal<t.BatchAnswer>>;
  /** Runs operations in order, all or nothing. */
  batch(operations: t.BatchOperation[], options?: BatchOptions): Promise<t.BatchAnswer>;
}

/** What has to do with workspaces. */
export interface Workspaces {
  /** Makes a workspace. */
  create(id: string, options: CreateWorkspaceOptions & { dry_run: true }): t.Rehearsal<t.WrittenWorkspace>;
  /** Makes a workspace. */
  create(id: string, options?: CreateWorkspaceOptions): t.WrittenWorkspace;
  /** Gets one workspace. */
  get(id: string, options?: GetWorkspaceOptions): t.WorkspaceDetails;
  /** Lists the workspaces. */
  list(options?: ListWorkspacesOptions): t.WorkspaceList;
  /** Changes the name or the settings of a workspace. */
  set(id: string, options: SetWorkspaceOptions & { dry_run: true }): t.Rehearsal<t.WrittenWorkspaceSettings>;
  /** Changes the name or the settings of a workspace. */
  set(id: string, options?: SetWorkspaceOptions): t.WrittenWorkspaceSettings;
  /** Deletes a workspace with all that it holds. */
  delete(id: string, options: DeleteWorkspaceOptions & { dry_run: true }): t.Rehearsal<t.Deleted>;
  /** Deletes a workspace with all that it holds. */
  delete(id: string, options?: DeleteWorkspaceOptions): t.Deleted;
  /** Makes a preview of a production workspace. */
  createPreview(workspace: string, name: string, options: CreatePreviewOptions & { dry_run: true }): t.Rehearsal<t.WrittenWorkspace>;
  /** Makes a preview of a production workspace. */
  createPreview(workspace: string, name: string, options?: CreatePreviewOptions): t.WrittenWorkspace;
  /** Says what promoting a preview would do. */
  planPromotion(workspace: string, from: string, options?: PlanPromotionOptions): t.PromotionPlan;
  /** Makes production's collections what a preview's are. */
  promote(workspace: string, from: string, options: PromoteOptions & { dry_run: true }): t.Rehearsal<t.Promoted>;
  /** Makes production's collections what a preview's are. */
  promote(workspace: string, from: string, options?: PromoteOptions): t.Promoted;
  /** Lists the promotions and rollbacks of a workspace. */
  listPromotions(workspace: string, options?: ListPromotionsOptions): t.PromotionList;
  /** Says what rolling a promotion back would do. */
  planRollback(workspace: string, promotion: number, options?: PlanRollbackOptions): t.PromotionPlan;
  /** Makes what the newest promotion changed what it was before. */
  rollback(workspace: string, promotion: number, options: RollbackOptions & { dry_run: true }): t.Rehearsal<t.Promoted>;
  /** Makes what the newest promotion changed what it was before. */
  rollback(workspace: string, promotion: number, options?: RollbackOptions): t.Promoted;
}

/** What has to do with workspaces, by promise. */
export interface WorkspacesPromises {
  /** Makes a workspace. */
  create(id: string, options: CreateWorkspaceOptions & { dry_run: true }): Promise<t.Rehearsal<t.WrittenWorkspace>>;
  /** Makes a workspace. */
  create(id: string, options?: CreateWorkspaceOptions): Promise<t.WrittenWorkspace>;
  /** Gets one workspace. */
  get(id: string, options?: GetWorkspaceOptions): Promise<t.WorkspaceDetails>;
  /** Lists the workspaces. */
  list(options?: ListWorkspacesOptions): Promise<t.WorkspaceList>;
  /** Changes the name or the settings of a workspace. */
  set(id: string, options: SetWorkspaceOptions & { dry_run: true }): Promise<t.Rehearsal<t.WrittenWorkspaceSettings>>;
  /** Changes the name or the settings of a workspace. */
  set(id: string, options?: SetWorkspaceOptions): Promise<t.WrittenWorkspaceSettings>;
  /** Deletes a workspace with all that it holds. */
  delete(id: string, options: DeleteWorkspaceOptions & { dry_run: true }): Promise<t.Rehearsal<t.Deleted>>;
  /** Deletes a workspace with all that it holds. */
  delete(id: string, options?: DeleteWorkspaceOptions): Promise<t.Deleted>;
  /** Makes a preview of a production workspace. */
  createPreview(workspace: string, name: string, options: CreatePreviewOptions & { dry_run: true }): Promise<t.Rehearsal<t.WrittenWorkspace>>;
  /** Makes a preview of a production workspace. */
  createPreview(workspace: string, name: string, options?: CreatePreviewOptions): Promise<t.WrittenWorkspace>;
  /** Says what promoting a preview would do. */
  planPromotion(workspace: string, from: string, options?: PlanPromotionOptions): Promise<t.PromotionPlan>;
  /** Makes production's collections what a preview's are. */
  promote(workspace: string, from: string, options: PromoteOptions & { dry_run: true }): Promise<t.Rehearsal<t.Promoted>>;
  /** Makes production's collections what a preview's are. */
  promote(workspace: string, from: string, options?: PromoteOptions): Promise<t.Promoted>;
  /** Lists the promotions and rollbacks of a workspace. */
  listPromotions(workspace: string, options?: ListPromotionsOptions): Promise<t.PromotionList>;
  /** Says what rolling a promotion back would do. */
  planRollback(workspace: string, promotion: number, options?: PlanRollbackOptions): Promise<t.PromotionPlan>;
  /** Makes what the newest promotion changed what it was before. */
  rollback(workspace: string, promotion: number, options: RollbackOptions & { dry_run: true }): Promise<t.Rehearsal<t.Promoted>>;
  /** Makes what the newest promotion changed what it was before. */
  rollback(workspace: string, promotion: number, options?: RollbackOptions): Promise<t.Promoted>;
}

/** What has to do with tokens. */
export interface Tokens {
  /** Makes a token, and shows its text for the only time. */
  create(name: string, role: t.Role, options: CreateTokenOptions & { dry_run: true }): t.Rehearsal<t.CreatedToken>;
  /** Makes a token, and shows its text for the only time. */
  create(name: string, role: t.Role, options?: CreateTokenOptions): t.CreatedToken;
  /** Lists the tokens of the store. */
  list(options?: ListTokensOptions): t.TokenList;
  /** Takes a token back. */
  revoke(id: string, options: RevokeTokenOptions & { dry_run: true }): t.Rehearsal<t.Deleted>;
  /** Takes a token back. */
  revoke(id: string, options?: RevokeTokenOptions): t.Deleted;
}

/** What has to do with tokens, by promise. */
export interface TokensPromises {
  /** Makes a token, and shows its text for the only time. */
  create(name: string, role: t.Role, options: CreateTokenOptions & { dry_run: true }): Promise<t.Rehearsal<t.CreatedToken>>;
  /** Makes a token, and shows its text for the only time. */
  create(name: string, role: t.Role, options?: CreateTokenOptions): Promise<t.CreatedToken>;
  /** Lists the tokens of the store. */
  list(options?: ListTokensOptions): Promise<t.TokenList>;
  /** Takes a token back. */
  revoke(id: string, options: RevokeTokenOptions & { dry_run: true }): Promise<t.Rehearsal<t.Deleted>>;
  /** Takes a token back. */
  revoke(id: string, options?: RevokeTokenOptions): Promise<t.Deleted>;
}

/** What a store is asked itself. */
export interface StoreOperations {
  /** What has to do with workspaces. */
  readonly workspaces: Workspaces;
  /** What has to do with tokens. */
  readonly tokens: Tokens;
}

/** What a store is asked itself, by promise. */
export interface StoreOperationsPromises {
  /** What has to do with workspaces. */
  readonly workspaces: WorkspacesPromises;
  /** What has to do with tokens. */
  readonly tokens: TokensPromises;
}
