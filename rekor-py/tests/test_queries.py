"""Queries and aggregates: filters from fields, pages that come lazily, and their bounds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import pytest

import rekor
from rekor import Filter, field


@pytest.fixture
def sales(ws: rekor.Workspace) -> rekor.Workspace:
    """A workspace with 2,500 sales."""
    ws.collections.upsert("sales", schema={"properties": {
        "n": {"type": "integer"}, "kind": {"type": "string", "x-index": True},
        "tags": {"type": "array", "items": {"type": "string"}}, "price": {"type": "number"},
    }})  # fmt: skip
    rows = ({"n": n, "kind": f"k{n % 3}", "tags": [f"t{n % 2}"], "price": n / 2} for n in range(2500))
    ws.import_records("sales", rows, whole=False)
    return ws


def numbers(rows: Any) -> list[int]:
    return [row["data"]["n"] for row in rows]


BY_N = {"field": "data.n", "direction": "asc"}


def test_iterating_goes_on_over_pages(sales: rekor.Workspace) -> None:
    query = sales.query("sales", sort=BY_N)
    assert numbers(query) == list(range(2500))
    assert numbers(query) == list(range(2500)), "each iteration asks anew"
    assert [len(page["data"]) for page in query.pages()] == [1000, 1000, 500]
    assert [len(page["data"]) for page in query.pages(2000 // 2)] == [1000, 1000, 500]


@pytest.mark.parametrize(("limit", "offset"), [(0, 0), (1, 0), (999, 3), (1000, 0), (1001, 0), (2400, 1500), (9999, 0)])
def test_limit_and_offset_count_rows_over_pages(sales: rekor.Workspace, limit: int, offset: int) -> None:
    query = sales.query("sales", sort=BY_N, limit=limit, offset=offset)
    assert numbers(query) == list(range(2500))[offset : offset + limit]


def test_nothing_is_asked_before_it_must_be(sales: rekor.Workspace) -> None:
    query = sales.query("none", filter={"nonsense": 1})
    pages = query.pages()
    with pytest.raises(rekor.NotFoundError):
        next(pages)


def test_a_query_counts_has_a_first_and_is_true_where_there_is_one(sales: rekor.Workspace) -> None:
    query = sales.query("sales", filter=field("data.n") >= 2490, sort=field("data.n").desc(), limit=3)
    assert query.count() == 10
    first = query.first()
    assert first is not None and first["data"]["n"] == 2499
    assert query
    nothing = sales.query("sales", filter=field("data.n") > 9999)
    assert not nothing and nothing.first() is None and nothing.count() == 0 and list(nothing) == []
    assert sales.query("sales", limit=0).first() is None
    with pytest.raises(TypeError):
        len(query)  # type: ignore[arg-type]


def test_a_page_can_be_gone_on_from_its_cursor(sales: rekor.Workspace) -> None:
    page = sales.query("sales", sort=BY_N, count=True).page(7)
    assert page["meta"]["total"] == 2500
    rest = sales.query("sales", sort=BY_N, cursor=page["meta"]["next_cursor"], limit=5)
    assert numbers(rest) == [7, 8, 9, 10, 11]


def test_fields_keep_their_nesting(sales: rekor.Workspace) -> None:
    row = sales.query("sales", fields=["data.n"], sort=BY_N).first()
    assert row is not None and set(row) == {"id", "data"} and row["data"] == {"n": 0}


FILTERS: list[tuple[Filter, Callable[[dict[str, Any]], bool]]] = [
    (field("data.n") == 5, lambda d: d["n"] == 5),
    (field("data.n") != 5, lambda d: d["n"] != 5),
    ((field("data.n") > 5) & (field("data.n") <= 9), lambda d: 5 < d["n"] <= 9),
    ((field("data.n") < 5) | (field("data.n") >= 2498), lambda d: d["n"] < 5 or d["n"] >= 2498),
    (~(field("data.n") >= 5), lambda d: d["n"] < 5),
    (field("data.kind").is_in({"k1"}) & (field("data.n") < 9), lambda d: d["kind"] == "k1" and d["n"] < 9),
    (field("data.kind").not_in(["k1", "k2"]), lambda d: d["kind"] == "k0"),
    (field("data.kind").like("%1"), lambda d: d["kind"] == "k1"),
    (field("data.kind").ilike("K_"), lambda d: True),
    (field("data.tags").has("t1"), lambda d: d["tags"] == ["t1"]),
    (field("data.n") == None, lambda d: False),  # noqa: E711
    (field("data.n") != None, lambda d: True),  # noqa: E711
    (field("data.n").is_null(), lambda d: False),
]


@pytest.mark.parametrize("number", range(len(FILTERS)))
def test_filters_find_what_they_say(sales: rekor.Workspace, number: int) -> None:
    filter, keeps = FILTERS[number]
    every = [record["data"] for record in sales.query("sales", sort=BY_N)]
    assert [record["data"] for record in sales.query("sales", filter=filter, sort=BY_N)] == [d for d in every if keeps(d)]


def test_filters_join_with_each_other_and_with_dicts() -> None:
    a, b, c = field("a") == 1, field("b") == 2, {"field": "c", "op": "eq", "value": 3}
    assert (a & b & c) == {"and": [a, b, c]}
    assert (a | b | c) == {"or": [a, b, c]}
    assert (c | a) == {"or": [c, a]}
    assert (c & a) == {"and": [c, a]}
    assert (a & (b | c)) == {"and": [a, {"or": [b, c]}]}
    assert ~a == {"not": a}
    before, joined = a, a
    joined |= b
    assert joined == {"or": [before, b]} and before == {"field": "a", "op": "eq", "value": 1}
    joined = a
    joined &= b
    assert joined == {"and": [a, b]}


def test_a_filter_is_no_truth_value() -> None:
    with pytest.raises(TypeError, match="&"):
        bool(field("a") == 1)
    with pytest.raises(TypeError):
        1 < field("a") < 5  # noqa: B015
    with pytest.raises(TypeError):
        (field("a") == 1) & 5  # type: ignore[operator]


def test_one_name_is_one_field_and_one_value_is_not_several(sales: rekor.Workspace) -> None:
    first = sales.query("sales", fields="data.n", sort=BY_N).first()
    assert first is not None and first["data"] == {"n": 0}
    assert len(sales.aggregate("sales", {"fn": "count", "alias": "n"}, group_by="data.kind")) == 3
    for compare in (field("data.kind").is_in, field("data.kind").not_in):
        with pytest.raises(TypeError, match="k1"):
            compare("k1")


def test_a_query_is_what_it_was_when_it_was_made(sales: rekor.Workspace) -> None:
    fields = ["data.n"]
    query = sales.query("sales", fields=fields, sort=BY_N)
    pages = query.pages(10)
    next(pages)
    fields.append("data.kind")
    assert next(pages)["data"][0]["data"] == {"n": 10}


def test_an_unknown_field_is_named_with_the_nearest(ws: rekor.Workspace) -> None:
    ws.collections.upsert("c", schema={"properties": {"status": {}}, "additionalProperties": False})
    with pytest.raises(rekor.InvalidError) as raised:
        list(ws.query("c", filter=field("data.statu") == "x"))
    assert (raised.value.code, raised.value.pointer) == ("unknown_field", "/filter/field")
    assert raised.value.hint and "data.status" in raised.value.hint


def test_a_query_reads_the_past(ws: rekor.Workspace) -> None:
    ws.records.upsert("notes", {"n": 1}, id="a")
    seq, then = ws.seq, datetime.now(timezone.utc)
    ws.records.upsert("notes", {"n": 2}, id="a")
    ws.records.upsert("notes", {"n": 3}, id="b")
    assert numbers(ws.query("notes", at=seq)) == [1] == numbers(ws.query("notes", at=str(seq)))
    assert ws.records.get("notes", "a", at=seq)["data"] == {"n": 1}
    total = ws.aggregate("notes", {"fn": "sum", "field": "data.n", "alias": "s"}, at=seq)
    assert total == [{"s": 1}]
    assert numbers(ws.query("notes", at=datetime(2999, 1, 1, tzinfo=timezone.utc))) == [2, 3]
    assert then.utcoffset() is not None


def test_aggregates_are_sequences_of_flat_rows(sales: rekor.Workspace) -> None:
    totals = sales.aggregate(
        "sales",
        [{"fn": "count", "alias": "rows"}, {"fn": "sum", "field": "data.n", "alias": "sum"}],
        group_by=["data.kind"],
        filter=field("data.n") < 6,
        having=field("rows") > 1,
        sort={"field": "sum", "direction": "desc"},
        limit=2,
    )
    assert totals == [{"data.kind": "k2", "rows": 2, "sum": 7}, {"data.kind": "k1", "rows": 2, "sum": 5}]
    assert len(totals) == 2 and totals[0]["sum"] == 7 and list(totals)[1]["sum"] == 5 and totals[:1] == [totals[0]]
    assert totals.meta["has_more"] is True
    assert repr(totals) == repr(totals.rows)
    assert totals.explain()["rows_matched"] == 6


def test_sums_of_integers_are_exact(ws: rekor.Workspace) -> None:
    for n in (2**63 - 1, 2**63 - 1, 5):
        ws.records.upsert("notes", {"n": n})
    assert ws.aggregate("notes", {"fn": "sum", "field": "data.n", "alias": "s"}) == [{"s": 2**64 + 3}]


def test_explain_says_how(sales: rekor.Workspace) -> None:
    plan = sales.query("sales", filter=field("data.kind") == "k1").explain()
    assert (plan["access"], plan["index"]) == ("index", ["data.kind"])
    assert sales.explain({"query": {"collection": "sales", "limit": 7}})["access"] == "row_scan"


def test_bounds_are_named(sales: rekor.Workspace) -> None:
    for ask in (lambda: list(sales.query("sales").pages(1001)), lambda: list(sales.query("sales", offset=10_001))):
        with pytest.raises(rekor.LimitError) as raised:
            ask()
        assert raised.value.code == "limit_exceeded"
    for ask in (lambda: list(sales.query("sales", limit=-1)), lambda: sales.query("sales", limit=-1).to_arrow()):
        with pytest.raises(rekor.InvalidError):
            ask()
