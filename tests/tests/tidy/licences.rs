//! Which licences dependencies may have: the list of deny.toml, applied to SPDX expressions.

use super::dependencies::Metadata;

/// The list `allow` of the table `[licenses]` of deny.toml.
pub(super) fn allowed(rules: &str) -> Vec<&str> {
    let table = rules.split("[licenses]").nth(1).unwrap();
    let list = table.split("allow = [").nth(1).unwrap().split(']').next().unwrap();
    let allowed: Vec<&str> = list.split('"').skip(1).step_by(2).collect();
    assert!(!allowed.is_empty(), "deny.toml allows no licence");
    allowed
}

/// Complains about each package whose licence is not one of those allowed.
pub(super) fn check(allowed: &[&str], metadata: &Metadata) -> Vec<String> {
    let complaint = |package: &super::dependencies::Package| {
        let licence = package.license.as_deref().unwrap_or("no licence");
        (!may_use(allowed, licence)).then(|| format!("{} {}: {licence}", package.name, package.version))
    };
    metadata.packages.iter().filter_map(complaint).collect()
}

/// Whether an expression leaves a choice that is allowed. A bare `/` is an old way to write `OR`.
fn may_use(allowed: &[&str], expression: &str) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = words.as_slice();
    either(allowed, &mut rest) && rest.is_empty()
}

fn either(allowed: &[&str], words: &mut &[&str]) -> bool {
    let mut holds = both(allowed, words);
    while take(words, "OR") {
        holds |= both(allowed, words);
    }
    holds
}

fn both(allowed: &[&str], words: &mut &[&str]) -> bool {
    let mut holds = single(allowed, words);
    while take(words, "AND") {
        holds &= single(allowed, words);
    }
    holds
}

fn single(allowed: &[&str], words: &mut &[&str]) -> bool {
    if take(words, "(") {
        return either(allowed, words) & take(words, ")");
    }
    let Some((name, rest)) = words.split_first() else { return false };
    *words = rest;
    if take(words, "WITH") {
        let exception = words.split_off_first().copied().unwrap_or_default();
        return allowed.contains(&format!("{name} WITH {exception}").as_str());
    }
    allowed.contains(name)
}

fn take(words: &mut &[&str], word: &str) -> bool {
    let found = words.first() == Some(&word);
    if found {
        *words = &words[1..];
    }
    found
}

#[test]
fn a_licence_that_is_not_allowed_is_found() {
    let allowed = ["MIT", "Zlib"];
    for good in ["MIT", "MIT OR GPL-3.0", "GPL-3.0/MIT", "(GPL-3.0 OR MIT) AND Zlib", "A WITH B OR MIT"] {
        assert!(may_use(&allowed, good), "{good}");
    }
    for bad in ["GPL-3.0", "MIT AND GPL-3.0", "MIT WITH B", "no licence", "", "(MIT"] {
        assert!(!may_use(&allowed, bad), "{bad}");
    }
}

#[test]
fn the_list_is_read_from_its_table() {
    let rules = "[bans]\nallow = [\"x\"]\n[licenses]\nallow = [\n  \"MIT\",\n  \"Zlib\",\n]\n[sources]\n";
    assert_eq!(allowed(rules), ["MIT", "Zlib"]);
}
