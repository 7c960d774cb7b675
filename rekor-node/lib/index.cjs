// The package for `require`.
"use strict";

const { open, openPromised, operations } = require("./store.cjs");
const errors = require("./errors.cjs");
const { version } = require("../package.json");

module.exports = {
  open,
  promises: { open: openPromised },
  operations,
  version,
  RekorError: errors.RekorError,
  InvalidError: errors.InvalidError,
  NotFoundError: errors.NotFoundError,
  ConflictError: errors.ConflictError,
  DeniedError: errors.DeniedError,
  LimitError: errors.LimitError,
  UnavailableError: errors.UnavailableError,
  CorruptError: errors.CorruptError,
  InternalError: errors.InternalError,
};
