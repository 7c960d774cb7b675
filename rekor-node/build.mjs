// Makes the tarball of the package: builds the native half, puts it and the licences in place, and packs.
// `node build.mjs [--profile NAME] [--prebuilt FILE] [--out FOLDER]`; `--prebuilt` takes a library that is built already.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import platform from "./lib/platform.cjs";

const { platformName } = platform;
const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..");
const { values } = parseArgs({
  options: {
    profile: { type: "string", default: "release" },
    prebuilt: { type: "string" },
    out: { type: "string", default: here },
  },
});

/** The file that cargo makes of a cdylib. */
const LIBRARY = { darwin: "librekor_node.dylib", win32: "rekor_node.dll" }[process.platform] ?? "librekor_node.so";

/** Where cargo puts what it builds. */
function targetFolder() {
  const options = { cwd: root, maxBuffer: 1 << 28, encoding: "utf8" };
  return JSON.parse(execFileSync("cargo", ["metadata", "--no-deps", "--format-version=1"], options)).target_directory;
}

function build() {
  execFileSync("cargo", ["build", "-p", "rekor-node", "--profile", values.profile], { cwd: root, stdio: "inherit" });
  return join(targetFolder(), values.profile === "dev" ? "debug" : values.profile, LIBRARY);
}

const library = values.prebuilt === undefined ? build() : resolve(values.prebuilt);
const place = join(here, "lib", `rekor.${platformName()}.node`);
// A process may run with the old one: its file stays what it is until the process ends.
rmSync(place, { force: true });
copyFileSync(library, place);
for (const licence of ["LICENSE-MIT", "LICENSE-APACHE"]) copyFileSync(join(root, licence), join(here, licence));

mkdirSync(values.out, { recursive: true });
const npm = process.platform === "win32" ? "npm.cmd" : "npm";
const packed = execFileSync(npm, ["pack", "--json", "--pack-destination", resolve(values.out)], {
  cwd: here,
  encoding: "utf8",
  stdio: ["ignore", "pipe", "inherit"],
  shell: process.platform === "win32",
});
const answer = JSON.parse(packed);
const { filename, size } = Array.isArray(answer) ? answer[0] : Object.values(answer)[0];
console.log(`${join(resolve(values.out), filename)} (${size} bytes)`);
