//! The house rules that a compiler does not know. Each rule is a pure function from text to complaints,
//! with a test on a bad sample beside it; the tests here apply them to the repository.

mod calls;
mod dependencies;
mod files;
mod floors;
mod licences;
mod source;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// One file of the repository, its path from the root with `/`.
struct Text {
    path: String,
    text: String,
}

impl Text {
    fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    fn is_in(&self, folder: &str) -> bool {
        self.path.starts_with(folder)
    }

    /// The code that is built into the product: no comment, no literal, no test.
    fn product_code(&self) -> String {
        source::without_tests(&source::code_of(&self.text)).0
    }
}

/// Every text file of the repository: what a build, a run or a tool leaves behind is passed over.
fn repository() -> Vec<Text> {
    let mut found = Vec::new();
    collect(&crate::root(), "", &mut found);
    assert!(found.iter().any(|file| file.path == "rekor-core/src/lib.rs"), "not the root of the repository");
    found
}

fn collect(folder: &Path, prefix: &str, found: &mut Vec<Text>) {
    const LEFT_BEHIND: [&str; 4] = ["target", "node_modules", "demo-data", "__pycache__"];
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        let path = format!("{prefix}{name}");
        let hidden = name.starts_with('.') && name != ".ci" && name != ".config";
        if hidden || LEFT_BEHIND.contains(&name.as_str()) {
            continue;
        }
        if entry.file_type().unwrap().is_dir() {
            collect(&entry.path(), &format!("{path}/"), found);
        } else if let Ok(text) = fs::read_to_string(entry.path()) {
            found.push(Text { path, text });
        }
    }
}

/// Where the code of the product is.
const PRODUCT: [&str; 5] =
    ["rekor-core/src/", "rekor-cli/src/", "rekor-arrow/src/", "rekor-py/src/", "rekor-node/src/"];

/// The files of the product that are compiled: those that only tests include are left out.
fn product() -> Vec<Text> {
    let rust: Vec<Text> = repository()
        .into_iter()
        .filter(|file| file.is_rust() && PRODUCT.iter().any(|folder| file.is_in(folder)))
        .collect();
    let tests: BTreeSet<String> = rust.iter().flat_map(test_modules).collect();
    rust.into_iter()
        .filter(|file| {
            !tests.iter().any(|test| file.path == format!("{test}.rs") || file.is_in(&format!("{test}/")))
        })
        .collect()
}

/// The paths, without `.rs`, of the modules that a file declares for tests only.
fn test_modules(file: &Text) -> Vec<String> {
    let folder = match file.path.rsplit_once('/') {
        Some((folder, "mod.rs" | "lib.rs" | "main.rs")) => folder,
        _ => file.path.trim_end_matches(".rs"),
    };
    let (_, names) = source::without_tests(&source::code_of(&file.text));
    names.into_iter().map(|name| format!("{folder}/{name}")).collect()
}

fn none(complaints: &[String]) {
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

#[test]
fn a_module_imports_only_from_the_floors_below() {
    let core = product().into_iter().filter(|file| file.is_in("rekor-core/src/"));
    none(&core.flat_map(|file| floors::check(&file.path, &file.product_code())).collect::<Vec<_>>());
}

#[test]
fn the_product_makes_no_banned_call() {
    none(
        &product().iter().flat_map(|file| calls::check(&file.path, &file.product_code())).collect::<Vec<_>>(),
    );
}

#[test]
fn files_and_functions_are_short() {
    none(
        &repository().iter().flat_map(|file| files::check_length(&file.path, &file.text)).collect::<Vec<_>>(),
    );
}

#[test]
fn the_packages_of_other_languages_have_little_rust() {
    for folder in ["rekor-py/src/", "rekor-node/src/"] {
        let files = product().into_iter().filter(|file| file.is_in(folder));
        let lines: usize = files.map(|file| files::lines_of_code(&file.text)).sum();
        assert!(
            (100..=500).contains(&lines),
            "{folder} has {lines} lines of code, 500 at most: what is more is logic"
        );
    }
}

#[test]
fn every_file_of_the_product_says_why_it_exists() {
    none(&product().iter().flat_map(|file| files::check_opening(&file.path, &file.text)).collect::<Vec<_>>());
}

#[test]
fn names_are_nouns_of_the_field() {
    none(&repository().iter().flat_map(|file| files::check_name(&file.path)).collect::<Vec<_>>());
}

#[test]
fn no_test_is_left_out() {
    none(
        &repository()
            .iter()
            .flat_map(|file| files::check_ignored(&file.path, &file.text))
            .collect::<Vec<_>>(),
    );
}

#[test]
fn no_text_names_a_place_of_one_machine() {
    none(
        &repository().iter().flat_map(|file| files::check_places(&file.path, &file.text)).collect::<Vec<_>>(),
    );
}

#[test]
fn the_core_sees_no_network_no_runtime_and_no_command_line() {
    none(&dependencies::check("rekor-core", &dependencies::metadata()));
}

#[test]
fn licences_of_dependencies_are_allowed() {
    let rules = fs::read_to_string(crate::root().join("deny.toml")).unwrap();
    none(&licences::check(&licences::allowed(&rules), &dependencies::metadata()));
}

#[test]
fn the_two_commands_and_the_machine_that_runs_them_are_executable() {
    use std::os::unix::fs::PermissionsExt as _;
    for path in ["demo.sh", "test.sh", ".ci/run"] {
        let mode = fs::metadata(crate::root().join(path)).unwrap().permissions().mode();
        assert!(mode & 0o100 != 0, "{path} is not executable");
    }
}

#[test]
fn files_that_only_tests_include_are_found() {
    let text = "#[cfg(test)]\nmod faults;\nmod real;".to_owned();
    let names = |path: &str| test_modules(&Text { path: path.to_owned(), text: text.clone() });
    assert_eq!(names("a/engine/redb/mod.rs"), ["a/engine/redb/faults"]);
    assert_eq!(names("a/engine/redb.rs"), ["a/engine/redb/faults"]);
}
