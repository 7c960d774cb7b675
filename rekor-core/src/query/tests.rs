//! Requests at the door of the floor: what the documents write works verbatim, and what is wrong is refused with its
//! place and the next step.

use crate::api::query::{Aggregate, Explain, Query, Row};
use crate::codec::collection::{CollectionRow, Index};
use crate::codec::id::Id;
use crate::codec::{keys, row::RecordRow};
use crate::columns::cache::Cache;
use crate::columns::reader::Columns;
use crate::ctx::config::Collection;
use crate::ground::env::Deadline;
use crate::ground::error::{Code, Error};
use crate::ground::json::Json;
use crate::index::declared::entry;
use crate::query::oracle::world::Snapshot;
use crate::query::{AggregateAnswer, aggregate, explain, find};

const SCHEMA: &str = r#"{"properties":{
    "status":{"type":"string"}, "amount":{"type":"number"}, "due":{"type":"string","format":"date-time"},
    "paid":{"type":"boolean"}, "tags":{"type":"array","items":{"type":"string"}}, "customer":{}, "year":{}
},"additionalProperties":false}"#;

struct Bench {
    view: Snapshot,
    collection: Collection,
    cache: Cache,
}

/// Four invoices.
fn invoices() -> Bench {
    let records = [
        (
            "a",
            r#"{"status":"draft","amount":100.50,"year":2026,"due":"2026-01-31T00:00:00+01:00","tags":["x","y"]}"#,
        ),
        ("b", r#"{"status":"issued","amount":9000,"year":"2026","paid":true}"#),
        ("c", r#"{"status":"issued","amount":5000,"year":2025,"customer":{"name":"Ärger GmbH"}}"#),
        ("d", r#"{"status":"draft","amount":7,"year":2026.0}"#),
    ];
    bench(&records.map(|(id, data)| (id.to_owned(), data.to_owned())))
}

/// A collection with an index over status and amount.
fn bench(records: &[(String, String)]) -> Bench {
    let index = Index {
        number: 1,
        paths: vec![vec!["status".into()], vec!["amount".into()]],
        instants: vec![false, false],
        unique: false,
        complete: true,
    };
    let row = CollectionRow {
        number: 1,
        id: "invoices".into(),
        name: "Invoices".into(),
        schema: SCHEMA.into(),
        version: 1,
        created_ms: 0,
        updated_ms: 0,
        indexes: vec![index.clone()],
        references: Vec::new(),
        tracked: true,
    };
    let mut view = Snapshot::default();
    for (id, data) in records {
        let id = Id::parse(id).unwrap();
        let row = RecordRow {
            version: 1,
            created_ms: 1_000,
            updated_ms: 2_000,
            external_id: Some("x"),
            external_source: Some("stripe").filter(|_| data.contains("issued")),
            data,
        };
        view.0.insert(keys::record(1, &id), row.encode());
        let (key, value) = entry(&index, &id, data).unwrap().unwrap();
        view.0.insert(key, value);
    }
    Bench { view, collection: Collection::new(row, &mut |_| Ok(None)).unwrap(), cache: Cache::new(0) }
}

impl Bench {
    fn columns(&self) -> Columns<'_> {
        Columns::new(&self.view, &self.cache, 1)
    }

    fn find(&self, query: &Query) -> Result<Vec<String>, Error> {
        let list = find(&self.columns(), &self.collection, query, Deadline::never())?;
        let id = |row: Row| match row {
            Row::Record(record) => record.id,
            Row::Fields(json) => json.text().to_owned(),
        };
        Ok(list.data.into_iter().map(id).collect())
    }

    fn filter(&self, filter: &str) -> Result<Vec<String>, Error> {
        self.find(&Query { filter: Some(Json::from_text(filter)), ..Query::default() })
    }

    fn aggregate(&self, request: &Aggregate) -> Result<AggregateAnswer, Error> {
        aggregate(&self.columns(), &self.collection, request, Deadline::never())
    }
}

#[test]
fn the_queries_of_the_documents_work_verbatim() {
    let bench = invoices();
    let quick_start = Query {
        collection: "invoices".into(),
        filter: Some(Json::from_text(r#"{"field":"data.status","op":"eq","value":"draft"}"#)),
        sort: Some(Json::from_text(r#"{"field":"data.amount","order":"desc"}"#)),
        limit: Some(10),
        ..Query::default()
    };
    assert_eq!(bench.find(&quick_start).unwrap(), ["a", "d"]);
    let plan = explain(&bench.columns(), &bench.collection, &Explain::Query(quick_start), Deadline::never())
        .unwrap();
    assert_eq!((plan.access.as_str(), plan.sorted_by_access, plan.rows_examined), ("index", true, 2));
    assert_eq!(plan.index.unwrap(), ["data.status", "data.amount"]);
    let compound = r#"{"and": [
        {"field": "data.status", "op": "eq", "value": "issued"},
        {"field": "data.amount", "op": "gt", "value": 5000}
    ]}"#;
    assert_eq!(bench.filter(compound).unwrap(), ["b"]);
    let totals = Aggregate {
        collection: "invoices".into(),
        aggregations: Some(Json::from_text(
            r#"[{"fn":"sum","field":"data.amount","alias":"total"},{"fn":"count","alias":"count"}]"#,
        )),
        group_by: vec!["data.status".into()],
        filter: Some(Json::from_text(r#"{"field":"data.year","op":"eq","value":"2026"}"#)),
        sort: Some(Json::from_text(r#"[{"field":"total","direction":"desc"}]"#)),
        ..Aggregate::default()
    };
    assert_eq!(
        Json::from_value(&bench.aggregate(&totals).unwrap()).text(),
        concat!(
            r#"{"data":[{"data.status":"issued","total":9000,"count":1},{"data.status":"draft","total":107.5,"count":2}],"#,
            r#""meta":{"limit":null,"offset":0,"has_more":false,"next_cursor":null}}"#
        )
    );
    let source = Query { external_source: Some("stripe".into()), limit: Some(10), ..Query::default() };
    assert_eq!(bench.find(&source).unwrap(), ["b", "c"]);
    let fields = Query {
        fields: vec!["data.customer".into(), "data.amount".into()],
        limit: Some(1),
        ..Query::default()
    };
    assert_eq!(bench.find(&fields).unwrap(), [r#"{"id":"a","data":{"customer":null,"amount":100.50}}"#]);
}

#[test]
fn operators_mean_what_the_contract_says() {
    let bench = invoices();
    for (filter, ids) in [
        (r#"{"field":"data.due","op":"eq","value":"2026-01-30T23:00:00Z"}"#, &["a"][..]),
        (r#"{"field":"data.due","op":"like","value":"2026-01-31%"}"#, &["a"]),
        (r#"{"field":"data.amount","op":"gte","value":"5000"}"#, &["b", "c"]),
        (r#"{"field":"data.paid","op":"eq","value":"true"}"#, &["b"]),
        (r#"{"field":"data.paid","op":"neq","value":true}"#, &["a", "c", "d"]),
        (r#"{"field":"data.paid","op":"is_null"}"#, &["a", "c", "d"]),
        (r#"{"field":"data.tags","op":"has","value":"y"}"#, &["a"]),
        (r#"{"field":"data.customer","op":"has","value":"name"}"#, &["c"]),
        (r#"{"field":"data.tags.1","op":"eq","value":"y"}"#, &["a"]),
        (r#"{"field":"data.customer.name","op":"ilike","value":"ärger%"}"#, &["c"]),
        (r#"{"field":"data.status","op":"gt","value":1}"#, &[]),
        (r#"{"field":"id","op":"in","value":["d","zz","b"]}"#, &["b", "d"]),
        (r#"{"field":"created_at","op":"lte","value":"1970-01-01T00:00:01Z"}"#, &["a", "b", "c", "d"]),
        (r#"{"and":[]}"#, &["a", "b", "c", "d"]),
        (r#"{"or":[]}"#, &[]),
        (r#"{"not":{"field":"data.status","op":"like","value":"iss_ed"}}"#, &["a", "d"]),
    ] {
        assert_eq!(bench.filter(filter).unwrap(), ids, "{filter}");
    }
}

#[test]
fn wrong_filters_are_refused_with_their_place_and_a_hint() {
    let bench = invoices();
    for (filter, code, pointer, hint) in [
        (r#"{"field":"data.status","op":"eqq","value":1}"#, Code::InvalidFilter, "/filter/op", "eq"),
        (
            r#"{"and":[{"and":[]},{"field":"data.status","op":"x"}]}"#,
            Code::InvalidFilter,
            "/filter/and/1/op",
            "ilike",
        ),
        (r#"{"field":"data.statu","op":"eq","value":1}"#, Code::UnknownField, "/filter/field", "data.status"),
        (
            r#"{"not":{"field":"status","op":"eq","value":1}}"#,
            Code::UnknownField,
            "/filter/not/field",
            "data.status",
        ),
        (
            r#"{"field":"data.status","op":"eq","value":null}"#,
            Code::InvalidFilter,
            "/filter/value",
            "is_null",
        ),
        (
            r#"{"field":"data.status","op":"in","value":["a",null]}"#,
            Code::InvalidFilter,
            "/filter/value/1",
            "is_null",
        ),
        (r#"{"field":"data.status","op":"in","value":"a"}"#, Code::InvalidFilter, "/filter/value", "value"),
        (r#"{"field":"data.status","op":"eq"}"#, Code::InvalidFilter, "/filter", "value"),
        (r#"{"field":"data.status","operator":"eq"}"#, Code::InvalidFilter, "/filter/operator", "field"),
        (
            r#"{"field":"data.status","op":"is_null","value":false}"#,
            Code::InvalidFilter,
            "/filter/value",
            "leave",
        ),
        (r#"[{"field":"data.status"}]"#, Code::InvalidFilter, "/filter", "and"),
        ("{}", Code::InvalidFilter, "/filter", "leave"),
        (
            r#"{"field":"created_at","op":"gt","value":"yesterday"}"#,
            Code::InvalidFilter,
            "/filter/value",
            "2026",
        ),
    ] {
        let error = bench.filter(filter).unwrap_err();
        assert_eq!((error.code(), error.pointer()), (code, Some(pointer)), "{filter} {error}");
        assert!(
            error.hint_text().is_some_and(|text| text.contains(hint)),
            "{filter} {:?}",
            error.hint_text()
        );
    }
    assert!(bench.filter("{").is_err());
}

#[test]
fn filters_are_bounded() {
    let bench = invoices();
    let test = r#"{"field":"data.amount","op":"gt","value":0}"#;
    let many = |n: usize| format!(r#"{{"and":[{}]}}"#, vec![test; n].join(","));
    let deep = |n: usize| format!("{}{test}{}", r#"{"not":"#.repeat(n - 1), "}".repeat(n - 1));
    let values =
        |n: usize| format!(r#"{{"field":"data.amount","op":"in","value":[{}]}}"#, vec!["7"; n].join(","));
    let like = |n: usize| format!(r#"{{"field":"data.status","op":"like","value":"{}"}}"#, "a".repeat(n));
    let kinds: [(&dyn Fn(usize) -> String, usize); 4] =
        [(&many, 256), (&deep, 16), (&values, 1_000), (&like, 1_024)];
    for (make, bound) in kinds {
        assert!(bench.filter(&make(bound)).is_ok(), "{bound}");
        assert_eq!(bench.filter(&make(bound + 1)).unwrap_err().code(), Code::LimitExceeded, "{bound}");
    }
}

#[test]
fn wrong_aggregates_are_refused_with_their_place() {
    let bench = invoices();
    let sum = r#"[{"fn":"sum","field":"data.amount","alias":"t"}]"#;
    for (aggregations, group, having, code, pointer) in [
        (r#"[{"fn":"count"}]"#, "data.status", None, Code::InvalidRequest, "/aggregations/0"),
        (r#"[{"fn":"sum","alias":"t"}]"#, "data.status", None, Code::InvalidRequest, "/aggregations/0"),
        (r#"[{"fn":"summ","alias":"t"}]"#, "data.status", None, Code::InvalidRequest, "/aggregations/0/fn"),
        (
            r#"[{"fn":"count","alias":"data.status"}]"#,
            "data.status",
            None,
            Code::InvalidRequest,
            "/aggregations/0/alias",
        ),
        (
            r#"[{"fn":"sum","field":"data.status","alias":"t"}]"#,
            "data.paid",
            None,
            Code::NotANumber,
            "/aggregations/0/field",
        ),
        (sum, "status", None, Code::UnknownField, "/group_by/0"),
        (
            sum,
            "data.status",
            Some(r#"{"field":"total","op":"gt","value":1}"#),
            Code::UnknownField,
            "/having/field",
        ),
        ("7", "data.status", None, Code::InvalidRequest, "/aggregations"),
    ] {
        let request = Aggregate {
            aggregations: Some(Json::from_text(aggregations)),
            group_by: vec![group.into()],
            having: having.map(Json::from_text),
            ..Aggregate::default()
        };
        let error = bench.aggregate(&request).unwrap_err();
        assert_eq!((error.code(), error.pointer()), (code, Some(pointer)), "{aggregations} {error}");
    }
    let error = bench.aggregate(&Aggregate::default()).unwrap_err();
    assert_eq!(error.code(), Code::InvalidRequest);
    let late = Deadline::after_ms(0);
    assert!(
        find(&bench.columns(), &bench.collection, &Query::default(), late).is_ok(),
        "a short query needs no clock"
    );
}

#[test]
fn a_total_of_nothing_is_a_row_unless_it_is_grouped() {
    let bench = invoices();
    let of_nothing = |group_by: Vec<String>| {
        let request = Aggregate {
            aggregations: Some(Json::from_text(
                r#"[{"fn":"sum","field":"data.amount","alias":"s"},{"fn":"max","field":"data.due","alias":"m"}]"#,
            )),
            filter: Some(Json::from_text(r#"{"or":[]}"#)),
            group_by,
            ..Aggregate::default()
        };
        bench.aggregate(&request).unwrap().rows
    };
    assert_eq!(of_nothing(Vec::new()), [[Json::from_text("0"), Json::from_text("null")]]);
    assert!(of_nothing(vec!["data.status".into()]).is_empty());
}

#[test]
fn a_page_looks_at_little_more_than_it_shows() {
    let data = |n: usize| format!(r#"{{"status":"{}","amount":{}}}"#, ["draft", "issued"][n % 2], n / 7);
    let records: Vec<_> = (0..600).map(|n| (format!("r{n:04}"), data(n))).collect();
    let bench = bench(&records);
    let by_status = r#"{"field":"data.status","order":"desc"}"#;
    let by_both = r#"[{"field":"data.status","order":"desc"},{"field":"data.amount","order":"desc"}]"#;
    let drafts = Some(r#"{"field":"data.status","op":"eq","value":"draft"}"#);
    let some = Some(
        r#"{"and":[{"field":"data.status","op":"eq","value":"draft"},{"field":"data.amount","op":"lt","value":40}]}"#,
    );
    for (filter, sort, examined_max) in [
        (None, None, 11),
        (None, Some(r#"{"field":"id","order":"desc"}"#), 11),
        (None, Some(by_both), 30),
        (drafts, Some(r#"{"field":"data.amount","order":"desc"}"#), 30),
        (some, Some(r#"{"field":"data.amount"}"#), 30),
        // The status alone does not settle the order of its records, which is by id.
        (None, Some(by_status), 600),
    ] {
        let mut query = Query {
            filter: filter.map(Json::from_text),
            sort: sort.map(Json::from_text),
            limit: Some(10),
            ..Query::default()
        };
        for page in 0..12 {
            let list = find(&bench.columns(), &bench.collection, &query, Deadline::never()).unwrap();
            let asked = Explain::Query(query.clone());
            let plan = explain(&bench.columns(), &bench.collection, &asked, Deadline::never()).unwrap();
            assert!(plan.rows_examined <= examined_max, "page {page} {filter:?} {sort:?} {plan:?}");
            assert!(list.data.len() == 10 && list.meta.has_more, "page {page} {filter:?}");
            query.cursor = list.meta.next_cursor;
        }
    }
}

#[test]
fn the_plan_fits_the_question() {
    let bench = invoices();
    for (filter, access, sorted) in [
        (r#"{"field":"id","op":"eq","value":"a"}"#, "id", true),
        (
            r#"{"and":[{"field":"external_id","op":"eq","value":"x"},{"field":"external_source","op":"eq","value":"stripe"}]}"#,
            "external_id",
            true,
        ),
        (r#"{"field":"data.status","op":"in","value":["a","b"]}"#, "index", false),
        (r#"{"field":"data.status","op":"like","value":"dr%"}"#, "index", false),
        (r#"{"field":"data.status","op":"neq","value":"draft"}"#, "row_scan", true),
        (r#"{"field":"data.amount","op":"gt","value":5}"#, "row_scan", true),
        (r#"{"not":{"field":"data.status","op":"eq","value":"draft"}}"#, "row_scan", true),
    ] {
        let query = Query { filter: Some(Json::from_text(filter)), ..Query::default() };
        let plan =
            explain(&bench.columns(), &bench.collection, &Explain::Query(query), Deadline::never()).unwrap();
        assert_eq!((plan.access.as_str(), plan.sorted_by_access), (access, sorted), "{filter}");
    }
}
