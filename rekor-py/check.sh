#!/usr/bin/env bash
# Builds the wheel, installs it into a fresh environment, and tests it from there: its behaviour, the cases that every language
# runs, its types, and the examples of its documents. Needs Python 3.11, a Rust toolchain and, the first time, PyPI.
# `./check.sh [--command FILE]`: a command `rekor` that is built already; without it one is built.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
root="$(dirname "$here")"

command=""
while [ $# -gt 0 ]; do
  case "$1" in
    --command) command="$(realpath "$2")"; shift 2 ;;
    *) echo "usage: check.sh [--command FILE]" >&2; exit 2 ;;
  esac
done

step() { printf '\n== %s\n' "$*" >&2; "$@"; }

target="$(cargo metadata --manifest-path "$root/Cargo.toml" --no-deps --format-version=1 |
  python3 -c 'import json, sys; print(json.load(sys.stdin)["target_directory"])')"
if [ -z "$command" ]; then
  step cargo build --manifest-path "$root/Cargo.toml" -p rekor-cli --locked
  command="$target/debug/rekor"
fi

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/bin"
ln -s "$command" "$folder/bin/rekor"

tools="$target/python-tools"
if [ ! -x "$tools/bin/twine" ]; then
  step python3 -m venv "$tools"
  step "$tools/bin/pip" install --quiet --disable-pip-version-check maturin==1.16.0 twine==7.0.0
fi
step "$tools/bin/maturin" build --release --locked --manifest-path "$here/Cargo.toml" --out "$folder"
wheel="$(ls "$folder"/*.whl)"
step "$tools/bin/twine" check --strict "$wheel"
bytes="$(wc -c <"$wheel")"
if [ "$bytes" -ge 8388608 ]; then
  echo "the wheel has $bytes bytes, 8 MiB at most" >&2
  exit 1
fi

step python3 -m venv "$folder/env"
python="$folder/env/bin/python"
step "$python" -m pip install --quiet --disable-pip-version-check --no-index --no-deps "$wheel"
# Away from the sources, so that nothing but the wheel can be what is imported.
cd "$folder"
step "$python" -c 'import rekor, sys; assert rekor.__file__.startswith(sys.prefix), rekor.__file__; print(rekor.__version__)'
step "$python" -m pip install --quiet --disable-pip-version-check -r "$here/requirements-test.txt"
export REKOR_COMMAND="$folder/bin/rekor" REKOR_ROOT="$root"
step "$python" -m pytest -q --rootdir "$here" "$here/tests"
step "$python" -m mypy --config-file "$here/pyproject.toml" --strict "$here/tests/typing_usage.py"
step "$python" -m mypy.stubtest rekor --mypy-config-file "$here/pyproject.toml" --allowlist "$here/tests/stubtest-allowlist.txt"
echo "the Python package passes: a wheel of $bytes bytes" >&2
