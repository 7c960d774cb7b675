//! JSON that breaks careless readers, at every door of the command that takes JSON.

use crate::sandbox::{Sandbox, write};

/// Values and the codes of their errors.
fn values() -> Vec<(String, &'static str)> {
    let deep = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    let objects = |levels: usize| format!("{}1{}", r#"{"a":"#.repeat(levels), "}".repeat(levels));
    vec![
        (deep(10_000), "too_deep"),
        (objects(10_000), "too_deep"),
        (r#"{"k":1,"k":1}"#.to_owned(), "duplicate_key"),
        (r#"{"k":1,"\u006b":1}"#.to_owned(), "duplicate_key"),
        ("1e400".to_owned(), "number_out_of_range"),
        ("-1e400".to_owned(), "number_out_of_range"),
        ("18446744073709551616".to_owned(), "number_out_of_range"),
        ("-9223372036854775809".to_owned(), "number_out_of_range"),
        (r#""\ud800""#.to_owned(), "invalid_json"),
        (r#""\udc00\ud800""#.to_owned(), "invalid_json"),
        ("NaN".to_owned(), "invalid_json"),
        ("01".to_owned(), "invalid_json"),
        ("'a'".to_owned(), "invalid_json"),
        ("\"\t\"".to_owned(), "invalid_json"),
        ("[1,]".to_owned(), "invalid_json"),
        ("\"a".to_owned(), "invalid_json"),
        (String::new(), "invalid_json"),
    ]
}

/// The doors: arguments in which `$` stands for the value, and the pointer to it.
const DOORS: [(&[&str], &str, &str); 8] = [
    (&["records", "upsert", "items", "--data"], r#"{"a":$}"#, "/data/a"),
    (&["records", "patch", "items", "r1", "--data"], r#"{"a":$}"#, "/data/a"),
    (&["collections", "upsert", "other", "--schema"], r#"{"default":$}"#, "/schema/default"),
    (
        &["relationships", "upsert", "--source", "items/r1", "--target", "items/r1", "--type", "t", "--data"],
        r#"{"a":$}"#,
        "/data/a",
    ),
    (&["query", "items", "--filter"], r#"{"field":"data.a","op":"eq","value":$}"#, "/filter/value"),
    (&["query", "items", "--sort"], r#"[{"field":"data.a","more":$}]"#, "/sort/0/more"),
    (
        &["query", "items", "--aggregate", "--aggregations"],
        r#"[{"fn":"count","alias":$}]"#,
        "/aggregations/0/alias",
    ),
    (
        &["batch", "--operations"],
        r#"[{"type":"upsert_record","collection":"items","data":{}},{"type":"upsert_record","collection":"items","data":{"a":$}}]"#,
        "/operations/1/data/a",
    ),
];

#[test]
fn hostile_json_is_refused_with_its_place_at_every_door_and_nothing_is_written() {
    let sandbox = Sandbox::with(&[("items", "{}")]);
    sandbox.rekor(&["records", "upsert", "items", "--id", "r1", "--data", "{}"]).ok();
    for (args, shape, pointer) in DOORS {
        for (value, code) in values() {
            let text = shape.replace('$', &value);
            let error = sandbox.rekor(&[args, &[&text, "-o", "json"]].concat()).error();
            // A schema has a depth of its own.
            let of_schema = args[0] == "collections" && code == "too_deep";
            let code = if of_schema { "schema_too_complex" } else { code };
            let shown: String = text.chars().take(80).collect();
            assert_eq!(error["code"], code, "{args:?} {shown}\n{error}");
            // A text that is no JSON has no places within it.
            let at = error["pointer"].as_str().unwrap_or_default();
            let whole = pointer.split('/').nth(1).map(|flag| format!("/{flag}")).unwrap();
            let at_value = at.starts_with(pointer) || (code == "invalid_json" && at == whole);
            assert!(at_value, "{args:?} {shown}: {at}, not {pointer}");
            let has_hint = error["hint"].as_str().is_some_and(|hint| !hint.is_empty());
            assert!(has_hint || of_schema, "{shown}\n{error}");
        }
    }
    let report = sandbox.rekor(&["check", "-o", "json"]).json();
    assert_eq!((report["records"].as_u64(), report["relationships"].as_u64()), (Some(1), Some(0)));
    assert_eq!(report["collections"], 1);
    assert_eq!(sandbox.rekor(&["records", "get", "items", "r1", "-o", "json"]).json()["version"], 1);
}

#[test]
fn hostile_lines_of_an_import_are_named_and_set_aside() {
    let sandbox = Sandbox::with(&[("items", "{}")]);
    let values = values();
    let mut text = String::from("{\"id\":0}\n");
    for (value, _) in &values {
        text += &format!("{{\"a\":{value}}}\n");
    }
    text += "{\"id\":1}\n";
    write(&sandbox.path("lines.ndjson"), &text);
    let import = ["records", "import", "items", "--file", "lines.ndjson", "-o", "json"];
    let error = sandbox.rekor(&import).error();
    assert_eq!(error["code"], "too_deep");
    assert!(error["message"].as_str().unwrap().starts_with("line 2: "), "{error}");
    let answer = sandbox.rekor(&[&import[..], &["--errors", "bad.ndjson"]].concat()).json();
    assert_eq!((&answer["failed"], &answer["created"]), (&values.len().into(), &2.into()), "{answer}");
    let bad = std::fs::read_to_string(sandbox.path("bad.ndjson")).unwrap();
    for (n, (line, (value, code))) in bad.lines().zip(&values).enumerate() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!((&line["line"], &line["error"]["code"]), (&(n + 2).into(), &(*code).into()), "{line}");
        assert_eq!(line["text"], format!("{{\"a\":{value}}}"));
    }
    assert_eq!(bad.lines().count(), values.len());
    assert_eq!(sandbox.rekor(&["check", "-o", "json"]).json()["records"], 2);
}

#[test]
fn extreme_values_that_are_allowed_come_out_as_they_went_in() {
    let sandbox = Sandbox::with(&[("items", "{}")]);
    let deep = format!("{}{}", "[".repeat(63), "]".repeat(63));
    let data = format!(
        r#"{{"b":18446744073709551615,"a":-9223372036854775808,"e":1.50e+10,"u":"\u0000\ud83d\ude00 \u2028","deep":{deep},"":null}}"#
    );
    let id =
        sandbox.rekor(&["records", "upsert", "items", "--data", &data, "-o", "json"]).json()["id"].clone();
    let got = sandbox.rekor(&["records", "get", "items", id.as_str().unwrap(), "-o", "json"]).ok().out;
    let kept = data.replace(r"\ud83d\ude00", "😀").replace(r"\u2028", "\u{2028}");
    assert!(got.contains(&format!(r#""data":{kept}"#)), "{got}\n{kept}");
    let again = sandbox.rekor(&[
        "records",
        "upsert",
        "items",
        "--id",
        id.as_str().unwrap(),
        "--data",
        &data,
        "-o",
        "json",
    ]);
    assert_eq!(again.json()["changed"], false);
}
