//! Every code of the table is reached by some test.

use std::collections::BTreeSet;

use rekor_core::Code;

/// Codes that no caller can bring about at will: they are reached by faults injected beside the engine.
const INJECTED: &[Code] = &[Code::CommitUnknown, Code::Internal];

#[test]
fn every_code_is_reached_by_a_test() {
    let mut seen = BTreeSet::new();
    for folder in ["tests/cases", "tests/tests", "rekor-core/src", "rekor-cli/tests"] {
        collect(&crate::root().join(folder), &mut seen);
    }
    for code in Code::ALL {
        let is_excused = INJECTED.contains(code);
        assert!(is_excused || seen.contains(code.name()), "no test expects the code `{code}`");
    }
}

/// Collects the codes that tests name: as `"code": "…"` in cases, as `Code::…` in an assertion.
fn collect(folder: &std::path::Path, seen: &mut BTreeSet<&'static str>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for path in entries.map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            collect(&path, seen);
            continue;
        }
        if path.ends_with("codes.rs") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let is_test =
            path.components().any(|part| part.as_os_str() == "tests" || part.as_os_str() == "cases");
        let tests =
            if is_test { text.as_str() } else { text.split("#[cfg(test)]").nth(1).unwrap_or_default() };
        for code in Code::ALL {
            let as_variant = format!("Code::{code:?}");
            let quoted = format!("\"{}\"", code.name());
            if tests.contains(&quoted) || tests.lines().any(|line| line.contains(&as_variant)) {
                seen.insert(code.name());
            }
        }
    }
}
