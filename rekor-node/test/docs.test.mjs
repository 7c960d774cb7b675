// The examples of the documents run as they stand, and print what they say they print.
import assert from "node:assert/strict";
import { mkdtempSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";

import { here, root, run } from "./support.mjs";

/** The blocks of a language, in order. */
function blocks(text, language) {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, "gm"))].map((found) => found[1]);
}

/** What the examples say they print: what stands behind `// ->`. */
const promised = (code) => [...code.matchAll(/\/\/ -> (.*)$/gm)].map((found) => found[1].trim());

for (const path of ["docs/node.md", "rekor-node/README.md", "README.md"]) {
  const text = readFileSync(join(root, path), "utf8");
  for (const [language, extension, joined] of [["js", "mjs", true], ["cjs", "cjs", false]]) {
    const found = blocks(text, language);
    const programs = joined && found.length > 0 ? [found.join("\n")] : found;
    programs.forEach((code, at) => {
      test(`the examples of ${path} in ${language} (${at + 1}) print what they say`, async (t) => {
        const folder = mkdtempSync(join(tmpdir(), "rekor-docs-"));
        t.after(() => rmSync(folder, { recursive: true, force: true }));
        mkdirSync(join(folder, "node_modules"));
        symlinkSync(join(here, "../node_modules/rekor"), join(folder, "node_modules/rekor"), "junction");
        writeFileSync(join(folder, `example.${extension}`), code);
        const { code: status, out, err } = await run(process.execPath, [`example.${extension}`], { cwd: folder });
        assert.equal(status, 0, err);
        assert.deepEqual(out.split("\n").filter(Boolean), promised(code));
      });
    });
  }
}

test("there are examples", () => {
  assert.ok(blocks(readFileSync(join(root, "docs/node.md"), "utf8"), "js").length >= 10);
});
