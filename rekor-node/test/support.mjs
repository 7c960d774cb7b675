// What the tests share: a store in a folder of its own, processes, and the package in the form that is under test.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import rekor from "rekor";

export const require = createRequire(import.meta.url);
export const here = dirname(fileURLToPath(import.meta.url));
export const root = process.env.REKOR_ROOT ?? join(here, "../..");
export const command = process.env.REKOR_COMMAND;

/** The reading and writing of JSON that the package does within. */
export const json = require(join(dirname(require.resolve("rekor")), "json.cjs"));

/** A store with the workspace `w`, which goes with the test. */
export function fixture(test, options) {
  const folder = mkdtempSync(join(tmpdir(), "rekor-node-"));
  const path = join(folder, "store");
  const store = rekor.open(path, options);
  store.workspaces.create("w");
  test.after(() => {
    store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return { folder, path, store, ws: store.workspace("w") };
}

/** Runs a module in a node of its own and answers what it printed. `text` has `rekor` imported already. */
export function runNode(text, { env = {} } = {}) {
  const code = `import rekor from "rekor";\n${text}`;
  const started = ["--input-type=module", "--eval", code];
  return run(process.execPath, started, { cwd: here, env: { ...process.env, ...env } });
}

/** Runs a command to its end. */
export function run(program, words, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { stdio: ["ignore", "pipe", "pipe"], ...options });
    let out = "";
    let err = "";
    child.stdout.on("data", (bytes) => (out += bytes));
    child.stderr.on("data", (bytes) => (err += bytes));
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal, out, err }));
  });
}
