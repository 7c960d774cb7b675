//! The built command on a store: what goes where, what is kept, and how it ends.
#![allow(clippy::unwrap_used, reason = "a test may fail by it")]

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// A folder with a store that has the workspace `ops` and the collection `notes`.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        std::fs::create_dir(folder.path().join(".rekor")).unwrap();
        folder.ok(&["workspaces", "create", "ops"]);
        folder.ok(&[
            "collections",
            "upsert",
            "notes",
            "--schema",
            r#"{"properties":{"n":{"type":"number"}}}"#,
        ]);
        folder
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rekor"));
        command.env_clear().current_dir(self.path()).args(args).stdin(Stdio::null());
        command
    }

    fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    /// Standard output of a command that must go well.
    fn ok(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert!(output.status.success(), "{args:?}: {}", err(&output));
        String::from_utf8(output.stdout).unwrap()
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path().join(name), text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path().join(name)).unwrap()
    }
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn what_comes_out_is_what_went_in() {
    let folder = Folder::new();
    let data = r#"{"z":1.50,"n":1e2,"a":18446744073709551615,"s":"\u00e9 \"x\""}"#;
    folder.ok(&["records", "upsert", "notes", "--id", "r", "--data", data]);
    let text = folder.ok(&["records", "get", "notes", "r", "-o", "json"]);
    assert!(text.contains(r#""data":{"z":1.50,"n":1e2,"a":18446744073709551615,"s":"é \"x\""}"#), "{text}");
    assert_eq!(text.lines().count(), 1);
    let text = folder.ok(&["records", "get", "notes", "r"]);
    assert!(text.contains("\ndata.z\t1.50\n") && text.contains("\nversion\t1\n"), "{text}");
    let text = folder.ok(&["records", "get", "notes", "r", "-o", "csv"]);
    assert!(text.lines().nth(1).unwrap().contains(r#",1.50,1e2,18446744073709551615,"é ""x"""#), "{text}");
}

#[test]
fn a_schema_of_many_lines_is_one_line_for_a_program() {
    let folder = Folder::new();
    folder.write("schema.json", "{\n  \"properties\": {\n    \"n\": {\"minimum\": 1.50}\n  }\n}\n");
    folder.ok(&["collections", "upsert", "c", "--schema", "@schema.json"]);
    for output in ["json", "ndjson"] {
        let text = folder.ok(&["collections", "get", "c", "-o", output]);
        assert!(text.contains(r#""schema":{"properties":{"n":{"minimum":1.50}}}"#), "{text}");
        assert_eq!(text.lines().count(), 1);
    }
    let text = folder.ok(&["collections", "get", "c"]);
    assert!(text.contains("\nschema\t{\"properties\":{\"n\":{\"minimum\":1.50}}}\n"), "{text}");
}

#[test]
fn the_store_is_found_from_below_and_the_only_workspace_needs_no_name() {
    let folder = Folder::new();
    let below = folder.path().join("a/b");
    std::fs::create_dir_all(&below).unwrap();
    let output = folder.command(&["collections", "list"]).current_dir(below).output().unwrap();
    assert!(String::from_utf8(output.stdout).unwrap().contains("notes"));
    folder.ok(&["workspaces", "create", "two"]);
    let output = folder.run(&["collections", "list"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("ops, two"));
    assert!(folder.ok(&["-w", "ops", "collections", "list"]).contains("notes"));
    let output = folder.command(&["collections", "list"]).env("REKOR_WORKSPACE", "two").output().unwrap();
    assert_eq!(err(&output), "nothing found\n");
}

#[test]
fn a_read_makes_the_store_that_is_not_there() {
    let folder = Folder::new();
    let text = folder.ok(&["--store", "elsewhere", "workspaces", "list", "-o", "csv"]);
    assert!(text.starts_with("id,name,kind"), "{text}");
    assert!(folder.path().join("elsewhere").is_dir());
}

#[test]
fn errors_and_warnings_go_to_stderr() {
    let folder = Folder::new();
    let output = folder.run(&["records", "get", "notes", "none", "-o", "json"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(output.stdout.is_empty());
    assert!(err(&output).starts_with(r#"{"error":{"code":"record_not_found","kind":"not_found""#));
    let ends = ["--source", "notes/a", "--target", "notes/b", "--type", "t"];
    let output = folder.run(&[&["relationships", "upsert", "-o", "json"][..], &ends].concat());
    assert!(output.status.success());
    assert_eq!(err(&output), "");
    assert!(String::from_utf8(output.stdout).unwrap().contains(r#""warnings":["dangling"#));
    let output = folder.run(&[&["relationships", "upsert", "--id", "x"][..], &ends].concat());
    assert!(err(&output).contains("warning: dangling target notes/b"), "{}", err(&output));
}

#[test]
fn a_program_reads_a_json_object_in_each_line_of_stderr() {
    let folder = Folder::new();
    folder.ok(&["collections", "upsert", "people", "--schema", "{}"]);
    folder.write("x.ndjson", "{\"k\":\"a\",\"p\":\"nobody\"}\n{\"k\":\"b\",\"n\":\"no\"}\n");
    let import = ["records", "import", "notes", "--file", "x.ndjson", "--external-id-field", "k"];
    let import = [&import[..], &["--link", "p=of:people"]].concat();
    let lines = |args: &[&str]| {
        let text = err(&folder.run(args));
        assert!(text.lines().all(|line| line.starts_with("{\"") && line.ends_with('}')), "{text}");
        text
    };
    let text = lines(&[&import[..], &["-o", "json"]].concat());
    assert!(text.starts_with("{\"warning\":\"line 1: not linked"), "{text}");
    assert!(text.lines().last().unwrap().starts_with("{\"error\":{\"code\":"), "{text}");
    let text = lines(&[&import[..], &["-o", "ndjson", "--errors", "bad"]].concat());
    assert!(text.starts_with("{\"note\":\"going on after line 1"), "{text}");
    folder.ok(&["records", "upsert", "notes", "--data", "{}"]);
    let text = lines(&["query", "notes", "--limit", "1", "-o", "ndjson"]);
    assert!(text.starts_with("{\"meta\":{") && text.contains("\"next_cursor\":\""), "{text}");
}

#[test]
fn bad_lines_end_an_import_or_are_set_aside() {
    let folder = Folder::new();
    folder.write("x.ndjson", "{\"k\":\"a\",\"n\":1}\n{\"k\":\"b\",\"n\":\"no\"}\n{\"k\":\"c\",\"n\":3}\n");
    let import =
        ["records", "import", "notes", "--file", "x.ndjson", "--external-id-field", "k", "-o", "json"];
    let output = folder.run(&import);
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("line 2"), "{}", err(&output));
    let text = folder.ok(&[&import[..], &["--errors", "bad.ndjson"]].concat());
    assert_eq!(text, "{\"read\":3,\"created\":2,\"updated\":0,\"unchanged\":0,\"failed\":1}\n");
    assert!(folder.read("bad.ndjson").starts_with(r#"{"line":2,"text":"{\"k\":\"b\""#));
    let output = folder.run(&[&import[..], &["--errors", "bad.ndjson"]].concat());
    assert!(err(&output).starts_with(r#"{"error":{"code":"already_exists""#), "{}", err(&output));
    let text = folder.ok(&[&import[..], &["--errors", "bad.ndjson", "--yes"]].concat());
    assert_eq!(text, "{\"read\":3,\"created\":0,\"updated\":0,\"unchanged\":2,\"failed\":1}\n");
    assert_eq!(folder.read("bad.ndjson").lines().count(), 1);
}

#[test]
fn what_an_import_cannot_use_is_refused_at_its_flag() {
    let folder = Folder::new();
    folder.ok(&[
        "collections",
        "upsert",
        "strict",
        "--schema",
        r#"{"properties":{"n":{"type":"number"}},"additionalProperties":false}"#,
    ]);
    folder.write("x.ndjson", "{\"n\":1}\n");
    let cases: [(&[&str], &str); 4] = [
        (&["--source", "q"], "/external_source"),
        (&["--external-id-field", "m"], "/external_id_field"),
        (&["--external-id-field", "n", "--link", "m=t:notes"], "/links/0"),
        (&["--link", "n=t:nowhere"], "/links/0"),
    ];
    for (flags, pointer) in cases {
        let import = ["records", "import", "strict", "--file", "x.ndjson", "-o", "json"];
        let text = err(&folder.run(&[&import[..], flags].concat()));
        assert!(text.contains(&format!(r#""pointer":"{pointer}","hint":"#)), "{flags:?} {text}");
    }
    for end in ["/a", "a b/c", "a"] {
        let ends = ["relationships", "upsert", "--type", "t", "--target", "notes/b", "--source", end];
        let text = err(&folder.run(&[&ends[..], &["-o", "json"]].concat()));
        assert!(text.contains(r#""code":"invalid_id""#) && text.contains(r#""/source""#), "{end} {text}");
    }
}

#[test]
fn people_are_pointed_at_what_they_typed() {
    let folder = Folder::new();
    let ends = ["relationships", "upsert", "--source", "none/a", "--target", "notes/b", "--type", "t"];
    let text = err(&folder.run(&ends));
    assert!(text.contains("   at: --source (/source_collection)\n"), "{text}");
    let text = err(&folder.run(&[&ends[..], &["-o", "json"]].concat()));
    assert!(text.contains(r#""pointer":"/source_collection""#), "{text}");
    let text = err(&folder.run(&["-w", "nope", "collections", "list", "-o", "json"]));
    assert!(text.contains(r#""pointer":"/workspace""#), "{text}");
    folder.write("x.ndjson", "[]\n");
    let text = err(&folder.run(&["records", "import", "notes", "--file", "x.ndjson", "-o", "json"]));
    assert!(text.contains("line 1") && !text.contains("pointer"), "{text}");
}

#[test]
fn bad_lines_never_cost_a_file() {
    let folder = Folder::new();
    folder.write("x.ndjson", "{\"n\":\"no\"}\n");
    for thing in [&["records", "import", "notes"][..], &["relationships", "import"]] {
        let import = [thing, &["--file", "x.ndjson", "-o", "json", "--errors"]].concat();
        for name in ["x.ndjson", "./x.ndjson", ".rekor/../x.ndjson"] {
            let text = err(&folder.run(&[&import[..], &[name, "--yes"]].concat()));
            assert!(text.contains(r#""invalid_request""#) && text.contains(r#""/errors""#), "{text}");
            assert_eq!(folder.read("x.ndjson"), "{\"n\":\"no\"}\n");
        }
        folder.write("mine", "of mine");
        let output = folder.run(&[&import[..], &["mine"]].concat());
        assert_eq!((output.status.code(), folder.read("mine").as_str()), (Some(4), "of mine"));
        folder.run(&["records", "import", "none", "--file", "x.ndjson", "--errors", "mine", "--yes"]);
        assert_eq!(folder.read("mine"), "of mine");
        folder.ok(&[&import[..], &["mine", "--yes"]].concat());
        assert!(folder.read("mine").starts_with(r#"{"line":1,"#));
    }
}

#[test]
fn an_import_that_goes_on_adds_to_its_bad_lines() {
    let folder = Folder::new();
    folder.write("x.ndjson", "{\"n\":1}\n{\"n\":\"no\"}\n");
    folder.write("bad", "{\"line\":0}\n");
    let import = ["records", "import", "notes", "--file", "x.ndjson"];
    assert_eq!(folder.run(&import).status.code(), Some(2));
    let output = folder.run(&[&import[..], &["--errors", "bad"]].concat());
    assert!(err(&output).starts_with("going on after line 1"), "{}", err(&output));
    assert_eq!(folder.read("bad").lines().count(), 2);
}

#[test]
fn an_export_can_be_imported_and_its_reader_may_go_away() {
    let folder = Folder::new();
    let lines: String = (0..20_000).map(|n| format!("{{\"k\":\"k{n}\",\"n\":{n}.50}}\n")).collect();
    let mut child = folder
        .command(&["records", "import", "notes", "--file", "-", "--external-id-field", "k"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());

    let mut child = folder
        .command(&["records", "export", "notes"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
    assert!(first.contains("\"n\":0.50"), "{first}");
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), err(&output).as_str()), (Some(0), ""));

    for file in ["out.ndjson", "out.csv"] {
        folder.ok(&["records", "export", "notes", "--file", file]);
        let text = folder.ok(&["records", "import", "notes", "--whole", "--file", file, "-o", "json"]);
        // CSV does not keep the order of keys, so its records are the same ones but may differ as text.
        let expected = if file == "out.csv" { "\"created\":0" } else { "\"unchanged\":20000" };
        assert!(text.contains(expected) && text.contains("\"failed\":0"), "{file}: {text}");
    }
}

#[test]
fn an_export_that_cannot_begin_leaves_the_file_as_it_was() {
    let folder = Folder::new();
    folder.write("out.ndjson", "old");
    let export = ["records", "export", "none", "--file", "out.ndjson", "--yes"];
    assert_eq!(folder.run(&export).status.code(), Some(3));
    assert_eq!(folder.read("out.ndjson"), "old");
    let output = folder.run(&["records", "export", "notes", "--file", "out.ndjson"]);
    assert_eq!((output.status.code(), folder.read("out.ndjson").as_str()), (Some(4), "old"));
    folder.ok(&["records", "export", "notes", "--file", "out.ndjson", "--yes"]);
    assert_eq!(folder.read("out.ndjson"), "");
    let output = folder.run(&["records", "export", "notes", "--file", "no/such/out.ndjson", "-o", "json"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains(r#""pointer":"/file""#), "{}", err(&output));
    assert!(err(&output).contains("no such directory `no/such`"), "{}", err(&output));
    let output = folder.run(&["records", "export", "notes", "-o", "json"]);
    assert!(output.stdout.is_empty() && err(&output).contains("-o ndjson"), "{}", err(&output));
}

#[test]
fn off_a_terminal_nothing_is_asked() {
    let folder = Folder::new();
    folder.ok(&["records", "upsert", "notes", "--data", "{}"]);
    assert_eq!(folder.run(&["collections", "delete", "notes"]).status.code(), Some(4));
    folder.ok(&["collections", "delete", "notes", "--with-records"]);
    folder.ok(&["workspaces", "delete", "ops", "--yes"]);
    assert_eq!(folder.run(&["collections", "list"]).status.code(), Some(2));
}

#[test]
fn a_query_prints_rows_totals_or_its_plan() {
    let folder = Folder::new();
    for (id, data) in [("r1", r#"{"n":1.50}"#), ("r3", r#"{"n":3}"#), ("none", "{}")] {
        folder.ok(&["records", "upsert", "notes", "--id", id, "--data", data]);
    }
    let more = r#"{"field":"data.n","op":"gt","value":1}"#;
    let rows = ["query", "notes", "--filter", more, "--fields", "data.n", "--count"];
    let output = folder.run(&[&rows[..], &["--limit", "1"]].concat());
    assert_eq!(String::from_utf8(output.stdout.clone()).unwrap(), "id\tn\nr1\t1.50\n");
    assert!(err(&output).starts_with("2 in all\nmore rows follow: --cursor "), "{}", err(&output));
    let text = folder.ok(&[&rows[..], &["-o", "ndjson"]].concat());
    assert_eq!(text, "{\"id\":\"r1\",\"data\":{\"n\":1.50}}\n{\"id\":\"r3\",\"data\":{\"n\":3}}\n");

    let totals =
        ["records", "query", "notes", "--aggregate", "--group-by", "data.n", "-o", "csv", "--aggregations"];
    let totals = [&totals[..], &[r#"[{"fn":"count","alias":"notes"}]"#]].concat();
    assert_eq!(folder.ok(&totals), "data.n,notes\n,1\n1.5,1\n3,1\n");
    let none = [&totals[..], &["--filter", r#"{"field":"id","op":"eq","value":"nobody"}"#]].concat();
    assert_eq!(folder.ok(&none), "data.n,notes\n");
    assert!(folder.ok(&["query", "notes", "--filter", more, "--explain"]).contains("rows_matched\t2\n"));
}

#[test]
fn a_sound_workspace_passes_the_check() {
    let folder = Folder::new();
    folder.ok(&["records", "upsert", "notes", "--data", "{\"n\":1}"]);
    let text = folder.ok(&["check", "-o", "json"]);
    assert!(text.contains(r#""workspace":"ops""#) && text.contains(r#""problems":[]"#), "{text}");
}
