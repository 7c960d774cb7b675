"""The language-neutral cases of the repository, run through `call`: what every other language answers, Python answers too."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT

import rekor
from rekor import _native

CASES = Path(os.environ.get("REKOR_CASES") or ROOT / "tests" / "cases")
OF_STORE = set(_native.operations()[0])


def cases() -> Iterator[Any]:
    """Each case of each file."""
    for path in sorted(CASES.glob("*.json")):
        for case in json.loads(path.read_text("utf-8"), object_pairs_hook=unambiguous):
            yield pytest.param(case, id=f"{path.stem}: {case['name']}")


def unambiguous(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object, marked where its text has a key twice: a dict cannot say that."""
    found = dict(pairs)
    return found if len(found) == len(pairs) else {**found, "$twice": True}


def is_ours(step: dict[str, Any]) -> bool:
    """Whether a step is for Python: `only` names the surfaces whose callers can say its request."""
    assert ("only" in step) == ("why" in step), f"`only` and `why` come together: {step}"
    return "python" in step.get("only", ["python"])


def test_there_are_cases_and_three_steps_are_not_for_python() -> None:
    found = [param.values[0] for param in cases()]
    assert len(found) > 15, f"the cases are not in {CASES}"
    apart = [step for case in found for step in case["steps"] if not is_ours(step)]
    assert [step["error"]["code"] for step in apart] == ["duplicate_key"] * 3


@pytest.mark.parametrize("case", list(cases()))
def test_case(case: Any, tmp_path: Path) -> None:
    with rekor.open(tmp_path / "store") as store:
        store.workspaces.create("w")
        ws = store.workspace("w")
        saved: dict[str, str] = {}
        for number, step in enumerate(case["steps"]):
            if is_ours(step):
                run(store, ws, step, saved, f"step {number} ({step['op']})")


def run(store: rekor.Store, ws: rekor.Workspace, step: Any, saved: dict[str, str], at: str) -> None:
    request, expected = filled(step["request"], saved), filled(step.get("expect"), saved)
    assert "$twice" not in json.dumps(request), f"{at}: a dict has no key twice: mark the step"
    try:
        answer = call(store, ws, step, request)
    except rekor.RekorError as error:
        given = vars(error)
        assert "error" in step, f"{at}: unexpected error {given}"
        differs(step["error"], given, at)
        return
    assert "error" not in step, f"{at}: expected {step['error']}, got {answer}"
    if expected is not None:
        differs(expected, answer, at)
    for name, pointer in step.get("save", {}).items():
        value = resolved(answer, pointer)
        assert isinstance(value, (str, int, float)), f"{at}: no text and no number at {pointer}"
        saved[name] = str(value)


def call(store: rekor.Store, ws: rekor.Workspace, step: Any, request: Any) -> Any:
    options = step.get("options")
    if step["op"] in OF_STORE:
        return store.call(step["op"], request, options)
    if "workspace" in step:
        ws = store.workspace(step["workspace"])
    return ws.call(step["op"], request, options)


def filled(part: Any, saved: dict[str, str]) -> Any:
    """What a step says, with what earlier ones saved."""
    text = json.dumps(part)
    for name, value in saved.items():
        text = text.replace(f"${{{name}}}", value).replace(f'"$number:{name}"', value)
    return json.loads(text)


def resolved(answer: Any, pointer: str) -> Any:
    for key in pointer.split("/")[1:]:
        answer = answer[int(key)] if isinstance(answer, list) else answer[key]
    return answer


def differs(expected: Any, got: Any, place: str) -> None:
    """Fails where what is expected is not a part of what there is."""
    if expected == "$any" and got is not None:
        return
    if isinstance(expected, dict) and isinstance(got, dict):
        for key, value in expected.items():
            differs(value, got.get(key), f"{place}/{key}")
    elif isinstance(expected, list) and isinstance(got, list) and len(expected) == len(got):
        for number, (e, g) in enumerate(zip(expected, got, strict=True)):
            differs(e, g, f"{place}/{number}")
    else:
        assert (type(expected), expected) == (type(got), got), f"at {place}"
