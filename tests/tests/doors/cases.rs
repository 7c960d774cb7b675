//! Language-neutral cases: tests/cases/*.json, each a name and steps of operation, request and what is
//! expected of it. Every surface of rekor runs the same files.
//!
//! What is expected is a part of what is answered: objects may hold more keys, lists are as long as
//! given, `"$any"` matches anything that is not null. `"save": {"a": "/id"}` keeps a value of the answer,
//! which `"${a}"` in a later request or answer stands for, and `"$number:a"` where it is a number. `options` says how the request is carried out: once for an
//! `idempotency_key`, or as a `dry_run`; `workspace` says where, if not in `w`. `only` names the surfaces that a step is for,
//! where callers of the others cannot say its request, and `why` says why.

use std::collections::BTreeMap;

use rekor_core::STORE_OPS;
use rekor_core::api::call::CallOptions;
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
struct Step {
    op: String,
    request: Box<serde_json::value::RawValue>,
    #[serde(default)]
    options: CallOptions,
    /// Where it is run, if not in `w`.
    workspace: Option<String>,
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
    fn is_for_others(&self) -> bool {
        assert_eq!(self.only.is_some(), self.why.is_some(), "`only` and `why` come together: {}", self.op);
        self.only.as_ref().is_some_and(|names| !names.iter().any(|name| name == "rust"))
    }
}

#[test]
fn every_case_gives_what_it_expects() {
    let mut failures = Vec::new();
    let mut count = 0;
    for entry in std::fs::read_dir(crate::root().join("tests/cases")).unwrap() {
        let path = entry.unwrap().path();
        let file = path.file_name().unwrap().to_string_lossy().into_owned();
        let cases: Vec<Case> = serde_json::from_str(&std::fs::read_to_string(&path).unwrap())
            .unwrap_or_else(|e| panic!("{file}: {e}"));
        for case in cases {
            count += 1;
            if let Err(failure) = run(&case) {
                failures.push(format!("{file}: {}: {failure}", case.name));
            }
        }
    }
    assert!(count > 15, "the cases are found");
    assert!(failures.is_empty(), "{} of {count} cases fail:\n{}", failures.len(), failures.join("\n"));
}

fn run(case: &Case) -> Result<(), String> {
    let fixture = Fixture::new();
    let mut saved: BTreeMap<String, String> = BTreeMap::new();
    for (n, step) in case.steps.iter().enumerate().filter(|(_, step)| !step.is_for_others()) {
        let mut request = step.request.get().to_owned();
        for (name, value) in &saved {
            request = request.replace(&format!("${{{name}}}"), value);
            request = request.replace(&format!("\"$number:{name}\""), value);
        }
        let answer = call(&fixture, step, &request);
        let at = |what: String| format!("step {n} ({}): {what}", step.op);
        match (answer, &step.error) {
            (Ok(answer), None) => {
                let answer: Value = serde_json::from_str(&answer).map_err(|e| at(e.to_string()))?;
                if let Some(expected) = &step.expect {
                    let mut expected = expected.to_string();
                    for (name, value) in &saved {
                        expected = expected.replace(&format!("${{{name}}}"), value);
                        expected = expected.replace(&format!("\"$number:{name}\""), value);
                    }
                    let expected = &serde_json::from_str(&expected).map_err(|e| at(e.to_string()))?;
                    matches(expected, &answer, "").map_err(|e| at(format!("{e}\n  in {answer}")))?;
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
                let error = serde_json::to_value(&error).map_err(|e| at(e.to_string()))?;
                matches(expected, &error, "").map_err(|e| at(format!("{e}\n  in {error}")))?;
            }
            (Ok(answer), Some(expected)) => return Err(at(format!("expected {expected}, got {answer}"))),
            (Err(error), None) => {
                return Err(at(format!("unexpected error {}", serde_json::to_string(&error).unwrap())));
            }
        }
    }
    Ok(())
}

/// Runs a step: one of a store, or one of a workspace.
fn call(fixture: &Fixture, step: &Step, request: &str) -> rekor_core::Result<String> {
    if STORE_OPS.iter().any(|op| op.name == step.op) {
        return fixture.store.call_with(&step.op, request, &step.options);
    }
    match &step.workspace {
        None => fixture.ws.call_with(&step.op, request, &step.options),
        Some(id) => fixture.store.workspace(id)?.call_with(&step.op, request, &step.options),
    }
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
