//! Files whose bytes are not what was written: an error or the right answer, never a panic, never wrong data.

use std::fs;

use rekor_core::api::transfer::ImportRecords;

use crate::sandbox::{Sandbox, seed};

const RECORDS: usize = 300;

fn populated() -> Sandbox {
    let schema =
        r#"{"properties":{"n":{"type":"integer","x-index":true},"u":{"type":"string","x-unique":true}}}"#;
    let sandbox = Sandbox::with(&[("items", schema)]);
    sandbox.ops(|ws| {
        let lines: String = (0..RECORDS)
            .map(|n| format!("{{\"id\":\"r{n}\",\"data\":{{\"n\":{n},\"u\":\"u{n}\"}}}}\n"))
            .collect();
        let request = ImportRecords { collection: "items".into(), whole: true, ..ImportRecords::default() };
        ws.import_records(&request, &mut lines.as_bytes(), &mut |_| Ok(())).unwrap();
    });
    sandbox
}

/// Tries what people do with a store. `Answer` itself refuses panics and exit codes out of the table.
fn looked_at(sandbox: &Sandbox, what: &str) {
    let check = sandbox.rekor(&["check", "-o", "json", "--workspace", "ops"]);
    let get = sandbox.rekor(&["records", "get", "items", "r7", "-o", "json", "--workspace", "ops"]);
    if get.code == 0 {
        assert!(get.out.contains(r#""data":{"n":7,"u":"u7"}"#), "{what}: wrong data: {}", get.out);
    } else {
        get.error();
    }
    let write =
        sandbox.rekor(&["records", "upsert", "items", "--id", "new", "--data", r#"{"n":1}"#, "-o", "json"]);
    assert!(write.code == 0 || write.error()["code"] != "internal", "{what}");
    if check.code != 0 && check.out.is_empty() {
        check.error();
    }
}

/// Damages each file in turn with `damage`, which says what it did, and puts it right again.
fn damaged(rounds: usize, damage: impl Fn(&mut fastrand::Rng, &mut Vec<u8>) -> String) {
    let mut rng = fastrand::Rng::with_seed(seed());
    let sandbox = populated();
    let whole: Vec<_> = sandbox.files().into_iter().map(|path| (fs::read(&path).unwrap(), path)).collect();
    assert_eq!(whole.len(), 2, "the catalog and one workspace");
    for round in 0..rounds {
        let (bytes, path) = &whole[round % whole.len()];
        let mut bytes = bytes.clone();
        let done = damage(&mut rng, &mut bytes);
        fs::write(path, bytes).unwrap();
        looked_at(&sandbox, &format!("{}: {done}", path.display()));
        for (bytes, path) in &whole {
            fs::write(path, bytes).unwrap();
        }
    }
    assert_eq!(sandbox.rekor(&["check", "-o", "json"]).json()["records"], RECORDS);
}

#[test]
fn a_file_with_flipped_bits_gives_errors_or_the_right_data() {
    damaged(40, |rng, bytes| {
        let flips: Vec<usize> = (0..rng.usize(1..20)).map(|_| rng.usize(..bytes.len())).collect();
        for at in &flips {
            bytes[*at] ^= 1 << rng.u8(..8);
        }
        format!("bits flipped at {flips:?}")
    });
}

#[test]
fn a_file_with_pages_of_rubbish_gives_errors_or_the_right_data() {
    damaged(24, |rng, bytes| {
        let (page, with) = (rng.usize(..bytes.len() / 4_096), rng.bool());
        for byte in &mut bytes[page * 4_096..(page + 1) * 4_096] {
            *byte = if with { rng.u8(..) } else { 0 };
        }
        format!("page {page} is {}", if with { "random" } else { "zero" })
    });
}

#[test]
fn a_file_that_was_cut_short_gives_errors_or_the_right_data() {
    damaged(24, |rng, bytes| {
        let length = if rng.u8(..4) == 0 { rng.usize(..64) } else { rng.usize(..bytes.len()) };
        bytes.truncate(length);
        format!("cut to {length} bytes")
    });
}

#[test]
fn a_file_that_is_something_else_is_a_clear_error() {
    let sandbox = populated();
    for path in sandbox.files() {
        let whole = fs::read(&path).unwrap();
        for bytes in [&b""[..], b"{}", b"SQLite format 3\0"] {
            fs::write(&path, bytes).unwrap();
            let error = sandbox.rekor(&["records", "get", "items", "r7", "-o", "json", "-w", "ops"]).error();
            let code = error["code"].as_str().unwrap();
            assert!(
                ["corrupt_store", "unsupported_format"].contains(&code),
                "{} {bytes:?}\n{error}",
                path.display()
            );
        }
        fs::write(&path, whole).unwrap();
    }
    sandbox.rekor(&["check"]).ok();
}

#[test]
fn a_workspace_file_that_is_gone_is_a_clear_error() {
    let sandbox = populated();
    let files = sandbox.files();
    fs::remove_file(&files[1]).unwrap();
    let error = sandbox.rekor(&["records", "get", "items", "r7", "-o", "json", "-w", "ops"]).error();
    assert!(["workspace_not_found", "corrupt_store"].contains(&error["code"].as_str().unwrap()), "{error}");
    sandbox.rekor(&["workspaces", "list"]).ok();
}
