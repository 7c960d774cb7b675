"""A workspace: collections, records, relationships, and what is asked of all of them."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from os import PathLike, fsdecode
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, NoReturn, overload

from rekor import _operations as operations
from rekor._query import Aggregate, Query
from rekor._rows import Rows, lines_of

if TYPE_CHECKING:
    from rekor import _native
    from rekor import types as t
    from rekor._store import Store

Document = Mapping[str, Any]
Moment = str | int | datetime


class Batch(operations.BatchOperations):
    """Operations that are gathered in a `with` block, and run at its end: all or nothing. An exception in the block runs none.

    Attributes:
        answer: What the batch was answered with, once it has run.
    """

    answer: t.BatchAnswer | t.Rehearsal | None

    def __init__(self, workspace: Workspace, options: dict[str, Any] | None = None) -> None:
        super().__init__()
        self._workspace, self._options = workspace, options
        self.answer = None

    def __enter__(self) -> Batch:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.answer = self._workspace.call("batch", {"operations": self.operations}, self._options)

    def _add(self, operation: dict[str, Any]) -> None:
        # Copied, since the block may go on with the same dict for its next operation.
        given = {key: value for key, value in operation.items() if value is not None}
        self.operations.append(copy.deepcopy(given))


class Workspace(operations.WorkspaceOperations):
    """A handle on one workspace. It may be used by several threads.

    Attributes:
        collections: The collections: each a JSON Schema that defines a type of record.
        records: The records: JSON documents that match their collection's schema.
        relationships: The relationships: typed, directed links between two records.
    """

    collections: operations.Collections
    records: operations.Records
    relationships: operations.Relationships

    def __init__(self, handle: _native.Workspace, store: Store, actor: t.Actor | None = None) -> None:
        call = _caller(handle)
        super().__init__(call)
        self._handle = handle
        # The store stays open, and is closed at exit, as long as one of its workspaces is used.
        self._store = store
        self._actor = store.actor if actor is None else actor
        self.collections = operations.Collections(call)
        self.records = operations.Records(call)
        self.relationships = operations.Relationships(call)

    def __repr__(self) -> str:
        return f"<rekor.Workspace {self.id!r}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("an open workspace cannot be copied or sent to another process: call rekor.open(path) there")

    @property
    def id(self) -> str:
        """The workspace's id."""
        return self._handle.id

    def call(self, name: str, request: Document, options: dict[str, Any] | None = None) -> Any:
        """Runs any operation of the table by its name: the way in for one that has no method yet.

        `options` are `idempotency_key` and `dry_run`.
        """
        return _caller(self._handle)(name, request, options)

    def with_actor(
        self, name: str | None = None, *, run: str | None = None, reason: str | None = None
    ) -> Workspace:
        """A handle whose writes are signed so in the journal; what is left out stays."""
        given = {"name": name, "run": run, "reason": reason}
        actor: Any = {**self._actor, **{key: value for key, value in given.items() if value is not None}}
        return Workspace(self._handle.with_actor(actor), self._store, actor)

    def query(
        self,
        collection: str,
        *,
        filter: t.Filter | Document | None = None,
        sort: t.Sort | Document | Sequence[Document] | None = None,
        fields: Sequence[str] = (),
        limit: int | None = None,
        offset: int | None = None,
        cursor: str | None = None,
        count: bool = False,
        external_source: str | None = None,
        at: Moment | None = None,
    ) -> Query:
        """Finds records of one collection. Nothing is asked before the answer is iterated.

        Args:
            collection: The collection.
            filter: A dict of the contract, or what `rekor.field` makes.
            sort: `{"field", "direction"}` or several of these; by id when left out.
            fields: Only these fields of each record.
            limit: Records at most in all; every one unless given.
            offset: Records to leave out first, at most 10,000.
            cursor: The `next_cursor` of a page, to go on after it.
            count: Whether a page's `meta` has the `total`.
            external_source: Only records of this external source.
            at: The records as they were after this commit, given by its number, or at this time (RFC 3339).
        """
        request = {
            "collection": collection, "filter": filter, "sort": sort, "fields": _names(fields), "limit": limit, "offset": offset,
            "cursor": cursor, "count": count, "external_source": external_source, "at": _moment(at),
        }  # fmt: skip
        return Query(self._handle, request)

    def aggregate(
        self,
        collection: str,
        aggregations: t.Aggregation | Document | Sequence[t.Aggregation | Document],
        *,
        group_by: Sequence[str] = (),
        filter: t.Filter | Document | None = None,
        having: t.Filter | Document | None = None,
        sort: t.Sort | Document | Sequence[Document] | None = None,
        limit: int | None = None,
        offset: int | None = None,
        external_source: str | None = None,
        at: Moment | None = None,
    ) -> Aggregate:
        """Computes totals over the records of one collection, and answers a list of flat rows.

        Args:
            collection: The collection.
            aggregations: `{"fn", "field", "alias"}` or several; `fn` is count, sum, avg, min, max or count_distinct.
            group_by: The fields to group by; none gives one row.
            filter: Which records to look at.
            having: A filter on aliases and group fields.
            sort: Sorts by aliases and group fields.
            limit: Rows at most; all unless given.
            offset: Rows to leave out first, at most 10,000.
            external_source: Only records of this external source.
            at: The records as they were after this commit, given by its number, or at this time (RFC 3339).
        """
        request = {
            "collection": collection, "aggregations": aggregations, "group_by": _names(group_by), "filter": filter,
            "having": having, "sort": sort, "limit": limit, "offset": offset, "external_source": external_source, "at": _moment(at),
        }  # fmt: skip
        return Aggregate(self._handle, request)

    @overload
    def batch(
        self,
        operations: Sequence[Document],
        *,
        idempotency_key: str | None = None,
        dry_run: Literal[False] = False,
    ) -> t.BatchAnswer: ...
    @overload
    def batch(
        self, operations: Sequence[Document], *, idempotency_key: str | None = None, dry_run: bool
    ) -> t.BatchAnswer | t.Rehearsal: ...
    @overload
    def batch(
        self, operations: None = None, *, idempotency_key: str | None = None, dry_run: bool = False
    ) -> Batch: ...
    def batch(
        self,
        operations: Sequence[Document] | None = None,
        *,
        idempotency_key: str | None = None,
        dry_run: bool = False,
    ) -> Any:
        """Runs up to 100 operations in order, all or nothing; without a list, gathers them in a `with` block."""
        options = _options(idempotency_key, dry_run)
        if operations is None:
            return Batch(self, options)
        return self._handle.call("batch", {"operations": operations}, options)

    def changes(
        self,
        since: int = 0,
        *,
        collection: str | None = None,
        follow: bool = False,
        poll_seconds: float = 0.25,
    ) -> Iterator[t.Change]:
        """What was changed, the oldest first, from after the commit `since` on.

        With `follow` it never ends: it looks for new commits every `poll_seconds`. To go on later, keep the `seq` of a
        change once all changes of that commit have come.
        """
        while True:
            page = self.list_changes(since=since, collection=collection)
            yield from page["data"]
            since = page["next_since"]
            if not page["has_more"]:
                if not follow:
                    return
                time.sleep(poll_seconds)

    def list_changes(
        self, *, since: int = 0, collection: str | None = None, limit: int | None = None
    ) -> t.Changes:
        """Lists what was changed, the oldest first: one page of whole commits, and in `next_since` where the next begins."""
        request = {"since": since, "collection": collection, "limit": limit}
        return self._handle.call("list_changes", request)  # type: ignore[no-any-return]

    def import_records(
        self,
        collection: str,
        rows: Rows,
        *,
        format: str = "ndjson",
        external_id_field: str | None = None,
        external_source: str | None = None,
        links: Sequence[t.LinkRule | Document] = (),
        whole: bool = False,
        skip_bad_lines: bool = False,
        resume_key: str | None = None,
        listen: Callable[[dict[str, Any]], None] | None = None,
    ) -> t.ImportAnswer:
        """Imports records in bulk, some thousands a commit: from an iterable of dicts, or from a file by its path.

        Rows are taken while nothing is locked, so that what gives them may use the store meanwhile. An exception that it or
        `listen` raises ends the import and is raised again; what was committed before stays.

        Args:
            collection: The collection.
            rows: Dicts, taken as it goes; lines as bytes or str, as an open file has them; or the path of a file.
            format: `ndjson` or `csv`, of lines and files.
            external_id_field: The field that holds the external id; several, joined with `|`, when separated by commas.
            external_source: The external source of all records.
            links: Links to make for each record.
            whole: Whether each row is a record as an export writes it, and not only its data.
            skip_bad_lines: Whether a bad row is told to `listen` and skipped, and does not end the import.
            resume_key: A name for the file, such as its SHA-256: the same import goes on where it was stopped.
            listen: Hears of `progress`, `refused` rows, links that found nothing (`unlinked`), and where it `resumed`.
        """
        request = {
            "collection": collection, "format": format, "external_id_field": external_id_field,
            "external_source": external_source, "links": links, "whole": whole,
            "skip_bad_lines": skip_bad_lines, "resume_key": resume_key,
        }  # fmt: skip
        with lines_of(rows) as lines:
            return self._handle.import_records(request, lines, listen)

    def import_relationships(
        self,
        rows: Rows,
        *,
        strict: bool = False,
        skip_bad_lines: bool = False,
        listen: Callable[[dict[str, Any]], None] | None = None,
    ) -> t.ImportAnswer:
        """Imports relationships in bulk: rows of `source`, `target`, `type` and `data`, ends as `collection/id`."""
        with lines_of(rows) as lines:
            return self._handle.import_relationships(lines, strict, skip_bad_lines, listen)

    def export_records(self, collection: str, path: str | PathLike[str], *, format: str = "ndjson") -> int:
        """Writes every record of a collection to a new file, and answers how many there were."""
        return self._handle.export_records({"collection": collection, "format": format}, fsdecode(path))

    def backup(self, path: str | PathLike[str]) -> dict[str, Any]:
        """Writes a backup to a new file, while others go on writing."""
        return self._handle.backup(fsdecode(path))

    def check(self) -> dict[str, Any]:
        """Verifies every byte of the workspace; `problems` is empty when all is well."""
        return self._handle.check()

    def compact(self) -> dict[str, int]:
        """Gives the space that the workspace's file no longer uses back to the disk."""
        return self._handle.compact()

    @property
    def seq(self) -> int:
        """The number of the newest commit."""
        return self._handle.seq()

    def maintain(self) -> bool:
        """Does one step of keeping columns in shape; only needed where the store was opened without `maintenance`."""
        return self._handle.maintain()


def _caller(handle: _native.Workspace) -> Callable[..., Any]:
    """What the methods call: not a method of the workspace, which would keep itself alive."""

    def call(name: str, request: Document, options: dict[str, Any] | None = None) -> Any:
        if isinstance(at := request.get("at"), int):
            request = {**request, "at": _moment(at)}
        return handle.call(name, request if isinstance(request, dict) else dict(request), options)

    return call


def _moment(at: Moment | None) -> str | datetime | None:
    return str(at) if isinstance(at, int) else at


def _names(fields: Iterable[str]) -> list[str]:
    """A list of its own, which nobody changes between two pages; one name alone is one field, and not its letters."""
    return [fields] if isinstance(fields, str) else list(fields)


def _options(idempotency_key: str | None, dry_run: bool) -> dict[str, Any] | None:
    return operations.options(idempotency_key, dry_run)
