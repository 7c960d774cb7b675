// The errors that calls throw: one class for each kind, all of them RekorError. What they say comes from the core.
"use strict";

/** What callers or disks did wrong: a code, plain words, the place and the next step. */
class RekorError extends Error {
  #parts;

  constructor(parts) {
    super(parts.message);
    this.#parts = parts;
    this.code = parts.code;
    this.kind = parts.kind;
    this.pointer = parts.pointer;
    this.hint = parts.hint;
    this.details = parts.details ?? [];
    this.detailsTotal = parts.details_total ?? this.details.length;
  }

  get name() {
    return this.constructor.name;
  }

  /** The error as the core writes it. */
  toJSON() {
    return this.#parts;
  }
}

/** The request is wrong and will be wrong again. */
class InvalidError extends RekorError {}
/** What the request names is not there. */
class NotFoundError extends RekorError {}
/** The state of the store forbids the request. */
class ConflictError extends RekorError {}
/** The caller may not do this. */
class DeniedError extends RekorError {}
/** The request is larger than a limit. */
class LimitError extends RekorError {}
/** The store cannot answer now; trying again may help. */
class UnavailableError extends RekorError {}
/** The stored bytes are damaged or of an unknown format. */
class CorruptError extends RekorError {}
/** A fault of rekor itself. */
class InternalError extends RekorError {}

const KINDS = {
  invalid: InvalidError,
  not_found: NotFoundError,
  conflict: ConflictError,
  denied: DeniedError,
  limit: LimitError,
  unavailable: UnavailableError,
  corrupt: CorruptError,
  internal: InternalError,
};

/** Makes the error that the parts describe. */
function errorOf(parts) {
  return new (KINDS[parts.kind] ?? RekorError)(parts);
}

/** Refuses what the caller gave. */
function invalid(message, pointer, hint, code = "invalid_request") {
  return errorOf({ code, kind: "invalid", message, pointer: pointer || undefined, hint });
}

/** Reads an error of the native half: its message is the core's JSON. What is no such error stays as it is. */
function thrown(fault, decode = JSON.parse) {
  if (fault instanceof RekorError || typeof fault?.message !== "string") return fault;
  // What Node itself could not hand over.
  if (fault.code === "StringExpected") return invalid("an argument must be a text", undefined, fault.message);
  if (!fault.message.startsWith("{")) return fault;
  let parts;
  try {
    parts = decode(fault.message);
  } catch {
    return fault;
  }
  const error = errorOf(parts);
  Error.captureStackTrace?.(error, thrown);
  return error;
}

module.exports = {
  RekorError,
  InvalidError,
  NotFoundError,
  ConflictError,
  DeniedError,
  LimitError,
  UnavailableError,
  CorruptError,
  InternalError,
  errorOf,
  invalid,
  thrown,
};
