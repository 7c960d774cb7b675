"""What values of Python that JSON has no form for are written as. Everything else is refused, so that nothing is lost silently."""

from __future__ import annotations

import datetime
import enum
import operator
import uuid
from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any

_AS_BASE64 = "pass base64.b64encode(value).decode()"
_AS_NONE = "use None where there is no value"

# Classes by name, so that no package is imported for the sake of its types.
_REFUSED = {
    "bytes": _AS_BASE64,
    "bytearray": _AS_BASE64,
    "memoryview": _AS_BASE64,
    "Decimal": "pass str(value), which keeps every digit, or float(value)",
    "Fraction": "pass str(value), or float(value)",
    "complex": "pass [value.real, value.imag]",
    "timedelta": "pass value.total_seconds()",
    "time": "pass value.isoformat()",
    "PurePath": "pass str(value)",
    "DataFrame": 'pass value.to_dict("records"), and None for what is missing',
    "Series": "pass value.tolist()",
    "ndarray": "pass value.tolist()",
    "NAType": _AS_NONE,
    "NaTType": _AS_NONE,
}


def plain(value: Any) -> Any:
    """The value that is written for one that JSON has no form for, or a pair: why it is refused, and what to do.

    A `datetime` with an offset becomes RFC 3339 text, a `date` its ISO text, a `UUID` its text; what has
    `__index__`, as the integers of NumPy, its integer; a mapping a dict, a sequence a list.
    """
    kind = type(value)
    for base in kind.__mro__:
        if base.__name__ in _REFUSED:
            return _refused(kind, _REFUSED[base.__name__])
    if isinstance(value, datetime.datetime):
        if value.utcoffset() is None:
            return (f"the time {value.isoformat()} has no offset", "give it one: value.replace(tzinfo=timezone.utc)")
        return value.isoformat()
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Sequence):
        return list(value)
    if hasattr(kind, "__index__"):
        return operator.index(value)
    return _refused(kind, _hint(value))


def _refused(kind: type, hint: str) -> tuple[str, str]:
    return (f"a value of type `{kind.__name__}` has no form in JSON", hint)


def _hint(value: Any) -> str:
    if isinstance(value, Set):
        return "pass list(value), in an order of your choice"
    if isinstance(value, enum.Enum):
        return "pass value.value"
    if hasattr(value, "model_dump"):
        return 'pass value.model_dump(mode="json")'
    if hasattr(type(value), "__dataclass_fields__"):
        return "pass dataclasses.asdict(value)"
    if hasattr(type(value), "item"):
        return "pass value.item()"
    if isinstance(value, Iterable):
        return "pass list(value)"
    return "pass a dict, list, str, int, float, bool or None"
