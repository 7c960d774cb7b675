//! A schema becomes tighter while other processes write what it will refuse.

use rekor_core::api::transfer::ImportRecords;

use crate::sandbox::{Sandbox, Worker, seed};

/// Tightens `wanted` times over `stored` records while three processes write.
fn tightened_while_others_write(stored: usize, wanted: u32, tries_max: u32) {
    let (seed, sandbox) = (seed(), Sandbox::with(&[("items", r#"{"properties":{"n":{"type":"integer"}}}"#)]));
    sandbox.ops(|ws| {
        let lines: String = (0..stored).map(|n| format!("{{\"n\":{}}}\n", n % 100)).collect();
        let request = ImportRecords { collection: "items".into(), ..ImportRecords::default() };
        ws.import_records(&request, &mut lines.as_bytes(), &mut |_| Ok(())).unwrap();
    });
    let stop = sandbox.path("stop");
    let writers: Vec<Worker> = (0..3)
        .map(|n| {
            let seed = seed.wrapping_add(n).to_string();
            sandbox.worker("write", &[&format!("w{n}"), &seed, stop.to_str().unwrap()])
        })
        .collect();
    assert!(writers.iter().all(|writer| writer.hear() == "ready"));
    let tightener = sandbox.worker("tighten", &[&wanted.to_string(), &tries_max.to_string()]);
    assert_eq!(tightener.hear(), "ready");
    let end = loop {
        let line = tightener.hear();
        match line.strip_prefix("tight ") {
            Some(violations) => assert_eq!(violations, "0", "records that break the schema unnoticed"),
            None => break line,
        }
    };
    tightener.end();
    std::fs::write(stop, "").unwrap();
    let counts: Vec<String> = writers.iter().map(Worker::hear).collect();
    writers.into_iter().for_each(Worker::end);
    println!("{end}; written and refused: {counts:?}");
    assert!(!end.starts_with("end 0 "), "it never became tighter, so nothing was shown: {end}");
    sandbox.ops(|ws| {
        let report = ws.check().unwrap();
        assert!(report.records >= stored as u64);
        assert_eq!(report.problems, [""; 0]);
    });
}

#[test]
fn a_schema_tightened_over_few_records_while_others_write_is_never_broken_unnoticed() {
    tightened_while_others_write(50, 8, 4_000);
}

#[test]
fn a_schema_tightened_over_many_records_while_others_write_is_never_broken_unnoticed() {
    tightened_while_others_write(12_000, 4, 400);
}

#[test]
fn a_schema_that_stored_records_break_is_refused_and_changes_nothing() {
    let sandbox = Sandbox::with(&[("items", r#"{"properties":{"n":{"type":"integer"}}}"#)]);
    sandbox.rekor(&["records", "upsert", "items", "--id", "bad", "--data", r#"{"n":101}"#]).ok();
    let tight = r#"{"properties":{"n":{"type":"integer","maximum":100}}}"#;
    let upsert = ["collections", "upsert", "items", "--schema", tight, "-o", "json"];
    let error = sandbox.rekor(&upsert).error();
    assert_eq!(error["code"], "schema_incompatible");
    assert_eq!(error["details_total"].as_u64().unwrap_or(1), 1);
    assert!(error["details"].to_string().contains("bad"), "{error}");
    let collection = sandbox.rekor(&["collections", "get", "items", "-o", "json"]).json();
    assert_eq!(collection["version"], 1);
    let broken = sandbox.rekor(&[&upsert[..], &["--allow-breaking", "--yes"]].concat()).json();
    assert_eq!(broken["version"], 2);
    assert_eq!(sandbox.rekor(&["records", "get", "items", "bad", "-o", "json"]).json()["data"]["n"], 101);
}
