"""Stores: opening, closing, handles, and what they say of themselves."""

from __future__ import annotations

import copy
import gc
import os
import pickle
from pathlib import Path

import pytest

import rekor


def test_a_store_is_made_on_first_use_and_found_again(folder: Path) -> None:
    with rekor.open(str(folder)) as store:
        made = store.workspaces.create("w", name="Work", description="all of it")
    with rekor.open(folder) as store:
        found = store.workspaces.get("w")
    assert {key: found[key] for key in ("id", "name", "description", "kind")} == {
        "id": "w", "name": "Work", "description": "all of it", "kind": "production",
    }  # fmt: skip
    assert found["created_at"] == made["created_at"]


def test_a_path_may_be_bytes_and_not_utf8(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/st\xf6re"
    with rekor.open(path) as store:  # type: ignore[arg-type]
        store.workspaces.create("w")
    assert os.path.isdir(path)


def test_the_only_workspace_needs_no_name(store: rekor.Store) -> None:
    assert store.workspace().id == "w"
    store.workspaces.create("x")
    with pytest.raises(rekor.InvalidError) as raised:
        store.workspace()
    assert raised.value.code == "workspace_required"


def test_a_workspace_that_is_not_there_is_not_found(store: rekor.Store) -> None:
    with pytest.raises(rekor.NotFoundError) as raised:
        store.workspace("none")
    assert raised.value.code == "workspace_not_found"


def test_closing_is_for_every_handle_and_twice_is_once(folder: Path) -> None:
    store = rekor.open(folder)
    store.workspaces.create("w")
    agent, ws = store.as_agent("bot"), store.workspace("w")
    query = ws.query("notes")
    agent.close()
    store.close()
    for use in (lambda: store.workspace("w"), lambda: ws.collections.list(), lambda: list(query), query.to_arrow, ws.check):
        with pytest.raises(rekor.UnavailableError, match="closed"):
            use()


def test_a_closed_store_opens_again_in_the_same_process(folder: Path) -> None:
    for name in ("a", "b"):
        with rekor.open(folder) as store:
            store.workspaces.create(name)
    with rekor.open(folder) as store:
        assert [one["id"] for one in store.workspaces.list()["data"]] == ["a", "b"]


def test_a_store_is_open_twice_in_one_process(store: rekor.Store, ws: rekor.Workspace, folder: Path) -> None:
    with rekor.open(folder) as other:
        other.workspace("w").records.upsert("notes", {"n": 1})
    assert ws.query("notes").count() == 1


def test_a_read_only_store_refuses_writes_and_must_exist(store: rekor.Store, folder: Path) -> None:
    store.close()
    with rekor.open(folder, read_only=True) as again:
        assert [one["id"] for one in again.workspaces.list()["data"]] == ["w"]
        with pytest.raises(rekor.DeniedError) as raised:
            again.workspaces.create("x")
        assert raised.value.code == "read_only"
    with pytest.raises(rekor.RekorError):
        rekor.open(folder / "none", read_only=True)


def test_an_exclusive_store_keeps_others_out(folder: Path) -> None:
    with rekor.open(folder, exclusive=True) as store:
        store.workspaces.create("w")
        store.workspace("w").collections.upsert("notes", schema={})
        with pytest.raises(rekor.UnavailableError) as raised:
            rekor.open(folder, busy_timeout_ms=1).workspace("w").records.upsert("notes", {})
        assert raised.value.code == "busy"


def test_unknown_options_are_refused(folder: Path) -> None:
    with pytest.raises(TypeError):
        rekor.open(folder, cache=1)  # type: ignore[call-arg]


def test_handles_say_what_they_are(store: rekor.Store, folder: Path) -> None:
    assert repr(store) == f"<rekor.Store {str(folder)!r} as operator>"
    assert repr(store.as_agent("bot")) == f"<rekor.Store {str(folder)!r} as agent 'bot'>"
    assert repr(store.workspace("w")) == "<rekor.Workspace 'w'>"
    query = store.workspace("w").query("notes", limit=2)
    assert repr(query) == "<rekor.Query 'notes', limit=2>"


def test_handles_are_not_copied_and_not_pickled(store: rekor.Store) -> None:
    for handle in (store, store.workspace("w")):
        with pytest.raises(TypeError, match="rekor.open"):
            pickle.dumps(handle)
        with pytest.raises(TypeError, match="rekor.open"):
            copy.copy(handle)


def test_a_workspace_outlives_the_name_of_its_store(folder: Path) -> None:
    store = rekor.open(folder)
    store.workspaces.create("w")
    ws = store.workspace("w")
    del store
    gc.collect()
    assert ws.collections.list()["data"] == []


def test_a_store_that_nobody_holds_lets_go_of_its_files(folder: Path) -> None:
    rekor.open(folder, exclusive=True).workspaces.create("w")
    gc.collect()
    with rekor.open(folder, exclusive=True, busy_timeout_ms=1) as store:
        assert store.workspace("w").id == "w"


def test_settings_of_a_workspace(store: rekor.Store) -> None:
    set_ = store.workspaces.set("w", strict_refs=True, history="30d")
    assert (set_["strict_refs"], set_["history"]) == (True, "30d")


def test_deleting_a_workspace_needs_a_word(store: rekor.Store) -> None:
    with pytest.raises(rekor.DeniedError) as raised:
        store.workspaces.delete("w")
    assert raised.value.code == "human_only"
    assert store.workspaces.delete("w", yes=True)["deleted"]
    assert store.workspaces.list()["data"] == []


def test_stats_check_compact_and_maintain(ws: rekor.Workspace) -> None:
    for n in range(20):
        ws.records.upsert("notes", {"n": n})
    stats = ws.get_stats()
    assert stats["workspace"] == "w" and stats["collections"][0]["records"] == 20
    assert stats["seq"] == ws.seq
    assert ws.check()["problems"] == []
    compacted = ws.compact()
    assert compacted["bytes_after"] <= compacted["bytes_before"]
    assert ws.maintain() in (True, False)
    assert ws.query("notes").count() == 20
