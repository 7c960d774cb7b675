//! The words for each way in which a value can fail. Lower case, the cause first, the next step as a hint.

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind as Failure};
use serde_json::{Map, Value};

use crate::codec::json::{pointer_push, pointer_segments};
use crate::ground::error::{Code, Error};
use crate::ground::json::Json;
use crate::ground::limits;
use crate::schema::nearest::nearest;
use crate::schema::shape::{Shape, dotted};
use crate::schema::violation::{Violation, short};

/// Values that `expected` lists at most.
const LISTED: usize = 20;
/// Levels of `anyOf` that are looked into for the branch that was meant.
const BRANCHES_DEEP: usize = 8;

/// A value as a message shows it.
pub(in crate::schema) fn got(value: &Value) -> String {
    match value {
        Value::String(text) => Value::from(short(text)).to_string(),
        Value::Array(items) if items.len() > LISTED => format!("an array of {} elements", items.len()),
        Value::Object(members) if members.len() > LISTED => format!("an object of {} members", members.len()),
        other => short(&other.to_string()),
    }
}

/// The error of an engine that gave up on a pattern.
pub(in crate::schema) fn engine_failure(error: &ValidationError<'_>) -> Option<Error> {
    let gave_up =
        matches!(error.kind(), Failure::RegexEngineFailure { .. } | Failure::BacktrackLimitExceeded { .. });
    gave_up.then(|| {
        Error::new(Code::BadPattern, "a pattern of the schema cannot be run on this data")
            .at(error.instance_path().as_str())
            .hint("simplify the pattern")
    })
}

/// Adds what one failure says, while there is room, and answers how many violations it is.
pub(in crate::schema) fn add(error: &ValidationError<'_>, shape: &Shape, to: &mut Vec<Violation>) -> u64 {
    add_at(error, shape, to, BRANCHES_DEEP)
}

fn add_at(error: &ValidationError<'_>, shape: &Shape, to: &mut Vec<Violation>, deeper: usize) -> u64 {
    let pointer = error.instance_path().as_str();
    let room = to.len() < limits::DETAILS_MAX;
    match error.kind() {
        Failure::AdditionalProperties { unexpected } | Failure::UnevaluatedProperties { unexpected } => {
            for name in unexpected {
                if to.len() < limits::DETAILS_MAX {
                    to.push(undeclared(error, pointer, name, shape));
                }
            }
            return unexpected.len() as u64;
        }
        Failure::AnyOf { context } | Failure::OneOfNotValid { context } if room && deeper > 0 => {
            let mut meant = context.iter().filter(|errors| !other_kind(errors, pointer));
            if let (Some(branch), None) = (meant.next(), meant.next())
                && context.len() > 1
            {
                return branch.iter().map(|inner| add_at(inner, shape, to, deeper - 1)).sum();
            }
        }
        _ => {}
    }
    if room {
        let mut violation = described(error, pointer);
        if let (Failure::Required { property }, Some(members)) = (error.kind(), error.instance().as_object())
        {
            violation.hint = misspelt(property.as_str().unwrap_or_default(), pointer, members, shape);
        }
        to.push(violation);
    }
    1
}

/// The hint for a missing field when an undeclared one with a similar name is there.
fn misspelt(missing: &str, pointer: &str, members: &Map<String, Value>, shape: &Shape) -> Option<String> {
    let path: Vec<String> = pointer_segments(pointer).collect();
    let declared = shape.names(&path);
    let others = members.keys().map(String::as_str).filter(|name| !declared.iter().any(|d| d == name));
    let there = nearest(missing, others)?;
    Some(format!("there is `{}`; did you mean `{}`?", short(there), short(missing)))
}

/// Whether a branch was not meant: the value is of another kind, or a field that tells the branches apart has
/// the value of another branch.
fn other_kind(errors: &[ValidationError<'_>], pointer: &str) -> bool {
    errors.iter().any(|error| {
        let at = error.instance_path().as_str();
        let below = at.strip_prefix(pointer).unwrap_or_default();
        match error.kind() {
            Failure::Type { .. } => at == pointer,
            Failure::Constant { .. } | Failure::Enum { .. } => below.matches('/').count() == 1,
            _ => false,
        }
    })
}

fn undeclared(error: &ValidationError<'_>, pointer: &str, name: &str, shape: &Shape) -> Violation {
    let mut at = pointer.to_owned();
    pointer_push(&mut at, name);
    let path: Vec<String> = pointer_segments(pointer).collect();
    let names = shape.names(&path);
    let meant = nearest(name, names.iter().map(String::as_str));
    let hint = match meant {
        Some(meant) => format!("did you mean `{meant}`?"),
        None if names.is_empty() => "leave the field out, or declare it in the schema".to_owned(),
        None => format!("the declared fields are {}", listed(names.iter().map(|name| format!("`{name}`")))),
    };
    let message = format!("{} is not declared", field(&at));
    let names: Vec<&String> = names.iter().take(LISTED).collect();
    let keyword = error.kind().keyword().to_owned();
    Violation { pointer: at, keyword, expected: Json::from_value(&names), message, hint: Some(hint) }
}

/// The field at a pointer, as messages name it.
fn field(pointer: &str) -> String {
    if pointer.is_empty() {
        return "the data".to_owned();
    }
    format!("field `{}`", short(&dotted(pointer_segments(pointer))))
}

fn described(error: &ValidationError<'_>, pointer: &str) -> Violation {
    let keyword = error.kind().keyword().to_owned();
    if let Failure::Required { property } = error.kind() {
        let mut at = pointer.to_owned();
        pointer_push(&mut at, property.as_str().unwrap_or_default());
        let message = format!("{} is required", field(&at));
        return Violation {
            pointer: at,
            keyword,
            expected: Json::from_value("present"),
            message,
            hint: None,
        };
    }
    let (expected, predicate, hint) = predicate(error);
    let message = format!("{} {predicate}", field(pointer));
    Violation { pointer: pointer.to_owned(), keyword, expected, message, hint }
}

/// What a value should have been: in short, as a predicate with what it is, and the next step.
fn predicate(error: &ValidationError<'_>) -> (Json, String, Option<String>) {
    let value = error.instance();
    let says =
        |expected: &dyn Fn() -> Json, must: String| (expected(), format!("{must}, got {}", got(value)), None);
    if let Some((expected, must)) = measure(error.kind()) {
        return says(&|| expected.clone(), must);
    }
    match error.kind() {
        Failure::Type { kind } => {
            let names: Vec<String> = match kind {
                TypeKind::Single(kind) => vec![kind.to_string()],
                TypeKind::Multiple(kinds) => kinds.iter().map(|kind| kind.to_string()).collect(),
            };
            let words: Vec<&str> = names.iter().map(|name| with_article(name)).collect();
            let expected = || match names.as_slice() {
                [one] => Json::from_value(one),
                several => Json::from_value(several),
            };
            let (expected, message, _) = says(&expected, format!("must be {}", words.join(" or ")));
            (expected, message, unquoted(value, &names))
        }
        Failure::Enum { options } => one_of(value, options),
        Failure::Constant { expected_value } => {
            says(&|| Json::from_value(expected_value.as_ref()), format!("must be {}", got(expected_value)))
        }
        Failure::Pattern { pattern } => {
            says(&|| Json::from_value(pattern), format!("must match the pattern `{}`", short(pattern)))
        }
        Failure::Format { format } => {
            let (_, message, _) = says(&|| Json::from_value(format), format!("must be a valid {format}"));
            (Json::from_value(format), message, format_hint(format))
        }
        Failure::UniqueItems => {
            says(&|| Json::from_value("unique elements"), "must not hold an element twice".into())
        }
        Failure::Contains => says(
            &|| Json::from_value("a matching element"),
            "must hold an element that matches `contains`".into(),
        ),
        Failure::FalseSchema => (Json::from_value("absent"), "is not allowed".to_owned(), None),
        Failure::Not { .. } => {
            says(&|| Json::from_value("no match"), "must not match the schema in `not`".into())
        }
        Failure::PropertyNames { error } => {
            let (expected, inner, hint) = predicate(error);
            (expected, format!("has a key that is not allowed: a key {inner}"), hint)
        }
        Failure::AnyOf { context } => any_of(value, context),
        Failure::OneOfNotValid { context } => any_of(value, context),
        Failure::OneOfMultipleValid { .. } => {
            says(&|| Json::from_value("one match"), "must match one alternative only, not several".into())
        }
        Failure::UnevaluatedItems { unexpected } => (
            Json::from_value("no more elements"),
            format!("has {} elements too many", unexpected.len()),
            None,
        ),
        other => says(&|| Json::from_value(other.keyword()), format!("must match `{}`", other.keyword())),
    }
}

/// What a bound on a number, a length or a count demands.
fn measure(failure: &Failure) -> Option<(Json, String)> {
    let bound = |limit: &Value, words: &str| (Json::from_value(limit), format!("must be {words} {limit}"));
    let count = |limit: u64, words: &str, unit: &str| {
        let plural = if limit == 1 { "" } else { "s" };
        (Json::from_value(&limit), format!("must have {words} {limit} {unit}{plural}"))
    };
    Some(match failure {
        Failure::Minimum { limit } => bound(limit, "at least"),
        Failure::Maximum { limit } => bound(limit, "at most"),
        Failure::ExclusiveMinimum { limit } => bound(limit, "greater than"),
        Failure::ExclusiveMaximum { limit } => bound(limit, "less than"),
        Failure::MultipleOf { multiple_of } => {
            (Json::from_value(multiple_of), format!("must be a multiple of {multiple_of}"))
        }
        Failure::MinLength { limit } => count(*limit, "at least", "character"),
        Failure::MaxLength { limit } => count(*limit, "at most", "character"),
        Failure::MinItems { limit } => count(*limit, "at least", "element"),
        Failure::MaxItems { limit } => count(*limit, "at most", "element"),
        Failure::AdditionalItems { limit } => count(*limit as u64, "at most", "element"),
        Failure::MinProperties { limit } => count(*limit, "at least", "member"),
        Failure::MaxProperties { limit } => count(*limit, "at most", "member"),
        _ => return None,
    })
}

fn any_of(value: &Value, context: &[Vec<ValidationError<'_>>]) -> (Json, String, Option<String>) {
    // Alternatives that differ in their kind alone are one list of kinds.
    let mut names = Vec::new();
    for errors in context {
        match errors.as_slice() {
            [only] if only.instance().as_ref() == value => match only.kind() {
                Failure::Type { kind: TypeKind::Single(kind) } => names.push(kind.to_string()),
                _ => break,
            },
            _ => break,
        }
    }
    if names.len() == context.len() {
        let words: Vec<&str> = names.iter().map(|name| with_article(name)).collect();
        let message = format!("must be {}, got {}", words.join(" or "), got(value));
        return (Json::from_value(&names), message, None);
    }
    let message = format!("must match one of {} alternatives, got {}", context.len(), got(value));
    let first = context.iter().flatten().next().map(|inner| {
        format!("for the first alternative, {}", described(inner, inner.instance_path().as_str()).message)
    });
    (Json::from_value("one match"), message, first)
}

fn one_of(value: &Value, options: &Value) -> (Json, String, Option<String>) {
    let values: &[Value] = options.as_array().map_or(&[], Vec::as_slice);
    let shown: Vec<&Value> = values.iter().take(LISTED).collect();
    let message = format!("must be one of {}, got {}", listed(values.iter().map(got)), got(value));
    let texts = values.iter().filter_map(Value::as_str);
    let meant = value.as_str().and_then(|text| nearest(text, texts));
    (Json::from_value(&shown), message, meant.map(|meant| format!("did you mean {}?", Value::from(meant))))
}

fn listed(items: impl Iterator<Item = String>) -> String {
    let mut shown: Vec<String> = items.take(LISTED + 1).collect();
    let more = shown.len() > LISTED;
    shown.truncate(LISTED);
    format!("{}{}", shown.join(", "), if more { ", …" } else { "" })
}

/// The hint for a string that spells the number or boolean that was expected.
fn unquoted(value: &Value, kinds: &[String]) -> Option<String> {
    let text = value.as_str()?;
    let meant: Value = serde_json::from_str(text).ok()?;
    let wanted = |kind: &str| kinds.iter().any(|name| name == kind);
    let fits = match meant {
        Value::Bool(_) => wanted("boolean"),
        Value::Number(ref number) => wanted("number") || (wanted("integer") && !number.is_f64()),
        _ => false,
    };
    fits.then(|| format!("write {} without quotes", short(text)))
}

fn with_article(kind: &str) -> &str {
    match kind {
        "array" => "an array",
        "boolean" => "a boolean",
        "integer" => "an integer",
        "number" => "a number",
        "object" => "an object",
        "string" => "a string",
        other => other,
    }
}

fn format_hint(format: &str) -> Option<String> {
    let example = match format {
        "date-time" => "2026-01-31T09:30:00Z",
        "date" => "2026-01-31",
        "time" => "09:30:00Z",
        "duration" => "P3DT4H",
        "email" => "name@example.com",
        "uri" | "iri" => "https://example.com/",
        "uuid" => "0198a3c4-6a7e-7d1b-8f00-2b1c3d4e5f60",
        "ipv4" => "192.0.2.1",
        "ipv6" => "2001:db8::1",
        _ => return None,
    };
    Some(format!("write it like {example}"))
}

/// The error of a schema that its meta-schema or the compiler refuses.
pub(in crate::schema) fn of_schema(error: &ValidationError<'_>) -> Error {
    let mut error = error;
    for _ in 0..BRANCHES_DEEP {
        let (Failure::AnyOf { context } | Failure::OneOfNotValid { context }) = error.kind() else { break };
        let at = error.instance_path().as_str();
        let mut meant = context.iter().filter(|errors| !other_kind(errors, at));
        let (Some(branch), None) = (meant.next(), meant.next()) else { break };
        let Some(inner) = branch.first() else { break };
        error = inner;
    }
    let pointer = error.instance_path().as_str();
    let name = pointer_segments(pointer)
        .last()
        .map_or("the schema".to_owned(), |name| format!("`{}`", short(&name)));
    let (message, hint) = match error.kind() {
        Failure::Referencing(cause) => {
            (format!("a reference cannot be followed: {}", short(&cause.to_string())), None)
        }
        Failure::Required { property } => (format!("{name} lacks {property}"), None),
        _ => {
            let (_, words, hint) = predicate(error);
            (format!("{name} {words}"), hint)
        }
    };
    let hint = hint.unwrap_or_else(|| {
        "see the keywords at https://json-schema.org/understanding-json-schema".to_owned()
    });
    Error::new(Code::InvalidSchema, message).at(pointer).hint(hint)
}
