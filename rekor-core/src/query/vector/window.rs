//! Codes of whole numbers that lie close together, by their distance from the first: an array in place of a map.

use crate::query::vector::coder::UNSET;

/// The numbers that one window may span.
const WIDTH_MAX: u64 = 1 << 20;

/// A run of whole numbers, each with its code.
#[derive(Debug, Default)]
pub(super) struct Window {
    start: i64,
    codes: Vec<u32>,
}

impl Window {
    /// The codes from `base` on, as far as `greatest` beyond it; none if the window would become too wide. A window
    /// that must grow at least doubles, so that numbers that go up with the rows do not move it for each block.
    pub(super) fn cover(&mut self, base: i64, greatest: u64) -> Option<&[u32]> {
        let (low, high) = (i128::from(base), i128::from(base) + i128::from(greatest) + 1);
        let (start, end) = (i128::from(self.start), i128::from(self.start) + self.codes.len() as i128);
        if self.codes.is_empty() || low < start || high > end {
            let (mut from, mut to) =
                if self.codes.is_empty() { (low, high) } else { (low.min(start), high.max(end)) };
            if to - from > i128::from(WIDTH_MAX) {
                return None;
            }
            let room = (2 * (end - start) - (to - from)).clamp(0, i128::from(WIDTH_MAX) - (to - from));
            if low < start && !self.codes.is_empty() {
                from = (from - room).max(i64::MIN.into());
            } else {
                to += room;
            }
            self.grow(from, to)?;
        }
        self.codes.get(usize::try_from(low - i128::from(self.start)).ok()?..)
    }

    fn grow(&mut self, from: i128, to: i128) -> Option<()> {
        let mut codes = vec![UNSET; usize::try_from(to - from).ok()?];
        let at = usize::try_from((i128::from(self.start) - from).max(0)).ok()?;
        codes.iter_mut().skip(at).zip(&self.codes).for_each(|(place, code)| *place = *code);
        (self.start, self.codes) = (i64::try_from(from).ok()?, codes);
        Some(())
    }

    /// Sets the code of a number.
    pub(super) fn set(&mut self, number: i64, code: u32) {
        let at = usize::try_from(i128::from(number) - i128::from(self.start)).ok();
        if let Some(place) = at.and_then(|at| self.codes.get_mut(at)) {
            *place = code;
        }
    }

    /// Bytes in memory.
    pub(super) const fn held(&self) -> usize {
        self.codes.len() * 4
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_grow_both_ways_and_keep_their_codes() {
        let mut window = Window::default();
        assert_eq!(window.cover(100, 9).unwrap()[..10], [UNSET; 10]);
        window.set(105, 7);
        assert_eq!(window.cover(90, 3).unwrap()[15], 7);
        assert_eq!(window.cover(105, 100).unwrap()[0], 7);
        assert!(window.cover(i64::MAX, 0).is_none() && window.cover(i64::MIN, u64::MAX).is_none());
        assert_eq!(window.cover(100, 0).unwrap()[5], 7);
        let mut edge = Window::default();
        assert!(edge.cover(i64::MAX, 0).is_some() && edge.cover(i64::MAX - 3, 3).is_some());
        edge.set(i64::MAX, 1);
        assert_eq!(edge.cover(i64::MAX - 9, 9).unwrap()[9], 1);
    }
}
