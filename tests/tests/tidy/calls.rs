//! Calls that the product never makes, and where the one exception of each is.

/// A piece of code, the folder in which it is banned, the place that may have it, and why.
struct Ban {
    code: &'static str,
    folder: &'static str,
    but: &'static str,
    why: &'static str,
}

const NOWHERE: &str = "-";
const CORE: &str = "rekor-core/src/";
const ALL: &str = "";

const fn ban(code: &'static str, folder: &'static str, but: &'static str, why: &'static str) -> Ban {
    Ban { code, folder, but, why }
}

const BANS: [Ban; 17] = [
    ban(".unwrap()", ALL, NOWHERE, "an error of callers or disks is an `Error`"),
    ban(".expect(\"", ALL, NOWHERE, "an error of callers or disks is an `Error`"),
    ban(".expect(&", ALL, NOWHERE, "an error of callers or disks is an `Error`"),
    ban("panic!", ALL, NOWHERE, "our own mistakes are an `assert!`"),
    ban("todo!", ALL, NOWHERE, "what is not there yet is an error or absent"),
    ban("unimplemented!", ALL, NOWHERE, "what is not there yet is an error or absent"),
    ban("dbg!", ALL, NOWHERE, "left from a search for a fault"),
    ban("SystemTime::now", ALL, "rekor-core/src/ground/env.rs", "the clock is read in one place"),
    ban("Instant::now", ALL, "rekor-core/src/ground/env.rs", "the clock is read in one place"),
    ban("now_v7", ALL, "rekor-core/src/ground/env.rs", "ids are made in one place"),
    ban("std::env::", CORE, NOWHERE, "the library never reads the environment"),
    ban("env::var", CORE, NOWHERE, "the library never reads the environment"),
    ban("println!", CORE, NOWHERE, "the library never prints"),
    ban("print!", CORE, NOWHERE, "the library never prints"),
    ban("eprintln!", CORE, NOWHERE, "the library never prints"),
    ban("eprint!", CORE, NOWHERE, "the library never prints"),
    ban("redb::", ALL, "rekor-core/src/engine/redb", "the rest sees only the engine's contract"),
];

/// Complains about each banned call in the code of one file.
pub(super) fn check(path: &str, code: &str) -> Vec<String> {
    let mut complaints = Vec::new();
    for (number, line) in code.lines().enumerate() {
        for ban in &BANS {
            if path.starts_with(ban.folder) && !path.starts_with(ban.but) && calls(line, ban.code) {
                complaints.push(format!("{path}:{}: `{}`: {}", number + 1, ban.code, ban.why));
            }
        }
    }
    complaints
}

/// Whether a line has the code as a whole word; in `a::redb::` it names a module of ours, not the crate.
fn calls(line: &str, code: &str) -> bool {
    let goes_on = |text: &str| text.ends_with(|c: char| c.is_alphanumeric() || c == '_');
    line.match_indices(code).any(|(at, _)| {
        let before = &line[..at];
        let is_inner = code == "redb::" && before.strip_suffix("::").is_some_and(goes_on);
        code.starts_with('.') || !(goes_on(before) || is_inner)
    })
}

#[test]
fn each_banned_call_is_found() {
    let path = "rekor-core/src/query/plan.rs";
    for ban in &BANS {
        assert!(!check(path, &format!("let x = y {}", ban.code)).is_empty(), "{}", ban.code);
    }
    assert_eq!(check(path, "x.unwrap();").len(), 1);
    assert_eq!(check(path, "use ::redb::Database;").len(), 1);
}

#[test]
fn what_only_looks_like_a_banned_call_passes() {
    let path = "rekor-core/src/query/plan.rs";
    for line in [
        "x.unwrap_or(1)",
        "parser.expect(b' ')",
        "use crate::engine::redb::Store;",
        "assert!(x)",
        "my_panic!(x)",
        "core_redb::x",
    ] {
        assert_eq!(check(path, line), [""; 0], "{line}");
    }
    assert!(check("rekor-core/src/engine/redb/file.rs", "use redb::Database;").is_empty());
    assert!(check("rekor-cli/src/print.rs", "println!();").is_empty());
}
