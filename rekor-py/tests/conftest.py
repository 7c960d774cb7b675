"""What the tests share: a store in a folder of its own, and a workspace in it."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

import rekor

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the store is."""
    return tmp_path / "store"


@pytest.fixture
def store(folder: Path) -> Iterator[rekor.Store]:
    """A store with the workspace `w`."""
    with rekor.open(folder) as store:
        store.workspaces.create("w")
        yield store


@pytest.fixture
def ws(store: rekor.Store) -> rekor.Workspace:
    """A workspace with the collection `notes`, which takes everything."""
    ws = store.workspace("w")
    ws.collections.upsert("notes", schema={"properties": {"n": {"type": "integer"}, "t": {"type": "string"}}})
    return ws


@pytest.fixture
def rng() -> Iterator[random.Random]:
    """Randomness that a failing test is run again with: REKOR_SEED."""
    seed = int(os.environ.get("REKOR_SEED") or random.SystemRandom().getrandbits(64))
    print(f"replay with REKOR_SEED={seed}")
    yield random.Random(seed)


@pytest.fixture
def command() -> str:
    """The path of the `rekor` command, which REKOR_COMMAND must give."""
    path = os.environ.get("REKOR_COMMAND", "")
    assert path and os.access(path, os.X_OK), f"REKOR_COMMAND is to be the path of the command, and is {path!r}"
    return path
