//! Compacting a store that other processes use, or that nobody uses.

use std::fmt::Write as _;
use std::fs;

use rekor_core::Json;
use rekor_core::api::batch::Batch;
use serde_json::Value;

use crate::sandbox::{Sandbox, seed, write};

const RECORDS: usize = 10_000;

/// A store that held many records, of which every hundredth is left.
fn hollow() -> Sandbox {
    let sandbox = Sandbox::with(&[("items", r#"{"properties":{"n":{"type":"integer","x-index":true}}}"#)]);
    let mut lines = String::new();
    for n in 0..RECORDS {
        let _ = writeln!(lines, r#"{{"key":"k{n}","n":{n},"text":"{}"}}"#, "x".repeat(500));
    }
    write(&sandbox.path("lines.ndjson"), lines);
    sandbox
        .rekor(&["records", "import", "items", "--file", "lines.ndjson", "--external-id-field", "key"])
        .ok();
    let gone: Vec<usize> = (0..RECORDS).filter(|n| n % 100 != 0).collect();
    sandbox.ops(|ws| {
        for some in gone.chunks(100) {
            let deletes: Vec<String> = some
                .iter()
                .map(|n| format!(r#"{{"type":"delete_record","collection":"items","external_id":"k{n}"}}"#))
                .collect();
            ws.run(&Batch { operations: Json::from_text(format!("[{}]", deletes.join(","))) }).unwrap();
        }
    });
    sandbox
}

fn bytes(sandbox: &Sandbox) -> u64 {
    fs::metadata(sandbox.files().last().unwrap()).unwrap().len()
}

fn records(sandbox: &Sandbox) -> String {
    sandbox.rekor(&["records", "export", "items"]).ok().out
}

fn is_sound(sandbox: &Sandbox) {
    let report = sandbox.rekor(&["check", "-o", "json"]).json();
    assert_eq!(
        (&report["records"], &report["problems_total"]),
        (&(RECORDS / 100).into(), &0.into()),
        "{report}"
    );
}

#[test]
fn a_store_that_lost_most_of_its_records_shrinks_and_holds_the_same() {
    let sandbox = hollow();
    let (before, held) = (bytes(&sandbox), records(&sandbox));
    assert_eq!(held.lines().count(), RECORDS / 100);
    let report = sandbox.rekor(&["compact", "-o", "json"]).json();
    assert_eq!(report.as_object().unwrap().len(), 2);
    assert_eq!(report["bytes_before"], before);
    assert_eq!(report["bytes_after"], bytes(&sandbox));
    assert!(bytes(&sandbox) < before * 3 / 4, "{report}");
    assert_eq!(records(&sandbox), held);
    is_sound(&sandbox);
    let again = sandbox.rekor(&["compact", "--workspace", "ops", "--exclusive", "-o", "json"]).json();
    assert!(again["bytes_after"].as_u64() <= report["bytes_after"].as_u64(), "{again}");
    sandbox.rekor(&["records", "upsert", "items", "--data", r#"{"n":1}"#]).ok();
}

#[test]
fn a_store_that_another_process_reads_is_busy_and_is_compacted_once_it_ends() {
    let sandbox = hollow();
    let held = records(&sandbox);
    let mut holder = sandbox.worker("hold", &[]);
    let holding = holder.hear();
    let before = bytes(&sandbox);
    let error = sandbox.rekor(&["compact", "--busy-timeout", "100ms", "-o", "json"]).error();
    assert_eq!(error["code"], "busy", "{error}");
    assert!(error["hint"].as_str().unwrap().contains("close what reads"), "{error}");
    assert!(bytes(&sandbox) <= before, "tries do not make it grow");
    assert_eq!(records(&sandbox), held);
    holder.say("enough");
    assert_eq!(holder.hear().replace("held", "holding"), holding);
    holder.end();
    sandbox.rekor(&["compact"]).ok();
    assert!(bytes(&sandbox) < before);
    assert_eq!(records(&sandbox), held);
    is_sound(&sandbox);
}

#[test]
fn a_compaction_waits_for_a_reader_that_ends_in_time() {
    let sandbox = hollow();
    let mut holder = sandbox.worker("hold", &[]);
    assert!(holder.hear().starts_with("holding"));
    let rekor = sandbox.path("../bin/rekor");
    let compact = sandbox.command(rekor.to_str().unwrap()).args(["compact", "--busy-timeout", "60s"]).spawn();
    holder.say("enough");
    holder.end();
    assert!(compact.unwrap().wait().unwrap().success());
    is_sound(&sandbox);
}

#[test]
fn writers_of_other_processes_go_on_while_it_is_compacted() {
    let sandbox = hollow();
    let mut writer = sandbox.worker("serve", &[]);
    assert_eq!(writer.hear(), "ready");
    writer.ask("open ops");
    for n in 0..5 {
        let rekor = sandbox.path("../bin/rekor");
        let mut compact = sandbox
            .command(rekor.to_str().unwrap())
            .args(["compact", "--busy-timeout", "60s"])
            .spawn()
            .unwrap();
        for i in 0..20 {
            let record =
                format!(r#"upsert_record {{"collection":"items","id":"w{n}-{i}","data":{{"n":{i}}}}}"#);
            assert_eq!(writer.ask(&record)["changed"], true);
            let read: Value = writer.ask(&format!(r#"get_record {{"collection":"items","id":"w{n}-{i}"}}"#));
            assert_eq!(read["data"]["n"], i);
        }
        assert!(compact.wait().unwrap().success());
    }
    writer.end();
    let report = sandbox.rekor(&["check", "-o", "json"]).json();
    assert_eq!((&report["records"], &report["problems_total"]), (&200.into(), &0.into()), "{report}");
}

#[test]
fn a_compaction_that_is_killed_at_random_moments_loses_nothing() {
    let sandbox = hollow();
    let mut rng = fastrand::Rng::with_seed(seed());
    let held = records(&sandbox);
    // It tells nothing more, so to listen to it is to wait.
    let silent = sandbox.worker("serve", &[]);
    assert_eq!(silent.hear(), "ready");
    let file = sandbox.files().pop().unwrap();
    let hollow = fs::read(&file).unwrap();
    let mut kills = 0;
    for _ in 0..12 {
        write(&file, &hollow);
        let rekor = sandbox.path("../bin/rekor");
        let mut compact =
            sandbox.command(rekor.to_str().unwrap()).args(["compact", "-o", "json"]).spawn().unwrap();
        silent.hear_within(rng.u64(0..150_000));
        compact.kill().unwrap();
        kills += u32::from(!compact.wait().unwrap().success());
        assert_eq!(records(&sandbox), held);
        is_sound(&sandbox);
    }
    println!("{kills} of 12 were killed before they ended");
    silent.end();
    sandbox.rekor(&["compact"]).ok();
    assert_eq!(records(&sandbox), held);
    is_sound(&sandbox);
}
