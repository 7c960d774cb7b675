//! Ids, paths and files that are not what they should be.

use serde_json::Value;

use crate::sandbox::{Sandbox, seed, write};

/// Command lines, the code of the error and its pointer.
fn hostile_words() -> Vec<(Vec<String>, &'static str, &'static str)> {
    let line = |text: &str| text.split(' ').map(|word| word.replace('~', " ")).collect::<Vec<String>>();
    let long = |count: usize| "a".repeat(count);
    vec![
        (line("records get items ../../etc/passwd"), "invalid_id", "/id"),
        (line(&format!("records get items {}", long(129))), "invalid_id", "/id"),
        (line("records upsert items --data {} --id a/b"), "invalid_id", "/id"),
        (line("records upsert items --data {} --id ü"), "invalid_id", "/id"),
        (line("records upsert items --data {} --external-id a\nb"), "invalid_id", "/external_id"),
        (
            line(&format!("records upsert items --data {{}} --external-id {}", long(513))),
            "invalid_id",
            "/external_id",
        ),
        (
            line("records upsert items --data {} --external-id x --source \u{7f}"),
            "invalid_id",
            "/external_source",
        ),
        (line("records get ../items a"), "collection_not_found", "/collection"),
        (line("collections upsert ../items --schema {}"), "invalid_id", "/collection"),
        (line(&format!("collections upsert {} --schema {{}}", long(64))), "invalid_id", "/collection"),
        (line("workspaces create ../evil"), "invalid_id", "/id"),
        (line("workspaces create ops--x"), "invalid_id", "/id"),
        (line("workspaces get .."), "invalid_id", "/id"),
        (line("workspaces delete ../../x --yes"), "invalid_id", "/id"),
        (line("query items -w ../ops"), "invalid_id", "/workspace"),
        (line("relationships upsert --source items --target items/b --type t"), "invalid_id", "/source"),
        (
            line("relationships upsert --source items/a --target items/b --type t/u"),
            "invalid_id",
            "/rel_type",
        ),
        (
            line("relationships upsert --source items/a/b --target items/b --type t"),
            "invalid_id",
            "/source_id",
        ),
        (line("query-relationships items a/b"), "invalid_id", "/id"),
        (line("query items --cursor AAAA"), "invalid_cursor", "/cursor"),
        (line("query items --fields data..a"), "unknown_field", "/fields/0"),
        (line("query items --limit 1001"), "limit_exceeded", "/limit"),
        (line("query items --limit 99999999999999999999"), "invalid_request", ""),
    ]
}

#[test]
fn hostile_ids_are_refused_with_their_place_and_reach_no_file() {
    let sandbox = Sandbox::with(&[("items", "{}")]);
    let files = sandbox.files();
    for (words, code, pointer) in hostile_words() {
        let mut args: Vec<&str> = words.iter().map(String::as_str).collect();
        args.extend(["-o", "json"]);
        let error = sandbox.rekor(&args).error();
        assert_eq!(error["code"], code, "{words:?}\n{error}");
        assert_eq!(error["pointer"].as_str().unwrap_or_default(), pointer, "{words:?}\n{error}");
    }
    assert_eq!(sandbox.files(), files);
    assert_eq!(sandbox.rekor(&["check", "-o", "json"]).json()["records"], 0);
}

#[test]
fn rubbish_in_the_place_of_a_file_is_refused_at_every_flag_that_reads_one() {
    let seed = seed();
    let sandbox = Sandbox::with(&[("items", "{}")]);
    let mut rng = fastrand::Rng::with_seed(seed);
    for round in 0..6 {
        let mut bytes: Vec<u8> = (0..rng.usize(1..5_000)).map(|_| rng.u8(..)).collect();
        // Also what begins well.
        if round % 2 == 0 {
            bytes.splice(0..0, *b"{\"a\":");
        }
        bytes.push(0xff);
        write(&sandbox.path("rubbish"), &bytes);
        write(&sandbox.path("rubbish.csv"), &bytes);
        for (args, codes) in [
            (&["records", "upsert", "items", "--data", "@rubbish"][..], &["invalid_json"][..]),
            (&["records", "patch", "items", "r", "--data", "@rubbish"], &["invalid_json"]),
            (&["collections", "upsert", "x", "--schema", "@rubbish"], &["invalid_json"]),
            (&["batch", "--operations", "@rubbish"], &["invalid_json"]),
            (&["query", "items", "--filter", "@rubbish"], &["invalid_json"]),
            (&["records", "import", "items", "--file", "rubbish"], &["invalid_json", "invalid_request"]),
            (&["records", "import", "items", "--file", "rubbish.csv"], &["invalid_json", "invalid_request"]),
            (&["relationships", "import", "--file", "rubbish"], &["invalid_json", "invalid_request"]),
        ] {
            let error = sandbox.rekor(&[args, &["-o", "json"]].concat()).error();
            assert!(codes.iter().any(|code| error["code"] == *code), "{args:?}\n{error}");
        }
    }
    assert_eq!(sandbox.rekor(&["check", "-o", "json"]).json()["records"], 0);
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let sandbox = Sandbox::with(&[("items", "{}")]);
    for (file, code) in [
        ("@missing.json", "invalid_request"),
        ("@.", "invalid_request"),
        ("@", "invalid_request"),
        ("@/dev/zero", "limit_exceeded"),
    ] {
        let error = sandbox.rekor(&["records", "upsert", "items", "--data", file, "-o", "json"]).error();
        assert_eq!((&error["code"], &error["pointer"]), (&code.into(), &"/data".into()), "{error}");
        assert!(error["message"].as_str().unwrap().contains(file.trim_start_matches('@')), "{error}");
    }
}

#[test]
fn a_store_that_is_a_file_or_cannot_be_made_is_a_clear_error() {
    let sandbox = Sandbox::new();
    write(&sandbox.path("file"), "not a store");
    for place in ["file", "file/below", "/dev/null", "/proc/none"] {
        for command in [&["workspaces", "list"][..], &["workspaces", "create", "ops"]] {
            let error = sandbox.rekor(&[command, &["--store", place, "-o", "json"]].concat()).error();
            assert_eq!(error["code"], "storage_error", "{place}\n{error}");
            assert!(error["message"].as_str().unwrap().contains(place), "{error}");
        }
    }
    assert_eq!(std::fs::read(sandbox.path("file")).unwrap(), b"not a store");
}

#[test]
fn arguments_that_are_not_text_are_a_usage_error() {
    let sandbox = Sandbox::with(&[("items", "{}")]);
    for line in [
        "rekor -o json records upsert items --data $'{\"a\":\"\\xff\"}'",
        "rekor -o json query $'\\xff'",
        "rekor -o json --workspace $'\\xff' query items",
        "rekor -o json records get items $'\\xed\\xa0\\x80'",
    ] {
        assert_eq!(sandbox.shell(line).error()["code"], "invalid_request", "{line}");
    }
}

#[test]
fn a_name_full_of_control_characters_cannot_paint_on_the_terminal() {
    let sandbox = Sandbox::with(&[("items", "{}")]);
    let data = r#"{"title":"\u001b[2J\u001b]0;x\u0007","line":"a\nb\r"}"#;
    let id =
        sandbox.rekor(&["records", "upsert", "items", "--data", data, "-o", "json"]).json()["id"].clone();
    for line in ["rekor query items", "rekor records get items $ID", "rekor query items -o csv"] {
        let line = line.replace("$ID", id.as_str().unwrap());
        let answer = sandbox.shell(&line).ok();
        let table = !line.contains("csv");
        assert!(!table || !answer.out.contains('\u{1b}'), "{line}\n{:?}", answer.out);
    }
    let kept: Value = sandbox.rekor(&["records", "get", "items", id.as_str().unwrap(), "-o", "json"]).json();
    assert_eq!(kept["data"]["line"], "a\nb\r");
}
