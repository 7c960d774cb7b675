"""The same store for asyncio: each call runs on a thread, so that the loop goes on meanwhile.

A call that has begun is carried out also when the task that waits for it is cancelled.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from os import PathLike
from types import TracebackType
from typing import TYPE_CHECKING, Any

from rekor import _operations as operations
from rekor._query import PAGE_ROWS_MAX, Aggregate, Query
from rekor._store import Store, open
from rekor._workspace import Workspace

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

    from rekor import types as t


def _threaded(call: Callable[..., Any]) -> Callable[..., Awaitable[Any]]:
    async def run(*arguments: Any) -> Any:
        return await asyncio.to_thread(call, *arguments)

    return run


class AsyncQuery:
    """The records that a query finds, for `async for`."""

    def __init__(self, query: Query) -> None:
        self._query = query

    def __repr__(self) -> str:
        return repr(self._query).replace("rekor.Query", "rekor.AsyncQuery", 1)

    def __bool__(self) -> bool:
        raise TypeError("ask with `await query.first()` whether there is a record")

    async def __aiter__(self) -> AsyncIterator[dict[str, Any]]:
        async for page in self.pages():
            for row in page["data"]:
                yield row

    async def pages(self, rows: int = PAGE_ROWS_MAX) -> AsyncIterator[t.RowList]:
        """The pages, each of so many rows at most, 1,000 at most."""
        pages = self._query.pages(rows)
        while (page := await asyncio.to_thread(next, pages, None)) is not None:
            yield page

    async def page(self, rows: int | None = None) -> t.RowList:
        """The first page alone, as the operation answers it, with `meta`."""
        return await asyncio.to_thread(self._query.page, rows)

    async def first(self) -> dict[str, Any] | None:
        """The first record, or None."""
        return await asyncio.to_thread(self._query.first)

    async def count(self) -> int:
        """How many records match in all."""
        return await asyncio.to_thread(self._query.count)

    async def to_list(self) -> list[dict[str, Any]]:
        """All records."""
        return await asyncio.to_thread(list, self._query)

    async def explain(self) -> t.Explanation:
        """How it is carried out."""
        return await asyncio.to_thread(self._query.explain)

    async def to_arrow(self) -> pyarrow.Table:
        """All rows as a table of PyArrow, which must be installed."""
        return await asyncio.to_thread(self._query.to_arrow)

    async def to_pandas(self) -> pandas.DataFrame:
        """All rows as a data frame of pandas; pandas and PyArrow must be installed."""
        return await asyncio.to_thread(self._query.to_pandas)

    async def to_polars(self) -> polars.DataFrame:
        """All rows as a data frame of Polars, which must be installed."""
        return await asyncio.to_thread(self._query.to_polars)


class AsyncWorkspace(operations.AsyncWorkspaceOperations):
    """A workspace whose methods are awaited. `sync` is the same workspace with methods that are not.

    Attributes:
        collections: The collections.
        records: The records.
        relationships: The relationships.
    """

    collections: operations.AsyncCollections
    records: operations.AsyncRecords
    relationships: operations.AsyncRelationships
    sync: Workspace

    def __init__(self, workspace: Workspace) -> None:
        call = _threaded(workspace.call)
        super().__init__(call)
        self.sync = workspace
        self.collections = operations.AsyncCollections(call)
        self.records = operations.AsyncRecords(call)
        self.relationships = operations.AsyncRelationships(call)

    def __repr__(self) -> str:
        return f"<rekor.AsyncWorkspace {self.id!r}>"

    @property
    def id(self) -> str:
        """The workspace's id."""
        return self.sync.id

    def with_actor(
        self, name: str | None = None, *, run: str | None = None, reason: str | None = None
    ) -> AsyncWorkspace:
        """A handle whose writes are signed so in the journal; what is left out stays."""
        return AsyncWorkspace(self.sync.with_actor(name, run=run, reason=reason))

    async def call(self, name: str, request: Mapping[str, Any], options: dict[str, Any] | None = None) -> Any:
        """Runs any operation of the table by its name."""
        return await asyncio.to_thread(self.sync.call, name, request, options)

    def query(self, collection: str, **arguments: Any) -> AsyncQuery:
        """Finds records of one collection, as `Workspace.query`; to be iterated with `async for`."""
        return AsyncQuery(self.sync.query(collection, **arguments))

    async def aggregate(self, collection: str, aggregations: Any, **arguments: Any) -> Aggregate:
        """Computes totals over the records of one collection, as `Workspace.aggregate`."""
        return await asyncio.to_thread(lambda: self.sync.aggregate(collection, aggregations, **arguments))

    async def batch(self, operations: Sequence[Mapping[str, Any]], **options: Any) -> t.BatchAnswer:
        """Runs up to 100 operations in order, all or nothing: a list of them, or the `operations` of a `Batch`."""
        return await asyncio.to_thread(lambda: self.sync.batch(operations, **options))

    async def changes(
        self,
        since: int = 0,
        *,
        collection: str | None = None,
        follow: bool = False,
        poll_seconds: float = 0.25,
    ) -> AsyncIterator[t.Change]:
        """What was changed, the oldest first, as `Workspace.changes`."""
        while True:
            page = await self.list_changes(since=since, collection=collection)
            for change in page["data"]:
                yield change
            since = page["next_since"]
            if not page["has_more"]:
                if not follow:
                    return
                await asyncio.sleep(poll_seconds)

    async def list_changes(self, *, since: int = 0, collection: str | None = None, limit: int | None = None) -> t.Changes:
        """Lists what was changed, commit by commit: one page."""
        return await self.call("list_changes", {"since": since, "collection": collection, "limit": limit})  # type: ignore[no-any-return]

    async def import_records(self, collection: str, rows: Any, **arguments: Any) -> t.ImportAnswer:
        """Imports records in bulk, as `Workspace.import_records`."""
        return await asyncio.to_thread(lambda: self.sync.import_records(collection, rows, **arguments))

    async def import_relationships(self, rows: Any, **arguments: Any) -> t.ImportAnswer:
        """Imports relationships in bulk, as `Workspace.import_relationships`."""
        return await asyncio.to_thread(lambda: self.sync.import_relationships(rows, **arguments))

    async def export_records(self, collection: str, path: str | PathLike[str], *, format: str = "ndjson") -> int:
        """Writes every record of a collection to a new file, and answers how many there were."""
        return await asyncio.to_thread(lambda: self.sync.export_records(collection, path, format=format))

    async def backup(self, path: str | PathLike[str]) -> dict[str, Any]:
        """Writes a backup to a new file, while others go on writing."""
        return await asyncio.to_thread(self.sync.backup, path)

    async def check(self) -> dict[str, Any]:
        """Verifies every byte of the workspace; `problems` is empty when all is well."""
        return await asyncio.to_thread(self.sync.check)

    async def compact(self) -> dict[str, int]:
        """Gives the space that the workspace's file no longer uses back to the disk."""
        return await asyncio.to_thread(self.sync.compact)


class AsyncStore:
    """A store whose methods are awaited. `sync` is the same store with methods that are not.

    Attributes:
        workspaces: The workspaces, their previews and promotions.
        tokens: The tokens.
    """

    workspaces: operations.AsyncWorkspaces
    tokens: operations.AsyncTokens
    sync: Store

    def __init__(self, store: Store) -> None:
        call = _threaded(store.call)
        self.sync = store
        self.workspaces = operations.AsyncWorkspaces(call)
        self.tokens = operations.AsyncTokens(call)

    async def __aenter__(self) -> AsyncStore:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def call(self, name: str, request: Mapping[str, Any], options: dict[str, Any] | None = None) -> Any:
        """Runs any operation of the table of a store by its name."""
        return await asyncio.to_thread(self.sync.call, name, request, options)

    async def workspace(self, id: str | None = None) -> AsyncWorkspace:
        """A handle on a workspace: the only production workspace there is when none is named."""
        return AsyncWorkspace(await asyncio.to_thread(self.sync.workspace, id))

    def __repr__(self) -> str:
        return repr(self.sync).replace("rekor.Store", "rekor.AsyncStore", 1)

    @property
    def actor(self) -> t.Actor:
        """Who works with this handle."""
        return self.sync.actor

    def as_agent(self, name: str) -> AsyncStore:
        """A handle that can never do more than an agent may."""
        return AsyncStore(self.sync.as_agent(name))

    def as_reader(self) -> AsyncStore:
        """A handle that only reads."""
        return AsyncStore(self.sync.as_reader())

    def with_actor(self, name: str | None = None, **given: Any) -> AsyncStore:
        """A handle whose writes are signed so, as `Store.with_actor`."""
        return AsyncStore(self.sync.with_actor(name, **given))

    async def with_token(self, token: str) -> AsyncStore:
        """A handle that may do what both this one and the token may."""
        return AsyncStore(await asyncio.to_thread(self.sync.with_token, token))

    async def unlock(self, passphrase: str) -> AsyncStore:
        """A handle of an operator on a store that is protected."""
        return AsyncStore(await asyncio.to_thread(self.sync.unlock, passphrase))

    async def restore(self, path: str | PathLike[str], to: str) -> t.Workspace:
        """Makes a workspace of a backup."""
        return await asyncio.to_thread(self.sync.restore, path, to)

    async def close(self) -> None:
        """Closes the store, for every handle made from it."""
        await asyncio.to_thread(self.sync.close)


async def open_async(path: str | PathLike[str], **options: Any) -> AsyncStore:
    """Opens the store in a directory, as `rekor.open`, for asyncio."""
    return AsyncStore(await asyncio.to_thread(lambda: open(path, **options)))
