//! Sums of doubles that do not lose what rounding takes.

/// A sum of doubles: as rounded, and what rounding lost.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Double {
    pub(super) sum: f64,
    pub(super) lost: f64,
}

impl Double {
    /// Knuth's sum: exact, and without a branch.
    #[inline]
    pub(super) fn add(&mut self, value: f64) {
        let sum = self.sum + value;
        let part = sum - self.sum;
        self.lost += (self.sum - (sum - part)) + (value - part);
        self.sum = sum;
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.add(other.sum);
        self.lost += other.lost;
    }
}

/// Whether a double below 2^53 is no whole number: added to 2^52 only whole ones stay what they were.
pub(super) fn is_broken(double: f64) -> bool {
    const WHOLE: f64 = (1_u64 << 52) as f64;
    let size = double.abs();
    (size < WHOLE) & ((size + WHOLE) - WHOLE != size)
}

/// The greatest size of a value of a block.
pub(super) fn largest(doubles: &[f64]) -> f64 {
    const WIDE: usize = 8;
    let greater = |a: f64, b: f64| if b.abs() > a { b.abs() } else { a };
    let mut lanes = [0.0; WIDE];
    let (chunks, rest) = doubles.as_chunks::<WIDE>();
    for chunk in chunks {
        lanes.iter_mut().zip(chunk).for_each(|(lane, value)| *lane = greater(*lane, *value));
    }
    lanes.iter().chain(rest).fold(0.0, |a, b| greater(a, *b))
}

/// Values that may be added by their parts before the high ones could lose a bit.
pub(super) const SPLIT_ROWS: usize = 1 << 13;

/// What cuts a value of at most this size in two when it is added and taken away again: so large that the high parts of
/// [`SPLIT_ROWS`] values have a sum without rounding. The high parts are those of Rump, Ogita and Oishi, "Accurate
/// floating-point summation", 2008.
pub(super) fn splitter(largest: f64) -> f64 {
    // Its exponent is 14 above that of the largest, which is far from the end of exponents; its fraction a half.
    let exponent = largest.to_bits() >> 52 & 0x7FF;
    f64::from_bits((exponent + 14) << 52 | 1 << 51)
}

/// The sum of a block, in lanes that do not wait for each other.
pub(super) fn sum_of(doubles: &[f64]) -> Double {
    const WIDE: usize = 8;
    let (mut sums, mut lost) = ([0.0; WIDE], [0.0; WIDE]);
    let (chunks, rest) = doubles.as_chunks::<WIDE>();
    for chunk in chunks {
        for ((sum, lost), value) in sums.iter_mut().zip(&mut lost).zip(chunk) {
            let mut lane = Double { sum: *sum, lost: *lost };
            lane.add(*value);
            (*sum, *lost) = (lane.sum, lane.lost);
        }
    }
    let mut total = Double::default();
    sums.iter().zip(&lost).for_each(|(sum, lost)| total.merge(Double { sum: *sum, lost: *lost }));
    rest.iter().for_each(|value| total.add(*value));
    total
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_are_told_from_whole_numbers() {
        let whole =
            [0.0, 1.0, -3.0, 4_503_599_627_370_495.0, 4_503_599_627_370_497.0, 9_007_199_254_740_991.0];
        assert!(whole.iter().all(|double| !is_broken(*double)));
        assert!(
            [0.5, -0.1, 5e-324, 4_503_599_627_370_495.5, 1e9 + 0.25].iter().all(|double| is_broken(*double))
        );
    }

    #[test]
    fn lanes_lose_nothing() {
        let values: Vec<f64> = (0..1_001).flat_map(|n| [f64::from(n) * 0.1, 1e15, -1e15]).collect();
        let total = sum_of(&values);
        assert_eq!(total.sum + total.lost, (0..1_001).map(f64::from).sum::<f64>() / 10.0);
    }
}
