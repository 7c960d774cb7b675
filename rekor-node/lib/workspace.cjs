// A workspace as users hold it. Its operations are made from the table; here is what is none.
"use strict";

const { WorkspaceOperations } = require("./operations.cjs");
const { beside, merge, now } = require("./door.cjs");
const { iterate, iteratePromised, pages, changes } = require("./iterate.cjs");
const { importFrom, exportTo, pathOf } = require("./transfer.cjs");
const { encode } = require("./json.cjs");

/** One atomic unit of collections, records and relationships. */
class Workspace extends WorkspaceOperations {
  #door;
  #actor;
  #promises;

  constructor(door, actor) {
    super(door);
    this.#door = door;
    this.#actor = actor;
  }

  /** The workspace's id. */
  get id() {
    return JSON.parse(now(this.#door, "id"));
  }

  /** The same workspace, every method of it answering by promise, off the main thread. */
  get promises() {
    this.#promises ??= this.#door.isPromise ? this : new Workspace(this.#door.promised, this.#actor);
    return this.#promises;
  }

  /** Executes the operation `name` of the table on a request: an object, or the text of one in JSON. */
  call(name, request = {}, options = undefined) {
    return this.#door.call(name, request, options);
  }

  /** The same workspace, its writes signed by another actor, who may do no more than this handle may. What is left out stays. */
  withActor(actor) {
    const signer = { ...this.#actor, ...actor };
    return new Workspace(beside(this.#door, now(this.#door, "with_actor", encode(signer))), signer);
  }

  /** The records that a query finds, one after another, read page by page. */
  iterate(collection, options) {
    const walk = this.#door.isPromise ? iteratePromised : iterate;
    return walk(this.#door, collection, options);
  }

  /** The pages of a query, by promise. */
  pages(collection, options) {
    return pages(this.#door.promised, collection, options);
  }

  /** The changes of the workspace, one after another, by promise; with `follow` those to come too. */
  changes(options) {
    return changes(this.#door.promised, options);
  }

  /** Imports records from a file, or from anything that can be iterated. */
  importRecords(collection, source, options) {
    return this.#door.do(() => importFrom(this.#door, "import_records", merge({ collection }, options), source));
  }

  /** Imports relationships from a file, or from anything that can be iterated. */
  importRelationships(source, options) {
    return this.#door.do(() => importFrom(this.#door, "import_relationships", merge({}, options), source));
  }

  /** Exports records to a file and answers how many, or answers the lines as one text without one. */
  exportRecords(collection, path, options) {
    const isPath = pathOf(path) !== undefined || path === undefined || path === null;
    const [target, given] = isPath ? [path, options] : [undefined, path];
    return this.#door.do(() => exportTo(this.#door, merge({ collection }, given), target));
  }

  /** Writes a backup to a file that is not there yet. */
  backup(path) {
    return this.#door.ask("backup", pathOf(path));
  }

  /** Verifies every byte of the workspace, and every row against what is derived from it. */
  check() {
    return this.#door.ask("check");
  }

  /** Gives the space that the workspace's file no longer uses back to the disk. */
  compact() {
    return this.#door.ask("compact");
  }

  /** Does one step of keeping columns in shape; false when there was nothing to do. */
  maintain() {
    return this.#door.ask("maintain");
  }

  /** The number of the newest commit. */
  seq() {
    return this.#door.ask("seq");
  }
}

module.exports = { Workspace };
