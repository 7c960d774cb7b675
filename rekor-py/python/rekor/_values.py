"""What values of Python that JSON has no form for are written as. Everything else is refused, so that nothing is lost silently."""

from __future__ import annotations

from typing import Any

_REFUSED = {
    "set": "pass list(value), in an order of your choice",
    "frozenset": "pass list(value), in an order of your choice",
    "bytes": "pass base64.b64encode(value).decode()",
    "bytearray": "pass base64.b64encode(value).decode()",
    "Decimal": "pass str(value), which keeps every digit, or float(value)",
    "complex": "pass [value.real, value.imag]",
    "timedelta": "pass value.total_seconds()",
    "time": "pass value.isoformat()",
    "Series": "pass value.tolist()",
    "ndarray": "pass value.tolist()",
}


def plain(value: Any) -> Any:
    """The value that is written for one that JSON has no form for, or a pair: why it is refused, and what to do.

    A `datetime` with an offset becomes RFC 3339 text, a `date` its ISO text, a `UUID` its text; what has
    `__index__`, as the integers of NumPy, its integer.
    """
    import datetime
    import uuid

    if isinstance(value, datetime.datetime):
        if value.tzinfo is None or value.utcoffset() is None:
            return (f"the time {value.isoformat()} has no offset", "give it one: value.replace(tzinfo=timezone.utc)")
        return value.isoformat()
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, uuid.UUID):
        return str(value)
    kind = type(value)
    if hasattr(kind, "__index__"):
        return value.__index__()
    name = f"a value of type `{kind.__name__}` has no form in JSON"
    for base in kind.__mro__:
        if base.__name__ in _REFUSED:
            return (name, _REFUSED[base.__name__])
    if hasattr(value, "model_dump"):
        return (name, 'pass value.model_dump(mode="json")')
    if hasattr(kind, "__dataclass_fields__"):
        return (name, "pass dataclasses.asdict(value)")
    if hasattr(kind, "item"):
        return (name, "pass value.item()")
    return (name, "pass a dict, list, str, int, float, bool or None")
