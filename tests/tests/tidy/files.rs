//! Rules for whole files: length, opening, name, and what no file may say.

use super::source;

const FILE_LINES_MAX: usize = 400;
const FUNCTION_LINES_MAX: usize = 70;

/// Complains about files and functions that are too long to read at once. What is made from a table is read there.
pub(super) fn check_length(path: &str, text: &str) -> Vec<String> {
    let Some((_, extension @ ("rs" | "py" | "ts" | "mts" | "cts" | "js" | "mjs" | "cjs"))) =
        path.rsplit_once('.')
    else {
        return Vec::new();
    };
    if text.lines().next().is_some_and(|first| first.contains(rekor_tests::docs::MADE_BY)) {
        return Vec::new();
    }
    let mut complaints = Vec::new();
    let lines = text.lines().count();
    if lines > FILE_LINES_MAX {
        complaints.push(format!("{path}: {lines} lines, at most {FILE_LINES_MAX}: split it by noun"));
    }
    let functions = match extension {
        "rs" => source::functions(&source::code_of(text)),
        "py" => python_functions(text),
        _ => Vec::new(),
    };
    for function in functions.iter().filter(|function| function.lines > FUNCTION_LINES_MAX) {
        let source::Function { name, line, lines } = function;
        complaints.push(format!("{path}:{line}: `{name}` has {lines} lines, at most {FUNCTION_LINES_MAX}"));
    }
    complaints
}

/// The lines of a Rust file that are neither blank nor comments.
pub(super) fn lines_of_code(text: &str) -> usize {
    let is_code = |line: &&str| !line.is_empty() && !line.starts_with("//");
    text.lines().map(str::trim).filter(is_code).count()
}

/// The functions of a Python file: each ends before the next line that is indented no deeper.
fn python_functions(text: &str) -> Vec<source::Function> {
    let lines: Vec<&str> = text.lines().collect();
    let indent = |line: &str| line.len() - line.trim_start().len();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let line_of_code = line.trim_start();
        let plain = line_of_code.strip_prefix("async ").unwrap_or(line_of_code);
        let Some(rest) = plain.strip_prefix("def ") else { continue };
        let goes_on = |next: &&&str| {
            next.trim().is_empty() || indent(next) > indent(line) || next.trim_start().starts_with(')')
        };
        let body = lines[at + 1..].iter().take_while(goes_on).collect::<Vec<_>>();
        let blank = body.iter().rev().take_while(|line| line.trim().is_empty()).count();
        let name = rest.split('(').next().unwrap_or_default().to_owned();
        found.push(source::Function { name, line: at + 1, lines: 1 + body.len() - blank });
    }
    found
}

/// Complains about a file that does not open with why it exists.
pub(super) fn check_opening(path: &str, text: &str) -> Vec<String> {
    let says = text.lines().next().and_then(|line| line.strip_prefix("//! ")).unwrap_or_default();
    if says.trim().is_empty() {
        return vec![format!("{path}:1: does not open with `//! ` and why it exists")];
    }
    Vec::new()
}

/// Complains about names that say nothing.
pub(super) fn check_name(path: &str) -> Vec<String> {
    const EMPTY: [&str; 8] = ["util", "utils", "helper", "helpers", "common", "manager", "misc", "info"];
    let stem = path.rsplit('/').next().and_then(|name| name.split('.').next()).unwrap_or_default();
    if EMPTY.contains(&stem) || path.split('/').any(|part| EMPTY.contains(&part)) {
        return vec![format!("{path}: name it after what it holds")];
    }
    Vec::new()
}

/// Complains about tests that do not run.
pub(super) fn check_ignored(path: &str, text: &str) -> Vec<String> {
    if !path.ends_with(".rs") {
        return Vec::new();
    }
    let code = source::code_of(text);
    let is_ignored =
        |line: &&str| line.contains("#[ignore") || (line.contains("cfg_attr") && line.contains("ignore"));
    code.lines()
        .enumerate()
        .filter(|(_, line)| is_ignored(line))
        .map(|(number, _)| format!("{path}:{}: a test that does not run", number + 1))
        .collect()
}

/// Complains about absolute paths of the machine that somebody works on.
pub(super) fn check_places(path: &str, text: &str) -> Vec<String> {
    const PLACES: [&str; 3] = [concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/Us", "ers/")];
    let names_place = |line: &str| {
        PLACES.iter().any(|place| line.match_indices(place).any(|(at, _)| !follows_name(line, at)))
    };
    text.lines()
        .enumerate()
        .filter(|(_, line)| names_place(line))
        .map(|(number, _)| format!("{path}:{}: names a place of one machine", number + 1))
        .collect()
}

/// Whether a path only goes on at `at`, as `/b/` does in `a/b/c`.
fn follows_name(line: &str, at: usize) -> bool {
    line[..at].chars().next_back().is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '}'))
}

#[test]
fn long_files_and_functions_are_found() {
    let function = |lines: usize| format!("fn f() {{\n{}}}\n", "    x();\n".repeat(lines - 2));
    assert!(check_length("a.rs", &function(70)).is_empty());
    assert_eq!(check_length("a.rs", &function(71)).len(), 1);
    assert!(check_length("a.rs", &"x\n".repeat(400)).is_empty());
    assert_eq!(check_length("a.rs", &"x\n".repeat(401)).len(), 1);
    assert!(check_length("a.csv", &"x\n".repeat(401)).is_empty());
    assert_eq!(check_length("a.mjs", &"x\n".repeat(401)).len(), 1);
    let made = format!("// {}\n", rekor_tests::docs::MADE_BY);
    assert!(check_length("a.mjs", &(made.clone() + &"x\n".repeat(400))).is_empty());
    assert_eq!(check_length("a.mjs", &("\n".to_owned() + &made + &"x\n".repeat(400))).len(), 1);
    let function = |lines: usize| format!("def f(\n    a,\n):\n{}\n\ng()\n", "    x()\n".repeat(lines - 3));
    assert!(check_length("a.py", &function(70)).is_empty());
    assert_eq!(check_length("a.py", &function(71)).len(), 1);
}

#[test]
fn a_file_without_an_opening_is_found() {
    assert!(check_opening("a.rs", "//! Keeps a thing.\n").is_empty());
    assert_eq!(check_opening("a.rs", "use b;\n").len(), 1);
    assert_eq!(check_opening("a.rs", "//!\n").len(), 1);
    assert_eq!(check_opening("a.rs", "").len(), 1);
}

#[test]
fn empty_names_are_found() {
    assert_eq!(check_name("src/utils.rs").len(), 1);
    assert_eq!(check_name("src/common/row.rs").len(), 1);
    assert!(check_name("src/row.rs").is_empty());
}

#[test]
fn ignored_tests_are_found() {
    assert_eq!(check_ignored("a.rs", "#[test]\n#[ignore = \"slow\"]\nfn f() {}").len(), 1);
    assert!(check_ignored("a.rs", "// #[ignore]\nlet x = \"#[ignore]\";").is_empty());
}

#[test]
fn places_of_one_machine_are_found() {
    for place in [concat!("cd /wo", "rk/main"), concat!("(/ro", "ot/.cargo)"), concat!("/Us", "ers/ada/x")] {
        assert_eq!(check_places("a.md", place).len(), 1, "{place}");
    }
    assert!(check_places("a.md", "see net/work/x and .github/root/y").is_empty());
}
