//! The floors of rekor-core: a module imports only from the modules before it in this list.

/// The modules from the ground up. Those of one floor stand in the order in which they may see each other.
const FLOORS: [(&str, u8); 16] = [
    ("ground", 0),
    ("api", 1),
    ("engine", 2),
    ("codec", 3),
    ("schema", 3),
    ("index", 4),
    ("columns", 4),
    ("ctx", 5),
    ("query", 6),
    ("ops", 7),
    ("maintenance", 8),
    ("workspace", 8),
    ("store", 8),
    ("files", 8),
    ("fuzz", 8),
    ("lib", 9),
];

fn place(module: &str) -> Option<usize> {
    FLOORS.iter().position(|(name, _)| *name == module)
}

/// Complains about each import of one file of rekor-core that goes up, and each that hides where it goes.
pub(super) fn check(path: &str, code: &str) -> Vec<String> {
    let inner = path.strip_prefix("rekor-core/src/").unwrap().trim_end_matches(".rs");
    let parts: Vec<&str> = inner.split('/').filter(|part| *part != "mod").collect();
    let Some(own) = place(parts[0]) else {
        return vec![format!(
            "{path}: `{}` has no floor; give it one in tests/tests/tidy/floors.rs",
            parts[0]
        )];
    };
    let mut complaints = Vec::new();
    for (number, line) in code.lines().enumerate() {
        let at = format!("{path}:{}", number + 1);
        for module in crate_paths(line) {
            match place(module) {
                _ if parts[0] == "lib" => {}
                Some(other) if other <= own => {}
                Some(other) => complaints.push(format!(
                    "{at}: `{}` (floor {}) must not see `{module}` (floor {})",
                    parts[0], FLOORS[own].1, FLOORS[other].1
                )),
                None => {
                    complaints.push(format!("{at}: `crate::{module}` is not a module; name the one it is in"))
                }
            }
        }
        if line.contains(&"super::".repeat(parts.len())) {
            complaints.push(format!("{at}: `super` leads out of `{}`; write `crate::`", parts[0]));
        }
    }
    complaints
}

/// The module after each `crate::` of a line, the first of each braced name included.
fn crate_paths(line: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for (at, _) in line.match_indices("crate::") {
        let rest = &line[at + "crate::".len()..];
        let names: Vec<&str> = match rest.strip_prefix('{') {
            Some(inside) => inside.split(',').map(str::trim_start).collect(),
            None => vec![rest],
        };
        found.extend(names.into_iter().filter_map(|name| {
            let name = name.split(|c: char| !c.is_alphanumeric() && c != '_').next()?;
            (!name.is_empty()).then_some(name)
        }));
    }
    found
}

#[test]
fn an_import_from_above_is_found() {
    let path = "rekor-core/src/codec/row.rs";
    assert!(
        check(path, "use crate::ground::error::Code;\nuse crate::engine::Seq;\nuse super::id::Id;")
            .is_empty()
    );
    assert_eq!(check(path, "use crate::schema::Shape;").len(), 1);
    assert_eq!(check(path, "fn f(x: crate::ctx::Ctx) {}").len(), 1);
    assert_eq!(check(path, "use crate::{ground::limits, ops};").len(), 1);
    assert_eq!(check(path, "use crate::Error;").len(), 1);
    assert_eq!(check(path, "use super::super::ops;").len(), 1);
    assert_eq!(check("rekor-core/src/codec/mod.rs", "use super::ops;").len(), 1);
    assert_eq!(check("rekor-core/src/attic.rs", "").len(), 1);
}
