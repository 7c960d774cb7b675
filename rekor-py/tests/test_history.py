"""History: who did what, changes as they come, and taking them back."""

from __future__ import annotations

import queue
import threading
from typing import Any

import pytest

import rekor


def test_the_history_of_a_record_names_who_and_why(store: rekor.Store, ws: rekor.Workspace) -> None:
    ws.records.upsert("notes", {"n": 1}, id="a")
    ws.with_actor("ann", reason="typo").records.patch("notes", {"n": 2}, id="a")
    ws.records.delete("notes", "a")
    history = ws.records.history("notes", "a", diff=True)["data"]
    assert [(change["action"], change["version"]) for change in history] == [
        ("deleted", 2), ("updated", 2), ("created", 1),
    ]  # fmt: skip
    assert history[1]["actor"] == {"role": "operator", "name": "ann", "reason": "typo"}
    assert history[1]["changes"] == [{"pointer": "/data/n", "before": 1, "after": 2}]


def test_a_record_goes_back_and_comes_back(ws: rekor.Workspace) -> None:
    for n in (1, 2, 3):
        ws.records.upsert("notes", {"n": n}, id="a")
    reverted = ws.records.revert("notes", 1, "a")
    assert (reverted["version"], reverted["data"]) == (4, {"n": 1})
    ws.records.delete("notes", "a")
    assert ws.records.restore("notes", "a")["data"] == {"n": 1}


def test_a_run_is_undone_or_refused_as_a_whole(ws: rekor.Workspace) -> None:
    run = ws.with_actor("bot", run="r1")
    run.records.upsert("notes", {"n": 1}, id="a")
    run.records.upsert("notes", {"n": 2}, id="b")
    rehearsal = ws.undo(run="r1", dry_run=True)
    assert rehearsal["changes_total"] == 2 and ws.query("notes").count() == 2
    undone = ws.undo(run="r1")
    assert (undone["commits"], undone["records"]) == (2, 2) and ws.query("notes").count() == 0


def test_undo_names_who_stands_in_the_way(ws: rekor.Workspace) -> None:
    seq = ws.batch([{"type": "upsert_record", "collection": "notes", "id": "a", "data": {"n": 1}}])["seq"]
    ws.with_actor("ann").records.patch("notes", {"n": 2}, id="a")
    with pytest.raises(rekor.ConflictError) as raised:
        ws.undo(batch=seq)
    assert raised.value.code == "undo_conflict"
    assert raised.value.details[0]["actor"]["name"] == "ann"


def test_changes_are_told_from_any_commit_on(ws: rekor.Workspace) -> None:
    start = ws.seq
    for n in range(5):
        ws.records.upsert("notes", {"n": n}, id=f"r{n}")
    changes = list(ws.changes(start))
    assert [change["id"] for change in changes] == [f"r{n}" for n in range(5)]
    assert [change["id"] for change in ws.changes(changes[2]["seq"])] == ["r3", "r4"]
    assert list(ws.changes(ws.seq)) == []
    ws.collections.upsert("other", schema={})
    assert [change["thing"] for change in ws.changes(start, collection="other")] == ["collection"]


def test_changes_go_on_over_pages(ws: rekor.Workspace) -> None:
    start = ws.seq
    for n in range(130):
        ws.records.upsert("notes", {"n": n})
    assert len(list(ws.changes(start))) == 130
    page = ws.list_changes(since=start, limit=10)
    assert page["has_more"] and len(page["data"]) == 10
    assert ws.list_changes(since=page["next_since"], limit=10)["data"][0]["seq"] > page["data"][-1]["seq"]


def test_changes_are_followed_on_another_thread(ws: rekor.Workspace) -> None:
    heard: queue.Queue[Any] = queue.Queue()

    def follow(since: int) -> None:
        for change in ws.changes(since, follow=True, poll_seconds=0.01):
            heard.put(change["id"])
            if change["id"] == "last":
                return

    thread = threading.Thread(target=follow, args=(ws.seq,))
    thread.start()
    for id in ("a", "b", "last"):
        ws.records.upsert("notes", {}, id=id)
        assert heard.get(timeout=30) == id
    thread.join(timeout=30)
    assert not thread.is_alive()


def test_following_ends_with_the_store(store: rekor.Store, ws: rekor.Workspace) -> None:
    changes = ws.changes(ws.seq, follow=True, poll_seconds=0)
    ws.records.upsert("notes", {}, id="a")
    assert next(changes)["id"] == "a"
    store.close()
    with pytest.raises(rekor.UnavailableError):
        next(changes)
