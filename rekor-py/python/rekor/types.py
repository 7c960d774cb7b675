# Made by `cargo run -p rekor-tests --bin gen-docs`. Change the table in the code.
"""The types of requests and answers."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict, Union


class Actor(TypedDict):
    """Who writes, and why: kept in the journal with every commit."""

    role: Role
    name: str
    reason: NotRequired[str]
    run: NotRequired[str]


class Aggregate(TypedDict):
    """Computes totals over the records of one collection."""

    collection: str
    aggregations: list[Aggregation]
    at: NotRequired[str]
    external_source: NotRequired[str]
    filter: NotRequired[Filter]
    group_by: NotRequired[list[str]]
    having: NotRequired[Filter]
    limit: NotRequired[int]
    offset: NotRequired[int]
    sort: NotRequired[Sort]


class AggregateAnswer(TypedDict):
    """The answer to an aggregate: flat rows, keys in the order of the columns."""

    data: list[dict[str, Any]]
    meta: Meta


class Aggregation(TypedDict):
    """A total."""

    fn: Function
    alias: NotRequired[str]
    field: NotRequired[str]


class Batch(TypedDict):
    """Runs operations in order, in one transaction."""

    operations: list[BatchOperation]


class BatchAnswer(TypedDict):
    """The answer to a batch."""

    seq: int | None
    results: list[OperationAnswer]


class BreakingReason(TypedDict):
    """Why a schema is breaking."""

    pointer: str
    rule: str
    message: str


class Change(TypedDict):
    """One change of one thing."""

    seq: int
    at: str
    actor: Actor
    thing: Thing
    collection: str | None
    id: str
    action: Action
    version: int


class Changes(TypedDict):
    """A page of changes."""

    data: list[Change]
    next_since: int
    has_more: bool


class CheckedRecords(TypedDict):
    """The stored records of a collection, checked by the schema that is to be theirs."""

    collection: str
    checked: int
    failing: int
    first: FailingRecord | None


class Collection(TypedDict):
    """A collection."""

    id: str
    name: str
    schema: dict[str, Any]
    version: int
    created_at: str
    updated_at: str


class CollectionList(TypedDict):
    """A page of things: `{"data": [...], "meta": {...}}`."""

    data: list[Collection]
    meta: Meta


class CollectionStats(TypedDict):
    """How much a collection holds."""

    collection: str
    records: int
    bytes: int
    indexes: int
    index_bytes: int
    column_groups: int
    column_bytes: int
    dirty_records: int


class ColumnsRead(TypedDict):
    """What a column scan read."""

    groups_read: int
    groups_skipped: int
    dirty_rows: int
    rows_read: int


class Comparison(TypedDict):
    """Compares a field with a value."""

    field: str
    op: Operator
    value: NotRequired[Any]


class CreatePreview(TypedDict):
    """Makes a preview of a production workspace: a workspace `<parent>--<slug>` with the same collections. `already_exists` when its id is taken, `invalid_id` when nothing of the name is left for a slug."""

    workspace: str
    name: str
    description: NotRequired[str]
    with_data: NotRequired[bool]


class CreateToken(TypedDict):
    """Makes a token, and shows its text for the only time. Only an operator makes tokens; a handle that itself works with a token makes none that reach further."""

    name: str
    role: Role
    collections: NotRequired[list[str]]
    environments: NotRequired[list[Kind]]
    expires_at: NotRequired[str]
    workspaces: NotRequired[list[str]]


class CreateWorkspace(TypedDict):
    """Makes a workspace."""

    id: str
    description: NotRequired[str]
    name: NotRequired[str]


class CreatedToken(TypedDict):
    """The answer to `CreateToken`."""

    id: str
    name: str
    role: Role
    workspaces: list[str] | None
    collections: list[str] | None
    environments: list[Kind] | None
    expires_at: str | None
    created_at: str
    token: str


class DeleteCollection(TypedDict):
    """Deletes a collection."""

    collection: str
    if_version: NotRequired[int]
    with_records: NotRequired[bool]


class DeleteRecord(TypedDict):
    """Deletes a record and every relationship that touches it."""

    collection: str
    external_id: NotRequired[str]
    external_source: NotRequired[str]
    id: NotRequired[str]
    if_version: NotRequired[int]


class DeleteRelationship(TypedDict):
    """Deletes one relationship."""

    id: str
    if_version: NotRequired[int]


class DeleteTouching(TypedDict):
    """Deletes the relationships that touch one record, in steps, so that there is no limit to them."""

    collection: str
    id: str


class DeleteWorkspace(TypedDict):
    """Deletes a workspace with all that it holds."""

    id: str
    with_previews: NotRequired[bool]
    yes: NotRequired[bool]


class Deleted(TypedDict):
    """The answer to a delete."""

    id: str
    deleted: bool
    relationships_deleted: NotRequired[int]
    warnings: NotRequired[list[str]]


class DeletedTouching(TypedDict):
    """The answer to `DeleteTouching`."""

    relationships_deleted: int


class End(TypedDict):
    """One end of a relationship."""

    collection: str
    id: str


class Explanation(TypedDict):
    """How a query is or would be carried out."""

    access: str
    index: list[str] | None
    reason: str
    sorted_by_access: bool
    rows_examined: int
    rows_matched: int
    columns: NotRequired[ColumnsRead]


class FailingRecord(TypedDict):
    """A record that a new schema refuses."""

    id: str
    pointer: str
    message: str


class FieldChange(TypedDict):
    """One field before and after a change. Objects are compared field by field, everything else as a whole."""

    pointer: str
    after: NotRequired[Any]
    before: NotRequired[Any]


class GetCollection(TypedDict):
    """Gets one collection."""

    collection: str


class GetRecord(TypedDict):
    """Gets one record, by `id` or by `external_id`."""

    collection: str
    at: NotRequired[str]
    external_id: NotRequired[str]
    external_source: NotRequired[str]
    id: NotRequired[str]


class GetRelationship(TypedDict):
    """Gets one relationship."""

    id: str


class GetWorkspace(TypedDict):
    """Gets one workspace, with how much it holds."""

    id: str


class Hop(TypedDict):
    """One row of a traversal."""

    relationship: Relationship
    direction: Direction
    depth: int
    record: HopRecord | None


class HopList(TypedDict):
    """A page of things: `{"data": [...], "meta": {...}}`."""

    data: list[Hop]
    meta: Meta


class ImportAnswer(TypedDict):
    """What an import did."""

    read: int
    created: int
    updated: int
    unchanged: int
    failed: int


class LastCommit(TypedDict):
    """A commit of a workspace."""

    seq: int
    at: str
    actor: Actor


class LinkRule(TypedDict):
    """Makes each imported record a link to the record whose external id a field holds."""

    field: str
    rel_type: str
    collection: str
    external_source: NotRequired[str]


class ListChanges(TypedDict):
    """Lists what was changed, the oldest first: whole commits, so that a reader can go on after any of them."""

    collection: NotRequired[str]
    limit: NotRequired[int]
    since: NotRequired[int]


class ListPromotions(TypedDict):
    """Lists the promotions and rollbacks of a workspace, the newest first."""

    workspace: str


class ListRelationships(TypedDict):
    """Lists relationships, by id."""

    cursor: NotRequired[str]
    limit: NotRequired[int]
    rel_type: NotRequired[str]


class Meta(TypedDict):
    """Where a page stands in its list."""

    limit: int | None
    offset: int
    has_more: bool
    next_cursor: str | None
    total: NotRequired[int]


class PatchRecord(TypedDict):
    """Merges a JSON merge patch (RFC 7396) into a record's data."""

    collection: str
    data: dict[str, Any]
    external_id: NotRequired[str]
    external_source: NotRequired[str]
    id: NotRequired[str]
    if_version: NotRequired[int]

PlanPromotion = TypedDict("PlanPromotion", {
    "workspace": "str",
    "from": "str",
    "prune": "NotRequired[bool]",
})


class PlanRollback(TypedDict):
    """Says what rolling a promotion back would do, and whether it may."""

    workspace: str
    promotion: int
    prune: NotRequired[bool]


class PlannedChange(TypedDict):
    """What becomes of one collection."""

    collection: str
    action: Action
    kept: bool
    records_removed: int | None
    changes: list[FieldChange]
    breaking: bool
    decided_by: str | None
    reasons: list[BreakingReason]

Promote = TypedDict("Promote", {
    "workspace": "str",
    "from": "str",
    "allow_breaking": "NotRequired[bool]",
    "expect": "NotRequired[str]",
    "prune": "NotRequired[bool]",
    "yes": "NotRequired[bool]",
})


class Promoted(TypedDict):
    """What a promotion or rollback did."""

    seq: int | None
    plan: PromotionPlan


class PromotedChange(TypedDict):
    """What a promotion did to one collection."""

    collection: str
    action: Action

Promotion = TypedDict("Promotion", {
    "id": "int",
    "at": "str | None",
    "actor": "Actor | None",
    "from": "str | None",
    "rolls_back": "int | None",
    "rolled_back_by": "int | None",
    "hash": "str",
    "changes": "list[PromotedChange]",
})


class PromotionConflict(TypedDict):
    """A collection that production and preview have both changed."""

    collection: str
    production: Action
    preview: Action


class PromotionList(TypedDict):
    """A page of things: `{"data": [...], "meta": {...}}`."""

    data: list[Promotion]
    meta: Meta

PromotionPlan = TypedDict("PromotionPlan", {
    "workspace": "str",
    "from": "str | None",
    "promotion": "int | None",
    "hash": "str",
    "breaking": "bool",
    "changes": "list[PlannedChange]",
    "conflicts": "list[PromotionConflict]",
    "records": "list[CheckedRecords]",
})


class Query(TypedDict):
    """Finds records of one collection."""

    collection: str
    at: NotRequired[str]
    count: NotRequired[bool]
    cursor: NotRequired[str]
    external_source: NotRequired[str]
    fields: NotRequired[list[str]]
    filter: NotRequired[Filter]
    limit: NotRequired[int]
    offset: NotRequired[int]
    sort: NotRequired[Sort]


class QueryRelationships(TypedDict):
    """Follows relationships from one record, breadth first."""

    collection: str
    id: str
    cursor: NotRequired[str]
    depth: NotRequired[int]
    direction: NotRequired[Direction]
    fields: NotRequired[list[str]]
    limit: NotRequired[int]
    rel_type: NotRequired[str]


class Record(TypedDict):
    """A record."""

    id: str
    collection: str
    external_id: str | None
    external_source: str | None
    version: int
    data: dict[str, Any]
    created_at: str
    updated_at: str


class RecordChange(TypedDict):
    """What one commit did to a record."""

    seq: int
    at: str
    action: Action
    version: int
    actor: Actor
    record: Record | None
    changes: NotRequired[list[FieldChange]]


class RecordChangeList(TypedDict):
    """A page of things: `{"data": [...], "meta": {...}}`."""

    data: list[RecordChange]
    meta: Meta


class RecordHistory(TypedDict):
    """Lists the changes of one record, the newest first. One that was deleted is named by its id."""

    collection: str
    cursor: NotRequired[str]
    diff: NotRequired[bool]
    external_id: NotRequired[str]
    external_source: NotRequired[str]
    id: NotRequired[str]
    limit: NotRequired[int]


class Rehearsal(TypedDict):
    """What a write would have come to."""

    dry_run: bool
    answer: Any
    changes: list[RehearsedChange]
    changes_total: int


class RehearsedChange(TypedDict):
    """What a write would have done to one thing."""

    thing: Thing
    collection: str | None
    id: str
    action: Action
    version: int
    changes: list[FieldChange]


class Relationship(TypedDict):
    """A relationship."""

    id: str
    type: str
    source: End
    target: End
    version: int
    data: dict[str, Any]
    created_at: str
    updated_at: str


class RelationshipList(TypedDict):
    """A page of things: `{"data": [...], "meta": {...}}`."""

    data: list[Relationship]
    meta: Meta


class RestoreRecord(TypedDict):
    """Makes a deleted record again as it last was. Its relationships come back with `Undo` of the commit that deleted it."""

    collection: str
    id: str


class RevertRecord(TypedDict):
    """Writes an earlier version of a record as its newest one. One that was deleted is named by its id, and made again."""

    collection: str
    to: int
    external_id: NotRequired[str]
    external_source: NotRequired[str]
    id: NotRequired[str]
    if_version: NotRequired[int]


class RevokeToken(TypedDict):
    """Takes a token back: handles that work with it are refused from their next request on."""

    id: str


class Rollback(TypedDict):
    """Makes what the newest promotion changed what it was before, by the rules of `Promote`."""

    workspace: str
    promotion: int
    allow_breaking: NotRequired[bool]
    expect: NotRequired[str]
    prune: NotRequired[bool]
    yes: NotRequired[bool]


class RowList(TypedDict):
    """A page of things: `{"data": [...], "meta": {...}}`."""

    data: list[Row]
    meta: Meta


class SetWorkspace(TypedDict):
    """Changes the name or the settings of a workspace; what is left out stays."""

    id: str
    description: NotRequired[str]
    history: NotRequired[str]
    name: NotRequired[str]
    strict_refs: NotRequired[bool]


class SortField(TypedDict):
    """A field that rows are sorted by."""

    field: str
    direction: NotRequired[SortDirection]


class Stats(TypedDict):
    """How much a workspace holds. Bytes are those of keys and values; the file has more, of which `compact` gives back what is unused."""

    workspace: str
    seq: int
    file_bytes: int
    collections: list[CollectionStats]
    relationships: int
    relationship_bytes: int
    commits: int
    journal_bytes: int
    retired_records: int
    retired_bytes: int


class Token(TypedDict):
    """A token, without its secret."""

    id: str
    name: str
    role: Role
    workspaces: list[str] | None
    collections: list[str] | None
    environments: list[Kind] | None
    expires_at: str | None
    created_at: str


class TokenList(TypedDict):
    """A page of things: `{"data": [...], "meta": {...}}`."""

    data: list[Token]
    meta: Meta


class Undo(TypedDict):
    """Takes back what one commit did, or all commits of a run: everything is then what it was before, or nothing changes. `undo_conflict` where anything later has changed one of the things."""

    batch: NotRequired[int]
    run: NotRequired[str]


class Undone(TypedDict):
    """What was taken back."""

    seq: int | None
    commits: int
    records: int
    relationships: int
    collections: int


class UpsertCollection(TypedDict):
    """Makes a collection or changes one."""

    collection: str
    allow_breaking: NotRequired[bool]
    if_version: NotRequired[int]
    name: NotRequired[str]
    schema: NotRequired[dict[str, Any]]
    yes: NotRequired[bool]


class UpsertRecord(TypedDict):
    """Makes a record or replaces the data of one. Which record: `id`, else (`external_source`, `external_id`), else a new one."""

    collection: str
    data: dict[str, Any]
    external_id: NotRequired[str]
    external_source: NotRequired[str]
    id: NotRequired[str]
    if_version: NotRequired[int]


class UpsertRelationship(TypedDict):
    """Links two records, or changes the data of a link."""

    rel_type: str
    source_collection: str
    source_id: str
    target_collection: str
    target_id: str
    data: NotRequired[dict[str, Any]]
    id: NotRequired[str]
    if_version: NotRequired[int]
    strict: NotRequired[bool]


class Workspace(TypedDict):
    """A workspace."""

    id: str
    name: str
    description: str | None
    kind: Kind
    parent: str | None
    created_at: str
    updated_at: str


class WorkspaceDetails(TypedDict):
    """A workspace and what it holds."""

    id: str
    name: str
    description: str | None
    kind: Kind
    parent: str | None
    created_at: str
    updated_at: str
    collections: int
    records: int
    relationships: int
    previews: list[str]
    size_bytes: int
    format: int
    seq: int
    last_commit: LastCommit | None
    history: str
    strict_refs: bool


class WorkspaceList(TypedDict):
    """A page of things: `{"data": [...], "meta": {...}}`."""

    data: list[Workspace]
    meta: Meta


class WrittenCollection(TypedDict):
    """The answer to a write: the thing, then whether it changed."""

    id: str
    name: str
    schema: dict[str, Any]
    version: int
    created_at: str
    updated_at: str
    changed: bool
    warnings: NotRequired[list[str]]


class WrittenRecord(TypedDict):
    """The answer to a write: the thing, then whether it changed."""

    id: str
    collection: str
    external_id: str | None
    external_source: str | None
    version: int
    data: dict[str, Any]
    created_at: str
    updated_at: str
    changed: bool
    warnings: NotRequired[list[str]]


class WrittenRelationship(TypedDict):
    """The answer to a write: the thing, then whether it changed."""

    id: str
    type: str
    source: End
    target: End
    version: int
    data: dict[str, Any]
    created_at: str
    updated_at: str
    changed: bool
    warnings: NotRequired[list[str]]


class WrittenWorkspace(TypedDict):
    """The answer to a write: the thing, then whether it changed."""

    id: str
    name: str
    description: str | None
    kind: Kind
    parent: str | None
    created_at: str
    updated_at: str
    changed: bool
    warnings: NotRequired[list[str]]


class WrittenWorkspaceSettings(TypedDict):
    """The answer to a write: the thing, then whether it changed."""

    id: str
    name: str
    description: str | None
    kind: Kind
    parent: str | None
    created_at: str
    updated_at: str
    history: str
    strict_refs: bool
    changed: bool
    warnings: NotRequired[list[str]]

Action = Literal["created", "updated", "deleted"]


class BatchOperation1(TypedDict):
    """One operation of a batch."""

    type: Literal["upsert_record"]
    collection: str
    data: dict[str, Any]
    external_id: NotRequired[str]
    external_source: NotRequired[str]
    id: NotRequired[str]
    if_version: NotRequired[int]
    ref: NotRequired[str]


class BatchOperation2(TypedDict):
    """One operation of a batch."""

    type: Literal["patch_record"]
    collection: str
    data: dict[str, Any]
    external_id: NotRequired[str]
    external_source: NotRequired[str]
    id: NotRequired[str]
    if_version: NotRequired[int]


class BatchOperation3(TypedDict):
    """One operation of a batch."""

    type: Literal["delete_record"]
    collection: str
    external_id: NotRequired[str]
    external_source: NotRequired[str]
    id: NotRequired[str]
    if_version: NotRequired[int]


class BatchOperation4(TypedDict):
    """One operation of a batch."""

    type: Literal["upsert_relationship"]
    rel_type: str
    source_collection: str
    source_id: str
    target_collection: str
    target_id: str
    data: NotRequired[dict[str, Any]]
    id: NotRequired[str]
    if_version: NotRequired[int]
    strict: NotRequired[bool]


class BatchOperation5(TypedDict):
    """One operation of a batch."""

    type: Literal["delete_relationship"]
    id: str
    if_version: NotRequired[int]


class BatchOperation6(TypedDict):
    """One operation of a batch."""

    type: Literal["upsert_collection"]
    collection: str
    allow_breaking: NotRequired[bool]
    if_version: NotRequired[int]
    name: NotRequired[str]
    schema: NotRequired[dict[str, Any]]
    yes: NotRequired[bool]


class BatchOperation7(TypedDict):
    """One operation of a batch."""

    type: Literal["delete_collection"]
    collection: str
    if_version: NotRequired[int]
    with_records: NotRequired[bool]

BatchOperation = Union["BatchOperation1", "BatchOperation2", "BatchOperation3", "BatchOperation4", "BatchOperation5", "BatchOperation6", "BatchOperation7"]

Direction = Literal["outgoing", "incoming", "both"]


class Explain1(TypedDict):
    """Says how a query is carried out: runs it and prints the plan in place of the rows."""

    query: Query


class Explain2(TypedDict):
    """Says how a query is carried out: runs it and prints the plan in place of the rows."""

    aggregate: Aggregate

Explain = Union["Explain1", "Explain2"]

Filter2 = TypedDict("Filter2", {
    "and": "list[Filter]",
})

Filter3 = TypedDict("Filter3", {
    "or": "list[Filter]",
})

Filter4 = TypedDict("Filter4", {
    "not": "Filter",
})

Filter = Union["Comparison", "Filter2", "Filter3", "Filter4"]

Function = Literal["count", "count_distinct", "sum", "avg", "min", "max"]

GetStats = dict[str, Any]

HopRecord = dict[str, Any]

Kind = Literal["production", "preview"]

ListCollections = dict[str, Any]

ListTokens = dict[str, Any]

ListWorkspaces = dict[str, Any]

OperationAnswer = Union["WrittenRecord", "WrittenRelationship", "WrittenCollection", "Deleted"]

Operator = Literal["eq", "neq", "gt", "gte", "lt", "lte", "in", "not_in", "like", "ilike", "is_null", "is_not_null", "has"]

Role = Literal["operator", "agent", "reader"]

Row = dict[str, Any]

Sort = Union["SortField", "list[SortField]"]

SortDirection = Literal["asc", "desc"]

Thing = Literal["collection", "record", "relationship", "workspace"]
