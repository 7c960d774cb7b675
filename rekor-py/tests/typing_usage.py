"""Uses of the package that a type checker must accept, and that it must know the types of. Read by mypy; never run."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any, assert_type

import rekor
from rekor import field
from rekor import types as t


def of_a_store(path: Path, dry_run: bool) -> None:
    with rekor.open(path, busy_timeout_ms=1000) as store:
        assert_type(store.workspaces.create("w", name="W"), t.WrittenWorkspace)
        assert_type(store.workspaces.create("w", dry_run=True), t.Rehearsal)
        assert_type(store.workspaces.create("w", dry_run=dry_run), t.WrittenWorkspace | t.Rehearsal)
        plan = store.workspaces.plan_promotion("w", from_="w--p")
        assert_type(plan, t.PromotionPlan)
        assert_type(plan["from"], str | None)
        assert_type(store.workspaces.promote("w", "w--p", expect=plan["hash"])["seq"], int | None)
        assert_type(store.tokens.create("bot", "agent")["token"], str)
        assert_type(store.as_agent("bot").actor["role"], t.Role)
        assert_type(store.restore(path, "x"), t.Workspace)
        assert_type(store.workspace(), rekor.Workspace)
        store.tokens.create("bot", "boss")  # type: ignore[call-overload]


def of_a_workspace(ws: rekor.Workspace, path: Path) -> None:
    made = ws.records.upsert("notes", {"n": 1}, external_id="e")
    assert_type(made, t.WrittenRecord)
    assert_type(made["data"], dict[str, Any])
    assert_type(ws.records.get("notes", made["id"], at=5), t.Record)
    assert_type(ws.records.get("notes", external_id="e", at=datetime.now()), t.Record)
    ws.records.upsert("notes")  # type: ignore[call-overload]
    ws.records.get("notes", at=1.5)  # type: ignore[arg-type]
    hop = ws.relationships.query("notes", "a", direction="incoming")["data"][0]
    assert_type(hop["record"], dict[str, Any] | None)
    assert_type(ws.import_records("notes", ({"n": n} for n in range(3))), t.ImportAnswer)
    ws.import_records("notes", path, links=[{"field": "a", "rel_type": "b", "collection": "c"}])
    with path.open("rb") as lines:
        ws.import_records("notes", lines, listen=print)
    assert_type(ws.export_records("notes", path), int)
    assert_type(ws.seq, int)
    for change in ws.changes(5, collection="notes"):
        assert_type(change["actor"], t.Actor)
    assert_type(ws.undo(run="r"), t.Undone)


def of_queries(ws: rekor.Workspace) -> None:
    wanted = (field("data.n") > 5) & ~field("data.kind").is_in(["a"]) | {"field": "id", "op": "is_null"}
    assert_type(wanted, rekor.Filter)
    query = ws.query("notes", filter=wanted, sort=[field("data.n").desc(), field("id").asc()], at="5")
    for record in query:
        assert_type(record, dict[str, Any])
    assert_type(query.first(), dict[str, Any] | None)
    assert_type(query.count(), int)
    assert_type(query.explain(), t.Explanation)
    ws.query("notes", filter={"and": [{"field": "id", "op": "eq", "value": "a"}]}, sort={"field": "id"})
    typed: t.Filter = {"not": {"or": [{"field": "id", "op": "is_null"}]}}
    ws.query("notes", filter=typed)
    totals = ws.aggregate("notes", [{"fn": "count", "alias": "n"}], group_by=["data.kind"])
    assert_type(totals[0], dict[str, Any])
    assert_type(totals[:1], list[dict[str, Any]])
    assert_type(ws.explain({"query": {"collection": "notes"}}), t.Explanation)


def of_batches(ws: rekor.Workspace, dry_run: bool) -> None:
    operations = [{"type": "delete_record", "collection": "notes", "id": "a"}]
    assert_type(ws.batch(operations), t.BatchAnswer)
    assert_type(ws.batch(operations, dry_run=dry_run), t.BatchAnswer | t.Rehearsal)
    with ws.batch(idempotency_key="k") as batch:
        assert_type(batch, rekor.Batch)
        batch.upsert_record("notes", {"n": 1}, ref="a")
    assert_type(batch.answer, t.BatchAnswer | t.Rehearsal | None)


async def of_asyncio(path: Path) -> None:
    async with await rekor.open_async(path) as store:
        ws = await store.workspace("w")
        assert_type(await ws.records.upsert("notes", {}), t.WrittenRecord)
        assert_type(await ws.records.upsert("notes", {}, dry_run=True), t.Rehearsal)
        async for record in ws.query("notes", limit=5):
            assert_type(record, dict[str, Any])
        async for change in ws.changes():
            assert_type(change, t.Change)
        assert_type(await ws.query("notes").first(), dict[str, Any] | None)


def of_errors(ws: rekor.Workspace) -> None:
    try:
        ws.records.get("notes", "a")
    except rekor.NotFoundError as error:
        assert_type(error.pointer, str | None)
        assert_type(error.details, list[Any])
