"""Two Python processes and one of Node write to one workspace at the same time: nothing may fail, nothing be lost.

    python writers.py --node FOLDER [--seconds 60] [--batch 1]

FOLDER is one in which `import rekor` works for Node, as benches/compare/node after its installation. It prints what each wrote and the
rate of all together, and checks every byte of the workspace in the end.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import rekor

from documents import SCHEMA, document

NODE = """
import rekor from "rekor";
import { doc } from "./data.mjs";
const [path, name, seconds, size] = process.argv.slice(1);
const store = rekor.open(path, { busy_timeout_ms: 60_000 });
const ws = store.workspace("bench");
const end = Date.now() + Number(seconds) * 1000;
let written = 0;
while (Date.now() < end) {
  const steps = [];
  for (let n = 0; n < Number(size); n++) {
    const data = doc(written, 0, 1000);
    steps.push({ type: "upsert_record", collection: "invoices", external_id: `${name}-${written++}`, data });
  }
  ws.batch(steps);
}
store.close();
console.log(JSON.stringify({ name, written }));
"""


def write(path: str, name: str, seconds: float, size: int) -> None:
    """Writes until the time is over, and prints how much."""
    with rekor.open(path, busy_timeout_ms=60_000) as store:
        ws = store.workspace("bench")
        end, written = time.monotonic() + seconds, 0
        while time.monotonic() < end:
            steps = []
            for _ in range(size):
                key = f"{name}-{written}"
                data = document(written, 0, 1000)
                steps.append({"type": "upsert_record", "collection": "invoices", "external_id": key, "data": data})
                written += 1
            ws.batch(steps)
    print(json.dumps({"name": name, "written": written}))


def main() -> None:
    """Starts the writers, waits for them, and counts."""
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--node", type=Path, required=True)
    arguments.add_argument("--seconds", type=float, default=60)
    arguments.add_argument("--batch", type=int, default=1)
    arguments.add_argument("--writer", nargs=2, help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.writer:
        write(given.writer[0], given.writer[1], given.seconds, given.batch)
        return
    folder = tempfile.TemporaryDirectory()
    path = str(Path(folder.name) / "store")
    with rekor.open(path) as store:
        store.workspaces.create("bench")
        store.workspace("bench").collections.upsert("invoices", schema=SCHEMA)
    common = ["--seconds", str(given.seconds), "--batch", str(given.batch), "--node", str(given.node)]
    lines = [[sys.executable, __file__, *common, "--writer", path, f"python-{n}"] for n in (1, 2)]
    node = ["node", "--input-type=module", "-e", NODE, "--", path, "node", str(given.seconds), str(given.batch)]
    running = [subprocess.Popen(line, stdout=subprocess.PIPE, text=True) for line in lines]
    running.append(subprocess.Popen(node, stdout=subprocess.PIPE, text=True, cwd=given.node))
    written = {}
    for process in running:
        out, _ = process.communicate()
        assert process.returncode == 0, f"{process.args[-2:]} failed"
        told = json.loads(out)
        written[told["name"]] = told["written"]
    with rekor.open(path) as store:
        ws = store.workspace("bench")
        total = ws.aggregate("invoices", {"fn": "count", "alias": "n"})[0]["n"]
        problems = ws.check()["problems"]
    assert total == sum(written.values()), f"{total} records of {written}"
    assert not problems, problems
    print(f"{written}: {total} records, all there; {total / given.seconds:,.0f} a second in commits of {given.batch}")
    folder.cleanup()


if __name__ == "__main__":
    main()
