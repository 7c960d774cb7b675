"""The rows of an import: where they come from, as what the native half takes: dicts, or lines as bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from os import PathLike
from typing import Any

Rows = Iterable[Mapping[str, Any] | bytes | str] | bytes | str | PathLike[str]


@contextmanager
def lines_of(rows: Rows) -> Iterator[Iterable[Any]]:
    """The rows of a file, which is closed afterwards, or those that were given."""
    if isinstance(rows, (str, PathLike)):
        with open(rows, "rb") as file:
            yield file
    elif isinstance(rows, (bytes, bytearray)):
        yield bytes(rows).splitlines(keepends=True)
    elif isinstance(rows, Mapping):
        raise TypeError("the rows are one object: put it in a list")
    else:
        yield (row.encode() if isinstance(row, str) else row for row in rows)
