#!/usr/bin/env bash
# Checks everything: format, lints, tests, documents, and the packages for Python and Node as a user has them. Needs a Rust
# toolchain, Python 3.11 and Node 20; the rest it brings itself.
# Arguments go to the test runner: `./test.sh query` runs the tests with `query` in their name.
set -euo pipefail
cd "$(dirname "$0")"

step() { printf '\n== %s\n' "$*" >&2; "$@"; }

# The two tools below come with every toolchain that is not the minimal profile.
for tool in rustfmt clippy; do
  cargo "${tool/rustfmt/fmt}" --version >/dev/null 2>&1 || rustup component add "$tool"
done

# The runner gives each test its own process and a time limit. Building it costs some minutes, once; where that
# fails, as without a network, cargo's own runner serves.
if ! cargo nextest --version >/dev/null 2>&1; then
  echo "cargo-nextest is missing: installing it" >&2
  CARGO_PROFILE_RELEASE_LTO=false CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
    cargo install cargo-nextest --version 0.9.143 --locked --target-dir target/nextest ||
    echo "it cannot be installed here: falling back on cargo test" >&2
fi

# Some tests answer questions at a terminal, which `script` gives them. It comes with Debian and most systems.
if ! command -v script >/dev/null 2>&1; then
  echo "script(1) is missing: installing it" >&2
  apt-get install -y bsdutils >&2 || sudo apt-get install -y bsdutils >&2
fi

# A fresh Debian has a Python that cannot make environments.
if ! python3 -c 'import ensurepip' >/dev/null 2>&1; then
  echo "python3-venv is missing: installing it" >&2
  apt-get install -y python3-venv >&2 || sudo apt-get install -y python3-venv >&2
fi

step cargo fmt --all --check
step cargo clippy --workspace --all-targets --all-features --locked -- -D warnings
if cargo nextest --version >/dev/null 2>&1; then
  step cargo nextest run --workspace --all-features --locked --profile ci "$@"
else
  step cargo test --workspace --all-features --lib --bins --tests --locked --no-fail-fast "$@"
fi
step cargo test --doc --workspace --all-features --locked
RUSTDOCFLAGS="-D warnings" step cargo doc --no-deps --workspace --all-features --locked

# The packages of other languages are tested as they are installed. Arguments are for the tests in Rust, so they leave these out.
if [ $# -eq 0 ]; then
  step cargo build --workspace --all-features --locked
  built="${CARGO_TARGET_DIR:-target}/debug"
  for library in "$built"/librekor_node.so "$built"/librekor_node.dylib; do
    [ ! -f "$library" ] || break
  done
  step rekor-node/check.sh --prebuilt "$library" --command "$built/worker"
  step rekor-py/check.sh --command "$built/worker"
  step cargo publish --dry-run --no-verify --allow-dirty --locked -p rekor-core -p rekor-arrow -p rekor-cli
fi
if cargo deny --version >/dev/null 2>&1; then
  step cargo deny check bans licenses sources
fi
echo "all checks passed" >&2
