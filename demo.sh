#!/usr/bin/env bash
# Puts the flights that left New York in 2013 into a fresh store and asks questions worth asking.
# `./demo.sh` takes the sample in demo/data; `./demo.sh --full` fetches all 336,776 flights with pip.
# Needs a Rust toolchain and Python 3. The store is a temporary directory, removed at the end.
set -euo pipefail
cd "$(dirname "$0")"
export LC_ALL=C

data=demo/data
case "${1:-}" in
  "") ;;
  --full) data=demo-data ;;
  *) echo "usage: ./demo.sh [--full]" >&2; exit 2 ;;
esac

cargo build --release --locked -p rekor-cli
PATH="$(cd "${CARGO_TARGET_DIR:-target}/release" && pwd):$PATH"
if [[ $data == demo-data && ! -f $data/flights.csv ]]; then
  python3 demo/trim.py --full "$data"
fi

# A store of its own: nothing of yours is touched, no setting of yours has a say.
unset REKOR_WORKSPACE REKOR_ROLE REKOR_ACTOR REKOR_RUN
REKOR_STORE="$(mktemp -d)"
export REKOR_STORE
trap 'rm -rf "$REKOR_STORE"' EXIT

bold='' plain=''
[[ -t 1 ]] && bold=$'\033[1m' plain=$'\033[0m'
ask() { printf '\n%s%s%s\n' "$bold" "$*" "$plain"; }
now_us() { echo "${EPOCHREALTIME/./}"; }

# Prints a command as it would be typed, and its output.
show() {
  local word text="$" line=2
  for word in "$@"; do
    [[ $word =~ ^[A-Za-z0-9_./:=,@-]+$ ]] || word="'$word'"
    if [[ $word == --* ]] && ((line > 76)); then
      text+=$' \\\n   ' line=4
    fi
    text+=" $word"
    ((line += ${#word} + 1))
  done
  printf '\n%s\n' "$text"
  "$@"
}

# The same with the time that it took.
run() {
  local start status=0
  start=$(now_us)
  show "$@" || status=$?
  printf '[%d ms]\n' $((($(now_us) - start) / 1000))
  return "$status"
}

# For a command that has to fail: that it does is the point.
refused() {
  if run "$@"; then
    echo "this should have been refused" >&2
    exit 1
  fi
}

# Reads one value from JSON: `pick '["data"][0]["id"]'`.
pick() { python3 -c "import json, sys; print(json.load(sys.stdin)$1)"; }

ask "A workspace, and a collection for each kind of thing"
run rekor workspaces create nyc --name "New York flights"
for collection in airlines airports planes flights; do
  run rekor collections upsert "$collection" --schema "@demo/schemas/$collection.json"
done

ask "The data, under the keys that it already has; each flight linked to its plane, airline and airports"
run rekor records import airlines --file "$data/airlines.csv" --external-id-field carrier
run rekor records import airports --file "$data/airports.csv" --external-id-field faa
run rekor records import planes --file "$data/planes.csv" --external-id-field tailnum
run rekor records import flights --file "$data/flights.csv" \
  --external-id-field year,month,day,carrier,flight,origin \
  --link tailnum=flown_by:planes --link carrier=operated_by:airlines \
  --link origin=departs_from:airports --link dest=arrives_at:airports

ask "Which carriers are late most? (of those with a hundred flights)"
run rekor query flights --aggregate --group-by data.carrier \
  --aggregations '[{"fn":"avg","field":"data.dep_delay","alias":"minutes_late"},{"fn":"count","alias":"flights"}]' \
  --having '{"field":"flights","op":"gte","value":100}' \
  --sort '{"field":"minutes_late","direction":"desc"}' --limit 5

ask "When and where does one wait longest?"
run rekor query flights --aggregate --group-by data.month,data.origin \
  --aggregations '[{"fn":"avg","field":"data.dep_delay","alias":"minutes_late"},{"fn":"max","field":"data.dep_delay","alias":"worst"},{"fn":"count","alias":"flights"}]' \
  --sort '{"field":"minutes_late","direction":"desc"}' --limit 6

ask "What was the worst day of the year?"
run rekor query flights --aggregate --group-by data.month,data.day \
  --aggregations '[{"fn":"avg","field":"data.dep_delay","alias":"minutes_late"},{"fn":"count","field":"data.dep_delay","alias":"departed"},{"fn":"count","alias":"planned"}]' \
  --having '{"field":"departed","op":"gte","value":5}' \
  --sort '{"field":"minutes_late","direction":"desc"}' --limit 3

ask "Which flights of that day were more than three hours late, or never left?"
run rekor query flights --sort '{"field":"data.dep_delay","direction":"desc"}' --limit 5 --count \
  --filter '{"and":[{"field":"data.month","op":"eq","value":3},{"field":"data.day","op":"eq","value":8},{"or":[{"field":"data.dep_delay","op":"gt","value":180},{"field":"data.dep_delay","op":"is_null"}]}]}' \
  --fields data.carrier,data.flight,data.origin,data.dest,data.dep_delay

ask "Which fleet is behind New York to Los Angeles?"
route='{"and":[{"field":"data.origin","op":"eq","value":"JFK"},{"field":"data.dest","op":"eq","value":"LAX"}]}'
run rekor query flights --aggregate --group-by data.carrier --filter "$route" \
  --aggregations '[{"fn":"count","alias":"flights"},{"fn":"count_distinct","field":"data.tailnum","alias":"planes"},{"fn":"avg","field":"data.air_time","alias":"minutes_in_the_air"}]' \
  --sort '{"field":"flights","direction":"desc"}'
busiest=$(rekor query flights --aggregate --group-by data.tailnum --filter "$route" --output json \
  --aggregations '[{"fn":"count","alias":"flights"}]' \
  --sort '[{"field":"flights","direction":"desc"},{"field":"data.tailnum","direction":"asc"}]' --limit 1 |
  pick '["data"][0]["data.tailnum"]')
run rekor records get planes --external-id "$busiest"

ask "From that plane along the links: its flights, and who and what is behind them"
plane=$(rekor records get planes --external-id "$busiest" --output json | pick '["id"]')
run rekor query-relationships planes "$plane" --type flown_by --direction incoming --limit 5
run rekor query-relationships planes "$plane" --direction both --depth 2 --limit 12

ask "How does it find them? (by the declared index on data.dest)"
run rekor query flights --filter '{"field":"data.dest","op":"eq","value":"HNL"}' --fields data.carrier,data.tailnum --limit 3
run rekor query flights --filter '{"field":"data.dest","op":"eq","value":"HNL"}' --explain

ask "What does not fit is refused, with every reason"
refused rekor records upsert flights --data '{"year":2013,"month":13,"carrier":"UA","dep_delay":"ten"}'

ask "And importing again changes nothing"
run rekor records import airlines --file "$data/airlines.csv" --external-id-field carrier
