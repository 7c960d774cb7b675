"""Roles, tokens, previews and promotion: an agent proposes, a person decides."""

from __future__ import annotations

import subprocess

import pytest

import rekor

FREE = {"properties": {"n": {"type": "integer"}, "t": {"type": "string"}, "more": {"type": "string"}}}


def test_an_agent_writes_records_and_leaves_collections(store: rekor.Store, ws: rekor.Workspace) -> None:
    agent = store.as_agent("tidy-bot")
    assert agent.actor == {"role": "agent", "name": "tidy-bot"}
    theirs = agent.workspace("w")
    theirs.records.upsert("notes", {"n": 1}, id="a")
    with pytest.raises(rekor.DeniedError) as raised:
        theirs.collections.upsert("notes", schema=FREE)
    assert raised.value.code == "preview_required" and "create-preview" in str(raised.value.hint)
    with pytest.raises(rekor.DeniedError) as raised:
        agent.workspaces.delete("w", yes=True)
    assert raised.value.code == "human_only"
    assert ws.records.history("notes", "a")["data"][0]["actor"] == {"role": "agent", "name": "tidy-bot"}


def test_a_handle_never_becomes_more_than_it_is(store: rekor.Store, ws: rekor.Workspace) -> None:
    for less in (store.as_agent("bot"), store.as_reader()):
        for again in (less.with_actor("root", role="operator"), less.as_agent("x")):
            assert again.actor["role"] == less.actor["role"]
        named = less.workspace("w").with_actor("root")
        with pytest.raises(rekor.DeniedError):
            named.collections.upsert("notes", schema=FREE)


def test_a_reader_only_reads(store: rekor.Store, ws: rekor.Workspace) -> None:
    reader = store.as_reader().workspace("w")
    assert list(reader.query("notes")) == []
    with pytest.raises(rekor.DeniedError) as raised:
        reader.records.upsert("notes", {})
    assert raised.value.code == "read_only"


def test_an_actor_keeps_what_is_not_said_anew(store: rekor.Store, ws: rekor.Workspace) -> None:
    run = store.with_actor("ann", run="nightly-7").with_actor(reason="the bank says so")
    assert run.actor == {"role": "operator", "name": "ann", "run": "nightly-7", "reason": "the bank says so"}
    signed = run.workspace("w").with_actor("bob").with_actor(reason="other")
    signed.records.upsert("notes", {}, id="a")
    [change] = ws.records.history("notes", "a")["data"]
    assert change["actor"] == {"role": "operator", "name": "bob", "run": "nightly-7", "reason": "other"}


def test_a_token_gives_a_part_until_it_is_revoked(store: rekor.Store, ws: rekor.Workspace) -> None:
    store.workspaces.create("other")
    made = store.tokens.create("bot", "agent", workspaces=["w"], collections=["notes"])
    assert [one["id"] for one in store.tokens.list()["data"]] == [made["id"]]
    assert "token" not in store.tokens.list()["data"][0]
    holder = store.with_token(made["token"])
    holder.workspace("w").records.upsert("notes", {"n": 1}, id="a")
    assert ws.records.history("notes", "a")["data"][0]["actor"]["name"] == holder.actor["name"]
    with pytest.raises(rekor.DeniedError) as raised:
        holder.workspace("other")
    assert raised.value.code == "unauthorized"
    store.tokens.revoke(made["id"])
    with pytest.raises(rekor.DeniedError):
        holder.workspace("w")
    with pytest.raises(rekor.DeniedError):
        store.with_token("rekor_nonsense")


def test_the_actor_of_a_token_is_signed_once(store: rekor.Store, ws: rekor.Workspace) -> None:
    made = store.tokens.create("bot", "agent")
    holder = store.with_token(made["token"]).as_agent("night").with_actor(run="r")
    holder.workspace("w").with_actor(reason="x").records.upsert("notes", {}, id="a")
    [change] = ws.records.history("notes", "a")["data"]
    assert change["actor"]["name"].count("bot") == 1 and change["actor"]["run"] == "r"


def test_a_person_promotes_what_an_agent_proposes(store: rekor.Store, ws: rekor.Workspace) -> None:
    agent = store.as_agent("bot")
    preview = agent.workspaces.create_preview("w", "more fields")
    assert (preview["id"], preview["kind"], preview["parent"]) == ("w--more-fields", "preview", "w")
    agent.workspace(preview["id"]).collections.upsert("notes", schema=FREE)
    with pytest.raises(rekor.DeniedError) as raised:
        agent.workspaces.promote("w", preview["id"], yes=True)
    assert raised.value.code == "human_only"
    plan = store.workspaces.plan_promotion("w", preview["id"])
    assert [(change["collection"], change["breaking"]) for change in plan["changes"]] == [("notes", False)]
    with pytest.raises(rekor.ConflictError) as changed:
        store.workspaces.promote("w", preview["id"], expect="0" * 64)
    assert changed.value.code == "preview_changed"
    promoted = store.workspaces.promote("w", from_=preview["id"], expect=plan["hash"])
    assert "more" in ws.collections.get("notes")["schema"]["properties"]
    assert promoted["seq"] is not None
    [promotion] = store.workspaces.list_promotions("w")["data"]
    assert (promotion["id"], promotion["from"]) == (promoted["seq"], preview["id"])


def test_a_promotion_is_rolled_back_as_reviewed(store: rekor.Store, ws: rekor.Workspace) -> None:
    before = ws.collections.get("notes")["schema"]
    preview = store.workspaces.create_preview("w", "p")["id"]
    store.workspace(preview).collections.upsert("notes", schema=FREE)
    seq = store.workspaces.promote("w", preview, yes=True)["seq"]
    assert seq is not None
    plan = store.workspaces.plan_rollback("w", seq)
    with pytest.raises(rekor.RekorError) as raised:
        store.workspaces.rollback("w", seq)
    assert raised.value.code in ("human_only", "breaking_change")
    store.workspaces.rollback("w", seq, expect=plan["hash"], allow_breaking=plan["breaking"])
    assert ws.collections.get("notes")["schema"] == before
    assert ws.collections.get("notes")["version"] == 3


def test_a_breaking_change_needs_to_be_allowed(store: rekor.Store, ws: rekor.Workspace) -> None:
    ws.records.upsert("notes", {"n": 1}, id="a")
    preview = store.workspaces.create_preview("w", "p", with_data=True)["id"]
    assert store.workspace(preview).query("notes").count() == 1
    store.workspace(preview).collections.upsert("notes", schema={"required": ["t"]}, allow_breaking=True)
    with pytest.raises(rekor.ConflictError) as raised:
        store.workspaces.promote("w", preview, yes=True)
    assert raised.value.code == "breaking_change"
    rehearsal = store.workspaces.promote("w", preview, yes=True, allow_breaking=True, dry_run=True)
    assert rehearsal["dry_run"] is True
    store.workspaces.promote("w", preview, yes=True, allow_breaking=True)
    assert ws.collections.get("notes")["schema"]["required"] == ["t"]


def test_a_protected_store_is_unlocked_with_its_passphrase(store: rekor.Store, ws: rekor.Workspace, command: str) -> None:
    path = store._path
    store.close()
    line = '"$0" protect --store "$1" --passphrase-fd 3 3<<<"correct horse"'
    subprocess.run(["bash", "-c", line, command, path], check=True, capture_output=True, timeout=60)
    with rekor.open(path) as again:
        assert again.actor["role"] == "agent"
        with pytest.raises(rekor.DeniedError):
            again.workspace("w").collections.upsert("notes", schema=FREE)
        with pytest.raises(rekor.DeniedError) as raised:
            again.unlock("wrong horse")
        assert raised.value.code == "unauthorized"
        again.unlock("correct horse").workspace("w").collections.upsert("notes", schema=FREE)
