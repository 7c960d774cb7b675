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

from rekor._async import AsyncQuery, AsyncStore, AsyncWorkspace, open_async
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
