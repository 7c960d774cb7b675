"""Records, collections and relationships, through their methods."""

from __future__ import annotations

import pytest

import rekor


def code_of(raised: pytest.ExceptionInfo[rekor.RekorError]) -> tuple[str, str | None]:
    return raised.value.code, raised.value.pointer


def test_a_record_is_made_read_changed_and_deleted(ws: rekor.Workspace) -> None:
    made = ws.records.upsert("notes", {"n": 1, "deep": {"a": [1, None]}}, external_id="e", external_source="s")
    assert (made["version"], made["changed"]) == (1, True)
    found = ws.records.get("notes", made["id"])
    assert found["data"] == {"n": 1, "deep": {"a": [1, None]}}
    assert found == ws.records.get("notes", external_id="e", external_source="s")
    patched = ws.records.patch("notes", {"n": None, "m": 2}, external_id="e", external_source="s")
    assert patched["data"] == {"deep": {"a": [1, None]}, "m": 2}
    assert ws.records.delete("notes", made["id"])["deleted"]
    with pytest.raises(rekor.NotFoundError) as raised:
        ws.records.get("notes", made["id"])
    assert code_of(raised) == ("record_not_found", "/id")


def test_none_in_data_is_null_and_none_as_an_argument_is_nothing(ws: rekor.Workspace) -> None:
    made = ws.records.upsert("notes", {"t": "x", "gone": None}, id="a", external_id=None)
    assert made["data"] == {"t": "x", "gone": None}
    assert ws.records.patch("notes", {"gone": None}, id="a")["data"] == {"t": "x"}


def test_the_same_again_changes_nothing(ws: rekor.Workspace) -> None:
    ws.records.upsert("notes", {"n": 1}, id="a")
    again = ws.records.upsert("notes", {"n": 1}, id="a")
    assert (again["version"], again["changed"]) == (1, False)


def test_a_version_that_is_not_there_conflicts_and_is_shown(ws: rekor.Workspace) -> None:
    ws.records.upsert("notes", {"n": 1}, id="a", if_version=0)
    with pytest.raises(rekor.ConflictError) as raised:
        ws.records.upsert("notes", {"n": 2}, id="a", if_version=0)
    assert code_of(raised) == ("version_conflict", "/if_version")
    assert raised.value.details[0]["data"] == {"n": 1}


def test_what_does_not_fit_is_refused_with_every_reason(ws: rekor.Workspace) -> None:
    with pytest.raises(rekor.InvalidError) as raised:
        ws.records.upsert("notes", {"n": "x", "t": 5})
    assert raised.value.code == "validation_failed"
    assert sorted(detail["pointer"] for detail in raised.value.details) == ["/data/n", "/data/t"]


def test_a_write_under_a_key_is_done_once(ws: rekor.Workspace) -> None:
    first = ws.records.upsert("notes", {"n": 1}, idempotency_key="k")
    assert ws.records.upsert("notes", {"n": 1}, idempotency_key="k") == first
    assert ws.query("notes").count() == 1
    with pytest.raises(rekor.ConflictError) as raised:
        ws.records.upsert("notes", {"n": 2}, idempotency_key="k")
    assert raised.value.code == "idempotency_mismatch"


def test_a_dry_run_tells_and_writes_nothing(ws: rekor.Workspace) -> None:
    rehearsal = ws.records.upsert("notes", {"n": 1}, id="a", dry_run=True)
    assert rehearsal["answer"]["version"] == 1
    assert [(change["thing"], change["action"]) for change in rehearsal["changes"]] == [("record", "created")]
    assert ws.query("notes").count() == 0


def test_a_collection_is_made_changed_and_deleted(ws: rekor.Workspace) -> None:
    made = ws.collections.upsert("tags", name="Tags", schema={"properties": {"k": {"type": "string"}}})
    assert (made["version"], made["name"]) == (1, "Tags")
    assert ws.collections.upsert("tags", schema={"properties": {}})["version"] == 2
    assert [one["id"] for one in ws.collections.list()["data"]] == ["notes", "tags"]
    ws.records.upsert("tags", {})
    with pytest.raises(rekor.ConflictError) as raised:
        ws.collections.delete("tags")
    assert raised.value.code == "collection_not_empty"
    assert ws.collections.delete("tags", with_records=True)["deleted"]
    with pytest.raises(rekor.NotFoundError):
        ws.collections.get("tags")


def test_a_schema_that_stored_records_do_not_fit_is_refused(ws: rekor.Workspace) -> None:
    ws.records.upsert("notes", {"n": 1}, id="a")
    with pytest.raises(rekor.ConflictError) as raised:
        ws.collections.upsert("notes", schema={"required": ["z"]})
    assert raised.value.code == "schema_incompatible"
    assert raised.value.details[0]["id"] == "a"


def test_relationships_link_and_lead(ws: rekor.Workspace) -> None:
    for id in ("a", "b", "c"):
        ws.records.upsert("notes", {}, id=id)
    made = ws.relationships.upsert("next", "notes", "a", "notes", "b", data={"w": 1})
    again = ws.relationships.upsert("next", "notes", "a", "notes", "b")
    assert (again["id"], again["changed"], again["data"]) == (made["id"], False, {"w": 1})
    ws.relationships.upsert("next", "notes", "b", "notes", "c")
    hops = ws.relationships.query("notes", "a", direction="outgoing", depth=2)["data"]
    assert [(hop["depth"], hop["record"]["id"]) for hop in hops if hop["record"]] == [(1, "b"), (2, "c")]
    assert len(ws.relationships.list(rel_type="next")["data"]) == 2
    assert ws.relationships.get(made["id"])["source"] == {"collection": "notes", "id": "a"}
    assert ws.relationships.delete(made["id"])["deleted"]
    assert ws.relationships.delete_touching("notes", "c")["relationships_deleted"] == 1


def test_an_end_that_is_missing_is_a_warning_or_an_error(ws: rekor.Workspace) -> None:
    ws.records.upsert("notes", {}, id="a")
    made = ws.relationships.upsert("next", "notes", "a", "notes", "z")
    assert made["warnings"] == ["dangling target notes/z"]
    with pytest.raises(rekor.NotFoundError):
        ws.relationships.upsert("next", "notes", "a", "notes", "y", strict=True)


def test_call_runs_any_operation_by_its_name(ws: rekor.Workspace) -> None:
    made = ws.call("upsert_record", {"collection": "notes", "data": {"n": 1}}, {"idempotency_key": "k"})
    assert ws.call("get_record", {"collection": "notes", "id": made["id"]})["data"] == {"n": 1}
    with pytest.raises(rekor.NotFoundError, match="no operation `nope`"):
        ws.call("nope", {})
