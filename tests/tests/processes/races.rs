//! Processes that want the same thing: one makes it, the others find it made.

use rekor_core::api::relationship::{Direction, QueryRelationships};
use rekor_core::api::transfer::ExportRecords;
use serde_json::{Value, json};

use crate::sandbox::{Sandbox, Worker, seed};

#[test]
fn eight_processes_that_upsert_the_same_ids_and_links_on_a_new_store_make_each_once() {
    const PROCESSES: usize = 8;
    const COUNT: usize = 1_000;
    let (seed, sandbox) = (seed(), Sandbox::new());
    let mut workers: Vec<Worker> = (0..PROCESSES as u64)
        .map(|n| sandbox.worker("race", &[&COUNT.to_string(), &seed.wrapping_add(n).to_string()]))
        .collect();
    assert!(workers.iter().all(|worker| worker.hear() == "ready"));
    assert!(!sandbox.store().exists(), "nobody has made it yet");
    workers.iter_mut().for_each(|worker| worker.say("go"));
    let made: Vec<Vec<usize>> = workers
        .iter()
        .map(|worker| worker.hear().split(' ').map(|word| word.parse().unwrap()).collect())
        .collect();
    workers.into_iter().for_each(Worker::end);
    assert_eq!(made.iter().map(|made| made[0]).sum::<usize>(), COUNT, "records that a process says it made");
    assert_eq!(made.iter().map(|made| made[1]).sum::<usize>(), COUNT, "links that a process says it made");
    sandbox.ops(|ws| {
        let report = ws.check().unwrap();
        assert_eq!((report.records, report.relationships), (COUNT as u64 + 1, COUNT as u64));
        assert_eq!(report.problems, [""; 0]);
        let mut text = Vec::new();
        let request = ExportRecords { collection: "items".into(), ..ExportRecords::default() };
        ws.export_records(&request, &mut text, &mut |_| Ok(())).unwrap();
        let rows = serde_json::Deserializer::from_slice(&text).into_iter::<Value>();
        let mut ids: Vec<u64> = rows.map(|row| row.unwrap()["data"]["n"].as_u64().unwrap()).collect();
        ids.sort_unstable();
        assert!(ids.into_iter().eq(0..COUNT as u64));
        assert_eq!(links_of_hub(ws), COUNT, "each record has one link to the hub");
    });
}

/// How many different records lead to the hub, by following every page.
fn links_of_hub(ws: &rekor_core::Workspace) -> usize {
    let mut found = std::collections::BTreeSet::new();
    let mut request = QueryRelationships {
        collection: "hubs".into(),
        id: "hub".into(),
        direction: Direction::Incoming,
        limit: Some(300),
        ..QueryRelationships::default()
    };
    loop {
        let page = ws.run(&request).unwrap();
        for hop in page.data {
            assert!(found.insert(hop.relationship.source.id), "the same record twice");
        }
        request.cursor = page.meta.next_cursor;
        if request.cursor.is_none() {
            return found.len();
        }
    }
}

#[test]
fn of_two_processes_that_race_for_a_unique_value_one_wins() {
    const ROUNDS: usize = 150;
    let sandbox = Sandbox::with(&[("codes", r#"{"properties":{"code":{"type":"string","x-unique":true}}}"#)]);
    let mut workers = [sandbox.worker("serve", &[]), sandbox.worker("serve", &[])];
    for worker in &mut workers {
        assert_eq!(worker.hear(), "ready");
        worker.ask("open ops");
    }
    let mut wins = [0; 2];
    for round in 0..ROUNDS {
        for (n, worker) in workers.iter_mut().enumerate() {
            let record = json!({"collection": "codes", "id": format!("{round}-{n}"), "data": {"code": format!("c{round}")}});
            worker.say(&format!("upsert_record {record}"));
        }
        let answers: Vec<Value> =
            workers.iter().map(|worker| serde_json::from_str(&worker.hear()).unwrap()).collect();
        let won: Vec<usize> = (0..2).filter(|n| answers[*n]["changed"] == true).collect();
        assert_eq!(won.len(), 1, "{answers:?}");
        wins[won[0]] += 1;
        let error = &answers[1 - won[0]]["error"];
        assert_eq!(error["code"], "unique_violation", "{error}");
        assert_eq!(error["details"][0]["id"], format!("{round}-{}", won[0]), "{error}");
    }
    workers.into_iter().for_each(Worker::end);
    println!("wins: {wins:?}");
    sandbox.ops(|ws| {
        let report = ws.check().unwrap();
        assert_eq!((report.records, report.problems), (ROUNDS as u64, Vec::new()));
    });
}

#[test]
fn of_two_processes_that_create_a_record_with_if_version_zero_one_wins() {
    let sandbox = Sandbox::with(&[("items", "{}")]);
    let mut workers = [sandbox.worker("serve", &[]), sandbox.worker("serve", &[])];
    for worker in &mut workers {
        assert_eq!(worker.hear(), "ready");
        worker.ask("open ops");
    }
    for round in 0..50 {
        for (n, worker) in workers.iter_mut().enumerate() {
            let record =
                json!({"collection": "items", "id": format!("r{round}"), "data": {"by": n}, "if_version": 0});
            worker.say(&format!("upsert_record {record}"));
        }
        let answers: Vec<Value> =
            workers.iter().map(|worker| serde_json::from_str(&worker.hear()).unwrap()).collect();
        let codes: Vec<&Value> = answers.iter().map(|answer| &answer["error"]["code"]).collect();
        let winner = codes.iter().position(|code| code.is_null()).unwrap();
        assert_eq!(codes[1 - winner], "version_conflict");
        assert_eq!(
            answers[1 - winner]["error"]["details"][0]["data"]["by"],
            winner,
            "the winner's record is shown"
        );
    }
    workers.into_iter().for_each(Worker::end);
}
