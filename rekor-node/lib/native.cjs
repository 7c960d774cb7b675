// Finds the native half for this platform. It lies beside this file: nothing is downloaded and nothing built at install.
"use strict";

const fs = require("node:fs");
const path = require("node:path");

/** The platforms that the package is built for. */
const PLATFORMS = [
  "linux-x64-gnu",
  "linux-x64-musl",
  "linux-arm64-gnu",
  "linux-arm64-musl",
  "darwin-x64",
  "darwin-arm64",
  "win32-x64-msvc",
  "win32-arm64-msvc",
];

/** The name of a platform, as in `linux-x64-gnu`: this one unless told. */
function platformName(platform = process.platform, arch = process.arch, isMusl = hasMusl) {
  if (platform === "linux") return `linux-${arch}-${isMusl() ? "musl" : "gnu"}`;
  return platform === "win32" ? `win32-${arch}-msvc` : `${platform}-${arch}`;
}

/** Whether this system's C library is musl: the dynamic linker of node says so without running a command. */
function hasMusl() {
  if (process.platform !== "linux") return false;
  const { header, sharedObjects = [] } = process.report?.getReport() ?? {};
  if (header?.glibcVersionRuntime) return false;
  return sharedObjects.some((file) => file.includes("musl")) || fs.existsSync("/etc/alpine-release");
}

function load() {
  const name = platformName();
  const file = path.join(__dirname, `rekor.${name}.node`);
  if (!fs.existsSync(file)) {
    const known = PLATFORMS.includes(name);
    throw new Error(
      known
        ? `rekor has no native library for ${name} in this installation: ${file} is missing; ` +
          "install the package of this platform, or build it with `npm run pack` in rekor-node"
        : `rekor is not built for ${name}; it is for ${PLATFORMS.join(", ")}`,
    );
  }
  return require(file);
}

module.exports = { PLATFORMS, platformName, native: load() };
