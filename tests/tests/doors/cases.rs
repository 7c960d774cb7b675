//! Language-neutral cases: tests/cases/*.json, each a name and steps of operation, request and what is
//! expected of it. Every surface of rekor runs the same files.
//!
//! What is expected is a part of what is answered: objects may hold more keys, lists are as long as
//! given, `"$any"` matches anything that is not null. `"save": {"a": "/id"}` keeps a value of the answer,
//! which `"${a}"` in a later request or answer stands for, and `"$number:a"` where it is a number. `options` says how the request is carried out: once for an
//! `idempotency_key`, or as a `dry_run`; `workspace` says where, if not in `w`. `only` names the surfaces that a step is for,
//! where callers of the others cannot say its request, and `why` says why.

use std::collections::BTreeMap;

use rekor_core::api::call::CallOptions;
use rekor_core::{OPS, STORE_OPS};
use serde::Deserialize;
use serde_json::Value;

use super::Fixture;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    steps: Vec<Step>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Step {
    pub(super) op: String,
    request: Box<serde_json::value::RawValue>,
    #[serde(default)]
    pub(super) options: CallOptions,
    /// Where it is run, if not in `w`.
    pub(super) workspace: Option<String>,
    expect: Option<Value>,
    error: Option<Value>,
    #[serde(default)]
    save: BTreeMap<String, String>,
    /// The surfaces that it is for, if not all.
    only: Option<Vec<String>>,
    /// Why it is not for all.
    why: Option<String>,
}

impl Step {
    fn is_for(&self, surface: &str) -> bool {
        assert_eq!(self.only.is_some(), self.why.is_some(), "`only` and `why` come together: {}", self.op);
        self.only.as_ref().is_none_or(|names| names.iter().any(|name| name == surface))
    }
}

/// What cases are run through.
pub(super) trait Surface {
    /// Its name in `only`.
    const NAME: &'static str;

    /// An empty store with the workspace `w`.
    fn new() -> Self;

    /// Runs a step, and answers the answer or the error, as JSON.
    fn call(&self, step: &Step, request: &str) -> Result<Value, Value>;
}

/// The library itself.
impl Surface for Fixture {
    const NAME: &'static str = "rust";

    fn new() -> Self {
        Self::new()
    }

    fn call(&self, step: &Step, request: &str) -> Result<Value, Value> {
        let answer = if STORE_OPS.iter().any(|op| op.name == step.op) {
            self.store.call_with(&step.op, request, &step.options)
        } else {
            let id = step.workspace.as_deref().unwrap_or("w");
            let workspace = self.store.workspace(id);
            workspace.and_then(|workspace| workspace.call_with(&step.op, request, &step.options))
        };
        let read = |answer: String| serde_json::from_str(&answer).unwrap();
        answer.map(read).map_err(|error| serde_json::to_value(&error).unwrap())
    }
}

#[test]
fn every_case_gives_what_it_expects() {
    run_all::<Fixture>();
}

#[test]
fn every_operation_has_a_case_that_succeeds_and_one_that_is_refused() {
    let cases: Vec<Case> = files().into_iter().flat_map(|(_, cases)| cases).collect();
    let steps = || cases.iter().flat_map(|case| &case.steps);
    for name in OPS.iter().map(|op| op.name).chain(STORE_OPS.iter().map(|op| op.name)) {
        assert!(steps().any(|step| step.op == name && step.error.is_none()), "no case of `{name}` succeeds");
        // What takes no field has nothing that could be wrong.
        let takes_nothing =
            ["list_collections", "get_stats", "list_workspaces", "list_tokens"].contains(&name);
        let is_refused = steps().any(|step| step.op == name && step.error.is_some());
        assert!(is_refused != takes_nothing, "no case of `{name}` is refused");
    }
}

/// All cases, by the name of their file.
fn files() -> Vec<(String, Vec<Case>)> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(crate::root().join("tests/cases")).unwrap() {
        let path = entry.unwrap().path();
        let file = path.file_name().unwrap().to_string_lossy().into_owned();
        let cases = serde_json::from_str(&std::fs::read_to_string(&path).unwrap());
        files.push((file.clone(), cases.unwrap_or_else(|e| panic!("{file}: {e}"))));
    }
    files
}

/// Runs every case through a surface.
pub(super) fn run_all<S: Surface>() {
    let mut failures = Vec::new();
    let mut count = 0;
    for (file, cases) in files() {
        for case in cases {
            count += 1;
            if let Err(failure) = run::<S>(&case) {
                failures.push(format!("{file}: {}: {failure}", case.name));
            }
        }
    }
    assert!(count > 15, "the cases are found");
    assert!(failures.is_empty(), "{} of {count} cases fail:\n{}", failures.len(), failures.join("\n"));
}

fn run<S: Surface>(case: &Case) -> Result<(), String> {
    let surface = S::new();
    let mut saved: BTreeMap<String, String> = BTreeMap::new();
    for (n, step) in case.steps.iter().enumerate().filter(|(_, step)| step.is_for(S::NAME)) {
        let at = |what: String| format!("step {n} ({}): {what}", step.op);
        let answer = surface.call(step, &filled(step.request.get(), &saved));
        match (answer, &step.error) {
            (Ok(answer), None) => {
                if let Some(expected) = &step.expect {
                    let expected: Value = serde_json::from_str(&filled(&expected.to_string(), &saved))
                        .map_err(|e| at(e.to_string()))?;
                    matches(&expected, &answer, "").map_err(|e| at(format!("{e}\n  in {answer}")))?;
                }
                for (name, pointer) in &step.save {
                    let value = match answer.pointer(pointer) {
                        Some(Value::String(text)) => text.clone(),
                        Some(Value::Number(number)) => number.to_string(),
                        _ => return Err(at(format!("no text and no number at {pointer}"))),
                    };
                    saved.insert(name.clone(), value);
                }
            }
            (Err(error), Some(expected)) => {
                matches(expected, &error, "").map_err(|e| at(format!("{e}\n  in {error}")))?;
            }
            (Ok(answer), Some(expected)) => return Err(at(format!("expected {expected}, got {answer}"))),
            (Err(error), None) => return Err(at(format!("unexpected error {error}"))),
        }
    }
    Ok(())
}

/// A text with what was saved in the place of its names.
fn filled(text: &str, saved: &BTreeMap<String, String>) -> String {
    saved.iter().fold(text.to_owned(), |text, (name, value)| {
        text.replace(&format!("${{{name}}}"), value).replace(&format!("\"$number:{name}\""), value)
    })
}

fn matches(expected: &Value, got: &Value, place: &str) -> Result<(), String> {
    let differs = || Err(format!("at `{place}`: expected {expected}, got {got}"));
    match (expected, got) {
        (Value::String(any), got) if any == "$any" && !got.is_null() => Ok(()),
        (Value::Object(fields), Value::Object(has)) => fields.iter().try_for_each(|(key, value)| {
            matches(value, has.get(key).unwrap_or(&Value::Null), &format!("{place}/{key}"))
        }),
        (Value::Array(items), Value::Array(has)) if items.len() == has.len() => items
            .iter()
            .zip(has)
            .enumerate()
            .try_for_each(|(n, (e, g))| matches(e, g, &format!("{place}/{n}"))),
        (expected, got) if expected == got => Ok(()),
        _ => differs(),
    }
}
