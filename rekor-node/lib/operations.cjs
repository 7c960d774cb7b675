// Made by `cargo run -p rekor-tests --bin gen-docs`. Change the table in the code.
"use strict";

/** Whether what stands where an id may stand is the options. */
const isOptions = (given) => given !== null && typeof given === "object";

/** What has to do with collections. */
class Collections {
  #door;

  constructor(door) {
    this.#door = door;
  }

  /** Makes a collection or changes one. */
  upsert(collection, options) {
    return this.#door.write("upsert_collection", { collection }, options);
  }

  /** Gets one collection. */
  get(collection, options) {
    return this.#door.read("get_collection", { collection }, options);
  }

  /** Lists the collections. */
  list(options) {
    return this.#door.read("list_collections", {}, options);
  }

  /** Deletes a collection. */
  delete(collection, options) {
    return this.#door.write("delete_collection", { collection }, options);
  }
}

/** What has to do with records. */
class Records {
  #door;

  constructor(door) {
    this.#door = door;
  }

  /** Makes a record or replaces the data of one. */
  upsert(collection, data, options) {
    return this.#door.write("upsert_record", { collection, data }, options);
  }

  /** Gets one record. */
  get(collection, id, options) {
    if (isOptions(id)) return this.#door.read("get_record", { collection }, id);
    return this.#door.read("get_record", { collection, id }, options);
  }

  /** Merges a patch into a record's data. */
  patch(collection, data, options) {
    return this.#door.write("patch_record", { collection, data }, options);
  }

  /** Deletes a record and every relationship that touches it. */
  delete(collection, id, options) {
    if (isOptions(id)) return this.#door.write("delete_record", { collection }, id);
    return this.#door.write("delete_record", { collection, id }, options);
  }

  /** Lists the changes of one record. */
  history(collection, id, options) {
    if (isOptions(id)) return this.#door.read("record_history", { collection }, id);
    return this.#door.read("record_history", { collection, id }, options);
  }

  /** Writes an earlier version of a record as its newest one. */
  revert(collection, to, id, options) {
    if (isOptions(id)) return this.#door.write("revert_record", { collection, to }, id);
    return this.#door.write("revert_record", { collection, to, id }, options);
  }

  /** Makes a deleted record again as it last was. */
  restore(collection, id, options) {
    return this.#door.write("restore_record", { collection, id }, options);
  }
}

/** What has to do with relationships. */
class Relationships {
  #door;

  constructor(door) {
    this.#door = door;
  }

  /** Links two records. */
  upsert(rel_type, source_collection, source_id, target_collection, target_id, options) {
    return this.#door.write("upsert_relationship", { rel_type, source_collection, source_id, target_collection, target_id }, options);
  }

  /** Gets one relationship. */
  get(id, options) {
    return this.#door.read("get_relationship", { id }, options);
  }

  /** Lists relationships. */
  list(options) {
    return this.#door.read("list_relationships", {}, options);
  }

  /** Deletes one relationship. */
  delete(id, options) {
    return this.#door.write("delete_relationship", { id }, options);
  }

  /** Deletes the relationships that touch one record. */
  deleteTouching(collection, id, options) {
    return this.#door.write("delete_touching", { collection, id }, options);
  }

  /** Follows relationships from one record. */
  query(collection, id, options) {
    return this.#door.read("query_relationships", { collection, id }, options);
  }
}

/** What a workspace is asked itself. */
class WorkspaceOperations {
  #door;

  constructor(door) {
    this.#door = door;
    this.collections = new Collections(door);
    this.records = new Records(door);
    this.relationships = new Relationships(door);
  }

  /** Lists what was changed, commit by commit. */
  listChanges(options) {
    return this.#door.read("list_changes", {}, options);
  }

  /** Takes back what one commit did, or all commits of a run. */
  undo(options) {
    return this.#door.write("undo", {}, options);
  }

  /** Finds records of one collection. */
  query(collection, options) {
    return this.#door.read("query", { collection }, options);
  }

  /** Computes totals over the records of one collection. */
  aggregate(collection, aggregations, options) {
    return this.#door.read("aggregate", { collection, aggregations }, options);
  }

  /** Says how a query is carried out. */
  explain(request) {
    return this.#door.read("explain", request);
  }

  /** Counts what the workspace holds. */
  getStats(options) {
    return this.#door.read("get_stats", {}, options);
  }

  /** Runs operations in order, all or nothing. */
  batch(operations, options) {
    return this.#door.write("batch", { operations }, options);
  }
}

/** What has to do with workspaces. */
class Workspaces {
  #door;

  constructor(door) {
    this.#door = door;
  }

  /** Makes a workspace. */
  create(id, options) {
    return this.#door.write("create_workspace", { id }, options);
  }

  /** Gets one workspace. */
  get(id, options) {
    return this.#door.read("get_workspace", { id }, options);
  }

  /** Lists the workspaces. */
  list(options) {
    return this.#door.read("list_workspaces", {}, options);
  }

  /** Changes the name or the settings of a workspace. */
  set(id, options) {
    return this.#door.write("set_workspace", { id }, options);
  }

  /** Deletes a workspace with all that it holds. */
  delete(id, options) {
    return this.#door.write("delete_workspace", { id }, options);
  }

  /** Makes a preview of a production workspace. */
  createPreview(workspace, name, options) {
    return this.#door.write("create_preview", { workspace, name }, options);
  }

  /** Says what promoting a preview would do. */
  planPromotion(workspace, from, options) {
    return this.#door.read("plan_promotion", { workspace, from }, options);
  }

  /** Makes production's collections what a preview's are. */
  promote(workspace, from, options) {
    return this.#door.write("promote", { workspace, from }, options);
  }

  /** Lists the promotions and rollbacks of a workspace. */
  listPromotions(workspace, options) {
    return this.#door.read("list_promotions", { workspace }, options);
  }

  /** Says what rolling a promotion back would do. */
  planRollback(workspace, promotion, options) {
    return this.#door.read("plan_rollback", { workspace, promotion }, options);
  }

  /** Makes what the newest promotion changed what it was before. */
  rollback(workspace, promotion, options) {
    return this.#door.write("rollback", { workspace, promotion }, options);
  }
}

/** What has to do with tokens. */
class Tokens {
  #door;

  constructor(door) {
    this.#door = door;
  }

  /** Makes a token, and shows its text for the only time. */
  create(name, role, options) {
    return this.#door.write("create_token", { name, role }, options);
  }

  /** Lists the tokens of the store. */
  list(options) {
    return this.#door.read("list_tokens", {}, options);
  }

  /** Takes a token back. */
  revoke(id, options) {
    return this.#door.write("revoke_token", { id }, options);
  }
}

/** What a store is asked itself. */
class StoreOperations {
  constructor(door) {
    this.workspaces = new Workspaces(door);
    this.tokens = new Tokens(door);
  }
}

module.exports = { Collections, Records, Relationships, WorkspaceOperations, Workspaces, Tokens, StoreOperations };
