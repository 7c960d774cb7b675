//! Imports: what a refused line leaves, what two imports of one file do, what a commit may hold.

use rekor_core::api::transfer::{ImportAnswer, ImportRecords, LinkRule};
use rekor_core::{Code, Error, ImportEvent};
use serde_json::json;

use super::Fixture;

fn request(collection: &str) -> ImportRecords {
    ImportRecords {
        collection: collection.into(),
        external_id_field: Some("n".into()),
        skip_bad_lines: true,
        ..Default::default()
    }
}

fn import(
    f: &Fixture,
    request: &ImportRecords,
    text: &str,
) -> Result<(ImportAnswer, Vec<(u64, String)>), Error> {
    let mut refused = Vec::new();
    let answer = f.ws.import_records(request, &mut text.as_bytes(), &mut |event| {
        if let ImportEvent::Refused { line, text, .. } = event {
            refused.push((line, text));
        }
        Ok(())
    })?;
    Ok((answer, refused))
}

#[test]
fn changes_larger_than_one_commit_are_spread_over_several() {
    let f = Fixture::new();
    f.collection("c", &json!({ "properties": { "k": { "type": "integer", "x-index": true } } }));
    let big = "x".repeat(1_000_000);
    let line = |n: usize, filler: &str| format!("{{\"n\":{n},\"k\":{n},\"a\":\"{filler}\"}}\n");
    let first: String = (0..40).map(|n| line(n, &big)).collect();
    assert_eq!(import(&f, &request("c"), &first).unwrap().0.created, 40);
    // The large records are the before images of the small ones; then come large new ones.
    let second: String = (0..40).map(|n| line(n, "")).chain((40..80).map(|n| line(n, &big))).collect();
    let resumable = ImportRecords { resume_key: Some("a file".into()), ..request("c") };
    let (answer, refused) = import(&f, &resumable, &second).unwrap();
    assert_eq!((answer.updated, answer.created, answer.failed), (40, 40, 0));
    assert!(refused.is_empty());
    assert!(f.ws.check().unwrap().problems.is_empty());
    let links: String = (0..70)
        .map(|n| {
            format!(
                "{{\"source\":\"c/a\",\"target\":\"c/{n}\",\"type\":\"t\",\"data\":{{\"a\":\"{big}\"}}}}\n"
            )
        })
        .collect();
    let answer = f.ws.import_relationships(&mut links.as_bytes(), false, false, &mut |_| Ok(())).unwrap();
    assert_eq!((answer.created, answer.failed), (70, 0));
    assert!(f.ws.check().unwrap().problems.is_empty());
}

#[test]
fn a_refused_line_leaves_nothing_behind_and_is_reported_with_its_text() {
    let f = Fixture::new();
    f.collection("c", &json!({ "properties": { "k": { "x-unique": true, "type": "integer" }, "i": { "x-index": true, "type": "integer" } } }));
    let text = "{\"n\":1,\"k\":1,\"i\":1}\n{\"n\":2,\"k\":1,\"i\":2}\n\n{\"n\":3,\"k\":\"x\"}\nrubbish\n{\"n\":4,\"k\":4}\n";
    let (answer, refused) = import(&f, &request("c"), text).unwrap();
    assert_eq!((answer.read, answer.created, answer.failed), (5, 2, 3));
    let lines: Vec<u64> = refused.iter().map(|(line, _)| *line).collect();
    assert_eq!(lines, [2, 4, 5]);
    assert_eq!(refused[0].1, "{\"n\":2,\"k\":1,\"i\":2}");
    let report = f.ws.check().unwrap();
    assert_eq!((report.records, report.problems), (2, Vec::new()));
    let strict = ImportRecords { skip_bad_lines: false, ..request("c") };
    let error = import(&f, &strict, "{\"n\":5,\"k\":5}\n{\"n\":6,\"k\":5}\n").unwrap_err();
    assert_eq!(error.code(), Code::UniqueViolation);
    assert!(error.message().starts_with("line 2: "), "{error}");
    assert_eq!(f.ws.check().unwrap().records, 3);
}

#[test]
fn an_import_resumes_only_one_that_asks_for_the_same() {
    let f = Fixture::new();
    f.collection("c", &json!({}));
    f.collection("to", &json!({}));
    f.call("upsert_record", &json!({ "collection": "to", "external_id": "1", "data": {} })).unwrap();
    let with = |source: &str| ImportRecords {
        resume_key: Some("the file".into()),
        skip_bad_lines: false,
        external_source: Some(source.into()),
        ..request("c")
    };
    let text = "{\"n\":1}\n{\"n\":2}\n{\"n\":\"\"}\n";
    assert_eq!(import(&f, &with("a"), text).unwrap_err().code(), Code::InvalidRequest);
    let good = "{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n";
    // Not the same file in truth, but the caller says so: what it says of the records differs.
    assert_eq!(import(&f, &with("b"), good).unwrap().0.created, 3);
    assert_eq!(import(&f, &with("a"), good).unwrap().0.created, 3, "two of them by the first try");
    assert_eq!(f.ws.check().unwrap().records, 7);
    let rule =
        LinkRule { field: "n".into(), rel_type: "t".into(), collection: "to".into(), external_source: None };
    let linked = ImportRecords { links: vec![rule], ..with("b") };
    assert_eq!(import(&f, &linked, good).unwrap().0.unchanged, 3);
    assert_eq!(f.call("list_relationships", &json!({})).unwrap()["data"].as_array().unwrap().len(), 1);
}

#[test]
fn a_second_import_of_a_file_that_is_being_imported_is_told_so() {
    let f = Fixture::new();
    f.collection("c", &json!({}));
    let request = ImportRecords {
        resume_key: Some("the file".into()),
        ..ImportRecords { collection: "c".into(), ..Default::default() }
    };
    let text: String = (0..10_000).map(|n| format!("{{\"n\":{n}}}\n")).collect();
    let mut second = None;
    // The second import begins when the first has its first commit.
    f.ws.import_records(&request, &mut text.as_bytes(), &mut |event| {
        if second.is_none() && matches!(event, ImportEvent::Progress(_)) {
            let mut lines_seen = 0;
            second = Some(f.ws.import_records(&request, &mut text.as_bytes(), &mut |_| {
                lines_seen += 1;
                Ok(())
            }));
        }
        Ok(())
    })
    .unwrap_err();
    // The second went on where the first was, so the first was told; the lines are there once.
    assert!(second.unwrap().is_ok());
    assert_eq!(f.ws.check().unwrap().records, 10_000);
}
