// A store as users hold it. Its operations are made from the table; here is what is none.
"use strict";

const { StoreOperations } = require("./operations.cjs");
const { Workspace } = require("./workspace.cjs");
const { beside, firstDoor, now } = require("./door.cjs");
const { encode } = require("./json.cjs");
const { native } = require("./native.cjs");
const { pathOf } = require("./transfer.cjs");

/** A directory of workspaces, for one actor. */
class Store extends StoreOperations {
  #door;
  #promises;

  constructor(door) {
    super(door);
    this.#door = door;
  }

  /** The same store, every method of it answering by promise, off the main thread. */
  get promises() {
    this.#promises ??= this.#door.isPromise ? this : new Store(this.#door.promised);
    return this.#promises;
  }

  /** Who works with this handle. */
  get actor() {
    return JSON.parse(now(this.#door, "actor"));
  }

  /** Whether the handle may do less than it was asked for because the store is protected. */
  get isLocked() {
    return JSON.parse(now(this.#door, "is_locked"));
  }

  /** Executes the operation `name` of the table on a request: an object, or the text of one in JSON. */
  call(name, request = {}, options = undefined) {
    return this.#door.call(name, request, options);
  }

  /** A handle on a workspace; on the only production workspace that there is without an id. */
  workspace(id) {
    return this.#door.ask("workspace", id, undefined, (handle) => new Workspace(beside(this.#door, handle), this.actor));
  }

  /** A handle of an agent, which can never do more than one may. */
  asAgent(name) {
    return this.#beside(now(this.#door, "as_agent", name));
  }

  /** A handle that only reads. */
  asReader() {
    return this.#beside(now(this.#door, "as_reader"));
  }

  /** A handle whose writes are signed by another actor, who may do no more than this handle may. What is left out stays. */
  withActor(actor) {
    return this.#beside(now(this.#door, "with_actor", encode({ ...this.actor, ...actor })));
  }

  /** A handle of whoever a token was made for. */
  withToken(text) {
    return this.#door.ask("with_token", text, undefined, (handle) => this.#beside(handle));
  }

  /** Protects the store: without the passphrase everybody is an agent from then on. Takes the current one to change it. */
  protect(passphrase, current) {
    return this.#door.ask("protect", passphrase, current, nothing);
  }

  /** Takes the protection away. Answers whether there was one. */
  unprotect(current) {
    return this.#door.ask("unprotect", current);
  }

  /** The handle that this one would be if the store were not protected. */
  unlock(passphrase) {
    return this.#door.ask("unlock", passphrase, undefined, (handle) => this.#beside(handle));
  }

  /** Whether the store is protected. */
  isProtected() {
    return this.#door.ask("is_protected");
  }

  /** Makes a workspace of a backup. */
  restore(path, to) {
    return this.#door.ask("restore", pathOf(path), to);
  }

  /** Closes the store, for every handle of this opening. */
  close() {
    return this.#door.ask("close", undefined, undefined, nothing);
  }

  #beside(handle) {
    return new Store(beside(this.#door, handle));
  }
}

const nothing = () => undefined;

// Where the runtime has `using`.
for (const [symbol, dispose] of [
  [Symbol.dispose, function () { this.close(); }],
  [Symbol.asyncDispose, function () { return this.promises.close(); }],
]) {
  if (symbol) Object.defineProperty(Store.prototype, symbol, { value: dispose, configurable: true, writable: true });
}

function openWith(path, options, isPromise) {
  const { bigint = false, ...rest } = options ?? {};
  const door = firstDoor(native, isPromise, bigint);
  const open = () => native.open(pathOf(path), encode(rest), isPromise);
  return door.run(open, (handle) => new Store(beside(door, handle)));
}

/** Opens the store in a directory, which is made on first use unless `read_only` is set. */
const open = (path, options) => openWith(path, options, false);

/** The same by promise: the store is the one whose methods answer by promise. */
const openPromised = (path, options) => openWith(path, options, true);

/** The tables of operations: name, whether it is of a store, whether it writes. */
const operations = () =>
  JSON.parse(native.operations()).map(([name, is_of_store, writes]) => ({ name, is_of_store, writes }));

module.exports = { Store, open, openPromised, operations };
