"""The same for asyncio: everything is awaited, and the loop goes on meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

import rekor
from rekor import field


def run(folder: Path, work: Callable[[rekor.AsyncStore, rekor.AsyncWorkspace], Awaitable[None]]) -> None:
    async def main() -> None:
        async with await rekor.open_async(folder) as store:
            await store.workspaces.create("w")
            ws = await store.workspace()
            await ws.collections.upsert("notes", schema={"properties": {"n": {"type": "integer"}}})
            await work(store, ws)

    asyncio.run(main())


def test_records_relationships_and_batches(folder: Path) -> None:
    async def work(store: rekor.AsyncStore, ws: rekor.AsyncWorkspace) -> None:
        await ws.records.upsert("notes", {"n": 1}, id="a")
        assert (await ws.records.get("notes", "a"))["data"] == {"n": 1}
        await ws.batch([{"type": "upsert_record", "collection": "notes", "id": "b", "data": {"n": 2}}])
        await ws.relationships.upsert("next", "notes", "a", "notes", "b")
        assert len((await ws.relationships.query("notes", "a"))["data"]) == 1
        assert (await ws.call("get_record", {"collection": "notes", "id": "b"}))["data"] == {"n": 2}
        assert (await ws.records.upsert("notes", {}, dry_run=True))["dry_run"]
        with pytest.raises(rekor.NotFoundError):
            await ws.records.get("notes", "none")
        assert (await ws.get_stats())["collections"][0]["records"] == 2
        assert (await ws.check())["problems"] == []

    run(folder, work)


def test_queries_are_iterated_lazily(folder: Path) -> None:
    async def work(store: rekor.AsyncStore, ws: rekor.AsyncWorkspace) -> None:
        await ws.import_records("notes", ({"n": n} for n in range(2500)))
        query = ws.query("notes", filter=field("data.n") >= 100, sort=field("data.n").asc())
        assert [record["data"]["n"] async for record in query] == list(range(100, 2500))
        assert [len(page["data"]) async for page in query.pages()] == [1000, 1000, 400]
        assert await query.count() == 2400 and len(await query.to_list()) == 2400
        first = await query.first()
        assert first is not None and first["data"]["n"] == 100
        assert (await query.page(3))["meta"]["has_more"]
        totals = await ws.aggregate("notes", {"fn": "max", "field": "data.n", "alias": "m"})
        assert totals == [{"m": 2499}]
        assert (await query.to_polars()).height == (await query.to_arrow()).num_rows == 2400
        with pytest.raises(TypeError, match="first"):
            bool(query)

    run(folder, work)


def test_calls_go_on_at_the_same_time(folder: Path) -> None:
    async def work(store: rekor.AsyncStore, ws: rekor.AsyncWorkspace) -> None:
        await asyncio.gather(*(ws.records.upsert("notes", {"n": n}) for n in range(100)))
        assert sorted([record["data"]["n"] async for record in ws.query("notes")]) == list(range(100))

    run(folder, work)


def test_the_loop_goes_on_while_rows_are_taken(folder: Path) -> None:
    async def work(store: rekor.AsyncStore, ws: rekor.AsyncWorkspace) -> None:
        loop, turned = asyncio.get_running_loop(), asyncio.Event()

        def rows() -> Any:
            yield {"n": 1}
            # Waits for the loop, which would wait for this if it were held up.
            asyncio.run_coroutine_threadsafe(turned.wait(), loop).result(timeout=30)
            yield {"n": 2}

        importing = asyncio.create_task(ws.import_records("notes", rows()))
        await asyncio.sleep(0)
        turned.set()
        assert (await importing)["created"] == 2

    run(folder, work)


def test_changes_are_followed_until_the_task_ends(folder: Path) -> None:
    async def work(store: rekor.AsyncStore, ws: rekor.AsyncWorkspace) -> None:
        heard: asyncio.Queue[str] = asyncio.Queue()

        async def follow(since: int) -> None:
            async for change in ws.changes(since, follow=True, poll_seconds=0.01):
                await heard.put(change["id"])

        task = asyncio.create_task(follow((await ws.list_changes())["next_since"]))
        for id in "abc":
            await ws.records.upsert("notes", {}, id=id)
            assert await asyncio.wait_for(heard.get(), timeout=30) == id
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert [change["id"] async for change in ws.changes(collection="notes")] == ["notes", "a", "b", "c"]

    run(folder, work)


def test_roles_actors_and_promotion(folder: Path) -> None:
    async def work(store: rekor.AsyncStore, ws: rekor.AsyncWorkspace) -> None:
        agent = store.as_agent("bot")
        assert agent.actor["role"] == "agent" and store.as_reader().actor["role"] == "reader"
        preview = await agent.workspaces.create_preview("w", "p")
        theirs = await agent.workspace(preview["id"])
        await theirs.collections.upsert("notes", schema={"properties": {"n": {}, "m": {}}})
        plan = await store.workspaces.plan_promotion("w", from_=preview["id"])
        await store.workspaces.promote("w", preview["id"], expect=plan["hash"])
        await ws.with_actor("ann", reason="r").records.upsert("notes", {}, id="a")
        [change] = (await ws.records.history("notes", "a"))["data"]
        assert change["actor"] == {"role": "operator", "name": "ann", "reason": "r"}
        made = await store.tokens.create("t", "reader")
        holder = await store.with_token(made["token"])
        with pytest.raises(rekor.DeniedError):
            await (await holder.workspace("w")).records.upsert("notes", {})

    run(folder, work)


def test_backup_restore_export_and_compact(folder: Path, tmp_path: Path) -> None:
    async def work(store: rekor.AsyncStore, ws: rekor.AsyncWorkspace) -> None:
        await ws.records.upsert("notes", {"n": 1}, id="a")
        await ws.backup(tmp_path / "b")
        await store.restore(tmp_path / "b", "again")
        assert await (await store.workspace("again")).query("notes").count() == 1
        assert await ws.export_records("notes", tmp_path / "e") == 1
        assert (await ws.compact())["bytes_after"] > 0

    run(folder, work)


def test_handles_say_what_they_are(folder: Path) -> None:
    async def work(store: rekor.AsyncStore, ws: rekor.AsyncWorkspace) -> None:
        assert repr(store).startswith("<rekor.AsyncStore ") and repr(ws) == "<rekor.AsyncWorkspace 'w'>"
        assert repr(ws.query("notes")) == "<rekor.AsyncQuery 'notes'>"
        assert ws.sync.id == ws.id == "w" and store.sync.actor == store.actor

    run(folder, work)
