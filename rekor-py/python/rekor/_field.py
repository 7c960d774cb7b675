"""Filters as expressions: `rekor.field("data.amount") > 5`. What they make are the dicts of the contract."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


class Filter(dict[str, Any]):
    """A filter: a dict that `&`, `|` and `~` put together, with each other and with plain dicts."""

    def __and__(self, other: Mapping[str, Any]) -> Filter:
        return _joined("and", self, other)

    def __rand__(self, other: Mapping[str, Any]) -> Filter:
        return _joined("and", other, self)

    # A dict has `|` and `|=` of its own, which would put the second filter in the place of the first.
    def __or__(self, other: Mapping[str, Any]) -> Filter:  # type: ignore[override]
        return _joined("or", self, other)

    def __ror__(self, other: Mapping[str, Any]) -> Filter:  # type: ignore[override]
        return _joined("or", other, self)

    def __ior__(self, other: Mapping[str, Any]) -> Filter:  # type: ignore[override]
        return _joined("or", self, other)

    def __invert__(self) -> Filter:
        return Filter({"not": self})

    def __bool__(self) -> bool:
        raise TypeError("filters are put together with `&`, `|` and `~`; `and`, `or` and `not` would lose one of them")


def _joined(word: str, first: Mapping[str, Any], second: Mapping[str, Any]) -> Filter:
    if not isinstance(first, Mapping) or not isinstance(second, Mapping):
        return NotImplemented
    # What is already a list of such parts is continued, and no list of one list.
    parts = [*first[word]] if set(first) == {word} else [first]
    return Filter({word: [*parts, second]})


class Field:
    """A field of a record, which compares into a filter. Made by `field`."""

    __slots__ = ("_name",)
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, name: str) -> None:
        self._name = name

    def __repr__(self) -> str:
        return f"field({self._name!r})"

    def _compare(self, op: str, value: Any) -> Filter:
        return Filter({"field": self._name, "op": op, "value": value})

    def __eq__(self, value: Any) -> Filter:  # type: ignore[override]
        return self.is_null() if value is None else self._compare("eq", value)

    def __ne__(self, value: Any) -> Filter:  # type: ignore[override]
        return self.is_not_null() if value is None else self._compare("neq", value)

    def __gt__(self, value: Any) -> Filter:
        return self._compare("gt", value)

    def __ge__(self, value: Any) -> Filter:
        return self._compare("gte", value)

    def __lt__(self, value: Any) -> Filter:
        return self._compare("lt", value)

    def __le__(self, value: Any) -> Filter:
        return self._compare("lte", value)

    def is_in(self, values: Iterable[Any]) -> Filter:
        """Records of which the field is one of these."""
        return self._compare("in", _several(values))

    def not_in(self, values: Iterable[Any]) -> Filter:
        """Records of which the field is none of these, those without the field included."""
        return self._compare("not_in", _several(values))

    def like(self, pattern: str) -> Filter:
        """Records of which the text matches: `%` is any run, `_` one character, `\\` escapes."""
        return self._compare("like", pattern)

    def ilike(self, pattern: str) -> Filter:
        """The same as `like`, whatever the case."""
        return self._compare("ilike", pattern)

    def has(self, element: Any) -> Filter:
        """Records of which the array has this element, or the object this key."""
        return self._compare("has", element)

    def is_null(self) -> Filter:
        """Records of which the field is null or missing."""
        return Filter({"field": self._name, "op": "is_null"})

    def is_not_null(self) -> Filter:
        """Records that have the field."""
        return Filter({"field": self._name, "op": "is_not_null"})

    def asc(self) -> dict[str, str]:
        """Sorts by the field, the least first."""
        return {"field": self._name, "direction": "asc"}

    def desc(self) -> dict[str, str]:
        """Sorts by the field, the greatest first."""
        return {"field": self._name, "direction": "desc"}


def _several(values: Iterable[Any]) -> list[Any]:
    if isinstance(values, (str, bytes, Mapping)):
        raise TypeError(f"one value is not several: pass [{values!r}]")
    return list(values)


def field(name: str) -> Field:
    """A field of a record: `data.<path>`, or `id`, `external_id`, `created_at` and the like."""
    return Field(name)
