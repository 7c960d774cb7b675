"""Values: what goes in comes out equal, what JSON has no form for is converted as documented or refused with its place."""

from __future__ import annotations

import dataclasses
import datetime as dt
import decimal
import enum
import fractions
import math
import pathlib
import random
import subprocess
import sys
import types
import uuid
from collections import OrderedDict, UserDict, deque
from typing import Any

import numpy as np
import pandas as pd
import pytest

import rekor
from rekor import _native


def stored(ws: rekor.Workspace, value: Any) -> Any:
    """What comes out of what goes in."""
    ws.records.upsert("notes", {"v": value}, id="x")
    return ws.records.get("notes", "x")["data"]["v"]


class Text(str):
    pass


class Whole(int):
    pass


class Colour(enum.StrEnum):
    RED = "red"


class Level(enum.IntEnum):
    HIGH = 3


class Plain(enum.Enum):
    A = 1


@dataclasses.dataclass
class Point:
    x: int = 1


class NotAnIndex:
    def __index__(self) -> int:
        return "no"  # type: ignore[return-value]


EQUAL: list[Any] = [
    None, True, False, 0, -1, 2**53 + 1, 2**63 - 1, 2**63, 2**64 - 1, -(2**63),
    0.1, -2.5, 1e308, 5e-324, 1e16, 123456789.123456789, 1.7976931348623157e308,
    "", "ä€😀", "\x00\x1f\"\\/", "\u2028", [], {}, [[[]]], {"": {"a b": {"/~": 1}}}, [None, [True, {"x": []}]],
]  # fmt: skip


@pytest.mark.parametrize("value", EQUAL, ids=repr)
def test_what_goes_in_comes_out(ws: rekor.Workspace, value: Any) -> None:
    found = stored(ws, value)
    assert (type(found), found) == (type(value), value)


UTC = dt.timezone.utc
CONVERTED: list[tuple[Any, Any]] = [
    ((1, (2,)), [1, [2]]),
    (Text("t"), "t"), (Whole(5), 5), (Colour.RED, "red"), (Level.HIGH, 3),
    (OrderedDict(b=1, a=2), {"b": 1, "a": 2}), (types.MappingProxyType({"a": 1}), {"a": 1}), (UserDict(a=1), {"a": 1}),
    (range(3), [0, 1, 2]), (deque([1, 2]), [1, 2]), ({Text("k"): 1}, {"k": 1}),
    (dt.datetime(2026, 1, 2, 3, 4, 5, 678, UTC), "2026-01-02T03:04:05.000678+00:00"),
    (dt.datetime(2026, 1, 2, tzinfo=dt.timezone(dt.timedelta(hours=-3, minutes=-30))), "2026-01-02T00:00:00-03:30"),
    (dt.date(2026, 1, 2), "2026-01-02"),
    (uuid.UUID(int=5), "00000000-0000-0000-0000-000000000005"),
    (np.int8(-5), -5), (np.uint64(2**64 - 1), 2**64 - 1), (np.float64(1.5), 1.5), (np.str_("s"), "s"),
    (pd.Timestamp("2026-01-02", tz="UTC"), "2026-01-02T00:00:00+00:00"),
    (-0.0, 0),
]  # fmt: skip


@pytest.mark.parametrize(("value", "expected"), CONVERTED, ids=lambda value: repr(value)[:40])
def test_what_is_converted(ws: rekor.Workspace, value: Any, expected: Any) -> None:
    found = stored(ws, value)
    assert (type(found), found) == (type(expected), expected)
    if isinstance(expected, dict):
        assert list(found) == list(expected), "keys stay in order"


OUT_OF_RANGE = [2**64, -(2**63) - 1, 10**400, math.nan, math.inf, -math.inf, np.float64("nan")]
REFUSED: list[tuple[Any, str]] = [
    ({1}, "list(value)"), (frozenset(), "list(value)"), ({}.keys(), "list(value)"), (iter([1]), "list(value)"),
    (b"x", "base64"), (bytearray(b"x"), "base64"), (memoryview(b"x"), "base64"),
    (dt.datetime(2026, 1, 1), "tzinfo"), (dt.time(1), "isoformat"), (dt.timedelta(1), "total_seconds"),
    (decimal.Decimal("1.5"), "str(value)"), (fractions.Fraction(1, 2), "str(value)"), (1j, "value.real"),
    (Plain.A, "value.value"), (Point(), "asdict"), (pathlib.PurePath("x"), "str(value)"), (object(), "pass a dict"),
    (np.array([1]), "tolist"), (np.array(5), "tolist"), (np.float32(1.5), "item"), (np.bool_(True), "item"),
    (pd.NaT, "None"), (pd.NA, "None"), (pd.Series([1]), "tolist"), (pd.DataFrame(), "records"),
]  # fmt: skip


@pytest.mark.parametrize("value", OUT_OF_RANGE, ids=lambda value: repr(value)[:20])
def test_numbers_that_cannot_be_kept(ws: rekor.Workspace, value: Any) -> None:
    with pytest.raises(rekor.InvalidError) as raised:
        stored(ws, value)
    assert (raised.value.code, raised.value.pointer) == ("number_out_of_range", "/data/v")
    assert raised.value.hint


@pytest.mark.parametrize(("value", "hint"), REFUSED, ids=lambda value: repr(value)[:40])
def test_what_is_refused_says_where_and_what_to_do(ws: rekor.Workspace, value: Any, hint: str) -> None:
    with pytest.raises(rekor.InvalidError) as raised:
        stored(ws, {"a/b": [0, value]})
    assert (raised.value.code, raised.value.pointer) == ("invalid_request", "/data/v/a~1b/1")
    assert raised.value.hint and hint in raised.value.hint
    assert ws.query("notes").count() == 0


def test_an_index_that_is_none_is_the_callers_error(ws: rekor.Workspace) -> None:
    with pytest.raises(TypeError, match="__index__"):
        stored(ws, NotAnIndex())


class Growing:
    """Changes the dict that it is in while it is converted."""

    def __init__(self, within: dict[str, Any]) -> None:
        self.within = within

    def __index__(self) -> int:
        self.within[f"more {len(self.within)}"] = 1
        return 1


def test_a_dict_that_changes_meanwhile_is_the_callers_error(ws: rekor.Workspace) -> None:
    value: dict[str, Any] = {}
    value |= {"a": Growing(value), "b": 2}
    with pytest.raises(RuntimeError, match="changed"):
        stored(ws, value)


@pytest.mark.parametrize("key", [1, None, True, 1.5, b"k", ("a",)], ids=repr)
def test_keys_are_texts(ws: rekor.Workspace, key: Any) -> None:
    with pytest.raises(rekor.InvalidError) as raised:
        stored(ws, {"in": {key: 1}})
    assert raised.value.pointer == "/data/v/in" and "str(key)" in str(raised.value.hint)


@pytest.mark.parametrize("text", ["\ud800", "a\udfff", "\udc80b"], ids=ascii)
def test_half_a_surrogate_pair_is_no_text(ws: rekor.Workspace, text: str) -> None:
    for value in (text, {text: 1}):
        with pytest.raises(rekor.InvalidError) as raised:
            stored(ws, value)
        assert raised.value.code == "invalid_json"


def test_what_holds_itself_is_too_deep(ws: rekor.Workspace) -> None:
    in_list: list[Any] = []
    in_list.append(in_list)
    in_dict: dict[str, Any] = {}
    in_dict["a"] = in_dict
    in_mapping: UserDict[str, Any] = UserDict()
    in_mapping["a"] = in_mapping
    for value in (in_list, in_dict, in_mapping):
        with pytest.raises(rekor.InvalidError) as raised:
            stored(ws, value)
        assert raised.value.code == "too_deep"


def nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


def test_the_depth_is_that_of_the_contract(ws: rekor.Workspace) -> None:
    # The data itself is the first level of 64.
    assert stored(ws, nested(63)) == nested(63)
    with pytest.raises(rekor.InvalidError) as raised:
        stored(ws, nested(64))
    assert raised.value.code == "too_deep"


def a_document(rng: random.Random, depth: int = 0) -> Any:
    choice = rng.randrange(10 if depth < 4 else 7)
    if choice == 0:
        return rng.choice([None, True, False])
    if choice <= 2:
        return rng.choice([rng.randrange(-(2**63), 2**64), rng.randrange(-10, 10)])
    if choice <= 4:
        value = math.ldexp(rng.uniform(-1, 1), rng.randrange(-1000, 1000))
        return value if value else 0
    if choice <= 6:
        return a_text(rng)
    if choice <= 8:
        return {a_text(rng): a_document(rng, depth + 1) for _ in range(rng.randrange(5))}
    return [a_document(rng, depth + 1) for _ in range(rng.randrange(5))]


def a_text(rng: random.Random) -> str:
    alphabet = [*range(0x20, 0x7F), 0, 9, 10, 0x7F, 0xE4, 0x20AC, 0xFFFF, 0x1F600, 0x10FFFF]
    return "".join(chr(rng.choice(alphabet)) for _ in range(rng.randrange(12)))


def test_random_documents_come_out_as_they_went_in(ws: rekor.Workspace, rng: random.Random) -> None:
    documents = [{"v": a_document(rng)} for _ in range(300)]
    for start in range(0, len(documents), 100):
        with ws.batch() as batch:
            for number, document in enumerate(documents[start : start + 100], start):
                batch.upsert_record("notes", document, id=f"d{number:03}")
    found = [record["data"] for record in ws.query("notes", sort={"field": "id"})]
    assert found == documents
    assert repr(found) == repr(documents), "types and the order of keys too"


READS_WHILE_READING = """
import gc
from rekor import _native

class Collected:
    def __init__(self):
        self.itself = self
    def __del__(self):
        _native.loads('{"x": 1}')

text = '{"a": [' + ",".join('{"k%d": {}}' % n for n in range(2000)) + "]}"
gc.set_threshold(5)
for _ in range(50):
    Collected()
    _native.loads(text)
"""


def test_a_finalizer_may_read_while_an_answer_is_read() -> None:
    done = subprocess.run([sys.executable, "-c", READS_WHILE_READING], timeout=30, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("number", [2**64 + 3, -(2**63) - 1, 10**60, -(10**60)])
def test_answers_may_hold_integers_without_bound(number: int) -> None:
    assert _native.loads(f'{{"s": {number}, "t": [1.5, "{number}"]}}') == {"s": number, "t": [1.5, str(number)]}
