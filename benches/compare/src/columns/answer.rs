//! Answers in one form, so that those of all sides can be held against each other before anything is timed.

use serde_json::Value;

use crate::side::Result;

/// Sums of the same numbers differ by the order that they were added in, and by no more than this.
const RELATIVE: f64 = 1e-9;

/// Rows of cells.
#[derive(Debug)]
pub struct Answer(pub Vec<Vec<Value>>);

impl Answer {
    /// Puts rows whose order means nothing in the order of their text. The first cells are what tells rows
    /// apart, so a sum that differs in its last digit changes no order.
    #[must_use]
    pub fn in_order(mut self, ordered: bool) -> Self {
        if !ordered {
            self.0.sort_by_cached_key(|row| row.iter().map(Value::to_string).collect::<Vec<_>>());
        }
        self
    }

    /// Fails with the first cell that differs.
    pub fn agree(&self, what: &str, side: &str, other: &Self) -> Result<()> {
        if self.0.len() != other.0.len() {
            let (ours, theirs) = (self.0.len(), other.0.len());
            return Err(format!("{what}: rekor answers {ours} rows, {side} {theirs}").into());
        }
        for (at, (a, b)) in self.0.iter().zip(&other.0).enumerate() {
            let same = a.len() == b.len() && a.iter().zip(b).all(|(x, y)| is_same(x, y));
            if !same {
                return Err(format!("{what}: row {at} of rekor is {a:?}, of {side} {b:?}").into());
            }
        }
        Ok(())
    }
}

fn is_same(a: &Value, b: &Value) -> bool {
    match (number(a), number(b)) {
        (Some(x), Some(y)) => (x - y).abs() <= RELATIVE * x.abs().max(y.abs()),
        _ => a == b,
    }
}

/// SQLite has no boolean: it says 1 and 0.
fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Bool(yes) => Some(f64::from(u8::from(*yes))),
        value => value.as_f64(),
    }
}

#[test]
fn answers_agree_whatever_the_order_and_the_last_digit() {
    let answer = |text: &str| Answer(serde_json::from_str(text).unwrap());
    let ours = answer(r#"[["a", 0.30000000000000004, true], ["b", 2, null]]"#);
    let same = answer(r#"[["b", 2.0, null], ["a", 0.3, 1]]"#);
    assert!(ours.agree("it", "SQLite", &same).is_err());
    assert!(ours.agree("it", "SQLite", &same.in_order(false)).is_ok());
    for other in
        [r#"[["a", 0.31, true], ["b", 2, null]]"#, r#"[["a", 0.3, true]]"#, r#"[["a", 0.3], ["b", 2]]"#]
    {
        assert!(ours.agree("it", "SQLite", &answer(other)).is_err(), "{other}");
    }
}
