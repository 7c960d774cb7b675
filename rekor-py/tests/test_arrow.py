"""Answers as Arrow: the same rows as the query's, in the types that are documented, for what takes the C stream interface."""

from __future__ import annotations

import datetime as dt
import json
import random
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import rekor
from rekor import field

PROPERTIES: dict[str, Any] = {
    "n": {"type": "integer"},
    "price": {"type": "number"},
    "ok": {"type": "boolean"},
    "name": {"type": "string"},
    "due": {"type": "string", "format": "date-time"},
    "tags": {"type": "array"},
    "any": {},
    "at": {"type": "object", "properties": {"x": {"type": "integer"}}},
}
OWN = ["id", "external_id", "external_source", "version", "created_at", "updated_at"]
COLUMNS = [*OWN, *(f"data.{name}" for name in PROPERTIES)]


@pytest.fixture
def things(ws: rekor.Workspace) -> rekor.Workspace:
    ws.collections.upsert("things", schema={"properties": PROPERTIES})
    return ws


def a_thing(rng: random.Random) -> dict[str, Any]:
    """A document with each property there or missing."""
    due = dt.datetime(2026, 1, 1, tzinfo=dt.timezone.utc) + dt.timedelta(microseconds=rng.randrange(10**15))
    full: dict[str, Any] = {
        "n": rng.randrange(-(2**63), 2**63),
        "price": rng.choice([rng.uniform(-1e6, 1e6), rng.randrange(1000)]),
        "ok": rng.random() < 0.5,
        "name": "".join(rng.choice("aä€😀 \n") for _ in range(rng.randrange(8))),
        "due": due.isoformat(),
        "tags": [rng.randrange(3) for _ in range(rng.randrange(3))],
        "any": rng.choice([None, 1, "1", True, {"a": [1.5]}]),
        "at": {"x": rng.randrange(9)},
    }
    return {key: value for key, value in full.items() if rng.random() < 0.8}


def as_row(record: dict[str, Any]) -> dict[str, Any]:
    """What a row of the table is to be, from the record as the query answers it."""
    row = {key: record[key] for key in OWN}
    for name in PROPERTIES:
        value = record["data"].get(name)
        is_text = name in ("any", "at", "tags") and value is not None
        row[f"data.{name}"] = json.dumps(value, separators=(",", ":")) if is_text else value
    return {key: as_cell(key, value) for key, value in row.items()}


def as_cell(key: str, value: Any) -> Any:
    if value is not None and key in ("created_at", "updated_at", "data.due"):
        return dt.datetime.fromisoformat(value)
    return float(value) if key == "data.price" and value is not None else value


def same(query: rekor.Query) -> int:
    """Fails where the table of a query has not the rows of the query; answers how many there are."""
    rows = [as_row(record) for record in query]
    assert query.to_arrow().to_pylist() == rows
    return len(rows)


def test_the_types_are_those_that_are_documented(things: rekor.Workspace) -> None:
    things.records.upsert("things", {
        "n": 1, "price": 2, "ok": True, "name": "x", "due": "2026-01-01T00:00:00Z", "tags": [], "any": "x", "at": {"x": 1},
    })  # fmt: skip
    things.records.upsert("things", {"any": 1})
    schema = things.query("things").to_arrow().schema
    utc = pa.timestamp("us", "UTC")
    assert schema.names == COLUMNS
    assert [schema.field(name).type for name in OWN] == [pa.string()] * 3 + [pa.int64(), utc, utc]
    types = {name: schema.field(f"data.{name}").type for name in PROPERTIES}
    assert (types["n"], types["price"], types["ok"], types["name"], types["due"]) == (
        pa.int64(), pa.float64(), pa.bool_(), pa.string(), utc,
    )  # fmt: skip
    for name in ("any", "at", "tags"):
        assert types[name].extension_name == "arrow.json", name


def test_an_empty_collection_has_its_types_too(things: rekor.Workspace) -> None:
    table = things.query("things", fields=["id", "data.n", "data.price", "data.due"]).to_arrow()
    assert table.num_rows == 0
    assert table.schema.types == [pa.string(), pa.int64(), pa.float64(), pa.timestamp("us", "UTC")]
    assert things.query("things").to_polars().shape == (0, len(COLUMNS))
    assert things.query("things").to_pandas().shape == (0, len(COLUMNS))


def test_integers_beyond_are_unsigned(things: rekor.Workspace) -> None:
    for n in (2**64 - 1, 5):
        things.records.upsert("things", {"n": n})
    table = things.query("things", fields=["data.n"], sort=field("data.n").desc()).to_arrow()
    assert table.schema.types == [pa.uint64()] and table.column(0).to_pylist() == [2**64 - 1, 5]


def test_times_finer_than_microseconds_stay_texts(things: rekor.Workspace) -> None:
    due = "2026-01-01T00:00:00.123456789Z"
    things.records.upsert("things", {"due": due})
    assert things.query("things", fields=["data.due"]).to_arrow().to_pylist() == [{"data.due": due}]


def test_fields_are_the_columns_in_their_order(things: rekor.Workspace) -> None:
    things.records.upsert("things", {"n": 1, "at": {"x": 7}, "undeclared": "u"}, external_id="e")
    table = things.query("things", fields=["data.undeclared", "data.at.x", "external_id"]).to_arrow()
    assert table.to_pylist() == [{"data.undeclared": "u", "data.at.x": 7, "external_id": "e"}]


def test_rows_are_those_of_the_query(things: rekor.Workspace, rng: random.Random) -> None:
    things.import_records("things", (a_thing(rng) for _ in range(5000)))
    while things.maintain():
        pass
    ids = [record["id"] for record in things.query("things", fields=["id"])]
    assert same(things.query("things")) == 5000
    before = things.seq
    # Some are changed, made and deleted since they were put in columns.
    for id in rng.sample(ids, 60):
        things.records.upsert("things", a_thing(rng), id=id)
    for id in rng.sample(ids, 20):
        things.records.delete("things", id)
    things.import_records("things", (a_thing(rng) for _ in range(200)))
    assert same(things.query("things")) == 5180
    assert same(things.query("things", at=before)) == 5000
    for _ in range(12):
        name = rng.choice(["n", "price", "name", "due", "ok"])
        sort = [rng.choice([field(f"data.{name}").asc(), field(f"data.{name}").desc()])]
        filter = rng.choice([None, field("data.n") > 0, field("data.ok").is_null(), field("data.at.x").is_in([1, 2])])
        limit, offset = rng.choice([None, 0, 1, 999, 2500, 9999]), rng.choice([0, 1, 1000, 5179, 9000])
        same(things.query("things", filter=filter, sort=rng.choice([None, sort]), limit=limit, offset=offset))


def test_aggregates_are_tables_too(things: rekor.Workspace) -> None:
    things.import_records("things", [{"n": n, "name": name} for n, name in ((0, "a"), (1, "a"), (2, "b"), (4, "b"))])
    totals = things.aggregate(
        "things",
        [{"fn": "count", "alias": "rows"}, {"fn": "avg", "field": "data.n", "alias": "mean"}],
        group_by=["data.name"],
        sort={"field": "data.name"},
    )
    assert totals.to_arrow().to_pylist() == totals.rows
    assert totals.to_arrow().schema.types == [pa.string(), pa.int64(), pa.float64()]
    nothing = things.aggregate("things", {"fn": "min", "field": "data.n", "alias": "m"}, filter=field("data.n") > 99)
    assert nothing.to_arrow().to_pylist() == [{"m": None}]


@pytest.fixture
def three(things: rekor.Workspace) -> rekor.Query:
    for n, name in ((1, "a"), (2, None), (3, "c")):
        things.records.upsert("things", {"n": n} | ({"name": name} if name else {}))
    return things.query("things", fields=["data.n", "data.name"], sort=field("data.n").asc())


def test_pandas_takes_it(three: rekor.Query) -> None:
    for frame in (three.to_pandas(), pd.DataFrame.from_arrow(three)):
        assert list(frame["data.n"]) == [1, 2, 3] and frame["data.n"].dtype == "int64"
        assert list(frame["data.name"].dropna()) == ["a", "c"]


def test_polars_takes_it(three: rekor.Query) -> None:
    for frame in (three.to_polars(), pl.DataFrame(three)):
        assert frame.to_dicts() == [
            {"data.n": 1, "data.name": "a"}, {"data.n": 2, "data.name": None}, {"data.n": 3, "data.name": "c"},
        ]  # fmt: skip


def test_pyarrow_takes_it_as_a_stream(three: rekor.Query) -> None:
    reader = pa.RecordBatchReader.from_stream(three)
    assert sum(batch.num_rows for batch in reader) == 3
    assert pa.table(three) == three.to_arrow(), "each asks anew"


def test_duckdb_takes_it(three: rekor.Query) -> None:
    found = duckdb.sql('SELECT sum("data.n"), count("data.name") FROM three')
    assert found is not None and found.fetchall() == [(6, 2)]


def test_a_table_outlives_its_store(store: rekor.Store, three: rekor.Query) -> None:
    reader = pa.RecordBatchReader.from_stream(three)
    store.close()
    assert reader.read_all().num_rows == 3


def test_what_is_wrong_is_raised_as_by_the_query(things: rekor.Workspace) -> None:
    with pytest.raises(rekor.InvalidError) as raised:
        things.query("things", filter={"field": "data.n", "op": "equals", "value": 1}).to_arrow()
    assert raised.value.pointer == "/filter/op"
    with pytest.raises(rekor.NotFoundError):
        things.query("none").to_polars()
