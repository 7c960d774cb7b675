// The way to a native handle: writes requests as JSON, reads answers, turns faults into RekorErrors. One door answers at once, the
// other by promise from a thread of the pool; what is asked is the same, so each class is written once and works with both.
"use strict";

const { encode, decodeExactly } = require("./json.cjs");
const { invalid, thrown } = require("./errors.cjs");

/** The options of a method, which may be left out. */
function optionsOf(given) {
  if (given === undefined || given === null) return undefined;
  if (typeof given === "object" && !Array.isArray(given)) return given;
  throw invalid(`the options must be an object, got ${Array.isArray(given) ? "an array" : `a ${typeof given}`}`);
}

/** Adds options to a request. What comes by position cannot come by name too. */
function merge(request, given) {
  const options = optionsOf(given);
  if (options === undefined) return request;
  for (const key of Object.keys(options)) {
    if (request[key] !== undefined) throw invalid(`\`${key}\` is given twice`, `/${key}`, "give it by position only");
    request[key] = options[key];
  }
  return request;
}

/** Divides the options of a write from how it is to be carried out, and adds the former to the request. */
function divide(request, given) {
  const { idempotency_key, dry_run, ...rest } = optionsOf(given) ?? {};
  return [merge(request, rest), { idempotency_key, dry_run }];
}

/** Writes how a call is to be carried out; nothing where it is carried out as any other. */
function encodeOptions(options) {
  return options === undefined || options === null ? undefined : encode(options);
}

/** Writes the request of a raw call: a text is JSON already. */
const encodeRequest = (request) => (typeof request === "string" ? request : encode(request));

class SyncDoor {
  constructor(handle, decode) {
    this.handle = handle;
    this.decode = decode;
  }

  get isPromise() {
    return false;
  }

  get promised() {
    return new PromiseDoor(this.handle, this.decode);
  }

  /** Does something that asks the handle, at once or by promise as the door does. */
  do(work) {
    return work();
  }

  /** Asks the handle for what is no operation; `read` makes of the answer what the caller gets. */
  ask(what, first, second, read) {
    return this.run((handle) => handle.ask(false, what, first, second), read);
  }

  run(work, read = this.decode) {
    try {
      return read(work(this.handle, false));
    } catch (fault) {
      throw thrown(fault, this.decode);
    }
  }

  call(name, request, options) {
    return this.run((handle) => handle.call(false, name, encodeRequest(request), encodeOptions(options)));
  }

  read(name, request, options) {
    try {
      return this.decode(this.handle.call(false, name, encode(merge(request, options))));
    } catch (fault) {
      throw thrown(fault, this.decode);
    }
  }

  write(name, request, options) {
    if (options === undefined) return this.read(name, request);
    const [whole, how] = divide(request, options);
    return this.call(name, whole, how);
  }
}

class PromiseDoor {
  constructor(handle, decode) {
    this.handle = handle;
    this.decode = decode;
  }

  get isPromise() {
    return true;
  }

  get promised() {
    return this;
  }

  async do(work) {
    return work();
  }

  ask(what, first, second, read) {
    return this.run((handle) => handle.ask(true, what, first, second), read);
  }

  async run(work, read = this.decode) {
    try {
      return read(await work(this.handle, true));
    } catch (fault) {
      throw thrown(fault, this.decode);
    }
  }

  call(name, request, options) {
    return this.run((handle) => handle.call(true, name, encodeRequest(request), encodeOptions(options)));
  }

  read(name, request, options) {
    return this.run((handle) => handle.call(true, name, encode(merge(request, options))));
  }

  write(name, request, options) {
    return this.run((handle) => {
      const [whole, how] = divide(request, options);
      return handle.call(true, name, encode(whole), options ? encode(how) : undefined);
    });
  }
}

/** Asks for what needs no wait, behind either door. */
function now(door, what, first) {
  try {
    return door.handle.ask(false, what, first);
  } catch (fault) {
    throw thrown(fault);
  }
}

/** The door to a handle of the same kind as another one. */
const beside = (door, handle) => new door.constructor(handle, door.decode);

/** A door to a store that was opened with these options. */
function firstDoor(handle, isPromise, bigint) {
  const decode = bigint ? decodeExactly : JSON.parse;
  return isPromise ? new PromiseDoor(handle, decode) : new SyncDoor(handle, decode);
}

module.exports = { beside, firstDoor, merge, now };
