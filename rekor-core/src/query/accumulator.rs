//! What aggregate functions compute, value by value. Defined over [`Scalar`] alone, so that rows and columns give the
//! same totals. Nulls are skipped by every function.
//!
//! Integer sums are exact: values are below 2^64 in size, and no store has 2^63 of them, so an i128 never
//! overflows. Sums of doubles are compensated (Neumaier); a sum is an integer as long as all its values are.

use crate::codec::scalar::{Number, Scalar};
use crate::ground::error::{Code, Error, Result};
use crate::query::distinct::Distinct;

/// An aggregate function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    /// How many records, or how many values that are not null.
    Count,
    /// The sum of numbers, 0 for none.
    Sum,
    /// The mean of numbers.
    Avg,
    /// The least value in the one order.
    Min,
    /// The greatest value in the one order.
    Max,
    /// How many values differ from each other.
    CountDistinct,
}

impl Function {
    /// Every function, in the order of the documents.
    pub const ALL: [(&'static str, Self); 6] = [
        ("count", Self::Count),
        ("sum", Self::Sum),
        ("avg", Self::Avg),
        ("min", Self::Min),
        ("max", Self::Max),
        ("count_distinct", Self::CountDistinct),
    ];

    /// Whether its result is a number whatever the values are.
    #[must_use]
    pub const fn is_number(self) -> bool {
        !matches!(self, Self::Min | Self::Max)
    }
}

/// The state of one function over one group.
#[derive(Debug)]
pub enum Accumulator {
    /// Of `count`.
    Count(u64),
    /// Of `sum`.
    Sum(Sum),
    /// Of `avg`.
    Avg(Sum),
    /// Of `min`.
    Min(Option<Scalar<'static>>),
    /// Of `max`.
    Max(Option<Scalar<'static>>),
    /// Of `count_distinct`.
    Distinct(Distinct),
}

/// A running sum.
#[derive(Debug, Default, Clone, Copy)]
pub struct Sum {
    integers: i128,
    doubles: f64,
    lost: f64,
    has_double: bool,
    numbers: u64,
    /// Values that are not numbers.
    pub others: u64,
}

impl Sum {
    /// The sum of whole numbers and, if there are any, of others: the sum as rounded and what rounding lost.
    pub(super) const fn of(integers: i128, doubles: Option<(f64, f64)>, numbers: u64, others: u64) -> Self {
        let has_double = doubles.is_some();
        let (doubles, lost) = match doubles {
            Some(doubles) => doubles,
            None => (0.0, 0.0),
        };
        Self { integers, doubles, lost, has_double, numbers, others }
    }

    fn merge(&mut self, other: &Self) {
        self.integers += other.integers;
        self.add_double(other.doubles);
        self.lost += other.lost;
        self.has_double |= other.has_double;
        self.numbers += other.numbers;
        self.others += other.others;
    }

    fn add(&mut self, number: Number) {
        self.numbers += 1;
        match number {
            Number::Integer(integer) => self.integers += integer,
            Number::Double(double) => {
                self.has_double = true;
                self.add_double(double);
            }
        }
    }

    fn add_double(&mut self, double: f64) {
        let sum = self.doubles + double;
        self.lost += if self.doubles.abs() >= double.abs() {
            (self.doubles - sum) + double
        } else {
            (double - sum) + self.doubles
        };
        self.doubles = sum;
    }

    fn total(mut self) -> Result<Number> {
        if !self.has_double {
            return Ok(Number::Integer(self.integers));
        }
        self.add_double(self.integers as f64);
        Number::from_double(self.doubles + self.lost)
            .ok_or_else(|| Error::new(Code::NumberOutOfRange, "a sum is too large for a double"))
    }
}

impl Accumulator {
    /// The state before any value.
    #[must_use]
    pub fn new(function: Function) -> Self {
        match function {
            Function::Count => Self::Count(0),
            Function::Sum => Self::Sum(Sum::default()),
            Function::Avg => Self::Avg(Sum::default()),
            Function::Min => Self::Min(None),
            Function::Max => Self::Max(None),
            Function::CountDistinct => Self::Distinct(Distinct::default()),
        }
    }

    /// Takes a value in; answers how many bytes more are held.
    pub fn add(&mut self, value: &Scalar<'_>) -> usize {
        if value.is_null() {
            return 0;
        }
        match self {
            Self::Count(count) => *count += 1,
            Self::Sum(sum) | Self::Avg(sum) => match value {
                Scalar::Number(number) => sum.add(*number),
                _ => sum.others += 1,
            },
            Self::Min(least) => {
                if least.as_ref().is_none_or(|least| value < least) {
                    *least = Some(value.clone().into_owned());
                }
            }
            Self::Max(greatest) => {
                if greatest.as_ref().is_none_or(|greatest| value > greatest) {
                    *greatest = Some(value.clone().into_owned());
                }
            }
            Self::Distinct(seen) => return seen.add(value),
        }
        0
    }

    /// Takes in what another of the same function was given; answers how many bytes more are held.
    pub(super) fn merge(&mut self, other: Self) -> usize {
        match (&mut *self, other) {
            (Self::Count(count), Self::Count(other)) => *count += other,
            (Self::Sum(sum), Self::Sum(other)) | (Self::Avg(sum), Self::Avg(other)) => sum.merge(&other),
            (_, Self::Min(Some(value)) | Self::Max(Some(value))) => return self.add(&value),
            (Self::Distinct(seen), Self::Distinct(other)) => return seen.merge(other),
            _ => {}
        }
        0
    }

    /// Bytes held beside the state itself.
    pub(super) fn held(&self) -> usize {
        match self {
            Self::Distinct(seen) => seen.held(),
            _ => 0,
        }
    }

    /// Counts a record, whatever its values.
    pub fn add_record(&mut self) {
        if let Self::Count(count) = self {
            *count += 1;
        }
    }

    /// How many values should have been numbers and were not.
    #[must_use]
    pub const fn not_numbers(&self) -> u64 {
        match self {
            Self::Sum(sum) | Self::Avg(sum) => sum.others,
            _ => 0,
        }
    }

    /// The result.
    pub fn finish(self) -> Result<Scalar<'static>> {
        let count = |n: u64| Scalar::Number(Number::Integer(n.into()));
        Ok(match self {
            Self::Count(n) => count(n),
            Self::Distinct(seen) => count(seen.count()),
            Self::Sum(sum) => Scalar::Number(sum.total()?),
            Self::Avg(sum) if sum.numbers == 0 => Scalar::Null,
            Self::Avg(sum) => {
                let mean = sum.total()?.to_double() / sum.numbers as f64;
                Number::from_double(mean).map_or(Scalar::Null, Scalar::Number)
            }
            Self::Min(value) | Self::Max(value) => value.unwrap_or(Scalar::Null),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(function: Function, values: &[&'static str]) -> String {
        let mut accumulator = Accumulator::new(function);
        for value in values {
            accumulator.add(&Scalar::read(value, false).unwrap());
        }
        accumulator.finish().unwrap().to_json()
    }

    #[test]
    fn totals_follow_the_contract() {
        let max = "18446744073709551615";
        assert_eq!(run(Function::Sum, &[max, max, "null"]), "36893488147419103230");
        assert_eq!(run(Function::Sum, &[]), "0");
        assert_eq!(run(Function::Sum, &["1", "2.0"]), "3");
        assert_eq!(run(Function::Sum, &["0.1"; 10]), "1");
        assert_eq!(run(Function::Sum, &["1e100", "1", "-1e100", "0.5"]), "1.5");
        assert_eq!(run(Function::Avg, &["1", "2"]), "1.5");
        assert_eq!(run(Function::Avg, &["null"]), "null");
        assert_eq!(run(Function::Min, &["\"a\"", "1", "true"]), "true");
        assert_eq!(run(Function::Max, &["\"a\"", "1", "null"]), "\"a\"");
        assert_eq!(run(Function::CountDistinct, &["1", "1.0", "\"1\"", "null"]), "2");
        let mut sum = Accumulator::new(Function::Sum);
        sum.add(&Scalar::Text("x".into()));
        assert_eq!(sum.not_numbers(), 1);
    }
}
