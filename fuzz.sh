#!/usr/bin/env bash
# Fuzzes filter, schema, batch, keys, their order and rows: `./fuzz.sh [seconds] [target...]`, 60 s each.
# Works on the stable toolchain; needs a C++ compiler for libFuzzer. What it finds lies in fuzz/artifacts; replay it
# with `fuzz/target/<host>/release/<target> <file>`.
set -euo pipefail
cd "$(dirname "$0")/fuzz"

seconds=${1:-60}
targets=("${@:2}")
[ ${#targets[@]} -gt 0 ] || targets=(filter schema batch key order row)
host=$(rustc -vV | sed -n 's/^host: //p')

# The coverage that libFuzzer steers by; with --target, build scripts and macros are left as they are.
flags="--cfg fuzzing -Cpasses=sancov-module -Ccodegen-units=1"
for option in level=4 inline-8bit-counters pc-table trace-compares; do
  flags+=" -Cllvm-args=-sanitizer-coverage-$option"
done
RUSTFLAGS="$flags" cargo build --release --target "$host"

for target in "${targets[@]}"; do
  mkdir -p "corpus/$target" "artifacts/$target"
  echo "== $target, $seconds s" >&2
  "target/$host/release/$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
    -artifact_prefix="artifacts/$target/" -verbosity=0 "corpus/$target" "seeds/$target"
done
echo "nothing found" >&2
