// The package for `import`: the very objects that `require` gives, so that both can be used in one process.
import rekor from "./index.cjs";

export const {
  open,
  promises,
  operations,
  version,
  RekorError,
  InvalidError,
  NotFoundError,
  ConflictError,
  DeniedError,
  LimitError,
  UnavailableError,
  CorruptError,
  InternalError,
} = rekor;
export default rekor;
