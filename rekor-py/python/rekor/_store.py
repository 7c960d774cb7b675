"""A store: a directory of workspaces, open in this process."""

from __future__ import annotations

import atexit
import contextlib
import weakref
from collections.abc import Mapping
from os import PathLike, fsdecode
from types import TracebackType
from typing import TYPE_CHECKING, Any, NoReturn

from rekor import _native
from rekor import _operations as operations
from rekor._errors import RekorError
from rekor._workspace import Workspace

if TYPE_CHECKING:
    from rekor import types as t

_OPEN: weakref.WeakSet[Store] = weakref.WeakSet()


class Store:
    """A handle on a store, made by `rekor.open`. It may be used by several threads; several processes may have the store
    open at the same time.

    Attributes:
        workspaces: The workspaces, their previews and promotions.
        tokens: The tokens, which give a program a part of an operator's reach.
    """

    workspaces: operations.Workspaces
    tokens: operations.Tokens

    def __init__(self, handle: _native.Store, path: str, opened: Store | None = None) -> None:
        self._handle = handle
        self._path = path
        # What was opened is closed at exit, if it is still there: each handle made from it keeps it.
        self._opened = opened
        self.workspaces = operations.Workspaces(handle.call)
        self.tokens = operations.Tokens(handle.call)

    def __repr__(self) -> str:
        actor = self.actor
        name = f" {actor['name']!r}" if actor["name"] else ""
        return f"<rekor.Store {self._path!r} as {actor['role']}{name}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("an open store cannot be copied or sent to another process: call rekor.open(path) there")

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def call(self, name: str, request: Mapping[str, Any], options: dict[str, Any] | None = None) -> Any:
        """Runs any operation of the table of a store by its name: the way in for one that has no method yet."""
        return self._handle.call(name, dict(request), options)

    def workspace(self, id: str | None = None) -> Workspace:
        """A handle on a workspace: the only production workspace there is when none is named."""
        return Workspace(self._handle.workspace(id), self)

    def as_agent(self, name: str) -> Store:
        """A handle that can never do more than an agent may: records anywhere, collections in previews only."""
        return self.with_actor(name, role="agent")

    def as_reader(self) -> Store:
        """A handle that only reads."""
        return self.with_actor(role="reader")

    def with_actor(
        self,
        name: str | None = None,
        *,
        run: str | None = None,
        reason: str | None = None,
        role: t.Role | None = None,
    ) -> Store:
        """A handle whose writes are signed so; what is left out stays. The role is never more than this handle's."""
        given = {"name": name, "run": run, "reason": reason, "role": role}
        actor = {**self.actor, **{key: value for key, value in given.items() if value is not None}}
        return self._made(self._handle.with_actor(actor))

    def with_token(self, token: str) -> Store:
        """A handle that may do what both this one and the token may."""
        return self._made(self._handle.with_token(token))

    def unlock(self, passphrase: str) -> Store:
        """A handle of an operator on a store that is protected."""
        return self._made(self._handle.unlock(passphrase))

    def _made(self, handle: _native.Store) -> Store:
        return Store(handle, self._path, self._opened or self)

    @property
    def actor(self) -> t.Actor:
        """Who works with this handle."""
        return self._handle.actor()

    def restore(self, path: str | PathLike[str], to: str) -> t.Workspace:
        """Makes a workspace of a backup."""
        return self._handle.restore(fsdecode(path), to)

    def close(self) -> None:
        """Closes the store, for every handle made from it. Closing twice does nothing."""
        _OPEN.discard(self)
        self._handle.close()


def open(
    path: str | PathLike[str],
    *,
    exclusive: bool = False,
    read_only: bool = False,
    cache_bytes: int | None = None,
    busy_timeout_ms: int | None = None,
    maintenance: bool = True,
) -> Store:
    """Opens the store in a directory, which is made on first use.

    After a fork the child opens it again: handles of the parent raise `ForkedHandle` there.

    Args:
        path: The directory.
        exclusive: Whether this process has the store to itself: commits are faster, other processes wait.
        read_only: Whether writes are refused; opening is faster, and the store must exist.
        cache_bytes: Bytes of pages kept in memory; 256 MiB unless given.
        busy_timeout_ms: How long a busy store is waited for; 5,000 unless given.
        maintenance: Whether a thread keeps columns in shape after writes.
    """
    options = {
        "exclusive": exclusive, "read_only": read_only, "cache_bytes": cache_bytes, "busy_timeout_ms": busy_timeout_ms,
        "maintenance": maintenance,
    }  # fmt: skip
    store = Store(_native.Store(fsdecode(path), options), fsdecode(path))
    _OPEN.add(store)
    return store


@atexit.register
def _close_all() -> None:
    for store in list(_OPEN):
        with contextlib.suppress(RekorError):
            store.close()
