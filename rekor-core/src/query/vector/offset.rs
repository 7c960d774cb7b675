//! The loops over the values of a block: plain enough that the compiler turns them into vector instructions. What they
//! compare with was worked out before.

/// A whole number as columns hold it.
pub(super) trait Offset: Copy + Default + PartialOrd + 'static {
    /// The greatest that there can be.
    const GREATEST: u64;
    /// The number, if it fits.
    fn narrow(number: u64) -> Option<Self>;
    /// The number as a place in a table.
    fn place(self) -> usize;
    /// The number.
    fn wide(self) -> u64;
}

macro_rules! offset {
    ($($int:ty)*) => { $(impl Offset for $int {
        const GREATEST: u64 = <$int>::MAX as u64;

        fn narrow(number: u64) -> Option<Self> {
            Self::try_from(number).ok()
        }

        fn place(self) -> usize {
            usize::try_from(self).unwrap_or(usize::MAX)
        }

        #[allow(clippy::useless_conversion, reason = "useless for one of four widths")]
        fn wide(self) -> u64 {
            self.into()
        }
    })* };
}

offset!(u8 u16 u32 u64);

/// Marks the values from `low` to `high`.
pub(super) fn inside<T: Copy + PartialOrd>(values: &[T], low: T, high: T, out: &mut [u8]) {
    if low == high {
        out.iter_mut().zip(values).for_each(|(out, value)| *out = u8::from(*value == low));
    } else {
        out.iter_mut()
            .zip(values)
            .for_each(|(out, value)| *out = u8::from((*value >= low) & (*value <= high)));
    }
}

/// Marks each value as the table says.
pub(super) fn look_up<T: Offset>(values: &[T], table: &[u8], out: &mut [u8]) {
    out.iter_mut().zip(values).for_each(|(out, value)| *out = table.get(value.place()).copied().unwrap_or(0));
}

/// Turns every mark over.
pub(super) fn invert(marks: &mut [u8]) {
    marks.iter_mut().for_each(|mark| *mark ^= 1);
}

/// Keeps the marks that are in both.
pub(super) fn and(marks: &mut [u8], others: &[u8]) {
    marks.iter_mut().zip(others).for_each(|(mark, other)| *mark &= other);
}

/// Adds the marks of another mask.
pub(super) fn or(marks: &mut [u8], others: &[u8]) {
    marks.iter_mut().zip(others).for_each(|(mark, other)| *mark |= other);
}

/// Marks those that have no value, or takes their marks away.
pub(super) fn judge_nulls(marks: &mut [u8], present: Option<&[u8]>, passes: bool) {
    match present {
        Some(present) if passes => {
            marks.iter_mut().zip(present).for_each(|(mark, present)| *mark |= present ^ 1);
        }
        Some(present) => and(marks, present),
        None => {}
    }
}

/// How many marks there are: sums of bytes, in lanes that are emptied before one can overflow.
pub(super) fn count(marks: &[u8]) -> usize {
    const LANES: usize = 32;
    let mut total = 0;
    for part in marks.chunks(LANES * 255) {
        let mut lanes = [0_u8; LANES];
        let (chunks, rest) = part.as_chunks::<LANES>();
        for chunk in chunks {
            lanes.iter_mut().zip(chunk).for_each(|(lane, mark)| *lane = lane.wrapping_add(*mark));
        }
        total += lanes.iter().chain(rest).map(|lane| usize::from(*lane)).sum::<usize>();
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_counted() {
        for len in [0, 1, 31, 4_096, 100_000] {
            let marks: Vec<u8> = (0..len).map(|at| u8::from(at % 3 != 0)).collect();
            assert_eq!(count(&marks), marks.iter().filter(|mark| **mark == 1).count());
            assert_eq!(count(&vec![1; len]), len);
        }
    }
}
