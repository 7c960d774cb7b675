// What TypeScript must accept as CommonJS. It is checked and never run.
import rekor = require("rekor");

const store: rekor.Store = rekor.open("store");
const record: rekor.RekorRecord = store.workspace().records.get("notes", "a");
const error: rekor.RekorError | undefined = undefined;
export = { record, error };
