//! The shapes of what requests carry as JSON text: only described here, read where they are used.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::api::collection::{DeleteCollection, UpsertCollection};
use crate::api::record::{DeleteRecord, PatchRecord, UpsertRecord};
use crate::api::relationship::{DeleteRelationship, UpsertRelationship};
use crate::ground::json::Json;

impl JsonSchema for Json {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Json".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!(true)
    }
}

/// A JSON object of any shape.
pub struct Object;

impl JsonSchema for Object {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Object".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "object", "additionalProperties": true })
    }
}

/// What records are kept.
#[derive(JsonSchema)]
#[schemars(untagged)]
#[allow(dead_code)]
pub enum Filter {
    /// Those of which a field compares so with a value.
    Comparison(Comparison),
    /// Those that every one of these keeps.
    And {
        /// The filters.
        and: Vec<Filter>,
    },
    /// Those that one of these keeps.
    Or {
        /// The filters.
        or: Vec<Filter>,
    },
    /// Those that this does not keep.
    Not {
        /// The filter.
        not: Box<Filter>,
    },
}

/// Compares a field with a value.
#[derive(JsonSchema)]
#[allow(dead_code)]
pub struct Comparison {
    /// `data.<path>`, or a field of the record itself.
    field: String,
    /// How.
    op: Operator,
    /// With what; `is_null` and `is_not_null` need none.
    value: Option<Json>,
}

/// How a field is compared.
#[derive(JsonSchema)]
#[schemars(rename_all = "snake_case")]
#[allow(dead_code)]
pub enum Operator {
    Eq,
    Neq,
    Gt,
    Gte,
    Lt,
    Lte,
    In,
    NotIn,
    Like,
    Ilike,
    IsNull,
    IsNotNull,
    Has,
}

/// What rows are sorted by.
#[derive(JsonSchema)]
#[schemars(untagged)]
#[allow(dead_code)]
pub enum Sort {
    /// One field.
    By(SortField),
    /// Several, the first that differs deciding.
    ByAll(Vec<SortField>),
}

/// A field that rows are sorted by.
#[derive(JsonSchema)]
#[allow(dead_code)]
pub struct SortField {
    /// `data.<path>`, or a field of the record itself.
    field: String,
    /// Which way; ascending unless given.
    #[schemars(default)]
    direction: SortDirection,
}

/// Which way rows are sorted.
#[derive(JsonSchema, Default, serde::Serialize)]
#[schemars(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
#[allow(dead_code)]
pub enum SortDirection {
    #[default]
    Asc,
    Desc,
}

/// A total.
#[derive(JsonSchema)]
#[allow(dead_code)]
pub struct Aggregation {
    /// What is computed.
    #[schemars(rename = "fn")]
    function: Function,
    /// Of which field; `count` without one counts records.
    #[schemars(default)]
    field: Option<String>,
    /// The name of its column.
    #[schemars(default)]
    alias: Option<String>,
}

/// What is computed.
#[derive(JsonSchema)]
#[schemars(rename_all = "snake_case")]
#[allow(dead_code)]
pub enum Function {
    Count,
    CountDistinct,
    Sum,
    Avg,
    Min,
    Max,
}

/// One operation of a batch.
#[derive(JsonSchema)]
#[schemars(tag = "type", rename_all = "snake_case", rename = "BatchOperation")]
#[allow(dead_code)]
pub enum Operation {
    /// Makes a record or replaces the data of one.
    UpsertRecord(NamedUpsert),
    /// Merges a patch into a record's data.
    PatchRecord(PatchRecord),
    /// Deletes a record and every relationship that touches it.
    DeleteRecord(DeleteRecord),
    /// Links two records.
    UpsertRelationship(UpsertRelationship),
    /// Deletes one relationship.
    DeleteRelationship(DeleteRelationship),
    /// Makes a collection or changes one.
    UpsertCollection(UpsertCollection),
    /// Deletes a collection.
    DeleteCollection(DeleteCollection),
}

/// An upsert whose record later operations of the batch can name.
#[derive(JsonSchema)]
#[allow(dead_code)]
#[schemars(inline)]
pub struct NamedUpsert {
    #[schemars(flatten)]
    request: UpsertRecord,
    /// A name for the record, which stands as `"$name"` for its id in later operations.
    #[schemars(rename = "ref", default)]
    name: Option<String>,
}
