"""Answers that are taken lazily: a query goes on page by page, each page from the newest commit, and holds nothing between."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, overload

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

    from rekor import _native
    from rekor import types as t

PAGE_ROWS_MAX = 1000


class _Tabular:
    """Hands itself to what takes the Arrow C stream interface: pandas, Polars, PyArrow, DuckDB."""

    _handle: _native.Workspace
    _operation: str
    _request: dict[str, Any]

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._handle.arrow(self._operation, self._request)

    def to_arrow(self) -> pyarrow.Table:
        """All rows as a table of PyArrow, which must be installed."""
        import pyarrow

        return pyarrow.table(self)

    def to_pandas(self) -> pandas.DataFrame:
        """All rows as a data frame of pandas; pandas and PyArrow must be installed."""
        return self.to_arrow().to_pandas()

    def to_polars(self) -> polars.DataFrame:
        """All rows as a data frame of Polars, which must be installed."""
        import polars

        return polars.DataFrame(self)


class Query(_Tabular):
    """The records that a query finds. Iterating asks for page after page; each iteration asks anew.

    It has no `len`, since nothing is asked before it must be: `count()` asks how many there are. It is true where there is
    a record. Several threads may iterate over the same query, each for itself.
    """

    def __init__(self, handle: _native.Workspace, request: dict[str, Any]) -> None:
        self._handle = handle
        self._operation = "query"
        self._request = request

    def __repr__(self) -> str:
        given = (f", {key}={value!r}" for key, value in _given(self._request).items() if key != "collection" and value)
        return f"<rekor.Query {self._request['collection']!r}{''.join(given)}>"

    def __bool__(self) -> bool:
        return self.first() is not None

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for page in self.pages():
            yield from page["data"]

    def pages(self, rows: int = PAGE_ROWS_MAX) -> Iterator[t.RowList]:
        """The pages, each of so many rows, 1,000 at most. One after the other each is read from the newest commit."""
        left = self._request.get("limit")
        request = self._request
        while left != 0:
            page = self._ask({**request, "limit": rows if left is None else min(rows, left)})
            yield page
            if not page["meta"]["has_more"]:
                return
            if left is not None:
                left -= len(page["data"])
            request = {**request, "cursor": page["meta"]["next_cursor"], "offset": None, "count": False}

    def page(self, rows: int | None = None) -> t.RowList:
        """The first page alone, as the operation answers it, with `meta`; 50 rows unless it or `limit` says otherwise."""
        return self._ask(self._request if rows is None else {**self._request, "limit": rows})

    def _ask(self, request: dict[str, Any]) -> t.RowList:
        return self._handle.call("query", request)  # type: ignore[no-any-return]

    def first(self) -> dict[str, Any] | None:
        """The first record, or None."""
        if self._request.get("limit") == 0:
            return None
        return next(iter(self.page(1)["data"]), None)

    def count(self) -> int:
        """How many records match in all, whatever `limit` and `offset`."""
        return self._ask({**self._request, "limit": 1, "count": True})["meta"]["total"]

    def explain(self) -> t.Explanation:
        """How it is carried out."""
        return self._handle.call("explain", {"query": _given(self._request)})  # type: ignore[no-any-return]


class Aggregate(_Tabular, Sequence[dict[str, Any]]):
    """The rows of an aggregate: flat dicts, in order, that also hand themselves on as Arrow.

    Attributes:
        rows: The rows as a list.
        meta: Where they stand among all groups.
    """

    rows: list[dict[str, Any]]
    meta: t.Meta

    def __init__(self, handle: _native.Workspace, request: dict[str, Any]) -> None:
        answer = handle.call("aggregate", request)
        self.rows = answer["data"]
        self._handle = handle
        self._operation = "aggregate"
        self._request = request
        self.meta = answer["meta"]

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, at: int) -> dict[str, Any]: ...
    @overload
    def __getitem__(self, at: slice) -> list[dict[str, Any]]: ...
    def __getitem__(self, at: int | slice) -> Any:
        return self.rows[at]

    def __eq__(self, other: object) -> bool:
        return self.rows == (other.rows if isinstance(other, Aggregate) else other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(self.rows)

    def explain(self) -> t.Explanation:
        """How it is carried out."""
        return self._handle.call("explain", {"aggregate": _given(self._request)})  # type: ignore[no-any-return]


def _given(request: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in request.items() if value is not None}
