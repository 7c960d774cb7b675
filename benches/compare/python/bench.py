"""rekor's Python package side by side with what a Python program would use instead, in one run and in turns.

    python -m venv env && env/bin/pip install rekor-*.whl duckdb pyarrow tinydb surrealdb
    env/bin/python bench.py --records 100000 --scan 1000000

Ratios are of speed, above 1 rekor is faster, and the median over the turns.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from rekor import _native

from documents import document
from sides import Duck, Rekor, Sqlite, Surreal, Tiny, keys

TURNS = 7
ROWS: list[tuple[str, str, float, float, str]] = []


def timed(work: Callable[[], object], repeat: int = 1) -> float:
    """Seconds of one call, as the mean of so many."""
    start = time.perf_counter()
    for _ in range(repeat):
        work()
    return (time.perf_counter() - start) / repeat


def compare(
    what: str, ours: Callable[[], object], theirs: dict[str, Callable[[], object]], target: str, repeat: int = 1
) -> None:
    """Times one question on all sides, in turns, and notes the medians and their ratios."""
    times: dict[str, list[float]] = {name: [] for name in ["rekor", *theirs]}
    for _ in range(TURNS):
        times["rekor"].append(timed(ours, repeat))
        for name, work in theirs.items():
            times[name].append(timed(work, repeat))
    own = statistics.median(times["rekor"])
    for name in theirs:
        ratio = statistics.median(b / a for a, b in zip(times["rekor"], times[name], strict=True))
        ROWS.append((what, name, own, statistics.median(times[name]), f"{ratio:.2f} | {target}"))
        print(f"{what:44} rekor {unit(own):>10}  {name} {unit(statistics.median(times[name])):>10}  ratio {ratio:.2f} (target {target})", flush=True)


def unit(seconds: float) -> str:
    """A time as people read it."""
    for factor, name in [(1, "s"), (1e3, "ms"), (1e6, "µs")]:
        if seconds * factor >= 1:
            return f"{seconds * factor:.2f} {name}"
    return f"{seconds * 1e9:.0f} ns"


def conversions() -> None:
    """What a record costs on its way in and out, against Python's own json."""
    one = document(5, 1, 1000)
    text = json.dumps(one)
    compare("a record to JSON", lambda: _native.dumps(one), {"json.dumps": lambda: json.dumps(one)}, "≥ 1", 20_000)
    compare("a record from JSON", lambda: _native.loads(text), {"json.loads": lambda: json.loads(text)}, "", 20_000)


def reads_and_writes(folder: Path, records: int) -> None:
    """Gets, batches and imports at one size."""
    documents = [document(n, 0, records) for n in range(records)]
    lite = Sqlite(folder)
    start = time.perf_counter()
    lite.load(documents)
    theirs = time.perf_counter() - start
    ours = Rekor(folder, exclusive=True)
    start = time.perf_counter()
    ours.load(documents)
    own = time.perf_counter() - start
    ROWS.append((f"import of {records:,} dicts", "sqlite3", own, theirs, f"{theirs / own:.2f} | ≥ 0.5"))
    print(f"import of {records:,}: rekor {own:.2f} s, sqlite3 {theirs:.2f} s, ratio {theirs / own:.2f}", flush=True)
    numbers = [random.Random(7).randrange(records) for _ in range(4096)]
    for mode, target in [("exclusive", "≥ 1"), ("shared", "≥ 0.7")]:
        if mode == "shared":
            ours.close()
            ours = Rekor(folder, exclusive=False)
        gets(ours, lite, mode, target, numbers)
        batches(ours, lite, mode, records)
    ours.close()
    lite.close()


def cycle(items: list) -> Callable[[], object]:
    """The next of some items, for ever."""
    state = [0]

    def following() -> object:
        state[0] = (state[0] + 1) % len(items)
        return items[state[0]]

    return following


def gets(ours: Rekor, lite: Sqlite, mode: str, target: str, numbers: list[int]) -> None:
    """By id and by external id."""
    own_ids, their_ids = cycle(ours.ids(4096)), cycle(lite.ids(4096))
    compare(f"get by id, {mode}", lambda: ours.get(own_ids()), {"sqlite3": lambda: lite.get(their_ids())}, target, 5000)
    own_keys, their_keys = cycle(keys(numbers)), cycle(keys(numbers))
    compare(
        f"get by external id, {mode}",
        lambda: ours.get_external(own_keys()),
        {"sqlite3": lambda: lite.get_external(their_keys())},
        target,
        5000,
    )


def batches(ours: Rekor, lite: Sqlite, mode: str, records: int) -> None:
    """A hundred upserts a transaction, each turn with a revision of its own."""
    state = {"ours": 0, "theirs": 0}

    def batch(side: str) -> list[dict]:
        state[side] += 1
        base = state[side] * 7919
        revision = state[side] + (1000 if mode == "shared" else 0)
        return [document((base + n * 31) % records, revision, records) for n in range(100)]

    prepared = {side: cycle([batch(side) for _ in range(TURNS * 10)]) for side in state}
    compare(
        f"batch of 100, {mode}",
        lambda: ours.batch(prepared["ours"]()),
        {"sqlite3": lambda: lite.batch(prepared["theirs"]())},
        "≥ 0.3",
        10,
    )


def scans(folder: Path, records: int) -> None:
    """Group-by and Arrow over many records."""
    lines = folder / "lines.ndjson"
    with lines.open("w") as file:
        for n in range(records):
            file.write(json.dumps(document(n, 0, records)) + "\n")
    ours, lite, duck = Rekor(folder, exclusive=True), Sqlite(folder), Duck(folder)
    ours.ws.import_records("invoices", lines, external_id_field="number")
    duck.load(lines)
    with lines.open() as file:
        lite.load([json.loads(line) for line in file])
    ours.group(), duck.group(), ours.arrow()
    size = f"{records:,}"
    compare(f"group-by over {size}", ours.group, {"duckdb": duck.group}, "≥ 3", 5)
    compare(f"group-by over {size}", ours.group, {"sqlite3 JSON": lite.group}, "≥ 100")
    compare(f"to Arrow, {size} rows of three columns", ours.arrow, {"duckdb": duck.arrow}, "≥ 0.5", 2)
    for side in (ours, lite, duck):
        side.close()


def others(folder: Path, records: int) -> None:
    """TinyDB and SurrealDB at a size that they bear."""
    documents = [document(n, 0, records) for n in range(records)]
    ours = Rekor(folder, exclusive=True)
    own = timed(lambda: ours.load(documents))
    numbers = [random.Random(7).randrange(records) for _ in range(512)]
    for name, make in [("tinydb", Tiny), ("surrealdb", Surreal)]:
        try:
            side = make(folder)
        except Exception as error:
            print(f"{name} is left out: {type(error).__name__}: {error}", flush=True)
            continue
        theirs = timed(lambda side=side: side.load(documents))
        ROWS.append((f"import of {records:,} dicts", name, own, theirs, f"{theirs / own:.2f} | "))
        print(f"import of {records:,}: rekor {own:.2f} s, {name} {theirs:.2f} s", flush=True)
        a, b = cycle(keys(numbers)), cycle(keys(numbers))
        compare(
            f"get by external id of {records:,}",
            lambda a=a: ours.get_external(a()),
            {name: lambda side=side, b=b: side.get_external(b())},
            "",
            20,
        )
        side.close()
    ours.close()


def main() -> None:
    """Runs what is asked for and prints a table."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--records", type=int, default=100_000)
    arguments.add_argument("--scan", type=int, default=1_000_000)
    arguments.add_argument("--small", type=int, default=5_000)
    arguments.add_argument("--dir", type=Path, default=None)
    given = arguments.parse_args()
    root = Path(tempfile.mkdtemp(dir=given.dir))
    conversions()
    for name, work in [
        ("point", lambda folder: reads_and_writes(folder, given.records)),
        ("scan", lambda folder: scans(folder, given.scan)),
        ("small", lambda folder: others(folder, given.small)),
    ]:
        folder = root / name
        folder.mkdir()
        work(folder)
        shutil.rmtree(folder)
    print("\n| what | beside | rekor | the other | ratio | target |\n|---|---|--:|--:|--:|--:|")
    for what, name, own, theirs, ratio in ROWS:
        print(f"| {what} | {name} | {unit(own)} | {unit(theirs)} | {ratio} |")


if __name__ == "__main__":
    main()
