# Made by `cargo run -p rekor-tests --bin gen-docs`. Change the table in the code.
"""The operations of a store and of a workspace, as methods by noun."""


def options(idempotency_key, dry_run):
    """How a write is carried out; None for plainly."""
    if idempotency_key is None and not dry_run:
        return None
    return {"idempotency_key": idempotency_key, "dry_run": dry_run}


class Workspaces:
    """The workspaces."""

    def __init__(self, call):
        self._call = call

    def create(self, id, *, name=None, description=None, idempotency_key=None, dry_run=False):
        """Makes a workspace.

        Args:
            id: The id to give it.
            name: What people call it; the id when left out.
            description: What it is for.
            idempotency_key: Done once within 24 hours under this key, and answered as it was then.
            dry_run: Checks it, answers a `Rehearsal`, and writes nothing.
        """
        return self._call("create_workspace", {"id": id, "name": name, "description": description}, options(idempotency_key, dry_run))

    def get(self, id):
        """Gets one workspace.

        Args:
            id: Its id.
        """
        return self._call("get_workspace", {"id": id})

    def list(self):
        """Lists the workspaces."""
        return self._call("list_workspaces", {})

    def set(self, id, *, name=None, description=None, history=None, strict_refs=None, idempotency_key=None, dry_run=False):
        """Changes the name or the settings of a workspace.

        Args:
            id: Its id.
            name: What people call it.
            description: What it is for; empty for nothing.
            history: How long history is kept: `all`, or days, as in `30d`. The last hour is kept in any case.
            strict_refs: Whether a relationship to a missing record is an error.
            idempotency_key: Done once within 24 hours under this key, and answered as it was then.
            dry_run: Checks it, answers a `Rehearsal`, and writes nothing.
        """
        return self._call("set_workspace", {"id": id, "name": name, "description": description, "history": history, "strict_refs": strict_refs}, options(idempotency_key, dry_run))

    def delete(self, id, *, with_previews=False, yes=False, idempotency_key=None, dry_run=False):
        """Deletes a workspace with all that it holds.

        Args:
            id: Its id.
            with_previews: Whether its previews go with it; without this, having some is an error.
            yes: That a person has agreed: without it, deleting a production workspace is `human_only`.
            idempotency_key: Done once within 24 hours under this key, and answered as it was then.
            dry_run: Checks it, answers a `Rehearsal`, and writes nothing.
        """
        return self._call("delete_workspace", {"id": id, "with_previews": with_previews, "yes": yes}, options(idempotency_key, dry_run))

    def create_preview(self, workspace, name, *, description=None, with_data=False, idempotency_key=None, dry_run=False):
        """Makes a preview of a production workspace.

        Args:
            workspace: The production workspace.
            name: What the preview is called; its slug is made from it: `Add invoices!` becomes `add-invoices`.
            description: What it is for.
            with_data: Whether it gets a copy of the records and relationships too.
            idempotency_key: Done once within 24 hours under this key, and answered as it was then.
            dry_run: Checks it, answers a `Rehearsal`, and writes nothing.
        """
        return self._call("create_preview", {"workspace": workspace, "name": name, "description": description, "with_data": with_data}, options(idempotency_key, dry_run))

    def plan_promotion(self, workspace, from_, *, prune=False):
        """Says what promoting a preview would do.

        Args:
            workspace: The production workspace.
            from_: The preview.
            prune: Whether collections that the preview no longer has are removed.
        """
        return self._call("plan_promotion", {"workspace": workspace, "from": from_, "prune": prune})

    def promote(self, workspace, from_, *, expect=None, yes=False, allow_breaking=False, prune=False, idempotency_key=None, dry_run=False):
        """Makes production's collections what a preview's are.

        Args:
            workspace: The production workspace.
            from_: The preview.
            expect: The hash of the plan that was reviewed; any other plan is `preview_changed`.
            yes: That a person has agreed: without it and without `expect`, it is `human_only`.
            allow_breaking: Whether to go ahead although the plan is breaking.
            prune: Whether collections that the preview no longer has are removed, with their records.
            idempotency_key: Done once within 24 hours under this key, and answered as it was then.
            dry_run: Checks it, answers a `Rehearsal`, and writes nothing.
        """
        return self._call("promote", {"workspace": workspace, "from": from_, "expect": expect, "yes": yes, "allow_breaking": allow_breaking, "prune": prune}, options(idempotency_key, dry_run))

    def list_promotions(self, workspace):
        """Lists the promotions and rollbacks of a workspace.

        Args:
            workspace: The production workspace.
        """
        return self._call("list_promotions", {"workspace": workspace})

    def plan_rollback(self, workspace, promotion, *, prune=False):
        """Says what rolling a promotion back would do.

        Args:
            workspace: The production workspace.
            promotion: The promotion: the newest that is not rolled back.
            prune: Whether collections that the promotion made are removed.
        """
        return self._call("plan_rollback", {"workspace": workspace, "promotion": promotion, "prune": prune})

    def rollback(self, workspace, promotion, *, expect=None, yes=False, allow_breaking=False, prune=False, idempotency_key=None, dry_run=False):
        """Makes what the newest promotion changed what it was before.

        Args:
            workspace: The production workspace.
            promotion: The promotion: the newest that is not rolled back.
            expect: The hash of the plan that was reviewed; any other plan is `preview_changed`.
            yes: That a person has agreed: without it and without `expect`, it is `human_only`.
            allow_breaking: Whether to go ahead although the plan is breaking.
            prune: Whether collections that the promotion made are removed, with their records.
            idempotency_key: Done once within 24 hours under this key, and answered as it was then.
            dry_run: Checks it, answers a `Rehearsal`, and writes nothing.
        """
        return self._call("rollback", {"workspace": workspace, "promotion": promotion, "expect": expect, "yes": yes, "allow_breaking": allow_breaking, "prune": prune}, options(idempotency_key, dry_run))


class Tokens:
    """The tokens."""

    def __init__(self, call):
        self._call = call

    def create(self, name, role, *, workspaces=None, collections=None, environments=None, expires_at=None, idempotency_key=None, dry_run=False):
        """Makes a token, and shows its text for the only time.

        Args:
            name: The name that its writes are signed with.
            role: What it may do: `operator`, `agent` or `reader`.
            workspaces: The workspaces that it reaches, their previews included; all when left out.
            collections: The collections that it reaches; all when left out.
            environments: The kinds of workspace that it reaches, `production` or `preview`; both when left out.
            expires_at: When it ends (RFC 3339); never when left out.
            idempotency_key: Done once within 24 hours under this key, and answered as it was then.
            dry_run: Checks it, answers a `Rehearsal`, and writes nothing.
        """
        return self._call("create_token", {"name": name, "role": role, "workspaces": workspaces, "collections": collections, "environments": environments, "expires_at": expires_at}, options(idempotency_key, dry_run))

    def list(self):
        """Lists the tokens of the store."""
        return self._call("list_tokens", {})

    def revoke(self, id, *, idempotency_key=None, dry_run=False):
        """Takes a token back.

        Args:
            id: Its id, or its text.
            idempotency_key: Done once within 24 hours under this key, and answered as it was then.
            dry_run: Checks it, answers a `Rehearsal`, and writes nothing.
        """
        return self._call("revoke_token", {"id": id}, options(idempotency_key, dry_run))


class Collections:
    """The collections."""

    def __init__(self, call):
        self._call = call

    def upsert(self, collection, *, name=None, schema=None, if_version=None, allow_breaking=False, yes=False, idempotency_key=None, dry_run=False):
        """Makes a collection or changes one.

        Args:
            collection: Its id.
            name: What people call it; kept when left out, the id for a new one.
            schema: The JSON Schema; kept when left out, required for a new one.
            if_version: The version that the collection must have, 0 for none.
            allow_breaking: Whether to go ahead although stored records do not fit.
            yes: That a person has agreed: without it, `allow_breaking` in production is `human_only`.
            idempotency_key: Done once within 24 hours under this key, and answered as it was then.
            dry_run: Checks it, answers a `Rehearsal`, and writes nothing.
        """
        return self._call("upsert_collection", {"collection": collection, "name": name, "schema": schema, "if_version": if_version, "allow_breaking": allow_breaking, "yes": yes}, options(idempotency_key, dry_run))

    def get(self, collection):
        """Gets one collection.

        Args:
            collection: Its id.
        """
        return self._call("get_collection", {"collection": collection})

    def list(self):
        """Lists the collections."""
        return self._call("list_collections", {})

    def delete(self, collection, *, with_records=False, if_version=None, idempotency_key=None, dry_run=False):
        """Deletes a collection.

        Args:
            collection: Its id.
            with_records: Whether its records and their relationships go with it; without this, having some is an error.
            if_version: The version that the collection must have.
            idempotency_key: Done once within 24 hours under this key, and answered as it was then.
            dry_run: Checks it, answers a `Rehearsal`, and writes nothing.
        """
        return self._call("delete_collection", {"collection": collection, "with_records": with_records, "if_version": if_version}, options(idempotency_key, dry_run))


class Records:
    """The records."""

    def __init__(self, call):
        self._call = call

    def upsert(self, collection, data, *, id=None, external_id=None, external_source=None, if_version=None, idempotency_key=None, dry_run=False):
        """Makes a record or replaces the data of one.

        Args:
            collection: The collection.
            data: The whole document.
            id: The record's id.
            external_id: Its key in another system: 1 to 512 bytes.
            external_source: The other system: 1 to 64 bytes.
            if_version: The version that the record must have, 0 for none.
            idempotency_key: Done once within 24 hours under this key, and answered as it was then.
            dry_run: Checks it, answers a `Rehearsal`, and writes nothing.
        """
        return self._call("upsert_record", {"collection": collection, "data": data, "id": id, "external_id": external_id, "external_source": external_source, "if_version": if_version}, options(idempotency_key, dry_run))

    def get(self, collection, id=None, *, external_id=None, external_source=None, at=None):
        """Gets one record.

        Args:
            collection: The collection.
            id: The record's id.
            external_id: Its key in another system.
            external_source: The other system.
            at: The record as it was after this commit, given by its number, or at this time (RFC 3339): a deleted one by its id.
        """
        return self._call("get_record", {"collection": collection, "id": id, "external_id": external_id, "external_source": external_source, "at": at})

    def patch(self, collection, data, *, id=None, external_id=None, external_source=None, if_version=None, idempotency_key=None, dry_run=False):
        """Merges a patch into a record's data.

        Args:
            collection: The collection.
            data: The patch: `null` removes a key.
            id: The record's id.
            external_id: Its key in another system.
            external_source: The other system.
            if_version: The version that the record must have.
            idempotency_key: Done once within 24 hours under this key, and answered as it was then.
            dry_run: Checks it, answers a `Rehearsal`, and writes nothing.
        """
        return self._call("patch_record", {"collection": collection, "data": data, "id": id, "external_id": external_id, "external_source": external_source, "if_version": if_version}, options(idempotency_key, dry_run))

    def delete(self, collection, id=None, *, external_id=None, external_source=None, if_version=None, idempotency_key=None, dry_run=False):
        """Deletes a record and every relationship that touches it.

        Args:
            collection: The collection.
            id: The record's id.
            external_id: Its key in another system.
            external_source: The other system.
            if_version: The version that the record must have.
            idempotency_key: Done once within 24 hours under this key, and answered as it was then.
            dry_run: Checks it, answers a `Rehearsal`, and writes nothing.
        """
        return self._call("delete_record", {"collection": collection, "id": id, "external_id": external_id, "external_source": external_source, "if_version": if_version}, options(idempotency_key, dry_run))

    def history(self, collection, id=None, *, external_id=None, external_source=None, diff=False, limit=None, cursor=None):
        """Lists the changes of one record.

        Args:
            collection: The collection.
            id: The record's id.
            external_id: Its key in another system.
            external_source: The other system.
            diff: Whether each change says which fields it changed.
            limit: Changes of a page, 50 unless given.
            cursor: The `next_cursor` of the page before.
        """
        return self._call("record_history", {"collection": collection, "id": id, "external_id": external_id, "external_source": external_source, "diff": diff, "limit": limit, "cursor": cursor})

    def revert(self, collection, to, id=None, *, external_id=None, external_source=None, if_version=None, idempotency_key=None, dry_run=False):
        """Writes an earlier version of a record as its newest one.

        Args:
            collection: The collection.
            to: The version whose data and external key it gets.
            id: The record's id.
            external_id: Its key in another system.
            external_source: The other system.
            if_version: The version that the record must have now, 0 for none.
            idempotency_key: Done once within 24 hours under this key, and answered as it was then.
            dry_run: Checks it, answers a `Rehearsal`, and writes nothing.
        """
        return self._call("revert_record", {"collection": collection, "to": to, "id": id, "external_id": external_id, "external_source": external_source, "if_version": if_version}, options(idempotency_key, dry_run))

    def restore(self, collection, id, *, idempotency_key=None, dry_run=False):
        """Makes a deleted record again as it last was.

        Args:
            collection: The collection.
            id: The record's id.
            idempotency_key: Done once within 24 hours under this key, and answered as it was then.
            dry_run: Checks it, answers a `Rehearsal`, and writes nothing.
        """
        return self._call("restore_record", {"collection": collection, "id": id}, options(idempotency_key, dry_run))


class Relationships:
    """The relationships."""

    def __init__(self, call):
        self._call = call

    def upsert(self, rel_type, source_collection, source_id, target_collection, target_id, *, id=None, data=None, if_version=None, strict=False, idempotency_key=None, dry_run=False):
        """Links two records.

        Args:
            rel_type: The type: `[A-Za-z_][A-Za-z0-9_-]{0,62}`.
            source_collection: The collection where it starts.
            source_id: The record where it starts: an id, or `@source:external_id` (`@:external_id` without a source).
            target_collection: The collection where it leads.
            target_id: The record where it leads, written like `source_id`.
            id: An id of its own; parallel links need one.
            data: Its own document; kept when left out.
            if_version: The version that it must have, 0 for none.
            strict: Whether a missing end is an error and not a warning.
            idempotency_key: Done once within 24 hours under this key, and answered as it was then.
            dry_run: Checks it, answers a `Rehearsal`, and writes nothing.
        """
        return self._call("upsert_relationship", {"rel_type": rel_type, "source_collection": source_collection, "source_id": source_id, "target_collection": target_collection, "target_id": target_id, "id": id, "data": data, "if_version": if_version, "strict": strict}, options(idempotency_key, dry_run))

    def get(self, id):
        """Gets one relationship.

        Args:
            id: Its id.
        """
        return self._call("get_relationship", {"id": id})

    def list(self, *, rel_type=None, limit=None, cursor=None):
        """Lists relationships.

        Args:
            rel_type: Only those of this type.
            limit: Rows of a page: 50 unless given, at most 1,000.
            cursor: Where the last page ended.
        """
        return self._call("list_relationships", {"rel_type": rel_type, "limit": limit, "cursor": cursor})

    def delete(self, id, *, if_version=None, idempotency_key=None, dry_run=False):
        """Deletes one relationship.

        Args:
            id: Its id.
            if_version: The version that it must have.
            idempotency_key: Done once within 24 hours under this key, and answered as it was then.
            dry_run: Checks it, answers a `Rehearsal`, and writes nothing.
        """
        return self._call("delete_relationship", {"id": id, "if_version": if_version}, options(idempotency_key, dry_run))

    def delete_touching(self, collection, id, *, idempotency_key=None, dry_run=False):
        """Deletes the relationships that touch one record.

        Args:
            collection: The record's collection.
            id: The record's id.
            idempotency_key: Done once within 24 hours under this key, and answered as it was then.
            dry_run: Checks it, answers a `Rehearsal`, and writes nothing.
        """
        return self._call("delete_touching", {"collection": collection, "id": id}, options(idempotency_key, dry_run))

    def query(self, collection, id, *, rel_type=None, direction="both", depth=None, fields=(), limit=None, cursor=None):
        """Follows relationships from one record.

        Args:
            collection: The collection of the record to start from.
            id: The id of the record to start from.
            rel_type: Only relationships of this type.
            direction: Which way to follow them; both unless given.
            depth: Steps at most: 1 unless given, at most 10.
            fields: Only these fields of the records found.
            limit: Rows of a page: 50 unless given, at most 1,000.
            cursor: Where the last page ended.
        """
        return self._call("query_relationships", {"collection": collection, "id": id, "rel_type": rel_type, "direction": direction, "depth": depth, "fields": fields, "limit": limit, "cursor": cursor})


class WorkspaceOperations:
    """What a workspace does as a whole."""

    def __init__(self, call):
        self._call = call

    def undo(self, *, batch=None, run=None, idempotency_key=None, dry_run=False):
        """Takes back what one commit did, or all commits of a run.

        Args:
            batch: The number of a commit.
            run: Or the name of a run.
            idempotency_key: Done once within 24 hours under this key, and answered as it was then.
            dry_run: Checks it, answers a `Rehearsal`, and writes nothing.
        """
        return self._call("undo", {"batch": batch, "run": run}, options(idempotency_key, dry_run))

    def explain(self, request):
        """Says how a query is carried out."""
        return self._call("explain", request)

    def get_stats(self):
        """Counts what the workspace holds."""
        return self._call("get_stats", {})


class AsyncWorkspaces:
    """The workspaces, awaited."""

    def __init__(self, call):
        self._call = call

    async def create(self, id, *, name=None, description=None, idempotency_key=None, dry_run=False):
        """Makes a workspace.

        Args:
            id: The id to give it.
            name: What people call it; the id when left out.
            description: What it is for.
            idempotency_key: Done once within 24 hours under this key, and answered as it was then.
            dry_run: Checks it, answers a `Rehearsal`, and writes nothing.
        """
        return await self._call("create_workspace", {"id": id, "name": name, "description": description}, options(idempotency_key, dry_run))

    async def get(self, id):
        """Gets one workspace.

        Args:
            id: Its id.
        """
        return await self._call("get_workspace", {"id": id})

    async def list(self):
        """Lists the workspaces."""
        return await self._call("list_workspaces", {})

    async def set(self, id, *, name=None, description=None, history=None, strict_refs=None, idempotency_key=None, dry_run=False):
        """Changes the name or the settings of a workspace.

        Args:
            id: Its id.
            name: What people call it.
            description: What it is for; empty for nothing.
            history: How long history is kept: `all`, or days, as in `30d`. The last hour is kept in any case.
            strict_refs: Whether a relationship to a missing record is an error.
            idempotency_key: Done once within 24 hours under this key, and answered as it was then.
            dry_run: Checks it, answers a `Rehearsal`, and writes nothing.
        """
        return await self._call("set_workspace", {"id": id, "name": name, "description": description, "history": history, "strict_refs": strict_refs}, options(idempotency_key, dry_run))

    async def delete(self, id, *, with_previews=False, yes=False, idempotency_key=None, dry_run=False):
        """Deletes a workspace with all that it holds.

        Args:
            id: Its id.
            with_previews: Whether its previews go with it; without this, having some is an error.
            yes: That a person has agreed: without it, deleting a production workspace is `human_only`.
            idempotency_key: Done once within 24 hours under this key, and answered as it was then.
            dry_run: Checks it, answers a `Rehearsal`, and writes nothing.
        """
        return await self._call("delete_workspace", {"id": id, "with_previews": with_previews, "yes": yes}, options(idempotency_key, dry_run))

    async def create_preview(self, workspace, name, *, description=None, with_data=False, idempotency_key=None, dry_run=False):
        """Makes a preview of a production workspace.

        Args:
            workspace: The production workspace.
            name: What the preview is called; its slug is made from it: `Add invoices!` becomes `add-invoices`.
            description: What it is for.
            with_data: Whether it gets a copy of the records and relationships too.
            idempotency_key: Done once within 24 hours under this key, and answered as it was then.
            dry_run: Checks it, answers a `Rehearsal`, and writes nothing.
        """
        return await self._call("create_preview", {"workspace": workspace, "name": name, "description": description, "with_data": with_data}, options(idempotency_key, dry_run))

    async def plan_promotion(self, workspace, from_, *, prune=False):
        """Says what promoting a preview would do.

        Args:
            workspace: The production workspace.
            from_: The preview.
            prune: Whether collections that the preview no longer has are removed.
        """
        return await self._call("plan_promotion", {"workspace": workspace, "from": from_, "prune": prune})

    async def promote(self, workspace, from_, *, expect=None, yes=False, allow_breaking=False, prune=False, idempotency_key=None, dry_run=False):
        """Makes production's collections what a preview's are.

        Args:
            workspace: The production workspace.
            from_: The preview.
            expect: The hash of the plan that was reviewed; any other plan is `preview_changed`.
            yes: That a person has agreed: without it and without `expect`, it is `human_only`.
            allow_breaking: Whether to go ahead although the plan is breaking.
            prune: Whether collections that the preview no longer has are removed, with their records.
            idempotency_key: Done once within 24 hours under this key, and answered as it was then.
            dry_run: Checks it, answers a `Rehearsal`, and writes nothing.
        """
        return await self._call("promote", {"workspace": workspace, "from": from_, "expect": expect, "yes": yes, "allow_breaking": allow_breaking, "prune": prune}, options(idempotency_key, dry_run))

    async def list_promotions(self, workspace):
        """Lists the promotions and rollbacks of a workspace.

        Args:
            workspace: The production workspace.
        """
        return await self._call("list_promotions", {"workspace": workspace})

    async def plan_rollback(self, workspace, promotion, *, prune=False):
        """Says what rolling a promotion back would do.

        Args:
            workspace: The production workspace.
            promotion: The promotion: the newest that is not rolled back.
            prune: Whether collections that the promotion made are removed.
        """
        return await self._call("plan_rollback", {"workspace": workspace, "promotion": promotion, "prune": prune})

    async def rollback(self, workspace, promotion, *, expect=None, yes=False, allow_breaking=False, prune=False, idempotency_key=None, dry_run=False):
        """Makes what the newest promotion changed what it was before.

        Args:
            workspace: The production workspace.
            promotion: The promotion: the newest that is not rolled back.
            expect: The hash of the plan that was reviewed; any other plan is `preview_changed`.
            yes: That a person has agreed: without it and without `expect`, it is `human_only`.
            allow_breaking: Whether to go ahead although the plan is breaking.
            prune: Whether collections that the promotion made are removed, with their records.
            idempotency_key: Done once within 24 hours under this key, and answered as it was then.
            dry_run: Checks it, answers a `Rehearsal`, and writes nothing.
        """
        return await self._call("rollback", {"workspace": workspace, "promotion": promotion, "expect": expect, "yes": yes, "allow_breaking": allow_breaking, "prune": prune}, options(idempotency_key, dry_run))


class AsyncTokens:
    """The tokens, awaited."""

    def __init__(self, call):
        self._call = call

    async def create(self, name, role, *, workspaces=None, collections=None, environments=None, expires_at=None, idempotency_key=None, dry_run=False):
        """Makes a token, and shows its text for the only time.

        Args:
            name: The name that its writes are signed with.
            role: What it may do: `operator`, `agent` or `reader`.
            workspaces: The workspaces that it reaches, their previews included; all when left out.
            collections: The collections that it reaches; all when left out.
            environments: The kinds of workspace that it reaches, `production` or `preview`; both when left out.
            expires_at: When it ends (RFC 3339); never when left out.
            idempotency_key: Done once within 24 hours under this key, and answered as it was then.
            dry_run: Checks it, answers a `Rehearsal`, and writes nothing.
        """
        return await self._call("create_token", {"name": name, "role": role, "workspaces": workspaces, "collections": collections, "environments": environments, "expires_at": expires_at}, options(idempotency_key, dry_run))

    async def list(self):
        """Lists the tokens of the store."""
        return await self._call("list_tokens", {})

    async def revoke(self, id, *, idempotency_key=None, dry_run=False):
        """Takes a token back.

        Args:
            id: Its id, or its text.
            idempotency_key: Done once within 24 hours under this key, and answered as it was then.
            dry_run: Checks it, answers a `Rehearsal`, and writes nothing.
        """
        return await self._call("revoke_token", {"id": id}, options(idempotency_key, dry_run))


class AsyncCollections:
    """The collections, awaited."""

    def __init__(self, call):
        self._call = call

    async def upsert(self, collection, *, name=None, schema=None, if_version=None, allow_breaking=False, yes=False, idempotency_key=None, dry_run=False):
        """Makes a collection or changes one.

        Args:
            collection: Its id.
            name: What people call it; kept when left out, the id for a new one.
            schema: The JSON Schema; kept when left out, required for a new one.
            if_version: The version that the collection must have, 0 for none.
            allow_breaking: Whether to go ahead although stored records do not fit.
            yes: That a person has agreed: without it, `allow_breaking` in production is `human_only`.
            idempotency_key: Done once within 24 hours under this key, and answered as it was then.
            dry_run: Checks it, answers a `Rehearsal`, and writes nothing.
        """
        return await self._call("upsert_collection", {"collection": collection, "name": name, "schema": schema, "if_version": if_version, "allow_breaking": allow_breaking, "yes": yes}, options(idempotency_key, dry_run))

    async def get(self, collection):
        """Gets one collection.

        Args:
            collection: Its id.
        """
        return await self._call("get_collection", {"collection": collection})

    async def list(self):
        """Lists the collections."""
        return await self._call("list_collections", {})

    async def delete(self, collection, *, with_records=False, if_version=None, idempotency_key=None, dry_run=False):
        """Deletes a collection.

        Args:
            collection: Its id.
            with_records: Whether its records and their relationships go with it; without this, having some is an error.
            if_version: The version that the collection must have.
            idempotency_key: Done once within 24 hours under this key, and answered as it was then.
            dry_run: Checks it, answers a `Rehearsal`, and writes nothing.
        """
        return await self._call("delete_collection", {"collection": collection, "with_records": with_records, "if_version": if_version}, options(idempotency_key, dry_run))


class AsyncRecords:
    """The records, awaited."""

    def __init__(self, call):
        self._call = call

    async def upsert(self, collection, data, *, id=None, external_id=None, external_source=None, if_version=None, idempotency_key=None, dry_run=False):
        """Makes a record or replaces the data of one.

        Args:
            collection: The collection.
            data: The whole document.
            id: The record's id.
            external_id: Its key in another system: 1 to 512 bytes.
            external_source: The other system: 1 to 64 bytes.
            if_version: The version that the record must have, 0 for none.
            idempotency_key: Done once within 24 hours under this key, and answered as it was then.
            dry_run: Checks it, answers a `Rehearsal`, and writes nothing.
        """
        return await self._call("upsert_record", {"collection": collection, "data": data, "id": id, "external_id": external_id, "external_source": external_source, "if_version": if_version}, options(idempotency_key, dry_run))

    async def get(self, collection, id=None, *, external_id=None, external_source=None, at=None):
        """Gets one record.

        Args:
            collection: The collection.
            id: The record's id.
            external_id: Its key in another system.
            external_source: The other system.
            at: The record as it was after this commit, given by its number, or at this time (RFC 3339): a deleted one by its id.
        """
        return await self._call("get_record", {"collection": collection, "id": id, "external_id": external_id, "external_source": external_source, "at": at})

    async def patch(self, collection, data, *, id=None, external_id=None, external_source=None, if_version=None, idempotency_key=None, dry_run=False):
        """Merges a patch into a record's data.

        Args:
            collection: The collection.
            data: The patch: `null` removes a key.
            id: The record's id.
            external_id: Its key in another system.
            external_source: The other system.
            if_version: The version that the record must have.
            idempotency_key: Done once within 24 hours under this key, and answered as it was then.
            dry_run: Checks it, answers a `Rehearsal`, and writes nothing.
        """
        return await self._call("patch_record", {"collection": collection, "data": data, "id": id, "external_id": external_id, "external_source": external_source, "if_version": if_version}, options(idempotency_key, dry_run))

    async def delete(self, collection, id=None, *, external_id=None, external_source=None, if_version=None, idempotency_key=None, dry_run=False):
        """Deletes a record and every relationship that touches it.

        Args:
            collection: The collection.
            id: The record's id.
            external_id: Its key in another system.
            external_source: The other system.
            if_version: The version that the record must have.
            idempotency_key: Done once within 24 hours under this key, and answered as it was then.
            dry_run: Checks it, answers a `Rehearsal`, and writes nothing.
        """
        return await self._call("delete_record", {"collection": collection, "id": id, "external_id": external_id, "external_source": external_source, "if_version": if_version}, options(idempotency_key, dry_run))

    async def history(self, collection, id=None, *, external_id=None, external_source=None, diff=False, limit=None, cursor=None):
        """Lists the changes of one record.

        Args:
            collection: The collection.
            id: The record's id.
            external_id: Its key in another system.
            external_source: The other system.
            diff: Whether each change says which fields it changed.
            limit: Changes of a page, 50 unless given.
            cursor: The `next_cursor` of the page before.
        """
        return await self._call("record_history", {"collection": collection, "id": id, "external_id": external_id, "external_source": external_source, "diff": diff, "limit": limit, "cursor": cursor})

    async def revert(self, collection, to, id=None, *, external_id=None, external_source=None, if_version=None, idempotency_key=None, dry_run=False):
        """Writes an earlier version of a record as its newest one.

        Args:
            collection: The collection.
            to: The version whose data and external key it gets.
            id: The record's id.
            external_id: Its key in another system.
            external_source: The other system.
            if_version: The version that the record must have now, 0 for none.
            idempotency_key: Done once within 24 hours under this key, and answered as it was then.
            dry_run: Checks it, answers a `Rehearsal`, and writes nothing.
        """
        return await self._call("revert_record", {"collection": collection, "to": to, "id": id, "external_id": external_id, "external_source": external_source, "if_version": if_version}, options(idempotency_key, dry_run))

    async def restore(self, collection, id, *, idempotency_key=None, dry_run=False):
        """Makes a deleted record again as it last was.

        Args:
            collection: The collection.
            id: The record's id.
            idempotency_key: Done once within 24 hours under this key, and answered as it was then.
            dry_run: Checks it, answers a `Rehearsal`, and writes nothing.
        """
        return await self._call("restore_record", {"collection": collection, "id": id}, options(idempotency_key, dry_run))


class AsyncRelationships:
    """The relationships, awaited."""

    def __init__(self, call):
        self._call = call

    async def upsert(self, rel_type, source_collection, source_id, target_collection, target_id, *, id=None, data=None, if_version=None, strict=False, idempotency_key=None, dry_run=False):
        """Links two records.

        Args:
            rel_type: The type: `[A-Za-z_][A-Za-z0-9_-]{0,62}`.
            source_collection: The collection where it starts.
            source_id: The record where it starts: an id, or `@source:external_id` (`@:external_id` without a source).
            target_collection: The collection where it leads.
            target_id: The record where it leads, written like `source_id`.
            id: An id of its own; parallel links need one.
            data: Its own document; kept when left out.
            if_version: The version that it must have, 0 for none.
            strict: Whether a missing end is an error and not a warning.
            idempotency_key: Done once within 24 hours under this key, and answered as it was then.
            dry_run: Checks it, answers a `Rehearsal`, and writes nothing.
        """
        return await self._call("upsert_relationship", {"rel_type": rel_type, "source_collection": source_collection, "source_id": source_id, "target_collection": target_collection, "target_id": target_id, "id": id, "data": data, "if_version": if_version, "strict": strict}, options(idempotency_key, dry_run))

    async def get(self, id):
        """Gets one relationship.

        Args:
            id: Its id.
        """
        return await self._call("get_relationship", {"id": id})

    async def list(self, *, rel_type=None, limit=None, cursor=None):
        """Lists relationships.

        Args:
            rel_type: Only those of this type.
            limit: Rows of a page: 50 unless given, at most 1,000.
            cursor: Where the last page ended.
        """
        return await self._call("list_relationships", {"rel_type": rel_type, "limit": limit, "cursor": cursor})

    async def delete(self, id, *, if_version=None, idempotency_key=None, dry_run=False):
        """Deletes one relationship.

        Args:
            id: Its id.
            if_version: The version that it must have.
            idempotency_key: Done once within 24 hours under this key, and answered as it was then.
            dry_run: Checks it, answers a `Rehearsal`, and writes nothing.
        """
        return await self._call("delete_relationship", {"id": id, "if_version": if_version}, options(idempotency_key, dry_run))

    async def delete_touching(self, collection, id, *, idempotency_key=None, dry_run=False):
        """Deletes the relationships that touch one record.

        Args:
            collection: The record's collection.
            id: The record's id.
            idempotency_key: Done once within 24 hours under this key, and answered as it was then.
            dry_run: Checks it, answers a `Rehearsal`, and writes nothing.
        """
        return await self._call("delete_touching", {"collection": collection, "id": id}, options(idempotency_key, dry_run))

    async def query(self, collection, id, *, rel_type=None, direction="both", depth=None, fields=(), limit=None, cursor=None):
        """Follows relationships from one record.

        Args:
            collection: The collection of the record to start from.
            id: The id of the record to start from.
            rel_type: Only relationships of this type.
            direction: Which way to follow them; both unless given.
            depth: Steps at most: 1 unless given, at most 10.
            fields: Only these fields of the records found.
            limit: Rows of a page: 50 unless given, at most 1,000.
            cursor: Where the last page ended.
        """
        return await self._call("query_relationships", {"collection": collection, "id": id, "rel_type": rel_type, "direction": direction, "depth": depth, "fields": fields, "limit": limit, "cursor": cursor})


class AsyncWorkspaceOperations:
    """What a workspace does as a whole, awaited."""

    def __init__(self, call):
        self._call = call

    async def undo(self, *, batch=None, run=None, idempotency_key=None, dry_run=False):
        """Takes back what one commit did, or all commits of a run.

        Args:
            batch: The number of a commit.
            run: Or the name of a run.
            idempotency_key: Done once within 24 hours under this key, and answered as it was then.
            dry_run: Checks it, answers a `Rehearsal`, and writes nothing.
        """
        return await self._call("undo", {"batch": batch, "run": run}, options(idempotency_key, dry_run))

    async def explain(self, request):
        """Says how a query is carried out."""
        return await self._call("explain", request)

    async def get_stats(self):
        """Counts what the workspace holds."""
        return await self._call("get_stats", {})


class BatchOperations:
    """The operations of a batch, in order."""

    def __init__(self):
        self.operations = []

    def _add(self, operation):
        given = {key: value for key, value in operation.items() if value is not None}
        self.operations.append(given)

    def upsert_record(self, collection, data, *, id=None, external_id=None, external_source=None, if_version=None, ref=None):
        """Makes a record or replaces the data of one.

        Args:
            collection: The collection.
            data: The whole document.
            id: The record's id.
            external_id: Its key in another system: 1 to 512 bytes.
            external_source: The other system: 1 to 64 bytes.
            if_version: The version that the record must have, 0 for none.
            ref: A name for the record, which stands as `"$name"` for its id in later operations.
        """
        self._add({"type": "upsert_record", "collection": collection, "data": data, "id": id, "external_id": external_id, "external_source": external_source, "if_version": if_version, "ref": ref})

    def patch_record(self, collection, data, *, id=None, external_id=None, external_source=None, if_version=None):
        """Merges a patch into a record's data.

        Args:
            collection: The collection.
            data: The patch: `null` removes a key.
            id: The record's id.
            external_id: Its key in another system.
            external_source: The other system.
            if_version: The version that the record must have.
        """
        self._add({"type": "patch_record", "collection": collection, "data": data, "id": id, "external_id": external_id, "external_source": external_source, "if_version": if_version})

    def delete_record(self, collection, id=None, *, external_id=None, external_source=None, if_version=None):
        """Deletes a record and every relationship that touches it.

        Args:
            collection: The collection.
            id: The record's id.
            external_id: Its key in another system.
            external_source: The other system.
            if_version: The version that the record must have.
        """
        self._add({"type": "delete_record", "collection": collection, "id": id, "external_id": external_id, "external_source": external_source, "if_version": if_version})

    def upsert_relationship(self, rel_type, source_collection, source_id, target_collection, target_id, *, id=None, data=None, if_version=None, strict=False):
        """Links two records.

        Args:
            rel_type: The type: `[A-Za-z_][A-Za-z0-9_-]{0,62}`.
            source_collection: The collection where it starts.
            source_id: The record where it starts: an id, or `@source:external_id` (`@:external_id` without a source).
            target_collection: The collection where it leads.
            target_id: The record where it leads, written like `source_id`.
            id: An id of its own; parallel links need one.
            data: Its own document; kept when left out.
            if_version: The version that it must have, 0 for none.
            strict: Whether a missing end is an error and not a warning.
        """
        self._add({"type": "upsert_relationship", "rel_type": rel_type, "source_collection": source_collection, "source_id": source_id, "target_collection": target_collection, "target_id": target_id, "id": id, "data": data, "if_version": if_version, "strict": strict})

    def delete_relationship(self, id, *, if_version=None):
        """Deletes one relationship.

        Args:
            id: Its id.
            if_version: The version that it must have.
        """
        self._add({"type": "delete_relationship", "id": id, "if_version": if_version})

    def upsert_collection(self, collection, *, name=None, schema=None, if_version=None, allow_breaking=False, yes=False):
        """Makes a collection or changes one.

        Args:
            collection: Its id.
            name: What people call it; kept when left out, the id for a new one.
            schema: The JSON Schema; kept when left out, required for a new one.
            if_version: The version that the collection must have, 0 for none.
            allow_breaking: Whether to go ahead although stored records do not fit.
            yes: That a person has agreed: without it, `allow_breaking` in production is `human_only`.
        """
        self._add({"type": "upsert_collection", "collection": collection, "name": name, "schema": schema, "if_version": if_version, "allow_breaking": allow_breaking, "yes": yes})

    def delete_collection(self, collection, *, with_records=False, if_version=None):
        """Deletes a collection.

        Args:
            collection: Its id.
            with_records: Whether its records and their relationships go with it; without this, having some is an error.
            if_version: The version that the collection must have.
        """
        self._add({"type": "delete_collection", "collection": collection, "with_records": with_records, "if_version": if_version})
