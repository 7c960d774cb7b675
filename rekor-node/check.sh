#!/usr/bin/env bash
# Packs the npm package, installs it into a fresh project without a network, and tests it from there: as ESM and as CommonJS, its
# types, the cases that every language runs, and the examples of its documents. Needs node 20, npm and a Rust toolchain.
# `./check.sh [--prebuilt FILE] [--command FILE]`: a library and a command `rekor` that are built already; without them both are built.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
root="$(dirname "$here")"

library="" command=""
while [ $# -gt 0 ]; do
  case "$1" in
    --prebuilt) library="$(realpath "$2")"; shift 2 ;;
    --command) command="$(realpath "$2")"; shift 2 ;;
    *) echo "usage: check.sh [--prebuilt FILE] [--command FILE]" >&2; exit 2 ;;
  esac
done

step() { printf '\n== %s\n' "$*" >&2; "$@"; }

if [ -z "$library" ]; then
  step cargo build --manifest-path "$root/Cargo.toml" -p rekor-node -p rekor-cli --locked
  target="$(cargo metadata --manifest-path "$root/Cargo.toml" --no-deps --format-version=1 |
    node -p 'JSON.parse(require("fs").readFileSync(0, "utf8")).target_directory')"
  for library in "$target"/debug/librekor_node.{so,dylib}; do
    [ ! -f "$library" ] || break
  done
  command="${command:-$target/debug/rekor}"
fi
# The tests' worker is the command when it runs under this name.
folder="$(dirname "$library")"
for built in "$folder/rekor" "$folder/worker"; do
  if [ -z "$command" ] && [ -x "$built" ]; then command="$built"; fi
done
[ -n "$command" ] || { echo "no command \`rekor\` beside $library: name one with --command" >&2; exit 2; }

project="$(mktemp -d)"
trap 'rm -rf "$project"' EXIT
mkdir "$project/bin"
ln -s "$command" "$project/bin/rekor"

step node "$here/build.mjs" --prebuilt "$library" --out "$project"
cp -r "$here/test" "$project/test"
cp "$here/test/tsconfig.json" "$project/"
echo '{ "private": true, "type": "module" }' >"$project/package.json"
cd "$project"
step npm install --offline --ignore-scripts --no-audit --no-fund ./rekor-*.tgz

export REKOR_COMMAND="$project/bin/rekor" REKOR_ROOT="$root"
step node --test test/*.test.mjs

if [ ! -x "$here/node_modules/.bin/tsc" ]; then
  step npm --prefix "$here" ci --ignore-scripts --no-audit --no-fund
fi
ln -s "$here/node_modules/@types" "$project/node_modules/@types"
[ -d "$here/node_modules/undici-types" ] && ln -s "$here/node_modules/undici-types" "$project/node_modules/undici-types"
step "$here/node_modules/.bin/tsc" -p "$project/tsconfig.json"
echo "the npm package passes" >&2
