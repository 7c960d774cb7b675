//! The questions that every side is asked, each once as a request to rekor and once as SQL, and what each must
//! reach.

use rekor_core::Json;
use rekor_core::api::query::{Aggregate, Query};
use serde_json::{Value, json};

use crate::columns::orders::{COLLECTION, FIELDS, customer, order, tracking};

/// A low-cardinality group-by, a filter on strings, a substring: at least this many times DuckDB's speed.
const THREE: Option<f64> = Some(3.0);
/// A sum or a count of one column, and whatever has 20,000 groups.
const ONE: Option<f64> = Some(1.0);
/// At least this many times the speed of SQLite without an index.
pub const LEAST_OF_SQLITE: f64 = 100.0;

/// What rekor is asked.
#[derive(Clone)]
pub enum Ask {
    /// Records, compared by these fields.
    Rows(Query, Vec<&'static str>),
    Totals(Aggregate),
}

pub struct Question {
    /// For `--only`.
    pub name: &'static str,
    pub what: &'static str,
    pub ask: Ask,
    pub duckdb: String,
    pub sqlite: String,
    /// Whether the order of the rows is part of the answer.
    pub ordered: bool,
    /// Times DuckDB's speed, at least.
    pub least_of_duckdb: Option<f64>,
    /// Milliseconds, at most.
    pub most_ms: Option<f64>,
}

/// All questions for a set of so many records.
pub fn all(records: u64) -> Vec<Question> {
    let mut questions = totals();
    questions.extend(filters());
    questions.extend(rows(records));
    questions
}

fn totals() -> Vec<Question> {
    vec![
        Question {
            least_of_duckdb: THREE,
            ..aggregate(
                ("group-status", "group by status: sum and count"),
                (&["status"], &[("sum", "amount"), ("count", "")], None),
                "SELECT {status}, sum({amount}), count(*) FROM orders GROUP BY 1",
            )
        },
        Question {
            least_of_duckdb: THREE,
            ..aggregate(
                ("group-two", "group by two keys, filtered: avg"),
                (&["status", "currency"], &[("avg", "amount")], Some(field("paid", "eq", json!(true)))),
                "SELECT {status}, {currency}, avg({amount}) FROM orders WHERE {paid} GROUP BY 1, 2",
            )
        },
        Question {
            least_of_duckdb: ONE,
            ..aggregate(
                ("sum", "sum of one field"),
                (&[], &[("sum", "amount")], None),
                "SELECT sum({amount}) FROM orders",
            )
        },
        Question {
            least_of_duckdb: ONE,
            ..aggregate(
                ("count-distinct", "count distinct over 20,000 values"),
                (&[], &[("count_distinct", "customer")], None),
                "SELECT count(DISTINCT {customer}) FROM orders",
            )
        },
        Question {
            least_of_duckdb: ONE,
            ..aggregate(
                ("group-customer", "group by 20,000 values: sum and count"),
                (&["customer"], &[("sum", "amount"), ("count", "")], None),
                "SELECT {customer}, sum({amount}), count(*) FROM orders GROUP BY 1",
            )
        },
    ]
}

fn filters() -> Vec<Question> {
    let in_100: Vec<String> = (0..100).map(|k| customer(k * 197)).collect();
    let listed = in_100.iter().map(|it| format!("'{it}'")).collect::<Vec<_>>().join(", ");
    let paired =
        json!({"and": [field("status", "eq", json!("shipped")), field("currency", "eq", json!("EUR"))]});
    let (from, to) = ("2025-05-01T00:00:00Z", "2025-06-08T12:00:00Z");
    let timed = json!({"and": [field("placed", "gte", json!(from)), field("placed", "lt", json!(to))]});
    let matching = |name, what, filter: Value, condition: &str, least| Question {
        least_of_duckdb: least,
        ..aggregate(
            (name, what),
            (&[], &[("count", "")], Some(filter)),
            &format!("SELECT count(*) FROM orders WHERE {condition}"),
        )
    };
    vec![
        matching(
            "two-equalities",
            "two equalities: count",
            paired,
            "{status} = 'shipped' AND {currency} = 'EUR'",
            THREE,
        ),
        matching(
            "in-100",
            "`in` of 100 of 20,000 values: count",
            field("customer", "in", json!(in_100)),
            &format!("{{customer}} IN ({listed})"),
            THREE,
        ),
        Question {
            sqlite: sqlite("SELECT count(*) FROM orders WHERE instr({note}, 'arbor lan') > 0"),
            ..matching(
                "substring",
                "substring of distinct texts: count",
                field("note", "like", json!("%arbor lan%")),
                "{note} LIKE '%arbor lan%'",
                THREE,
            )
        },
        Question {
            // SQLite's LIKE ignores the case of ASCII letters.
            sqlite: sqlite("SELECT count(*) FROM orders WHERE {note} LIKE '%LANTERN m%'"),
            ..matching(
                "ilike",
                "`ilike` of distinct texts: count",
                field("note", "ilike", json!("%LANTERN m%")),
                "{note} ILIKE '%LANTERN m%'",
                THREE,
            )
        },
        matching(
            "number-range",
            "range of one number: count",
            field("quantity", "gte", json!(91)),
            "{quantity} >= 91",
            ONE,
        ),
        matching(
            "time-range",
            "range of time, a tenth: count",
            timed,
            &format!("{{placed}} >= '{from}' AND {{placed}} < '{to}'"),
            ONE,
        ),
    ]
}

fn rows(records: u64) -> Vec<Question> {
    // The customer of a record, so that a small set has one too.
    let value: Value = serde_json::from_str(&order(records / 2, 0, records).json).unwrap_or_default();
    let buyer = value["customer"].as_str().unwrap_or_default();
    let parcel = tracking(records / 3 * 2);
    let query = |filter: Option<Value>, limit| Query {
        collection: COLLECTION.into(),
        filter: filter.map(|it| Json::from_value(&it)),
        limit: Some(limit),
        ..Query::default()
    };
    let all = FIELDS.map(|field| format!("{{{field}}}")).join(", ");
    let found = |name, what, field_name: &str, value: &str| {
        question(
            (name, what),
            Ask::Rows(query(Some(field(field_name, "eq", json!(value))), 1_000), FIELDS.to_vec()),
            &format!("SELECT {all} FROM orders WHERE {{{field_name}}} = '{value}'"),
        )
    };
    let top = Query {
        sort: Some(Json::from_text(
            r#"[{"field":"data.amount","direction":"desc"},{"field":"data.number","direction":"asc"}]"#,
        )),
        fields: vec!["data.number".into(), "data.amount".into()],
        ..query(None, 10)
    };
    vec![
        Question {
            least_of_duckdb: THREE,
            ..found("customer-rows", "equality of 20,000 values: the rows", "customer", buyer)
        },
        Question {
            ordered: true,
            ..question(
                ("top-10", "top 10 by a field"),
                Ask::Rows(top, vec!["number", "amount"]),
                "SELECT {number}, {amount} FROM orders ORDER BY {amount} DESC, {number} LIMIT 10",
            )
        },
        Question {
            most_ms: Some(10.0),
            ..found("point", "equality of an undeclared, unique field: the row", "tracking", &parcel)
        },
    ]
}

fn field(name: &str, op: &str, value: Value) -> Value {
    json!({"field": format!("data.{name}"), "op": op, "value": value})
}

/// Keys to group by, functions with their fields, a filter.
type Totals<'a> = (&'a [&'a str], &'a [(&'a str, &'a str)], Option<Value>);

fn aggregate(names: (&'static str, &'static str), totals: Totals<'_>, sql: &str) -> Question {
    let (keys, functions, filter) = totals;
    let computed = functions.iter().zip(0..).map(|((function, of), at)| {
        let alias = format!("{function}_{at}");
        if of.is_empty() {
            json!({"fn": function, "alias": alias})
        } else {
            json!({"fn": function, "field": format!("data.{of}"), "alias": alias})
        }
    });
    let ask = Ask::Totals(Aggregate {
        collection: COLLECTION.into(),
        aggregations: Some(Json::from_value(&computed.collect::<Vec<_>>())),
        group_by: keys.iter().map(|key| format!("data.{key}")).collect(),
        filter: filter.map(|it| Json::from_value(&it)),
        ..Aggregate::default()
    });
    question(names, ask, sql)
}

/// A question with no target; its SQL names a field in braces.
fn question((name, what): (&'static str, &'static str), ask: Ask, sql: &str) -> Question {
    let duckdb = sql.replace(['{', '}'], "");
    let least_of_duckdb = None;
    Question { name, what, ask, duckdb, sqlite: sqlite(sql), ordered: false, least_of_duckdb, most_ms: None }
}

/// The SQL as SQLite must read it: each field is dug out of the JSONB.
fn sqlite(sql: &str) -> String {
    sql.replace('{', "(data ->> '$.").replace('}', "')")
}
