//! Numbers by their values. Never keeps how one was spelled.

use std::cmp::Ordering;
use std::fmt::Write as _;

/// A number by its value, however it was spelled.
///
/// A double that is an integer of 64 bits is kept as that integer, so each value has one form.
#[derive(Debug, Clone, Copy)]
pub enum Number {
    /// An integer; sums may leave the range of 64 bits.
    Integer(i128),
    /// A finite double that is not an integer of 64 bits.
    Double(f64),
}

impl Number {
    /// Reads a number as JSON spells it; `None` when it is none or is not finite.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('-').unwrap_or(text).as_bytes();
        if digits.first() == Some(&b'0') && digits.get(1).is_some_and(u8::is_ascii_digit) {
            return None;
        }
        if digits.len() <= 20 && !digits.is_empty() && digits.iter().all(u8::is_ascii_digit) {
            let integer = text.parse::<i128>().ok()?;
            if in_range(integer) {
                return Some(Self::Integer(integer));
            }
        }
        // Only what JSON calls a number: `inf`, `+1` and `.5` are read by the standard library too.
        let json = digits.first().is_some_and(u8::is_ascii_digit)
            && digits.last().is_some_and(u8::is_ascii_digit)
            && digits.iter().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-'));
        if json { text.parse::<f64>().ok().and_then(Self::from_double) } else { None }
    }

    /// A double by its value; `None` when it is not finite.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "the range is checked and the fraction is zero")]
    pub fn from_double(double: f64) -> Option<Self> {
        if !double.is_finite() {
            return None;
        }
        let whole = double.fract() == 0.0 && double.abs() < 2e19 && in_range(double as i128);
        Some(if whole { Self::Integer(double as i128) } else { Self::Double(double) })
    }

    /// The nearest double.
    #[must_use]
    pub fn to_double(self) -> f64 {
        match self {
            Self::Integer(integer) => integer as f64,
            Self::Double(double) => double,
        }
    }

    /// The shortest JSON text.
    #[must_use]
    pub fn to_text(self) -> String {
        let mut text = String::new();
        self.put_text(&mut text);
        text
    }

    /// Appends the shortest JSON text.
    pub fn put_text(self, out: &mut String) {
        let start = out.len();
        // Writing to a string does not fail.
        let _written = match self {
            Self::Integer(integer) => match i64::try_from(integer) {
                Ok(integer) => write!(out, "{integer}"),
                Err(_) => write!(out, "{integer}"),
            },
            Self::Double(double) => match serde_json::Number::from_f64(double) {
                Some(number) => write!(out, "{number}"),
                None => out.write_char('0'),
            },
        };
        if let Some(at) = out.get(start..).and_then(|text| text.find("e+")) {
            out.remove(start + at + 1);
        }
    }
}

fn in_range(integer: i128) -> bool {
    (i128::from(i64::MIN)..=i128::from(u64::MAX)).contains(&integer)
}

impl Ord for Number {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a double beyond i128 saturates, which compares right"
    )]
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Integer(a), Self::Integer(b)) => a.cmp(b),
            (Self::Double(a), Self::Double(b)) => a.total_cmp(b),
            (Self::Integer(a), Self::Double(b)) => {
                let floor = b.floor();
                a.cmp(&(floor as i128)).then(if *b > floor { Ordering::Less } else { Ordering::Equal })
            }
            (Self::Double(_), Self::Integer(_)) => other.cmp(self).reverse(),
        }
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Number {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_equal_by_value() {
        for (a, b) in [
            ("1", "1.0"),
            ("1", "1e0"),
            ("150e-2", "1.5"),
            ("0", "0.0"),
            ("18446744073709551615", "18446744073709551615"),
        ] {
            assert_eq!(Number::parse(a), Number::parse(b), "{a} {b}");
        }
        assert_ne!(Number::parse("9007199254740993"), Number::parse("9007199254740992.0"));
        for bad in ["", "-", "inf", "NaN", "+1", ".5", "1.", "0x1", "1 ", "1e999", "007"] {
            assert!(Number::parse(bad).is_none(), "{bad}");
        }
        assert_eq!(Number::parse("1.50").unwrap().to_text(), "1.5");
        assert_eq!(Number::parse("1e2").unwrap().to_text(), "100");
        assert_eq!(Number::parse("1e300").unwrap().to_text(), "1e300");
    }
}
