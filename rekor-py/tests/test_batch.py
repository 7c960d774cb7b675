"""Batches: lists of operations, and blocks that gather them."""

from __future__ import annotations

import pytest

import rekor


def test_a_list_runs_in_order(ws: rekor.Workspace) -> None:
    answer = ws.batch([
        {"type": "upsert_record", "collection": "notes", "data": {"n": 1}, "ref": "a"},
        {"type": "patch_record", "collection": "notes", "id": "$a", "data": {"n": 2}},
    ])  # fmt: skip
    assert [result["version"] for result in answer["results"]] == [1, 2]  # type: ignore[typeddict-item]
    assert answer["seq"] == ws.seq


def test_a_block_runs_at_its_end(ws: rekor.Workspace) -> None:
    with ws.batch() as batch:
        batch.upsert_record("notes", {"n": 1}, ref="a", external_id="x")
        batch.upsert_record("notes", {"n": 2}, id="b")
        batch.upsert_relationship("next", "notes", "$a", "notes", "b")
        assert ws.query("notes").count() == 0 and batch.answer is None
    assert batch.answer is not None and len(batch.answer["results"]) == 3
    assert ws.query("notes").count() == 2
    assert len(ws.relationships.list()["data"]) == 1


def test_an_exception_in_the_block_runs_none(ws: rekor.Workspace) -> None:
    with pytest.raises(ZeroDivisionError), ws.batch() as batch:
        batch.upsert_record("notes", {"n": 1 // 0})
    assert batch.answer is None and ws.query("notes").count() == 0


def test_one_that_fails_undoes_all_and_is_named(ws: rekor.Workspace) -> None:
    with pytest.raises(rekor.InvalidError) as raised, ws.batch() as batch:
        batch.upsert_record("notes", {"n": 1})
        batch.upsert_record("notes", {"n": "x"})
    assert (raised.value.code, raised.value.pointer) == ("validation_failed", "/operations/1/data/n")
    assert ws.query("notes").count() == 0


def test_the_same_dict_may_be_filled_again(ws: rekor.Workspace) -> None:
    data = {"n": 0}
    with ws.batch() as batch:
        for n in range(3):
            data["n"] = n
            batch.upsert_record("notes", data)
    assert sorted(record["data"]["n"] for record in ws.query("notes")) == [0, 1, 2]


def test_a_value_that_has_no_json_is_named_by_its_place(ws: rekor.Workspace) -> None:
    with pytest.raises(rekor.InvalidError) as raised:
        ws.batch([{"type": "upsert_record", "collection": "notes", "data": {"a": [{1}]}}])
    assert raised.value.pointer == "/operations/0/data/a/0"


def test_a_hundred_are_enough(ws: rekor.Workspace) -> None:
    operations = [{"type": "upsert_record", "collection": "notes", "data": {"n": n}} for n in range(101)]
    with pytest.raises(rekor.LimitError) as raised:
        ws.batch(operations)
    assert raised.value.code == "limit_exceeded"
    assert len(ws.batch(operations[:100])["results"]) == 100


def test_a_batch_under_a_key_and_a_rehearsal(ws: rekor.Workspace) -> None:
    operations = [{"type": "upsert_record", "collection": "notes", "data": {"n": 1}}]
    first = ws.batch(operations, idempotency_key="k")
    assert ws.batch(operations, idempotency_key="k") == first
    with ws.batch(dry_run=True) as batch:
        batch.delete_collection("notes", with_records=True)
    assert batch.answer is not None and batch.answer["dry_run"] is True  # type: ignore[typeddict-item]
    assert ws.query("notes").count() == 1


def test_every_kind_of_operation(ws: rekor.Workspace) -> None:
    with ws.batch() as batch:
        batch.upsert_collection("c", schema={})
        batch.upsert_record("c", {"n": 1}, id="a")
        batch.patch_record("c", {"m": 2}, id="a")
        batch.upsert_relationship("t", "c", "a", "c", "a", id="r")
        batch.delete_relationship("r")
        batch.delete_record("c", "a")
        batch.delete_collection("c")
    assert batch.answer is not None and len(batch.answer["results"]) == 7  # type: ignore[typeddict-item]
