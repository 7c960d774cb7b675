"""What goes wrong, one class a kind of error: see docs/errors.md for the codes."""

from __future__ import annotations

from typing import Any


class RekorError(Exception):
    """What a caller, a disk or rekor itself did wrong.

    Attributes:
        code: A permanent name that tells what to do differently, as `version_conflict`.
        kind: The group of the code.
        message: The cause in plain words.
        pointer: The JSON pointer of the value at fault, if one is.
        hint: The next step, if there is one.
        details: Machine-readable details, at most 100.
        details_total: How many details there are in all, when only the first are listed.
    """

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(error)
        self.code: str = error["code"]
        self.kind: str = error["kind"]
        self.message: str = error["message"]
        self.pointer: str | None = error.get("pointer")
        self.hint: str | None = error.get("hint")
        self.details: list[Any] = error.get("details", [])
        self.details_total: int | None = error.get("details_total")

    def __str__(self) -> str:
        place = f" at {self.pointer}" if self.pointer else ""
        hint = f" ({self.hint})" if self.hint else ""
        return f"{self.code}: {self.message}{place}{hint}"


class InvalidError(RekorError):
    """The request is wrong and will be wrong again."""


class NotFoundError(RekorError):
    """What the request names is not there."""


class ConflictError(RekorError):
    """The state of the store forbids the request."""


class DeniedError(RekorError):
    """The caller may not do this."""


class LimitError(RekorError):
    """The request is larger than a limit."""


class UnavailableError(RekorError):
    """The store cannot answer now; trying again may help."""


class ForkedHandle(UnavailableError):
    """The store was opened before a fork, and is used after it: open it again in the child."""


class CorruptError(RekorError):
    """The stored bytes are damaged or of an unknown format."""


class InternalError(RekorError):
    """A fault of rekor itself."""


_BY_KIND: dict[str, type[RekorError]] = {
    "invalid": InvalidError,
    "not_found": NotFoundError,
    "conflict": ConflictError,
    "denied": DeniedError,
    "limit": LimitError,
    "unavailable": UnavailableError,
    "corrupt": CorruptError,
    "internal": InternalError,
}


def of_core(error: dict[str, Any]) -> RekorError:
    """The exception of an error of the core."""
    if error["code"] == "forked_handle":
        return ForkedHandle(error)
    return _BY_KIND.get(error["kind"], RekorError)(error)
