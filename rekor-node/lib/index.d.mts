// The types of the package for `import`.
import * as rekor from "./index.js";

export * from "./index.js";
export default rekor;
