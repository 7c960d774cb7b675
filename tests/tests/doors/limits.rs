//! Every limit of the table, at its bound and one beyond it. A limit without a test here fails the last
//! test of this file.

use rekor_core::api::call::CallOptions;
use rekor_core::ground::limits::{self, Limit};
use rekor_core::{Code, Error};
use serde_json::{Value, json};

use super::Fixture;

/// Tries a limit at its bound (`at`) and one beyond it (`beyond`).
struct Trial {
    limit: Limit,
    run: fn(&Fixture, usize) -> Result<Value, Error>,
}

fn upsert(f: &Fixture, data: &str) -> Result<Value, Error> {
    let request = format!(r#"{{"collection":"c","id":"r","data":{data}}}"#);
    f.ws.call("upsert_record", &request).map(|answer| serde_json::from_str(&answer).unwrap())
}

fn schema(f: &Fixture, schema: &Value) -> Result<Value, Error> {
    f.call("upsert_collection", &json!({ "collection": "s", "schema": schema }))
}

fn query(f: &Fixture, part: Value) -> Result<Value, Error> {
    let mut request = json!({ "collection": "c" });
    request.as_object_mut().unwrap().extend(part.as_object().unwrap().clone());
    f.call("query", &request)
}

fn token(f: &Fixture, part: Value) -> Result<Value, Error> {
    let mut request = json!({ "name": "t", "role": "reader" });
    request.as_object_mut().unwrap().extend(part.as_object().unwrap().clone());
    f.store.call("create_token", &request.to_string()).map(|answer| serde_json::from_str(&answer).unwrap())
}

fn nested(levels: usize) -> String {
    format!("{}{}", "{\"a\":".repeat(levels - 1) + "{}", "}".repeat(levels - 1))
}

fn relationship(f: &Fixture, n: usize) -> Value {
    let _ = f;
    json!({"type": "upsert_record", "collection": "c", "id": format!("r{n}"), "data": {}})
}

const TRIALS: &[Trial] = &[
    Trial {
        limit: limits::RECORD_BYTES,
        run: |f, n| upsert(f, &format!(r#"{{"a":"{}"}}"#, "x".repeat(n - 8))),
    },
    Trial { limit: limits::NESTING, run: |f, n| upsert(f, &nested(n)) },
    Trial {
        limit: limits::IDEMPOTENCY_KEY_BYTES,
        run: |f, n| {
            let options = CallOptions { idempotency_key: Some("k".repeat(n)), ..CallOptions::default() };
            let answer = f.ws.call_with("upsert_record", r#"{"collection":"c","data":{}}"#, &options);
            answer.map(|answer| serde_json::from_str(&answer).unwrap())
        },
    },
    Trial {
        limit: limits::SCHEMA_BYTES,
        run: |f, n| schema(f, &json!({ "description": "x".repeat(n - 18) })),
    },
    Trial {
        limit: limits::SCHEMA_DEPTH,
        run: |f, n| {
            let mut inner = json!({});
            for _ in 0..n / 2 - 1 {
                inner = json!({ "not": { "not": inner } });
            }
            schema(f, &if n % 2 == 0 { json!({ "not": inner }) } else { json!({ "not": { "not": inner } }) })
        },
    },
    Trial {
        limit: limits::PATTERN_BYTES,
        run: |f, n| schema(f, &json!({ "properties": {"a": {"pattern": "x".repeat(n)}} })),
    },
    Trial {
        limit: limits::ENUM_VALUES,
        run: |f, n| schema(f, &json!({ "properties": {"a": {"enum": (0..n).collect::<Vec<_>>()}} })),
    },
    Trial {
        limit: limits::BATCH_OPERATIONS,
        run: |f, n| {
            f.call("batch", &json!({ "operations": (0..n).map(|n| relationship(f, n)).collect::<Vec<_>>() }))
        },
    },
    Trial {
        limit: limits::BATCH_BYTES,
        run: |f, n| {
            let piece = |bytes: usize| json!({"type": "upsert_record", "collection": "c", "id": "r", "data": {"a": "x".repeat(bytes)}});
            let empty = json!([piece(0), piece(0), piece(0), piece(0), piece(0)]).to_string().len();
            let each = (n - empty) / 5;
            let last = n - empty - 4 * each;
            f.call(
                "batch",
                &json!({ "operations": [piece(each), piece(each), piece(each), piece(each), piece(last)] }),
            )
        },
    },
    Trial {
        limit: limits::FILTER_DEPTH,
        run: |f, n| {
            let mut filter = json!({ "field": "data.a", "op": "eq", "value": 1 });
            for _ in 1..n {
                filter = json!({ "not": filter });
            }
            query(f, json!({ "filter": filter }))
        },
    },
    Trial {
        limit: limits::FILTER_CLAUSES,
        run: |f, n| {
            let clause = json!({ "field": "data.a", "op": "eq", "value": 1 });
            query(f, json!({ "filter": { "or": vec![clause; n] } }))
        },
    },
    Trial {
        limit: limits::IN_VALUES,
        run: |f, n| {
            query(
                f,
                json!({ "filter": { "field": "data.a", "op": "in", "value": (0..n).collect::<Vec<_>>() } }),
            )
        },
    },
    Trial {
        limit: limits::LIKE_BYTES,
        run: |f, n| {
            query(f, json!({ "filter": { "field": "data.a", "op": "like", "value": "x".repeat(n) } }))
        },
    },
    Trial { limit: limits::PAGE_ROWS, run: |f, n| query(f, json!({ "limit": n })) },
    Trial { limit: limits::PAGE_OFFSET, run: |f, n| query(f, json!({ "offset": n })) },
    Trial {
        limit: limits::GROUP_FIELDS,
        run: |f, n| {
            let fields: Vec<String> = (0..n).map(|n| format!("data.f{n}")).collect();
            let count = json!([{ "fn": "count", "alias": "n" }]);
            f.call("aggregate", &json!({ "collection": "c", "aggregations": count, "group_by": fields }))
        },
    },
    Trial {
        limit: limits::SORT_FIELDS,
        run: |f, n| {
            let sort: Vec<Value> = (0..n).map(|n| json!({ "field": format!("data.f{n}") })).collect();
            query(f, json!({ "sort": sort }))
        },
    },
    Trial {
        limit: limits::AGGREGATIONS,
        run: |f, n| {
            let list: Vec<Value> =
                (0..n).map(|n| json!({ "fn": "count", "alias": format!("a{n}") })).collect();
            f.call("aggregate", &json!({ "collection": "c", "aggregations": list }))
        },
    },
    Trial {
        limit: limits::TRAVERSAL_DEPTH,
        run: |f, n| f.call("query_relationships", &json!({ "collection": "c", "id": "seed", "depth": n })),
    },
    Trial {
        limit: limits::EXTERNAL_ID_BYTES,
        run: |f, n| {
            f.call("upsert_record", &json!({ "collection": "c", "external_id": "x".repeat(n), "data": {} }))
        },
    },
    Trial {
        limit: limits::EXTERNAL_SOURCE_BYTES,
        run: |f, n| {
            let source = "x".repeat(n);
            f.call(
                "upsert_record",
                &json!({ "collection": "c", "external_id": "e", "external_source": source, "data": {} }),
            )
        },
    },
    Trial { limit: limits::TOKEN_NAME_BYTES, run: |f, n| token(f, json!({ "name": "x".repeat(n) })) },
    Trial { limit: limits::TOKEN_SCOPE, run: |f, n| token(f, json!({ "workspaces": vec!["w"; n] })) },
    Trial {
        limit: limits::PASSPHRASE_BYTES,
        run: |f, n| f.store.protect(&"x".repeat(n), Some(&"x".repeat(n - 1))).map(|()| json!({})),
    },
];

#[test]
fn each_limit_holds_at_its_bound_and_refuses_one_more() {
    let mut failures = Vec::new();
    for Trial { limit, run } in TRIALS {
        let f = Fixture::new();
        f.collection("c", &json!({}));
        f.call("upsert_record", &json!({ "collection": "c", "id": "seed", "data": {} })).unwrap();
        if let Err(error) = run(&f, limit.len()) {
            failures.push(format!("{} at {}: {error}", limit.name, limit.max));
        }
        match run(&f, limit.len() + 1) {
            Ok(_) => failures.push(format!("{} lets {} through", limit.name, limit.max + 1)),
            Err(error) if error.code() != limit.code => {
                failures.push(format!("{} gives {error}, not {}", limit.name, limit.code));
            }
            Err(error) if !error.message().contains(&limit.max.to_string()) => {
                failures.push(format!("{} does not name its bound: {error}", limit.name));
            }
            Err(_) => {}
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn a_workspace_holds_a_thousand_collections_and_no_more() {
    let f = Fixture::new();
    for batch in 0..limits::COLLECTIONS.len() / 100 {
        let operations: Vec<Value> = (0..100)
            .map(|n| json!({"type": "upsert_collection", "collection": format!("c{}", batch * 100 + n), "schema": {}}))
            .collect();
        f.call("batch", &json!({ "operations": operations })).unwrap();
    }
    let error = f.call("upsert_collection", &json!({ "collection": "more", "schema": {} })).unwrap_err();
    assert_eq!(error.code(), Code::LimitExceeded);
    f.call("delete_collection", &json!({ "collection": "c7" })).unwrap();
    f.call("upsert_collection", &json!({ "collection": "more", "schema": {} })).unwrap();
}

#[test]
fn schemas_that_double_are_refused_by_their_cost() {
    let f = Fixture::new();
    let mut defs = serde_json::Map::new();
    for n in 0..40 {
        let next = format!("#/$defs/d{}", n + 1);
        defs.insert(format!("d{n}"), json!({ "anyOf": [{ "$ref": next }, { "$ref": next }] }));
    }
    defs.insert("d40".into(), json!({ "type": "string" }));
    let error =
        schema(&f, &json!({ "$defs": defs, "properties": { "a": { "$ref": "#/$defs/d0" } } })).unwrap_err();
    assert_eq!(error.code(), Code::SchemaTooComplex);
    let wide = |n: usize| json!({ "properties": {"a": { "anyOf": vec![json!({ "minLength": 1 }); n] }} });
    schema(&f, &wide(9_000)).unwrap();
    assert_eq!(schema(&f, &wide(10_001)).unwrap_err().code(), Code::SchemaTooComplex);
}

#[test]
fn a_schema_step_of_a_batch_checks_ten_thousand_records_and_no_more() {
    let f = Fixture::new();
    f.collection("c", &json!({}));
    let import = |lines: usize, from: usize| {
        let text: String = (from..from + lines).map(|n| format!("{{\"n\":{n}}}\n")).collect();
        let request =
            rekor_core::api::transfer::ImportRecords { collection: "c".into(), ..Default::default() };
        f.ws.import_records(&request, &mut text.as_bytes(), &mut |_| Ok(())).unwrap();
    };
    let change = |title: &str| {
        let step = json!({"type": "upsert_collection", "collection": "c", "schema": {"title": title, "properties": {"n": {"type": "integer"}}}});
        f.call("batch", &json!({ "operations": [step] }))
    };
    import(limits::BATCH_SCHEMA_RECORDS.len(), 0);
    change("at the bound").unwrap();
    import(1, 10_000);
    let error = change("beyond").unwrap_err();
    assert_eq!(error.code(), Code::LimitExceeded);
    assert_eq!(error.pointer(), Some("/operations/0/collection"));
    let alone =
        json!({ "collection": "c", "schema": {"properties": {"n": {"type": "integer", "x-unique": true}}} });
    assert_eq!(f.call("upsert_collection", &alone).unwrap()["version"], 3);
    assert!(f.ws.check().unwrap().problems.is_empty());
    let bad = json!({ "collection": "c", "schema": {"properties": {"n": {"type": "integer", "maximum": 9_999, "x-index": true}}} });
    let error = f.call("upsert_collection", &bad).unwrap_err();
    assert_eq!(error.code(), Code::SchemaIncompatible);
    assert!(f.ws.check().unwrap().problems.is_empty());
}

#[test]
fn one_commit_holds_a_hundred_thousand_changes_and_no_more() {
    let f = Fixture::new();
    f.collection("c", &json!({}));
    f.call("upsert_record", &json!({ "collection": "c", "id": "hub", "data": {} })).unwrap();
    let link = |from: usize, n: usize| {
        let text: String = (from..from + n)
            .map(|n| format!("{{\"source\":\"c/hub\",\"target\":\"c/r{n}\",\"type\":\"t\"}}\n"))
            .collect();
        f.ws.import_relationships(&mut text.as_bytes(), false, false, &mut |_| Ok(())).unwrap();
    };
    link(0, limits::COMMIT_CHANGES.len());
    let error = f.call("delete_record", &json!({ "collection": "c", "id": "hub" })).unwrap_err();
    assert_eq!(error.code(), Code::LimitExceeded);
    assert!(error.hint_text().unwrap().contains("relationships delete --touching c/hub"));
    let one = json!({ "rel_type": "t", "source_collection": "c", "source_id": "hub", "target_collection": "c", "target_id": "r0" });
    let id = f.call("upsert_relationship", &one).unwrap()["id"].as_str().unwrap().to_owned();
    f.call("delete_relationship", &json!({ "id": id })).unwrap();
    let answer = f.call("delete_record", &json!({ "collection": "c", "id": "hub" })).unwrap();
    assert_eq!(answer["relationships_deleted"], limits::COMMIT_CHANGES.max - 1);
    f.call("upsert_record", &json!({ "collection": "c", "id": "hub", "data": {} })).unwrap();
    link(0, limits::COMMIT_CHANGES.len() + 1);
    let answer = f.call("delete_touching", &json!({ "collection": "c", "id": "hub" })).unwrap();
    assert_eq!(answer["relationships_deleted"], limits::COMMIT_CHANGES.max + 1);
}

#[test]
fn one_commit_holds_sixty_four_mebibytes_and_no_more() {
    let f = Fixture::new();
    f.collection("c", &json!({}));
    f.call("upsert_record", &json!({ "collection": "c", "id": "hub", "data": {} })).unwrap();
    let big = "x".repeat(limits::RECORD_BYTES.len() - 100);
    for n in 0..65 {
        let request = json!({ "rel_type": "t", "source_collection": "c", "source_id": "hub", "target_collection": "c",
            "target_id": format!("r{n}"), "data": { "a": big } });
        f.call("upsert_relationship", &request).unwrap();
    }
    let delete = json!({ "collection": "c", "id": "hub" });
    assert_eq!(f.call("delete_record", &delete).unwrap_err().code(), Code::LimitExceeded);
    assert_eq!(f.call("query_relationships", &delete).unwrap()["meta"]["has_more"], true);
    assert_eq!(f.call("delete_touching", &delete).unwrap()["relationships_deleted"], 65);
    f.call("delete_record", &delete).unwrap();
}

#[test]
fn an_aggregate_has_a_hundred_thousand_groups_and_no_more() {
    let f = Fixture::new();
    f.collection("c", &json!({}));
    let import = |lines: std::ops::Range<usize>| {
        let text: String = lines.map(|n| format!("{{\"n\":{n}}}\n")).collect();
        let request =
            rekor_core::api::transfer::ImportRecords { collection: "c".into(), ..Default::default() };
        f.ws.import_records(&request, &mut text.as_bytes(), &mut |_| Ok(())).unwrap();
    };
    let count = json!([{ "fn": "count", "alias": "n" }]);
    let request = json!({ "collection": "c", "aggregations": count, "group_by": ["data.n"] });
    let most = limits::GROUPS.len();
    import(0..most);
    assert_eq!(f.call("aggregate", &request).unwrap()["data"].as_array().unwrap().len(), most);
    import(most..most + 1);
    assert_eq!(f.call("aggregate", &request).unwrap_err().code(), Code::QueryTooExpensive);
}

#[test]
fn a_traversal_visits_a_hundred_thousand_records_and_no_more() {
    let f = Fixture::new();
    f.collection("c", &json!({}));
    let link = |ends: std::ops::Range<usize>| {
        let text: String = ends
            .map(|n| format!("{{\"source\":\"c/hub\",\"target\":\"c/r{n}\",\"type\":\"t\"}}\n"))
            .collect();
        f.ws.import_relationships(&mut text.as_bytes(), false, false, &mut |_| Ok(())).unwrap();
    };
    let request = json!({ "collection": "c", "id": "hub", "direction": "outgoing" });
    // The start counts as visited.
    let most = limits::TRAVERSAL_VISITED.len() - 1;
    link(0..most);
    assert_eq!(f.call("query_relationships", &request).unwrap()["meta"]["has_more"], true);
    link(most..most + 1);
    assert_eq!(f.call("query_relationships", &request).unwrap_err().code(), Code::QueryTooExpensive);
}

#[test]
fn every_limit_of_the_table_is_tried() {
    // Tried by tests of their own, here or beside the code: those that need many records or time.
    let elsewhere = [
        "collections",
        "tokens",
        "schema_cost",
        "pattern_compiled_bytes",
        "batch_schema_records",
        "commit_changes",
        "commit_bytes",
        "groups",
        "aggregate_bytes",
        "traversal_visited",
        "query_ms",
        "snapshot_ms",
    ];
    for limit in limits::ALL {
        let here = TRIALS.iter().any(|trial| trial.limit.name == limit.name);
        assert!(here || elsewhere.contains(&limit.name), "the limit `{}` has no test", limit.name);
    }
}
