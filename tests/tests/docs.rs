//! The documents that are made from tables are those of the code.

use std::fs;

#[test]
fn made_documents_are_up_to_date() {
    for document in rekor_tests::docs::all() {
        let found = fs::read_to_string(crate::root().join(document.path)).unwrap_or_default();
        assert!(
            found == document.text,
            "{} is out of date: run `cargo run -p rekor-tests --bin gen-docs`",
            document.path
        );
    }
}

#[test]
fn every_code_and_every_limit_is_documented() {
    let texts: String = rekor_tests::docs::all().into_iter().map(|document| document.text).collect();
    for code in rekor_core::ground::error::Code::ALL {
        assert!(texts.contains(&format!("| `{}` |", code.name())), "{code} is missing");
    }
    for limit in rekor_core::ground::limits::ALL {
        assert!(texts.contains(&format!("| `{}` |", limit.name)), "{} is missing", limit.name);
    }
}
