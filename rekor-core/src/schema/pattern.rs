//! Regular expressions of schemas: only such as run in linear time and compile small. Never runs one against
//! data that was not checked first.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use jsonschema::{PatternOptions, Regex, Validator};
use serde_json::Value;

use crate::ground::error::{Code, Error, Result};
use crate::ground::limits;

/// Different patterns that one schema may have: each may take as much memory as a compiled pattern may.
const PATTERNS_MAX: usize = 500;

/// How every pattern is compiled.
pub(super) fn options() -> PatternOptions<Regex> {
    let bytes = limits::PATTERN_COMPILED_BYTES.len();
    PatternOptions::regex().size_limit(bytes).dfa_size_limit(bytes * 4)
}

/// The patterns of a schema, each compiled once.
#[derive(Default)]
pub(super) struct Patterns(HashMap<String, Validator>);

impl Patterns {
    /// Checks a pattern and keeps it.
    pub(super) fn add(&mut self, pattern: &str) -> Result<()> {
        if self.0.contains_key(pattern) {
            return Ok(());
        }
        limits::PATTERN_BYTES.check(pattern.len()).map_err(|e| e.hint("split the pattern, or use `enum`"))?;
        if self.0.len() >= PATTERNS_MAX {
            let message = format!("a schema is limited to {PATTERNS_MAX} different patterns");
            return Err(Error::new(Code::SchemaTooComplex, message).hint("use `enum` or `format` instead"));
        }
        let schema = serde_json::json!({ "pattern": pattern });
        let build = || jsonschema::options().with_pattern_options(options()).build(&schema).ok();
        match catch_unwind(AssertUnwindSafe(build)) {
            Ok(Some(validator)) => {
                self.0.insert(pattern.to_owned(), validator);
                Ok(())
            }
            _ => Err(refusal(pattern)),
        }
    }

    /// Whether a name matches a pattern; what was never added counts as a match, since nothing is certain.
    pub(super) fn matches(&self, pattern: &str, name: &str) -> bool {
        let Some(validator) = self.0.get(pattern) else { return true };
        let name = Value::from(name);
        catch_unwind(AssertUnwindSafe(|| validator.is_valid(&name))).unwrap_or(true)
    }
}

/// Says why a pattern cannot be used.
fn refusal(pattern: &str) -> Error {
    let shown: String = pattern.chars().take(60).collect();
    let build = || {
        regex::RegexBuilder::new(pattern).size_limit(limits::PATTERN_COMPILED_BYTES.len()).build().map(|_| ())
    };
    let cause = catch_unwind(AssertUnwindSafe(build));
    let (message, hint) = match cause {
        Ok(Err(regex::Error::CompiledTooBig(max))) => (
            format!("the pattern `{shown}` compiles to more than {max} bytes"),
            "repeat less, or use ASCII classes such as [0-9A-Za-z_] in place of \\w",
        ),
        Ok(Err(e))
            if ["look-around", "look-ahead", "backreference"].iter().any(|w| e.to_string().contains(w)) =>
        {
            (
                format!("the pattern `{shown}` cannot run in linear time"),
                "look-around and back-references are not supported",
            )
        }
        _ => (
            format!("the pattern `{shown}` is not a regular expression"),
            "escape what is meant literally, as in \\( or \\.",
        ),
    };
    Error::new(Code::BadPattern, message).hint(hint)
}
