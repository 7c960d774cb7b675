// The name of this platform, as the native half is called after it.
"use strict";

const fs = require("node:fs");

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

module.exports = { PLATFORMS, platformName };
