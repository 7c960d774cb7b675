//! The values that a test accepts, as closed ranges of a column's own domain: whole numbers, doubles, or units of time.
//! Made once for a query, so that the loop over a block compares machine numbers and nothing else.

use crate::codec::scalar::{Number, Scalar};
use crate::codec::time::Instant;
use crate::query::filter::{Comparison, Test};

/// A domain in which each value has neighbours.
pub(super) trait Domain: Copy + PartialOrd {
    /// The least.
    const LEAST: Self;
    /// The greatest.
    const GREATEST: Self;
    /// The next below, if any.
    fn before(self) -> Option<Self>;
    /// The next above, if any.
    fn after(self) -> Option<Self>;
}

impl Domain for i64 {
    const LEAST: Self = Self::MIN;
    const GREATEST: Self = Self::MAX;

    fn before(self) -> Option<Self> {
        self.checked_sub(1)
    }

    fn after(self) -> Option<Self> {
        self.checked_add(1)
    }
}

/// Zero is one value here: what comes after it is above both zeros.
impl Domain for f64 {
    const LEAST: Self = Self::MIN;
    const GREATEST: Self = Self::MAX;

    fn before(self) -> Option<Self> {
        (self > Self::MIN).then(|| (self + 0.0).next_down())
    }

    fn after(self) -> Option<Self> {
        (self < Self::MAX).then(|| (self + 0.0).next_up())
    }
}

/// Closed ranges in ascending order, with a gap between any two.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Ranges<T>(Vec<(T, T)>);

/// What ranges come to among the values of one block.
#[derive(Debug, PartialEq)]
pub(super) enum Shape<'r, T> {
    /// No value is accepted.
    None,
    /// Every value is.
    All,
    /// Those from here to there.
    Inside(T, T),
    /// All but those from here to there.
    Outside(T, T),
    /// Those in any of these.
    Many(&'r [(T, T)]),
}

impl<T: Domain> Ranges<T> {
    /// Nothing.
    pub(super) const fn none() -> Self {
        Self(Vec::new())
    }

    /// Everything.
    pub(super) fn all() -> Self {
        Self(vec![(T::LEAST, T::GREATEST)])
    }

    /// Any of these, in any order; a range that ends before it starts is none.
    fn of(mut ranges: Vec<(T, T)>) -> Self {
        ranges.retain(|(low, high)| low <= high);
        ranges.sort_by(|a, b| a.0.partial_cmp(&b.0).unwrap_or(std::cmp::Ordering::Equal));
        let mut merged: Vec<(T, T)> = Vec::with_capacity(ranges.len());
        for (low, high) in ranges {
            match merged.last_mut() {
                Some(last) if last.1.after().is_none_or(|next| low <= next) => {
                    if high > last.1 {
                        last.1 = high;
                    }
                }
                _ => merged.push((low, high)),
            }
        }
        Self(merged)
    }

    /// All that these do not hold.
    fn complement(&self) -> Self {
        let mut rest = Vec::with_capacity(self.0.len() + 1);
        let mut start = Some(T::LEAST);
        for (low, high) in &self.0 {
            if let (Some(from), Some(to)) = (start, low.before()) {
                rest.push((from, to));
            }
            start = high.after();
        }
        if let Some(from) = start {
            rest.push((from, T::GREATEST));
        }
        Self::of(rest)
    }

    /// Whether a value is in one of them.
    pub(super) fn holds(&self, value: T) -> bool {
        holds(&self.0, value)
    }

    /// What they come to for values from `low` to `high`.
    pub(super) fn among(&self, low: T, high: T) -> Shape<'_, T> {
        let from = self.0.partition_point(|range| range.1 < low);
        let until = self.0.partition_point(|range| range.0 <= high);
        match self.0.get(from..until).unwrap_or_default() {
            [] => Shape::None,
            [(first, last)] if *first <= low && high <= *last => Shape::All,
            [(first, last)] => Shape::Inside(*first, *last),
            [(first, end), (start, last)] if *first <= low && high <= *last => {
                match (end.after(), start.before()) {
                    (Some(gap), Some(gap_end)) => Shape::Outside(gap, gap_end),
                    _ => Shape::All,
                }
            }
            many => Shape::Many(many),
        }
    }
}

/// Whether a value is in one of these ranges, which stand in order.
pub(super) fn holds<T: PartialOrd>(ranges: &[(T, T)], value: T) -> bool {
    let at = ranges.partition_point(|range| range.1 < value);
    ranges.get(at).is_some_and(|range| range.0 <= value)
}

/// The ranges of a test, of which `range` gives the one of each value: all below, at or above it.
fn ranges<T: Domain>(
    test: &Test,
    range: impl Fn(Option<Comparison>, &Scalar<'static>) -> Option<(T, T)>,
) -> Ranges<T> {
    let any = |comparison: Option<Comparison>, values: &[Scalar<'static>]| {
        Ranges::of(values.iter().filter_map(|value| range(comparison, value)).collect())
    };
    match test {
        Test::In(values) => any(None, values),
        Test::NotIn(values) => any(None, values).complement(),
        Test::Compare(comparison, bounds) => any(Some(*comparison), bounds),
        Test::IsNotNull => Ranges::all(),
        Test::IsNull | Test::Like(_) | Test::Has { .. } => Ranges::none(),
    }
}

/// The integers that pass.
pub(super) fn integers(test: &Test) -> Ranges<i64> {
    ranges(test, |comparison, value| match value {
        Scalar::Number(number) => Floor::of_number(*number).range(comparison),
        _ => None,
    })
}

/// The doubles that pass; integers among them count as what they are.
pub(super) fn doubles(test: &Test) -> Ranges<f64> {
    ranges(test, |comparison, value| match value {
        Scalar::Number(number) => double_range(*number, comparison),
        _ => None,
    })
}

/// No double lies between a number and the nearest double, so a bound moves there, open or closed.
fn double_range(number: Number, comparison: Option<Comparison>) -> Option<(f64, f64)> {
    let near = number.to_double();
    if !near.is_finite() {
        return None;
    }
    let order = Number::from_double(near)?.cmp(&number);
    let above = |open: bool| Some((if open { near.after()? } else { near }, f64::MAX));
    let below = |open: bool| Some((f64::MIN, if open { near.before()? } else { near }));
    match comparison {
        None => order.is_eq().then_some((near, near)),
        Some(Comparison::Gt) => above(order.is_le()),
        Some(Comparison::Gte) => above(order.is_lt()),
        Some(Comparison::Lt) => below(order.is_ge()),
        Some(Comparison::Lte) => below(order.is_gt()),
    }
}

/// The times that pass, in units of so many digits of a second: as instants, or by their text, which in one spelling
/// has the same order.
pub(super) fn times(test: &Test, digits: u8, date_time: bool) -> Ranges<i64> {
    ranges(test, |comparison, value| match value {
        Scalar::Instant(instant) if date_time => Floor::of_instant(*instant, digits).range(comparison),
        Scalar::Text(text) if !date_time => match comparison {
            None => match Instant::parse_spelled(text) {
                Some((units, spelled)) if spelled == digits => Some((units, units)),
                _ => None,
            },
            comparison => Floor::of_text(text, digits).range(comparison),
        },
        _ => None,
    })
}

/// Where a bound lies among whole numbers.
struct Floor {
    /// The greatest that is not above the bound.
    floor: i128,
    /// Whether it is the bound.
    exact: bool,
}

impl Floor {
    #[expect(clippy::cast_possible_truncation, reason = "a double beyond i128 saturates, far from any i64")]
    fn of_number(number: Number) -> Self {
        match number {
            Number::Integer(integer) => Self { floor: integer, exact: true },
            Number::Double(double) => Self { floor: double.floor() as i128, exact: false },
        }
    }

    fn of_instant(instant: Instant, digits: u8) -> Self {
        let digits = u32::from(digits.min(9));
        let unit = 10_u32.pow(9 - digits);
        let seconds = i128::from(instant.seconds) * 10_i128.pow(digits);
        Self { floor: seconds + i128::from(instant.nanos / unit), exact: instant.nanos.is_multiple_of(unit) }
    }

    /// By search: the texts of all times in one spelling stand in the order of the times.
    fn of_text(bound: &str, digits: u8) -> Self {
        const FIRST: i128 = -62_167_219_200; // 0000-01-01T00:00:00Z
        const END: i128 = 253_402_300_800; // the end of 9999
        let second = 10_i128.pow(digits.min(9).into());
        let mut low = (FIRST * second).max(i64::MIN.into());
        let mut high = (END * second).min(i128::from(i64::MAX) + 1);
        let spelled = |units: i128| {
            let units = i64::try_from(units).unwrap_or(i64::MAX);
            Instant::from_units(units, digits).spelled(digits)
        };
        // From `high` on no text is below the bound or equal to it.
        while low < high {
            let middle = low + (high - low) / 2;
            if spelled(middle).as_str() <= bound {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        Self { floor: low - 1, exact: spelled(low - 1) == bound }
    }

    fn range(&self, comparison: Option<Comparison>) -> Option<(i64, i64)> {
        let above = |from: i128| Some((clamped(from).filter(|_| from <= i64::MAX.into())?, i64::MAX));
        let below = |to: i128| Some((i64::MIN, clamped(to).filter(|_| to >= i64::MIN.into())?));
        let (floor, next) = (self.floor, self.floor.saturating_add(1));
        match comparison {
            None => i64::try_from(floor).ok().filter(|_| self.exact).map(|point| (point, point)),
            Some(Comparison::Gt) => above(next),
            Some(Comparison::Gte) => above(if self.exact { floor } else { next }),
            Some(Comparison::Lt) => below(if self.exact { floor.saturating_sub(1) } else { floor }),
            Some(Comparison::Lte) => below(floor),
        }
    }
}

fn clamped(number: i128) -> Option<i64> {
    i64::try_from(number.clamp(i64::MIN.into(), i64::MAX.into())).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::scalar::ladder;

    /// Every test with every bound against every number.
    #[test]
    fn ranges_hold_what_tests_pass() {
        let numbers = || ladder().into_iter().filter(|value| matches!(value, Scalar::Number(_)));
        let mut tests = vec![Test::IsNull, Test::IsNotNull];
        for bound in ladder() {
            for comparison in [Comparison::Gt, Comparison::Gte, Comparison::Lt, Comparison::Lte] {
                tests.push(Test::Compare(comparison, vec![bound.clone()]));
            }
            tests.push(Test::In(vec![bound.clone()]));
            tests.push(Test::NotIn(vec![bound]));
        }
        tests.push(Test::NotIn(numbers().collect()));
        for test in &tests {
            let (integers, doubles) = (integers(test), doubles(test));
            for value in numbers() {
                let Scalar::Number(number) = value else { continue };
                let passes = test.passes(&value).unwrap();
                if let Number::Integer(integer) = number
                    && let Ok(integer) = i64::try_from(integer)
                {
                    assert_eq!(integers.holds(integer), passes, "{test:?} {value:?}");
                }
                if Number::from_double(number.to_double()) == Some(number) {
                    assert_eq!(doubles.holds(number.to_double()), passes, "{test:?} {value:?}");
                }
            }
        }
    }

    #[test]
    fn texts_of_times_are_bounded_as_texts() {
        let bounds = ["", "1", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00.5Z", "2026-01-01T00:00:00.500Z"];
        let bounds =
            bounds.into_iter().chain(["0000-01-01T00:00:00.000Z", "2026-01", "2026-01-01T00:00:0", "x"]);
        for bound in bounds {
            for (comparison, digits) in [Comparison::Gt, Comparison::Gte, Comparison::Lt, Comparison::Lte]
                .into_iter()
                .flat_map(|comparison| [0, 1, 3, 9].map(|digits| (comparison, digits)))
            {
                let test = Test::Compare(comparison, vec![Scalar::Text(bound.into())]);
                let ranges = times(&test, digits, false);
                let near =
                    Instant::parse("2026-01-01T00:00:00Z").unwrap().seconds * 10_i64.pow(digits.into());
                for units in [-1, 0, 1, 4, 5, 6, 499, 500, 501].map(|more| near + more).into_iter().chain([0])
                {
                    let text = Instant::from_units(units, digits).spelled(digits);
                    let passes = test.passes(&Scalar::Text(text.as_str().into())).unwrap();
                    assert_eq!(ranges.holds(units), passes, "{test:?} {text}");
                }
            }
        }
    }

    #[test]
    fn blocks_see_the_simplest_shape() {
        let ranges = Ranges(vec![(1_i64, 3), (5, 9), (20, 30)]);
        assert_eq!(ranges.among(10, 19), Shape::None);
        assert_eq!(ranges.among(6, 9), Shape::All);
        assert_eq!(ranges.among(6, 12), Shape::Inside(5, 9));
        assert_eq!(ranges.among(2, 8), Shape::Outside(4, 4));
        assert_eq!(ranges.among(0, 8), Shape::Many(&[(1, 3), (5, 9)]));
        assert_eq!(Ranges::<i64>::all().complement(), Ranges::none());
        assert_eq!(Ranges::of(vec![(5, 4), (3, 4), (1, 2)]), Ranges(vec![(1, 4)]));
    }
}
