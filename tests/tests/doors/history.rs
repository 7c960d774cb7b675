//! History and changes as a user of the command meets them.

use serde_json::Value;

use crate::sandbox::Sandbox;

fn upsert(sandbox: &Sandbox, id: &str, data: &str, more: &[&str]) {
    let line = ["records", "upsert", "notes", "--id", id, "--data", data];
    sandbox.rekor(&[&line[..], more].concat()).ok();
}

#[test]
fn a_record_tells_who_changed_what_and_why() {
    let sandbox = Sandbox::with(&[("notes", "{}")]);
    upsert(&sandbox, "a", r#"{"title":"one"}"#, &["--actor", "ann"]);
    let bot = ["--role", "agent", "--actor", "tidy-bot", "--run", "r7", "--reason", "typo"];
    upsert(&sandbox, "a", r#"{"title":"two"}"#, &bot);
    let table = sandbox.rekor(&["records", "history", "notes", "a", "--diff"]).ok().out;
    let lines: Vec<&str> = table.lines().collect();
    for word in ["tidy-bot, run r7, reason typo", r#"/data/title: "one" → "two""#, "updated"] {
        assert!(lines[1].contains(word), "{word} is not in\n{table}");
    }
    assert!(lines[2].contains("ann") && lines[2].contains("created"), "{table}");
    sandbox.rekor(&["records", "delete", "notes", "a", "--yes"]).ok();
    let history = sandbox.rekor(&["records", "history", "notes", "a", "-o", "json"]).json();
    assert_eq!(
        (&history["data"][0]["action"], &history["data"][0]["record"]),
        (&"deleted".into(), &Value::Null)
    );
    assert_eq!(history["data"][1]["actor"]["role"], "agent");
    let first = history["data"][2]["at"].as_str().unwrap();
    let then = sandbox.rekor(&["records", "get", "notes", "a", "--at", first, "-o", "json"]).json();
    assert_eq!(then["data"]["title"], "one");
    let csv = sandbox.rekor(&["records", "history", "notes", "a", "-o", "csv"]).ok().out;
    assert!(csv.starts_with("seq,at,action,version,actor,record"), "{csv}");
}

#[test]
fn changes_are_followed_as_other_processes_make_them() {
    let sandbox = Sandbox::with(&[("notes", "{}")]);
    upsert(&sandbox, "a", "{}", &[]);
    let all = sandbox.rekor(&["changes"]).ok().out;
    let seqs: Vec<u64> = all
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["seq"].as_u64().unwrap())
        .collect();
    assert!(seqs.len() == 2 && seqs[0] < seqs[1], "{all}");
    // Whoever follows ends with the first line that nobody reads any more.
    let line = format!(
        "rekor changes --since {} --follow | head -2 > followed &
         rekor records upsert notes --id b --data '{{}}' > /dev/null
         while [ -n \"$(jobs -r)\" ]; do rekor records upsert notes --data '{{}}' > /dev/null; sleep 0.1; done
         cat followed",
        seqs[0]
    );
    let followed = sandbox.shell(&line).ok().out;
    let ids: Vec<String> = followed
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["id"].as_str().unwrap().into())
        .collect();
    assert_eq!(ids, ["a", "b"]);
}
