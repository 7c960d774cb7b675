"""Errors: one class a kind, for every code of the table; what they say, and that they travel."""

from __future__ import annotations

import pickle
import re
from typing import Any

import pytest
from conftest import ROOT

import rekor
from rekor._errors import of_core

CLASSES = {
    "invalid": rekor.InvalidError,
    "not_found": rekor.NotFoundError,
    "conflict": rekor.ConflictError,
    "denied": rekor.DeniedError,
    "limit": rekor.LimitError,
    "unavailable": rekor.UnavailableError,
    "corrupt": rekor.CorruptError,
    "internal": rekor.InternalError,
}


def table() -> list[tuple[str, str]]:
    """Kind and code of each row of the table."""
    found, kind = [], ""
    for line in (ROOT / "docs" / "errors.md").read_text("utf-8").splitlines():
        if heading := re.match(r"## `(\w+)`", line):
            kind = heading[1]
        elif row := re.match(r"\| `(\w+)` \|", line):
            found.append((kind, row[1]))
    return found


def test_the_table_has_every_kind() -> None:
    assert {kind for kind, _ in table()} == set(CLASSES) and len(table()) > 40


@pytest.mark.parametrize(("kind", "code"), table())
def test_each_code_is_of_the_class_of_its_kind(kind: str, code: str) -> None:
    error = of_core({"code": code, "kind": kind, "message": "m"})
    assert type(error) is (rekor.ForkedHandle if code == "forked_handle" else CLASSES[kind])
    assert isinstance(error, CLASSES[kind]) and isinstance(error, rekor.RekorError)
    assert (error.code, error.kind, error.message) == (code, kind, "m")


def test_a_kind_of_later_is_an_error_all_the_same() -> None:
    assert type(of_core({"code": "c", "kind": "k", "message": "m"})) is rekor.RekorError


FULL: dict[str, Any] = {
    "code": "validation_failed", "kind": "invalid", "message": "field `a` is required", "pointer": "/data/a",
    "hint": "add it", "details": [{"pointer": "/data/a"}], "details_total": 1,
}  # fmt: skip


def test_an_error_says_what_where_and_what_next() -> None:
    assert str(of_core(FULL)) == "validation_failed: field `a` is required at /data/a (add it)"
    assert str(of_core({"code": "busy", "kind": "unavailable", "message": "m"})) == "busy: m"


def test_an_error_has_all_that_the_core_says() -> None:
    error = of_core(FULL)
    assert {key: getattr(error, key) for key in FULL} == FULL
    bare = of_core({"code": "busy", "kind": "unavailable", "message": "m"})
    assert (bare.pointer, bare.hint, bare.details, bare.details_total) == (None, None, [], None)


def test_an_error_can_be_sent_to_another_process() -> None:
    error = pickle.loads(pickle.dumps(of_core(FULL)))
    assert type(error) is rekor.InvalidError and str(error) == str(of_core(FULL)) and error.details == FULL["details"]


def test_the_core_raises_them(ws: rekor.Workspace) -> None:
    with pytest.raises(rekor.InvalidError) as raised:
        ws.records.upsert("notes", {"n": "x"})
    error = raised.value
    assert (error.code, error.kind, error.pointer) == ("validation_failed", "invalid", "/data/n")
    assert error.details == [
        {"pointer": "/data/n", "keyword": "type", "expected": "integer", "message": error.details[0]["message"]}
    ]
    assert str(error).startswith("validation_failed: field `n` must be an integer")
