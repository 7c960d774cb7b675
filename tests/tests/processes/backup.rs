//! Backups beside other processes: each is one moment of a workspace that is written to, and a restore that is killed
//! leaves no workspace.

use rekor_core::api::history::ListChanges;
use rekor_core::api::record::GetRecord;
use rekor_core::api::transfer::{ExportRecords, ImportRecords};
use rekor_core::api::workspace::{DeleteWorkspace, ListWorkspaces};
use rekor_core::{Store, Workspace};
use serde_json::{Value, json};

use crate::sandbox::{Sandbox, Worker, rounds, seed, write};

fn exported(ws: &Workspace) -> Vec<Value> {
    let mut text = Vec::new();
    let request = ExportRecords { collection: "ledger".into(), ..ExportRecords::default() };
    ws.export_records(&request, &mut text, &mut |_| Ok(())).unwrap();
    serde_json::Deserializer::from_slice(&text).into_iter().map(Result::unwrap).collect()
}

/// All changes up to a commit.
fn changes(ws: &Workspace, until: u64) -> Vec<Value> {
    let (mut all, mut since) = (Vec::new(), 0);
    loop {
        let page = ws.run(&ListChanges { since, ..ListChanges::default() }).unwrap();
        since = page.next_since;
        all.extend(
            page.data.iter().filter(|change| change.seq <= until).map(|c| serde_json::to_value(c).unwrap()),
        );
        if !page.has_more {
            return all;
        }
    }
}

fn ledger(sandbox: &Sandbox, records: u32) {
    sandbox.ops(|ws| {
        let account = |n: u32| {
            json!({"id": format!("a{n:04}"), "data": {"kind": "account", "amount": 100}}).to_string() + "\n"
        };
        let lines: String = (0..records).map(account).collect();
        let request = ImportRecords { collection: "ledger".into(), whole: true, ..ImportRecords::default() };
        ws.import_records(&request, &mut lines.as_bytes(), &mut |_| Ok(())).unwrap();
    });
}

/// Restores a backup elsewhere and compares it with what its workspace was at that commit.
fn assert_moment(bytes: &[u8], seq: u64, original: &Workspace, rng: &mut fastrand::Rng) {
    let elsewhere = Sandbox::new();
    let store = elsewhere.open();
    store.restore(&mut &*bytes, "ops").unwrap();
    let copy = store.workspace("ops").unwrap();
    assert_eq!(copy.seq().unwrap(), seq);
    let report = copy.check().unwrap();
    assert_eq!(report.problems, [""; 0]);
    assert!(changes(&copy, u64::MAX) == changes(original, seq), "another history at {seq}");
    let rows = exported(&copy);
    assert_eq!(report.records, rows.len() as u64);
    let amounts = |kind: &str| -> (usize, i64) {
        let of = rows.iter().filter(|row| row["data"]["kind"] == kind);
        (of.clone().count(), of.map(|row| row["data"]["amount"].as_i64().unwrap()).sum())
    };
    assert_eq!(amounts("account"), (3_000, 300_000));
    assert_eq!(amounts("import").1, 0);
    for _ in 0..100 {
        let row = &rows[rng.usize(..rows.len())];
        let request = GetRecord {
            collection: "ledger".into(),
            id: Some(row["id"].as_str().unwrap().to_owned()),
            at: Some(seq.to_string()),
            ..GetRecord::default()
        };
        assert_eq!(serde_json::to_value(original.run(&request).unwrap()).unwrap(), *row);
    }
    store.close().unwrap();
}

#[test]
fn a_backup_made_while_processes_write_is_one_moment_of_the_workspace() {
    let seed = seed();
    let mut rng = fastrand::Rng::with_seed(seed);
    let sandbox = Sandbox::with(&[("ledger", r#"{"properties":{"amount":{"type":"integer"}}}"#)]);
    ledger(&sandbox, 3_000);
    let writers: Vec<Worker> = (0..2)
        .map(|n| sandbox.worker("ledger", &[&format!("w{n}"), &seed.wrapping_add(n).to_string(), "60"]))
        .collect();
    assert!(writers.iter().all(|writer| writer.hear() == "ready"));
    sandbox.ops(|ws| {
        let mut backups = Vec::new();
        for _ in 0..6 {
            let mut bytes = Vec::new();
            let report = ws.backup(&mut bytes).unwrap();
            backups.push((bytes, report.seq));
            // Somebody else writes before the next one.
            while ws.seq().unwrap() == report.seq && backups.len() < 3 {}
        }
        assert!(
            backups.first().map(|(_, seq)| seq) < backups.last().map(|(_, seq)| seq),
            "nobody wrote meanwhile"
        );
        writers.iter().for_each(|writer| drop(writer.hear()));
        writers.into_iter().for_each(Worker::end);
        for (bytes, seq) in &backups {
            assert_moment(bytes, *seq, ws, &mut rng);
        }
    });
}

fn has_copy(store: &Store) -> bool {
    store.run(&ListWorkspaces {}).unwrap().data.iter().any(|about| about.id == "copy")
}

#[test]
fn a_restore_killed_at_random_moments_leaves_a_whole_workspace_or_none() {
    let mut rng = fastrand::Rng::with_seed(seed());
    let sandbox = Sandbox::with(&[("ledger", "{}")]);
    ledger(&sandbox, 8_000);
    let file = sandbox.path("ops.backup");
    let mut bytes = Vec::new();
    sandbox.ops(|ws| ws.backup(&mut bytes).unwrap());
    write(&file, &bytes);
    let (mut none, mut whole) = (0, 0);
    for _ in 0..rounds(40) {
        let worker = sandbox.worker("restore", &[file.to_str().unwrap(), "copy"]);
        assert_eq!(worker.hear(), "ready");
        let ended = if rng.u8(..8) == 0 { worker.next() } else { worker.hear_within(rng.u64(..150_000)) };
        worker.kill();
        let store = sandbox.open();
        let there = has_copy(&store);
        assert!(there || ended.is_none(), "it said that it was done");
        if there {
            let report = store.workspace("copy").unwrap().check().unwrap();
            assert_eq!((report.records, report.problems), (8_000, Vec::new()));
            store.run(&DeleteWorkspace { id: "copy".into(), with_previews: false, yes: true }).unwrap();
            whole += 1;
        } else {
            none += 1;
        }
        store.close().unwrap();
    }
    println!("{none} left none, {whole} a whole one");
    let store = sandbox.open();
    store.restore(&mut bytes.as_slice(), "copy").unwrap();
    store.close().unwrap();
}
