"""Threads, processes and forks on one store: nothing is lost, nothing is damaged, and what cannot work says so."""

from __future__ import annotations

import gc
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import rekor

EACH = 60


def numbers(ws: rekor.Workspace) -> list[int]:
    return sorted(record["data"]["n"] for record in ws.query("notes"))


def test_threads_share_a_store_a_workspace_and_a_query(ws: rekor.Workspace) -> None:
    query, failures = ws.query("notes", sort={"field": "data.n"}), []

    def write(start: int) -> None:
        try:
            for n in range(start, start + EACH):
                ws.records.upsert("notes", {"n": n})
                rows = [record["data"]["n"] for record in query]
                assert rows == sorted(rows) and n in rows
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=write, args=(EACH * n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert numbers(ws) == list(range(4 * EACH))


def write_some(path: str, start: int, ready: Any) -> None:
    """What a process of its own does: it waits for the others, then writes."""
    with rekor.open(path, busy_timeout_ms=60_000) as store:
        ws = store.workspace("w")
        ready.wait(timeout=120)
        for n in range(start, start + EACH):
            ws.records.upsert("notes", {"n": n}, external_id=str(n))
            ws.records.patch("notes", {"by": start}, external_id=str(n))


def test_processes_write_at_the_same_time_and_nothing_is_lost(ws: rekor.Workspace, folder: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    ready = spawn.Barrier(3)
    writers = [spawn.Process(target=write_some, args=(str(folder), EACH * n, ready)) for n in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(timeout=120)
    assert [writer.exitcode for writer in writers] == [0, 0, 0]
    assert numbers(ws) == list(range(3 * EACH))
    assert {record["version"] for record in ws.query("notes")} == {2}
    assert ws.check()["problems"] == []


def in_child(work: Callable[[], object], leave: Callable[[], object]) -> int:
    """Runs something after a fork, and answers how the child ended: 0 if all went well."""
    pid = os.fork()
    if pid == 0:
        signal.alarm(60)
        try:
            work()
        except BaseException as error:
            os.write(2, f"in the child: {error!r}\n".encode())
            os._exit(1)
        leave()
        os._exit(0)
    return os.waitpid(pid, 0)[1]


def test_a_child_is_told_that_its_handles_are_the_parents(store: rekor.Store, ws: rekor.Workspace, tmp_path: Path) -> None:
    uses: list[Callable[[], object]] = [
        lambda: ws.records.upsert("notes", {"n": 1}),
        lambda: list(ws.query("notes")),
        lambda: ws.query("notes").to_arrow(),
        lambda: ws.import_records("notes", [{"n": 1}]),
        lambda: ws.export_records("notes", tmp_path / "never"),
        lambda: ws.check(),
        lambda: ws.seq,
        lambda: store.workspace("w"),
        lambda: store.workspaces.list(),
        lambda: store.as_agent("x").workspace("w"),
        lambda: store.close(),
    ]

    def work() -> None:
        for number, use in enumerate(uses):
            try:
                use()
            except rekor.ForkedHandle as error:
                assert error.code == "forked_handle" and error.hint
            else:
                raise AssertionError(f"use {number} went on")

    assert in_child(work, lambda: None) == 0
    ws.records.upsert("notes", {"n": 2})
    assert numbers(ws) == [2] and ws.check()["problems"] == []


def test_a_child_opens_the_store_for_itself(ws: rekor.Workspace, folder: Path) -> None:
    def work() -> None:
        with rekor.open(folder) as own:
            own.workspace("w").records.upsert("notes", {"n": 1})

    assert in_child(work, lambda: None) == 0
    ws.records.upsert("notes", {"n": 2})
    assert numbers(ws) == [1, 2] and ws.check()["problems"] == []


def leave_by_exit() -> None:
    # As the interpreter does at its end: with what is registered, and without pytest.
    import rekor._store

    rekor._store._close_all()
    gc.collect()


@pytest.mark.parametrize("leave", [leave_by_exit, gc.collect], ids=["exit", "collect"])
def test_a_child_that_ends_leaves_the_parents_store_whole(ws: rekor.Workspace, leave: Callable[[], object]) -> None:
    for n in range(3):
        ws.records.upsert("notes", {"n": n})
        assert in_child(lambda: None, leave) == 0
    assert numbers(ws) == [0, 1, 2] and ws.check()["problems"] == []


def use_of_parent(ws: rekor.Workspace, answers: Any) -> None:
    try:
        ws.query("notes").count()
    except rekor.ForkedHandle:
        answers.put("forked")


def test_a_forked_worker_of_multiprocessing_is_told(ws: rekor.Workspace) -> None:
    fork = multiprocessing.get_context("fork")
    answers = fork.SimpleQueue()
    worker = fork.Process(target=use_of_parent, args=(ws, answers))
    worker.start()
    worker.join(timeout=60)
    assert worker.exitcode == 0 and answers.get() == "forked"


def test_errors_come_out_of_a_pool(folder: Path, ws: rekor.Workspace) -> None:
    with multiprocessing.get_context("spawn").Pool(1) as pool, pytest.raises(rekor.NotFoundError) as raised:
        pool.apply(get_nothing, (str(folder),))
    assert raised.value.code == "record_not_found"


def get_nothing(path: str) -> None:
    with rekor.open(path) as store:
        store.workspace("w").records.get("notes", "none")


def cli(command: str, folder: Path, *arguments: str) -> Any:
    line = [command, "--store", str(folder), "--workspace", "w", "--output", "json", *arguments]
    done = subprocess.run(line, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_command_and_python_work_on_one_store(ws: rekor.Workspace, folder: Path, command: str) -> None:
    ws.records.upsert("notes", {"n": 1}, id="a")
    assert cli(command, folder, "records", "get", "notes", "a")["data"] == {"n": 1}
    cli(command, folder, "records", "upsert", "notes", "--id", "b", "--data", '{"n": 2}', "--actor", "ann")
    assert numbers(ws) == [1, 2]
    assert ws.records.history("notes", "b")["data"][0]["actor"]["name"] == "ann"
    assert ws.check()["problems"] == []


UNCLOSED = """
import sys, rekor
store = rekor.open(sys.argv[1])
ws = store.workspace("w")
for n in range(50):
    ws.records.upsert("notes", {"n": n})
print("written", flush=True)
if sys.argv[2] == "killed":
    import os, signal
    os.kill(os.getpid(), signal.SIGKILL)
elif sys.argv[2] == "raises":
    raise ValueError("at the end")
elif sys.argv[2] == "os":
    import os
    os._exit(0)
elif sys.argv[2] == "thread":
    import threading
    def go_on():
        while True:
            ws.records.upsert("notes", {"n": -1}, id="same")
    threading.Thread(target=go_on, daemon=True).start()
"""


@pytest.mark.parametrize("end", ["plain", "raises", "os", "killed", "thread"])
def test_an_interpreter_that_ends_without_closing_leaves_the_store_whole(
    store: rekor.Store, ws: rekor.Workspace, folder: Path, end: str
) -> None:
    store.close()
    done = subprocess.run([sys.executable, "-c", UNCLOSED, str(folder), end], capture_output=True, text=True, timeout=60)
    assert done.stdout == "written\n", done.stderr
    assert done.returncode == {"raises": 1, "killed": -signal.SIGKILL}.get(end, 0), done.stderr
    with rekor.open(folder) as again:
        ws = again.workspace("w")
        assert [n for n in numbers(ws) if n >= 0] == list(range(50))
        assert ws.check()["problems"] == []


def test_an_interpreter_closes_what_only_a_workspace_holds(store: rekor.Store, folder: Path) -> None:
    store.close()
    code = "import sys, rekor; ws = rekor.open(sys.argv[1], exclusive=True).workspace('w'); ws.collections.upsert('c', schema={})"
    done = subprocess.run([sys.executable, "-c", code, str(folder)], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    with rekor.open(folder, exclusive=True, busy_timeout_ms=1) as again:
        assert again.workspace("w").check()["repaired"] is False
