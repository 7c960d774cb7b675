// Finds the native half for this platform. It lies beside this file: nothing is downloaded and nothing built at install.
"use strict";

const fs = require("node:fs");
const path = require("node:path");

const { PLATFORMS, platformName } = require("./platform.cjs");

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

module.exports = { native: load() };
