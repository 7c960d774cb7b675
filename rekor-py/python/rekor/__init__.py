"""rekor: a system of record for AI agents, in your process.

    import rekor

    with rekor.open("path") as store:
        store.workspaces.create("ops", name="Operations")
        ws = store.workspace("ops")
        ws.collections.upsert("notes", schema={"properties": {"title": {"type": "string"}}})
        ws.records.upsert("notes", {"title": "hello"})
        for record in ws.query("notes", filter=rekor.field("data.title") == "hello"):
            print(record["data"])
"""

from typing import TYPE_CHECKING, Any

from rekor._errors import (
    ConflictError,
    CorruptError,
    DeniedError,
    ForkedHandle,
    InternalError,
    InvalidError,
    LimitError,
    NotFoundError,
    RekorError,
    UnavailableError,
)
from rekor._field import Field, Filter, field
from rekor._native import __version__
from rekor._query import Aggregate, Query
from rekor._store import Store, open
from rekor._workspace import Batch, Workspace

if TYPE_CHECKING:
    from rekor._async import AsyncQuery, AsyncStore, AsyncWorkspace, open_async

__all__ = [
    "Aggregate",
    "AsyncQuery",
    "AsyncStore",
    "AsyncWorkspace",
    "Batch",
    "ConflictError",
    "CorruptError",
    "DeniedError",
    "Field",
    "Filter",
    "ForkedHandle",
    "InternalError",
    "InvalidError",
    "LimitError",
    "NotFoundError",
    "Query",
    "RekorError",
    "Store",
    "UnavailableError",
    "Workspace",
    "__version__",
    "field",
    "open",
    "open_async",
]

_ASYNC = ("AsyncQuery", "AsyncStore", "AsyncWorkspace", "open_async")


def __getattr__(name: str) -> Any:
    # asyncio takes longer to import than everything else, and most programs do without it.
    if name in _ASYNC:
        from rekor import _async

        return getattr(_async, name)
    raise AttributeError(f"module 'rekor' has no attribute {name!r}")
