// Handles that may do less: agents, readers, tokens, and a store that is protected.
import assert from "node:assert/strict";
import test from "node:test";

import rekor from "rekor";
import { fixture } from "./support.mjs";

test("an agent changes collections in previews only, and its writes are signed", async (t) => {
  const { store, ws } = fixture(t);
  ws.collections.upsert("notes", { schema: {} });
  const agent = store.asAgent("bot").withActor({ run: "r1", reason: "because" });
  assert.deepEqual(agent.actor, { role: "agent", name: "bot", run: "r1", reason: "because" });
  const own = agent.workspace("w");
  assert.throws(() => own.collections.upsert("more", { schema: {} }), { code: "preview_required" });
  own.records.upsert("notes", {}, { id: "a" });
  own.withActor({ run: "r2", role: "operator" }).records.upsert("notes", { n: 1 }, { id: "a" });
  const signed = own.records.history("notes", "a").data.map((change) => [change.actor.role, change.actor.name, change.actor.run]);
  assert.deepEqual(signed, [["agent", "bot", "r2"], ["agent", "bot", "r1"]]);
  assert.throws(() => agent.asReader().workspace("w").records.delete("notes", "a"), { code: "read_only" });
  assert.throws(() => agent.withActor({ role: "operator" }).workspaces.delete("w", { yes: true }), rekor.DeniedError);
  assert.throws(() => store.withActor({ role: "king" }), rekor.InvalidError);
  assert.throws(() => store.withActor({ nickname: "x" }), rekor.InvalidError);
  assert.equal(store.promises.asAgent("p").actor.name, "p");
  assert.equal((await store.promises.workspace("w")).withActor({ name: "q" }).id, "w");
});

test("a preview is tried, reviewed, promoted and rolled back", (t) => {
  const { store, ws } = fixture(t);
  ws.collections.upsert("notes", { schema: {} });
  const agent = store.asAgent("bot");
  const preview = agent.workspaces.createPreview("w", "More").id;
  agent.workspace(preview).collections.upsert("more", { schema: { properties: { n: { type: "integer" } } } });
  const plan = agent.workspaces.planPromotion("w", preview);
  assert.throws(() => agent.workspaces.promote("w", preview, { expect: plan.hash }), { code: "human_only" });
  assert.throws(() => store.workspaces.promote("w", preview, { expect: "0".repeat(64) }), { code: "preview_changed" });
  const { seq } = store.workspaces.promote("w", preview, { expect: plan.hash });
  assert.deepEqual(ws.collections.list().data.map(({ id }) => id), ["more", "notes"]);
  assert.equal(store.workspaces.listPromotions("w").data[0].id, seq);
  assert.throws(() => store.workspaces.rollback("w", seq, { yes: true }), { code: "breaking_change" });
  store.workspaces.rollback("w", seq, { yes: true, prune: true });
  assert.deepEqual(ws.collections.list().data.map(({ id }) => id), ["notes"]);
});

test("a token reaches what it was made for, until it is revoked", async (t) => {
  const { store } = fixture(t);
  store.workspaces.create("other");
  const { token: text, id } = store.tokens.create("tidy", "agent", { workspaces: ["w"] });
  const holder = store.withToken(text);
  assert.equal(holder.workspace("w").id, "w");
  assert.throws(() => holder.workspace("other"), { code: "unauthorized" });
  await assert.rejects((await store.promises.withToken(text)).workspace("other"), { code: "unauthorized" });
  store.tokens.revoke(id);
  assert.throws(() => holder.workspaces.list(), { code: "unauthorized" });
  assert.throws(() => store.withToken("nonsense"), { code: "unauthorized" });
});

test("a protected store opens as an agent's until it is unlocked", async (t) => {
  const { store, path } = fixture(t);
  assert.equal(store.isProtected(), false);
  assert.equal(store.protect("correct horse battery"), undefined);
  const opened = await rekor.promises.open(path);
  t.after(() => opened.close());
  assert.deepEqual([opened.actor.role, opened.isLocked, await opened.isProtected()], ["agent", true, true]);
  await assert.rejects(opened.unlock("a guess"), { code: "unauthorized" });
  const unlocked = await opened.unlock("correct horse battery");
  assert.deepEqual([unlocked.actor.role, unlocked.isLocked], ["operator", false]);
  await assert.rejects(unlocked.protect("another one entirely"), rekor.RekorError);
  await unlocked.protect("another one entirely", "correct horse battery");
  assert.deepEqual([await unlocked.unprotect("another one entirely"), await unlocked.unprotect("x")], [true, false]);
});
