//! The one equality and the one order of values, as the contract has them, over serde_json.

use std::cmp::Ordering;

use serde_json::{Number, Value};

/// A value as it is compared: null, false, true, numbers, instants, strings, arrays, objects.
#[derive(Debug, Clone)]
pub(super) enum Word {
    Null,
    Bool(bool),
    Number(Number),
    /// Nanoseconds since 1970.
    Instant(i128),
    Text(String),
    Array(String),
    Object(String),
}

impl Word {
    /// The word of a value of a field, null when it is missing.
    pub(super) fn of(value: Option<&Value>, date_time: bool) -> Self {
        match value {
            None | Some(Value::Null) => Self::Null,
            Some(Value::Bool(value)) => Self::Bool(*value),
            Some(Value::Number(number)) => Self::Number(number.clone()),
            Some(Value::String(text)) => {
                let instant = if date_time { instant(text) } else { None };
                instant.map_or_else(|| Self::Text(text.clone()), Self::Instant)
            }
            Some(Value::Array(_)) => Self::Array(value.unwrap().to_string()),
            Some(Value::Object(_)) => Self::Object(value.unwrap().to_string()),
        }
    }

    pub(super) const fn class(&self) -> u8 {
        match self {
            Self::Null => 0,
            Self::Bool(_) => 1,
            Self::Number(_) => 2,
            Self::Instant(_) => 3,
            Self::Text(_) => 4,
            Self::Array(_) => 5,
            Self::Object(_) => 6,
        }
    }
}

impl Ord for Word {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Bool(a), Self::Bool(b)) => a.cmp(b),
            (Self::Number(a), Self::Number(b)) => numbers(a, b),
            (Self::Instant(a), Self::Instant(b)) => a.cmp(b),
            (Self::Text(a), Self::Text(b))
            | (Self::Array(a), Self::Array(b))
            | (Self::Object(a), Self::Object(b)) => a.cmp(b),
            _ => self.class().cmp(&other.class()),
        }
    }
}

impl PartialOrd for Word {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Word {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Word {}

/// Compares numbers by exact value.
fn numbers(a: &Number, b: &Number) -> Ordering {
    match (integer(a), integer(b)) {
        (Some(a), Some(b)) => a.cmp(&b),
        (Some(a), None) => with_double(a, b.as_f64().unwrap()),
        (None, Some(b)) => with_double(b, a.as_f64().unwrap()).reverse(),
        (None, None) => a.as_f64().unwrap().partial_cmp(&b.as_f64().unwrap()).unwrap(),
    }
}

fn integer(number: &Number) -> Option<i128> {
    number.as_u64().map(i128::from).or_else(|| number.as_i64().map(i128::from))
}

/// An integer and a double: the whole part decides, then what is behind the point.
#[expect(clippy::cast_possible_truncation, reason = "a double beyond 2^100 is told apart before")]
fn with_double(integer: i128, double: f64) -> Ordering {
    if double.abs() > 1e30 {
        return if double > 0.0 { Ordering::Less } else { Ordering::Greater };
    }
    let whole = double.floor();
    integer.cmp(&(whole as i128)).then(if double > whole { Ordering::Less } else { Ordering::Equal })
}

/// The instant of `2026-01-31T12:00:00.5+02:00`, the one form that the generator writes.
fn instant(text: &str) -> Option<i128> {
    let number = |range: std::ops::Range<usize>| text.get(range)?.parse::<i128>().ok();
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    let (hour, minute, second) = (number(11..13)?, number(14..16)?, number(17..19)?);
    let zone = text.rfind(['Z', '+', '-']).filter(|at| *at >= 19)?;
    let fraction: String =
        text[19..zone].trim_start_matches('.').chars().chain("000000000".chars()).take(9).collect();
    let offset = match &text[zone..] {
        "Z" => 0,
        sign => {
            let minutes = sign[1..3].parse::<i128>().ok()? * 60 + sign[4..6].parse::<i128>().ok()?;
            if sign.starts_with('-') { -minutes } else { minutes }
        }
    };
    // Days of the proleptic Gregorian calendar, months counted from March.
    let (y, m) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days =
        365 * y + y.div_euclid(4) - y.div_euclid(100) + y.div_euclid(400) + (153 * m + 2) / 5 + day - 719_469;
    let seconds = ((days * 24 + hour) * 60 + minute - offset) * 60 + second;
    Some(seconds * 1_000_000_000 + fraction.parse::<i128>().ok()?)
}

/// The value of a field of a record, `None` when it is missing.
pub(super) fn at<'r>(record: &'r Value, field: &str) -> Option<&'r Value> {
    field.split('.').try_fold(record, |value, step| match value {
        Value::Array(list) => list.get(step.parse::<usize>().ok()?),
        other => other.get(step),
    })
}

/// What stands for an id where ids are compared: UUIDs first, by bytes, then the others as text.
pub(super) fn id_order(id: &str) -> String {
    let is_uuid = id.len() == 36
        && id.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte),
        });
    format!("{}{id}", if is_uuid { 'a' } else { 'b' })
}
