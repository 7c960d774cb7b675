//! Queries: filter, sort, page and aggregate the records of one collection.

use serde::ser::{SerializeMap, SerializeStruct, Serializer};
use serde::{Deserialize, Serialize};

use crate::api::list::Meta;
use crate::api::record::Record;
use crate::ground::json::Json;

/// Finds records of one collection.
///
/// ```
/// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
/// use rekor_core::{Json, api::query::{Query, Row}};
///
/// let found = ws.run(&Query {
///     collection: "invoices".into(),
///     filter: Some(Json::from_text(r#"{"field": "data.status", "op": "eq", "value": "open"}"#)),
///     sort: Some(Json::from_text(r#"{"field": "data.amount", "direction": "desc"}"#)),
///     count: true,
///     ..Default::default()
/// })?;
/// assert!(matches!(&found.data[0], Row::Record(invoice) if invoice.id == "inv-1"));
/// assert_eq!(found.meta.total, Some(2));
/// # Ok::<(), rekor_core::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Query {
    /// The collection.
    pub collection: String,
    /// `{"field","op","value"}`, `{"and":[…]}`, `{"or":[…]}` or `{"not":…}`.
    #[serde(default)]
    #[cfg_attr(feature = "schemas", schemars(with = "Option<crate::api::shapes::Filter>"))]
    pub filter: Option<Json>,
    /// `{"field","direction"}` or a list of these; by id when left out.
    #[serde(default)]
    #[cfg_attr(feature = "schemas", schemars(with = "Option<crate::api::shapes::Sort>"))]
    pub sort: Option<Json>,
    /// Only these fields of each record.
    #[serde(default)]
    pub fields: Vec<String>,
    /// Rows of a page: 50 unless given, at most 1,000.
    #[serde(default)]
    pub limit: Option<u64>,
    /// Rows to leave out first, at most 10,000.
    #[serde(default)]
    pub offset: Option<u64>,
    /// Where the last page ended.
    #[serde(default)]
    pub cursor: Option<String>,
    /// Whether to say how many records match in all.
    #[serde(default)]
    pub count: bool,
    /// Only records of this external source.
    #[serde(default)]
    pub external_source: Option<String>,
    /// The records as they were after this commit, given by its number, or at this time (RFC 3339). They are read row by row.
    #[serde(default)]
    pub at: Option<String>,
}

/// Computes totals over the records of one collection.
///
/// ```
/// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
/// use rekor_core::{Json, api::query::Aggregate};
///
/// let totals = ws.run(&Aggregate {
///     collection: "invoices".into(),
///     aggregations: Some(Json::from_text(r#"[{"fn": "sum", "field": "data.amount", "alias": "owed"}]"#)),
///     group_by: vec!["data.status".into()],
///     sort: Some(Json::from_text(r#"{"field": "owed", "direction": "desc"}"#)),
///     ..Default::default()
/// })?;
/// assert_eq!(totals.columns, ["data.status", "owed"]);
/// assert_eq!((totals.rows[0][0].text(), totals.rows[0][1].text()), ("\"open\"", "160.5"));
/// # Ok::<(), rekor_core::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Aggregate {
    /// The collection.
    pub collection: String,
    /// A list of `{"fn","field","alias"}`; `fn` is count, sum, avg, min, max or count_distinct.
    #[cfg_attr(feature = "schemas", schemars(with = "Vec<crate::api::shapes::Aggregation>"))]
    pub aggregations: Option<Json>,
    /// The fields to group by; none gives one row.
    #[serde(default)]
    pub group_by: Vec<String>,
    /// Which records to look at.
    #[serde(default)]
    #[cfg_attr(feature = "schemas", schemars(with = "Option<crate::api::shapes::Filter>"))]
    pub filter: Option<Json>,
    /// A filter on aliases and group fields.
    #[serde(default)]
    #[cfg_attr(feature = "schemas", schemars(with = "Option<crate::api::shapes::Filter>"))]
    pub having: Option<Json>,
    /// Sorts by aliases and group fields.
    #[serde(default)]
    #[cfg_attr(feature = "schemas", schemars(with = "Option<crate::api::shapes::Sort>"))]
    pub sort: Option<Json>,
    /// Rows at most; all unless given.
    #[serde(default)]
    pub limit: Option<u64>,
    /// Rows to leave out first, at most 10,000.
    #[serde(default)]
    pub offset: Option<u64>,
    /// Only records of this external source.
    #[serde(default)]
    pub external_source: Option<String>,
    /// The records as they were after this commit, given by its number, or at this time (RFC 3339). They are read row by row.
    #[serde(default)]
    pub at: Option<String>,
}

/// A row of a query's answer.
///
/// ```
/// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
/// use rekor_core::api::query::{Query, Row};
///
/// let fields = vec!["data.amount".to_owned()];
/// let found = ws.run(&Query { collection: "invoices".into(), fields, ..Default::default() })?;
/// let Row::Fields(first) = &found.data[0] else { panic!("fields were asked for") };
/// assert_eq!(first.text(), r#"{"id":"inv-1","data":{"amount":120.50}}"#);
/// # Ok::<(), rekor_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Row {
    /// The whole record.
    Record(Record),
    /// The fields asked for, nested as in the record, and `id`.
    Fields(#[cfg_attr(feature = "schemas", schemars(with = "crate::api::shapes::Object"))] Json),
}

/// The answer to an [`Aggregate`]: columns and rows. As JSON it is a list of flat objects, keys in the order of
/// the columns.
///
/// ```
/// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
/// use rekor_core::{Json, api::query::Aggregate};
///
/// let totals = ws.run(&Aggregate {
///     collection: "invoices".into(),
///     aggregations: Some(Json::from_text(r#"[{"fn": "count", "alias": "n"}]"#)),
///     ..Default::default()
/// })?;
/// assert_eq!(totals.rows, [[Json::from_text("3")]]);
/// assert!(Json::from_value(&totals).text().starts_with(r#"{"data":[{"n":3}],"#));
/// # Ok::<(), rekor_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AggregateAnswer {
    /// The group fields under their own names, then the aliases.
    pub columns: Vec<String>,
    /// One value for each column.
    pub rows: Vec<Vec<Json>>,
    /// Where the rows stand among all groups.
    pub meta: Meta,
}

#[cfg(feature = "schemas")]
impl schemars::JsonSchema for AggregateAnswer {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "AggregateAnswer".into()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let row = generator.subschema_for::<crate::api::shapes::Object>();
        let meta = generator.subschema_for::<Meta>();
        schemars::json_schema!({
            "type": "object",
            "description": "The answer to an aggregate: flat rows, keys in the order of the columns.",
            "properties": { "data": { "type": "array", "items": row }, "meta": meta },
            "required": ["data", "meta"],
        })
    }
}

impl Serialize for AggregateAnswer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let rows: Vec<_> =
            self.rows.iter().map(|values| FlatRow { columns: &self.columns, values }).collect();
        let mut list = serializer.serialize_struct("AggregateAnswer", 2)?;
        list.serialize_field("data", &rows)?;
        list.serialize_field("meta", &self.meta)?;
        list.end()
    }
}

struct FlatRow<'a> {
    columns: &'a [String],
    values: &'a [Json],
}

impl Serialize for FlatRow<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.columns.len()))?;
        for (column, value) in self.columns.iter().zip(self.values) {
            map.serialize_entry(column, value)?;
        }
        map.end()
    }
}

/// How a query is or would be carried out.
///
/// See [`Explain`] for an example.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Explanation {
    /// `id`, `external_id`, `index`, `column_scan` or `row_scan`.
    pub access: String,
    /// The fields of the index used.
    pub index: Option<Vec<String>>,
    /// Why this way.
    pub reason: String,
    /// Whether the access path already gives the order asked for.
    pub sorted_by_access: bool,
    /// Rows or index entries looked at.
    pub rows_examined: u64,
    /// Rows that matched.
    pub rows_matched: u64,
    /// What a column scan read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub columns: Option<ColumnsRead>,
}

/// What a column scan read.
///
/// ```
/// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
/// use rekor_core::{Json, api::query::{Aggregate, Explain}, api::transfer::ImportRecords};
///
/// let lines: String = (0..5_000).map(|n| format!("{{\"amount\": {n}}}\n")).collect();
/// let request = ImportRecords { collection: "invoices".into(), ..Default::default() };
/// ws.import_records(&request, &mut lines.as_bytes(), &mut |_| Ok(()))?;
/// let explanation = ws.run(&Explain::Aggregate(Aggregate {
///     collection: "invoices".into(),
///     aggregations: Some(Json::from_text(r#"[{"fn": "max", "field": "data.amount", "alias": "most"}]"#)),
///     ..Default::default()
/// }))?;
/// assert_eq!(explanation.access, "column_scan");
/// assert!(explanation.columns.unwrap().groups_read >= 1);
/// # Ok::<(), rekor_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct ColumnsRead {
    /// Groups of which columns were read.
    pub groups_read: u64,
    /// Groups that were ruled out without reading their columns.
    pub groups_skipped: u64,
    /// Records that were changed since their group was sealed, or are in none yet.
    pub dirty_rows: u64,
    /// Records whose rows had to be read.
    pub rows_read: u64,
}

/// Says how a query is carried out: runs it and prints the plan in place of the rows.
///
/// ```
/// # let (dir, store, ws) = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/fixture.rs"));
/// use rekor_core::api::query::{Explain, Query};
/// use rekor_core::Json;
///
/// let filter = Some(Json::from_text(r#"{"field": "id", "op": "eq", "value": "inv-2"}"#));
/// let query = Query { collection: "invoices".into(), filter, ..Default::default() };
/// let explanation = ws.run(&Explain::Query(query))?;
/// assert_eq!((explanation.access.as_str(), explanation.rows_examined), ("id", 1));
/// # Ok::<(), rekor_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Explain {
    /// Of a query for records.
    Query(Query),
    /// Of an aggregate.
    Aggregate(Aggregate),
}
