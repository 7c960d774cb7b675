//! Processes that are killed at a random moment: what they were told is stored is there, and only whole commits.

use std::fmt::Write as _;

use rekor_core::api::record::GetRecord;
use rekor_core::api::transfer::{ExportRecords, ImportRecords};
use rekor_core::{Code, Workspace};
use serde_json::Value;

use crate::sandbox::{Sandbox, Worker, seed, write};

/// Lines that one commit of an import holds, and of a file that needs four commits.
const COMMIT_LINES: u64 = 3_800;
const FILE_LINES: u64 = 3 * COMMIT_LINES + 100;

/// Waits for a random moment: after some line that the worker tells, or at any time.
fn wait_at_random(worker: &Worker, rng: &mut fastrand::Rng) -> Vec<String> {
    let mut told = Vec::new();
    if rng.bool() {
        for _ in 0..rng.u8(0..4) {
            told.extend(worker.next());
        }
    }
    let longest = if rng.bool() { 3_000 } else { 100_000 };
    for _ in 0..rng.u8(1..4) {
        told.extend(worker.hear_within(rng.u64(0..longest)));
    }
    told
}

/// The largest number after `word` in what a worker told.
fn told_number(told: &[String], word: &str) -> Option<u64> {
    let numbers = told
        .iter()
        .filter_map(|line| line.strip_prefix(word)?.strip_prefix(' ')?.split(' ').next()?.parse().ok());
    numbers.max()
}

/// The numbers of the records of a collection, sorted.
fn numbers(ws: &Workspace, collection: &str) -> Vec<u64> {
    let mut text = Vec::new();
    let request = ExportRecords { collection: collection.into(), ..ExportRecords::default() };
    match ws.export_records(&request, &mut text, &mut |_| Ok(())) {
        Err(error) if error.code() == Code::CollectionNotFound => return Vec::new(),
        exported => exported.unwrap(),
    };
    let rows = serde_json::Deserializer::from_slice(&text).into_iter::<Value>();
    let mut numbers: Vec<u64> = rows.map(|row| row.unwrap()["data"]["n"].as_u64().unwrap()).collect();
    numbers.sort_unstable();
    numbers
}

/// How many lines of the import are stored: whole commits, each line once.
fn stored(sandbox: &Sandbox, collection: &str, check: bool) -> u64 {
    let store = sandbox.open();
    let found = match store.workspace("ops") {
        Err(error) if error.code() == Code::WorkspaceNotFound => 0,
        workspace => {
            let workspace = workspace.unwrap();
            let numbers = numbers(&workspace, collection);
            let found = numbers.len() as u64;
            assert!(numbers.into_iter().eq(0..found), "a line is missing or there twice");
            assert!(
                found == FILE_LINES || found.is_multiple_of(COMMIT_LINES),
                "{found} lines are half a commit"
            );
            if check {
                assert_eq!(workspace.check().unwrap().problems, [""; 0]);
            }
            found
        }
    };
    store.close().unwrap();
    found
}

fn import_file(sandbox: &Sandbox) -> String {
    let mut text = String::new();
    for n in 0..FILE_LINES {
        let _ = writeln!(text, "{{\"n\":{n},\"key\":\"k{n}\"}}");
    }
    let path = sandbox.path("lines.ndjson");
    write(&path, text);
    path.to_str().unwrap().to_owned()
}

/// Kills imports; each file goes to the same store, or to one that nobody has made yet.
fn killed_imports(files_per_store: u32, kills_wanted: u32) {
    let mut rng = fastrand::Rng::with_seed(seed());
    let mut sandbox = Sandbox::new();
    let mut file = import_file(&sandbox);
    let (mut files, mut before, mut kills) = (0, 0, 0);
    while kills < kills_wanted {
        let collection = format!("c{files}");
        let worker = sandbox.worker("import", &[&collection, &file]);
        let mut told = wait_at_random(&worker, &mut rng);
        told.extend(worker.kill());
        let now = stored(&sandbox, &collection, kills % 20 == 0);
        let acknowledged = told_number(&told, "ack").unwrap_or(0);
        assert!(now >= acknowledged, "acknowledged {acknowledged}, stored {now}: {told:?}");
        assert!(now >= before, "what an earlier run stored is gone: {before}, now {now}");
        // Of a file that was stored as a whole, an import may have begun again and found each line as it is.
        if let Some(line) = told_number(&told, "resumed").filter(|_| before < FILE_LINES) {
            assert_eq!(line, before, "it went on somewhere else");
        }
        match told.iter().find(|line| line.starts_with("done")) {
            // It ended before it was killed, so it goes on to another file, or on a store that nobody has made yet.
            Some(_) => {
                assert_eq!(now, FILE_LINES);
                (files, before) = (files + 1, 0);
                if files % files_per_store == 0 {
                    sandbox = Sandbox::new();
                    file = import_file(&sandbox);
                }
            }
            None => (kills, before) = (kills + 1, now),
        }
    }
    println!("{files} files were imported in spite of {kills} kills");
    assert!(files > 0, "no import ever ended");
}

#[test]
fn an_import_killed_at_100_random_moments_loses_nothing_it_acknowledged() {
    killed_imports(3, 100);
}

#[test]
fn an_import_into_a_new_store_killed_at_100_random_moments_loses_nothing_it_acknowledged() {
    killed_imports(1, 100);
}

#[test]
fn an_import_that_was_killed_resumes_and_makes_each_record_exactly_once() {
    let sandbox = Sandbox::new();
    let file = import_file(&sandbox);
    for commits in 1..3 {
        let worker = sandbox.worker("import", &["items", &file]);
        while told_number(&[worker.hear()], "ack").unwrap_or(0) < commits * COMMIT_LINES {}
        worker.kill();
        stored(&sandbox, "items", true);
    }
    let before = stored(&sandbox, "items", true);
    let worker = sandbox.worker("import", &["items", &file]);
    let told: Vec<String> = std::iter::from_fn(|| worker.next()).collect();
    worker.end();
    // A slow kill may come after the last commit: then every line is found as it is, and none is made.
    let made = told_number(&told, "done").filter(|_| before < FILE_LINES);
    if made.is_some() {
        assert!(told.contains(&format!("resumed {before}")), "{told:?}");
        assert_eq!(told.last().unwrap(), &format!("done {FILE_LINES} {FILE_LINES}"), "{told:?}");
    }
    assert_eq!(stored(&sandbox, "items", true), FILE_LINES);
}

#[test]
fn a_process_that_writes_batches_killed_at_100_random_moments_leaves_no_half_batch() {
    let mut rng = fastrand::Rng::with_seed(seed());
    let sandbox = Sandbox::with(&[("left", "{}"), ("right", "{}")]);
    let mut next = 0;
    for kill in 0..100 {
        let worker = sandbox.worker("pairs", &[&next.to_string()]);
        assert_eq!(worker.hear(), "ready");
        let mut told = Vec::new();
        for _ in 0..rng.u8(0..12) {
            told.push(worker.hear());
        }
        told.extend(worker.hear_within(rng.u64(0..2_000)));
        told.extend(worker.kill());
        next = told_number(&told, "ack").map_or(next, |acknowledged| acknowledged + 1);
        sandbox.ops(|ws| {
            let has = |collection: &str, id: String| {
                ws.run(&GetRecord { collection: collection.into(), id: Some(id), ..GetRecord::default() })
                    .ok()
            };
            // The batch after the last that was acknowledged may be there, as a whole.
            let left = has("left", format!("l{next}")).is_some();
            assert_eq!(left, has("right", format!("r{next}")).is_some(), "half of batch {next}");
            next += u64::from(left);
            let report = ws.check().unwrap();
            let last = has("left", "last".into());
            assert_eq!(report.relationships, next, "after kill {kill}");
            assert_eq!(report.records, next * 2 + u64::from(last.is_some()), "after kill {kill}");
            assert_eq!(report.problems, [""; 0]);
            assert_eq!(
                last.map(|record| record.data.text().to_owned()),
                next.checked_sub(1).map(|n| format!(r#"{{"n":{n}}}"#))
            );
        });
    }
    assert!(next > 0, "no batch was ever written");
}

#[test]
fn an_import_that_is_interrupted_by_hand_leaves_the_store_whole() {
    use std::io::Write as _;
    let sandbox = Sandbox::with(&[("items", "{}")]);
    let rekor = sandbox.shell("command -v rekor").ok().out;
    let mut import = sandbox
        .command(rekor.trim())
        .args(["records", "import", "items", "--file", "-"])
        .stdin(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = import.stdin.take().unwrap();
    let mut text = String::new();
    for n in 0..COMMIT_LINES + 100 {
        let _ = writeln!(text, "{{\"n\":{n},\"key\":\"k{n}\"}}");
    }
    input.write_all(text.as_bytes()).unwrap();
    input.flush().unwrap();
    while stored(&sandbox, "items", false) < COMMIT_LINES {}
    assert!(sandbox.shell(&format!("kill -INT {}", import.id())).ok().err.is_empty());
    let status = import.wait().unwrap();
    assert!(!status.success(), "{status:?}");
    assert_eq!(stored(&sandbox, "items", true), COMMIT_LINES);
    drop(input);
    sandbox.ops(|ws| {
        let request = ImportRecords { collection: "items".into(), ..ImportRecords::default() };
        ws.import_records(&request, &mut &b"{\"n\":9999}\n"[..], &mut |_| Ok(())).unwrap();
    });
}
